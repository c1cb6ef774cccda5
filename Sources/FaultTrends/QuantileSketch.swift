import SpecialFunctions

/// Quantiles of many numbers within 1 % of their size, from counts in logarithmic buckets
/// (DDSketch; Masson, Rim and Lee 2019).
///
/// Counts are integers, so sketches merge in any order to the same bytes. What lies nearer to 0 than
/// 1e-9 counts as 0, and beyond 1e15 as 1e15.
public struct QuantileSketch: Equatable, Sendable {
    /// The largest relative error of a quantile.
    public static let error = 0.01
    private static let gamma = (1 + error) / (1 - error)
    private static let logGamma = Elementary.log(gamma)
    static let smallest = 1e-9
    static let largest = 1e15

    /// Buckets of one sign: counts from index `first` on.
    struct Side: Equatable, Sendable {
        var first = 0
        var counts: [Int64] = []
        var total: Int64 = 0

        mutating func add(_ index: Int, _ number: Int64) {
            if counts.isEmpty { first = index }
            if index < first {
                counts.insert(contentsOf: repeatElement(0, count: first - index), at: 0)
                first = index
            }
            while index >= first + counts.count { counts.append(0) }
            counts[index - first] += number
            total += number
        }

        mutating func merge(_ other: Side) {
            for (offset, number) in other.counts.enumerated() where number > 0 {
                add(other.first + offset, number)
            }
        }
    }

    var above = Side()
    var below = Side()
    var zeros: Int64 = 0

    public init() {}

    /// Numbers added.
    public var count: Int64 { above.total + below.total + zeros }

    /// The bucket of a positive number: it holds what is above γ^(i-1) and at most γ^i.
    static func index(of size: Double) -> Int {
        Int((Elementary.log(min(size, largest)) / logGamma).rounded(.up))
    }

    /// What a bucket stands for: no further than 1 % from anything in it.
    static func value(at index: Int) -> Double {
        2 * Elementary.exp(Double(index) * logGamma) / (gamma + 1)
    }

    /// Adds a number; one that is none is left out.
    public mutating func add(_ number: Double, count: Int64 = 1) {
        guard !number.isNaN, count > 0 else { return }
        if number >= Self.smallest {
            above.add(Self.index(of: number), count)
        } else if number <= -Self.smallest {
            below.add(Self.index(of: -number), count)
        } else {
            zeros += count
        }
    }

    /// Adds all that another sketch has seen.
    public mutating func merge(_ other: QuantileSketch) {
        above.merge(other.above)
        below.merge(other.below)
        zeros += other.zeros
    }

    /// All counts that are not 0, in the order of the numbers, each with a name of its bucket.
    public var buckets: [(bucket: Int64, count: Int64)] {
        func side(_ side: Side, _ mark: Int64) -> [(bucket: Int64, count: Int64)] {
            side.counts.enumerated().filter { $0.element > 0 }
                .map { (Int64(side.first + $0.offset) * 4 + mark, $0.element) }
        }
        var all: [(bucket: Int64, count: Int64)] = side(below, 2).reversed()
        if zeros > 0 { all.append((0, zeros)) }
        return all + side(above, 1)
    }

    /// Adds what ``buckets`` told of one bucket.
    ///
    /// - Returns: whether there can be such a bucket.
    public mutating func add(bucket: Int64, count: Int64) -> Bool {
        let index = bucket >> 2
        guard count > 0, index >= Int64(Self.index(of: Self.smallest)),
            index <= Int64(Self.index(of: Self.largest))
        else { return false }
        switch bucket & 3 {
        case 0 where bucket == 0: zeros += count
        case 1: above.add(Int(index), count)
        case 2: below.add(Int(index), count)
        default: return false
        }
        return true
    }

    /// The number that a share `q` of all lies below, 0 to 1; `nil` for an empty sketch.
    public func quantile(_ q: Double) -> Double? {
        guard count > 0 else { return nil }
        var rank = Int64((min(max(q, 0), 1) * Double(count - 1)).rounded(.down))
        for offset in below.counts.indices.reversed() {
            if rank < below.counts[offset] { return -Self.value(at: below.first + offset) }
            rank -= below.counts[offset]
        }
        if rank < zeros { return 0 }
        rank -= zeros
        for (offset, number) in above.counts.enumerated() {
            if rank < number { return Self.value(at: above.first + offset) }
            rank -= number
        }
        return Self.value(at: above.first + above.counts.count - 1)
    }

    /// How many numbers are at least `number`, those that share its bucket counted in.
    public func count(atLeast number: Double) -> Int64 {
        if number >= Self.smallest { return Self.tail(above, from: Self.index(of: number)) }
        guard number <= -Self.smallest else { return above.total + zeros }
        // Among the negatives the larger numbers have the smaller indices.
        let index = Self.index(of: -number)
        let end = min(max(index - below.first + 1, 0), below.counts.count)
        return above.total + zeros + below.counts[..<end].reduce(0, +)
    }

    private static func tail(_ side: Side, from index: Int) -> Int64 {
        guard index > side.first else { return side.total }
        guard index < side.first + side.counts.count else { return 0 }
        return side.counts[(index - side.first)...].reduce(0, +)
    }

    /// A location and a spread that single wild values cannot move: the median, and the distance of
    /// the quartiles over 1.349, which for normal numbers is the standard deviation.
    public var robustMoments: (median: Double, deviation: Double)? {
        guard let median = quantile(0.5), let low = quantile(0.25), let high = quantile(0.75)
        else { return nil }
        return (median, (high - low) / 1.349)
    }

    /// The chance that a vehicle like the others scores at least this (Vovk, Gammerman and Shafer
    /// 2005): right for any distribution, and never below 1/(N + 1).
    public func conformalP(_ score: Double) -> Double {
        Double(1 + count(atLeast: score)) / Double(count + 1)
    }
}

/// Turning chances into evidence that may be multiplied and averaged.
public enum Calibrator {
    /// ln of κ p^(κ-1), an e-value for any p-value (Vovk and Wang 2021).
    public static func logEvidence(pValue p: Double, kappa: Double = 0.5) -> Double {
        Elementary.log(kappa) + (kappa - 1) * Elementary.log(p)
    }

    /// ln of an e-value that never sinks, from the largest value an e-process ever reached
    /// (Shafer et al. 2011: κ m^(1-κ)), so that what was once decided stands.
    ///
    /// - Parameter logMaximum: ln of the largest value so far; below 0 it counts as 0.
    public static func lookBack(logMaximum: Double, kappa: Double = 0.1) -> Double {
        Elementary.log(kappa) + (1 - kappa) * max(0, logMaximum)
    }
}
