import FaultRules
import FleetWatch
import TicketStorage
import VehicleFaults

/// How much of the fleet can be seen at all: a check that hears nothing finds nothing, and looks the
/// same as one that finds nothing wrong.
public struct Sight: Equatable, Sendable {
    /// A statistical check that judges few of the vehicles that were heard.
    public struct Starved: Equatable, Sendable {
        public var rule: String
        public var judged: Int
    }

    /// A rule whose signals no vehicle has sent for a week.
    public struct Deaf: Equatable, Sendable {
        public var rule: String
        public var signals: [String]
    }

    /// Vehicles that were ever heard.
    public var vehicles = 0
    /// Of them, those that were heard within a day and within a week.
    public var day = 0
    public var week = 0
    /// Vehicles of the roster.
    public var roster = 0
    /// Of them, those that were never heard under their own name.
    public var neverHeard = 0
    /// Of the vehicles heard within a week, those whose newest message was dated so far after its
    /// arrival that its time was not believed.
    public var ahead = 0
    /// Of them, those whose newest message was a day old when it arrived: a clock that is behind, or
    /// a delivery that took a day.
    public var behind = 0
    public var starved: [Starved] = []
    public var deaf: [Deaf] = []

    private static let aDay: Int64 = 86_400_000
    /// The share of vehicles below which something is wrong with hearing them.
    private static let enough = 0.8
    /// The share of the vehicles heard that a check should judge.
    private static let enoughJudged = 0.5

    /// Whether so few vehicles are heard that something must be wrong.
    public var isDim: Bool { Double(week) < Self.enough * Double(vehicles) }

    /// Looks at what is stored of every vehicle, which takes some seconds for a hundred thousand.
    ///
    /// - Parameter now: when to look back from; `nil` for when the last vehicle was heard.
    /// - Returns: `nil` when no vehicle was heard.
    public init?(_ store: TicketStore, rules: RuleSet?, at now: EventTime?) throws {
        let stored = try store.vehicles()
        guard let newest = stored.compactMap({ $0.summary?.lastHeard }).max() else { return nil }
        let end = now ?? newest
        func age(_ vehicle: StoredVehicle) -> Int64? {
            vehicle.summary?.lastHeard.map { end.milliseconds(since: $0) }
        }
        vehicles = stored.count
        day = stored.count { age($0).map { $0 <= Self.aDay } ?? false }
        let heard = stored.filter { age($0).map { $0 <= 7 * Self.aDay } ?? false }
        week = heard.count
        let tolerance = rules?.settings.clockTolerance ?? WatchSettings().clockTolerance
        ahead = heard.count { ($0.summary?.clockOffset ?? 0) > tolerance }
        behind = heard.count { ($0.summary?.clockOffset ?? 0) < -Self.aDay }
        guard let rules else { return }
        let known = Set(stored.lazy.filter { $0.summary != nil }.map(\.vehicle))
        roster = rules.roster.count
        neverHeard = rules.roster.vehicles.count { !known.contains($0.description) }
        starved = Self.starved(rules.program, heard)
        deaf = Self.deaf(rules.program, stored, end)
    }

    private static func starved(_ program: RuleProgram, _ heard: [StoredVehicle]) -> [Starved] {
        guard !program.trends.isEmpty else { return [] }
        var judged: [UInt64: Int] = [:]
        for check in heard.flatMap({ $0.summary?.checks ?? [] }) where check.judged > 0 {
            judged[check.meaning, default: 0] += 1
        }
        return program.trends.compactMap { trend in
            let count = judged[trend.meaning] ?? 0
            guard Double(count) < enoughJudged * Double(heard.count) else { return nil }
            return Starved(rule: program.rules[trend.rule].id, judged: count)
        }
    }

    private static func deaf(
        _ program: RuleProgram, _ vehicles: [StoredVehicle], _ end: EventTime
    ) -> [Deaf] {
        var read: [String: EventTime] = [:]
        for vehicle in vehicles {
            for signal in vehicle.summary?.signals ?? [] {
                read[signal.name] = max(read[signal.name] ?? signal.lastRead, signal.lastRead)
            }
        }
        return program.rules.compactMap { rule in
            // No vehicle sends what the canary does.
            guard rule.id != Canary.rule else { return nil }
            let signals = program.everyAtom(of: rule).compactMap { atom -> String? in
                switch program.atoms[atom] {
                case .signal(let atom): atom.signal
                case .trend(let atom): atom.signal
                default: nil
                }
            }
            guard !signals.isEmpty,
                signals.allSatisfy({ name in
                    read[name].map { end.milliseconds(since: $0) > 7 * aDay } ?? true
                })
            else { return nil }
            return Deaf(rule: rule.id, signals: Set(signals).sorted())
        }
    }
}
