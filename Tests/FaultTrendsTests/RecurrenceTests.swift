import FaultTrends
import SpecialFunctions
import Testing

@Suite struct RecurrenceTests {
    private static let vehicles = zip(RecurrenceTables.counts, RecurrenceTables.exposure)
        .map { (events: $0, exposure: $1) }

    @Test("the fleet's moments give the published prior") func moments() throws {
        let v = Self.vehicles
        let prior = try #require(
            RecurrenceSums.prior(
                events: v.reduce(0) { $0 + Double($1.events) },
                exposure: v.reduce(0) { $0 + $1.exposure },
                squaredEvents: v.reduce(0) { $0 + Double($1.events * $1.events) },
                squaredExposure: v.reduce(0) { $0 + $1.exposure * $1.exposure },
                eventsByExposure: v.reduce(0) { $0 + Double($1.events) * $1.exposure }))
        expectNear(prior.shape, RecurrenceTables.moments.shape, within: 1e-9, "shape")
        expectNear(prior.exposure, RecurrenceTables.moments.exposure, within: 1e-9, "exposure")
        expectNear(prior.rate, RecurrenceTables.fleetRate, within: 1e-9, "rate")
    }

    @Test("whole kilometres give nearly the same, and merge in any order") func sums() throws {
        var whole = RecurrenceSums()
        var parts = [RecurrenceSums](repeating: RecurrenceSums(), count: 7)
        for (index, one) in Self.vehicles.enumerated() {
            whole.add(events: one.events, exposure: Int(one.exposure.rounded()))
            parts[index % 7].add(events: one.events, exposure: Int(one.exposure.rounded()))
        }
        var merged = RecurrenceSums()
        for part in parts.reversed() { merged.merge(part) }
        #expect(merged == whole)
        let prior = try #require(whole.prior)
        expectNear(prior.shape, RecurrenceTables.moments.shape, within: 1e-3, "shape")
    }

    @Test("the likeliest prior is the published one") func likeliest() {
        let expected = RecurrenceTables.likeliest
        let prior = RecurrencePrior.mostLikely(
            Self.vehicles, from: RecurrencePrior(shape: 0.8, exposure: 2000))
        expectNear(prior.shape, expected.shape, within: 1e-6, "shape")
        expectNear(prior.exposure, expected.exposure, within: 1e-6, "exposure")
        // The published maximum was found to seven digits; to 40 it is here.
        expectNear(prior.shape, 0.858_702_257_446_896, within: 1e-9, "exact shape")
        expectNear(prior.exposure, 2236.353_707_494_026, within: 1e-9, "exact exposure")
        let reached = Self.vehicles.reduce(0) {
            $0 + prior.logLikelihood(events: $1.events, exposure: $1.exposure)
        }
        expectNear(reached, expected.logLikelihood, within: 1e-9, "likelihood")
    }

    @Test("a vehicle's rate is the fleet's, moved by what it showed") func posteriors() {
        let prior = RecurrencePrior(
            shape: RecurrenceTables.likeliest.shape, exposure: RecurrenceTables.likeliest.exposure)
        for row in RecurrenceTables.posteriors {
            let events = Int(row[0])
            let posterior = prior.posterior(events: events, exposure: row[1])
            expectNear(posterior.rate, row[2], within: 1e-9, "mean of \(row)")
            expectNear(posterior.quantile(0.05), row[3], within: 1e-9, "5 % of \(row)")
            expectNear(posterior.quantile(0.95), row[4], within: 1e-9, "95 % of \(row)")
            expectNear(
                posterior.chance(above: 3 * RecurrenceTables.fleetRate), row[5], within: 1e-9,
                "above thrice of \(row)")
            expectNear(
                prior.chance(ofAtLeast: events, within: row[1]), row[6], within: 1e-9,
                "again of \(row)")
        }
    }

    @Test("evidence against the allowed rate follows its formula") func evidence() {
        for row in RecurrenceTables.evidence {
            expectNear(
                RecurrenceCheck.logEvidence(
                    events: Int(row[0]), exposure: row[1], allowedRate: row[2]),
                row[3], within: 1e-9, "\(row)")
        }
    }

    @Test("evidence with the whole of the distribution reaches 20 as rarely as published")
    func wholeDistribution() {
        var reached = 0
        for seed in 0..<1500 {
            var random = Deviates(44_000 + seed)
            var exposure = 0.0
            for events in 1...60 {
                exposure += random.exponential() * 1000
                let log = RecurrenceCheck.logEvidence(
                    events: events, exposure: exposure, allowedRate: 0.001)
                if log >= Elementary.log(20) {
                    reached += 1
                    break
                }
            }
        }
        // .01965 in the published simulation, give or take three standard errors of 1500.
        #expect((14...46).contains(reached), "\(reached) of 1500")
    }

    @Test("a vehicle at its allowed rate rarely shows evidence of 20") func promise() {
        var reached = 0
        for seed in 0..<600 {
            var random = Deviates(40_000 + seed)
            var check = RecurrenceCheck()
            for _ in 0..<60 {
                check.run(random.exponential() * 1000)
                check.countEvent()
                if check.logEvidence(allowedRate: 0.001) >= Elementary.log(20) {
                    reached += 1
                    break
                }
            }
        }
        // 600 vehicles: a true share of .05 would show as more than .078 once in a thousand runs.
        #expect(reached <= 47, "\(reached) of 600")
        #expect(reached > 0)
    }

    @Test("growth of the rate is Crow's", arguments: [true, false]) func growth(endsWithEvent: Bool)
    {
        let times = RecurrenceTables.prototypes
        let expected =
            endsWithEvent ? RecurrenceTables.endingWithEvent : RecurrenceTables.endingWithTime
        let growth = RateGrowth(times: times, end: 620, endsWithEvent: endsWithEvent)
        let interval = growth.betaInterval(0.9)
        // The mean time between failures at the end, and how fast it grows.
        let found = [
            growth.beta, growth.lambda, growth.unbiasedBeta, growth.unbiasedLambda,
            growth.finalRate, 1 / growth.finalRate, 1 - growth.beta,
            RateGrowth.cramerVonMises(times: times, end: 620, endsWithEvent: endsWithEvent),
            RateGrowth.laplace(times: times, end: 620, endsWithEvent: endsWithEvent),
            interval.lowerBound, interval.upperBound,
        ]
        for (index, value) in found.enumerated() {
            expectNear(value, expected[index], within: 1e-9, "number \(index)")
        }
    }

    @Test("three systems share one growth") func pooled() {
        let pooled = RateGrowth.pooled(
            RecurrenceTables.threeSystems.map { RateGrowth(times: $0, end: 200) })
        #expect(pooled.events == 36)
        // As one system that was watched to its end with all of them.
        let all = RateGrowth(events: 36, sumOfLogs: 36 / pooled.beta, end: 200)
        expectNear(
            all.unbiasedBeta, RecurrenceTables.threeSystemsFit[2], within: 1e-9, "without bias")
        expectNear(pooled.beta, RecurrenceTables.threeSystemsFit[0], within: 1e-9, "beta")
        expectNear(pooled.lambda, RecurrenceTables.threeSystemsFit[1], within: 1e-9, "lambda")
    }

    @Test("a vehicle whose code comes ever sooner is told from one that is only unlucky")
    func wear() throws {
        var worsening = RecurrenceCheck()
        var steady = RecurrenceCheck()
        for step in 1...12 {
            worsening.run(1000 / Double(step * step))
            worsening.countEvent()
            steady.run(100)
            steady.countEvent()
        }
        let p = try #require(worsening.growth).pValueOfWear
        #expect(p < 0.001, "\(p)")
        #expect(try #require(steady.growth).pValueOfWear > 0.1)
    }
}
