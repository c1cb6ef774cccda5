/// Hex digits as bytes, with the place of each.
enum HexText {
    /// Reads a payload: hex digits line by line, blanks, commas and `0x` left out, or else the
    /// bytes as they are.
    ///
    /// - Throws: what is wrong with a text that is almost hex; a payload with bytes that are no
    ///   characters is taken as it is.
    static func lines(_ payload: Span<UInt8>) throws(DecodingFailure) -> [PlacedBytes] {
        guard isText(payload) else { return [PlacedBytes(payload)] }
        var lines: [PlacedBytes] = []
        var line = PlacedBytes()
        var high: (digit: UInt8, place: Int)?
        for place in payload.indices {
            let byte = payload[place]
            switch byte {
            case 0x0A, 0x0D:
                if let high { throw DecodingFailure(reason: .oddLength, offset: high.place) }
                if !line.bytes.isEmpty { lines.append(line) }
                line = PlacedBytes()
            case 0x20, 0x09, 0x2C, 0x3A, 0x2D: continue
            case 0x78, 0x58:
                // The second letter of `0x`.
                guard let zero = high, zero.digit == 0 else {
                    throw DecodingFailure(reason: .notHex, offset: place)
                }
                high = nil
            default:
                guard let digit = HexDigit.value(byte) else {
                    throw DecodingFailure(reason: .notHex, offset: place)
                }
                if let first = high {
                    line.append(first.digit << 4 | digit, at: first.place)
                    high = nil
                } else {
                    high = (digit, place)
                }
            }
        }
        if let high { throw DecodingFailure(reason: .oddLength, offset: high.place) }
        if !line.bytes.isEmpty { lines.append(line) }
        guard !lines.isEmpty else {
            throw DecodingFailure(reason: .noAnswer, offset: payload.count)
        }
        return lines
    }

    /// Reads a payload as one run of bytes.
    static func bytes(_ payload: Span<UInt8>) throws(DecodingFailure) -> PlacedBytes {
        var all = PlacedBytes()
        for line in try lines(payload) { all.append(line, 0..<line.bytes.count) }
        return all
    }

    private static func isText(_ payload: Span<UInt8>) -> Bool {
        for index in payload.indices {
            switch payload[index] {
            case 0x20...0x7E, 0x09, 0x0A, 0x0D: continue
            default: return false
            }
        }
        return true
    }
}
