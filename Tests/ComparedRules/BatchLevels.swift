import FaultTrends

/// BatchPRDS (Zrnic, Jiang, Ramdas and Jordan 2020): Benjamini and Hochberg a batch, at a level that
/// the batches share.
public struct BatchLevels: Sendable {
    private var batches = 0
    private var found = 0

    public init() {}

    /// Tests the next batch of p-values, of which there is at least one.
    public mutating func test(_ p: [Double]) -> (level: Double, isFound: [Bool]) {
        batches += 1
        let n = Double(p.count)
        let level = 0.05 * share(batches) * (n + Double(found)) / n
        let chosen = FalseShare.benjaminiHochberg(p, target: level)
        found += chosen.count { $0 }
        return (level, chosen)
    }
}
