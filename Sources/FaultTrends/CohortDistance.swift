import SpecialFunctions

/// How far several signals lie from where others have them, taken together.
public enum CohortDistance {
    /// How much of what links signals is not believed, so that a few readings, or signals that nearly
    /// follow from each other, cannot make a covariance singular (Ledoit and Wolf 2004, towards the
    /// diagonal).
    public static let shrinkage = 0.05

    /// A covariance with a share of its links taken away.
    ///
    /// - Parameter triangle: its upper triangle, row by row.
    /// - Returns: all of it, row by row.
    public static func shrunk(
        _ triangle: [Double], size: Int, by shrinkage: Double = shrinkage
    ) -> [Double] {
        precondition(triangle.count == size * (size + 1) / 2, "a covariance of another size")
        var whole = [Double](repeating: 0, count: size * size)
        var place = 0
        for i in 0..<size {
            for j in i..<size {
                let value = i == j ? triangle[place] : (1 - shrinkage) * triangle[place]
                (whole[i * size + j], whole[j * size + i]) = (value, value)
                place += 1
            }
        }
        return whole
    }

    /// The squared distance in units of a covariance, given row by row (Mahalanobis 1936); `nil` when
    /// that is singular.
    ///
    /// - Parameter apart: the vector less the mean.
    public static func squaredDistance(_ apart: [Double], covariance: [Double], size: Int)
        -> Double?
    {
        // Cholesky's square root, with the vector solved along the way.
        var root = [Double](repeating: 0, count: size * size)
        var solved = [Double](repeating: 0, count: size)
        for i in 0..<size {
            for j in 0...i {
                var value = covariance[i * size + j]
                for k in 0..<j { value -= root[i * size + k] * root[j * size + k] }
                if i == j {
                    guard value > 1e-12 * covariance[i * size + i] else { return nil }
                    root[i * size + i] = value.squareRoot()
                } else {
                    root[i * size + j] = value / root[j * size + j]
                }
            }
            var rest = apart[i]
            for k in 0..<i { rest -= root[i * size + k] * solved[k] }
            solved[i] = rest / root[i * size + i]
        }
        return solved.reduce(0) { $0 + $1 * $1 }
    }

    /// The chance of a squared distance as large for a further vehicle like the `n` that mean and
    /// covariance are of (Seber 1984: by F), when their signals are normal.
    public static func pValue(squared: Double, size: Int, count n: Double) -> Double {
        let q = Double(size)
        return FDistribution.survival(squared * n * (n - q) / (q * (n * n - 1)), q, n - q)
    }
}
