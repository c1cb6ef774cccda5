/// How many readings lie where, in buckets of a 256th of their size, so that the middle of 13.8 V and
/// its scatter of 0.05 V can both be told.
///
/// Counts come to the same in whatever order readings are added and shards merged.
struct ReadingCounts: Equatable, Sendable {
    /// By bucket: the sign, exponent and first eight bits of the fraction, in the order of numbers.
    private(set) var counts: [Int64: Int64] = [:]

    init() {}

    /// Takes what was stored.
    init(counts: [Int64: Int64]) { self.counts = counts }

    private static let shift: UInt64 = 44
    /// What lies nearer to 0 than a thousandth counts as 0.
    private static let smallest = 0.001

    var count: Int64 { counts.values.reduce(0, +) }

    mutating func add(_ value: Double) { counts[Self.bucket(of: value), default: 0] += 1 }

    mutating func merge(_ other: ReadingCounts) {
        for (bucket, number) in other.counts { counts[bucket, default: 0] += number }
    }

    private static func bucket(of value: Double) -> Int64 {
        guard value.magnitude >= smallest else { return 0 }
        let size = Int64(value.magnitude.bitPattern >> shift)
        return value < 0 ? -size : size
    }

    /// Where a bucket begins and ends.
    private static func edges(of bucket: Int64) -> (low: Double, high: Double) {
        func edge(_ number: UInt64) -> Double { Double(bitPattern: number << shift) }
        guard bucket != 0 else { return (-smallest, smallest) }
        let (near, far) = (edge(bucket.magnitude), edge(bucket.magnitude + 1))
        return bucket < 0 ? (-far, -near) : (near, far)
    }

    /// The number that a share of all readings lies below, as if they were spread evenly over their
    /// bucket; NaN of none.
    func quantile(_ share: Double) -> Double {
        let wanted = share * Double(count)
        var below = 0.0
        for (bucket, number) in counts.sorted(by: { $0.key < $1.key }) {
            let next = below + Double(number)
            if next >= wanted {
                let (low, high) = Self.edges(of: bucket)
                return low + (high - low) * ((wanted - below) / Double(number))
            }
            below = next
        }
        return .nan
    }
}
