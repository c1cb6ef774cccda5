/// A sentence, or a few words, that tools say in the language of whoever reads: the English words with
/// gaps, and what stands in the gaps.
///
/// It is written as a text: `"the file holds \(count) rules"`. A gap that is itself a saying is
/// translated too; anything else (a name, a number, a code) stays as it is. The template of one saying
/// is the same wherever it is said, so that translations can be looked up by it.
public struct Saying: Sendable, ExpressibleByStringInterpolation {
    /// What stands in a gap.
    public enum Part: Sendable {
        case text(String)
        case saying(Saying)
    }

    /// The English words, with `{}` for each gap.
    public private(set) var template: String
    /// What stands in the gaps, in order.
    public private(set) var parts: [Part] = []

    public init(stringLiteral value: String) { template = value }

    public init(stringInterpolation: StringInterpolation) {
        template = stringInterpolation.template
        parts = stringInterpolation.parts
    }

    public struct StringInterpolation: StringInterpolationProtocol, Sendable {
        fileprivate var template = ""
        fileprivate var parts: [Part] = []

        public init(literalCapacity: Int, interpolationCount: Int) {}

        public mutating func appendLiteral(_ literal: String) { template += literal }

        public mutating func appendInterpolation(_ saying: Saying) {
            template += "{}"
            parts.append(.saying(saying))
        }

        public mutating func appendInterpolation<Value>(_ value: Value) {
            template += "{}"
            parts.append(.text("\(value)"))
        }
    }

    /// One after the other, as one saying.
    public static func + (first: Saying, second: Saying) -> Saying {
        var result = first
        result.template += second.template
        result.parts += second.parts
        return result
    }

    /// Whether nothing is said.
    public var isEmpty: Bool { template.isEmpty }

    /// The words in another language.
    ///
    /// - Parameter translate: the template in that language, where `{}` stands for the next gap and
    ///   `{2}` for the second; `nil` leaves it in English.
    public func text(_ translate: (String) -> String?) -> String {
        let gaps = parts.map { part in
            switch part {
            case .text(let text): text
            case .saying(let saying): saying.text(translate)
            }
        }
        var (result, next) = ("", 0)
        var rest = (translate(template) ?? template)[...]
        while let open = rest.firstIndex(of: "{") {
            result += rest[..<open]
            rest = rest[rest.index(after: open)...]
            guard let close = rest.firstIndex(of: "}") else { return result + "{" + rest }
            let number = rest[..<close]
            let place = number.isEmpty ? next : (Int(number) ?? 0) - 1
            if number.isEmpty { next += 1 }
            if gaps.indices.contains(place) {
                result += gaps[place]
            } else {
                result += "{\(number)}"
            }
            rest = rest[rest.index(after: close)...]
        }
        return result + rest
    }
}

extension Saying: CustomStringConvertible {
    /// The words in English.
    public var description: String { text { _ in nil } }
}

extension Saying: Hashable {
    public static func == (a: Saying, b: Saying) -> Bool { a.description == b.description }
    public func hash(into hasher: inout Hasher) { hasher.combine(description) }
}
