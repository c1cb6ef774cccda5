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
    public var text: String { text(inChinese: false) }

    /// The same in one of the two languages.
    public func text(inChinese: Bool) -> String {
        let rules = inChinese ? chineseText : rulesText
        guard vehicles.count > 0 else { return rules }
        let counts = [
            (vehicles.added, "added", "新增"), (vehicles.changed, "changed", "更改"),
            (vehicles.removed, "removed", "删除"),
        ].filter { $0.0 > 0 }
        guard inChinese else {
            return rules + "; roster: "
                + counts.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
        }
        return rules + "；车辆档案" + counts.map { "\($0.2) \($0.0) 辆" }.joined(separator: "，")
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
            parts.append("\(count) \(what) (\(Self.list(names)))")
        }
        return parts.joined(separator: ", ")
            + "; state of \(kept) conditions kept, of \(dropped) dropped"
    }

    private var chineseText: String {
        guard !isEmpty else { return "规则没有变化" }
        let parts = [(added, "新增"), (changed, "更改"), (removed, "删除")]
            .filter { !$0.0.isEmpty }
            .map { "\($0.1) \($0.0.count) 条规则（\(Self.list($0.0))）" }
        return parts.joined(separator: "，") + "；保留 \(kept) 个条件的状态，丢弃 \(dropped) 个"
    }

    private static func list(_ names: [String]) -> String {
        names.prefix(most).joined(separator: ", ") + (names.count > most ? ", …" : "")
    }

    /// Names that are shown of each kind: a line must stay a line.
    private static let most = 20
}
