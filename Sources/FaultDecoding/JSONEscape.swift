/// Backslash sequences in JSON strings; rare, so written for clarity.
enum JSONEscape {
    /// The place after the sequence whose backslash is at `place`.
    static func end(
        _ bytes: Span<UInt8>, _ frame: JSONText.Frame, at place: Int
    ) throws(DecodingFailure) -> Int {
        switch bytes.byte(place + 1) {
        case 0x22, 0x5C, 0x2F, 0x62, 0x66, 0x6E, 0x72, 0x74: return place + 2
        case 0x75:
            for digit in place + 2..<place + 6 {
                guard HexDigit.value(bytes.byte(digit)) != nil else {
                    throw frame.unexpected(at: digit)
                }
            }
            return place + 6
        default: throw frame.unexpected(at: place + 1)
        }
    }

    /// The characters of a string that holds backslashes, as UTF-8.
    static func characters(
        _ bytes: Span<UInt8>, _ text: JSONText.Text
    ) throws(DecodingFailure) -> [UInt8] {
        var result: [UInt8] = []
        var place = text.start
        while place < text.end {
            guard bytes.byte(place) == 0x5C else {
                result.append(bytes.byte(place))
                place += 1
                continue
            }
            switch bytes.byte(place + 1) {
            case 0x62: result.append(0x08)
            case 0x66: result.append(0x0C)
            case 0x6E: result.append(0x0A)
            case 0x72: result.append(0x0D)
            case 0x74: result.append(0x09)
            case 0x75:
                var value = unit(bytes, at: place + 2)
                if value >> 10 == 0x36, place + 11 < text.end, bytes.byte(place + 6) == 0x5C,
                    bytes.byte(place + 7) == 0x75
                {
                    // The second half of a surrogate pair, or nothing that goes with the first.
                    let second = unit(bytes, at: place + 8)
                    if second >> 10 == 0x37 {
                        value = 0x10000 + (value & 0x3FF) << 10 + (second & 0x3FF)
                        place += 6
                    }
                }
                guard let scalar = Unicode.Scalar(value) else {
                    throw DecodingFailure(reason: .notJSON, offset: place)
                }
                result.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
                place += 6
                continue
            case let byte: result.append(byte)
            }
            place += 2
        }
        return result
    }

    private static func unit(_ bytes: Span<UInt8>, at place: Int) -> UInt32 {
        var value: UInt32 = 0
        for digit in place..<place + 4 {
            value = value << 4 | UInt32(HexDigit.value(bytes.byte(digit)) ?? 0)
        }
        return value
    }
}

/// Hex digits, in either case.
enum HexDigit {
    /// The value of a digit, or `nil`.
    static func value(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }
}
