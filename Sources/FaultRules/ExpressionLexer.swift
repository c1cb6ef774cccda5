/// Splits an expression into words, numbers, quoted texts and signs.
struct ExpressionLexer {
    struct Token: Equatable {
        enum Kind: Equatable {
            case word(String)
            case number(Double, unit: String)
            case text(String)
            case sign(String)
            case end
        }

        var kind: Kind
        /// In characters from the start of the expression.
        var offset: Int

        /// The token as a person would name it.
        var described: String {
            switch kind {
            case .word(let word): "\"\(word)\""
            case .number(let value, let unit):
                "the number \(RuleText.number(value))" + (unit.isEmpty ? "" : " \(unit)")
            case .text(let text): "the text \"\(text)\""
            case .sign(let sign): "\"\(sign)\""
            case .end: "the end"
            }
        }
    }

    struct Failure: Error, Equatable {
        var offset: Int
        var message: String
        var suggestion: String?
    }

    private let scalars: [Unicode.Scalar]
    private var place = 0

    init(_ text: String) { scalars = Array(text.unicodeScalars) }

    /// All tokens, the last of kind `end`.
    static func tokens(of text: String) throws(Failure) -> [Token] {
        var lexer = ExpressionLexer(text)
        var result: [Token] = []
        repeat { result.append(try lexer.next()) } while result.last?.kind != .end
        return result
    }

    private mutating func next() throws(Failure) -> Token {
        while place < scalars.count, scalars[place].properties.isWhitespace { place += 1 }
        guard place < scalars.count else { return Token(kind: .end, offset: scalars.count) }
        let start = place
        let first = scalars[place]
        if first == "\"" || first == "'" { return try quoted(first) }
        if Self.isDigit(first)
            || (first == "-" && place + 1 < scalars.count && Self.isDigit(scalars[place + 1]))
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
        for sign in [">=", "<=", "==", "!=", ">", "<", "(", ")", ",", ":", "|"]
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
        // A unit follows at once ("7d") or after one blank ("90 °C"); a unit holds no digit.
        let end = place
        if place < scalars.count, scalars[place] == " " { place += 1 }
        let unitStart = place
        while place < scalars.count, Self.isUnit(scalars[place]) { place += 1 }
        let unit = text(unitStart..<place)
        if RuleText.units.contains(unit) || (unitStart == end && !unit.isEmpty) {
            return Token(kind: .number(value, unit: unit), offset: start)
        }
        place = end
        return Token(kind: .number(value, unit: ""), offset: start)
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

/// Words and numbers as rules write them.
enum RuleText {
    /// Milliseconds of each unit of time.
    static let durations: [(unit: String, milliseconds: Double)] = [
        ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
        ("w", 604_800_000),
    ]

    /// The unit a signal's name promises by its last word.
    static let unitOfSuffix: [(suffix: String, unit: String)] = [
        ("c", "°C"), ("v", "V"), ("mv", "mV"), ("kpa", "kPa"), ("pct", "%"), ("rpm", "rpm"),
        ("kmh", "km/h"), ("km", "km"), ("kohm", "kohm"), ("a", "A"), ("h", "h"),
    ]

    static let units: Set<String> = Set(
        durations.map(\.unit) + unitOfSuffix.map(\.unit) + ["C"])

    /// The unit of a signal, or `nil` when its name does not say.
    static func unit(ofSignal name: String) -> String? {
        let last = name.split { $0 == "_" || $0 == "." }.last.map(String.init) ?? name
        return unitOfSuffix.first { $0.suffix == last }?.unit
    }

    /// A number without a needless fraction.
    static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : String(value)
    }

    /// A duration in the largest unit that is whole.
    static func duration(_ milliseconds: Int64) -> String {
        for (unit, size) in durations.reversed() where unit != "w" {
            if milliseconds % Int64(size) == 0 { return "\(milliseconds / Int64(size))\(unit)" }
        }
        return "\(milliseconds)ms"
    }

    /// The candidate that is nearest to `word`, or `nil` when none is near.
    static func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
        var best: (distance: Int, word: String)?
        for candidate in candidates {
            let distance = distance(Array(word.utf8), Array(candidate.utf8))
            if distance <= max(1, word.utf8.count / 3), distance < (best?.distance ?? .max) {
                best = (distance, candidate)
            }
        }
        return best?.word
    }

    /// Edits between two words (Levenshtein 1966), neighbours swapped counting as one.
    static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        var rows = [Array(0...b.count)]
        for i in 0..<a.count {
            var row = [i + 1]
            for j in 0..<b.count {
                var cost = min(rows[i][j + 1] + 1, row[j] + 1, rows[i][j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
                    cost = min(cost, rows[i - 1][j - 1] + 1)
                }
                row.append(cost)
            }
            rows.append(row)
        }
        return rows[a.count][b.count]
    }
}
