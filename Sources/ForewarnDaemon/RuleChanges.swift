import FaultRules
import VehicleFaults

/// What a reload changes: rules by id, and what is remembered of vehicles.
public struct RuleChanges: Hashable, Sendable {
    /// In the order of the new rules.
    public var added: [String] = []
    /// Rules that mean something else than before.
    public var changed: [String] = []
    /// In the order of the old rules.
    public var removed: [String] = []
    /// Conditions and episodes whose state goes on, since their meaning is unchanged.
    public var kept = 0
    /// Conditions and episodes whose state is dropped.
    public var dropped = 0

    /// Vehicles of which the roster says something else than before.
    public var vehicles = VehicleChanges()

    /// How many entries of a roster are others than before.
    public struct VehicleChanges: Hashable, Sendable {
        public var added = 0
        public var changed = 0
        public var removed = 0

        /// Any of the three.
        public var count: Int { added + changed + removed }

        /// No changes.
        public init() {}

        init(from old: VehicleRoster, to new: VehicleRoster) {
            for vehicle in new.vehicles where old[vehicle] != new[vehicle] {
                if old[vehicle] == nil { added += 1 } else { changed += 1 }
            }
            for vehicle in old.vehicles where new[vehicle] == nil { removed += 1 }
        }
    }

    /// What changes of rules and of the vehicles they are about.
    public init(from old: RuleSet, to new: RuleSet) {
        self.init(from: old.program, to: new.program)
        vehicles = VehicleChanges(from: old.roster, to: new.roster)
    }

    public init(from old: RuleProgram, to new: RuleProgram) {
        let before = Dictionary(
            old.rules.map { ($0.id, $0.meaning) }, uniquingKeysWith: { first, _ in first })
        let after = Set(new.rules.map(\.id))
        for rule in new.rules {
            switch before[rule.id] {
            case nil: added.append(rule.id)
            case rule.meaning: break
            default: changed.append(rule.id)
            }
        }
        removed = old.rules.map(\.id).filter { !after.contains($0) }
        let conditions = Set(new.atomMeanings)
        let episodes = Set(new.rules.map(\.meaning))
        for meaning in old.atomMeanings { count(conditions.contains(meaning)) }
        for rule in old.rules where rule.until != nil { count(episodes.contains(rule.meaning)) }
    }

    private mutating func count(_ isKept: Bool) {
        if isKept { kept += 1 } else { dropped += 1 }
    }

    public var isEmpty: Bool { added.isEmpty && changed.isEmpty && removed.isEmpty }

    /// What changed of rules and, where it changed, of the roster: `no rule changed; roster: 3 added`.
    public var text: String {
        guard vehicles.count > 0 else { return rulesText }
        let counts = [
            (vehicles.added, "added"), (vehicles.changed, "changed"), (vehicles.removed, "removed"),
        ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
        return "\(rulesText); roster: \(counts.joined(separator: ", "))"
    }

    /// One line: `1 rule added (hot), 2 changed (a, b); state of 12 conditions kept, of 3 dropped`.
    private var rulesText: String {
        guard !isEmpty else { return "no rule changed" }
        var parts: [String] = []
        for (names, what) in [(added, "added"), (changed, "changed"), (removed, "removed")]
        where !names.isEmpty {
            let count =
                parts.isEmpty
                ? "\(names.count) \(names.count == 1 ? "rule" : "rules")" : "\(names.count)"
            let shown = names.prefix(Self.most)
            let rest = names.count > shown.count ? ", …" : ""
            parts.append("\(count) \(what) (\(shown.joined(separator: ", "))\(rest))")
        }
        return parts.joined(separator: ", ")
            + "; state of \(kept) conditions kept, of \(dropped) dropped"
    }

    /// Names that are shown of each kind: a line must stay a line.
    private static let most = 20
}
