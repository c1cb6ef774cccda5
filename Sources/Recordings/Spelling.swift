/// How bytes are spelled in lines of text: JSON escapes and hexadecimal, both ways.
enum Spelling {
    /// Appends what a JSON string says, given what stands between its quotes.
    ///
    /// Bytes that are no UTF-8 are kept as they are, because `mosquitto_sub` writes them so.
    ///
    /// - Throws: where an escape makes no sense, counted from the start of `text`.
    static func appendUnescaped(
        _ text: Span<UInt8>, to bytes: inout [UInt8]
    ) throws(LineFailure) {
        // What an escape stands for is never longer than the escape.
        let start = grow(&bytes, by: text.count)
        var end = start
        do {
            var span = bytes.mutableSpan
            // Unsafe in general, as not any bytes are a value; they are one of `UInt8`.
            var output = unsafe span.mutableBytes
            var index = 0
            while index < text.count {
                if index &+ 8 <= text.count {
                    // All eight are written; what comes after an escape is written over.
                    let eight = EightBytes(text, at: index)
                    let plain = eight.count(before: UInt8(ascii: "\\"))
                    output.storeBytes(
                        of: eight.word.littleEndian, toByteOffset: end, as: UInt64.self)
                    index &+= plain
                    end &+= plain
                    if plain == 8 { continue }
                }
                let byte = text[index]
                if byte != UInt8(ascii: "\\") {
                    output.storeBytes(of: byte, toByteOffset: end, as: UInt8.self)
                    index &+= 1
                } else if index + 1 < text.count, let meaning = meaning(ofEscape: text[index + 1]) {
                    output.storeBytes(of: meaning, toByteOffset: end, as: UInt8.self)
                    index &+= 2
                } else {
                    let (scalar, next) = try scalar(in: text, at: index)
                    index = next
                    for unit in scalar.utf8 {
                        output.storeBytes(of: unit, toByteOffset: end, as: UInt8.self)
                        end &+= 1
                    }
                    continue
                }
                end &+= 1
            }
        }
        bytes.removeLast(start + text.count - end)
    }

    /// Makes room for as many bytes as there may be, because appending them one by one costs more
    /// than decoding them.
    ///
    /// - Returns: where the room begins.
    private static func grow(_ bytes: inout [UInt8], by count: Int) -> Int {
        let start = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: count))
        return start
    }

    /// Reads `\u8f66`, or the two that stand for one character beyond U+FFFF.
    private static func scalar(
        in text: Span<UInt8>, at start: Int
    ) throws(LineFailure) -> (Unicode.Scalar, end: Int) {
        let high = number(in: text, at: start)
        if let high, high & 0xFC00 == 0xD800, let low = number(in: text, at: start + 6),
            low & 0xFC00 == 0xDC00,
            let scalar = Unicode.Scalar(0x10000 + (high & 0x3FF) << 10 + (low & 0x3FF))
        {
            return (scalar, start + 12)
        }
        // Half of a pair says nothing alone, so nothing can stand for it.
        guard let high, let scalar = Unicode.Scalar(high) else {
            throw LineFailure(reason: .unexpectedValue, offset: start)
        }
        return (scalar, start + 6)
    }

    private static func meaning(ofEscape letter: UInt8) -> UInt8? {
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): letter
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        default: nil
        }
    }

    private static func number(in text: Span<UInt8>, at start: Int) -> UInt32? {
        guard start + 6 <= text.count, text[start] == UInt8(ascii: "\\"),
            text[start + 1] == UInt8(ascii: "u")
        else { return nil }
        var number: UInt32 = 0
        for index in start + 2..<start + 6 {
            let (value, isDigit) = digit(text[index])
            guard isDigit else { return nil }
            number = number << 4 | UInt32(value)
        }
        return number
    }

    /// Appends a JSON string with its quotes; the bytes must be UTF-8 text.
    static func appendEscaped(_ text: Span<UInt8>, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for index in text.indices {
            let byte = text[index]
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0x0A: bytes.append(contentsOf: #"\n"#.utf8)
            case 0x0D: bytes.append(contentsOf: #"\r"#.utf8)
            case 0x09: bytes.append(contentsOf: #"\t"#.utf8)
            case 0..<0x20, 0x7F:
                bytes.append(contentsOf: #"\u00"#.utf8)
                bytes.append(digits[Int(byte >> 4)])
                bytes.append(digits[Int(byte & 15)])
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Appends the bytes that pairs of hexadecimal digits stand for, in either case.
    ///
    /// - Throws: where the first digit is wrong or missing, counted from the start of `text`.
    static func appendBytes(
        ofHex text: Span<UInt8>, to bytes: inout [UInt8]
    ) throws(LineFailure) {
        let end = text.count & ~1
        var position = grow(&bytes, by: end / 2)
        var span = bytes.mutableSpan
        var output = unsafe span.mutableBytes
        var index = 0
        while index &+ 8 <= end, let four = EightBytes(text, at: index).fromHex {
            output.storeBytes(
                of: four.littleEndian, toByteOffset: position, as: UInt32.self)
            index &+= 8
            position &+= 4
        }
        for index in stride(from: index, to: end, by: 2) {
            let (high, isHigh) = digit(text[index])
            let (low, isLow) = digit(text[index &+ 1])
            guard isHigh, isLow else {
                throw LineFailure(reason: .damagedHex, offset: isHigh ? index + 1 : index)
            }
            output.storeBytes(of: high &<< 4 | low, toByteOffset: position, as: UInt8.self)
            position &+= 1
        }
        guard end == text.count else {
            let isDigit = digit(text[end]).isDigit
            throw LineFailure(reason: .damagedHex, offset: isDigit ? text.count : end)
        }
    }

    /// Appends two lower-case hexadecimal digits for each byte.
    static func appendHex(_ text: Span<UInt8>, to bytes: inout [UInt8]) {
        for index in text.indices {
            bytes.append(digits[Int(text[index] >> 4)])
            bytes.append(digits[Int(text[index] & 15)])
        }
    }

    private static let digits = Array("0123456789abcdef".utf8)

    /// Reads one digit without a branch that depends on it, since letters and figures alternate.
    @inline(__always)
    private static func digit(_ byte: UInt8) -> (value: UInt8, isDigit: Bool) {
        let isFigure = byte &- 0x30 < 10
        let isLetter = (byte | 0x20) &- 0x61 < 6
        return ((byte & 15) &+ (byte &>> 6) &* 9, isFigure != isLetter)
    }

    /// Whether the bytes are UTF-8 text and can stand in a JSON string.
    static func isText(_ bytes: Span<UInt8>) -> Bool { (try? UTF8Span(validating: bytes)) != nil }
}
