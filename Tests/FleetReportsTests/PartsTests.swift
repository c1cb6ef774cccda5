import FleetReports
import Foundation
import Testing

private func isClose(_ a: Double, _ b: Double, _ relative: Double = 1e-9) -> Bool {
    abs(a - b) <= relative * max(abs(a), abs(b), 1e-300)
}

@Suite struct PartsTests {
    static let history: [Double] = [
        0, 0, 2, 0, 1, 0, 0, 3, 0, 0, 1, 0, 0, 0, 2, 0, 1, 0, 0, 0, 4, 0, 0, 1,
    ]

    @Test("a part that is asked for now and then") func intermittent() {
        let forecast = IntermittentDemand(Self.history)
        #expect(forecast.interval == 3)
        #expect(isClose(forecast.variation, 0.315556, 2e-6))
        #expect(forecast.pattern == .intermittent)
        #expect(isClose(forecast.croston, 0.6402942211354835))
        #expect(isClose(forecast.sba, 0.6082795100787093))
        #expect(isClose(forecast.tsb, 0.6853509146642635))
        #expect(isClose(IntermittentDemand.dispersion(of: Self.history), 1.9217391304347824))
    }

    @Test("forecasts are the published ones", arguments: QueueTables.demands)
    func published(row: QueueTables.Demand) throws {
        let forecast = IntermittentDemand(row.demands, sizeWeight: 0.1)
        #expect(isClose(forecast.croston, row.croston), "\(row.name)")
        #expect(isClose(forecast.sba, row.sba), "\(row.name)")
        #expect(isClose(forecast.interval, row.interval), "\(row.name)")
        // The table's is over a sample, ours over the population.
        let sizes = Double(row.demands.count { $0 > 0 })
        let sample = forecast.variation * sizes / (sizes - 1)
        #expect(isClose(sample, row.variation), "\(row.name)")
        #expect(forecast.pattern.rawValue == row.pattern, "\(row.name)")
        let first = try #require(row.demands.firstIndex { $0 > 0 })
        for (size, probability, expected) in [(0.2, 0.2, row.tsb), (0.1, 0.3, row.slowTSB)] {
            func tsb(_ probability: Double) -> Double {
                IntermittentDemand(row.demands, sizeWeight: size, probabilityWeight: probability)
                    .tsb
            }
            // The package begins with the first period: with a probability of 0 when nothing was asked for, so
            // that the first demand makes it the weight. Ours is one over that demand's place, and what
            // the two differ by shrinks with each period.
            let own = 1 / Double(first + 1)
            let start = first == 0 ? own : probability
            let left = pow(1 - probability, Double(row.demands.count - 1 - first))
            let difference = tsb(0) / own * left * (own - start)
            #expect(isClose(tsb(probability) - difference, expected), "\(row.name)")
        }
    }

    @Test("a part whose demand has died is forgotten by TSB and not by Croston") func dying() {
        let forecast = IntermittentDemand(
            QueueTables.demands[1].demands, sizeWeight: 0.2, probabilityWeight: 0.2)
        #expect(isClose(forecast.tsb, 0.12435965668620098))
        #expect(forecast.croston > 10 * forecast.tsb)
    }

    @Test(
        "parts are counted out in classes",
        arguments: [
            ("every month the same", [Double](repeating: 1, count: 12), "smooth"),
            ("every month, wildly", [1, 9, 1, 1, 8, 1, 1, 9, 1, 1, 1, 9], "erratic"),
            ("now and then, wildly", [0, 9, 0, 0, 1, 0, 1, 0, 0, 9, 0, 1], "lumpy"),
            ("never", [0, 0, 0], "intermittent"),
        ] as [(name: String, demand: [Double], pattern: String)])
    func patterns(name: String, demand: [Double], pattern: String) {
        #expect(IntermittentDemand(demand).pattern.rawValue == pattern, "\(name)")
    }

    @Test(
        "a reorder point covers the lead time",
        arguments: [
            ("from the maker", 14, 2, 0.299768, 0.974825),
            ("from a third party", 7, 1, 0.159876, 0.967162),
            ("from next door", 2, 0, 0.059954, 0.958401),
        ] as [(name: String, lead: Double, level: Int, mean: Double, service: Double)])
    func reorderPoint(name: String, lead: Double, level: Int, mean: Double, service: Double) {
        let plan = PartsPlan.reorderPoint(
            monthly: IntermittentDemand(Self.history).sba,
            dispersion: IntermittentDemand.dispersion(of: Self.history), leadDays: lead,
            reviewDays: 1, service: 0.95)
        #expect(plan.level == level, "\(name)")
        #expect(isClose(plan.mean, mean, 1e-5), "\(name)")
        #expect(isClose(plan.service, service, 1e-6), "\(name)")
    }

    @Test("open tickets raise the stock that history alone would keep") func predicted() {
        let needs = [0.82, 0.64, 0.55, 0.30, 0.12]
        let pmf = [0.017963, 0.145865, 0.362239, 0.346468, 0.117074, 0.010391]
        for (share, expected) in zip(CountDistribution.successes(needs).probabilities, pmf) {
            #expect(abs(share - expected) < 1e-6)
        }
        let plan = PartsPlan.stockUpTo(
            needs: needs, monthly: IntermittentDemand(Self.history).sba, explained: 0.45,
            dispersion: IntermittentDemand.dispersion(of: Self.history), leadDays: 7,
            reviewDays: 1, service: 0.95)
        #expect(plan.level == 4)
        #expect(isClose(plan.mean, 2.517932, 1e-6))
        #expect(isClose(plan.service, 0.973920, 1e-6))
        #expect(isClose(plan.fill, 0.985942, 1e-6))
    }

    @Test(
        "a stock covers a demand of this mean and variance",
        arguments: [
            (4, 4, 0.95, 8, 0.9786365655120158), (4, 10, 0.95, 10, 0.9578439929609861),
            (0.3, 0.5, 0.99, 3, 0.9927002153099397), (25, 60, 0.98, 43, 0.982827794204938),
            (100, 400, 0.95, 135, 0.9531102335778245),
        ] as [(mean: Double, variance: Double, share: Double, stock: Int, covered: Double)])
    func stock(mean: Double, variance: Double, share: Double, stock: Int, covered: Double) {
        let demand = CountDistribution.negativeBinomial(mean: mean, dispersion: variance / mean)
        #expect(demand.quantile(share) == stock)
        #expect(isClose(demand.atMost(stock), covered))
        #expect(isClose(demand.mean, mean, 1e-9))
    }

    @Test("a batch that fails more often stands out, and its neighbours do not") func batches()
        throws
    {
        let found = BatchComparison.compare([
            .init(name: "B2601", vehicles: 420, exposure: 5.04, failures: 17),
            .init(name: "B2602", vehicles: 610, exposure: 7.93, failures: 9),
            .init(name: "B2603", vehicles: 380, exposure: 3.80, failures: 3),
            .init(name: "B2604", vehicles: 1450, exposure: 14.5, failures: 16),
            .init(name: "B2605", vehicles: 3140, exposure: 34.54, failures: 33),
        ])
        let bad = try #require(found.first)
        #expect(isClose(bad.share, 0.076584, 1e-5))
        #expect(isClose(bad.rateRatio, 3.3603, 1e-5))
        #expect(isClose(bad.interval.lowerBound, 1.8399, 1e-4))
        #expect(isClose(bad.interval.upperBound, 5.8283, 1e-4))
        #expect(isClose(bad.p, 7.18214e-05, 1e-5))
        #expect(isClose(bad.q, 3.59107e-04, 1e-5))
        #expect(found.map(\.isSignal) == [true, false, false, false, false])
        #expect(found.dropFirst().allSatisfy { isClose($0.q, 0.972164, 1e-5) })
    }

    @Test(
        "two batches are compared by rates as published",
        arguments: [
            [15, 1e6, 50, 1e7, 0.0006065421102579192, 3],
            [3, 2e5, 100, 1e8, 0.0012115940498062814, 15],
            [40, 5e6, 300, 6e7, 0.005127176663170596, 1.6],
        ])
    func rates(row: [Double]) throws {
        let found = BatchComparison.compare([
            .init(name: "B1", vehicles: 1, exposure: row[1], failures: Int(row[0])),
            .init(name: "B2", vehicles: 1, exposure: row[3], failures: Int(row[2])),
        ])
        let batch = try #require(found.first)
        #expect(isClose(batch.p, row[4]))
        #expect(isClose(batch.rateRatio, row[5]))
    }

    @Test("a batch is no signal by its rate alone, while chance explains it") func chance() throws {
        let found = BatchComparison.compare([
            .init(name: "B1", vehicles: 50, exposure: 5, failures: 6),
            .init(name: "B2", vehicles: 1000, exposure: 100, failures: 60),
        ])
        let batch = try #require(found.first)
        #expect(isClose(batch.rateRatio, 2, 1e-12))
        #expect(batch.q > 0.01)
        #expect(!batch.isSignal)
    }

    @Test("verdicts say what a rule is worth, and when it should only watch") func verdicts() {
        let kept = VerdictPosterior(confirmed: 9, refuted: 3)
        #expect(isClose(kept.mean, 0.714286, 1e-6))
        #expect(isClose(kept.interval.lowerBound, 0.461868, 1e-5))
        #expect(isClose(kept.interval.upperBound, 0.909080, 1e-5))
        #expect(isClose(kept.below(0.5), 0.046143, 1e-5))
        #expect(!kept.isUntrustworthy)
        let demoted = VerdictPosterior(confirmed: 2, refuted: 9)
        #expect(isClose(demoted.below(0.5), 0.980713, 1e-6))
        #expect(demoted.isUntrustworthy)
        #expect(!VerdictPosterior(confirmed: 0, refuted: 7).isUntrustworthy)
    }
}
