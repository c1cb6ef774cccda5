import FaultTrends
import SpecialFunctions
import Testing

@Suite struct BatchTests {
    @Test("Fisher's chances are the published ones") func fisher() {
        for row in CheckTables.fisher {
            let table = BatchTable(
                failedInside: Int(row[0]), healthyInside: Int(row[1]), failedOutside: Int(row[2]),
                healthyOutside: Int(row[3]))
            expectNear(table.oddsRatio, row[4], within: 1e-9, "odds of \(row)")
            expectNear(table.pValues.greater, row[5], within: 1e-9, "more than \(row)")
            expectNear(table.pValues.less, row[6], within: 1e-9, "less than \(row)")
            expectNear(table.pValues.mid, row[7], within: 1e-9, "middle of \(row)")
            expectNear(twoSided(table), row[8], within: 1e-9, "either way of \(row)")
            expectNear(table.pValues.greater, row[9], within: 1e-9, "tail of \(row)")
        }
    }

    /// The chance of exactly this table: twice what a mid p-value leaves out, from the side where
    /// that is no difference of two nearly equal numbers.
    private func chance(of table: BatchTable) -> Double {
        let mirrored = BatchTable(
            failedInside: table.failedOutside, healthyInside: table.healthyOutside,
            failedOutside: table.failedInside, healthyOutside: table.healthyInside)
        let side = table.pValues.greater < mirrored.pValues.greater ? table : mirrored
        return 2 * (side.pValues.greater - side.pValues.mid)
    }

    /// Fisher's test of both sides: all tables with these margins that are no likelier.
    private func twoSided(_ table: BatchTable) -> Double {
        let failed = table.failedInside + table.failedOutside
        let inside = table.failedInside + table.healthyInside
        let here = chance(of: table)
        var sum = 0.0
        for x in max(0, inside - table.healthyInside - table.healthyOutside)...min(failed, inside) {
            let healthyOutside = table.healthyInside + table.healthyOutside - (inside - x)
            guard healthyOutside >= 0 else { continue }
            let other = chance(
                of: BatchTable(
                    failedInside: x, healthyInside: inside - x, failedOutside: failed - x,
                    healthyOutside: healthyOutside))
            if other <= here * (1 + 1e-7) { sum += other }
        }
        return min(1, sum)
    }

    @Test("rates by exposure are compared as published") func exposures() {
        for row in CheckTables.exposures {
            let p = BatchTable.pValue(
                events: Int(row[0]), exposure: row[1], otherEvents: Int(row[2]),
                otherExposure: row[3])
            expectNear(p, row[4], within: 1e-9, "\(row)")
            // The odds of a table whose healthy column is the exposure.
            let rates = BatchTable(
                failedInside: Int(row[0]), healthyInside: Int(row[1]), failedOutside: Int(row[2]),
                healthyOutside: Int(row[3]))
            expectNear(rates.oddsRatio, row[5], within: 1e-9, "\(row)")
        }
    }

    /// The rule of the published simulation, which the mean of likelihood ratios has replaced: a beta
    /// distribution of the share inside, about the first share.
    ///
    /// - Returns: whether it ever reaches 20, and the failure at which it reaches 10,000.
    private func betaMixture(rateRatio: Double, seed: Int) -> (twenty: Bool, failure: Int?) {
        var random = Deviates(seed)
        let (a, b) = (2 * 0.02, 2 * 0.98)
        let whole = BetaDistribution.logBeta(a, b)
        var (inside, logNull, twenty) = (0, 0.0, false)
        for failure in 1...400 {
            let share = 0.02 + 0.06 * Double(failure - 1) / 400
            let isInside =
                random.uniform() < rateRatio * share / (rateRatio * share + 1 - share)
            if isInside { inside += 1 }
            logNull += Elementary.log(isInside ? share : 1 - share)
            let log =
                BetaDistribution.logBeta(a + Double(inside), b + Double(failure - inside))
                - whole - logNull
            if log >= Elementary.log(20) { twenty = true }
            if log >= Elementary.log(1e4) { return (true, failure) }
        }
        return (twenty, nil)
    }

    @Test("the published rule finds a batch as published, and the one in use finds it sooner")
    func published() {
        let count = 400
        let healthy = (0..<count).count { betaMixture(rateRatio: 1, seed: 110_000 + $0).twenty }
        // Give or take three standard errors of 400.
        #expect((Double(healthy) / Double(count) - 0.04235).magnitude < 0.03, "\(healthy)")
        func finding(_ failures: [Int?]) -> (share: Double, median: Double) {
            let sorted = failures.map { $0 ?? .max }.sorted()
            return (
                Double(sorted.count { $0 < .max }) / Double(count), Double(sorted[count / 2])
            )
        }
        // .77425 and 299.5. How the share grows from 2 to 8 % is not told; where it does so evenly, it is
        // .735 and 317 (20,000 fleets).
        let seeds = 120_000..<120_000 + count
        let before = finding(seeds.map { betaMixture(rateRatio: 3, seed: $0).failure })
        expectNear(before.share, 0.77425, within: 0.1, "share")
        expectNear(before.median, 299.5, within: 0.1, "median")
        let now = finding(seeds.map { evidence(rateRatio: 3, seed: $0).failures })
        #expect(now.share > 0.9 && now.median < 260, "\(now)")
    }

    private func evidence(rateRatio: Double, seed: Int) -> (largest: Double, failures: Int?) {
        var random = Deviates(seed)
        var evidence = BatchExcess()
        var largest = 0.0
        var first: Int?
        for failure in 0..<400 {
            let share = 0.02 + 0.06 * Double(failure) / 400
            let chance = rateRatio * share / (rateRatio * share + 1 - share)
            evidence.count(isInside: random.uniform() < chance, share: share)
            largest = max(largest, evidence.logValue)
            if first == nil, evidence.logValue >= Elementary.log(1e4) { first = failure }
        }
        return (largest, first)
    }

    @Test("a batch like any other rarely shows evidence of 20, though its share grows")
    func promise() {
        let reached = (0..<100).filter {
            evidence(rateRatio: 1, seed: 50_000 + $0).largest >= Elementary.log(20)
        }
        // 100 fleets: a true share of .05 would show as more than .13 once in a thousand runs.
        #expect(reached.count <= 13, "\(reached.count) of 100")
    }

    @Test("a batch that fails three times as often is found in most fleets") func power() {
        let found = (0..<60).filter { evidence(rateRatio: 3, seed: 60_000 + $0).failures != nil }
        // .774 in the published simulation of 400 failures.
        #expect((36...56).contains(found.count), "\(found.count) of 60")
    }

    @Test("an excess is the product of its likelihood ratios, and comes back from its text")
    func excess() throws {
        let failures: [(isInside: Bool, share: Double)] = [
            (true, 0.1), (false, 0.1), (true, 0.25), (true, 0.02), (false, 0.9), (true, 1),
        ]
        var excess = BatchExcess()
        for failure in failures {
            excess.count(isInside: failure.isInside, share: failure.share)
        }
        var mean = 0.0
        for ratio in [2.0, 4, 8, 16] {
            var product = 1.0
            for failure in failures where failure.share < 1 {
                product *= (failure.isInside ? ratio : 1) / (1 + failure.share * (ratio - 1))
            }
            mean += product / 4
        }
        expectNear(excess.logValue, Elementary.log(mean), within: 1e-12, "mixture")
        #expect(excess.inside == 3 && excess.failures == 5)
        #expect(BatchExcess(text: excess.text) == excess)
        #expect(BatchExcess().logValue == 0)
        for text in ["", "1 2 3", "a 2 3 4 5 6 7", excess.text + " 1", "1 2 3 4 5 6 inf"] {
            #expect(BatchExcess(text: text) == nil, "\(text)")
        }
    }

    private func largestExcess(rateRatio: Double, seed: Int, failures: Int = 400) -> Double {
        var random = Deviates(seed)
        var excess = BatchExcess()
        var largest = 0.0
        for failure in 0..<failures {
            let share = 0.02 + 0.06 * Double(failure) / Double(failures)
            let chance = rateRatio * share / (rateRatio * share + 1 - share)
            excess.count(isInside: random.uniform() < chance, share: share)
            largest = max(largest, excess.logValue)
        }
        return largest
    }

    @Test("a batch that fails like any other, or less, rarely shows an excess of 20")
    func excessPromise() {
        for ratio in [1.0, 0.3] {
            let reached = (0..<100).filter {
                largestExcess(rateRatio: ratio, seed: 70_000 + $0) >= Elementary.log(20)
            }
            // As above: more than 13 of 100 come once in a thousand runs at a true share of .05.
            #expect(reached.count <= 13, "ratio \(ratio): \(reached.count) of 100")
        }
    }

    @Test("a batch that fails three times as often shows its excess in most fleets")
    func excessPower() {
        let found = (0..<60).filter {
            largestExcess(rateRatio: 3, seed: 80_000 + $0) >= Elementary.log(1e4)
        }
        #expect(found.count >= 36, "\(found.count) of 60")
    }

    @Test("a pair speaks when it was right more often than not, almost surely") func pairs() {
        #expect(!PairRecord(cases: 19, failures: 19).isProven())
        #expect(PairRecord(cases: 20, failures: 16).isProven())
        #expect(!PairRecord(cases: 20, failures: 12).isProven())
        #expect(PairRecord(cases: 200, failures: 125).isProven())
        #expect(!PairRecord(cases: 200, failures: 125).isProven(beyond: 0.6))
    }
}
