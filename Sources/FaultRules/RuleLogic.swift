import VehicleFaults

/// What follows from what, as far as it can be told from the text of the rules.
struct RuleLogic {
    let atoms: [Atom]

    /// An atom that must be true, or must not.
    struct Literal: Hashable {
        var atom: Int
        var isTrue: Bool
    }

    /// The ways in which a condition can be true: each a list of atoms that must be true or false
    /// together. `nil` when there are more than are looked at.
    func ways(_ condition: Condition, isTrue: Bool = true) -> [[Literal]]? {
        switch condition {
        case .atom(let atom): return [[Literal(atom: atom, isTrue: isTrue)]]
        case .not(let part): return ways(part, isTrue: !isTrue)
        case .all(let parts): return isTrue ? product(parts, true) : sum(parts, false)
        case .any(let parts): return isTrue ? sum(parts, true) : product(parts, false)
        case .atLeast(let count, let parts):
            // Not at least k of n: at least n - k + 1 are false.
            return choices(isTrue ? count : parts.count - count + 1, of: parts[...], isTrue)
        }
    }

    private static let mostWays = 256

    private func sum(_ parts: [Condition], _ isTrue: Bool) -> [[Literal]]? {
        var result: [[Literal]] = []
        for part in parts {
            guard let more = ways(part, isTrue: isTrue) else { return nil }
            result += more
            guard result.count <= Self.mostWays else { return nil }
        }
        return result
    }

    private func product(_ parts: [Condition], _ isTrue: Bool) -> [[Literal]]? {
        var result: [[Literal]] = [[]]
        for part in parts {
            guard let more = ways(part, isTrue: isTrue),
                more.count * result.count <= Self.mostWays
            else { return nil }
            result = result.flatMap { first in more.map { first + $0 } }
        }
        return result
    }

    private func choices(_ count: Int, of parts: ArraySlice<Condition>, _ isTrue: Bool)
        -> [[Literal]]?
    {
        if count <= 0 { return [[]] }
        guard let first = parts.first, parts.count >= count else { return [] }
        guard parts.count <= 10, let with = ways(first, isTrue: isTrue),
            let rest = choices(count - 1, of: parts.dropFirst(), isTrue),
            let without = choices(count, of: parts.dropFirst(), isTrue)
        else { return nil }
        guard with.count * rest.count + without.count <= Self.mostWays else { return nil }
        return with.flatMap { way in rest.map { way + $0 } } + without
    }

    // MARK: - Contradictions

    /// Two conditions of one way that cannot both hold, as texts; `nil` when none is found.
    func contradiction(in way: [Literal]) -> (Saying, Saying)? {
        for (index, first) in way.enumerated() {
            for second in way[..<index] where excludes(first, second) {
                return (text(second), text(first))
            }
        }
        return nil
    }

    private func excludes(_ a: Literal, _ b: Literal) -> Bool {
        if a.atom == b.atom { return a.isTrue != b.isTrue }
        guard a.isTrue || b.isTrue else { return false }
        if a.isTrue != b.isTrue {
            // One is true and the other, which follows from it, is not.
            return a.isTrue
                ? follows(atoms[b.atom], from: atoms[a.atom])
                : follows(atoms[a.atom], from: atoms[b.atom])
        }
        if case .attribute(let first) = atoms[a.atom], case .attribute(let second) = atoms[b.atom],
            first.name == second.name, case .isOneOf(let these) = first.test,
            case .isOneOf(let those) = second.test
        {
            return Set(these).isDisjoint(with: those)
        }
        guard let first = Interval(atoms[a.atom]), let second = Interval(atoms[b.atom]),
            first.subject == second.subject
        else { return false }
        return first.isDisjoint(with: second)
    }

    // MARK: - Consequences

    /// Whether the second condition is true whenever the first is.
    func follows(_ second: Condition, from first: Condition) -> Bool {
        guard let causes = ways(first), let effects = ways(second), !causes.isEmpty else {
            return false
        }
        return causes.allSatisfy { cause in
            effects.contains { effect in
                effect.allSatisfy { wanted in
                    cause.contains { given in
                        guard given.isTrue == wanted.isTrue else { return false }
                        return given.isTrue
                            ? follows(atoms[wanted.atom], from: atoms[given.atom])
                            : follows(atoms[given.atom], from: atoms[wanted.atom])
                    }
                }
            }
        }
    }

    private func follows(_ second: Atom, from first: Atom) -> Bool {
        if first == second { return true }
        if case .code(let given) = first, case .code(let wanted) = second {
            return follows(wanted, from: given)
        }
        guard let given = Interval(first), let wanted = Interval(second),
            given.subject == wanted.subject, given.hold >= wanted.hold,
            given.guarded == wanted.guarded || wanted.guarded.isEmpty,
            given.elapsesInSilence == wanted.elapsesInSilence
        else { return false }
        return given.lies(within: wanted)
    }

    private func follows(_ wanted: CodeAtom, from given: CodeAtom) -> Bool {
        guard given.pattern == wanted.pattern, wanted.ecu == nil || wanted.ecu == given.ecu,
            wanted.qualifier == nil || wanted.qualifier == given.qualifier,
            given.status == wanted.status
                || (wanted.status.isEmpty
                    ? !given.status.contains(.cleared)
                    : !given.status.isEmpty && wanted.status.isSuperset(of: given.status))
        else { return false }
        guard let least = wanted.occurrences else {
            // Counted sightings may be of codes that are gone.
            return given.occurrences == nil
        }
        guard let counted = given.occurrences, counted.unit == least.unit,
            counted.window.kind == least.window.kind
        else { return false }
        return counted.count >= least.count && counted.window.length <= least.window.length
            && (given.countsEachCode || !wanted.countsEachCode)
    }

    /// A literal as a person would write it.
    func text(_ literal: Literal) -> Saying {
        let atom = atoms[literal.atom].shown
        return literal.isTrue ? atom : "not \(atom)"
    }
}

/// The values that satisfy a comparison.
private struct Interval {
    /// What is compared.
    var subject: String
    var sign: SignalAtom.Comparison
    var limit: Double
    var hold: Int64
    var guarded = ""
    var elapsesInSilence = false

    init?(_ atom: Atom) {
        switch atom {
        case .signal(let atom):
            (subject, sign, limit) = (atom.signal, atom.comparison, atom.limit)
            (hold, elapsesInSilence) = (atom.holdMilliseconds, atom.elapsesInSilence)
        case .measure(let atom):
            guarded = atom.condition?.description ?? ""
            // What is remembered under other guards is something else.
            subject =
                atom.quantity.description + (atom.quantity.cells.isEmpty ? "" : " while \(guarded)")
            (sign, limit, hold) = (atom.comparison, atom.limit, atom.holdMilliseconds)
        default: return nil
        }
    }

    func isDisjoint(with other: Interval) -> Bool {
        switch (sign, other.sign) {
        case (.equal, _): !other.sign.holds(limit, other.limit)
        case (_, .equal): !sign.holds(other.limit, limit)
        case (.above, .below), (.above, .atMost), (.atLeast, .below): limit >= other.limit
        case (.atLeast, .atMost): limit > other.limit
        case (.below, .above), (.atMost, .above), (.below, .atLeast): limit <= other.limit
        case (.atMost, .atLeast): limit < other.limit
        default: false
        }
    }

    func lies(within other: Interval) -> Bool {
        switch (sign, other.sign) {
        case (.equal, _): other.sign.holds(limit, other.limit)
        case (.above, .above), (.above, .atLeast), (.atLeast, .atLeast): limit >= other.limit
        case (.atLeast, .above): limit > other.limit
        case (.below, .below), (.below, .atMost), (.atMost, .atMost): limit <= other.limit
        case (.atMost, .below): limit < other.limit
        case (.above, .unequal): limit >= other.limit
        case (.below, .unequal): limit <= other.limit
        case (.unequal, .unequal): limit == other.limit
        default: false
        }
    }
}

extension Atom {
    /// The atom as a person would write it, shortened where it speaks of others.
    public var shown: Saying {
        switch self {
        case .code(let atom): "code \"\(atom.pattern.text)\""
        case .signal(let atom):
            "\(atom.signal) \(atom.comparison.rawValue) \(RuleText.number(atom.limit))"
        case .trend(let atom): "a chart of \(atom.signal)"
        case .measure(let atom):
            "\(atom.quantity) \(atom.comparison.rawValue) \(RuleText.number(atom.limit))"
        case .attribute(let atom): "\(atom)"
        case .silence(let atom):
            atom.signal.map { "no \($0) for \(RuleText.duration(atom.milliseconds))" }
                ?? "silent for \(RuleText.duration(atom.milliseconds))"
        case .count(let atom): "\(atom.count) \(atom.unit.rawValue) within \(atom.window)"
        case .pair(let atom): "two events within \(atom.window)"
        }
    }
}
