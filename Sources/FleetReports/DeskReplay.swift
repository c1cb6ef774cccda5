import VehicleFaults

/// What a desk of a given size would have made of the tickets that really came: no formula, a
/// recount.
public struct DeskReplay: Hashable, Sendable {
    /// The share that was answered within the promise.
    public var inTime: Proportion
    /// The mean wait in minutes, or `nil` without tickets.
    public var meanWait: Double?
    /// The longest wait in minutes.
    public var longestWait: Double

    /// Answers tickets in the order of their opening, each by whoever is free first.
    ///
    /// - Parameters:
    ///   - openings: when tickets were opened, in any order.
    ///   - seats: people at the desk around the clock; at least 1.
    ///   - answerMinutes: what one answer takes.
    ///   - promise: minutes within which an answer is in time.
    public init(openings: [EventTime], seats: Int, answerMinutes: Double, promise: Double) {
        var free = [Double](repeating: 0, count: max(1, seats))
        var waits: [Double] = []
        let sorted = openings.sorted()
        for opening in sorted {
            let now = Double(opening.milliseconds(since: sorted[0])) / 60_000
            guard let first = free.indices.min(by: { free[$0] < free[$1] }) else { break }
            let begin = max(now, free[first])
            free[first] = begin + answerMinutes
            waits.append(begin - now)
        }
        inTime = Proportion(waits.count { $0 <= promise }, of: waits.count)
        meanWait = Sample(waits).mean
        longestWait = waits.max() ?? 0
    }
}
