import SpecialFunctions

/// LORD++ (Ramdas, Yang, Wainwright and Jordan 2017): levels for a stream of tests that have nothing
/// to do with each other.
///
/// A test may last while others begin (Zrnic, Ramdas and Jordan 2021): its level is fixed when it
/// begins, from what was found until then. The share of false ones among those found is at most
/// ``target`` on the mean **for independent tests only**; what all vehicles share on a day breaks it.
public struct LevelStream: Equatable, Sendable {
    /// The largest share of false ones among those found.
    public let target: Double
    /// What is staked before the first finding.
    public let firstWealth: Double
    /// Tests begun so far.
    public private(set) var tests: Int
    /// How many had begun when each finding was made, in order.
    public private(set) var found: [Int]

    /// Goes on where a stream stands.
    ///
    /// - Parameters:
    ///   - firstWealth: below `target`; a tenth of it unless told otherwise.
    ///   - tests: begun so far.
    ///   - found: as ``found``.
    public init(
        target: Double = 0.05, firstWealth: Double? = nil, tests: Int = 0, found: [Int] = []
    ) {
        self.target = target
        self.firstWealth = firstWealth ?? 0.1 * target
        self.tests = tests
        self.found = found
    }

    /// The share of the wealth for the j-th test from a start (Javanmard and Montanari 2018).
    static func share(_ j: Int) -> Double {
        let n = Double(j)
        return 0.077_208_38 * Elementary.log(max(n, 2))
            / (n * Elementary.exp(Elementary.log(n).squareRoot()))
    }

    /// ln of the e-value that is found at a level: one over the largest it ever reaches is a p-value
    /// (Ville 1939).
    public static func logEvidence(for level: Double) -> Double { -Elementary.log(level) }

    /// The level of the next test; takes as long as there are findings.
    public func nextLevel() -> Double {
        let t = tests + 1
        var level = Self.share(t) * firstWealth
        if let first = found.first { level += (target - firstWealth) * Self.share(t - first) }
        for later in found.dropFirst() { level += target * Self.share(t - later) }
        return level
    }

    /// Begins the next test.
    ///
    /// - Returns: its level: the largest p-value with which it is a finding, whenever it ends.
    public mutating func begin() -> Double {
        let level = nextLevel()
        tests += 1
        return level
    }

    /// Ends a test with a finding, which pays for those that begin after it.
    public mutating func find() { found.append(tests) }

    /// Tests the next p-value, and is done with it.
    public mutating func test(_ p: Double) -> (level: Double, isFound: Bool) {
        let level = begin()
        if p <= level { find() }
        return (level, p <= level)
    }
}
