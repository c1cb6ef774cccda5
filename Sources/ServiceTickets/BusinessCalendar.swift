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

    public let name: String
    public let zone: TimeZoneTable
    /// Windows by weekday, Monday first; each list in order and without overlap.
    public let week: [[Window]]
    /// Days off, as days since 1970.
    public let holidays: Set<Int>
    /// Days that are worked whatever their weekday, as days since 1970.
    public let workingDays: Set<Int>
    /// The windows of ``workingDays`` that have none by their weekday.
    public let workingWindows: [Window]
    private let isAlways: Bool

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
        self.name = name
        self.zone = zone
        self.week = week.map(Self.joined)
        self.holidays = holidays
        self.workingDays = workingDays
        self.workingWindows = Self.joined(
            workingWindows ?? week.first { !$0.isEmpty } ?? [])
        isAlways = false
    }

    private init(always name: String) {
        self.name = name
        zone = .utc
        week = Array(repeating: [Window(from: 0, until: 1440)], count: 7)
        holidays = []
        workingDays = []
        workingWindows = []
        isAlways = true
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
    public func windows(onDay day: Int) -> [Window] {
        // 1970-01-01 was a Thursday, the fourth day when Monday is the first.
        let usual = week[((day + 3) % 7 + 7) % 7]
        if workingDays.contains(day) { return usual.isEmpty ? workingWindows : usual }
        return holidays.contains(day) ? [] : usual
    }

    /// The working stretches of a local day as instants, in seconds, in order.
    ///
    /// Where the clock is put forward, the minutes that do not exist are not worked; where it is
    /// put back, those that come twice are worked twice.
    private func stretches(onDay day: Int) -> [(from: Int64, until: Int64)] {
        let windows = windows(onDay: day)
        guard !windows.isEmpty else { return [] }
        let midnight = Int64(day) * 86_400
        var result: [(from: Int64, until: Int64)] = []
        // Offsets lie within a day of UTC, so changes further away cannot matter.
        var next = zone.firstChange(after: midnight - 93_600)
        var start = Int64.min
        while true {
            let offset = next == 0 ? zone.first : zone.changes[next - 1].offset
            let end = next < zone.changes.count ? zone.changes[next].from : Int64.max
            for window in windows {
                let from = max(midnight + Int64(window.from) * 60 - offset, start)
                let until = min(midnight + Int64(window.until) * 60 - offset, end)
                if from < until { result.append((from, until)) }
            }
            guard end < midnight + 180_000 else { break }
            start = end
            next += 1
        }
        return result.sorted { $0.from < $1.from }
    }

    private func day(of seconds: Int64) -> Int {
        Int(Self.floor(seconds + zone.offset(at: seconds), 86_400))
    }

    private static func floor(_ a: Int64, _ b: Int64) -> Int64 {
        a >= 0 ? a / b : -((-a + b - 1) / b)
    }

    /// Working time between two instants, in milliseconds; 0 when `until` is not after `from`.
    ///
    /// The cost grows with the days between them.
    public func elapsed(from: EventTime, until: EventTime) -> Int64 {
        guard until > from else { return 0 }
        if isAlways { return until.milliseconds(since: from) }
        var sum: Int64 = 0
        // A day more at each end: where a zone skips the date line, a local day is out of order.
        let first = day(of: Self.floor(from.milliseconds, 1000)) - 1
        let last = day(of: Self.floor(until.milliseconds, 1000)) + 1
        for day in first...last {
            for stretch in stretches(onDay: day) {
                let a = max(stretch.from * 1000, from.milliseconds)
                let b = min(stretch.until * 1000, until.milliseconds)
                sum += max(0, b - a)
            }
        }
        return sum
    }

    /// The first instant by which `milliseconds` of working time have passed since `from`.
    ///
    /// - Returns: `nil` when the calendar has less than that within twenty years.
    public func instant(_ milliseconds: Int64, after from: EventTime) -> EventTime? {
        if isAlways { return from.advanced(by: max(0, milliseconds)) }
        guard milliseconds > 0 else { return from }
        var rest = milliseconds
        let first = day(of: Self.floor(from.milliseconds, 1000)) - 1
        for day in first...(first + 7310) {
            for stretch in stretches(onDay: day) {
                let a = max(stretch.from * 1000, from.milliseconds)
                let b = stretch.until * 1000
                guard a < b else { continue }
                if b - a >= rest { return EventTime(milliseconds: a + rest) }
                rest -= b - a
            }
        }
        return nil
    }
}
