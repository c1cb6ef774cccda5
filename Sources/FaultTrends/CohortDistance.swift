import SpecialFunctions

/// How far a vehicle's signals lie from those of its like, taken together: at most six a subsystem.
///
/// Sums of a cohort's vectors. They are sums of doubles, so shards must be merged in their order.
public struct CohortDistance: Equatable, Sendable {
    public let size: Int
    public private(set) var count = 0.0
    private var sums: [Double]
    private var products: [Double]

    /// - Parameter size: signals, 1 to 6.
    public init(size: Int) {
        precondition((1...6).contains(size), "a subsystem has one to six signals")
        self.size = size
        sums = [Double](repeating: 0, count: size)
        products = [Double](repeating: 0, count: size * size)
    }

    /// Adds one vehicle's signals, best already as distances from the cohort's medians.
    public mutating func add(_ signals: [Double]) {
        precondition(signals.count == size, "a vector of another subsystem")
        count += 1
        for i in 0..<size {
            sums[i] += signals[i]
            for j in 0..<size { products[i * size + j] += signals[i] * signals[j] }
        }
    }

    public mutating func merge(_ other: CohortDistance) {
        precondition(size == other.size, "a sum of another subsystem")
        count += other.count
        for i in sums.indices { sums[i] += other.sums[i] }
        for i in products.indices { products[i] += other.products[i] }
    }

    /// Mean and covariance, with a share `shrinkage` of what links the signals taken away so that few
    /// vehicles cannot make it singular (Ledoit and Wolf 2004, towards the diagonal).
    public func moments(shrinkage: Double = 0) -> (mean: [Double], covariance: [Double])? {
        guard count > 1 else { return nil }
        let mean = sums.map { $0 / count }
        var covariance = products
        for i in 0..<size {
            for j in 0..<size {
                let value = (products[i * size + j] - count * mean[i] * mean[j]) / (count - 1)
                covariance[i * size + j] = i == j ? value : (1 - shrinkage) * value
            }
        }
        return (mean, covariance)
    }

    /// The squared distance in units of the cohort's own spread (Mahalanobis 1936), and the chance of
    /// one as large for a further vehicle of the cohort (Seber 1984: by F).
    ///
    /// - Returns: `nil` while the cohort has no more vehicles than signals, or does not move.
    public func distance(of signals: [Double], shrinkage: Double = 0) -> (
        squared: Double, pValue: Double
    )? {
        guard count > Double(size) + 1, let known = moments(shrinkage: shrinkage) else {
            return nil
        }
        let apart = zip(signals, known.mean).map { $0 - $1 }
        guard
            let squared = Self.squaredDistance(apart, covariance: known.covariance, size: size)
        else { return nil }
        return (squared, Self.pValue(squared: squared, size: size, count: count))
    }

    /// For a vector apart from the mean and a covariance, row by row; `nil` when that is singular.
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

    /// See `distance(of:shrinkage:)`.
    public static func pValue(squared: Double, size: Int, count n: Double) -> Double {
        let q = Double(size)
        return FDistribution.survival(squared * n * (n - q) / (q * (n * n - 1)), q, n - q)
    }
}
