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
        let local = milliseconds + Int64(offset) * 60_000
        let day = Int((Double(local) / 86_400_000).rounded(.down))
        let (year, month, dayOfMonth) = Self.date(fromDays: day)
        let rest = Int(local - Int64(day) * 86_400_000)
        func padded(_ number: Int, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let zone =
            offset == 0
            ? "Z"
            : "\(offset < 0 ? "-" : "+")\(padded(abs(offset) / 60, 2)):\(padded(abs(offset) % 60, 2))"
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(dayOfMonth, 2))"
            + "T\(padded(rest / 3_600_000, 2)):\(padded(rest / 60_000 % 60, 2))"
            + ":\(padded(rest / 1000 % 60, 2)).\(padded(rest % 1000, 3))\(zone)"
    }
}

extension EventTime: CustomStringConvertible {
    public var description: String { text() }
}
