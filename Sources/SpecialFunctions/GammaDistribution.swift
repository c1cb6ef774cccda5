/// The gamma distribution by shape, with scale 1: the regularised incomplete gamma function.
public enum GammaDistribution {
    /// P(X ≤ x) for a shape above 0.
    public static func cdf(_ x: Double, shape: Double) -> Double {
        let (log, isUpper) = logShare(x, shape: shape)
        return isUpper ? -Elementary.expm1(log) : Elementary.exp(log)
    }

    /// P(X > x) for a shape above 0.
    public static func survival(_ x: Double, shape: Double) -> Double {
        let (log, isUpper) = logShare(x, shape: shape)
        return isUpper ? Elementary.exp(log) : -Elementary.expm1(log)
    }

    /// ln P(X > x), which does not underflow.
    public static func logSurvival(_ x: Double, shape: Double) -> Double {
        let (log, isUpper) = logShare(x, shape: shape)
        return isUpper ? log : Elementary.log1p(-Elementary.exp(log))
    }

    /// ln P(X ≤ x), which does not underflow.
    public static func logCDF(_ x: Double, shape: Double) -> Double {
        let (log, isUpper) = logShare(x, shape: shape)
        return isUpper ? Elementary.log1p(-Elementary.exp(log)) : log
    }

    /// The x with P(X ≤ x) = `probability`.
    public static func quantile(_ probability: Double, shape: Double) -> Double {
        guard probability > 0, probability < 1, shape > 0 else {
            return probability == 0 ? 0 : probability == 1 ? .infinity : .nan
        }
        let z = NormalDistribution.quantile(probability)
        // Wilson and Hilferty 1931; where it fails, the lower tail alone: P ≈ x^a/Γ(a + 1).
        let cube = 1 - 1 / (9 * shape) + z / (3 * shape.squareRoot())
        var x = shape * cube * cube * cube
        let lowTail = Elementary.exp(
            (Elementary.log(probability) + GammaFunction.log(shape + 1)) / shape)
        if cube <= 0.1 || x < 0.3 * shape || shape < 0.5 { x = lowTail }
        x = max(x, 1e-300)
        // Halley's steps on ln x, where neither end can be passed.
        let lower = probability < 0.5
        let target = lower ? probability : 1 - probability
        var below = 0.0
        var above = Double.infinity
        for _ in 0..<100 {
            let value = lower ? cdf(x, shape: shape) : survival(x, shape: shape)
            let miss = lower ? value - target : target - value
            if miss == 0 { return x }
            if miss > 0 { above = x } else { below = x }
            let slope = Elementary.exp(logDensity(x, shape: shape)) * x
            let step = miss / slope
            let bend = 0.5 * step * (shape - x)
            var change = step / (1 - min(max(bend, -0.5), 0.5))
            change = min(max(change, -2), 2)
            var next = x * Elementary.exp(-change)
            if !(next > below && next < above) || !slope.isFinite || slope == 0 {
                next = above == .infinity ? 2 * x : 0.5 * (below + above)
            }
            if (next - x).magnitude <= 2e-16 * x { return next }
            x = next
        }
        return x
    }

    /// ln of the density at `x` (Loader 2000, with the deviance in place of large powers).
    public static func logDensity(_ x: Double, shape: Double) -> Double {
        logPower(x, shape: shape) - Elementary.log(x)
    }

    /// ln of x^a e^-x / Γ(a).
    private static func logPower(_ x: Double, shape: Double) -> Double {
        if shape < 1 { return shape * Elementary.log(x) - x - GammaFunction.log(shape) }
        let offset = (x - shape) / shape
        let deviance =
            shape
            * (offset.magnitude < 0.5
                ? Elementary.log1pMinus(offset) : Elementary.log(x / shape) - offset)
        return deviance - GammaFunction.remainder(shape)
            + 0.5 * Elementary.log(shape) - GammaFunction.halfLogTwoPi
    }

    /// The logarithm of the smaller side, and which side that is.
    private static func logShare(_ x: Double, shape: Double) -> (log: Double, isUpper: Bool) {
        guard shape > 0, !x.isNaN else { return (.nan, true) }
        guard x > 0 else { return (-.infinity, false) }
        guard x < .infinity else { return (-.infinity, true) }
        let power = logPower(x, shape: shape)
        if x < shape + 1 {
            // Abramowitz and Stegun 1964, 6.5.29.
            var term = 1 / shape
            var sum = term
            var n = shape
            repeat {
                n += 1
                term *= x / n
                sum += term
            } while term > sum * 1e-17
            return (power + Elementary.log(sum), false)
        }
        // Abramowitz and Stegun 1964, 6.5.31, by Lentz's method.
        var b = x + 1 - shape
        var c = 1e300
        var d = 1 / b
        var fraction = d
        var i = 1.0
        while i < 100_000 {
            let a = i * (shape - i)
            b += 2
            d = 1 / nonzero(a * d + b)
            c = nonzero(b + a / c)
            let change = c * d
            fraction *= change
            if (change - 1).magnitude < 1e-16 { break }
            i += 1
        }
        return (power + Elementary.log(fraction), true)
    }

    static func nonzero(_ x: Double) -> Double { x.magnitude < 1e-300 ? 1e-300 : x }
}

/// The chi-square distribution, a gamma distribution of half the degrees of freedom.
public enum ChiSquareDistribution {
    /// P(X ≤ x).
    public static func cdf(_ x: Double, degrees: Double) -> Double {
        GammaDistribution.cdf(0.5 * x, shape: 0.5 * degrees)
    }

    /// P(X > x).
    public static func survival(_ x: Double, degrees: Double) -> Double {
        GammaDistribution.survival(0.5 * x, shape: 0.5 * degrees)
    }

    /// The x with P(X ≤ x) = `probability`.
    public static func quantile(_ probability: Double, degrees: Double) -> Double {
        2 * GammaDistribution.quantile(probability, shape: 0.5 * degrees)
    }
}
