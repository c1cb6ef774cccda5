/// Up to 16 printable ASCII characters held inline, for names that travel with every message.
@frozen
public struct ShortText: Hashable, Sendable {
    /// The first eight characters, most significant byte first, zero padded.
    public let high: UInt64
    /// The next eight.
    public let low: UInt64

    /// The longest text that fits, in characters.
    public static let longest = 16

    /// Reads a text from its bytes, as they are.
    ///
    /// - Returns: `nil` when it is longer than ``longest`` or holds control or non-ASCII bytes.
    @inlinable
    public init?(_ bytes: Span<UInt8>) {
        guard bytes.count <= Self.longest else { return nil }
        var high: UInt64 = 0
        var low: UInt64 = 0
        for index in bytes.indices {
            let byte = bytes[index]
            guard byte >= 0x20, byte < 0x7F else { return nil }
            if index < 8 {
                high |= UInt64(byte) &<< UInt64(56 &- 8 &* index)
            } else {
                low |= UInt64(byte) &<< UInt64(120 &- 8 &* index)
            }
        }
        self.high = high
        self.low = low
    }

    /// Reads a text; `nil` under the same conditions as ``init(_:)-(Span<UInt8>)``.
    public init?(_ text: some StringProtocol) { self.init(Array(text.utf8).span) }

    /// Takes the two words as they were stored.
    @inlinable public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// No characters at all.
    @inlinable public static var empty: ShortText { ShortText(high: 0, low: 0) }

    /// The characters, without padding.
    public var bytes: [UInt8] {
        var result: [UInt8] = []
        for word in [high, low] {
            for shift in stride(from: UInt64(56), through: 0, by: -8) {
                let byte = UInt8(truncatingIfNeeded: word >> shift)
                if byte == 0 { return result }
                result.append(byte)
            }
        }
        return result
    }
}

extension ShortText: Comparable {
    public static func < (a: ShortText, b: ShortText) -> Bool {
        a.high != b.high ? a.high < b.high : a.low < b.low
    }
}

extension ShortText: CustomStringConvertible {
    public var description: String { String(decoding: bytes, as: UTF8.self) }
}
