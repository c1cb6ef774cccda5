import VehicleFaults

/// The hours in which a service desk works: a week of windows in local time, holidays, and extra
/// working days, as China moves them to weekends around a holiday (调休补班).
public struct BusinessCalendar: Hashable, Sendable {
    /// A stretch of local time within a day, in minutes from midnight; `1440` is its end.
    public struct Window: Hashable, Sendable {
        public var from: Int
        public var until: Int

        /// - Precondition: `0 <= from < until <= 1440`.
        public init(from: Int, until: Int) {
            precondition(0 <= from && from < until && until <= 1440, "a window lies within a day")
            self.from = from
            self.until = until
        }
    }

    /// A calendar goes with each clock that is read by it, so its parts lie elsewhere.
    private let parts: Shared<Parts>

    fileprivate struct Parts: Hashable {
        var name: String
        var zone: TimeZoneTable
        var week: [[Window]]
        var holidays: Set<Int>
        var workingDays: Set<Int>
        var workingWindows: [Window]
        var isAlways: Bool
    }

    public var name: String { parts.value.name }
    public var zone: TimeZoneTable { parts.value.zone }
    /// Windows by weekday, Monday first; each list in order and without overlap.
    public var week: [[Window]] { parts.value.week }
    /// Days off, as days since 1970.
    public var holidays: Set<Int> { parts.value.holidays }
    /// Days that are worked whatever their weekday, as days since 1970.
    public var workingDays: Set<Int> { parts.value.workingDays }
    /// The windows of ``workingDays`` that have none by their weekday.
    public var workingWindows: [Window] { parts.value.workingWindows }

    /// A calendar from its parts.
    ///
    /// - Parameters:
    ///   - week: seven lists, Monday first; overlapping windows are joined.
    ///   - workingWindows: `nil` for those of the first weekday that has any.
    public init(
        name: String, zone: TimeZoneTable, week: [[Window]], holidays: Set<Int> = [],
        workingDays: Set<Int> = [], workingWindows: [Window]? = nil
    ) {
        precondition(week.count == 7, "a week has seven days")
        parts = Shared(
            Parts(
                name: name, zone: zone, week: week.map(Self.joined), holidays: holidays,
                workingDays: workingDays,
                workingWindows: Self.joined(
                    workingWindows ?? week.first { !$0.isEmpty } ?? []), isAlways: false))
    }

    private init(always name: String) {
        parts = Shared(
            Parts(
                name: name, zone: .utc,
                week: Array(repeating: [Window(from: 0, until: 1440)], count: 7), holidays: [],
                workingDays: [], workingWindows: [], isAlways: true))
    }

    /// Every hour of every day.
    public static let always = BusinessCalendar(always: "24x7")

    private static func joined(_ windows: [Window]) -> [Window] {
        var result: [Window] = []
        for window in windows.sorted(by: { ($0.from, $0.until) < ($1.from, $1.until) }) {
            if let last = result.last, window.from <= last.until {
                result[result.count - 1].until = max(last.until, window.until)
            } else {
                result.append(window)
            }
        }
        return result
    }

    /// The windows of a local day; extra working days go before holidays.
    public func windows(onDay day: Int) -> [Window] { parts.value.windows(onDay: day) }

    private func day(of time: EventTime) -> Int {
        let seconds = time.milliseconds.floored(dividedBy: 1000)
        let local = seconds + parts.value.zone.offset(at: seconds)
        return Int(local.floored(dividedBy: 86_400))
    }

    /// Working time between two instants, in milliseconds; 0 when `until` is not after `from`.
    ///
    /// The cost grows with the days between them.
    public func elapsed(from: EventTime, until: EventTime) -> Int64 {
        guard until > from else { return 0 }
        var sum: Int64 = 0
        forEachStretch(from: from, until: until) { sum += $1 - $0 }
        return sum
    }

    /// Calls `body` with each working stretch between two instants, in milliseconds since 1970, in order
    /// and without overlap.
    ///
    /// The cost grows with the days between them.
    public func forEachStretch(
        from: EventTime, until: EventTime, _ body: (_ from: Int64, _ until: Int64) -> Void
    ) {
        guard until > from else { return }
        guard !parts.value.isAlways else { return body(from.milliseconds, until.milliseconds) }
        // A day more at each end: where a zone skips the date line, a local day is out of order.
        for day in day(of: from) - 1...day(of: until) + 1 {
            parts.value.forEachStretch(onDay: day) { begin, end in
                let (begin, end) = (
                    max(begin, from.milliseconds), min(end, until.milliseconds)
                )
                if begin < end { body(begin, end) }
            }
        }
    }

    /// The first instant by which `milliseconds` of working time have passed since `from`.
    ///
    /// - Returns: `nil` when the calendar has less than that within twenty years.
    public func instant(_ milliseconds: Int64, after from: EventTime) -> EventTime? {
        if parts.value.isAlways { return from.advanced(by: max(0, milliseconds)) }
        guard milliseconds > 0 else { return from }
        var rest = milliseconds
        let first = day(of: from) - 1
        for day in first...(first + 7310) {
            var found: EventTime?
            parts.value.forEachStretch(onDay: day) { begin, end in
                let begin = max(begin, from.milliseconds)
                guard found == nil, begin < end else { return }
                if end - begin >= rest { found = EventTime(milliseconds: begin + rest) }
                rest -= end - begin
            }
            if let found { return found }
        }
        return nil
    }
}

extension BusinessCalendar.Parts {
    func windows(onDay day: Int) -> [BusinessCalendar.Window] {
        // 1970-01-01 was a Thursday, the fourth day when Monday is the first.
        let usual = week[((day + 3) % 7 + 7) % 7]
        if workingDays.contains(day) { return usual.isEmpty ? workingWindows : usual }
        return holidays.contains(day) ? [] : usual
    }

    /// The working stretches of a local day as instants, in milliseconds, in order.
    ///
    /// Where the clock is put forward, the minutes that do not exist are not worked; where it is
    /// put back, those that come twice are worked twice.
    func forEachStretch(onDay day: Int, _ body: (_ from: Int64, _ until: Int64) -> Void) {
        let windows = windows(onDay: day)
        guard !windows.isEmpty else { return }
        let midnight = Int64(day) * 86_400
        // Offsets lie within a day of UTC, so changes further away cannot matter.
        var next = zone.firstChange(after: midnight - 93_600)
        func changes(_ place: Int) -> Int64 {
            place < zone.changes.count ? zone.changes[place].from : Int64.max
        }
        func offset(_ place: Int) -> Int64 {
            place == 0 ? zone.first : zone.changes[place - 1].offset
        }
        guard changes(next) < midnight + 180_000 else {
            let midnight = midnight - offset(next)
            for window in windows {
                body(
                    (midnight + Int64(window.from) * 60) * 1000,
                    (midnight + Int64(window.until) * 60) * 1000)
            }
            return
        }
        var result: [(from: Int64, until: Int64)] = []
        var start = Int64.min
        while true {
            let end = changes(next)
            for window in windows {
                let from = max(midnight + Int64(window.from) * 60 - offset(next), start)
                let until = min(midnight + Int64(window.until) * 60 - offset(next), end)
                if from < until { result.append((from, until)) }
            }
            guard end < midnight + 180_000 else { break }
            start = end
            next += 1
        }
        for stretch in result.sorted(by: { $0.from < $1.from }) {
            body(stretch.from * 1000, stretch.until * 1000)
        }
    }
}
