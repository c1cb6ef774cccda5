/// What the keys of an object were last time, in order.
///
/// Vehicles of one make send their fields in one order, so the next key is most often known before
/// it is read: comparing a few words then replaces finding its end and looking it up. A forecast
/// only saves time; the result is the same without it.
struct KeyForecast: Sendable {
    /// One key from the brace or comma before it to the colon after it.
    struct Entry: Sendable {
        // Matches nothing, since the masked bytes are zero.
        fileprivate var first: UInt64 = 1
        fileprivate var firstMask: UInt64 = 0
        fileprivate var second: UInt64 = 0
        fileprivate var secondMask: UInt64 = 0
        fileprivate var third: UInt64 = 0
        fileprivate var thirdMask: UInt64 = 0
        /// Bytes from the brace or comma to the value.
        fileprivate(set) var length = 0
        /// What the key stands for.
        fileprivate(set) var meaning: UInt32 = 0

        /// Whether exactly this key stands at a place of a padded text, its value right behind.
        @inline(__always) func matches(_ bytes: Span<UInt8>, _ place: Int) -> Bool {
            bytes.eight(place) & firstMask == first
                && bytes.eight(place &+ 8) & secondMask == second
                && (length <= 16 || bytes.eight(place &+ 16) & thirdMask == third)
                && bytes.byte(place &+ length) > 0x20
        }
    }

    private static var count: Int { 32 }
    // The last one stays empty, for all keys beyond.
    private var entries = ContiguousArray(repeating: Entry(), count: count + 1)

    /// The forecast for the key at an index.
    @inline(__always) subscript(index: Int) -> Entry { entries[min(index, Self.count)] }

    /// Remembers the key that stood at an index, if it is short and nothing is between it, what
    /// comes before and its value.
    ///
    /// - Parameter start: where the brace or comma before it should be.
    @inline(never) mutating func learn(
        _ bytes: Span<UInt8>, from start: Int, _ key: JSONText.Text, value: Int, meaning: UInt32,
        at index: Int
    ) {
        let length = value - start
        let before: UInt8 = index == 0 ? 0x7B : 0x2C
        guard index < Self.count, !key.isEscaped, length <= 24, bytes.byte(start) == before,
            key.start == start + 2, value == key.end + 2
        else { return }
        var entry = Entry(length: length, meaning: meaning)
        entry.firstMask = Self.mask(length)
        entry.secondMask = Self.mask(length - 8)
        entry.thirdMask = Self.mask(length - 16)
        entry.first = bytes.eight(start) & entry.firstMask
        entry.second = bytes.eight(start + 8) & entry.secondMask
        entry.third = bytes.eight(start + 16) & entry.thirdMask
        entries[index] = entry
    }

    private static func mask(_ count: Int) -> UInt64 {
        count <= 0 ? 0 : count >= 8 ? ~0 : ~0 >> UInt64(64 - 8 * count)
    }
}
