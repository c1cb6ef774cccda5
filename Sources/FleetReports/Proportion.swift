import SpecialFunctions

/// A share of a whole, with the interval that its few cases leave open.
public struct Proportion: Hashable, Sendable {
    public var hits: Int
    public var total: Int

    public init(_ hits: Int, of total: Int) {
        self.hits = hits
        self.total = total
    }

    /// `nil` when there is no case.
    public var value: Double? { total > 0 ? Double(hits) / Double(total) : nil }

    /// The 95 % score interval (Wilson 1927), or `nil` when there is no case.
    public var interval: ClosedRange<Double>? {
        guard total > 0 else { return nil }
        let z = 1.959963984540054
        let n = Double(total)
        let p = Double(hits) / n
        let middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        let half = z / (1 + z * z / n) * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot()
        return max(0, middle - half)...min(1, middle + half)
    }
}

/// What verdicts of closed tickets say about how often a rule is right.
///
/// The posterior of a uniform prior after `confirmed` hits and `false` misses (Bayes 1763).
public struct VerdictPosterior: Hashable, Sendable {
    public var confirmed: Int
    public var refuted: Int

    public init(confirmed: Int, refuted: Int) {
        self.confirmed = confirmed
        self.refuted = refuted
    }

    public var mean: Double { Double(confirmed + 1) / Double(confirmed + refuted + 2) }

    /// The probability that the rule is right less often than `share`.
    public func below(_ share: Double) -> Double {
        BetaDistribution.cdf(share, Double(confirmed + 1), Double(refuted + 1))
    }

    /// The central 95 % of the posterior.
    public var interval: ClosedRange<Double> { quantile(0.025)...quantile(0.975) }

    private func quantile(_ share: Double) -> Double {
        BetaDistribution.quantile(share, Double(confirmed + 1), Double(refuted + 1))
    }

    /// Whether the rule should only watch: probably wrong more often than right, on enough verdicts.
    public var isUntrustworthy: Bool { confirmed + refuted >= 8 && below(0.5) > 0.95 }
}
