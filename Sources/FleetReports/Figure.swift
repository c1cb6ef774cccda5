import SpecialFunctions

/// One number of a report, with what it rests on.
public struct Figure: Hashable, Sendable {
    /// How the value is to be read.
    public enum Unit: String, Sendable, CaseIterable {
        /// A share of a whole, 0 to 1.
        case share
        case minutes, hours, days
        /// Points of a scale.
        case score
        /// How many.
        case count
        /// One thing for each other thing.
        case ratio
        /// Events on a thousand kilometres.
        case perThousandKilometres = "per_1000_km"
        /// Events on a thousand vehicles.
        case perThousandVehicles = "per_1000_vehicles"
        /// Events on a million kilometres.
        case perMillionKilometres = "per_million_km"
        case money
        /// A probability that may be very small.
        case probability
    }

    /// Stable; names in both languages are in ``FigureName``.
    public var id: String
    /// `nil` when nothing in the period answers the question.
    public var value: Double?
    public var unit: Unit
    /// The cases behind the value.
    public var n: Int
    /// Cases that were left out, such as declined tickets.
    public var excluded: Int
    /// A 95 % interval where the value is an estimate.
    public var interval: ClosedRange<Double>?
    /// What was promised, if anything.
    public var target: Double?
    /// Whether more is worse, for comparing with the target and the quarter before.
    public var lowerIsBetter: Bool

    public init(
        _ id: String, _ value: Double?, _ unit: Unit, n: Int, excluded: Int = 0,
        interval: ClosedRange<Double>? = nil, target: Double? = nil, lowerIsBetter: Bool = false
    ) {
        self.id = id
        self.value = value
        self.unit = unit
        self.n = n
        self.excluded = excluded
        self.interval = interval
        self.target = target
        self.lowerIsBetter = lowerIsBetter
    }

    /// A share with its interval.
    static func share(
        _ id: String, _ proportion: Proportion, excluded: Int = 0, target: Double? = nil,
        lowerIsBetter: Bool = false
    ) -> Figure {
        Figure(
            id, proportion.value, .share, n: proportion.total, excluded: excluded,
            interval: proportion.interval, target: target, lowerIsBetter: lowerIsBetter)
    }

    /// A value below which a share of the cases lies, with its interval.
    static func quantile(
        _ id: String, _ sample: Sample, _ share: Double, _ unit: Unit, excluded: Int = 0,
        lowerIsBetter: Bool = true
    ) -> Figure {
        Figure(
            id, sample.quantile(share), unit, n: sample.count, excluded: excluded,
            interval: sample.interval(ofQuantile: share), lowerIsBetter: lowerIsBetter)
    }

    /// Events for each unit of exposure, with the exact interval of a Poisson count (Garwood 1936);
    /// without a value where the exposure is not known.
    static func rate(_ id: String, _ count: Int, on exposure: Double, _ unit: Unit) -> Figure {
        guard exposure > 0 else { return Figure(id, nil, unit, n: count, lowerIsBetter: true) }
        let low = count > 0 ? GammaDistribution.quantile(0.025, shape: Double(count)) : 0
        let high = GammaDistribution.quantile(0.975, shape: Double(count) + 1)
        return Figure(
            id, Double(count) / exposure, unit, n: count,
            interval: low / exposure...high / exposure, lowerIsBetter: true)
    }

    /// Whether the promise was kept, or `nil` without one.
    public var isMet: Bool? {
        guard let value, let target else { return nil }
        return lowerIsBetter ? value <= target : value >= target
    }
}

/// Order statistics and means of a list.
struct Sample {
    /// In ascending order.
    let values: [Double]

    init(_ values: [Double]) { self.values = Self.ascending(values) }

    private static let digitBits: UInt64 = 11
    private static let digits = 1 << Int(digitBits)

    /// Sorts by eleven bits of the numbers at a time, the last first, which takes a tenth of the
    /// time that comparing a hundred thousand of them takes.
    private static func ascending(_ values: [Double]) -> [Double] {
        guard values.count > 1000 else { return values.sorted() }
        // Patterns of negative numbers are turned over, so that patterns are in order like numbers.
        var keys = values.map { value in
            value.bitPattern ^ (value.sign == .minus ? ~0 : 1 << 63)
        }
        let passes = (64 + Int(digitBits) - 1) / Int(digitBits)
        var places = [Int](repeating: 0, count: passes * digits)
        for key in keys {
            var rest = key
            for pass in 0..<passes {
                places[pass &* digits &+ Int(truncatingIfNeeded: rest) & (digits - 1)] &+= 1
                rest >>= digitBits
            }
        }
        var sorted = keys
        for pass in 0..<passes {
            let start = pass * digits
            var sum = 0
            for place in start..<start + digits {
                (places[place], sum) = (sum, sum + places[place])
            }
            // The same digit in all of them.
            if places[start..<start + digits].dropFirst().allSatisfy({ $0 == 0 || $0 == sum }) {
                continue
            }
            let shift = UInt64(pass) * digitBits
            for key in keys {
                let digit = start &+ Int(truncatingIfNeeded: key &>> shift) & (digits - 1)
                sorted[places[digit]] = key
                places[digit] &+= 1
            }
            swap(&keys, &sorted)
        }
        return keys.map { key in
            Double(bitPattern: key ^ (key >> 63 == 0 ? ~0 : 1 << 63))
        }
    }

    var count: Int { values.count }

    var mean: Double? {
        values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }

    /// The value below which a share lies, between neighbours in proportion (Hyndman and Fan 1996,
    /// type 7), or `nil` of nothing.
    func quantile(_ share: Double) -> Double? {
        guard let last = values.last else { return nil }
        let place = share * Double(values.count - 1)
        let index = Int(place)
        guard index + 1 < values.count else { return last }
        return values[index] + (place - Double(index)) * (values[index + 1] - values[index])
    }

    var median: Double? { quantile(0.5) }

    /// A 95 % interval of a quantile, between two of the values: their places are binomial (Conover
    /// 1999, section 3.2). `nil` when there are too few for one.
    func interval(ofQuantile share: Double) -> ClosedRange<Double>? {
        let n = Double(count)
        let half = 1.959963984540054 * (n * share * (1 - share)).squareRoot()
        let low = (n * share - half).rounded(.down)
        let high = (n * share + half).rounded(.up)
        guard low >= 1, high <= n else { return nil }
        return values[Int(low) - 1]...values[Int(high) - 1]
    }

    /// A 95 % interval of the mean by the normal limit, or `nil` of fewer than two.
    var meanInterval: ClosedRange<Double>? {
        guard count > 1, let mean else { return nil }
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count - 1)
        let half = 1.959963984540054 * (variance / Double(count)).squareRoot()
        return (mean - half)...(mean + half)
    }
}
