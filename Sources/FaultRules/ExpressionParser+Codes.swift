import VehicleFaults

/// Fault codes and what kind of vehicle it is.
extension ExpressionParser {
    mutating func code() throws(Failure) -> Condition {
        let start = current.offset
        let each = accept(word: "same")
        try expect(word: "code")
        var atom = CodeAtom(
            pattern: try codePattern(), status: [], ecu: nil, countsEachCode: each)
        if case .word(let word) = current.kind, !Self.afterCode.contains(word) {
            repeat { atom.status.insert(try status()) } while accept(sign: "|")
        }
        if accept(word: "from") { atom.ecu = try controlUnit() }
        var qualifier = Qualifier()
        while try accept(&qualifier) {}
        if !qualifier.isEmpty { atom.qualifier = qualifier }
        if case .number = current.kind, ![.word("times"), .word("codes")].contains(peek(1)) {
            _ = try wholeNumber(in: 1...RuleLimits.occurrences)
            try expect(word: "times")
        }
        if let count = try counting() {
            atom.occurrences = count
            if each, count.unit == .codes {
                throw Failure(
                    offset: start, message: "\"same code\" and \"codes\" exclude each other")
            }
        } else if each {
            throw Failure(
                offset: current.offset,
                message: "\"same code\" counts, so it needs \"N times within DURATION\"")
        }
        return try self.atom(.code(atom), at: start)
    }

    /// Words that may follow a pattern and are no status.
    private static let afterCode: Set<String> = [
        "from", "and", "or", "lamp", "occurrences", "freeze", "while", "on", "in", "then",
        "within", "between",
    ]

    private mutating func codePattern() throws(Failure) -> CodePattern {
        let token = current
        guard case .text(let text) = token.kind else {
            throw Failure(
                offset: token.offset,
                message: "expected a code pattern in quotation marks, found \(token.described)")
        }
        place += 1
        do throws(CodePattern.Malformed) {
            return try CodePattern(text)
        } catch {
            // The pattern counts bytes, a place in a file characters.
            let before = String(decoding: text.utf8.prefix(error.offset), as: UTF8.self)
            throw Failure(
                offset: token.offset + 1 + before.unicodeScalars.count,
                message: "in the code pattern \"\(text)\", \(error.reason)")
        }
    }

    private mutating func status() throws(Failure) -> FaultStatus {
        let token = current
        let names = FaultStatus.named.map(\.name)
        guard case .word(let word) = token.kind, let status = FaultStatus(name: word) else {
            throw Failure(
                offset: token.offset,
                message: "\(token.described) is not a status (\(names.joined(separator: ", ")))",
                suggestion: nearestWord(token, among: names + Self.afterCode.sorted()))
        }
        place += 1
        return status
    }

    private mutating func controlUnit() throws(Failure) -> ShortText {
        let unit = current
        guard case .text(let name) = unit.kind, let ecu = ShortText(name), ecu != .empty else {
            throw Failure(
                offset: unit.offset,
                message: "expected a control unit of 1 to 16 characters in quotation marks")
        }
        place += 1
        return ecu
    }

    /// Signals that say whether a lamp is on.
    private static let lamps: [(name: String, signal: String)] = [
        ("mil", "mil_on"), ("stop", "stop_lamp_on"), ("warning", "warning_lamp_on"),
        ("protect", "protect_lamp_on"),
    ]

    /// Takes one of `lamp`, `occurrences`, `freeze`.
    private mutating func accept(_ qualifier: inout Qualifier) throws(Failure) -> Bool {
        if accept(word: "lamp") {
            let names = Self.lamps.map(\.name)
            guard case .word(let word) = current.kind,
                let lamp = Self.lamps.first(where: { $0.name == word })
            else {
                throw Failure(
                    offset: current.offset,
                    message:
                        "\(current.described) is not a lamp (\(names.joined(separator: ", ")))",
                    suggestion: nearestWord(current, among: names))
            }
            place += 1
            qualifier.condition = Guard.both(
                qualifier.condition, .compare(.signal(lamp.signal), .equal, 1))
            return true
        }
        if accept(word: "occurrences") {
            let sign = try comparisonSign(after: "occurrences")
            qualifier.counted = .init(
                comparison: sign, limit: Double(try wholeNumber(in: 0...1_000_000)))
            return true
        }
        if accept(word: "freeze") {
            let name = try signalName()
            let sign = try comparisonSign(after: name)
            let limit = try literal(
                in: Term(quantity: .signal(name), unit: MeasureUnit.ofSignal(name)))
            qualifier.freeze.append(.init(signal: name, comparison: sign, limit: limit))
            return true
        }
        return false
    }

    // MARK: - The vehicle

    private static let attributes = ["make", "model", "year", "region", "software", "site"]

    /// `vehicle.make == "Foton"`; `nil` when it is a number to reckon with.
    mutating func attribute(_ word: String) throws(Failure) -> Condition? {
        let start = current.offset
        let name = String(word.dropFirst("vehicle.".count))
        guard !name.isEmpty, name.utf8.count <= SignalNames.longest else {
            throw Failure(offset: start, message: "\"vehicle.\" needs the name of an attribute")
        }
        switch peek(1) {
        case .word("like"):
            place += 2
            return try atom(
                .attribute(AttributeAtom(name: name, test: .like(try codePattern()))), at: start)
        case .word("in"):
            place += 2
            try expect(sign: "(")
            var texts = [try text()]
            while accept(sign: ",") { texts.append(try text()) }
            try expect(sign: ")")
            return try atom(
                .attribute(AttributeAtom(name: name, test: .isOneOf(texts))), at: start)
        case .sign(let sign):
            guard let comparison = SignalAtom.Comparison(rawValue: sign), case .text = peek(2)
            else { return nil }
            place += 2
            let text = try text()
            let test: AttributeAtom.Test =
                switch comparison {
                case .equal: .isOneOf([text])
                case .unequal: .isNoneOf([text])
                default: .version(comparison, text)
                }
            return try atom(.attribute(AttributeAtom(name: name, test: test)), at: start)
        default:
            throw Failure(
                offset: start,
                message: "expected a comparison, \"like\" or \"in\" after \"\(word)\"",
                suggestion: NearestName.find(name, among: Self.attributes)
                    .map { "vehicle.\($0)" })
        }
    }

    private mutating func text() throws(Failure) -> String {
        guard case .text(let text) = current.kind else {
            throw Failure(
                offset: current.offset,
                message: "expected a text in quotation marks, found \(current.described)")
        }
        place += 1
        return text
    }
}
