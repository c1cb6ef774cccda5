import VehicleFaults

/// Reads the expression of a rule into a condition over atoms.
///
/// ```text
/// condition = both { "or" both }
/// both      = negated { "and" negated }
/// negated   = "not" negated | "(" condition ")" | code | trend | signal
/// code      = [ "same" ] "code" TEXT [ status { "|" status } ] [ "from" TEXT ]
///             [ NUMBER "times" "within" DURATION ]
/// signal    = NAME comparison NUMBER [ UNIT ] [ "for" DURATION [ "even" "if" "silent" ] ]
/// trend     = ( "ewma" | "cusum" ) "(" NAME { "," NAME ":" NUMBER } ")" "beyond" NUMBER
/// ```
struct ExpressionParser {
    typealias Failure = ExpressionLexer.Failure
    private typealias Token = ExpressionLexer.Token

    private let tokens: [Token]
    private var place = 0
    private var depth = 0
    private var atoms: [Atom] = []

    private init(tokens: [Token]) { self.tokens = tokens }

    /// Reads a whole expression; the condition's atoms are places in the list beside it.
    static func condition(in text: String) throws(Failure) -> (Condition, [Atom]) {
        var parser = ExpressionParser(tokens: try ExpressionLexer.tokens(of: text))
        let result = try parser.either()
        let rest = parser.current
        guard rest.kind == .end else {
            throw Failure(
                offset: rest.offset,
                message: "\(rest.described) after a complete condition",
                suggestion: parser.nearestWord(rest, among: ["and", "or", "for", "within"]))
        }
        return (result, parser.atoms)
    }

    private mutating func atom(_ atom: Atom) -> Condition {
        atoms.append(atom)
        return .atom(atoms.count - 1)
    }

    private var current: Token { tokens[min(place, tokens.count - 1)] }

    private func nearestWord(_ token: Token, among words: [String]) -> String? {
        guard case .word(let word) = token.kind else { return nil }
        return RuleText.nearest(to: word, among: words)
    }

    private mutating func accept(word: String) -> Bool {
        guard current.kind == .word(word) else { return false }
        place += 1
        return true
    }

    private mutating func accept(sign: String) -> Bool {
        guard current.kind == .sign(sign) else { return false }
        place += 1
        return true
    }

    private mutating func expect(word: String) throws(Failure) {
        guard accept(word: word) else {
            throw Failure(
                offset: current.offset, message: "expected \"\(word)\", found \(current.described)",
                suggestion: nearestWord(current, among: [word]))
        }
    }

    private mutating func expect(sign: String) throws(Failure) {
        guard accept(sign: sign) else {
            throw Failure(
                offset: current.offset, message: "expected \"\(sign)\", found \(current.described)")
        }
    }

    private mutating func either() throws(Failure) -> Condition {
        var parts = [try both()]
        while accept(word: "or") { parts.append(try both()) }
        return parts.count == 1 ? parts[0] : .any(parts)
    }

    private mutating func both() throws(Failure) -> Condition {
        var parts = [try negated()]
        while accept(word: "and") { parts.append(try negated()) }
        return parts.count == 1 ? parts[0] : .all(parts)
    }

    private mutating func negated() throws(Failure) -> Condition {
        let start = current
        depth += 1
        defer { depth -= 1 }
        guard depth <= RuleLimits.depth else {
            throw Failure(
                offset: start.offset, message: "more than \(RuleLimits.depth) levels of nesting")
        }
        if accept(word: "not") { return .not(try negated()) }
        if accept(sign: "(") {
            let inner = try either()
            try expect(sign: ")")
            return inner
        }
        guard atoms.count < RuleLimits.atoms else {
            throw Failure(
                offset: start.offset, message: "more than \(RuleLimits.atoms) conditions in a rule")
        }
        switch start.kind {
        case .word("same"), .word("code"): return atom(.code(try code()))
        case .word("ewma"), .word("cusum"): return atom(.trend(try trend()))
        case .word(let name):
            if ["and", "or", "for", "within", "times", "beyond", "until", "when"].contains(name) {
                fallthrough
            }
            place += 1
            return atom(.signal(try signal(name, start)))
        default:
            throw Failure(
                offset: start.offset,
                message: "expected a condition (code, a signal, ewma or cusum), found "
                    + start.described)
        }
    }

    private mutating func code() throws(Failure) -> CodeAtom {
        let each = accept(word: "same")
        try expect(word: "code")
        let place = current
        guard case .text(let text) = place.kind else {
            throw Failure(
                offset: place.offset,
                message: "expected a code pattern in quotation marks, found \(place.described)")
        }
        self.place += 1
        let pattern: CodePattern
        do throws(CodePattern.Malformed) {
            pattern = try CodePattern(text)
        } catch {
            throw Failure(
                offset: place.offset + 1 + error.offset,
                message: "in the code pattern \"\(text)\", \(error.reason)")
        }
        var atom = CodeAtom(pattern: pattern, status: [], ecu: nil, countsEachCode: each)
        if case .word(let word) = current.kind, !["from", "and", "or"].contains(word) {
            repeat { atom.status.insert(try status()) } while accept(sign: "|")
        }
        if accept(word: "from") {
            let unit = current
            guard case .text(let name) = unit.kind, let ecu = ShortText(name), ecu != .empty else {
                throw Failure(
                    offset: unit.offset,
                    message: "expected a control unit of 1 to 16 characters in quotation marks")
            }
            self.place += 1
            atom.ecu = ecu
        }
        if case .number = current.kind {
            let count = try wholeNumber(in: 1...RuleLimits.occurrences)
            try expect(word: "times")
            try expect(word: "within")
            atom.occurrences = .init(count: count, withinMilliseconds: try duration())
        } else if each {
            throw Failure(
                offset: current.offset,
                message: "\"same code\" counts, so it needs \"N times within DURATION\"")
        }
        return atom
    }

    private mutating func status() throws(Failure) -> FaultStatus {
        let token = current
        let names = FaultStatus.named.map(\.name)
        guard case .word(let word) = token.kind, let status = FaultStatus(name: word) else {
            throw Failure(
                offset: token.offset,
                message: "\(token.described) is not a status (\(names.joined(separator: ", ")))",
                suggestion: nearestWord(token, among: names))
        }
        place += 1
        return status
    }

    private mutating func signal(_ name: String, _ start: Token) throws(Failure) -> SignalAtom {
        let token = current
        guard case .sign(let sign) = token.kind,
            let comparison = SignalAtom.Comparison(rawValue: sign)
        else {
            throw Failure(
                offset: start.offset == token.offset ? start.offset : token.offset,
                message: "expected a comparison (> >= < <= == !=) after the signal \"\(name)\", "
                    + "found \(token.described)",
                suggestion: RuleText.nearest(to: name, among: ["code", "ewma", "cusum", "not"]))
        }
        place += 1
        let value = current
        guard case .number(let limit, let unit) = value.kind else {
            throw Failure(
                offset: value.offset, message: "expected a number, found \(value.described)")
        }
        place += 1
        try check(unit: unit, of: name, at: value.offset)
        var atom = SignalAtom(
            signal: name, comparison: comparison, limit: limit, holdMilliseconds: 0,
            elapsesInSilence: false)
        if accept(word: "for") {
            atom.holdMilliseconds = try duration()
            if accept(word: "even") {
                try expect(word: "if")
                try expect(word: "silent")
                atom.elapsesInSilence = true
            }
        }
        return atom
    }

    private func check(unit: String, of signal: String, at offset: Int) throws(Failure) {
        guard !unit.isEmpty, let expected = RuleText.unit(ofSignal: signal) else { return }
        guard (unit == "C" ? "°C" : unit) == expected else {
            throw Failure(
                offset: offset,
                message: "the signal \"\(signal)\" is in \(expected), the limit in \(unit)",
                suggestion: expected)
        }
    }

    private mutating func trend() throws(Failure) -> TrendAtom {
        let method = current
        place += 1
        try expect(sign: "(")
        let nameToken = current
        guard case .word(let signal) = nameToken.kind else {
            throw Failure(
                offset: nameToken.offset,
                message: "expected the name of a signal, found \(nameToken.described)")
        }
        place += 1
        var settings: [String: (value: Double, offset: Int)] = [:]
        let own = method.kind == .word("ewma") ? "weight" : "slack"
        let known = [own, "memory", "after"]
        while accept(sign: ",") {
            let key = current
            guard case .word(let name) = key.kind, known.contains(name) else {
                throw Failure(
                    offset: key.offset,
                    message: "\(key.described) is not a setting (\(known.joined(separator: ", ")))",
                    suggestion: nearestWord(key, among: known))
            }
            guard settings[name] == nil else {
                throw Failure(offset: key.offset, message: "\"\(name)\" is given twice")
            }
            place += 1
            try expect(sign: ":")
            let value = current
            guard case .number(let number, "") = value.kind else {
                throw Failure(
                    offset: value.offset,
                    message: "expected a number without unit, found \(value.described)")
            }
            place += 1
            settings[name] = (number, value.offset)
        }
        try expect(sign: ")")
        try expect(word: "beyond")
        let limitToken = current
        guard case .number(let limit, "") = limitToken.kind, limit > 0 else {
            throw Failure(
                offset: limitToken.offset,
                message: "expected a limit above 0, found \(limitToken.described)")
        }
        place += 1
        func setting(_ name: String, _ range: ClosedRange<Double>, default usual: Double)
            throws(Failure) -> Double
        {
            guard let given = settings[name] else { return usual }
            guard range.contains(given.value) else {
                throw Failure(
                    offset: given.offset,
                    message: "\"\(name)\" lies between \(RuleText.number(range.lowerBound)) and "
                        + RuleText.number(range.upperBound))
            }
            return given.value
        }
        let first =
            own == "weight"
            ? TrendAtom.Method.ewma(weight: try setting("weight", 0.001...1, default: 0.2))
            : .cusum(slack: try setting("slack", 0...10, default: 0.5))
        return TrendAtom(
            signal: signal, method: first, memory: try setting("memory", 0.0001...1, default: 0.05),
            warmUp: Int(try setting("after", 1...100_000, default: 20)), limit: limit)
    }

    private mutating func wholeNumber(in range: ClosedRange<Int>) throws(Failure) -> Int {
        let token = current
        guard case .number(let value, "") = token.kind, value == value.rounded(),
            value >= Double(range.lowerBound), value <= Double(range.upperBound)
        else {
            throw Failure(
                offset: token.offset,
                message: "expected a whole number from \(range.lowerBound) to \(range.upperBound), "
                    + "found \(token.described)")
        }
        place += 1
        return Int(value)
    }

    /// One or more numbers with a unit of time, as `90s` or `1h30m`.
    private mutating func duration() throws(Failure) -> Int64 {
        let token = current
        guard case .number(let value, let unit) = token.kind,
            let size = RuleText.durations.first(where: { $0.unit == unit })?.milliseconds
        else {
            throw Failure(
                offset: token.offset,
                message: "expected a duration as 90s, 10m, 24h or 7d, found \(token.described)")
        }
        place += 1
        let milliseconds = value * size
        guard milliseconds >= 1, milliseconds <= Double(RuleLimits.longestMilliseconds) else {
            throw Failure(
                offset: token.offset, message: "a duration lies between 1ms and 400d")
        }
        return Int64(milliseconds)
    }
}
