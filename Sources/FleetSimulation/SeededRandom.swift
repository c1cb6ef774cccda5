/// Numbers that look random and are the same for the same seed on every machine.
///
/// The generator is xoshiro256** 1.0 (Blackman and Vigna 2018, public domain), its state filled by
/// SplitMix64 as its authors advise. Only integer arithmetic, exact conversions and the four
/// operations of IEEE 754 are used, so no mathematics library can change a digit.
public struct SeededRandom: RandomNumberGenerator, Sendable {
    private var state: (UInt64, UInt64, UInt64, UInt64)

    /// Starts the sequence that belongs to `seed`; every seed is a good one.
    public init(_ seed: UInt64) {
        var source = seed
        state = (
            Self.split(&source), Self.split(&source), Self.split(&source), Self.split(&source)
        )
    }

    /// Starts a sequence of its own for part `index` of whatever `seed` describes.
    public init(_ seed: UInt64, part index: Int) {
        var source = seed
        let first = Self.split(&source)
        source = first ^ UInt64(truncatingIfNeeded: index) &* 0xD1B5_4A32_D192_ED03
        self.init(Self.split(&source))
    }

    /// The next step of SplitMix64 (Steele, Lea and Flood 2014).
    private static func split(_ source: inout UInt64) -> UInt64 {
        source &+= 0x9E37_79B9_7F4A_7C15
        var mixed = source
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }

    /// The next 64 bits.
    public mutating func next() -> UInt64 {
        func rotated(_ value: UInt64, _ places: UInt64) -> UInt64 {
            value &<< places | value &>> (64 &- places)
        }
        let result = rotated(state.1 &* 5, 7) &* 9
        let shifted = state.1 &<< 17
        state.2 ^= state.0
        state.3 ^= state.1
        state.1 ^= state.2
        state.0 ^= state.3
        state.2 ^= shifted
        state.3 = rotated(state.3, 45)
        return result
    }

    /// A number from 0 up to, not including, 1, with 53 random bits.
    public mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// A number evenly spread over `range`.
    public mutating func number(in range: ClosedRange<Double>) -> Double {
        range.lowerBound + (range.upperBound - range.lowerBound) * unit()
    }

    /// A whole number from 0 up to, not including, `limit`, which is above 0.
    public mutating func whole(below limit: Int) -> Int {
        precondition(limit > 0, "there is no whole number from 0 below \(limit)")
        return Int(next().multipliedFullWidth(by: UInt64(limit)).high)
    }

    /// True with this probability.
    public mutating func chance(_ probability: Double) -> Bool { unit() < probability }

    /// Nearly a standard normal deviate: the sum of twelve uniform ones, never beyond ±6.
    ///
    /// `log` and `cos` differ between mathematics libraries in the last digit; a sum does not.
    public mutating func deviate() -> Double {
        var sum: UInt64 = 0
        for _ in 0..<3 {
            let bits = next()
            sum += bits & 0xFFFF + bits >> 16 & 0xFFFF + bits >> 32 & 0xFFFF + bits >> 48
        }
        return (Double(sum) + 6) * 0x1p-16 - 6
    }

    /// Between no and `limit` bytes of any value.
    public mutating func bytes(upTo limit: Int) -> [UInt8] {
        (0..<whole(below: limit + 1)).map { _ in UInt8(truncatingIfNeeded: next() >> 56) }
    }
}
