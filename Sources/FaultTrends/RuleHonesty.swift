import SpecialFunctions

/// Whether a rule keeps its promise, by what technicians said of its tickets: 8 bytes.
@frozen
public struct RuleHonesty: Equatable, Sendable {
    public var confirmed: UInt32
    public var refuted: UInt32

    @inlinable public init(confirmed: UInt32 = 0, refuted: UInt32 = 0) {
        (self.confirmed, self.refuted) = (confirmed, refuted)
    }

    /// Counts a closed ticket's verdict.
    public mutating func count(wasFalse: Bool) {
        if wasFalse { refuted += 1 } else { confirmed += 1 }
    }

    /// ln of the e-value against a false share of at most `promise`: the beta mixture over larger
    /// shares (Robbins 1970).
    public func logEvidence(against promise: Double) -> Double {
        let (x, n) = (Double(refuted), Double(refuted) + Double(confirmed))
        guard n > 0 else { return 0 }
        // Mixing over shares above the promise alone keeps it valid for every smaller one.
        let logMixture = BetaDistribution.logBeta(1 + x, 1 + n - x)
        let tail = BetaDistribution.survival(promise, 1 + x, 1 + n - x)
        return logMixture + Elementary.log(tail) - Elementary.log1p(-promise)
            - x * Elementary.log(promise) - (n - x) * Elementary.log1p(-promise)
    }

    /// A rule whose false share is shown to exceed its promise may only advise; the chance of
    /// demoting one that keeps it is at most 5 %, ever.
    public func isBroken(promise: Double) -> Bool {
        logEvidence(against: promise) >= 2.995_732_273_553_991
    }

    /// The false share: posterior mean and bounds from Jeffreys' prior (Brown, Cai and DasGupta 2001).
    public func falseShare(_ confidence: Double) -> (mean: Double, bounds: ClosedRange<Double>) {
        let (a, b) = (0.5 + Double(refuted), 0.5 + Double(confirmed))
        let tail = 0.5 * (1 - confidence)
        let low = refuted == 0 ? 0 : BetaDistribution.quantile(tail, a, b)
        let high = confirmed == 0 ? 1 : BetaDistribution.quantile(1 - tail, a, b)
        return (a / (a + b), low...high)
    }
}
