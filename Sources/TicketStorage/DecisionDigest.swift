import Crypto

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
        var hash = SHA256()
        hash.update(data: bytes)
        var text = text
        text.withUTF8 { hash.update(bufferPointer: UnsafeRawBufferPointer($0)) }
        bytes = Array(hash.finalize())
    }

    /// 64 hex digits.
    public var hex: String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
