import VehicleFaults

/// Points in time as people type and read them, given what time it is and in which zone.
///
/// ```swift
/// let times = TimeText(now: now, offset: LocalOffset.minutes)
/// let since = try times.parse("yesterday")
/// ```
public struct TimeText: Sendable {
    /// What `now` means.
    public var now: EventTime
    /// How many minutes the local time lies east of UTC at an instant.
    public var offset: @Sendable (EventTime) -> Int

    /// Reads and writes times around `now` in the zone that `offset` tells.
    public init(now: EventTime, offset: @escaping @Sendable (EventTime) -> Int) {
        self.now = now
        self.offset = offset
    }

    /// Why a text is no time, and where.
    public struct Failure: Error, Equatable, CustomStringConvertible {
        /// What is wrong.
        public var reason: Reason
        /// How many characters come before it.
        public var offset: Int

        /// What can be wrong with a time.
        public enum Reason: Equatable, Sendable {
            /// None of the forms that are known.
            case notATime
            /// A month, day, hour, minute or second that there is not.
            case noSuch(Field)
            /// The duration before `ago` or behind a sign.
            case duration(DurationText.Failure.Reason)
            /// Something follows that does not belong there.
            case unexpected(String)
            /// Before 1970 or after 2099.
            case outOfRange
        }

        /// A part of a time.
        public enum Field: String, Sendable { case month, day, hour, minute, second, zone }

        /// One sentence for people, with examples.
        public var description: String {
            let place = "at character \(offset + 1)"
            return switch reason {
            case .notATime:
                "not a time; use 2026-11-21, '2026-11-21 22:05', 22:05, 2026-11-21T22:05:06Z,"
                    + " now, today, yesterday, -1h, '1h ago' or @1795298706"
            case .noSuch(let field): "there is no such \(field.rawValue) \(place)"
            case .duration(let reason):
                DurationText.Failure(reason: reason, offset: offset).description
            case .unexpected(let text): "'\(text)' \(place) does not belong to a time"
            case .outOfRange: "the time must lie between 1970 and 2099"
            }
        }
    }

    /// Reads a time in one of the forms of `--since` and `--until`.
    ///
    /// RFC 3339 (`2026-11-21T22:05:06.120+08:00`); in local time a date, a date and a time, or a
    /// time of today; `now`, `today`, `yesterday`, `tomorrow`; `-1h`, `+1h`, `1h ago`; and
    /// `@1795298706` seconds since the epoch. A local time that a clock change skips is taken as
    /// if the clock had not been changed yet; one that comes twice is the first.
    public func parse(_ text: String) throws(Failure) -> EventTime {
        let time = try read(text)
        guard (0...EventTime.latestCredible.milliseconds).contains(time.milliseconds) else {
            throw Failure(reason: .outOfRange, offset: 0)
        }
        return time
    }

    private func read(_ text: String) throws(Failure) -> EventTime {
        switch text.lowercased() {
        case "now": return now
        case "today": return midnight(daysFromToday: 0)
        case "yesterday": return midnight(daysFromToday: -1)
        case "tomorrow": return midnight(daysFromToday: 1)
        default: break
        }
        if text.hasPrefix("@") { return try epoch(text) }
        if text.hasPrefix("-") { return now.advanced(by: -(try duration(text.dropFirst(), at: 1))) }
        if text.hasPrefix("+") { return now.advanced(by: try duration(text.dropFirst(), at: 1)) }
        if text.lowercased().hasSuffix(" ago") {
            return now.advanced(by: -(try duration(text.dropLast(4), at: 0)))
        }
        return try calendar(text)
    }

    private func duration(_ text: Substring, at offset: Int) throws(Failure) -> Int64 {
        do throws(DurationText.Failure) { return try DurationText.parse(text) } catch {
            throw Failure(reason: .duration(error.reason), offset: error.offset + offset)
        }
    }

    private func epoch(_ text: String) throws(Failure) -> EventTime {
        var fields = TimeFields(text)
        fields.skip("@")
        // Eleven digits reach the year 5138, and cannot overflow.
        guard let seconds = fields.number(digits: 1...11) else {
            throw Failure(reason: .notATime, offset: 1)
        }
        let milliseconds = try fields.fraction()
        try fields.end()
        return EventTime(milliseconds: Int64(seconds) * 1000 + Int64(milliseconds))
    }

    private func calendar(_ text: String) throws(Failure) -> EventTime {
        var fields = TimeFields(text)
        let days: Int
        var rest = 0
        if let date = try fields.date() {
            days = date
            guard !fields.isAtEnd else { return instant(days: days, milliseconds: 0) }
            guard fields.skip("T") || fields.skip("t") || fields.skip(" ") else {
                throw fields.unexpected
            }
        } else {
            days = today
        }
        rest = try fields.timeOfDay()
        if let zone = try fields.zone() {
            try fields.end()
            let local = Int64(days) * 86_400_000 + Int64(rest)
            return EventTime(milliseconds: local - Int64(zone) * 60_000)
        }
        try fields.end()
        return instant(days: days, milliseconds: rest)
    }

    private var today: Int {
        let local = now.milliseconds + Int64(offset(now)) * 60_000
        return Int((local - (local % 86_400_000 + 86_400_000) % 86_400_000) / 86_400_000)
    }

    private func midnight(daysFromToday days: Int) -> EventTime {
        instant(days: today + days, milliseconds: 0)
    }

    /// The instant at which local clocks show a time of a day.
    private func instant(days: Int, milliseconds: Int) -> EventTime {
        let local = Int64(days) * 86_400_000 + Int64(milliseconds)
        func candidate(_ offset: Int) -> EventTime {
            EventTime(milliseconds: local - Int64(offset) * 60_000)
        }
        // No zone changes its clocks twice within two days, so one of these is right.
        let before = offset(EventTime(milliseconds: local - 86_400_000))
        let after = offset(EventTime(milliseconds: local + 86_400_000))
        for offset in [before, after] where self.offset(candidate(offset)) == offset {
            return candidate(offset)
        }
        return candidate(before)
    }

    /// Writes a time: in the local zone with its offset for a person, in UTC for a program.
    public func text(_ time: EventTime, isTerminal: Bool) -> String {
        time.text(offset: isTerminal ? offset(time) : 0)
    }
}
