import FaultRules
import FleetWatch

/// How much of some rules their tests exercise.
public struct RuleCoverage: Sendable {
    /// One rule.
    public struct Entry: Sendable {
        public var rule: Rule
        /// Whether some test made it fire.
        public var fired: Bool
        /// Whether some test met its clear condition; `nil` when it has none.
        public var cleared: Bool?
        /// The parts of `when`, then those of `until`.
        public var parts: [Part]
    }

    /// One part of a condition: a branch is seen when it was true, another when it was false.
    public struct Part: Sendable {
        /// `when` or `until`.
        public var key: String
        /// As written.
        public var text: String
        public var wasTrue: Bool
        public var wasFalse: Bool
    }

    public var entries: [Entry] = []

    /// Branches of all parts.
    public var branches: Int { entries.reduce(0) { $0 + 2 * $1.parts.count } }

    /// Branches that some test has seen.
    public var seenBranches: Int {
        entries.flatMap(\.parts).reduce(0) { $0 + ($1.wasTrue ? 1 : 0) + ($1.wasFalse ? 1 : 0) }
    }

    public var firedRules: Int { entries.count { $0.fired } }

    /// What some trials of one program exercised.
    public init(_ program: RuleProgram, _ trials: [TrialResult]) {
        var seen: AtomSightings?
        for atoms in trials.compactMap(\.atoms) {
            if seen == nil { seen = atoms } else { seen?.add(atoms) }
        }
        for rule in program.rules {
            let counts = trials.compactMap { $0.counts[rule.id] }
            func parts(_ condition: Condition?, _ text: String?, _ key: String) -> [Part] {
                guard let condition, let text else { return [] }
                var known: Set<Int> = []
                return ExpressionClauses.atoms(of: condition, in: text).compactMap { atom, text in
                    guard known.insert(atom).inserted else { return nil }
                    return Part(
                        key: key, text: text, wasTrue: seen?.wasTrue[atom] ?? false,
                        wasFalse: seen?.wasFalse[atom] ?? false)
                }
            }
            entries.append(
                Entry(
                    rule: rule, fired: counts.contains { $0.raised > 0 },
                    cleared: rule.until == nil ? nil : counts.contains { $0.cleared > 0 },
                    parts: parts(rule.when, rule.whenText, "when")
                        + parts(rule.until, rule.untilText, "until")))
        }
    }
}
