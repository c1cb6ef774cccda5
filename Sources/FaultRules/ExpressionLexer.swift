import VehicleFaults

/// Splits an expression into words, numbers, quoted texts and signs.
struct ExpressionLexer {
    struct Token: Equatable {
        enum Kind: Equatable {
            case word(String)
            case number(Double, unit: String)
            case text(String)
            /// `$name`, until a value takes its place.
            case parameter(String)
            case sign(String)
            case end
        }

        var kind: Kind
        /// In characters from the start of the expression.
        var offset: Int

        /// The token as a person would name it.
        var described: Saying {
            switch kind {
            case .word(let word): "\"\(word)\""
            case .number(let value, let unit):
                unit.isEmpty
                    ? "the number \(RuleText.number(value))"
                    : "the number \(RuleText.number(value)) \(unit)"
            case .parameter(let name): "the parameter \"$\(name)\""
            case .text(let text): "the text \"\(text)\""
            case .sign(let sign): "\"\(sign)\""
            case .end: "the end"
            }
        }
    }

    struct Failure: Error, Equatable {
        var offset: Int
        var message: Saying
        var suggestion: String?
    }

    private let scalars: [Unicode.Scalar]
    private var place = 0
    /// Whether the token before is a value, after which "-" subtracts.
    private var followsValue = false

    init(_ text: String) { scalars = Array(text.unicodeScalars) }

    /// The most tokens of an expression.
    private static let longest = 4096

    /// All tokens, the last of kind `end`.
    static func tokens(of text: String) throws(Failure) -> [Token] {
        var lexer = ExpressionLexer(text)
        var result: [Token] = []
        repeat {
            let token = try lexer.next()
            switch token.kind {
            case .word, .number, .text, .parameter, .sign(")"): lexer.followsValue = true
            case .sign, .end: lexer.followsValue = false
            }
            guard result.count < longest else {
                throw Failure(
                    offset: token.offset, message: "more than \(longest) words and signs")
            }
            result.append(token)
        } while result.last?.kind != .end
        return result
    }

    private mutating func next() throws(Failure) -> Token {
        while place < scalars.count, scalars[place].properties.isWhitespace { place += 1 }
        guard place < scalars.count else { return Token(kind: .end, offset: scalars.count) }
        let start = place
        let first = scalars[place]
        if first == "\"" || first == "'" { return try quoted(first) }
        if Self.isDigit(first)
            || (first == "-" && !followsValue && place + 1 < scalars.count
                && Self.isDigit(scalars[place + 1]))
        {
            return try number()
        }
        if Self.isWord(first) {
            while place < scalars.count,
                Self.isWord(scalars[place]) || scalars[place] == "." || Self.isDigit(scalars[place])
            {
                place += 1
            }
            return Token(kind: .word(text(start..<place)), offset: start)
        }
        if first == "$" { return try parameter() }
        for sign in [
            ">=", "<=", "==", "!=", ">", "<", "(", ")", ",", ":", "|", "+", "-", "*", "/",
        ]
        where scalars[start...].starts(with: sign.unicodeScalars) {
            place += sign.unicodeScalars.count
            return Token(kind: .sign(sign), offset: start)
        }
        if first == "=" {
            throw Failure(offset: start, message: "\"=\" is not a comparison", suggestion: "==")
        }
        throw Failure(offset: start, message: "the character \"\(first)\" has no meaning here")
    }

    private mutating func quoted(_ mark: Unicode.Scalar) throws(Failure) -> Token {
        let start = place
        place += 1
        while place < scalars.count, scalars[place] != mark { place += 1 }
        guard place < scalars.count else {
            throw Failure(offset: start, message: "a text without its closing quotation mark")
        }
        place += 1
        return Token(kind: .text(text((start + 1)..<(place - 1))), offset: start)
    }

    private mutating func number() throws(Failure) -> Token {
        let start = place
        if scalars[place] == "-" { place += 1 }
        while place < scalars.count, Self.isDigit(scalars[place]) || scalars[place] == "." {
            place += 1
        }
        if place + 1 < scalars.count, scalars[place] == "e" || scalars[place] == "E",
            Self.isDigit(scalars[place + 1])
                || (scalars[place + 1] == "-" && place + 2 < scalars.count
                    && Self.isDigit(scalars[place + 2]))
        {
            place += 2
            while place < scalars.count, Self.isDigit(scalars[place]) { place += 1 }
        }
        guard let value = Double(text(start..<place)), value.isFinite else {
            throw Failure(offset: start, message: "\"\(text(start..<place))\" is not a number")
        }
        // A unit follows at once ("7d") or after one blank ("90 °C").
        let end = place
        if place < scalars.count, scalars[place] == " " { place += 1 }
        let unitStart = place
        if place < scalars.count, scalars[place] != "/" {
            while place < scalars.count, Self.isUnit(scalars[place]) { place += 1 }
        }
        takeMultiple(from: unitStart)
        var unit = text(unitStart..<place)
        if MeasureUnit.named(unit) == nil, let slash = unit.firstIndex(of: "/") {
            // "12 V / 2" divides; "V/" is no unit.
            unit = String(unit[..<slash])
            place = unitStart + unit.unicodeScalars.count
        }
        // What no word begins with can only be meant as a unit.
        let isMeant =
            !unit.isEmpty && (unitStart == end || !Self.isWord(scalars[unitStart]))
        if MeasureUnit.named(unit) != nil || isMeant {
            return Token(kind: .number(value, unit: unit), offset: start)
        }
        place = end
        return Token(kind: .number(value, unit: ""), offset: start)
    }

    /// Takes the rest of a unit as `L/1000 km` or `L/1000km`, of which the unit before the digits
    /// is read.
    private mutating func takeMultiple(from start: Int) {
        guard place > start, scalars[place - 1] == "/" else { return }
        var end = place
        while end < scalars.count, Self.isDigit(scalars[end]) { end += 1 }
        guard end > place else { return }
        if end < scalars.count, scalars[end] == " " { end += 1 }
        while end < scalars.count, Self.isUnit(scalars[end]) { end += 1 }
        if MeasureUnit.named(text(start..<end)) != nil { place = end }
    }

    private mutating func parameter() throws(Failure) -> Token {
        let start = place
        place += 1
        while place < scalars.count,
            Self.isWord(scalars[place]) || Self.isDigit(scalars[place])
        {
            place += 1
        }
        guard place > start + 1 else {
            throw Failure(offset: start, message: "a \"$\" without the name of a parameter")
        }
        return Token(kind: .parameter(text((start + 1)..<place)), offset: start)
    }

    private func text(_ range: Range<Int>) -> String {
        String(String.UnicodeScalarView(scalars[range]))
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { scalar >= "0" && scalar <= "9" }

    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "_" || (scalar >= "a" && scalar <= "z") || (scalar >= "A" && scalar <= "Z")
    }

    private static func isUnit(_ scalar: Unicode.Scalar) -> Bool {
        isWord(scalar) || scalar == "°" || scalar == "%" || scalar == "/" || scalar == "Ω"
    }
}
