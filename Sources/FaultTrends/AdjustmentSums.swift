/// How much of a signal follows from the circumstances of a trip, such as load and weather: sums over
/// a fleet that merge in any order to the same bytes.
///
/// What is summed are changes from one reading of a vehicle to the next, so that what vehicles differ
/// in by nature falls out. They are counted in millionths, as whole numbers.
public struct AdjustmentSums: Equatable, Sendable {
    /// The most circumstances that one signal is adjusted for.
    public static let most = 3

    public private(set) var count: Int64 = 0
    /// Products of the circumstances' changes, row by row of the upper triangle.
    public private(set) var squares: [Int128] = []
    /// Their products with the signal's.
    public private(set) var products: [Int128] = []

    public init() {}

    /// Takes sums back from where they were stored.
    public init(count: Int64, squares: [Int128], products: [Int128]) {
        (self.count, self.squares, self.products) = (count, squares, products)
    }

    /// Changes needed before the slopes are believed.
    public static let enough: Int64 = 4000

    private static func whole(_ change: Double) -> Int128 {
        Int128((min(max(change, -1e9), 1e9) * 1e6).rounded())
    }

    /// Adds one change of the signal with those of its circumstances.
    public mutating func add(_ change: Double, with others: [Double]) {
        let own = Self.whole(change)
        let rest = others.map(Self.whole)
        if products.isEmpty {
            products = Array(repeating: 0, count: rest.count)
            squares = Array(repeating: 0, count: rest.count * (rest.count + 1) / 2)
        }
        count += 1
        var place = 0
        for a in rest.indices {
            products[a] += rest[a] * own
            for b in a..<rest.count {
                squares[place] += rest[a] * rest[b]
                place += 1
            }
        }
    }

    /// Adds what another shard saw.
    public mutating func merge(_ other: AdjustmentSums) {
        guard other.count > 0 else { return }
        guard count > 0 else {
            self = other
            return
        }
        count += other.count
        for place in squares.indices { squares[place] += other.squares[place] }
        for place in products.indices { products[place] += other.products[place] }
    }

    /// How readings of the circumstances scatter about their vehicle's own level, and go together: the
    /// upper triangle of their covariance, which is half of that of their changes; `nil` while too
    /// little is known.
    public var covariance: [Double]? {
        guard count >= Self.enough else { return nil }
        return squares.map { Double($0) / (2e12 * Double(count)) }
    }

    /// The signal's change for each unit of each circumstance, by least squares; `nil` while too
    /// little is known. A circumstance that never changes has no slope.
    public var slopes: [Double]? {
        guard count >= Self.enough else { return nil }
        let size = products.count
        var rows = [[Double]](repeating: [], count: size)
        var place = 0
        var matrix = [[Double]](repeating: Array(repeating: 0, count: size), count: size)
        for a in 0..<size {
            for b in a..<size {
                matrix[a][b] = Double(squares[place])
                matrix[b][a] = matrix[a][b]
                place += 1
            }
        }
        for a in 0..<size {
            if matrix[a][a] == 0 { matrix[a][a] = 1 }
            rows[a] = matrix[a] + [Double(products[a])]
        }
        // Gauss without exchange of rows: the matrix is positive definite.
        for a in 0..<size {
            guard rows[a][a] > 0 else { return nil }
            for b in (a + 1)..<max(size, a + 1) {
                let factor = rows[b][a] / rows[a][a]
                for column in a...size { rows[b][column] -= factor * rows[a][column] }
            }
        }
        var result = [Double](repeating: 0, count: size)
        for a in (0..<size).reversed() {
            var rest = rows[a][size]
            for b in (a + 1)..<max(size, a + 1) { rest -= rows[a][b] * result[b] }
            result[a] = rest / rows[a][a]
        }
        return result
    }
}
