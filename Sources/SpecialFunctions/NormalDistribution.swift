/// The standard normal distribution; all tails also in logarithms, which never underflow.
public enum NormalDistribution {
    /// √½.
    private static let rootHalf = 0.707_106_781_186_547_524_4

    /// The density at `z`.
    public static func density(_ z: Double) -> Double {
        0.398_942_280_401_432_677_94 * expMinusHalfSquare(z)
    }

    /// P(Z ≤ z).
    public static func cdf(_ z: Double) -> Double { survival(-z) }

    /// P(Z > z).
    public static func survival(_ z: Double) -> Double {
        // The square of z itself, since rounding z√½ would show in its exponential.
        if z > 1 { return 0.5 * ErrorFunction.scaledErfc(z * rootHalf) * expMinusHalfSquare(z) }
        return z < -1 ? 1 - survival(-z) : 0.5 * ErrorFunction.erfc(z * rootHalf)
    }

    private static func expMinusHalfSquare(_ z: Double) -> Double {
        guard z.magnitude < 40 else { return z.isNaN ? z : 0 }
        let high = Elementary.upperHalf(z)
        return Elementary.exp(-0.5 * high * high, -0.5 * (z - high) * (z + high))
    }

    /// ln P(Z > z), right to the last digits at any distance.
    public static func logSurvival(_ z: Double) -> Double {
        if z < 1 { return Elementary.log1p(-cdf(z)) }
        return Elementary.log(0.5 * ErrorFunction.scaledErfc(z * rootHalf)) - 0.5 * z * z
    }

    /// ln P(Z ≤ z).
    public static func logCDF(_ z: Double) -> Double { logSurvival(-z) }

    /// The z with P(Z ≤ z) = `probability`; infinite at 0 and 1, no number outside.
    public static func quantile(_ probability: Double) -> Double {
        guard probability > 0, probability < 1 else {
            return probability == 0 ? -.infinity : probability == 1 ? .infinity : .nan
        }
        let offset = probability - 0.5
        if offset.magnitude < 0.3 {
            // Newton on erf, from the first terms of the inverse's series.
            let target = offset * 2.506_628_274_631_000_5
            var z = target * (1 + target * target * (1.0 / 6 + target * target * (7.0 / 120)))
            for _ in 0..<4 {
                let miss = 0.5 * ErrorFunction.erf(z * rootHalf) - offset
                let step = miss / density(z)
                z -= step / (1 + 0.5 * z * step)
            }
            return z
        }
        return offset < 0
            ? -quantile(logSurvival: Elementary.log(probability))
            : quantile(logSurvival: Elementary.log1p(-probability))
    }

    /// The z with ln P(Z > z) = `logSurvival`, for tails that no probability can name.
    public static func quantile(logSurvival: Double) -> Double {
        guard logSurvival < 0 else { return logSurvival == 0 ? -.infinity : .nan }
        guard logSurvival > -.infinity else { return .infinity }
        // Above one half the other tail is the small one.
        if logSurvival > -0.693_147_180_559_945_3 {
            return -quantile(logSurvival: Elementary.log(-Elementary.expm1(logSurvival)))
        }
        // Abramowitz and Stegun 1964, 26.2.23, then Halley's steps on the logarithm of the tail.
        let t = (-2 * logSurvival).squareRoot()
        let above = 2.515517 + t * (0.802853 + t * 0.010328)
        let below = 1 + t * (1.432788 + t * (0.189269 + t * 0.001308))
        var z = t > 40 ? t - Elementary.log(t * 2.506_628_274_631) / t : t - above / below
        for _ in 0..<3 {
            let hazard = inverseMillsRatio(z)
            let step = (NormalDistribution.logSurvival(z) - logSurvival) / hazard
            z += step / (1 + 0.5 * step * (hazard - z))
        }
        return z
    }

    /// Density over survival: what is lost per unit at `z` of what has survived until there.
    public static func inverseMillsRatio(_ z: Double) -> Double {
        if z < -30 { return density(z) }
        return 0.797_884_560_802_865_355_88 / ErrorFunction.scaledErfc(z * rootHalf)
    }
}
