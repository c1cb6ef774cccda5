import FaultRules
import FleetSimulation
import FleetWatch
import Foundation
import ServiceTickets
import VehicleFaults

/// What the core finds on simulated fleets of which everything is known.
///
/// Each failure is mended when it happens, and told as a confirmed repair. There is one ticket for a
/// vehicle and a failure mode until the part has failed. Forecasts (parts that are due by their age,
/// codes that foretell a failure) promise nothing and are counted by themselves.
func detectionRuns(
    packs folder: String, vehicles: Int, days: Int, seeds: [UInt64], presets: [FleetPreset]
) throws {
    for preset in presets {
        let program = try program(of: preset, in: folder)
        var runs: [DetectionRun] = []
        for seed in seeds {
            runs.append(
                DetectionRun(program, preset, vehicles: vehicles, days: days, seed: seed))
            fflush(nil)
        }
        print("\(preset.rawValue), seeds \(seeds), \(program.trends.count) checks")
        show("all", runs) { $0.whole }
        show("withheld", runs) { $0.withheld }
        for family in runs[0].product.families.map(\.family) {
            show(family, runs) { score in score.families.first { $0.family == family }?.tally }
        }
        let reasons = runs.flatMap(\.product.falseBy).reduce(into: [String: Int]()) {
            $0[$1.what, default: 0] += $1.count
        }
        print("  false:", reasons.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" })
        let byRule = runs.flatMap(\.byRule).reduce(into: [String: (Int, Int)]()) { sum, one in
            sum[one.key, default: (0, 0)].0 += one.value.tickets
            sum[one.key, default: (0, 0)].1 += one.value.wrong
        }
        for (rule, count) in byRule.sorted(by: { $0.key < $1.key }) {
            print("  \(rule): \(count.0) tickets, \(count.1) false")
        }
        show("foretold", runs.filter { $0.foretold.tickets > 0 }, of: \.foretold) { $0.whole }
        let due = runs.reduce(0) { $0 + $1.due }
        if due > 0 {
            let failed = runs.reduce(0) { $0 + $1.dueAndFailed }
            print("  due by age: \(due), of which \(failed) failed before the end")
        }
        print(
            "  \(runs.reduce(0) { $0 + $1.messages }) messages, "
                + "\(runs.reduce(0) { $0 + $1.tests }) tests")
        fflush(nil)
    }
}

private func show(
    _ name: String, _ runs: [DetectionRun], of score: KeyPath<DetectionRun, FleetScore> = \.product,
    _ part: (FleetScore) -> FleetTally?
) {
    let tallies = runs.compactMap { part($0[keyPath: score]) }
    let oracle = runs.compactMap { part($0.oracle) }.reduce(0) { $0 + $1.found }
    func sum(_ field: KeyPath<FleetTally, Int>) -> Int {
        tallies.reduce(0) { $0 + $1[keyPath: field] }
    }
    func share(_ part: Int, _ whole: Int) -> String {
        whole > 0 ? percent(Double(part) / Double(whole)) : "–"
    }
    let (right, wrong) = (sum(\.trueTickets), sum(\.falseTickets))
    let lead = tallies.flatMap(\.leadDays).sorted()
    let median = lead.isEmpty ? "–" : "\((lead[lead.count / 2] * 10).rounded() / 10) d"
    print(
        "  \(name): right \(right), late \(sum(\.lateTickets)), false \(wrong), "
            + "false share \(share(wrong, right + wrong)), "
            + "recall \(share(sum(\.found), sum(\.failures))) of \(sum(\.failures)) "
            + "(oracle \(share(oracle, sum(\.failures)))), "
            + "seen from onset \(share(sum(\.visibleFound), sum(\.visible))), lead \(median), "
            + "intervals \(sum(\.intervalsRight)) of "
            + "\(sum(\.intervalsRight) + sum(\.intervalsWrong)) "
            + "(\(sum(\.intervalsLate)) failed later)")
}

private func program(of preset: FleetPreset, in folder: String) throws -> RuleProgram {
    let named = "\(folder)/limits/\(preset.rawValue).yaml"
    let limits =
        FileManager.default.fileExists(atPath: named) ? named : "\(folder)/limits/normal.yaml"
    let packs = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    return try program(
        of: [limits] + packs.filter { $0.hasSuffix(".yaml") }.map { "\(folder)/\($0)" })
}

/// One fleet and what was found on it.
private struct DetectionRun {
    var product: FleetScore
    var oracle: FleetScore
    /// What codes foretold, which promises nothing either.
    var foretold: FleetScore
    var byRule: [String: (tickets: Int, wrong: Int)] = [:]
    let messages: Int
    let tests: Int
    let due: Int
    let dueAndFailed: Int

    init(_ program: RuleProgram, _ preset: FleetPreset, vehicles: Int, days: Int, seed: UInt64) {
        var watch = WatchedFleet(program)
        var tickets: [(ticket: ScoredTicket, rule: String)] = []
        var foretold: [ScoredTicket] = []
        var open: Set<[String]> = []
        var (old, due, dueAndFailed): (Set<[String]>, Int, Int) = ([], 0, 0)
        var failures: [ScoredTruth.Failure] = []
        var alikes: [ScoredTruth.LookAlike] = []
        func decide() {
            for (rule, finding, seen) in watch.decide() {
                let key = [finding.vehicle.description, rule.mode]
                let kind = TrendRule.Kind(rawValue: seen.kind)
                if kind == .wearsOut {
                    if old.insert(key).inserted { due += 1 }
                    continue
                }
                guard kind == .foretells || open.insert(key).inserted else { continue }
                var ticket = ScoredTicket(
                    vehicle: key[0], opened: EventTime(milliseconds: watch.epoch), mode: rule.mode,
                    component: rule.component)
                if let from = seen.dueFrom, let to = seen.dueTo { ticket.expected = from...to }
                if kind == .foretells {
                    foretold.append(ticket)
                } else {
                    tickets.append((ticket, rule.id))
                }
            }
        }
        for item in SimulatedFleet(preset: preset, seed: seed, vehicles: vehicles, days: days) {
            switch item {
            case .message(let message):
                watch.take(message)
                if watch.messages % 500 == 0 { decide() }
            case .truth(.failure(let truth)):
                let mode = FailureMode.all[truth.mode]
                let vehicle = truth.vehicle.description
                failures.append(
                    ScoredTruth.Failure(
                        vehicle: vehicle, mode: mode.name, component: mode.component,
                        family: mode.family.rawValue, isWithheld: mode.isWithheld,
                        hasPrecursor: truth.hasPrecursor, isSeenFromOnset: truth.isSeenFromOnset,
                        onset: truth.onset, failed: truth.failed, oracle: truth.oracle?.at))
                guard truth.failed != nil else { continue }
                // What was sent before the failure is decided before it is mended.
                decide()
                open.remove([vehicle, mode.name])
                if old.remove([vehicle, mode.name]) != nil { dueAndFailed += 1 }
                watch.take(
                    ConfirmedRepair(
                        vehicle: truth.vehicle, mode: mode.name, component: mode.component,
                        disposition: .brokeDown))
            case .truth(.lookAlike(let truth)):
                alikes.append(
                    ScoredTruth.LookAlike(
                        vehicle: truth.vehicle.description, what: truth.what.rawValue,
                        mode: truth.mode.map { FailureMode.all[$0].name }, from: truth.from,
                        to: truth.to, oracle: truth.oracle?.at))
            default: break
            }
        }
        decide()
        let start = SimulatedFleet.usualStart
        let truth = ScoredTruth(
            failures: failures, lookAlikes: alikes,
            modes: FailureMode.all.map {
                ScoredTruth.Mode(
                    mode: $0.name, component: $0.component, family: $0.family.rawValue,
                    isWithheld: $0.isWithheld)
            }, vehicles: vehicles, start: start,
            end: start.advanced(by: Int64(days) * 86_400_000))
        product = FleetScore(tickets.map(\.ticket), truth: truth)
        oracle = FleetScore(truth.oracleTickets, truth: truth)
        self.foretold = FleetScore(foretold, truth: truth)
        (messages, tests) = (watch.messages, watch.tests)
        (self.due, self.dueAndFailed) = (due, dueAndFailed)
        for (ticket, rule) in tickets {
            let wrong = FleetScore([ticket], truth: truth).whole.falseTickets
            byRule[rule, default: (0, 0)].tickets += 1
            byRule[rule, default: (0, 0)].wrong += wrong
        }
    }
}
