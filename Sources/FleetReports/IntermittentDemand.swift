/// Forecasts for parts that are asked for now and then.
public struct IntermittentDemand: Hashable, Sendable {
    /// How a part is asked for (Syntetos, Boylan and Croston 2005).
    public enum Pattern: String, Sendable, CaseIterable {
        case smooth, erratic, intermittent, lumpy
    }

    /// Periods for each period with demand; infinite when nothing was asked for.
    public var interval: Double
    /// The squared coefficient of variation of the sizes, over the population.
    public var variation: Double
    /// Demand a period, after Croston (1972).
    public var croston: Double
    /// Croston's, less its bias: times `1 - alpha / 2` (Syntetos and Boylan 2005, eq. 7).
    public var sba: Double
    /// Demand a period when demand may die (Teunter, Syntetos and Babai 2011, eq. 4): the
    /// probability falls in every period without demand.
    public var tsb: Double

    /// - Parameters:
    ///   - demands: what was asked for in each period, oldest first; not negative.
    ///   - sizeWeight: the weight of the newest size, and of the newest interval.
    ///   - probabilityWeight: the weight of the newest period in TSB's probability.
    ///
    /// The first size starts both; the first interval is its place counted from one, and TSB's
    /// first probability is the inverse of that.
    public init(
        _ demands: [Double], sizeWeight: Double = 0.1, probabilityWeight: Double = 0.1
    ) {
        var size: Double?
        var gap = 0.0
        var since = 0.0
        var probability = 0.0
        for (index, demand) in demands.enumerated() {
            since += 1
            if let known = size {
                let asked = demand > 0
                if asked {
                    size = known + sizeWeight * (demand - known)
                    gap += sizeWeight * (since - gap)
                    since = 0
                }
                probability += probabilityWeight * ((asked ? 1 : 0) - probability)
            } else if demand > 0 {
                size = demand
                gap = Double(index + 1)
                probability = 1 / gap
                since = 0
            }
        }
        let sizes = demands.filter { $0 > 0 }
        let count = Double(sizes.count)
        interval = sizes.isEmpty ? .infinity : Double(demands.count) / count
        let mean = sizes.reduce(0, +) / max(1, count)
        let spread = sizes.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / max(1, count)
        variation = mean > 0 ? spread / (mean * mean) : 0
        croston = size.map { $0 / gap } ?? 0
        sba = croston * (1 - sizeWeight / 2)
        tsb = (size ?? 0) * probability
    }

    /// The class by which a method is chosen.
    public var pattern: Pattern {
        switch (interval > 1.32, variation > 0.49) {
        case (false, false): .smooth
        case (false, true): .erratic
        case (true, false): .intermittent
        case (true, true): .lumpy
        }
    }

    /// Mean and variance over all periods, as `variance / mean`; 1 when nothing was asked for.
    ///
    /// The variance is that of a sample.
    public static func dispersion(of demands: [Double]) -> Double {
        let count = Double(demands.count)
        guard count > 1 else { return 1 }
        let mean = demands.reduce(0, +) / count
        guard mean > 0 else { return 1 }
        let variance =
            demands.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
        return variance / mean
    }
}
