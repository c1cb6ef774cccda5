/// What a signal usually reads at each hour of the day, learned from its own past: 48 bytes.
///
/// Kept as distances from the overall mean in units of its deviation, because a half-width number
/// has three digits. Whether a signal has a season at all is decided for a model, not for a vehicle.
@frozen
public struct SeasonalBins: Equatable, Sendable {
    private var bins: InlineArray<24, UInt16> = .init(repeating: 0)

    public init() {}

    /// The weight of the newest visit to an hour.
    public static let weight = 0.1

    public static func == (a: SeasonalBins, b: SeasonalBins) -> Bool {
        a.bins.indices.allSatisfy { a.bins[$0] == b.bins[$0] }
    }

    /// What is usual at an hour, 0 to 23, in deviations from the overall mean.
    public subscript(hour: Int) -> Double {
        get { Double(Self.number(of: bins[hour])) }
        set { bins[hour] = Self.halfWidth(Float(newValue)) }
    }

    /// Takes a reading's distance from the overall mean, in deviations, and gives what is left when
    /// the season is taken off.
    public mutating func remainder(_ distance: Double, hour: Int) -> Double {
        let usual = self[hour]
        let cut = min(max(distance - usual, -3), 3)
        self[hour] = usual + Self.weight * cut
        return distance - usual
    }

    // Float16 is missing on some machines that build this, so its 16 bits are read and written here:
    // a sign, five bits of exponent, ten of mantissa (IEEE 754, binary16), rounded half up.
    static func number(of bits: UInt16) -> Float {
        let sign: Float = bits & 0x8000 == 0 ? 1 : -1
        let exponent = Int(bits >> 10 & 0x1F)
        let mantissa = Float(bits & 0x3FF)
        guard exponent > 0 else { return sign * mantissa * 0x1p-24 }
        return sign * (1024 + mantissa)
            * Float(sign: .plus, exponent: exponent - 25, significand: 1)
    }

    static func halfWidth(_ number: Float) -> UInt16 {
        let sign: UInt16 = number.sign == .minus ? 0x8000 : 0
        let size = number.magnitude
        guard size < 65504 else { return sign | 0x7BFF }
        guard size >= 0x1p-14 else { return sign | UInt16((size * 0x1p24).rounded()) }
        // A carry out of the mantissa raises the exponent, which is what rounding up means.
        let bits = size.bitPattern &+ 0x1000
        return sign | UInt16(truncatingIfNeeded: (bits >> 13) &- (112 << 10))
    }
}

/// How much of a signal's movement the hour of the day explains, from sums over a sample of vehicles.
///
/// Sums over integers scaled by the caller's resolution merge in any order to the same bytes.
public struct SeasonalStrength: Equatable, Sendable {
    var counts = [Int64](repeating: 0, count: 24)
    var sums = [Int64](repeating: 0, count: 24)
    var squares: Int64 = 0

    public init() {}

    /// A signal with a share above this is given seasonal bins.
    public static let enough = 0.3

    /// Takes a standardised reading; beyond 100 deviations it counts as 100.
    public mutating func add(_ deviation: Double, hour: Int) {
        let thousandths = Int64((min(max(deviation, -100), 100) * 1000).rounded())
        counts[hour] += 1
        sums[hour] += thousandths
        squares += thousandths * thousandths
    }

    public mutating func merge(_ other: SeasonalStrength) {
        for hour in 0..<24 {
            counts[hour] += other.counts[hour]
            sums[hour] += other.sums[hour]
        }
        squares += other.squares
    }

    /// 1 less the variance within the hours over the variance of all (Wang, Smith and Hyndman
    /// 2006); `nil` below two readings an hour.
    public var share: Double? {
        guard counts.allSatisfy({ $0 >= 2 }) else { return nil }
        let n = Double(counts.reduce(0, +))
        let mean = Double(sums.reduce(0, +)) / n
        let total = Double(squares) / n - mean * mean
        guard total > 0 else { return nil }
        var between = 0.0
        for hour in 0..<24 {
            let distance = Double(sums[hour]) / Double(counts[hour]) - mean
            between += Double(counts[hour]) * distance * distance
        }
        return between / n / total
    }
}
