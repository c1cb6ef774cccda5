/// Vehicle identification numbers (ISO 3779).
public enum VIN {
    /// How many characters there are.
    public static let length = 17

    /// Whether a text has the length and the characters of a VIN: digits and letters, in either
    /// case, without I, O and Q.
    public static func isPlausible(_ text: Span<UInt8>) -> Bool {
        guard text.count == length else { return false }
        for index in text.indices where value(text[index]) == nil { return false }
        return true
    }

    /// Whether the ninth character is the check digit of the others.
    ///
    /// It must be in North America and China (GB 16735). European makers put anything there, most
    /// often a Z, so that a wrong one is worth a word and never a refusal. A text that is not
    /// plausible has none.
    public static func hasCheckDigit(_ text: Span<UInt8>) -> Bool {
        guard isPlausible(text) else { return false }
        let weights = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2]
        var sum = 0
        for index in text.indices { sum += (value(text[index]) ?? 0) * weights[index] }
        let digit = text[8]
        return sum % 11 == 10 ? digit | 0x20 == 0x78 : digit == UInt8(0x30 + sum % 11)
    }

    /// What a character counts (ISO 3779, annex): A to H are 1 to 8, J to R 1 to 9 with a gap at the
    /// letters that are not used, S to Z 2 to 9.
    private static func value(_ byte: UInt8) -> Int? {
        switch byte >= 0x61 && byte <= 0x7A ? byte - 0x20 : byte {
        case 0x30...0x39: Int(byte) - 0x30
        case 0x49, 0x4F, 0x51: nil
        case let letter where letter >= 0x41 && letter <= 0x48: Int(letter) - 0x40
        case let letter where letter >= 0x4A && letter <= 0x52: Int(letter) - 0x49
        case let letter where letter >= 0x53 && letter <= 0x5A: Int(letter) - 0x51
        default: nil
        }
    }
}
