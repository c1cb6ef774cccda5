extension VehicleID {
    /// Reads an identifier from its characters packed eight to a word, the first one in the most
    /// significant byte, unused bytes zero; for decoders that have the words at hand.
    ///
    /// - Parameter count: how many characters there are; the words must hold no more.
    /// - Returns: `nil` under the same conditions as ``init(_:)-(Span<UInt8>)``.
    @inlinable
    public init?(words packed: (UInt64, UInt64, UInt64, UInt64, UInt64), count: Int) {
        guard count > 0, count <= Self.longest,
            let first = Self.upperCase(packed.0, count),
            let second = Self.upperCase(packed.1, count &- 8),
            let third = Self.upperCase(packed.2, count &- 16)
        else { return nil }
        // A VIN, an IMEI and most serial numbers end before this.
        guard count > 24 else {
            words = (first, second, third, 0, 0)
            return
        }
        guard let fourth = Self.upperCase(packed.3, count &- 24),
            let fifth = Self.upperCase(packed.4, count &- 32)
        else { return nil }
        words = (first, second, third, fourth, fifth)
    }

    /// Takes words that the caller has already found to be printable, without blanks and lower case
    /// letters, and not empty; for decoders that check many characters at once.
    @inlinable public init(checked words: (UInt64, UInt64, UInt64, UInt64, UInt64)) {
        self.words = words
    }

    /// The characters packed eight to a word, as ``init(checked:)`` takes them.
    @inlinable public var packed: (UInt64, UInt64, UInt64, UInt64, UInt64) { words }

    /// How many characters there are.
    public var count: Int {
        func used(_ word: UInt64) -> Int { 8 - word.trailingZeroBitCount / 8 }
        if words.4 != 0 { return 32 + used(words.4) }
        if words.3 != 0 { return 24 + used(words.3) }
        if words.2 != 0 { return 16 + used(words.2) }
        return words.1 != 0 ? 8 + used(words.1) : used(words.0)
    }

    /// The characters as they lie in memory, the first ``count`` bytes of five words.
    public var textWords: (UInt64, UInt64, UInt64, UInt64, UInt64) {
        (
            words.0.bigEndian, words.1.bigEndian, words.2.bigEndian, words.3.bigEndian,
            words.4.bigEndian
        )
    }

    /// Eight characters in upper case, or `nil` when one of the first `count` is a blank or no
    /// printable ASCII.
    @inlinable @inline(__always) static func upperCase(_ word: UInt64, _ count: Int) -> UInt64? {
        if count <= 0 { return word == 0 ? 0 : nil }
        let high: UInt64 = 0x8080_8080_8080_8080
        // Unused bytes count as the letter A, so that only those in use are judged.
        let unused: UInt64 = count >= 8 ? 0 : ~0 &>> UInt64(8 &* count)
        let full = word | unused & 0x4141_4141_4141_4141
        // Adding carries into the top bit of each byte exactly for bytes from a limit on.
        let printable = full &+ 0x5F5F_5F5F_5F5F_5F5F  // from '!'
        let deleted = full &+ 0x0101_0101_0101_0101  // from DEL
        guard full & high == 0, printable & high == high, deleted & high == 0 else { return nil }
        let lower = (full &+ 0x1F1F_1F1F_1F1F_1F1F) & ~(full &+ 0x0505_0505_0505_0505) & high
        return (full ^ (lower &>> 2)) & ~unused
    }
}

extension SignalNames {
    /// The number of a name of at most 16 bytes, packed as two words; for decoders.
    ///
    /// - Parameters:
    ///   - high: the first eight bytes or fewer, the last of them in the least significant byte.
    ///   - low: the bytes from the ninth on, in the same way.
    ///   - count: how many bytes the name has, at most 16.
    @inlinable public func find(high: UInt64, low: UInt64, count: Int) -> SignalID? {
        var place = Self.place(high, low, count) & mask
        while true {
            let slot = slots[place]
            if slot.index < 0 { return nil }
            if slot.high == high, slot.low == low, Int(slot.length) == count {
                return SignalID(index: UInt32(slot.index))
            }
            place = (place &+ 1) & mask
        }
    }
}
