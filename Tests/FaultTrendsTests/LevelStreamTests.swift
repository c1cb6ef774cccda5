import FaultTrends
import SpecialFunctions
import Testing

/// LORD++ where hypotheses last: each collects evidence while others are opened.
@Suite struct LevelStreamTests {
    /// A hypothesis under way.
    private struct Case {
        let isFault: Bool
        let needed: Double
        var evidence = 0.0
        var isFound = false
    }

    /// A fleet in which a hypothesis is opened a day for 200 days, one in ten of them a fault, and each
    /// is looked at every day until the end.
    ///
    /// - Parameters:
    ///   - shock: the share of a day's variance that all vehicles have in common.
    ///   - scale: by how much levels are larger than they should be.
    /// - Returns: the share of false ones among what was found, and the share of faults found.
    private func fleet(seed: Int, shock: Double = 0, scale: Double = 1) -> (
        falseShare: Double, found: Double
    ) {
        var random = Deviates(seed)
        var stream = LevelStream()
        var cases: [Case] = []
        for day in 0..<200 {
            cases.append(
                Case(
                    isFault: day % 10 == 3,
                    needed: LevelStream.logEvidence(for: scale * stream.begin())))
            let common = shock.squareRoot() * random.normal()
            for place in cases.indices where !cases[place].isFound {
                let own = (1 - shock).squareRoot() * random.normal()
                let u = common + own + (cases[place].isFault ? 1 : 0)
                // The likelihood ratio of a shift by 1: its mean is 1 where there is none.
                cases[place].evidence += u - 0.5
                guard cases[place].evidence >= cases[place].needed else { continue }
                cases[place].isFound = true
                stream.find()
            }
        }
        let found = cases.filter(\.isFound)
        let right = found.count(where: \.isFault)
        return (
            Double(found.count - right) / Double(max(found.count, 1)),
            Double(right) / Double(cases.count(where: \.isFault))
        )
    }

    private func mean(_ runs: Int, scale: Double = 1) -> (falseShare: Double, found: Double) {
        let all = (0..<runs).map { fleet(seed: 31_000 + $0, scale: scale) }
        let n = Double(runs)
        return (
            all.reduce(0) { $0 + $1.falseShare } / n, all.reduce(0) { $0 + $1.found } / n
        )
    }

    @Test("of independent hypotheses that last, at most one in twenty that it finds is false")
    func keepsItsPromise() {
        let (falseShare, found) = mean(80)
        #expect(falseShare <= 0.05, "false share \(falseShare)")
        // A bound that finds nothing would hold as well.
        #expect(found >= 0.6, "found \(found)")
    }

    @Test("levels that are too large break the promise, so it is they that keep it")
    func isLevels() {
        #expect(mean(20, scale: 100).falseShare > 0.05)
    }

    @Test("a level is fixed by what was found before the test began, and by nothing after it")
    func asynchronous() {
        var stream = LevelStream()
        let first = stream.begin()
        let second = stream.begin()
        #expect(second < first)
        // Findings of both, made when two tests had begun, pay for the third as two findings.
        stream.find()
        stream.find()
        let third = stream.begin()
        var again = LevelStream(tests: 2, found: [2, 2])
        #expect(again.begin() == third)
        #expect(third > first)
        #expect(stream.tests == 3 && stream.found == [2, 2])
    }

    @Test("all that tests are worth before anything is found comes to the first wealth")
    func wealth() {
        var stream = LevelStream()
        var sum = 0.0
        for _ in 0..<10_000 { sum += stream.begin() }
        // The shares fall slowly, so much is left for later.
        #expect(sum < stream.firstWealth && sum > 0.35 * stream.firstWealth, "\(sum)")
    }
}
