import FaultTrends
import SpecialFunctions
import Testing

@Suite struct EpochTests {
    private func key(_ subject: Int, _ cohort: Int = 0) -> FleetKey {
        FleetKey(check: 1, subject: UInt32(subject), cohort: UInt32(cohort))
    }

    /// What vehicle `number` tells in one epoch.
    private func tell(_ number: Int, to summary: inout EpochSummary) {
        var random = Deviates(number)
        let cohort = number % 3
        summary.addReading(90 + Double(cohort) + random.normal(), to: key(1, cohort))
        summary.addDistance(random.exponential(), to: key(2, cohort))
        for hour in 0..<24 {
            let warm = Elementary.sine(ofTurns: Double(hour) / 24)
            summary.addSeason(warm + 0.3 * random.normal(), hour: hour, to: key(3))
        }
        summary.addRecurrence(
            events: Int(random.exponential() * 2), exposure: 500 + number, to: key(4))
        summary.addLife(
            from: number * 10, to: number * 10 + 900, hasFailed: number % 9 == 0, key: key(5))
        summary.addPair(hasFailed: number % 5 != 0, to: key(6))
        summary.addHypothesis(logEvidence: number == 7 ? 20 : -random.exponential())
    }

    private func shards(_ count: Int) -> [EpochSummary] {
        var shards = [EpochSummary](repeating: EpochSummary(), count: count)
        for number in 0..<900 { tell(number, to: &shards[number % count]) }
        return shards
    }

    @Test(
        "any number of shards, merged in any order, gives the same baseline",
        arguments: [1, 2, 7, 64])
    func order(count: Int) {
        let whole = shards(1)[0]
        var forwards = EpochSummary()
        var backwards = EpochSummary()
        let parts = shards(count)
        for part in parts { forwards.merge(part) }
        for part in parts.reversed() { backwards.merge(part) }
        #expect(forwards == whole)
        #expect(backwards == whole)
        let expected = FleetBaseline().next(after: whole, target: 0.05)
        #expect(FleetBaseline().next(after: backwards, target: 0.05) == expected)
    }

    @Test("a baseline publishes what the fleet showed") func baseline() throws {
        let baseline = FleetBaseline().next(
            after: shards(4).reduce(into: EpochSummary()) { $0.merge($1) }, target: 0.05)
        #expect(baseline.epoch == 1)
        let cohort = try #require(baseline.cohort([key(1, 2)]))
        #expect((cohort.median - 92).magnitude < 1)
        #expect(baseline.isSeasonal[key(3)] == true)
        let prior = try #require(baseline.priors[key(4)])
        #expect((0.001...0.003).contains(prior.rate), "\(prior.rate)")
        #expect(baseline.lives[key(5)]?.failures == 100)
        #expect(baseline.provenPairs.contains(key(6)))
        // 900 hypotheses at 5 %: ln(18000) = 9.8 is needed of the single one that has evidence.
        #expect(baseline.threshold == 20)
    }

    @Test("a small cohort asks its parent") func parents() {
        var summary = EpochSummary()
        for number in 0..<300 { summary.addReading(Double(number), to: key(1, 0)) }
        for _ in 0..<10 { summary.addReading(1e6, to: key(1, 1)) }
        let baseline = FleetBaseline().next(after: summary, target: 0.05)
        #expect(baseline.cohort([key(1, 1), key(1, 0)])?.vehicles == 300)
        #expect(baseline.cohort([key(1, 1)]) == nil)
    }

    @Test("counts are kept over epochs, medians are not") func epochs() {
        let summary = shards(1)[0]
        let one = FleetBaseline().next(after: summary, target: 0.05)
        let two = one.next(after: summary, target: 0.05)
        #expect(two.lives[key(5)]?.failures == 200)
        #expect(two.cohorts == one.cohorts)
        let quiet = two.next(after: EpochSummary(), target: 0.05)
        #expect(quiet.cohorts.isEmpty)
        #expect(quiet.priors == two.priors)
        #expect(quiet.threshold == nil)
        #expect(EpochSummary().isEmpty)
        #expect(!summary.isEmpty)
    }

    @Test("a ticket stays one however its evidence sinks") func hypothesis() {
        var hypothesis = OpenHypothesis()
        hypothesis.saw(logEvidence: 20)
        let before = hypothesis.logEvidence
        hypothesis.saw(logEvidence: -3)
        #expect(hypothesis.logEvidence == before)
        var summary = EpochSummary()
        summary.addHypothesis(logEvidence: before)
        for _ in 0..<500 { summary.addHypothesis(logEvidence: -1) }
        let baseline = FleetBaseline().next(after: summary, target: 0.05)
        #expect(hypothesis.isChosen(by: baseline))
        #expect(!OpenHypothesis().isChosen(by: baseline))
        #expect(!hypothesis.isChosen(by: FleetBaseline()))
    }
}
