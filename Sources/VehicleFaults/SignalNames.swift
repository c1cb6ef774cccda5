/// Signal names and their numbers.
///
/// The daemon gives the table the names that rules speak of; a decoder skips any other signal and
/// only counts it, unless the table ``learns``.
public struct SignalNames: Sendable {
    /// Whether a name seen for the first time is added (for tools that show everything).
    public var learns: Bool

    /// The name of each ``SignalID``, by index.
    public private(set) var names: [String] = []

    // Open addressing over the first sixteen bytes; longer names are told apart by their text.
    @usableFromInline var slots: ContiguousArray<Slot>
    @usableFromInline var mask: Int
    private var texts: ContiguousArray<ContiguousArray<UInt8>> = []

    @usableFromInline struct Slot: Sendable {
        @usableFromInline var high: UInt64 = 0
        @usableFromInline var low: UInt64 = 0
        @usableFromInline var length: Int32 = 0
        @usableFromInline var index: Int32 = -1
    }

    /// The longest name that is kept, in bytes.
    public static let longest = 64

    /// A table that knows `names`, numbered in the order given.
    public init(_ names: some Sequence<String> = [], learns: Bool = false) {
        self.learns = learns
        slots = ContiguousArray(repeating: Slot(), count: 64)
        mask = 63
        for name in names { _ = insert(Array(name.utf8).span) }
    }

    /// How many names are known.
    public var count: Int { names.count }

    /// The name of a signal of this table.
    public subscript(signal: SignalID) -> String { names[Int(signal.index)] }

    /// The number of a name, or `nil` when the table does not know it.
    @inlinable public func find(_ name: Span<UInt8>) -> SignalID? {
        let (high, low) = Self.pack(name)
        var place = Self.place(high, low, name.count) & mask
        while true {
            let slot = slots[place]
            if slot.index < 0 { return nil }
            if slot.high == high, slot.low == low, Int(slot.length) == name.count,
                name.count <= 16 || matches(Int(slot.index), name)
            {
                return SignalID(index: UInt32(slot.index))
            }
            place = (place &+ 1) & mask
        }
    }

    /// The number of a name, added when it is new.
    ///
    /// - Returns: `nil` when the name is empty or longer than ``longest``.
    public mutating func insert(_ name: Span<UInt8>) -> SignalID? {
        if let known = find(name) { return known }
        guard !name.isEmpty, name.count <= Self.longest else { return nil }
        if names.count * 2 > mask { grow() }
        var text = ContiguousArray<UInt8>()
        for index in name.indices { text.append(name[index]) }
        texts.append(text)
        names.append(String(decoding: text, as: UTF8.self))
        place(index: names.count - 1)
        return SignalID(index: UInt32(names.count - 1))
    }

    /// The number of a name, or `nil` when the table does not know it.
    public func find(_ name: String) -> SignalID? { find(Array(name.utf8).span) }

    private mutating func grow() {
        slots = ContiguousArray(repeating: Slot(), count: slots.count * 2)
        mask = slots.count - 1
        for index in names.indices { place(index: index) }
    }

    private mutating func place(index: Int) {
        let text = texts[index]
        let (high, low) = Self.pack(text.span)
        var place = Self.place(high, low, text.count) & mask
        while slots[place].index >= 0 { place = (place + 1) & mask }
        slots[place] = Slot(high: high, low: low, length: Int32(text.count), index: Int32(index))
    }

    @usableFromInline func matches(_ index: Int, _ name: Span<UInt8>) -> Bool {
        let text = texts[index]
        for place in name.indices where text[place] != name[place] { return false }
        return true
    }

    @inlinable static func pack(_ name: Span<UInt8>) -> (UInt64, UInt64) {
        var high: UInt64 = 0
        var low: UInt64 = 0
        for index in 0..<min(name.count, 8) { high = high &<< 8 | UInt64(name[index]) }
        if name.count > 8 {
            for index in 8..<min(name.count, 16) { low = low &<< 8 | UInt64(name[index]) }
        }
        return (high, low)
    }

    @inlinable static func place(_ high: UInt64, _ low: UInt64, _ length: Int) -> Int {
        let folded = VehicleID.fold(
            high ^ 0x9E37_79B9_7F4A_7C15, low ^ UInt64(length) ^ 0xD1B5_4A32_D192_ED03)
        return Int(truncatingIfNeeded: folded & 0x7FFF_FFFF)
    }
}
