import FaultRules
import FleetWatch
import ForewarnDaemon
import TicketStorage
import VehicleFaults

/// How much of the fleet can be seen at all: a check that hears nothing finds nothing, and looks the
/// same as one that finds nothing wrong.
extension Checkup {
    private static let week: Int64 = 604_800_000
    /// The share of vehicles below which something is wrong with hearing them.
    private static let enough = 0.8

    @Sendable static func sight(_ patient: Patient) -> [Diagnosis] {
        guard let store = try? patient.store.open(), let vehicles = try? store.vehicles(),
            let newest = vehicles.compactMap({ $0.summary?.lastHeard }).max(), !vehicles.isEmpty
        else { return [] }
        let heard = vehicles.filter { vehicle in
            vehicle.summary?.lastHeard.map { newest.milliseconds(since: $0) <= week } ?? false
        }
        let text = "\(heard.count) of \(vehicles.count) vehicles were heard in the newest week"
        var result = [
            Double(heard.count) < enough * Double(vehicles.count)
                ? Diagnosis.warn(
                    "sight", text, fix: "look for a gateway or a topic that no longer reports")
                : .ok("sight", text)
        ]
        guard let program = try? RuleSet(inForce: store)?.program else { return result }
        if let left = try? store.facts().falseCodes, left > 0 {
            result.append(
                .ok(
                    "sight",
                    "\(left) \(left == 1 ? "code" : "codes") left out that the roster calls false"))
        }
        result += checks(program, heard)
        result += deaf(program, vehicles, newest)
        return result
    }

    /// Statistical checks that judge few of the vehicles that were heard.
    private static func checks(_ program: RuleProgram, _ heard: [StoredVehicle]) -> [Diagnosis] {
        var judged: [UInt64: Int] = [:]
        for check in heard.flatMap({ $0.summary?.checks ?? [] }) where check.judged > 0 {
            judged[check.meaning, default: 0] += 1
        }
        return program.trends.compactMap { trend in
            let count = judged[trend.meaning] ?? 0
            guard Double(count) < 0.5 * Double(heard.count) else { return nil }
            let rule = program.rules[trend.rule].id
            return .warn(
                "sight", "\(rule) is short of data: it judges \(count) of \(heard.count) vehicles",
                fix: "a past of some weeks is needed; see that vehicles send what it watches")
        }
    }

    /// Rules whose signals no vehicle has sent for a week.
    private static func deaf(
        _ program: RuleProgram, _ vehicles: [StoredVehicle], _ newest: EventTime
    ) -> [Diagnosis] {
        var read: [String: EventTime] = [:]
        for signal in vehicles.flatMap({ $0.summary?.signals ?? [] }) {
            read[signal.name] = max(read[signal.name] ?? signal.lastRead, signal.lastRead)
        }
        return program.rules.compactMap { rule in
            let signals = program.everyAtom(of: rule).compactMap { atom -> String? in
                switch program.atoms[atom] {
                case .signal(let atom): atom.signal
                case .trend(let atom): atom.signal
                default: nil
                }
            }
            guard !signals.isEmpty,
                signals.allSatisfy({ name in
                    read[name].map { newest.milliseconds(since: $0) > week } ?? true
                })
            else { return nil }
            let names = Set(signals).sorted().joined(separator: ", ")
            return .warn(
                "sight", "\(rule.id) has had no input for a week: nobody sends \(names)",
                fix: "see that vehicles send it under this name, or switch the rule off")
        }
    }
}
