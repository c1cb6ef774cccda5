/// Eight bytes of a payload at a time, the first one in the least significant byte.
enum ByteWord {
    static let ones: UInt64 = 0x0101_0101_0101_0101
    static let tops: UInt64 = 0x8080_8080_8080_8080

    /// The top bit of the first byte that ends plain text: `"`, `\` or a control character.
    ///
    /// Bits after the lowest one that is set may be wrong, since subtracting borrows.
    @inline(__always) static func endOfText(_ word: UInt64) -> UInt64 {
        let quote = word ^ (ones &* 0x22)
        let backslash = word ^ (ones &* 0x5C)
        let found =
            (quote &- ones) & ~quote | (backslash &- ones) & ~backslash
            | (word &- ones &* 0x20) & ~word
        return found & tops
    }

    /// The top bit of the first byte that is no decimal digit, and of others, for a word that was
    /// combined with `ones * 0x30` by exclusive or, so that digits have their values.
    ///
    /// After a byte that is not ASCII, adding carries, so that bits may be wrong.
    @inline(__always) static func nonDigits(_ values: UInt64) -> UInt64 {
        (values &+ ones &* 0x76 | values) & tops
    }

    /// The top bit of each ASCII byte that is below `0`: quotes, commas, points and blanks, not colons.
    @inline(__always) static func belowDigits(_ word: UInt64) -> UInt64 {
        ~((word | tops) &- ones &* 0x30) & tops
    }

    /// The top bit of each byte that is neither a digit nor a capital letter.
    @inline(__always) static func others(_ word: UInt64) -> UInt64 {
        // Each sum reaches the top bit from `0`, after `9`, from `A` and after `Z`.
        let low = word & ~tops
        let digits = (low &+ ones &* 0x50) & ~(low &+ ones &* 0x46)
        let letters = (low &+ ones &* 0x3F) & ~(low &+ ones &* 0x25)
        return (~(digits | letters) | word) & tops
    }

    /// The number of up to eight decimal digits, given by their values, the last one in the most
    /// significant byte.
    @inline(__always) static func decimal(_ values: UInt64) -> UInt64 {
        // Pairs, then pairs of pairs (Lemire, "Quickly parsing eight digits", 2018).
        let pairs = values &* 10 &+ values &>> 8
        let low = (pairs & 0x0000_00FF_0000_00FF) &* (100 &+ 1_000_000 &<< 32)
        let high = (pairs &>> 16 & 0x0000_00FF_0000_00FF) &* (1 &+ 10_000 &<< 32)
        return (low &+ high) &>> 32
    }
}

extension ByteWord {
    /// A number below 2^52 as `Double`, exactly.
    ///
    /// The bits are put behind those of 2^52, which is then taken away. The processor's own
    /// conversion keeps half of its target register, and so would wait for the last division.
    @inline(__always) static func double(_ integer: UInt64) -> Double {
        Double(bitPattern: 0x4330_0000_0000_0000 | integer) - 0x1p52
    }
}

extension Span where Element == UInt8 {
    /// The eight bytes from `place` on; bytes past the end are zero.
    @inline(__always) func word(at place: Int) -> UInt64 {
        guard place >= 0, place &+ 8 <= count else { return lastBytes(from: place) }
        return unsafe UInt64(
            littleEndian: bytes.unsafeLoadUnaligned(
                fromUncheckedByteOffset: place, as: UInt64.self))
    }

    @inline(never) private func lastBytes(from place: Int) -> UInt64 {
        var word: UInt64 = 0
        var index = Swift.min(place &+ 8, count)
        while index > place {
            index &-= 1
            word = word &<< 8 | UInt64(self[index])
        }
        return word
    }
}
