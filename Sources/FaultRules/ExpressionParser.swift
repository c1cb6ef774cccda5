import VehicleFaults

/// Reads the expression of a rule into a condition over atoms; docs/reference/rules.md holds the
/// grammar.
///
/// Each word is read once and nothing is tried twice, so that the time is that of the text.
struct ExpressionParser {
    typealias Failure = ExpressionLexer.Failure
    typealias Token = ExpressionLexer.Token

    let tokens: [Token]
    /// For each "(" its ")", or 0 when it is left open.
    private let closings: [Int]
    var place = 0
    private var depth = 0
    var atoms: [Atom] = []
    /// The names of parameters that the expression holds.
    private(set) var used: Set<String> = []
    /// Operations of the quantity that is read.
    var operations = 0

    private init(_ text: String, _ parameters: [String: Parameter]) throws(Failure) {
        var tokens = try ExpressionLexer.tokens(of: text)
        var used: Set<String> = []
        for index in tokens.indices {
            guard case .parameter(let name) = tokens[index].kind else { continue }
            guard let parameter = parameters[name] else {
                throw Failure(
                    offset: tokens[index].offset,
                    message: "the pack has no parameter \"\(name)\"",
                    suggestion: NearestName.find(name, among: parameters.keys.sorted())
                        .map { "$\($0)" })
            }
            used.insert(name)
            tokens[index].kind = parameter.token
        }
        var closings = Array(repeating: 0, count: tokens.count)
        var open: [Int] = []
        for index in tokens.indices {
            if tokens[index].kind == .sign("(") { open.append(index) }
            if tokens[index].kind == .sign(")"), let start = open.popLast() {
                closings[start] = index
            }
        }
        self.tokens = tokens
        self.used = used
        self.closings = closings
    }

    struct Result {
        var condition: Condition
        /// The condition's atoms are places in this list; an atom's own stand before it.
        var atoms: [Atom]
        var parameters: Set<String>
    }

    /// Reads a whole expression.
    static func condition(in text: String, parameters: [String: Parameter] = [:]) throws(Failure)
        -> Result
    {
        var parser = try ExpressionParser(text, parameters)
        let result = try parser.either()
        let rest = parser.current
        guard rest.kind == .end else {
            throw Failure(
                offset: rest.offset,
                message: "\(rest.described) after a complete condition",
                suggestion: parser.nearestWord(
                    rest, among: ["and", "or", "for", "within", "while", "then"]))
        }
        return Result(condition: result, atoms: parser.atoms, parameters: parser.used)
    }

    mutating func atom(_ atom: Atom, at offset: Int) throws(Failure) -> Condition {
        guard atoms.count < RuleLimits.atoms else {
            throw Failure(
                offset: offset, message: "more than \(RuleLimits.atoms) conditions in a rule")
        }
        atoms.append(atom)
        return .atom(atoms.count - 1)
    }

    // MARK: - Words

    var current: Token { tokens[min(place, tokens.count - 1)] }
    func peek(_ distance: Int) -> Token.Kind {
        tokens[min(place + distance, tokens.count - 1)].kind
    }

    func nearestWord(_ token: Token, among words: [String]) -> String? {
        guard case .word(let word) = token.kind else { return nil }
        // The word itself stands in the wrong place, which no other spelling mends.
        return words.contains(word) ? nil : NearestName.find(word, among: words)
    }

    mutating func accept(word: String) -> Bool {
        guard current.kind == .word(word) else { return false }
        place += 1
        return true
    }

    mutating func accept(sign: String) -> Bool {
        guard current.kind == .sign(sign) else { return false }
        place += 1
        return true
    }

    mutating func expect(word: String) throws(Failure) {
        guard accept(word: word) else {
            throw Failure(
                offset: current.offset, message: "expected \"\(word)\", found \(current.described)",
                suggestion: nearestWord(current, among: [word]))
        }
    }

    mutating func expect(sign: String) throws(Failure) {
        guard accept(sign: sign) else {
            throw Failure(
                offset: current.offset, message: "expected \"\(sign)\", found \(current.described)")
        }
    }

    /// The token after the ")" that closes the "(" here, or `nil` when it is left open.
    private var afterParenthesis: Token.Kind? {
        let end = closings[min(place, tokens.count - 1)]
        return end == 0 ? nil : tokens[min(end + 1, tokens.count - 1)].kind
    }

    /// Whether the "(" here begins a quantity, as in `(a - b) > 5`, and not a condition.
    private var beginsQuantity: Bool {
        guard current.kind == .sign("("), let next = afterParenthesis else { return false }
        if case .sign(let sign) = next {
            return ["+", "-", "*", "/", ">", ">=", "<", "<=", "==", "!="].contains(sign)
        }
        guard case .word(let word) = next else { return false }
        let end = closings[place]
        if word == "in", end + 3 < tokens.count { return tokens[end + 3].kind == .word("to") }
        return word == "deviates"
    }

    // MARK: - Conditions

    mutating func nested<Value>(_ body: (inout Self) throws(Failure) -> Value) throws(Failure)
        -> Value
    {
        depth += 1
        defer { depth -= 1 }
        guard depth <= RuleLimits.depth else {
            throw Failure(
                offset: current.offset, message: "more than \(RuleLimits.depth) levels of nesting")
        }
        return try body(&self)
    }

    mutating func either() throws(Failure) -> Condition {
        var parts = [try both()]
        while accept(word: "or") { parts.append(try both()) }
        return parts.count == 1 ? parts[0] : .any(parts)
    }

    private mutating func both() throws(Failure) -> Condition {
        var parts = [try negated()]
        while accept(word: "and") {
            let start = current.offset
            parts.append(try negated())
            let end = current.offset
            if accept(word: "between") { try attachBetween(&parts, from: start, at: end) }
        }
        return parts.count == 1 ? parts[0] : .all(parts)
    }

    /// Makes of `A then B within T and not C between` one sequence.
    private mutating func attachBetween(_ parts: inout [Condition], from start: Int, at end: Int)
        throws(Failure)
    {
        guard parts.count >= 2, case .not(let third) = parts[parts.count - 1],
            case .atom(let index) = parts[parts.count - 2], case .pair(var pair) = atoms[index],
            pair.order == .sequence(without: nil)
        else {
            throw Failure(
                offset: end,
                message: "\"between\" belongs to \"A then B within T and not C between\"")
        }
        // What happens between must stand before the sequence that reads it.
        atoms.remove(at: index)
        pair.first = pair.first.placed { $0 > index ? $0 - 1 : $0 }
        pair.second = pair.second.placed { $0 > index ? $0 - 1 : $0 }
        pair.order = .sequence(without: third.placed { $0 > index ? $0 - 1 : $0 })
        try requireDriver(third.placed { $0 > index ? $0 - 1 : $0 }, at: start)
        parts.removeLast(2)
        parts.append(try atom(.pair(pair), at: start))
    }

    private mutating func negated() throws(Failure) -> Condition {
        try nested { (parser: inout Self) throws(Failure) in
            if parser.accept(word: "not") { return .not(try parser.negated()) }
            return try parser.event()
        }
    }

    static let reserved: Set<String> = [
        "and", "or", "for", "within", "times", "beyond", "until", "when", "then", "between", "of",
        "while", "in", "on", "to", "even", "if", "from", "deviates", "days", "trips", "codes",
    ]

    mutating func primary() throws(Failure) -> Condition {
        let start = current
        if start.kind == .sign("("), !beginsQuantity {
            place += 1
            let inner = try either()
            try expect(sign: ")")
            return inner
        }
        switch start.kind {
        case .word("same"), .word("code"): return try code()
        case .word("ewma"), .word("cusum"):
            return try atom(.trend(try trend()), at: start.offset)
        case .word("silent") where peek(1) == .word("for"):
            place += 2
            return try atom(
                .silence(SilenceAtom(signal: nil, milliseconds: try duration())), at: start.offset)
        case .word("no"):
            if case .word = peek(1), peek(2) == .word("for") { return try absence() }
            fallthrough
        case .word("at") where peek(1) == .word("least"): return try atLeast()
        case .word("cold") where peek(1) == .word("start"):
            place += 2
            return .all([
                try atom(Self.builtin(.tripRest, .atLeast, 6), at: start.offset),
                try atom(Self.builtin(.tripAge, .below, 120), at: start.offset),
            ])
        case .word("engine") where peek(1) == .word("running"):
            place += 2
            // Two names are in use for the same thing.
            return .any([
                try atom(.measure(Self.plain(.signal("rpm"), .above, 300)), at: start.offset),
                try atom(
                    .measure(Self.plain(.signal("engine_rpm"), .above, 300)), at: start.offset),
            ])
        case .word(let name):
            if Self.reserved.contains(name) { fallthrough }
            if name.hasPrefix("vehicle."), let found = try attribute(name) { return found }
            return try comparison()
        case .number, .sign("-"), .sign("("): return try comparison()
        default:
            throw Failure(
                offset: start.offset,
                message:
                    "expected a condition (code, a signal, ewma or cusum), found \(start.described)"
            )
        }
    }

    private static func builtin(
        _ name: Quantity.Builtin, _ sign: SignalAtom.Comparison, _ limit: Double
    ) -> Atom { .measure(plain(.builtin(name), sign, limit)) }

    static func plain(
        _ quantity: Quantity, _ sign: SignalAtom.Comparison, _ limit: Double
    ) -> MeasureAtom {
        MeasureAtom(
            quantity: quantity, comparison: sign, limit: limit, holdMilliseconds: 0, condition: nil)
    }

    private mutating func absence() throws(Failure) -> Condition {
        let start = current.offset
        place += 1
        let name = try signalName()
        try expect(word: "for")
        return try atom(
            .silence(SilenceAtom(signal: name, milliseconds: try duration())), at: start)
    }

    /// `at least 2 of (A, B, C)`
    private mutating func atLeast() throws(Failure) -> Condition {
        place += 2
        let count = try wholeNumber(in: 1...RuleLimits.atoms)
        let end = current.offset
        try expect(word: "of")
        try expect(sign: "(")
        var parts = [try either()]
        while accept(sign: ",") { parts.append(try either()) }
        try expect(sign: ")")
        guard count <= parts.count else {
            throw Failure(
                offset: end, message: "at least \(count) of only \(parts.count) conditions")
        }
        return .atLeast(count, parts)
    }

    /// The name of a signal that readings may bear.
    mutating func signalName() throws(Failure) -> String {
        let token = current
        guard case .word(let name) = token.kind, !Self.reserved.contains(name) else {
            throw Failure(
                offset: token.offset,
                message: "expected the name of a signal, found \(token.described)")
        }
        try check(name, at: token.offset)
        place += 1
        return name
    }

    func check(_ name: String, at offset: Int) throws(Failure) {
        guard name.utf8.count <= SignalNames.longest else {
            throw Failure(
                offset: offset,
                message: "a signal's name has at most \(SignalNames.longest) characters")
        }
        for prefix in ["trip.", "vehicle.", "date."] where name.hasPrefix(prefix) {
            throw Failure(
                offset: offset, message: "\"\(name)\" is not a signal",
                suggestion: NearestName.find(name, among: Quantity.Builtin.allCases.map(\.rawValue))
            )
        }
    }
}
