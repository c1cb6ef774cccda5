/// The bytes of hex digits, blanks left out.
func hex(_ text: String) -> [UInt8] {
    var bytes: [UInt8] = []
    var digits = text.filter { $0.isHexDigit }[...]
    while digits.count >= 2 {
        if let byte = UInt8(digits.prefix(2), radix: 16) { bytes.append(byte) }
        digits = digits.dropFirst(2)
    }
    return bytes
}

/// Bytes as hex digits.
func hexText(_ bytes: [UInt8], separator: String = " ") -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }
        .joined(separator: separator)
}
