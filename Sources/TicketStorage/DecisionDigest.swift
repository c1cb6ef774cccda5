import Crypto
import FleetWatch

/// A digest over decisions in order: each is hashed with the digest before it (SHA-256).
public struct DecisionDigest: Hashable, Sendable {
    public private(set) var bytes: [UInt8]

    /// The digest of no decisions.
    public init() { bytes = Array(repeating: 0, count: 32) }

    /// A digest from its hex digits; `nil` when there are not 64 of them.
    public init?(hex: String) {
        guard hex.utf8.count == 64 else { return nil }
        var bytes: [UInt8] = []
        var rest = hex[...]
        while !rest.isEmpty {
            guard let byte = UInt8(rest.prefix(2), radix: 16) else { return nil }
            bytes.append(byte)
            rest = rest.dropFirst(2)
        }
        self.bytes = bytes
    }

    /// Adds a decision.
    public mutating func add(_ text: String) {
        var text = text
        text.withUTF8 { add(UnsafeRawBufferPointer($0)) }
    }

    /// Adds decisions in order.
    public mutating func add(_ texts: DecisionTexts) {
        texts.bytes.withUnsafeBytes { all in
            for index in 0..<texts.count {
                add(UnsafeRawBufferPointer(rebasing: all[texts[index]]))
            }
        }
    }

    private mutating func add(_ text: UnsafeRawBufferPointer) {
        var hash = SHA256()
        hash.update(data: bytes)
        hash.update(bufferPointer: text)
        let digest = hash.finalize()
        bytes.withUnsafeMutableBytes { target in
            digest.withUnsafeBytes { target.copyMemory(from: $0) }
        }
    }

    /// 64 hex digits.
    public var hex: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(unsafeUninitializedCapacity: 2 * bytes.count) { text in
            for (place, byte) in bytes.enumerated() {
                text[2 * place] = digits[Int(byte >> 4)]
                text[2 * place + 1] = digits[Int(byte & 15)]
            }
            return 2 * bytes.count
        }
    }
}
