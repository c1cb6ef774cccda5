import TerminalText
import VehicleFaults

/// A piece of a page. Whatever is put into its literal is escaped, unless it is a piece itself, so that
/// a forgotten call cannot let a vehicle's name become markup.
struct HTML: ExpressibleByStringInterpolation, Sendable, Equatable {
    private(set) var text: String

    init(stringLiteral text: String) { self.text = text }
    init(stringInterpolation: StringInterpolation) { text = stringInterpolation.text }

    /// Pieces one after the other.
    init(_ pieces: [HTML]) { text = pieces.map(\.text).joined() }

    /// Words of others.
    init(escaping words: some StringProtocol) { text = Self.escaped(words) }

    static func + (a: HTML, b: HTML) -> HTML { HTML([a, b]) }
    static func += (a: inout HTML, b: HTML) { a.text += b.text }

    var isEmpty: Bool { text.isEmpty }

    struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var text = ""

        init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity + 32 * interpolationCount)
        }

        mutating func appendLiteral(_ literal: String) { text += literal }
        mutating func appendInterpolation(_ words: some StringProtocol) {
            text += HTML.escaped(words)
        }
        mutating func appendInterpolation(_ number: some BinaryInteger) { text += "\(number)" }
        mutating func appendInterpolation(_ piece: HTML) { text += piece.text }
        mutating func appendInterpolation(_ pieces: [HTML]) {
            for piece in pieces { text += piece.text }
        }
        mutating func appendInterpolation(_ piece: HTML?) {
            if let piece { text += piece.text }
        }
    }

    /// Text in which no mark of HTML or XML is left, and nothing that cannot be seen; lines stay lines.
    private static func escaped(_ words: some StringProtocol) -> String {
        words.split(separator: "\n", omittingEmptySubsequences: false)
            .map { Markup.escaped($0.visible) }.joined(separator: "\n")
    }
}

/// Text as a part of an address.
enum AddressPart {
    /// The text with every byte that could mean something else as `%2F`.
    static func escaped(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                result += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return result
    }
}
