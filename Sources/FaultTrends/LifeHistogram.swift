import SpecialFunctions

/// Lives of one part of one model over a fleet, by age: 64 bins of distance run and failures, 1 KB.
///
/// Sums of whole units, so merging in any order gives the same bytes. A vehicle adds what it ran
/// since it last did, so lives that begin unwatched and still go on need nothing special.
public struct LifeHistogram: Equatable, Sendable {
    public static let bins = 64
    /// Upper end of the first bin and lower end of the last, in kilometres or hours.
    public static let ages = (first: 100.0, last: 1_000_000.0)

    /// Units run within each bin.
    public private(set) var exposure = [Int64](repeating: 0, count: bins)
    public private(set) var failures = [Int64](repeating: 0, count: bins)

    public init() {}

    /// Takes back what was stored: ``bins`` numbers each.
    public init(exposure: [Int64], failures: [Int64]) {
        precondition(
            exposure.count == Self.bins && failures.count == Self.bins,
            "a histogram of lives has a number for each of its bins")
        (self.exposure, self.failures) = (exposure, failures)
    }

    /// The age at which a bin ends; each is 16 % longer than the one before.
    public static func end(of bin: Int) -> Double { ends[bin] }

    private static let ends: [Double] = (0..<bins).map {
        ages.first * Elementary.pow(ages.last / ages.first, Double($0) / Double(bins - 1))
    }

    /// The bin of an age; the last one is open.
    public static func bin(of age: Double) -> Int {
        // The first that ends at it or later, by halving: a logarithm takes as long as twenty halvings.
        var (first, last) = (0, bins - 1)
        while first < last {
            let middle = (first + last) / 2
            if age > ends[middle] { first = middle + 1 } else { last = middle }
        }
        return first
    }

    /// Adds a stretch of ages, in whole units, at whose end the part failed or not.
    public mutating func add(from start: Int, to end: Int, hasFailed: Bool) {
        guard end >= start, start >= 0 else { return }
        var bin = Self.bin(of: Double(start))
        var at = Int64(start)
        while at < end {
            let border = bin == Self.bins - 1 ? Int64(end) : Int64(Self.ends[bin].rounded(.down))
            let next = min(max(border, at), Int64(end))
            exposure[bin] += next - at
            at = next
            if at < end { bin = min(bin + 1, Self.bins - 1) }
        }
        if hasFailed { failures[Self.bin(of: Double(end))] += 1 }
    }

    public mutating func merge(_ other: LifeHistogram) {
        for bin in 0..<Self.bins {
            exposure[bin] += other.exposure[bin]
            failures[bin] += other.failures[bin]
        }
    }

    /// The distribution that makes these bins likeliest, the hazard being taken as its mean over
    /// each bin; see `LifeFit`.
    public var fit: LifeFit? {
        let unit = Self.ages.last
        var stretches: [LifeSums.Stretch] = []
        for bin in 0..<Self.bins where exposure[bin] > 0 || failures[bin] > 0 {
            let start = bin == 0 ? 0 : Self.ends[bin - 1]
            let width = Self.ends[bin] - start
            stretches.append(
                LifeSums.Stretch(
                    end: Elementary.log(Self.ends[bin] / unit),
                    start: start > 0 ? Elementary.log(start / unit) : -.infinity,
                    weight: Double(exposure[bin]) / width, failures: Double(failures[bin])))
        }
        return LifeFit(
            LifeSums(stretches, failures: Int(failures.reduce(0, +)), unit: unit))
    }
}
