/// What the texts of a column mean, looked up by their bytes: most columns hold few different ones,
/// and making a text of each row takes longer than comparing it with those that were seen.
struct SeenTexts<Value> {
    private let meaning: (String) -> Value?
    private var seen: [(bytes: [UInt8], value: Value?)] = []
    private var latest = 0

    private static var most: Int { 64 }

    /// - Parameter meaning: what a text means; always the same.
    init(_ meaning: @escaping (String) -> Value?) { self.meaning = meaning }

    /// What a text means; `nil` of nothing, and when it means nothing.
    mutating func callAsFunction(_ bytes: UnsafeBufferPointer<UInt8>?) -> Value? {
        guard let bytes else { return nil }
        if latest < seen.count, seen[latest].bytes.elementsEqual(bytes) {
            return seen[latest].value
        }
        if let place = seen.firstIndex(where: { $0.bytes.elementsEqual(bytes) }) {
            latest = place
            return seen[place].value
        }
        let value = meaning(String(decoding: bytes, as: UTF8.self))
        guard seen.count < Self.most else { return value }
        latest = seen.count
        seen.append((Array(bytes), value))
        return value
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
