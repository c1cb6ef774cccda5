import ServiceTickets
import VehicleFaults

/// A calendar as it is asked by a recount: again and again, for times that go on.
///
/// What it was asked for once is kept as a list of stretches, so that a question costs a search in it
/// and not the days between.
struct OpenTime: Sendable {
    private let calendar: BusinessCalendar
    /// Open stretches in order, in milliseconds, and how much was open before each.
    private var stretches: [(from: Int64, until: Int64, before: Int64)] = []
    /// Until when ``stretches`` are known.
    private var known: EventTime
    private let last: EventTime
    /// The open time of a mean day of those on which it works, in milliseconds.
    let workingDay: Int64

    private static let step: Int64 = 64 * 86_400_000
    /// As ``BusinessCalendar/instant(_:after:)``: what has not come in twenty years never does.
    private static let horizon: Int64 = 7310 * 86_400_000

    /// - Parameter time: what is asked lies after it.
    init(_ calendar: BusinessCalendar, from time: EventTime) {
        self.calendar = calendar
        known = time
        last = time.advanced(by: Self.horizon)
        let days = calendar.week.map { $0.reduce(0) { $0 + $1.until - $1.from } }.filter { $0 > 0 }
        workingDay = days.isEmpty ? 0 : Int64(days.reduce(0, +)) * 60_000 / Int64(days.count)
    }

    /// Open milliseconds from the beginning until a time.
    mutating func worked(until time: Int64) -> Int64 {
        while known.milliseconds < time, known < last { lookOn() }
        let place = firstPlace { $0.from >= time }
        guard place > 0 else { return 0 }
        let stretch = stretches[place - 1]
        return stretch.before + min(time, stretch.until) - stretch.from
    }

    /// When so much work is done that is begun at a time; `nil` when that never is.
    mutating func instant(_ work: Int64, after time: Int64) -> Int64? {
        guard work > 0 else { return time }
        let target = worked(until: time) + work
        while (stretches.last.map { $0.before + $0.until - $0.from } ?? 0) < target {
            guard known < last else { return nil }
            lookOn()
        }
        let stretch = stretches[firstPlace { $0.before >= target } - 1]
        return stretch.from + target - stretch.before
    }

    private mutating func lookOn() {
        let next = known.advanced(by: Self.step)
        calendar.forEachStretch(from: known, until: next) { from, until in
            let before = stretches.last.map { $0.before + $0.until - $0.from } ?? 0
            if let last = stretches.last, last.until == from {
                stretches[stretches.count - 1].until = until
            } else {
                stretches.append((from, until, before))
            }
        }
        known = next
    }

    /// The first of the stretches for which something holds that holds for all that follow.
    private func firstPlace(_ holds: ((from: Int64, until: Int64, before: Int64)) -> Bool) -> Int {
        var (low, high) = (0, stretches.count)
        while low < high {
            let middle = (low + high) / 2
            if holds(stretches[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
