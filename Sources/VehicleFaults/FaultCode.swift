/// A diagnostic trouble code, whatever standard it comes from.
///
/// Two codes are equal when scheme, number and failure type are; the text of a vendor's own code
/// is compared in upper case.
@frozen
public struct FaultCode: Hashable, Sendable {
    /// The standard that gives the code its meaning.
    @frozen public enum Scheme: UInt8, Sendable, CaseIterable {
        /// Two bytes, as `P0301` (SAE J2012, ISO 15031-6).
        case obd = 0
        /// Two bytes and a failure type byte, as `P0301-1A` (ISO 14229-1, SAE J2012-DA).
        case uds = 1
        /// Suspect parameter and failure mode, as `SPN 110 FMI 0` (SAE J1939-73).
        case j1939 = 2
        /// A number of GB/T 32960, as `GB 0000160B`.
        case gbt32960 = 3
        /// Anything else, as text of at most 16 characters.
        case vendor = 4
    }

    /// Which standard the code belongs to.
    public let scheme: Scheme
    /// The code itself: a number, or the characters of a vendor's text.
    @usableFromInline let content: ShortText

    @inlinable init(scheme: Scheme, content: ShortText) {
        self.scheme = scheme
        self.content = content
    }

    /// A two-byte code: bits 15-14 the letter, 13-12 the first digit, then three hex digits.
    @inlinable public init(obd code: UInt16) {
        self.init(scheme: .obd, content: ShortText(high: 0, low: UInt64(code)))
    }

    /// A two-byte code with its failure type byte.
    @inlinable public init(uds code: UInt16, failureType: UInt8) {
        self.init(
            scheme: .uds,
            content: ShortText(high: 0, low: UInt64(code) << 8 | UInt64(failureType)))
    }

    /// A suspect parameter number, at most 524,287, with its failure mode identifier, at most 31.
    @inlinable public init(spn: UInt32, fmi: UInt8) {
        self.init(
            scheme: .j1939,
            content: ShortText(high: 0, low: UInt64(spn & 0x7FFFF) << 5 | UInt64(fmi & 31)))
    }

    /// A fault number of GB/T 32960.
    @inlinable public init(gbt32960 number: UInt32) {
        self.init(scheme: .gbt32960, content: ShortText(high: 0, low: UInt64(number)))
    }

    /// A general alarm of GB/T 32960 (its table 18), by the number of its bit, at most 31.
    ///
    /// It is no number of a fault list: those are the makers' own.
    @inlinable public init(gbt32960Alarm bit: UInt8) {
        self.init(scheme: .gbt32960, content: ShortText(high: 1, low: UInt64(bit & 31)))
    }

    /// The bit of a general alarm of GB/T 32960, else `nil`.
    public var gbtAlarm: UInt8? {
        scheme == .gbt32960 && content.high == 1 ? UInt8(truncatingIfNeeded: content.low) : nil
    }

    /// Restores a code from the three numbers it was stored as; `nil` for an unknown scheme.
    public init?(scheme: UInt8, high: UInt64, low: UInt64) {
        guard let scheme = Scheme(rawValue: scheme) else { return nil }
        self.init(scheme: scheme, content: ShortText(high: high, low: low))
    }

    /// The two numbers that, with the scheme, are the code in storage.
    @inlinable public var stored: (high: UInt64, low: UInt64) { (content.high, content.low) }

    /// The failure type byte of a UDS code, else `nil`.
    public var failureType: UInt8? {
        scheme == .uds ? UInt8(truncatingIfNeeded: content.low) : nil
    }

    /// The suspect parameter and failure mode of a J1939 code, else `nil`.
    public var suspect: (spn: UInt32, fmi: UInt8)? {
        guard scheme == .j1939 else { return nil }
        return (UInt32(content.low >> 5), UInt8(content.low & 31))
    }
}

extension FaultCode {
    /// Reads a code as people and devices write it.
    ///
    /// `P0301`, `p0301`, `P0301-1A`, `P0301:1A`, `P0301 1A`, `P03011A`, `SPN 110 FMI 0`,
    /// `GB 0000160B` and `GB ALARM 05` are recognised; any other text of 1 to 16 printable characters is a vendor's code.
    ///
    /// - Returns: `nil` for an empty, too long or unprintable text.
    public init?(text bytes: Span<UInt8>) {
        guard !bytes.isEmpty, bytes.count <= 24 else { return nil }
        if let code = Self.lettered(bytes) ?? Self.suspect(bytes) ?? Self.gbt(bytes) {
            self = code
            return
        }
        guard bytes.count <= ShortText.longest else { return nil }
        var upper: [UInt8] = []
        for index in bytes.indices {
            let byte = bytes[index]
            upper.append(byte >= 0x61 && byte <= 0x7A ? byte - 0x20 : byte)
        }
        guard let text = ShortText(upper.span), text != .empty else { return nil }
        self.init(scheme: .vendor, content: text)
    }

    /// Reads a code from text; see ``init(text:)-(Span<UInt8>)``.
    public init?(text: some StringProtocol) { self.init(text: Array(text.utf8).span) }

    /// `P0301` and its forms with a failure type.
    @inlinable static func lettered(_ bytes: Span<UInt8>) -> FaultCode? {
        guard bytes.count >= 5, bytes.count <= 8 else { return nil }
        let letter: UInt16
        switch bytes[0] | 0x20 {
        case 0x70: letter = 0  // P, powertrain
        case 0x63: letter = 1  // C, chassis
        case 0x62: letter = 2  // B, body
        case 0x75: letter = 3  // U, network
        default: return nil
        }
        let first = hexDigit(bytes[1])
        let second = hexDigit(bytes[2])
        let third = hexDigit(bytes[3])
        let fourth = hexDigit(bytes[4])
        guard first < 4, second < 16, third < 16, fourth < 16 else { return nil }
        let code =
            letter << 14 | UInt16(first) << 12 | UInt16(second) << 8 | UInt16(third) << 4
            | UInt16(fourth)
        var rest = 5
        if bytes.count == 5 { return FaultCode(obd: code) }
        if bytes.count == 8 {
            // '-', ':' and blank are the separators that devices put before the failure type.
            guard bytes[5] == 0x2D || bytes[5] == 0x3A || bytes[5] == 0x20 else { return nil }
            rest = 6
        }
        guard bytes.count == rest + 2 else { return nil }
        let high = hexDigit(bytes[rest])
        let low = hexDigit(bytes[rest + 1])
        guard high < 16, low < 16 else { return nil }
        return FaultCode(uds: code, failureType: UInt8(high << 4 | low))
    }

    /// `SPN 110 FMI 0`, in any case.
    static func suspect(_ bytes: Span<UInt8>) -> FaultCode? {
        guard bytes.count >= 11, bytes[0] | 0x20 == 0x73 else { return nil }
        var text: [UInt8] = []
        for index in bytes.indices { text.append(bytes[index] | 0x20) }
        let words = String(decoding: text, as: UTF8.self).split(separator: " ")
        guard words.count == 4, words[0] == "spn", words[2] == "fmi",
            let spn = UInt32(words[1]), spn <= 524_287, let fmi = UInt8(words[3]), fmi <= 31
        else { return nil }
        return FaultCode(spn: spn, fmi: fmi)
    }

    /// `GB 0000160B` and `GB ALARM 05`, in any case.
    static func gbt(_ bytes: Span<UInt8>) -> FaultCode? {
        guard bytes.count == 11, bytes[0] | 0x20 == 0x67, bytes[1] | 0x20 == 0x62,
            bytes[2] == 0x20
        else { return nil }
        if bytes[3] | 0x20 == 0x61, bytes[8] == 0x20 {
            var word = ""
            for index in 3..<8 { word.unicodeScalars.append(Unicode.Scalar(bytes[index] | 0x20)) }
            let (tens, ones) = (bytes[9] &- 0x30, bytes[10] &- 0x30)
            guard word == "alarm", tens < 4, ones < 10, tens * 10 + ones < 32 else { return nil }
            return FaultCode(gbt32960Alarm: tens * 10 + ones)
        }
        var number: UInt32 = 0
        for index in 3..<11 {
            let digit = hexDigit(bytes[index])
            guard digit < 16 else { return nil }
            number = number << 4 | UInt32(digit)
        }
        return FaultCode(gbt32960: number)
    }

    /// The value of a hex digit, or 255.
    @inlinable static func hexDigit(_ byte: UInt8) -> UInt8 {
        switch byte {
        case 0x30...0x39: byte &- 0x30
        case 0x41...0x46: byte &- 0x37
        case 0x61...0x66: byte &- 0x57
        default: 255
        }
    }
}

extension FaultCode: CustomStringConvertible {
    public var description: String {
        switch scheme {
        case .obd: Self.lettered(UInt16(truncatingIfNeeded: content.low))
        case .uds:
            Self.lettered(UInt16(truncatingIfNeeded: content.low >> 8)) + "-"
                + Self.hex(content.low & 0xFF, digits: 2)
        case .j1939: "SPN \(content.low >> 5) FMI \(content.low & 31)"
        case .gbt32960:
            content.high == 1
                ? "GB ALARM " + (content.low < 10 ? "0" : "") + String(content.low)
                : "GB " + Self.hex(content.low, digits: 8)
        case .vendor: content.description
        }
    }

    /// The text without a failure type byte: what a rule that names none is compared with.
    public var base: String {
        scheme == .uds ? Self.lettered(UInt16(truncatingIfNeeded: content.low >> 8)) : description
    }

    static func lettered(_ code: UInt16) -> String {
        let letters: StaticString = "PCBU"
        // Five characters are kept in the string itself, and nothing is allocated.
        return unsafe String(unsafeUninitializedCapacity: 5) { text in
            unsafe text[0] = letters.utf8Start[Int(code >> 14)]
            for place in 1..<5 {
                let digit = UInt8(truncatingIfNeeded: code >> UInt16(16 - 4 * place) & 15)
                let own = place == 1 ? digit & 3 : digit
                unsafe text[place] = own < 10 ? 0x30 + own : 0x37 + own
            }
            return 5
        }
    }

    static func hex(_ value: UInt64, digits: Int) -> String {
        let text = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}

extension FaultCode: Comparable {
    public static func < (a: FaultCode, b: FaultCode) -> Bool {
        a.scheme != b.scheme ? a.scheme.rawValue < b.scheme.rawValue : a.content < b.content
    }
}
