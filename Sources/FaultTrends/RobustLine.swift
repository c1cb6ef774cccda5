import SpecialFunctions

/// A line through a few dozen readings that a third of wild ones cannot move; computed when someone
/// looks, since it needs all of them.
@frozen
public struct RobustLine: Equatable, Sendable {
    /// The median of the slopes between all pairs (Theil 1950; Sen 1968).
    public var slope: Double
    /// The median reading less the slope at the median time.
    public var intercept: Double
    /// Bounds of the slope that hold with the confidence asked for (Sen 1968).
    public var bounds: ClosedRange<Double>

    /// - Parameter points: at least two different times; cost grows with their square.
    /// - Returns: `nil` for fewer.
    public init?(_ points: [(time: Double, reading: Double)], confidence: Double = 0.95) {
        var slopes: [Double] = []
        for (index, a) in points.enumerated() {
            for b in points[..<index] where a.time != b.time {
                slopes.append((a.reading - b.reading) / (a.time - b.time))
            }
        }
        guard !slopes.isEmpty, let times = Self.median(points.map(\.time)),
            let readings = Self.median(points.map(\.reading))
        else { return nil }
        slopes.sort()
        slope = Self.medianOfSorted(slopes)
        intercept = readings - slope * times
        // Kendall's score has this variance; ties among the times take their part away.
        let n = Double(points.count)
        var variance = n * (n - 1) * (2 * n + 5) / 18
        for values in [points.map(\.time), points.map(\.reading)] {
            variance -= Self.repeats(of: values).reduce(0) {
                $0 + $1 * ($1 - 1) * (2 * $1 + 5) / 18
            }
        }
        let z = NormalDistribution.quantile(0.5 + 0.5 * confidence)
        let reach = z * max(0, variance).squareRoot()
        let count = Double(slopes.count)
        let low = Int((0.5 * (count - reach)).rounded(.toNearestOrEven)) - 1
        let high = Int((0.5 * (count + reach)).rounded(.toNearestOrEven))
        bounds =
            slopes[min(max(low, 0), slopes.count - 1)]...slopes[max(min(high, slopes.count - 1), 0)]
    }

    /// The middle of numbers in any order; `nil` for none.
    public static func median(_ numbers: [Double]) -> Double? {
        numbers.isEmpty ? nil : medianOfSorted(numbers.sorted())
    }

    /// The median distance from the median, scaled to a normal deviate's standard deviation
    /// (Hampel 1974).
    public static func medianDeviation(_ numbers: [Double]) -> Double? {
        guard let middle = median(numbers) else { return nil }
        return median(numbers.map { ($0 - middle).magnitude }).map { 1.4826 * $0 }
    }

    private static func medianOfSorted(_ numbers: [Double]) -> Double {
        let half = numbers.count / 2
        return numbers.count % 2 == 1 ? numbers[half] : 0.5 * (numbers[half - 1] + numbers[half])
    }

    private static func repeats(of numbers: [Double]) -> [Double] {
        var runs: [Double] = []
        var last: Double?
        for number in numbers.sorted() {
            if number == last { runs[runs.count - 1] += 1 } else { runs.append(1) }
            last = number
        }
        return runs
    }
}
