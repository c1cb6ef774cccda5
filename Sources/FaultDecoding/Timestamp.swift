import VehicleFaults

/// Reads times as RFC 3339 writes them.
///
/// The date and minute of the last time are remembered, since a fleet's messages share them.
struct Timestamp {
    /// The bytes of the last time up to its minute, and when that began.
    private var lastMinute: (UInt64, UInt64) = (0, 0)
    private var minute: Int64 = 0
    private var lastYearAndMonth: UInt64 = .max
    private var lastDay: UInt64 = 0
    private var midnight: Int64 = 0

    /// Reads `"2026-03-01T00:00:00.000Z"`, quotes and all, from a place in a padded text.
    ///
    /// - Returns: `nil` for anything else, which may still be a time.
    @inline(__always) mutating func readUsual(_ bytes: Span<UInt8>, _ quote: Int) -> EventTime? {
        guard bytes.byte(quote &+ 25) == 0x22 else { return nil }
        let start = (bytes.eight(quote &+ 1), bytes.eight(quote &+ 9))
        guard start.0 == lastMinute.0, start.1 == lastMinute.1 else {
            return readOtherMinute(bytes, quote &+ 1)
        }
        let second = bytes.eight(quote &+ 17) ^ 0x5A30_3030_2E30_303A  // ":00.000Z"
        guard (second | (second &+ 0x7F76_7676_7F76_767F)) & ByteWord.tops == 0 else { return nil }
        let inMinute = Self.inMinute(second)
        return inMinute < 60_000 ? EventTime(milliseconds: minute &+ inMinute) : nil
    }

    /// As ``readUsual(_:_:)`` where separators and digits are known to stand as they must.
    @inline(__always) mutating func readKnown(_ bytes: Span<UInt8>, _ quote: Int) -> EventTime? {
        guard bytes.eight(quote &+ 1) == lastMinute.0, bytes.eight(quote &+ 9) == lastMinute.1
        else { return readOtherMinute(bytes, quote &+ 1) }
        let inMinute = Self.inMinute(bytes.eight(quote &+ 17) ^ 0x5A30_3030_2E30_303A)
        return inMinute < 60_000 ? EventTime(milliseconds: minute &+ inMinute) : nil
    }

    @inline(never) private mutating func readOtherMinute(
        _ bytes: Span<UInt8>, _ start: Int
    ) -> EventTime? {
        guard let time = milliseconds(bytes, at: start), time >= 0, time <= Self.latest else {
            return nil
        }
        lastMinute = (bytes.eight(start), bytes.eight(start &+ 8))
        // A minute begins within the range if a time in it does, since both its bounds are minutes'.
        minute = time / 60_000 &* 60_000
        return EventTime(milliseconds: time)
    }

    /// The milliseconds of `:00.000Z`, whose digits are given by their values.
    @inline(__always) private static func inMinute(_ second: UInt64) -> Int64 {
        let seconds = second &* 10 &+ second &>> 8
        return Int64(
            truncatingIfNeeded: (seconds &>> 8 & 0xFF) &* 1000 &+ (seconds &>> 32 & 0xFF) &* 10
                &+ (second &>> 48 & 0xFF))
    }

    /// Reads `2026-03-01T00:00:00.000Z` and nothing else.
    static func usual(_ bytes: Span<UInt8>) -> EventTime? {
        var reader = Timestamp()
        guard let time = reader.milliseconds(bytes, at: 0), time >= 0, time <= latest else {
            return nil
        }
        return EventTime(milliseconds: time)
    }

    /// The end of the year 2099, as ``EventTime/latestCredible``, known to the compiler.
    @inline(__always) private static var latest: Int64 { 4_102_444_799_999 }

    /// Reads the text of a time.
    ///
    /// Fractions are cut to milliseconds. A leap second, `:60`, is read as the last millisecond
    /// before it, because ``EventTime`` counts none. A time without an offset is refused, since
    /// nobody knows whose clock it is.
    ///
    /// - Throws: `time_malformed` or `time_out_of_range`, at the text's start.
    func read(
        _ bytes: Span<UInt8>, _ text: JSONText.Text
    ) throws(DecodingFailure) -> EventTime {
        guard let time = Self.anyMilliseconds(bytes, text) else {
            throw DecodingFailure(reason: .timeMalformed, offset: text.start)
        }
        guard time >= 0, time <= EventTime.latestCredible.milliseconds else {
            throw DecodingFailure(reason: .timeOutOfRange, offset: text.start)
        }
        return EventTime(milliseconds: time)
    }

    @inline(__always) private mutating func milliseconds(
        _ bytes: Span<UInt8>, at start: Int
    ) -> Int64? {
        // Exclusive or with a pattern turns digits into their values and separators into zero;
        // the sum then reaches a byte's top bit where a digit is above 9 or a separator differs.
        let date = bytes.eight(start) ^ 0x2D30_302D_3030_3030  // "0000-00-"
        let day = bytes.eight(start &+ 8) ^ 0x3030_3A30_3054_3030  // "00T00:00"
        let second = bytes.eight(start &+ 16) ^ 0x5A30_3030_2E30_303A  // ":00.000Z"
        let wrong =
            date | (date &+ 0x7F76_767F_7676_7676) | day | (day &+ 0x7676_7F76_767F_7676)
            | second | (second &+ 0x7F76_7676_7F76_767F)
        guard wrong & ByteWord.tops == 0 else { return nil }
        let days = day &* 10 &+ day &>> 8
        let dayOfMonth = days & 0xFF
        if date != lastYearAndMonth || dayOfMonth != lastDay {
            let dates = date &* 10 &+ date &>> 8
            let year = Int((dates & 0xFF) &* 100 &+ (dates &>> 16 & 0xFF))
            let month = Int(dates &>> 40 & 0xFF)
            guard Self.isDate(year, month, Int(dayOfMonth)) else { return nil }
            midnight =
                Int64(EventTime.days(year: year, month: month, day: Int(dayOfMonth))) &* 86_400_000
            lastYearAndMonth = date
            lastDay = dayOfMonth
        }
        let hour = Int64(days &>> 24 & 0xFF)
        let minute = Int64(days &>> 48 & 0xFF)
        let inMinute = Self.inMinute(second)
        guard hour < 24, minute < 60, inMinute < 60_000 else { return nil }
        return midnight &+ hour &* 3_600_000 &+ minute &* 60_000 &+ inMinute
    }

    static func isDate(_ year: Int, _ month: Int, _ day: Int) -> Bool {
        guard month >= 1, month <= 12, day >= 1 else { return false }
        switch month {
        case 2:
            let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
            return day <= (isLeap ? 29 : 28)
        case 4, 6, 9, 11: return day <= 30
        default: return day <= 31
        }
    }

    private static func anyMilliseconds(
        _ bytes: Span<UInt8>, _ text: JSONText.Text
    ) -> Int64? {
        var place = text.start
        // A number of exactly `count` digits.
        func number(_ count: Int) -> Int? {
            guard place + count <= text.end else { return nil }
            var value = 0
            for index in place..<place + count {
                guard bytes.byte(index) &- 0x30 < 10 else { return nil }
                value = value * 10 + Int(bytes.byte(index) &- 0x30)
            }
            place += count
            return value
        }
        func separator(_ holds: (UInt8) -> Bool) -> Bool {
            guard place < text.end, holds(bytes.byte(place)) else { return false }
            place += 1
            return true
        }
        guard let year = number(4), separator({ $0 == 0x2D }), let month = number(2),
            separator({ $0 == 0x2D }), let day = number(2),
            separator({ $0 == 0x54 || $0 == 0x74 || $0 == 0x20 }), let hour = number(2),
            separator({ $0 == 0x3A }), let minute = number(2), separator({ $0 == 0x3A }),
            let second = number(2),
            isDate(year, month, day), hour < 24, minute < 60, second <= 60
        else { return nil }
        var fraction = 0
        if separator({ $0 == 0x2E }) {
            let first = place
            var scale = 100
            while place < text.end, bytes.byte(place) &- 0x30 < 10 {
                fraction += Int(bytes.byte(place) &- 0x30) * scale
                scale /= 10
                place += 1
            }
            guard place > first else { return nil }
        }
        guard place < text.end else { return nil }
        let zone = bytes.byte(place)
        place += 1
        var offset = 0
        switch zone {
        case 0x5A, 0x7A: break
        case 0x2B, 0x2D:
            guard let hours = number(2), separator({ $0 == 0x3A }), let minutes = number(2),
                hours < 24, minutes < 60
            else { return nil }
            offset = (hours * 60 + minutes) * (zone == 0x2D ? -1 : 1)
        default: return nil
        }
        guard place == text.end else { return nil }
        let inMinute = second == 60 ? 59_999 : second * 1000 + fraction
        let days = EventTime.days(year: year, month: month, day: day)
        return Int64(days * 86_400_000 + (hour * 60 + minute - offset) * 60_000 + inMinute)
    }
}
