import SpecialFunctions
import Testing

/// Numbers from a seed (SplitMix64; Steele, Lea and Flood 2014).
struct Deviates {
    private var state: UInt64
    private var spare: Double?

    init(_ seed: Int) {
        // Mixed once, since neighbouring states are one stream a step apart.
        state = UInt64(seed)
        state = bits()
    }

    mutating func bits() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// Between 0 and 1, neither included.
    mutating func uniform() -> Double { (Double(bits() >> 11) + 0.5) * 0x1p-53 }

    mutating func normal() -> Double {
        if let last = spare {
            spare = nil
            return last
        }
        let radius = (-2 * Elementary.log(uniform())).squareRoot()
        let turns = uniform()
        spare = radius * Elementary.sine(ofTurns: turns)
        return radius * Elementary.cosine(ofTurns: turns)
    }

    /// Student's t of 4 degrees of freedom, scaled to a variance of 1.
    mutating func heavy() -> Double {
        var squares = 0.0
        for _ in 0..<4 {
            let one = normal()
            squares += one * one
        }
        return normal() / (squares / 4).squareRoot() / 2.0.squareRoot()
    }

    mutating func exponential() -> Double { -Elementary.log(uniform()) }
}

/// Fails unless `found` is within a share `tolerance` of what was expected.
func expectNear(
    _ found: Double, _ expected: Double, within tolerance: Double,
    _ note: @autoclosure () -> String,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    let miss = (found - expected).magnitude
    #expect(
        miss <= tolerance * expected.magnitude || found == expected,
        "\(note()): \(found), not \(expected)", sourceLocation: sourceLocation)
}
