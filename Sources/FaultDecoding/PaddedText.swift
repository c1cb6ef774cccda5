/// A payload's bytes with zeros after them, so that reading needs no look at the end: a zero ends
/// every token, and eight bytes can be loaded wherever a token may start.
///
/// Readers keep one promise: they step over a byte only after they saw that it is not the zero at
/// the end, and look at most ``PaddedText/reach`` bytes ahead of the place they have come to.
/// The loads rely on it in release builds and check it in debug builds, where the tests run.
struct PaddedText: Sendable {
    /// How far past the end a reader may look.
    static let reach = 32

    private(set) var bytes: ContiguousArray<UInt8> = []

    /// What one pass over a payload tells besides its copy.
    struct Scan {
        /// The same bytes give the same digest in every process.
        var digest: UInt64
        /// Whether every byte is ASCII.
        var isASCII: Bool
    }

    /// Takes over a payload in place of the last one.
    ///
    /// - Returns: its digest and whether it is ASCII.
    mutating func take(_ payload: Span<UInt8>) -> Scan {
        let count = payload.count
        if bytes.count < count &+ Self.reach &+ 32 {
            bytes = ContiguousArray(repeating: 0, count: count &+ count / 2 &+ Self.reach &+ 32)
        }
        var span = bytes.mutableSpan
        var target = unsafe span.mutableBytes
        // Multiply and fold, as in wyhash (Wang Yi 2019), in two lanes, because one multiplication
        // waits for the last.
        var first: UInt64 = 0x9E37_79B9_7F4A_7C15 ^ UInt64(count)
        var second: UInt64 = 0xD1B5_4A32_D192_ED03
        var seenAll = SIMD4<UInt64>.zero
        var place = 0
        while place &+ 32 <= count {
            // The condition of the loop is the check of these bounds, and of the target's.
            let words = unsafe payload.bytes.unsafeLoadUnaligned(
                fromUncheckedByteOffset: place, as: SIMD4<UInt64>.self)
            unsafe target.storeBytes(
                of: words, toUncheckedByteOffset: place, as: SIMD4<UInt64>.self)
            seenAll |= words
            first = Digest.fold(words[0] ^ 0xA076_1D64_78BD_642F, words[1] ^ first)
            second = Digest.fold(words[2] ^ 0xE703_7ED1_A0B4_28DB, words[3] ^ second)
            place &+= 32
        }
        var seen = seenAll[0] | seenAll[1] | seenAll[2] | seenAll[3]
        while place &+ 8 <= count {
            let word = unsafe payload.bytes.unsafeLoadUnaligned(
                fromUncheckedByteOffset: place, as: UInt64.self)
            unsafe target.storeBytes(of: word, toUncheckedByteOffset: place, as: UInt64.self)
            seen |= word
            first = Digest.fold(word ^ 0x8EBC_6AF0_9C88_C6E3, first)
            place &+= 8
        }
        // The bytes that are left, and the padding.
        let word = payload.lastWord(from: place)
        seen |= word
        first = Digest.fold(word ^ 0x8EBC_6AF0_9C88_C6E3, first)
        unsafe target.storeBytes(
            of: SIMD4<UInt64>(word, 0, 0, 0), toUncheckedByteOffset: place,
            as: SIMD4<UInt64>.self)
        unsafe target.storeBytes(
            of: 0, toUncheckedByteOffset: place &+ 32, as: UInt64.self)
        return Scan(
            digest: Digest.fold(first ^ 0x5899_65CC_7537_4CC3, second),
            isASCII: seen & ByteWord.tops == 0)
    }

    /// Nothing yet; nobody may read before a text was taken over.
    init() {}

    /// Takes over the characters of a short text.
    init(_ characters: [UInt8]) { _ = take(characters.span) }
}

extension Span where Element == UInt8 {
    /// The fewer than eight bytes from `place` to the end, followed by zeros.
    @inline(__always) fileprivate func lastWord(from place: Int) -> UInt64 {
        let left = count &- place
        guard left > 0 else { return 0 }
        guard count >= 8 else { return word(at: place) }
        // The last eight bytes, less those that came before.
        let word = unsafe bytes.unsafeLoadUnaligned(
            fromUncheckedByteOffset: count &- 8, as: UInt64.self)
        return UInt64(littleEndian: word) &>> UInt64(64 &- 8 &* left)
    }

    /// Whether zeros follow as ``PaddedText`` has them, so that what stands before `end` can be read
    /// where it is.
    @inline(__always) func isPadded(after end: Int) -> Bool {
        guard end <= count &- PaddedText.reach else { return false }
        return unsafe bytes.unsafeLoadUnaligned(
            fromUncheckedByteOffset: count &- PaddedText.reach, as: SIMD4<UInt64>.self) == .zero
    }

    /// One byte of a padded text; see ``PaddedText`` for the promise that makes it safe.
    @inline(__always) func byte(_ place: Int) -> UInt8 {
        assert(indices.contains(place))
        return unsafe self[unchecked: place]
    }

    /// Sixteen bytes of a padded text.
    @inline(__always) func sixteen(_ place: Int) -> SIMD16<UInt8> {
        assert(place >= 0 && place + 16 <= count)
        return unsafe bytes.unsafeLoadUnaligned(
            fromUncheckedByteOffset: place, as: SIMD16<UInt8>.self)
    }

    /// Eight bytes of a padded text, the first one in the least significant byte; see
    /// ``PaddedText`` for the promise that makes it safe.
    @inline(__always) func eight(_ place: Int) -> UInt64 {
        assert(place >= 0 && place + 8 <= count)
        return unsafe UInt64(
            littleEndian: bytes.unsafeLoadUnaligned(
                fromUncheckedByteOffset: place, as: UInt64.self))
    }
}

/// Folding of bytes into 64 bits.
enum Digest {
    /// The digest that ``PaddedText/take(_:)`` gives, without the copy.
    static func of(_ payload: Span<UInt8>) -> UInt64 {
        let bytes = unsafe payload.bytes
        let count = payload.count
        var first: UInt64 = 0x9E37_79B9_7F4A_7C15 ^ UInt64(count)
        var second: UInt64 = 0xD1B5_4A32_D192_ED03
        var end = 32
        while end <= count {
            // The condition of the loop is the check of these bounds.
            let (a, b) = unsafe (
                bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: end &- 32, as: UInt64.self),
                bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: end &- 24, as: UInt64.self)
            )
            let (c, d) = unsafe (
                bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: end &- 16, as: UInt64.self),
                bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: end &- 8, as: UInt64.self)
            )
            first = fold(a ^ 0xA076_1D64_78BD_642F, b ^ first)
            second = fold(c ^ 0xE703_7ED1_A0B4_28DB, d ^ second)
            end &+= 32
        }
        end &-= 24
        while end <= count {
            let word = unsafe bytes.unsafeLoadUnaligned(
                fromUncheckedByteOffset: end &- 8, as: UInt64.self)
            first = fold(word ^ 0x8EBC_6AF0_9C88_C6E3, first)
            end &+= 8
        }
        first = fold(payload.lastWord(from: end &- 8) ^ 0x8EBC_6AF0_9C88_C6E3, first)
        return fold(first ^ 0x5899_65CC_7537_4CC3, second)
    }

    /// The 128-bit product, its halves folded into one.
    @inline(__always) static func fold(_ a: UInt64, _ b: UInt64) -> UInt64 {
        let product = a.multipliedFullWidth(by: b)
        return product.high ^ product.low
    }
}
