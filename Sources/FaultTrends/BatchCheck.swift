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
