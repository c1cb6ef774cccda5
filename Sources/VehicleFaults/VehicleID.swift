/// The name under which a vehicle is known: a VIN or any other identifier a device sends.
///
/// Held inline as up to 40 printable ASCII characters, letters in upper case, so that copying,
/// comparing and hashing never touch the heap. Order is the byte order of the text.
@frozen
public struct VehicleID: Sendable {
    /// Characters in reading order, eight to a word, most significant byte first, zero padded.
    @usableFromInline var words: (UInt64, UInt64, UInt64, UInt64, UInt64)

    /// The longest identifier that is kept, in characters. A UUID with its dashes has 36.
    public static let longest = 40

    init() { words = (0, 0, 0, 0, 0) }

    /// Reads an identifier from its bytes.
    ///
    /// - Returns: `nil` when the text is empty, longer than ``longest``, or holds anything but
    ///   printable ASCII without blanks.
    @inlinable
    public init?(_ bytes: Span<UInt8>) {
        guard !bytes.isEmpty, bytes.count <= Self.longest else { return nil }
        words = (0, 0, 0, 0, 0)
        for word in 0..<5 {
            let start = word &* 8
            guard start < bytes.count else { break }
            var packed: UInt64 = 0
            for index in start..<min(start &+ 8, bytes.count) {
                var byte = bytes[index]
                guard byte > 0x20, byte < 0x7F else { return nil }
                if byte >= 0x61, byte <= 0x7A { byte &-= 0x20 }
                packed |= UInt64(byte) &<< UInt64(56 &- 8 &* (index &- start))
            }
            switch word {
            case 0: words.0 = packed
            case 1: words.1 = packed
            case 2: words.2 = packed
            case 3: words.3 = packed
            default: words.4 = packed
            }
        }
    }

    /// Reads an identifier from text; `nil` under the same conditions as ``init(_:)-(Span<UInt8>)``.
    public init?(_ text: some StringProtocol) {
        self.init(Array(text.utf8).span)
    }

    /// A hash that is the same in every process, used to place a vehicle in a shard and a table.
    @inlinable public var mixed: UInt64 {
        // Multiply and fold, as in wyhash (Wang Yi 2019): cheap, and every input bit reaches the top.
        var state = Self.fold(words.0 ^ 0x9E37_79B9_7F4A_7C15, words.1 ^ 0xD1B5_4A32_D192_ED03)
        state = Self.fold(state ^ words.2, 0xA0761D64_78BD642F)
        if words.3 != 0 {
            state = Self.fold(state ^ words.3, words.4 ^ 0xE703_7ED1_A0B4_28DB)
        }
        return state
    }

    @inlinable static func fold(_ a: UInt64, _ b: UInt64) -> UInt64 {
        let product = a.multipliedFullWidth(by: b)
        return product.high ^ product.low
    }

    /// The characters, without padding.
    public var bytes: [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(24)
        appendText(to: &result)
        return result
    }

    /// Appends the characters, without padding.
    public func appendText(to bytes: inout [UInt8]) {
        bytes.append(addingCapacity: Self.longest) { text in
            func add(_ packed: UInt64) {
                var word = packed
                while word != 0 {
                    text.append(UInt8(truncatingIfNeeded: word >> 56))
                    word <<= 8
                }
            }
            add(words.0)
            add(words.1)
            add(words.2)
            add(words.3)
            add(words.4)
        }
    }

    /// Whether the text has the shape of a VIN: 17 letters and digits without I, O and Q (ISO 3779).
    public var isVIN: Bool {
        let bytes = bytes
        return bytes.count == 17
            && bytes.allSatisfy { byte in
                switch byte {
                case 0x30...0x39: true
                case 0x49, 0x4F, 0x51: false
                case 0x41...0x5A: true
                default: false
                }
            }
    }

    /// The identifier with its middle hidden, as it is shown unless the reader may see it whole:
    /// the first three and the last four characters, with an ellipsis between.
    ///
    /// Identifiers of seven characters or fewer show only their first.
    public var masked: String {
        let text = description
        return text.count > 7 ? "\(text.prefix(3))…\(text.suffix(4))" : "\(text.prefix(1))…"
    }
}

extension VehicleID: Hashable {
    @inlinable public static func == (a: VehicleID, b: VehicleID) -> Bool {
        a.words.0 == b.words.0 && a.words.1 == b.words.1 && a.words.2 == b.words.2
            && a.words.3 == b.words.3 && a.words.4 == b.words.4
    }

    @inlinable public func hash(into hasher: inout Hasher) { hasher.combine(mixed) }
}

extension VehicleID: Comparable {
    public static func < (a: VehicleID, b: VehicleID) -> Bool {
        if a.words.0 != b.words.0 { return a.words.0 < b.words.0 }
        if a.words.1 != b.words.1 { return a.words.1 < b.words.1 }
        if a.words.2 != b.words.2 { return a.words.2 < b.words.2 }
        if a.words.3 != b.words.3 { return a.words.3 < b.words.3 }
        return a.words.4 < b.words.4
    }
}

extension VehicleID: CustomStringConvertible {
    public var description: String { String(decoding: bytes, as: UTF8.self) }
}
