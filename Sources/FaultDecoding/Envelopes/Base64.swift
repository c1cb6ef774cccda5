/// Base64 and base64url (RFC 4648, sections 4 and 5), with or without padding.
enum Base64 {
    /// The bytes that a text stands for, or `nil`.
    static func bytes(_ text: Span<UInt8>) -> [UInt8]? {
        var end = text.count
        while end > 0, end > text.count - 2, text[end - 1] == 0x3D { end -= 1 }
        guard end % 4 != 1 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(end / 4 * 3 + 2)
        var word: UInt32 = 0
        for index in 0..<end {
            let value: UInt8
            switch text[index] {
            case 0x41...0x5A: value = text[index] - 0x41
            case 0x61...0x7A: value = text[index] - 0x47
            case 0x30...0x39: value = text[index] + 4
            case 0x2B, 0x2D: value = 62
            case 0x2F, 0x5F: value = 63
            default: return nil
            }
            word = word << 6 | UInt32(value)
            if index % 4 > 0 {
                bytes.append(UInt8(truncatingIfNeeded: word >> UInt32(6 - index % 4 * 2)))
            }
        }
        return bytes
    }
}

extension JSONTape {
    /// The bytes of a base64 text, and where they stand: four characters for three bytes.
    func base64(_ node: Int) -> (bytes: [UInt8], places: BytePlaces)? {
        guard kind(node) == .text, let bytes = Base64.bytes(characters(node).span) else {
            return nil
        }
        var table: ContiguousArray<Int32> = []
        for index in 0...bytes.count {
            table.append(Int32(truncatingIfNeeded: place(of: node) + index * 4 / 3))
        }
        return (bytes, BytePlaces(table: table))
    }
}
