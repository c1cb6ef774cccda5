/// SplitMix64 (Steele, Lea, Flood 2014): the same numbers for the same seed on any machine.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func number(below limit: Int) -> Int { Int(next() % UInt64(limit)) }

    /// Bytes that are often text and often troublesome.
    mutating func bytes(upTo longest: Int) -> [UInt8] {
        let pieces: [[UInt8]] = [
            [0], [0x0A], [0x0D], [0x20], [0x22], [0x5C], [0x7F], [0xFF], [0xC3], [0x1B],
            Array("车辆".utf8), Array("😀".utf8), Array(#"{"rpm":812}"#.utf8), Array("\u{2028}".utf8),
        ]
        let isText = next() % 2 == 0
        var bytes: [UInt8] = []
        for _ in 0..<number(below: longest + 1) {
            switch next() % 4 {
            case 0 where !isText: bytes.append(UInt8(truncatingIfNeeded: next()))
            case 0, 1: bytes.append(UInt8(0x20 + number(below: 0x5F)))
            default:
                let piece = pieces[number(below: pieces.count)]
                if !isText || String(validating: piece, as: UTF8.self) != nil { bytes += piece }
            }
        }
        return bytes
    }
}
