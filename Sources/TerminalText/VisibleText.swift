extension StringProtocol {
    /// This text with everything shown that could harm or deceive on a terminal.
    ///
    /// Topics, payloads and names come from devices. Controls become `\n`, `\x1b` and the like;
    /// line separators, marks that turn the direction of writing and characters without any width
    /// become `\u{202e}`. The result is one line. Backslashes stay as they are, so that showing a
    /// text twice shows it once.
    public var visible: String {
        if CharacterWidths.ofPlain(self) != nil { return String(self) }
        var result = ""
        for scalar in unicodeScalars { result += VisibleText.text(of: scalar) }
        return result
    }
}

/// Shows bytes and characters that a terminal must not get raw.
public enum VisibleText {
    /// Text from bytes that should be UTF-8, shown as ``Swift/StringProtocol/visible`` does; bytes
    /// that are not become `\xfb`.
    public static func text(of bytes: Span<UInt8>) -> String {
        var result = ""
        var parser = Unicode.UTF8.ForwardParser()
        var rest = (0..<bytes.count).map { bytes[$0] }.makeIterator()
        var position = 0
        while true {
            switch parser.parseScalar(from: &rest) {
            case .emptyInput: return result
            case .valid(let encoded):
                position += encoded.count
                result += text(of: Unicode.UTF8.decode(encoded))
            case .error(let length):
                for index in position..<position + length { result += #"\x"# + hex(bytes[index]) }
                position += length
            }
        }
    }

    static func text(of scalar: Unicode.Scalar) -> String {
        switch scalar.value {
        case 0x20..<0x7F: return String(scalar)
        case 0x0A: return #"\n"#
        case 0x0D: return #"\r"#
        case 0x09: return #"\t"#
        case 0..<0x80: return #"\x"# + hex(UInt8(truncatingIfNeeded: scalar.value))
        case 0x200C, 0x200D: return String(scalar)  // joiners, needed by emoji and Persian
        default: break
        }
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: break
        case .format where !CharacterWidths.isDrawnFormat(scalar): break
        default: return String(scalar)
        }
        return #"\u{"# + String(scalar.value, radix: 16) + "}"
    }

    private static func hex(_ byte: UInt8) -> String {
        (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
}
