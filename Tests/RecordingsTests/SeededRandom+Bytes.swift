import FleetSimulation

extension SeededRandom {
    /// Bytes that are often text and often troublesome.
    mutating func mixedBytes(upTo longest: Int) -> [UInt8] {
        let pieces: [[UInt8]] = [
            [0], [0x0A], [0x0D], [0x20], [0x22], [0x5C], [0x7F], [0xFF], [0xC3], [0x1B],
            Array("车辆".utf8), Array("😀".utf8), Array(#"{"rpm":812}"#.utf8), Array("\u{2028}".utf8),
        ]
        let isText = next() % 2 == 0
        var bytes: [UInt8] = []
        for _ in 0..<whole(below: longest + 1) {
            switch next() % 4 {
            case 0 where !isText: bytes.append(UInt8(truncatingIfNeeded: next()))
            case 0, 1: bytes.append(UInt8(0x20 + whole(below: 0x5F)))
            default:
                let piece = pieces[whole(below: pieces.count)]
                if !isText || String(validating: piece, as: UTF8.self) != nil { bytes += piece }
            }
        }
        return bytes
    }
}
