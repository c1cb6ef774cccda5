import VehicleFaults

/// A pattern over the display text of fault codes, matched without backtracking.
///
/// Alternatives are separated by `|`; `?` stands for one character, `*` for any number of them,
/// `[1-8A]` for one of a set. Letters match in either case. A number alone after an alternative with
/// a failure mode is another failure mode of the same: `SPN 110 FMI 0|16`. A pattern without a
/// failure type (`P0301`) also matches the code with any failure type (`P0301-1A`).
public struct CodePattern: Hashable, Sendable {
    /// The text as written.
    public let text: String
    private let alternatives: [[Element]]

    private enum Element: Hashable, Sendable {
        case one(UInt8)
        case any
        case many
        case set([ClosedRange<UInt8>])
    }

    /// Why a pattern cannot be used, and after how many of its bytes.
    public struct Malformed: Error, Equatable, Sendable {
        public var offset: Int
        public var reason: Saying
    }

    /// Reads a pattern.
    ///
    /// - Throws: ``Malformed`` with the offset of the part that makes no sense.
    public init(_ text: String) throws(Malformed) {
        self.text = text
        let bytes = Array(text.utf8)
        guard !bytes.isEmpty else {
            throw Malformed(offset: 0, reason: "a code pattern needs at least one character")
        }
        var parsed: [[Element]] = []
        var start = 0
        // "SPN 110 FMI 0|16": what stands before the last blank goes for the numbers that follow.
        var common: [UInt8] = []
        while start <= bytes.count {
            let end = bytes[start...].firstIndex(of: 0x7C) ?? bytes.count
            guard end > start else {
                throw Malformed(offset: start, reason: "an alternative is empty")
            }
            var part = Array(bytes[start..<end])
            if !common.isEmpty, part.allSatisfy(Self.isPartOfNumber) {
                part = common + part
            } else {
                let blank = part.lastIndex(of: 0x20).map { $0 + 1 } ?? 0
                common =
                    part.map(Self.upper).starts(with: Array("SPN ".utf8))
                    ? Array(part[..<blank]) : []
            }
            parsed.append(try Self.elements(part, base: end - part.count))
            start = end + 1
        }
        alternatives = parsed
    }

    /// Digits, and what may stand for them.
    private static func isPartOfNumber(_ byte: UInt8) -> Bool {
        (byte >= 0x30 && byte <= 0x39) || Array("*?[]-".utf8).contains(byte)
    }

    private static func elements(_ bytes: [UInt8], base: Int) throws(Malformed) -> [Element] {
        var result: [Element] = []
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            switch byte {
            case 0x2A: if result.last != .many { result.append(.many) }  // *
            case 0x3F: result.append(.any)  // ?
            case 0x5B:  // [
                guard let close = bytes[index...].firstIndex(of: 0x5D), close > index + 1 else {
                    throw Malformed(offset: base + index, reason: "a set needs characters and a ]")
                }
                result.append(
                    .set(try ranges(Array(bytes[(index + 1)..<close]), base: base + index + 1)))
                index = close
            case 0x5D:
                throw Malformed(offset: base + index, reason: "a ] without its [")
            case 0x21...0x7E, 0x20: result.append(.one(upper(byte)))
            default:
                throw Malformed(
                    offset: base + index, reason: "fault codes are printable ASCII characters")
            }
            index += 1
        }
        return result
    }

    private static func ranges(_ bytes: [UInt8], base: Int) throws(Malformed) -> [ClosedRange<
        UInt8
    >] {
        var result: [ClosedRange<UInt8>] = []
        var index = 0
        while index < bytes.count {
            let low = upper(bytes[index])
            if index + 2 < bytes.count, bytes[index + 1] == 0x2D {
                let high = upper(bytes[index + 2])
                guard low <= high else {
                    throw Malformed(offset: base + index, reason: "a range that runs backwards")
                }
                result.append(low...high)
                index += 3
            } else {
                result.append(low...low)
                index += 1
            }
        }
        return result
    }

    private static func upper(_ byte: UInt8) -> UInt8 {
        byte >= 0x61 && byte <= 0x7A ? byte - 0x20 : byte
    }

    /// Whether a code is meant; the cost grows with the product of both lengths at most.
    public func matches(_ code: FaultCode) -> Bool {
        let whole = Array(code.description.utf8).map(Self.upper)
        if alternatives.contains(where: { Self.matches($0[...], whole[...]) }) { return true }
        guard code.scheme == .uds else { return false }
        let base = Array(code.base.utf8)
        return alternatives.contains { Self.matches($0[...], base[...]) }
    }

    /// Whether a text of any kind is meant, in either case; what is not ASCII matches only `*`.
    public func matches(text: String) -> Bool {
        let bytes = Array(text.utf8).map(Self.upper)
        return alternatives.contains { Self.matches($0[...], bytes[...]) }
    }

    /// The usual two-finger wildcard match: on a mismatch, the last `*` takes one byte more.
    private static func matches(_ pattern: ArraySlice<Element>, _ text: ArraySlice<UInt8>) -> Bool {
        var p = pattern.startIndex
        var t = text.startIndex
        var star: Int?
        var mark = t
        while t < text.endIndex {
            if p < pattern.endIndex, pattern[p] == .many {
                star = p
                mark = t
                p += 1
            } else if p < pattern.endIndex, accepts(pattern[p], text[t]) {
                p += 1
                t += 1
            } else if let last = star {
                p = last + 1
                mark += 1
                t = mark
            } else {
                return false
            }
        }
        return pattern[p...].allSatisfy { $0 == .many }
    }

    private static func accepts(_ element: Element, _ byte: UInt8) -> Bool {
        switch element {
        case .one(let wanted): wanted == byte
        case .any: true
        case .many: false
        case .set(let ranges): ranges.contains { $0.contains(byte) }
        }
    }
}
