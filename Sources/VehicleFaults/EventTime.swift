/// An instant, in milliseconds since 1970-01-01T00:00:00Z; leap seconds are not counted.
@frozen
public struct EventTime: Hashable, Comparable, Sendable {
    /// Milliseconds since the epoch; negative before it.
    public var milliseconds: Int64

    /// Names an instant by its milliseconds since the epoch.
    @inlinable public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    @inlinable public static func < (a: EventTime, b: EventTime) -> Bool {
        a.milliseconds < b.milliseconds
    }

    /// The milliseconds from `earlier` to `self`.
    @inlinable public func milliseconds(since earlier: EventTime) -> Int64 {
        milliseconds &- earlier.milliseconds
    }

    /// The instant that lies `milliseconds` after this one.
    @inlinable public func advanced(by milliseconds: Int64) -> EventTime {
        EventTime(milliseconds: self.milliseconds &+ milliseconds)
    }

    /// The earliest time that a device clock is believed: 2000-01-01. Units boot with 1970 or 1980.
    public static let earliestCredible = EventTime(milliseconds: 946_684_800_000)
    /// The latest time that is accepted at all: the end of the year 2099.
    public static let latestCredible = EventTime(milliseconds: 4_102_444_799_999)
}

extension EventTime {
    /// Days from 1970-01-01 to a date of the proleptic Gregorian calendar.
    ///
    /// The algorithm is `days_from_civil` (Hinnant 2013).
    @inlinable public static func days(year: Int, month: Int, day: Int) -> Int {
        let y = month <= 2 ? year - 1 : year
        let era = (y >= 0 ? y : y - 399) / 400
        let yearOfEra = y - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
            - 719_468
    }

    /// The date that lies `days` after 1970-01-01; `civil_from_days` (Hinnant 2013).
    public static func date(fromDays days: Int) -> (year: Int, month: Int, day: Int) {
        let z = days + 719_468
        let era = (z >= 0 ? z : z - 146_096) / 146_097
        let dayOfEra = z - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shifted + 2) / 5 + 1)
    }

    /// RFC 3339 text with milliseconds, `offset` minutes east of UTC.
    public func text(offset: Int = 0) -> String {
        var bytes: [UInt8] = []
        appendText(to: &bytes, offset: offset)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends the bytes of ``text(offset:)``.
    public func appendText(to bytes: inout [UInt8], offset: Int = 0) {
        let local = milliseconds + Int64(offset) * 60_000
        let day = Int(local >= 0 ? local / 86_400_000 : (local + 1) / 86_400_000 - 1)
        let (year, month, dayOfMonth) = Self.date(fromDays: day)
        let rest = Int(local - Int64(day) * 86_400_000)
        guard !(0...9999).contains(year) || offset != 0 else {
            return Self.append(year, month, dayOfMonth, rest, to: &bytes)
        }
        func append(_ number: Int, _ width: Int) {
            var divisor =
                switch width {
                case 2: 10
                case 3: 100
                case 4: 1000
                default: 100_000
                }
            while divisor > 0 {
                bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number / divisor % 10))
                divisor /= 10
            }
        }
        func append(_ sign: Unicode.Scalar) { bytes.append(UInt8(ascii: sign)) }
        if year < 0 { append("-") }
        append(abs(year), abs(year) > 9999 ? 6 : 4)
        append("-")
        append(month, 2)
        append("-")
        append(dayOfMonth, 2)
        append("T")
        append(rest / 3_600_000, 2)
        append(":")
        append(rest / 60_000 % 60, 2)
        append(":")
        append(rest / 1000 % 60, 2)
        append(".")
        append(rest % 1000, 3)
        if offset == 0 {
            append("Z")
        } else {
            append(offset < 0 ? "-" : "+")
            append(abs(offset) / 60, 2)
            append(":")
            append(abs(offset) % 60, 2)
        }
    }

    /// Appends what nearly every time is: four digits of a year, and UTC.
    private static func append(
        _ year: Int, _ month: Int, _ day: Int, _ rest: Int, to bytes: inout [UInt8]
    ) {
        bytes.append(addingCapacity: 24) { text in
            func pair(_ number: Int) {
                let tens = number / 10
                text.append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: tens))
                text.append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: number &- tens &* 10))
            }
            pair(year / 100)
            pair(year % 100)
            text.append(UInt8(ascii: "-"))
            pair(month)
            text.append(UInt8(ascii: "-"))
            pair(day)
            text.append(UInt8(ascii: "T"))
            pair(rest / 3_600_000)
            text.append(UInt8(ascii: ":"))
            pair(rest / 60_000 % 60)
            text.append(UInt8(ascii: ":"))
            pair(rest / 1000 % 60)
            text.append(UInt8(ascii: "."))
            let milliseconds = rest % 1000
            text.append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: milliseconds / 100))
            pair(milliseconds % 100)
            text.append(UInt8(ascii: "Z"))
        }
    }
}

extension EventTime: CustomStringConvertible {
    public var description: String { text() }
}
