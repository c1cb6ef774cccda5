import Foundation

/// What the texts of a column mean, looked up by their bytes: most columns hold few different ones,
/// and making a text of each row takes longer than comparing it with those that were seen.
struct SeenTexts<Value> {
    private let meaning: (String) -> Value?
    /// By the last bits of their hash; a text goes where another was.
    private var seen: [(bytes: [UInt8], value: Value?)?] = Array(repeating: nil, count: 128)

    /// - Parameter meaning: what a text means; always the same.
    init(_ meaning: @escaping (String) -> Value?) { self.meaning = meaning }

    /// What a text means; `nil` of nothing, and when it means nothing.
    mutating func callAsFunction(_ bytes: UnsafeBufferPointer<UInt8>?) -> Value? {
        guard let bytes else { return nil }
        var hasher = Hasher()
        hasher.combine(bytes: UnsafeRawBufferPointer(bytes))
        let place = hasher.finalize() & (seen.count - 1)
        if let found = seen[place], Self.isSame(found.bytes, bytes) { return found.value }
        let value = meaning(String(decoding: bytes, as: UTF8.self))
        seen[place] = (Array(bytes), value)
        return value
    }

    private static func isSame(_ seen: [UInt8], _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard seen.count == bytes.count else { return false }
        return seen.withUnsafeBytes { seen in
            guard let a = seen.baseAddress, let b = bytes.baseAddress else { return true }
            return memcmp(a, b, seen.count) == 0
        }
    }
}

extension SeenTexts where Value: RawRepresentable<String> {
    /// Of the raw values of a type.
    init() { self.init { Value(rawValue: $0) } }
}

extension SeenTexts where Value == String {
    /// Of texts that stand for themselves.
    init() { self.init { $0 } }
}

extension SeenTexts where Value == [String] {
    /// Of texts in lines.
    init() { self.init { $0.split(separator: "\n").map(String.init) } }
}
