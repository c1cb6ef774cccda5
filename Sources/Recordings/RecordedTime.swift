import VehicleFaults

/// The ways in which recordings write the time of reception.
enum RecordedTime {
    /// Reads `2026-11-21T22:05:06.120Z`, with any fraction or none, and an offset with or without
    /// a colon.
    ///
    /// `mosquitto_sub` 2.0.11 writes both, `…22:09:58.077410Z+0800`: local time, a `Z` that does
    /// not belong there, and the offset. The offset counts.
    ///
    /// - Returns: milliseconds since the epoch, rounded down; `nil` for anything else.
    static func milliseconds(ofDate text: Span<UInt8>) -> Int64? {
        guard text.count >= 20, text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-"),
            text[10] == UInt8(ascii: "T") || text[10] == UInt8(ascii: " "),
            text[13] == UInt8(ascii: ":"), text[16] == UInt8(ascii: ":"),
            let year = number(text, 0..<4), let month = number(text, 5..<7),
            let day = number(text, 8..<10), let hour = number(text, 11..<13),
            let minute = number(text, 14..<16), let second = number(text, 17..<19),
            (1...12).contains(month), day >= 1, hour < 24, minute < 60, second <= 60
        else { return nil }
        let days = EventTime.days(year: year, month: month, day: day)
        guard EventTime.date(fromDays: days).day == day else { return nil }
        var position = 19
        guard let fraction = fraction(text, &position),
            let offset = offsetMinutes(text, position)
        else { return nil }
        let seconds = days * 86_400 + hour * 3600 + (minute - offset) * 60 + second
        return Int64(seconds) * 1000 + Int64(fraction)
    }

    /// Reads `1795298998.076581456`: seconds since the epoch, with any fraction or none.
    ///
    /// - Returns: milliseconds since the epoch, rounded down; `nil` for anything else.
    static func milliseconds(ofEpoch text: Span<UInt8>) -> Int64? {
        var position = 0
        var seconds: Int64 = 0
        while position < text.count, let digit = number(text, position..<position + 1) {
            // Twelve digits reach beyond the year 30000, and no sum of them overflows.
            guard position < 12 else { return nil }
            seconds = seconds * 10 + Int64(digit)
            position += 1
        }
        guard position > 0, let fraction = fraction(text, &position), position == text.count
        else { return nil }
        return seconds * 1000 + Int64(fraction)
    }

    private static func fraction(_ text: Span<UInt8>, _ position: inout Int) -> Int? {
        guard position < text.count, text[position] == UInt8(ascii: ".") else { return 0 }
        position += 1
        let start = position
        var value = 0
        var unit = 100
        while position < text.count, let digit = number(text, position..<position + 1) {
            value += digit * unit
            unit /= 10
            position += 1
        }
        return position > start ? value : nil
    }

    private static func offsetMinutes(_ text: Span<UInt8>, _ start: Int) -> Int? {
        var position = start
        guard position < text.count else { return nil }
        if text[position] == UInt8(ascii: "Z") || text[position] == UInt8(ascii: "z") {
            position += 1
            if position == text.count { return 0 }
        }
        let isWest = text[position] == UInt8(ascii: "-")
        guard isWest || text[position] == UInt8(ascii: "+"), position + 5 <= text.count,
            let hours = number(text, position + 1..<position + 3)
        else { return nil }
        position += 3
        if text[position] == UInt8(ascii: ":") { position += 1 }
        guard position + 2 == text.count, let minutes = number(text, position..<position + 2),
            hours < 24, minutes < 60
        else { return nil }
        return (hours * 60 + minutes) * (isWest ? -1 : 1)
    }

    private static func number(_ text: Span<UInt8>, _ range: Range<Int>) -> Int? {
        var value = 0
        for index in range {
            let digit = Int(text[index]) - 0x30
            guard (0...9).contains(digit) else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    /// Nanoseconds behind the milliseconds of a time, whose fraction is the first or only one in it.
    static func nanoseconds(of text: Span<UInt8>) -> Int32 {
        var place = 0
        while place < text.count, text[place] != UInt8(ascii: ".") { place += 1 }
        var value: Int32 = 0
        var unit: Int32 = 100_000
        place += 4
        while place < text.count, unit > 0, let digit = number(text, place..<place + 1) {
            value += Int32(digit) * unit
            unit /= 10
            place += 1
        }
        return value
    }

    /// Appends a decimal number, zero padded to at least `width` digits.
    static func append(_ number: Int64, width: Int, to bytes: inout [UInt8]) {
        let digits = String(number).utf8
        for _ in 0..<max(0, width - digits.count) { bytes.append(UInt8(ascii: "0")) }
        bytes.append(contentsOf: digits)
    }
}

extension RecordedTime {
    /// Appends `"2026-11-21T22:05:06.120Z"` with its quotes.
    ///
    /// Finer than a millisecond it has six or nine digits behind the point.
    static func appendDate(_ time: EventTime, _ nanoseconds: Int32, to bytes: inout [UInt8]) {
        let dayLength: Int64 = 86_400_000
        let rest = (time.milliseconds % dayLength + dayLength) % dayLength
        let days = Int((time.milliseconds - rest) / dayLength)
        let (year, month, day) = EventTime.date(fromDays: days)
        let fields: [(number: Int64, width: Int, end: Unicode.Scalar)] = [
            (Int64(year), 4, "-"), (Int64(month), 2, "-"), (Int64(day), 2, "T"),
            (rest / 3_600_000, 2, ":"), (rest / 60_000 % 60, 2, ":"), (rest / 1000 % 60, 2, "."),
            (rest % 1000, 3, "."),
        ]
        bytes.append(UInt8(ascii: "\""))
        for field in fields {
            append(field.number, width: field.width, to: &bytes)
            bytes.append(UInt8(ascii: field.end))
        }
        bytes.removeLast()
        if nanoseconds % 1000 != 0 {
            append(Int64(nanoseconds), width: 6, to: &bytes)
        } else if nanoseconds != 0 {
            append(Int64(nanoseconds / 1000), width: 3, to: &bytes)
        }
        bytes.append(contentsOf: "Z\"".utf8)
    }
}
