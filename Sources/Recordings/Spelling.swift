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
        var index = 0
        while index < text.count {
            let byte = text[index]
            guard byte == UInt8(ascii: "\\") else {
                bytes.append(byte)
                index &+= 1
                continue
            }
            let failure = LineFailure(reason: .unexpectedValue, offset: index)
            guard index + 1 < text.count else { throw failure }
            let letter = text[index + 1]
            if letter != UInt8(ascii: "u") {
                guard let meaning = meaning(ofEscape: letter) else { throw failure }
                bytes.append(meaning)
                index &+= 2
                continue
            }
            guard var number = fourDigits(text, at: index + 2) else { throw failure }
            index &+= 6
            if number & 0xFC00 == 0xD800 {
                // Half of a pair says nothing alone, so nothing can stand for it.
                guard index + 1 < text.count, text[index] == UInt8(ascii: "\\"),
                    text[index + 1] == UInt8(ascii: "u"),
                    let low = fourDigits(text, at: index + 2), low & 0xFC00 == 0xDC00
                else { throw failure }
                number = 0x10000 + (number & 0x3FF) << 10 + (low & 0x3FF)
                index &+= 6
            }
            guard let scalar = Unicode.Scalar(number) else { throw failure }
            bytes.append(contentsOf: UTF8.encode(scalar).map(Array.init) ?? [])
        }
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

    private static func fourDigits(_ text: Span<UInt8>, at start: Int) -> UInt32? {
        guard start + 4 <= text.count else { return nil }
        var number: UInt32 = 0
        for index in start..<start + 4 {
            guard let digit = digit(text[index]) else { return nil }
            number = number << 4 | UInt32(digit)
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
        var index = 0
        while index < text.count {
            guard let high = digit(text[index]) else {
                throw LineFailure(reason: .damagedHex, offset: index)
            }
            guard index + 1 < text.count, let low = digit(text[index + 1]) else {
                throw LineFailure(reason: .damagedHex, offset: index + 1)
            }
            bytes.append(high << 4 | low)
            index &+= 2
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

    @inline(__always)
    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte &- 0x30
        case 0x61...0x66: byte &- 0x57
        case 0x41...0x46: byte &- 0x37
        default: nil
        }
    }

    /// Whether the bytes are UTF-8 text and can stand in a JSON string.
    static func isText(_ bytes: Span<UInt8>) -> Bool { (try? UTF8Span(validating: bytes)) != nil }
}
