import FaultRules
import FleetWatch
import VehicleFaults

/// What rules made of a vehicle that broke down although nobody had foreseen it: which rule came
/// nearest, with which limit it would have warned, and what that limit would have cost.
public struct MissedBreakdown: Sendable {
    /// A rule that would have warned with another number.
    public struct Candidate: Sendable {
        public var rule: Rule
        public var change: WhyNot.Change
        /// Tickets that the changed rule opens more over all the traffic that ``weigh(_:)`` was
        /// given, those about this breakdown not counted; `nil` before.
        public var extra: [TrialTicket]?
    }

    /// A rule that did fire before the breakdown.
    public struct Warning: Sendable {
        public var rule: Rule
        public var firing: WhyNot.Firing
    }

    /// Rules that fired, in the order of the files: why that led to no ticket is not asked here.
    public private(set) var warnings: [Warning] = []
    /// The rules that came nearest, the smallest change first.
    public private(set) var candidates: [Candidate] = []
    /// How many rules were asked.
    public private(set) var asked = 0
    /// Whether rules for the failure mode exist; without one, all rules are asked.
    public private(set) var isCovered: Bool
    /// The vehicle's messages before the breakdown.
    public let messages: Int

    private let vehicle: VehicleID
    private let mode: String
    private let source: RuleSource
    private let settings: Trial.Settings

    /// Asks the rules for `mode`, or all when there are none, what they made of a vehicle's messages.
    ///
    /// - Parameters:
    ///   - traffic: what the vehicle said before it broke down.
    ///   - limit: how many candidates are kept.
    /// - Throws: `RuleSource.Unusable` when the rules are wrong.
    public init(
        _ mode: String, in source: RuleSource, on traffic: VehicleTraffic,
        settings: Trial.Settings, limit: Int = 3
    ) throws(RuleSource.Unusable) {
        vehicle = traffic.vehicle
        self.mode = mode
        self.source = source
        self.settings = settings
        messages = traffic.positions.count
        let rules = try source.program().rules
        isCovered = rules.contains { $0.mode == mode }
        let isCovered = isCovered
        for rule in rules where !isCovered || rule.mode == mode {
            guard let answer = try WhyNot(rule.id, in: source, on: traffic, settings: settings)
            else { continue }
            asked += 1
            if let firing = answer.firing {
                warnings.append(Warning(rule: rule, firing: firing))
            } else if let change = answer.changes.first {
                candidates.append(Candidate(rule: rule, change: change))
            }
        }
        // Stable, so that of two equal ones the earlier in the files comes first.
        let order = candidates.indices.sorted {
            (candidates[$0].change.share, $0) < (candidates[$1].change.share, $1)
        }
        candidates = order.prefix(limit).map { candidates[$0] }
    }

    /// Finds what each candidate would have cost on the whole fleet's traffic.
    ///
    /// - Parameter forEach: calls what it is given with each piece of the traffic, in order.
    public mutating func weigh(
        _ forEach: ((EntryBatch) throws -> Void) throws -> Void
    ) throws {
        var pairs: [(old: Trial, new: Trial)] = []
        for candidate in candidates {
            let own = source.keeping { $0 == candidate.rule.id }
            let changed = own.replacing(candidate.change.place, by: candidate.change.value)
            pairs.append(
                (
                    Trial(program: try own.program(), settings: settings),
                    Trial(program: try changed.program(), settings: settings)
                ))
        }
        try forEach { batch in
            for index in pairs.indices {
                pairs[index].old.take(batch)
                pairs[index].new.take(batch)
            }
        }
        for index in pairs.indices {
            pairs[index].old.finish()
            pairs[index].new.finish()
            let comparison = TrialComparison(
                pairs[index].old.result.tickets, pairs[index].new.result.tickets)
            candidates[index].extra = comparison.added.filter { $0.vehicle != vehicle }
        }
    }
}
