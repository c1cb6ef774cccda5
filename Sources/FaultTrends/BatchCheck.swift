import SpecialFunctions

/// A two-by-two table: failed and healthy, inside a batch and outside of it.
@frozen
public struct BatchTable: Equatable, Sendable {
    public var failedInside: Int
    public var healthyInside: Int
    public var failedOutside: Int
    public var healthyOutside: Int

    @inlinable public init(
        failedInside: Int, healthyInside: Int, failedOutside: Int, healthyOutside: Int
    ) {
        (self.failedInside, self.healthyInside) = (failedInside, healthyInside)
        (self.failedOutside, self.healthyOutside) = (failedOutside, healthyOutside)
    }

    /// The odds of failing inside over those outside; infinite when nothing failed outside.
    public var oddsRatio: Double {
        Double(failedInside) * Double(healthyOutside)
            / (Double(failedOutside) * Double(healthyInside))
    }

    /// The chance of as many failures inside, or of more, when the batch does not matter (Fisher
    /// 1935); `mid` counts half of exactly as many, for ranking (Lancaster 1961).
    public var pValues: (greater: Double, less: Double, mid: Double) {
        let inside = failedInside + healthyInside
        let failed = failedInside + failedOutside
        let all = inside + failedOutside + healthyOutside
        let lowest = max(0, failed + inside - all)
        let highest = min(failed, inside)
        let logHere = Self.logChance(failedInside, inside, failed, all)
        let here = Elementary.exp(logHere)
        // From the table itself outwards each chance is a ratio of the last one.
        var (above, below) = (0.0, 0.0)
        var term = 1.0
        var x = failedInside
        while x < highest {
            term *=
                Double(inside - x) * Double(failed - x)
                / (Double(x + 1) * Double(all - inside - failed + x + 1))
            above += term
            x += 1
            if term < 1e-18 * above, x > failed * inside / max(all, 1) { break }
        }
        term = 1
        x = failedInside
        while x > lowest {
            term *=
                Double(x) * Double(all - inside - failed + x)
                / (Double(inside - x + 1) * Double(failed - x + 1))
            below += term
            x -= 1
            if term < 1e-18 * below, x < failed * inside / max(all, 1) { break }
        }
        return (
            min(1, here * (1 + above)), min(1, here * (1 + below)), min(1, here * (0.5 + above))
        )
    }

    /// ln of the hypergeometric chance of exactly `x` failures inside.
    private static func logChance(_ x: Int, _ inside: Int, _ failed: Int, _ all: Int) -> Double {
        func logChoose(_ n: Int, _ k: Int) -> Double {
            GammaFunction.logFactorial(n) - GammaFunction.logFactorial(k)
                - GammaFunction.logFactorial(n - k)
        }
        return logChoose(inside, x) + logChoose(all - inside, failed - x) - logChoose(all, failed)
    }

    /// The chance of at least `events` out of all when only exposure divides them (Przyborowski and
    /// Wilenski 1940): the binomial tail.
    public static func pValue(
        events: Int, exposure: Double, otherEvents: Int, otherExposure: Double
    ) -> Double {
        guard events > 0 else { return 1 }
        return BetaDistribution.cdf(
            exposure / (exposure + otherExposure), Double(events), Double(otherEvents) + 1)
    }
}

/// Evidence that failures fall into a batch more often than its exposure explains, failure by failure.
///
/// An e-process whatever way the batch's share of the exposure moves, as long as each failure's share
/// is fixed before it: the beta mixture over the batch's share of failures against the product of the
/// exposure shares (Robbins 1970).
@frozen
public struct BatchEvidence: Equatable, Sendable {
    /// The exposure share at the first failure; 0 before it.
    public private(set) var firstShare = 0.0
    public private(set) var inside = 0
    public private(set) var outside = 0
    private var logNull = 0.0

    @inlinable public init() {}

    /// How sharply the mixture stands at the first share.
    private static let sharpness = 2.0

    /// Counts a failure.
    ///
    /// - Parameter share: of the exposure that the batch has just before it, between 0 and 1; others
    ///   tell nothing and are left out.
    public mutating func count(isInside: Bool, share: Double) {
        guard share > 0, share < 1 else { return }
        if inside + outside == 0 { firstShare = share }
        if isInside { inside += 1 } else { outside += 1 }
        logNull += isInside ? Elementary.log(share) : Elementary.log1p(-share)
    }

    /// ln of the e-value; 0 before the first failure.
    public var logValue: Double {
        guard inside + outside > 0 else { return 0 }
        let a = firstShare * Self.sharpness
        let b = (1 - firstShare) * Self.sharpness
        return BetaDistribution.logBeta(a + Double(inside), b + Double(outside))
            - BetaDistribution.logBeta(a, b) - logNull
    }
}

/// Failures inside a batch over strata of age or distance, because new batches are young: observed
/// less expected, with its variance (Mantel and Haenszel 1959).
@frozen
public struct StratifiedExcess: Equatable, Sendable {
    public private(set) var excess = 0.0
    public private(set) var variance = 0.0

    @inlinable public init() {}

    /// Adds a stratum's failures inside and in all, and the batch's share of its exposure.
    public mutating func add(inside: Int, all: Int, share: Double) {
        excess += Double(inside) - Double(all) * share
        variance += Double(all) * share * (1 - share)
    }

    /// The chance of such an excess when the batch does not matter.
    public var pValue: Double {
        variance > 0 ? NormalDistribution.survival(excess / variance.squareRoot()) : 1
    }
}
