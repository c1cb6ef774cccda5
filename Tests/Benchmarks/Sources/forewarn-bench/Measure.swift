/// Times work in turns, so that what else the machine does falls on all of it alike.
struct Measure {
    struct Work {
        var name: String
        /// What one run works through, and what a piece of that is called.
        var count: Int
        var unit: String
        var run: () throws -> Void
    }

    /// Runs each work `rounds` times, one after the other in every round, after a round that does
    /// not count.
    ///
    /// - Returns: the median nanoseconds a piece of each work.
    static func inTurn(_ works: [Work], rounds: Int) throws -> [Double] {
        let clock = ContinuousClock()
        var times = works.map { _ in [Double]() }
        for round in 0...rounds {
            for (index, work) in works.enumerated() {
                let taken = try clock.measure { try work.run() }
                let (seconds, attoseconds) = taken.components
                guard round > 0 else { continue }
                times[index].append(
                    (Double(seconds) * 1e9 + Double(attoseconds) * 1e-9) / Double(work.count))
            }
        }
        return times.map { $0.sorted()[$0.count / 2] }
    }
}
