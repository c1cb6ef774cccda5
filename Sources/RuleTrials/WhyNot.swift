import FaultRules
import FleetWatch
import VehicleFaults

/// Why a rule did not fire for a vehicle: which of its parts failed, and how little else would have
/// been enough.
///
/// Every answer is found by deciding the vehicle's messages again with the rule changed in one place,
/// so it holds for whatever a rule can say.
public struct WhyNot: Sendable {
    /// A moment at which the rule, or a changed one, fires first.
    public struct Firing: Hashable, Sendable {
        /// The vehicle's time.
        public var at: EventTime
        /// The message that completes it, in the whole traffic.
        public var position: UInt64
    }

    /// Another number with which the rule would have fired.
    public struct Change: Sendable {
        public var place: RuleSource.Place
        /// The nearest value that is enough, to four digits.
        public var value: Double
        public var firing: Firing

        /// By how much it lies off, as a share of the number in the rule; of zero, the difference.
        public var share: Double {
            let own = place.number.value
            return abs(value - own) / (own == 0 ? 1 : abs(own))
        }

        /// The value as the rule would write it.
        public var text: String { place.number.text(value) }
    }

    /// One part of the condition.
    public struct Part: Sendable {
        public var text: String
        /// Whether the rule asks that it is not so.
        public var isNegated: Bool
        /// Whether it was ever so, and ever not so, after a message of the vehicle.
        public var wasTrue: Bool
        public var wasFalse: Bool
        /// When the rule would have fired without this part; `nil` when that would not have helped.
        public var firingWithout: Firing?
        /// The nearest numbers in it that would have been enough.
        public var changes: [Change]
    }

    public private(set) var rule: Rule
    /// Messages of the vehicle.
    public private(set) var messages: Int
    /// How often the rule did fire.
    public private(set) var count = 0
    public private(set) var firing: Firing?
    /// Empty when it fired.
    public private(set) var parts: [Part] = []

    /// Every change that is enough, the smallest first.
    public var changes: [Change] { parts.flatMap(\.changes).sorted { $0.share < $1.share } }

    private let source: RuleSource
    private let traffic: VehicleTraffic
    private let settings: Trial.Settings

    /// Finds out.
    ///
    /// - Returns: `nil` when there is no such rule.
    /// - Throws: `RuleSource.Unusable` when the rules are wrong.
    public init?(
        _ rule: String, in source: RuleSource, on traffic: VehicleTraffic, settings: Trial.Settings
    ) throws(RuleSource.Unusable) {
        let own = source.keeping { $0 == rule }
        let program = try own.program()
        guard let found = program.rules.first else { return nil }
        self.rule = found
        self.source = own
        self.traffic = traffic
        self.settings = settings
        messages = traffic.positions.count
        let result = Self.run(program, traffic, settings, seesAtoms: true)
        count = result.counts[rule]?.raised ?? 0
        firing = firing(in: result)
        guard count == 0, messages > 0 else { return }
        let tree = ExpressionTree(found.whenText)
        let atoms = ExpressionClauses.atoms(of: found.when, in: found.whenText)
        let written = tree?.parts ?? []
        for (place, atom) in atoms.enumerated() {
            let own = written.count == atoms.count ? written[place] : nil
            parts.append(
                Part(
                    text: atom.text, isNegated: own?.isNegated ?? false,
                    wasTrue: result.atoms?.wasTrue[atom.atom] ?? false,
                    wasFalse: result.atoms?.wasFalse[atom.atom] ?? false,
                    firingWithout: own.flatMap { tree.flatMap(without($0)) },
                    changes: own.map { changes(in: $0.part) } ?? []))
        }
    }

    private static func run(
        _ program: RuleProgram, _ traffic: VehicleTraffic, _ settings: Trial.Settings,
        seesAtoms: Bool = false
    ) -> TrialResult {
        var trial = Trial(program: program, settings: settings, seesAtoms: seesAtoms)
        trial.take(traffic.batch)
        trial.finish(silence: traffic.silence)
        return trial.result
    }

    private func firing(in result: TrialResult) -> Firing? {
        result.counts[rule.id]?.first.map {
            Firing(at: $0.at, position: traffic.position(of: $0.position))
        }
    }

    private func firing(_ source: RuleSource) -> Firing? {
        guard let program = try? source.program() else { return nil }
        return firing(in: Self.run(program, traffic, settings))
    }

    private func without(_ part: (part: ExpressionClauses.Clause, isNegated: Bool))
        -> (ExpressionTree) -> Firing?
    {
        { tree in
            tree.fixing(part.part, as: !part.isNegated).text.flatMap { text in
                firing(source.replacing("when", of: rule.id, by: text))
            }
        }
    }

    // MARK: - Numbers

    private func changes(in part: ExpressionClauses.Clause) -> [Change] {
        source.numbers.filter { place in
            place.key == "params"
                ? Self.names(place.rule, in: part.text)
                : place.key == "when" && part.range.contains(place.number.offset)
        }
        .compactMap { nearest($0) }
    }

    /// Whether a part holds the parameter `$name`.
    private static func names(_ name: String, in text: String) -> Bool {
        text.split { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == "$") }
            .contains { $0 == "$" + name }
    }

    /// The nearest other number with which the rule fires.
    private func nearest(_ place: RuleSource.Place) -> Change? {
        let candidates = [-1.0, 1.0].compactMap { sign in
            source.isWhole(place) ? counted(place, sign) : measured(place, sign)
        }
        return candidates.min { $0.share < $1.share }
    }

    private func change(_ place: RuleSource.Place, _ value: Double) -> Change? {
        firing(source.replacing(place, by: value)).map {
            Change(place: place, value: value, firing: $0)
        }
    }

    /// A count is tried one by one.
    private func counted(_ place: RuleSource.Place, _ sign: Double) -> Change? {
        var value = place.number.value + sign
        while value >= 1, value <= Double(RuleLimits.occurrences) {
            if let change = change(place, value) { return change }
            value += sign
        }
        return nil
    }

    /// Goes away from the number in steps that double, then halves the last one.
    private func measured(_ place: RuleSource.Place, _ sign: Double) -> Change? {
        let own = place.number.value
        let scale = own == 0 ? 1 : abs(own)
        var short = 0.0
        var step = scale / 1024
        while change(place, own + sign * step) == nil {
            short = step
            step *= 2
            guard step <= scale * 32 else { return nil }
        }
        var enough = step
        while (enough - short) > scale / 10_000 {
            let middle = (short + enough) / 2
            if change(place, own + sign * middle) == nil { short = middle } else { enough = middle }
        }
        return rounded(place, own + sign * enough, away: sign)
    }

    /// The value to four digits: the nearest when that is enough, else the next one away from the
    /// number in the rule.
    private func rounded(_ place: RuleSource.Place, _ value: Double, away sign: Double) -> Change? {
        guard value != 0 else { return change(place, value) }
        var unit = 1.0
        while abs(value) / unit >= 10_000 { unit *= 10 }
        while abs(value) / unit < 1000, unit > 1e-9 { unit /= 10 }
        for rule in [FloatingPointRoundingRule.toNearestOrEven, sign > 0 ? .up : .down] {
            let scaled = (value / unit).rounded(rule)
            // Where the unit is below one, dividing by its reciprocal keeps the digits short.
            let short = unit < 1 ? scaled / (1 / unit).rounded() : scaled * unit
            if let change = change(place, short) { return change }
        }
        return change(place, value)
    }
}
