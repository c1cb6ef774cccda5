/// What a rule's `when` or `until` says, over the atoms of its program.
public indirect enum Condition: Hashable, Sendable {
    case all([Condition])
    case any([Condition])
    case not(Condition)
    /// At least so many of these.
    case atLeast(Int, [Condition])
    /// The atom at this place of ``RuleProgram/atoms``.
    case atom(Int)
}

extension Condition {
    /// The atoms that can make the condition true by becoming true: those under an even number
    /// of `not`.
    public var drivers: Set<Int> { collect(negated: false) }

    /// Every atom the condition reads.
    public var atoms: Set<Int> { drivers.union(collect(negated: true)) }

    private func collect(negated: Bool) -> Set<Int> {
        switch self {
        case .all(let parts), .any(let parts), .atLeast(_, let parts):
            parts.reduce(into: []) { $0.formUnion($1.collect(negated: negated)) }
        case .not(let part): part.collect(negated: !negated)
        case .atom(let atom): negated ? [] : [atom]
        }
    }

    /// The same condition with each atom moved to another place.
    func placed(_ place: (Int) -> Int) -> Condition {
        switch self {
        case .all(let parts): .all(parts.map { $0.placed(place) })
        case .any(let parts): .any(parts.map { $0.placed(place) })
        case .atLeast(let count, let parts): .atLeast(count, parts.map { $0.placed(place) })
        case .not(let part): .not(part.placed(place))
        case .atom(let atom): .atom(place(atom))
        }
    }

    /// Evaluates with the truth of each atom.
    public func holds(_ truth: (Int) -> Bool) -> Bool {
        switch self {
        case .all(let parts): parts.allSatisfy { $0.holds(truth) }
        case .any(let parts): parts.contains { $0.holds(truth) }
        case .atLeast(let count, let parts): parts.count { $0.holds(truth) } >= count
        case .not(let part): !part.holds(truth)
        case .atom(let atom): truth(atom)
        }
    }
}
