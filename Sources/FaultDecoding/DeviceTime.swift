import VehicleFaults

/// Times as devices write them, in more ways than RFC 3339 has.
enum DeviceTime {
    /// Reads a date and time: `2026-03-02T06:10:05.120Z`, with `T` or a blank, any fraction or none,
    /// and an offset as `+01:00`, `+0100` or `+01`.
    ///
    /// - Parameter offset: minutes east of UTC for a time that names no offset.
    /// - Returns: `nil` for anything else, and for a time before 1970 or after 2099.
    static func read(_ bytes: Span<UInt8>, assuming offset: Int = 0) -> EventTime? {
        var place = 0
        func byte() -> UInt8 { place < bytes.count ? bytes[place] : 0 }
        func number(_ digits: Int) -> Int? {
            guard place + digits <= bytes.count else { return nil }
            var value = 0
            for _ in 0..<digits {
                guard bytes[place] &- 0x30 < 10 else { return nil }
                value = value * 10 + Int(bytes[place] &- 0x30)
                place += 1
            }
            return value
        }
        func take(_ separator: UInt8) -> Bool {
            guard byte() == separator else { return false }
            place += 1
            return true
        }
        guard let year = number(4), take(0x2D), let month = number(2), take(0x2D),
            let day = number(2), byte() == 0x54 || byte() == 0x74 || byte() == 0x20
        else { return nil }
        place += 1
        guard let hour = number(2), take(0x3A), let minute = number(2), take(0x3A),
            let second = number(2)
        else { return nil }
        var milliseconds = 0
        if take(0x2E) {
            var unit = 100
            guard byte() &- 0x30 < 10 else { return nil }
            while byte() &- 0x30 < 10 {
                milliseconds += Int(byte() &- 0x30) * unit
                unit /= 10
                place += 1
            }
        }
        var minutes = offset
        let sign = byte()
        if sign == 0x5A || sign == 0x7A {
            place += 1
            minutes = 0
        } else if sign == 0x2B || sign == 0x2D {
            place += 1
            guard let hours = number(2) else { return nil }
            _ = take(0x3A)
            let rest = place < bytes.count ? number(2) : 0
            guard let rest, hours < 24, rest < 60 else { return nil }
            minutes = (hours * 60 + rest) * (sign == 0x2D ? -1 : 1)
        }
        guard place == bytes.count else { return nil }
        return time(
            year, month, day, hour, minute, second, milliseconds: milliseconds, offset: minutes)
    }

    /// A time from its parts, or `nil` when the calendar does not have it.
    ///
    /// - Parameter offset: minutes east of UTC of the clock that gave the parts.
    static func time(
        _ year: Int, _ month: Int, _ day: Int, _ hour: Int, _ minute: Int, _ second: Int,
        milliseconds: Int = 0, offset: Int = 0
    ) -> EventTime? {
        guard (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second < 61,
            (0...9999).contains(year)
        else { return nil }
        let days = EventTime.days(year: year, month: month, day: day)
        guard EventTime.date(fromDays: days).day == day else { return nil }
        let seconds = days * 86_400 + hour * 3600 + (minute - offset) * 60 + second
        return checked(Double(seconds) * 1000 + Double(milliseconds))
    }

    /// The time that lies some milliseconds after 1970, or `nil` beyond 2099.
    static func checked(_ milliseconds: Double) -> EventTime? {
        guard milliseconds >= 0, milliseconds <= Double(EventTime.latestCredible.milliseconds)
        else { return nil }
        return EventTime(milliseconds: Int64(milliseconds.rounded(.down)))
    }

    /// Minutes by which Beijing's clock is ahead; GB/T 32960 and JT/T 808 write its time without
    /// saying so.
    static let beijing = 480
}

extension JSONTape {
    /// A time: a date, or a number of `unit` milliseconds since 1970.
    func time(_ node: Int, unit: Double = 1, assuming offset: Int = 0) -> EventTime? {
        switch kind(node) {
        case .text where isPlain(node):
            return DeviceTime.read(
                text.bytes.span.extracting(range(of: node)), assuming: offset)
        case .text: return DeviceTime.read(characters(node).span, assuming: offset)
        case .number: return number(node).flatMap { DeviceTime.checked(($0 * unit).rounded()) }
        default: return nil
        }
    }
}
