import VehicleFaults

/// What a rule's `when` or `until` says, over the atoms of its program.
public indirect enum Condition: Hashable, Sendable {
    case all([Condition])
    case any([Condition])
    case not(Condition)
    /// The atom at this place of ``RuleProgram/atoms``.
    case atom(Int)
}

/// The smallest things that a condition asks; equal atoms of several rules are evaluated once.
public enum Atom: Hashable, Sendable {
    case code(CodeAtom)
    case signal(SignalAtom)
    case trend(TrendAtom)
}

/// Asks whether a code is present, or was seen often enough within a time.
public struct CodeAtom: Hashable, Sendable {
    public var pattern: CodePattern
    /// At least one of these must hold; empty accepts every status but `cleared`.
    public var status: FaultStatus
    /// The control unit that must report it, or `nil` for any.
    public var ecu: ShortText?
    /// Whether each distinct code is counted apart.
    public var countsEachCode: Bool
    /// How often it must be seen; `nil` asks for presence.
    public var occurrences: Occurrences?

    public struct Occurrences: Hashable, Sendable {
        /// At least 1, at most ``RuleLimits/occurrences``.
        public var count: Int
        /// From the first to the last occurrence, both included.
        public var withinMilliseconds: Int64
    }

    /// Whether a sighting with this status counts.
    public func accepts(_ seen: FaultStatus) -> Bool { Self.accepts(seen, wanted: status) }

    /// Whether a sighting with the status `seen` counts where `wanted` is asked for.
    public static func accepts(_ seen: FaultStatus, wanted: FaultStatus) -> Bool {
        wanted.isEmpty ? !seen.contains(.cleared) : !wanted.isDisjoint(with: seen)
    }
}

/// Asks whether a signal is on one side of a limit, and for how long.
public struct SignalAtom: Hashable, Sendable {
    public enum Comparison: String, Hashable, Sendable, CaseIterable {
        case above = ">"
        case atLeast = ">="
        case below = "<"
        case atMost = "<="
        case equal = "=="
        case unequal = "!="

        @inlinable public func holds(_ value: Double, _ limit: Double) -> Bool {
            switch self {
            case .above: value > limit
            case .atLeast: value >= limit
            case .below: value < limit
            case .atMost: value <= limit
            case .equal: value == limit
            case .unequal: value != limit
            }
        }
    }

    public var signal: String
    public var comparison: Comparison
    public var limit: Double
    /// How long it must hold, by the vehicle's time; 0 for at once.
    public var holdMilliseconds: Int64
    /// Whether the hold goes on while no reading arrives.
    public var elapsesInSilence: Bool

    /// The longest gap between two readings that still counts as evidence that nothing changed:
    /// half the hold, but at least ten minutes, since many devices report that seldom.
    public var longestGapMilliseconds: Int64 { max(holdMilliseconds / 2, 600_000) }
}

/// Asks whether a signal has left its own past.
public struct TrendAtom: Hashable, Sendable {
    public enum Method: Hashable, Sendable {
        /// Exponentially weighted mean of the standardised deviation; the weight of the newest.
        case ewma(weight: Double)
        /// Two-sided cumulative sum of the standardised deviation, less the slack each time.
        case cusum(slack: Double)
    }

    public var signal: String
    public var method: Method
    /// The weight of the newest reading in the running mean and variance.
    public var memory: Double
    /// Readings that are only learned from.
    public var warmUp: Int
    /// The statistic's limit; beyond it the check fires and starts again from zero.
    public var limit: Double
}

/// Bounds that keep a rule's memory and cost finite.
public enum RuleLimits {
    /// The largest count in `N times within D`.
    public static let occurrences = 100
    /// The longest window or hold: 400 days, so that a yearly pattern fits.
    public static let longestMilliseconds: Int64 = 400 * 86_400_000
    /// The deepest nesting of parentheses and `not`.
    public static let depth = 32
    /// The most atoms one rule may hold.
    public static let atoms = 64
}

extension Condition {
    /// The atoms that can make the condition true by becoming true: those under an even number
    /// of `not`.
    public var drivers: Set<Int> { collect(negated: false) }

    /// Every atom the condition reads.
    public var atoms: Set<Int> { drivers.union(collect(negated: true)) }

    private func collect(negated: Bool) -> Set<Int> {
        switch self {
        case .all(let parts), .any(let parts):
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
        case .not(let part): .not(part.placed(place))
        case .atom(let atom): .atom(place(atom))
        }
    }

    /// Evaluates with the truth of each atom.
    public func holds(_ truth: (Int) -> Bool) -> Bool {
        switch self {
        case .all(let parts): parts.allSatisfy { $0.holds(truth) }
        case .any(let parts): parts.contains { $0.holds(truth) }
        case .not(let part): !part.holds(truth)
        case .atom(let atom): truth(atom)
        }
    }
}
