/// The beta distribution: the regularised incomplete beta function.
public enum BetaDistribution {
    /// ln B(a, b).
    public static func logBeta(_ a: Double, _ b: Double) -> Double {
        let sum = a + b
        guard a >= 10, b >= 10 else {
            let (small, large) = a < b ? (a, b) : (b, a)
            guard large >= 10 else {
                return GammaFunction.log(a) + GammaFunction.log(b) - GammaFunction.log(sum)
            }
            // ln Γ(large) - ln Γ(large + small), where both are big and near each other.
            let difference =
                GammaFunction.remainder(large) - GammaFunction.remainder(sum) + small
                - (large - 0.5) * Elementary.log1p(small / large) - small * Elementary.log(sum)
            return GammaFunction.log(small) + difference
        }
        return GammaFunction.halfLogTwoPi + (a - 0.5) * Elementary.log(a / sum)
            + b * Elementary.log(b / sum) - 0.5 * Elementary.log(b)
            + GammaFunction.remainder(a) + GammaFunction.remainder(b)
            - GammaFunction.remainder(sum)
    }

    /// P(X ≤ x).
    public static func cdf(_ x: Double, _ a: Double, _ b: Double) -> Double {
        let (log, isUpper) = logShare(x, 1 - x, a, b)
        return isUpper ? -Elementary.expm1(log) : Elementary.exp(log)
    }

    /// P(X > x).
    public static func survival(_ x: Double, _ a: Double, _ b: Double) -> Double {
        let (log, isUpper) = logShare(x, 1 - x, a, b)
        return isUpper ? Elementary.exp(log) : -Elementary.expm1(log)
    }

    /// The x with P(X ≤ x) = `probability`.
    public static func quantile(_ probability: Double, _ a: Double, _ b: Double) -> Double {
        guard probability > 0, probability < 1, a > 0, b > 0 else {
            return probability == 0 ? 0 : probability == 1 ? 1 : .nan
        }
        var below = 0.0
        var above = 1.0
        var x = a / (a + b)
        for _ in 0..<200 {
            let miss = cdf(x, a, b) - probability
            if miss == 0 { return x }
            if miss > 0 { above = x } else { below = x }
            let logDensity =
                (a - 1) * Elementary.log(x) + (b - 1) * Elementary.log1p(-x) - logBeta(a, b)
            var next = x - miss / Elementary.exp(logDensity)
            if !(next > below && next < above) {
                // Near 0 the middle of the logarithms comes there sooner than the middle.
                next =
                    below == 0 && above < 0.01 ? above * above : 0.5 * (below + above)
            }
            if (next - x).magnitude <= 2e-16 * x { return next }
            x = next
        }
        return x
    }

    /// The logarithm of the smaller side of `x`, whose complement is given apart, because it may
    /// be known better than as a difference; and which side that is.
    static func logShare(_ x: Double, _ y: Double, _ a: Double, _ b: Double)
        -> (log: Double, isUpper: Bool)
    {
        guard a > 0, b > 0, !x.isNaN else { return (.nan, true) }
        guard x > 0 else { return (-.infinity, false) }
        guard y > 0 else { return (-.infinity, true) }
        let power = logPower(x, y, a, b)
        if x * (a + b + 2) <= a + 1 {
            return (power + Elementary.log(fraction(x, a, b) / a), false)
        }
        return (power + Elementary.log(fraction(y, b, a) / b), true)
    }

    /// ln of x^a y^b / B(a, b) (Loader 2000, with deviances in place of large powers).
    private static func logPower(_ x: Double, _ y: Double, _ a: Double, _ b: Double) -> Double {
        guard a >= 2, b >= 2 else {
            return a * logOf(x, complement: y) + b * logOf(y, complement: x) - logBeta(a, b)
        }
        let n = a + b
        // One difference serves both terms, with opposite signs.
        let excess = b * x - a * y
        let deviance =
            a * logDeviance(excess / a, of: n * x / a) + b * logDeviance(-excess / b, of: n * y / b)
        return deviance + GammaFunction.remainder(n) - GammaFunction.remainder(a)
            - GammaFunction.remainder(b) + 0.5 * Elementary.log(a * (b / n))
            - GammaFunction.halfLogTwoPi
    }

    /// ln r - (r - 1), where `offset` = r - 1 is known better than r.
    private static func logDeviance(_ offset: Double, of ratio: Double) -> Double {
        offset.magnitude < 0.5
            ? Elementary.log1pMinus(offset) : Elementary.log(ratio) - offset
    }

    private static func logOf(_ y: Double, complement x: Double) -> Double {
        x < 0.1 ? Elementary.log1p(-x) : Elementary.log(y)
    }

    /// The continued fraction of the incomplete beta function (Abramowitz and Stegun 1964,
    /// 26.5.8), by Lentz's method.
    private static func fraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
        let sum = a + b
        var c = 1.0
        var d = 1 / GammaDistribution.nonzero(1 - sum * x / (a + 1))
        var value = d
        var m = 1.0
        while m < 100_000 {
            let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
            d = 1 / GammaDistribution.nonzero(1 + even * d)
            c = GammaDistribution.nonzero(1 + even / c)
            value *= c * d
            let odd = -(a + m) * (sum + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
            d = 1 / GammaDistribution.nonzero(1 + odd * d)
            c = GammaDistribution.nonzero(1 + odd / c)
            let change = c * d
            value *= change
            if (change - 1).magnitude < 1e-16 { break }
            m += 1
        }
        return value
    }
}

/// Student's t distribution.
public enum StudentDistribution {
    /// P(T ≤ t).
    public static func cdf(_ t: Double, degrees: Double) -> Double {
        t < 0
            ? Elementary.exp(logSurvival(-t, degrees: degrees))
            : -Elementary.expm1(logSurvival(t, degrees: degrees))
    }

    /// ln P(T > t), right at any distance.
    public static func logSurvival(_ t: Double, degrees: Double) -> Double {
        let magnitude = t.magnitude
        // The square root is taken of the ratio, so that t² cannot overflow.
        let ratio = magnitude / degrees.squareRoot()
        let square = ratio * ratio
        let x = 1 / (1 + square)
        let y = square / (1 + square)
        let (log, isUpper) = BetaDistribution.logShare(
            x, square == .infinity ? 1 : y, 0.5 * degrees, 0.5)
        // Both tails together hold P(B ≤ x).
        let both = isUpper ? Elementary.log1p(-Elementary.exp(log)) : log
        let tail = both - 0.693_147_180_559_945_309_42
        return t < 0 ? Elementary.log1p(-Elementary.exp(tail)) : tail
    }

    /// The standard normal deviate as far out as `t` is under t with these degrees of freedom.
    public static func normalDeviate(_ t: Double, degrees: Double) -> Double {
        let deviate = NormalDistribution.quantile(
            logSurvival: logSurvival(t.magnitude, degrees: degrees))
        return t < 0 ? -deviate : deviate
    }
}

/// The F distribution.
public enum FDistribution {
    /// P(F ≤ x).
    public static func cdf(_ x: Double, _ above: Double, _ below: Double) -> Double {
        share(x, above, below, upper: false)
    }

    /// P(F > x).
    public static func survival(_ x: Double, _ above: Double, _ below: Double) -> Double {
        share(x, above, below, upper: true)
    }

    private static func share(_ x: Double, _ above: Double, _ below: Double, upper: Bool) -> Double
    {
        guard x > 0 else { return upper ? 1 : 0 }
        let weight = above * x
        let total = weight + below
        let (log, isUpper) = BetaDistribution.logShare(
            weight / total, below / total, 0.5 * above, 0.5 * below)
        return isUpper == upper ? Elementary.exp(log) : -Elementary.expm1(log)
    }
}
