import SpecialFunctions

/// Draws from the distributions that the simulated fleet is made of.
///
/// All of them go through ``SpecialFunctions``, so that they are the same on every machine.
extension SeededRandom {
    /// A number above 0 and at most 1, whose logarithm is finite.
    mutating func positive() -> Double { Double((next() >> 11) + 1) * 0x1p-53 }

    /// An exponential waiting time with mean 1.
    mutating func exponential() -> Double { -Elementary.log(positive()) }

    /// Two independent standard normal deviates, by the polar method (Marsaglia and Bray 1964).
    mutating func normals() -> (Double, Double) {
        while true {
            let x = 2 * unit() - 1
            let y = 2 * unit() - 1
            let square = x * x + y * y
            guard square > 0, square < 1 else { continue }
            let scale = (-2 * Elementary.log(square) / square).squareRoot()
            return (x * scale, y * scale)
        }
    }

    /// A standard normal deviate.
    mutating func normal() -> Double { normals().0 }

    /// The variance that makes a normal deviate one of Student's t with 4 degrees of freedom, scaled
    /// to variance 1.
    ///
    /// t = N/√(χ²₄/4) has variance 2, and χ²₄ = -2 ln(u₁u₂), so t/√2 has the variance 1/-ln(u₁u₂).
    mutating func heavyTailVariance() -> Double {
        1 / max(-Elementary.log(positive() * positive()), 0x1p-40)
    }

    /// A gamma deviate of mean `shape` and scale 1 (Marsaglia and Tsang 2000).
    mutating func gamma(_ shape: Double) -> Double {
        // Below 1, Γ(a) = Γ(a+1) · u^(1/a).
        guard shape >= 1 else {
            return gamma(shape + 1) * Elementary.exp(Elementary.log(positive()) / shape)
        }
        let d = shape - 1.0 / 3
        let c = 1 / (9 * d).squareRoot()
        while true {
            let x = normal()
            let root = 1 + c * x
            guard root > 0 else { continue }
            let cube = root * root * root
            if Elementary.log(positive()) < 0.5 * x * x + d - d * cube + d * Elementary.log(cube) {
                return d * cube
            }
        }
    }

    /// A beta deviate, from 0 to 1.
    mutating func beta(_ a: Double, _ b: Double) -> Double {
        let x = gamma(a)
        let y = gamma(b)
        // Both are 0 only when both shapes are so small that either end is as good.
        return x + y > 0 ? x / (x + y) : 0.5
    }

    /// An inverse Gaussian deviate (Michael, Schucany and Haas 1976).
    mutating func inverseGaussian(mean: Double, shape: Double) -> Double {
        let n = normal()
        let y = mean * n * n / (2 * shape)
        // The smaller root of the quadratic, written so that nothing cancels.
        let root = mean / (1 + y + (2 * y + y * y).squareRoot())
        return unit() * (mean + root) <= mean ? root : mean * mean / root
    }

    /// A log-normal deviate.
    mutating func logNormal(median: Double, spread: Double) -> Double {
        median * Elementary.exp(spread * normal())
    }
}
