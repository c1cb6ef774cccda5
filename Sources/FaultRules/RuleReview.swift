import VehicleFaults

/// Looks for what is legal in rules and yet cannot be meant.
struct RuleReview {
    let program: RuleProgram
    private let logic: RuleLogic
    private(set) var warnings: [Diagnostic] = []

    init(_ program: RuleProgram) {
        self.program = program
        logic = RuleLogic(atoms: program.atoms)
    }

    /// Looks at one rule.
    ///
    /// - Parameters:
    ///   - when: where its condition stands.
    ///   - until: where its clear condition stands.
    mutating func look(at rule: Rule, when: SourcePosition, until: SourcePosition) {
        lookForContradictions(rule.when, at: when)
        guard let clear = rule.until else { return }
        if let ways = logic.ways(clear) {
            let possible = ways.filter { way in
                logic.contradiction(in: way) == nil && !way.contains { isMomentary($0) }
            }
            if possible.isEmpty {
                let reason: Saying =
                    ways.compactMap { logic.contradiction(in: $0) }.first.map {
                        "\($0.0) and \($0.1) exclude each other"
                    } ?? "a chart is true only at the reading that carries it beyond its limit"
                warn(
                    until,
                    "the clear condition can never be true, so the rule fires once: \(reason)")
                return
            }
        }
        if logic.follows(clear, from: rule.when) {
            warn(
                until,
                "the clear condition is true whenever the rule fires, so it holds nothing back")
        }
    }

    private func isMomentary(_ literal: RuleLogic.Literal) -> Bool {
        guard literal.isTrue, case .trend = program.atoms[literal.atom] else { return false }
        return true
    }

    private mutating func lookForContradictions(_ condition: Condition, at place: SourcePosition) {
        if let ways = logic.ways(condition), !ways.isEmpty {
            let reasons = ways.map { logic.contradiction(in: $0) }
            let impossible = reasons.compactMap { $0 }
            if let first = impossible.first {
                warn(
                    place,
                    impossible.count == reasons.count
                        ? "the condition can never be true: \(first.0) and \(first.1) exclude "
                            + "each other"
                        : "a part of the condition can never be true: \(first.0) and \(first.1) "
                            + "exclude each other")
            }
        }
        // What is counted or ordered must be possible too.
        for atom in condition.atoms.sorted() {
            for inner in program.atoms[atom].conditions {
                lookForContradictions(inner, at: place)
            }
        }
    }

    /// How many pairs of rules of one mode are compared.
    private static let mostPairs = 2000

    /// Looks for rules that another of the same mode makes superfluous.
    mutating func lookForOverlaps() {
        var modes: [String: [Int]] = [:]
        let trends = Set(program.trends.map(\.rule))
        // A statistical check has no condition that could be compared.
        for (index, rule) in program.rules.enumerated() where !trends.contains(index) {
            modes[rule.mode, default: []].append(index)
        }
        for mode in modes.keys.sorted() {
            let rules = modes[mode] ?? []
            guard rules.count * rules.count <= Self.mostPairs else { continue }
            for first in rules {
                for second in rules where first != second { compare(first, second) }
            }
        }
    }

    private mutating func compare(_ first: Int, _ second: Int) {
        let (narrow, wide) = (program.rules[first], program.rules[second])
        // A narrower condition that is more severe is how a rule escalates.
        guard narrow.severity <= wide.severity,
            logic.follows(wide.when, from: narrow.when)
        else { return }
        if narrow.severity == wide.severity, first < second,
            logic.follows(narrow.when, from: wide.when)
        {
            return  // Said once, at the later of two that mean the same.
        }
        warn(
            narrow.position,
            "whenever \"\(narrow.id)\" fires, \"\(wide.id)\" of the same mode fires too and is no "
                + "less severe")
    }

    private mutating func warn(_ place: SourcePosition, _ message: Saying) {
        warnings.append(Diagnostic(.warning, at: place, message))
    }
}
