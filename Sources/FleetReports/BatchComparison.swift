import SpecialFunctions

/// Whether vehicles with parts of one batch fail more often than the others.
public struct BatchComparison: Hashable, Sendable {
    /// What is known of one batch.
    public struct Batch: Hashable, Sendable {
        public var name: String
        public var vehicles: Int
        /// Distance run with parts of the batch, in millions of kilometres.
        public var exposure: Double
        public var failures: Int

        public init(name: String, vehicles: Int, exposure: Double, failures: Int) {
            self.name = name
            self.vehicles = vehicles
            self.exposure = exposure
            self.failures = failures
        }
    }

    public var batch: Batch
    /// The batch's share of the exposure of all.
    public var share: Double
    /// Its failure rate over that of all others.
    public var rateRatio: Double
    /// The 95 % interval of the ratio (Clopper and Pearson 1934, on the share of the failures).
    public var interval: ClosedRange<Double>
    /// The probability of so many failures or more in the batch if its rate were that of the others.
    public var p: Double
    /// The same, adjusted for having asked about every batch (Benjamini and Hochberg 1995).
    public var q: Double

    /// Whether it is worth a review: a rate at least doubled, at least five failures, `q` of 1 % or
    /// less.
    public var isSignal: Bool { q <= 0.01 && rateRatio >= 2 && batch.failures >= 5 }

    /// Compares each batch with all the others; in the order given.
    ///
    /// Given all failures, those of a batch are binomial with the batch's share of the exposure
    /// (Przyborowski and Wilenski 1940).
    public static func compare(_ batches: [Batch]) -> [BatchComparison] {
        let exposure = batches.reduce(0) { $0 + $1.exposure }
        let failures = batches.reduce(0) { $0 + $1.failures }
        var compared = batches.map { batch -> BatchComparison in
            let share = batch.exposure / exposure
            let rest = Double(failures - batch.failures) / (exposure - batch.exposure)
            func ratio(_ p: Double) -> Double { p / (1 - p) * (1 - share) / share }
            let hits = Double(batch.failures)
            let others = Double(failures - batch.failures)
            let low = hits > 0 ? BetaDistribution.quantile(0.025, hits, others + 1) : 0
            let high = others > 0 ? BetaDistribution.quantile(0.975, hits + 1, others) : 1
            return BatchComparison(
                batch: batch, share: share,
                rateRatio: Double(batch.failures) / batch.exposure / rest,
                interval: ratio(low)...ratio(high),
                // P(X >= k) of a binomial is a regularised incomplete beta function.
                p: hits > 0 ? BetaDistribution.cdf(share, hits, others + 1) : 1, q: 1)
        }
        let order = compared.indices.sorted { compared[$0].p < compared[$1].p }
        var smallest = 1.0
        for (rank, index) in order.enumerated().reversed() {
            smallest = min(smallest, compared[index].p * Double(order.count) / Double(rank + 1))
            compared[index].q = smallest
        }
        return compared
    }
}
