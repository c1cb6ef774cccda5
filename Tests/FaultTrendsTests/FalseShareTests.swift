import FaultTrends
import SpecialFunctions
import Testing

@Suite struct FalseShareTests {
    @Test("chosen are exactly those that the packages choose") func rules() throws {
        let p = CheckTables.pValues
        #expect(
            FalseShare.benjaminiHochberg(p, target: 0.05).map { $0 ? 1 : 0 }
                == CheckTables.benjaminiHochberg)
        #expect(
            FalseShare.benjaminiYekutieli(p, target: 0.05).map { $0 ? 1 : 0 }
                == CheckTables.benjaminiYekutieli)
        let logs = p.map { Calibrator.logEvidence(pValue: $0) }
        let limit = try #require(
            FalseShare.threshold(logEvidence: logs, hypotheses: Double(p.count), target: 0.05))
        #expect(logs.map { $0 >= limit ? 1 : 0 } == CheckTables.eBH)
        var stream = LevelStream()
        for (index, one) in p.enumerated() {
            let (level, isFound) = stream.test(one)
            expectNear(level, CheckTables.levels[index], within: 1e-9, "level \(index)")
            #expect(isFound == (CheckTables.found[index] == 1), "test \(index)")
        }
    }

    @Test("a q-value is the least target at which its evidence is chosen") func qValues() {
        var random = Deviates(3)
        let logs = (0..<60).map { _ in 9 * random.uniform() }
        let values = FalseShare.qValues(logEvidence: logs, hypotheses: 300)
        for (log, value) in zip(logs, values) where value < 1 {
            func isChosen(_ target: Double) -> Bool {
                FalseShare.threshold(logEvidence: logs, hypotheses: 300, target: target)
                    .map { log >= $0 } ?? false
            }
            #expect(isChosen(value * 1.000001) && !isChosen(value * 0.999999))
        }
        #expect(values.contains { $0 < 0.05 } && values.contains(1))
        #expect(FalseShare.qValues(logEvidence: [], hypotheses: 1) == [])
    }

    @Test("nothing is chosen from nothing") func empty() {
        #expect(FalseShare.threshold(logEvidence: [], hypotheses: 10, target: 0.05) == nil)
        #expect(FalseShare.threshold(logEvidence: [5], hypotheses: 1000, target: 0.05) == nil)
        #expect(FalseShare.threshold(logEvidence: [10], hypotheses: 1000, target: 0.05) == 10)
        #expect(FalseShare.benjaminiHochberg([], target: 0.05) == [])
        #expect(FalseShare.benjaminiYekutieli([], target: 0.05) == [])
    }

    @Test(
        "hypotheses that are opened one after the other weigh at most one together",
        arguments: [1, 30, 45, 299, 1808, 100_000])
    func weights(watched: Int) {
        // At worst each is chosen at once, so that its weight is that of its place.
        let whole = (1...watched).reduce(0.0) {
            $0 + 1 / FalseShare.divisor(opened: $1, watched: watched)
        }
        #expect(whole <= 1)
        #expect(watched < 300 || whole > 0.95)
    }

    /// A fleet in which one in a hundred has a fault from the ninth day on: e-BH each day over evidence that
    /// looks back.
    private func run(seed: Int, sharedShock: Double, vehicles: Int = 400, days: Int = 20) -> (
        open: Set<Int>, isMonotone: Bool
    ) {
        var random = Deviates(seed)
        var largest = [Double](repeating: 0, count: vehicles)
        var current = [ChangePointEvidence](repeating: ChangePointEvidence(), count: vehicles)
        var open: Set<Int> = []
        var isMonotone = true
        for day in 1...days {
            let shock = random.normal()
            var logs: [Double] = []
            for vehicle in 0..<vehicles {
                var u = sharedShock.squareRoot() * shock
                u += (1 - sharedShock).squareRoot() * random.normal()
                if vehicle < vehicles / 100, day > 8 { u += 3 }
                current[vehicle].add(min(u, 4), number: Double(day), size: 1.5)
                largest[vehicle] = max(
                    largest[vehicle], current[vehicle].logValue(after: Double(day)))
                logs.append(Calibrator.lookBack(logMaximum: largest[vehicle]))
            }
            let limit =
                FalseShare.threshold(logEvidence: logs, hypotheses: Double(vehicles), target: 0.05)
                ?? .infinity
            let chosen = Set(logs.indices.filter { logs[$0] >= limit })
            if !chosen.isSuperset(of: open) { isMonotone = false }
            open = chosen
        }
        return (open, isMonotone)
    }

    @Test("no ticket is taken back, and false ones keep to their share through a fleet-wide shock")
    func shock() {
        var (falseShares, found) = (0.0, 0)
        let fleets = 12
        for seed in 0..<fleets {
            let (open, isMonotone) = run(seed: 900 + seed, sharedShock: 0.3)
            #expect(isMonotone, "seed \(seed)")
            let wrong = open.filter { $0 >= 4 }.count
            falseShares += Double(wrong) / Double(max(open.count, 1))
            found += open.count - wrong
        }
        #expect(falseShares / Double(fleets) <= 0.05)
        #expect(Double(found) >= 0.9 * 4 * Double(fleets), "\(found) found")
    }

    @Test(
        "of two thousand over forty days all faults are found and nothing else",
        arguments: [0, 0.3])
    func large(sharedShock: Double) {
        let (open, isMonotone) = run(
            seed: 950, sharedShock: sharedShock, vehicles: 2000, days: 40)
        #expect(isMonotone && open == Set(0..<20), "\(open.count) open")
    }

    @Test("a rule that is wrong too often is demoted, one that keeps its word is not")
    func honesty() {
        var liar = RuleHonesty()
        var verdicts = 0
        while !liar.isBroken(promise: 0.05), verdicts < 1000 {
            liar.count(wasFalse: verdicts % 4 == 0)
            verdicts += 1
        }
        #expect(verdicts < 60, "\(verdicts) verdicts")
        #expect(!RuleHonesty(confirmed: 190, refuted: 10).isBroken(promise: 0.05))
        #expect(RuleHonesty().logEvidence(against: 0.05) == 0)
        // Twenty right ones: ∫ (1 - q)²⁰ dq from .05 on, over .95 · .95²⁰, is 1/21.
        expectNear(
            RuleHonesty(confirmed: 20).logEvidence(against: 0.05), -Elementary.log(21),
            within: 1e-9, "twenty right ones")
        let share = RuleHonesty(confirmed: 95, refuted: 5).falseShare(0.9)
        #expect(share.bounds.contains(0.05))
        #expect(share.bounds.upperBound < 0.11)
        #expect(RuleHonesty(confirmed: 5, refuted: 0).falseShare(0.9).bounds.lowerBound == 0)
    }

    @Test("demoting a rule that keeps its promise is rare") func promise() {
        var broken = 0
        for seed in 0..<150 {
            var random = Deviates(80_000 + seed)
            var rule = RuleHonesty()
            for _ in 0..<100 where !rule.isBroken(promise: 0.05) {
                rule.count(wasFalse: random.uniform() < 0.05)
            }
            if rule.isBroken(promise: 0.05) { broken += 1 }
        }
        // 150 rules: a true share of .05 would show as more than .11 once in a thousand runs.
        #expect(broken <= 16, "\(broken) of 150")
    }
}
