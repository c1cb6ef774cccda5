import FaultRules
import FleetSimulation
import FleetWatch
import Foundation
import VehicleFaults
import YAMLSource

/// Fleets in which nothing fails and nothing changes: every finding is a false one.
///
/// A *test* is one look at one hypothesis: at the end of an epoch the evidence of one check of one
/// vehicle, one that has a past to be held against, lies beside all others and could become a finding.
/// Fleets of neighbouring seeds are made until so many looks were taken.
func nullFleets(
    rules files: [String], vehicles: Int, days: Int, firstSeed: UInt64, tests wanted: Int
)
    throws
{
    var reader = RulePackReader()
    for file in files {
        reader.add(
            file: try YAMLSource.parse(String(contentsOfFile: file, encoding: .utf8), file: file))
    }
    reader.finish()
    guard !reader.hasErrors else {
        print(reader.diagnostics)
        return
    }
    let program = reader.program
    print("fleets of \(vehicles) vehicles and \(days) days, \(program.trends.count) checks")
    var (tests, messages, opened, found, touched) = (0, 0, 0, 0, 0)
    var seed = firstSeed
    while tests < wanted {
        let one = nullFleet(program, vehicles: vehicles, days: days, seed: seed)
        tests += one.tests
        messages += one.messages
        opened += one.opened
        found += one.findings.count
        touched += one.findings.isEmpty ? 0 : 1
        print(
            "seed \(seed): \(one.messages) messages, \(one.tests) tests, "
                + "\(one.opened) hypotheses opened, \(one.findings.count) findings"
                + one.findings.map { "\n    " + $0 }.joined())
        fflush(nil)
        seed += 1
    }
    print(
        "all \(seed - firstSeed) fleets: \(messages) messages, \(tests) tests, \(opened) hypotheses "
            + "opened, \(found) findings, in \(touched) fleets")
}

private func nullFleet(_ program: RuleProgram, vehicles: Int, days: Int, seed: UInt64) -> (
    messages: Int, tests: Int, opened: Int, findings: [String]
) {
    var watch = FleetWatch(program: program, settings: WatchSettings())
    var batch = EntryBatch()
    var (row, messages, tests) = (Int64(0), 0, 0)
    var findings: [String] = []
    func decide() {
        row += 1
        let (epochs, watched) = (watch.fleet.number, watch.fleet.watched)
        _ = watch.open(batch)
        for case .finding(let settled) in watch.close(row: row).decisions
        where settled.finding.kind == .raised {
            guard case .trend(let seen)? = settled.finding.evidence.first?.content else { continue }
            findings.append(
                "\(settled.rule.id): \(settled.finding.vehicle), evidence \(seen.logEvidence), size \(seen.size)"
            )
        }
        batch = EntryBatch()
        // Those that were watched when the batch began were looked at in each epoch that it ended.
        tests += (watch.fleet.number - epochs) * watched
    }
    for item in SimulatedFleet(preset: .null, seed: seed, vehicles: vehicles, days: days) {
        guard case .message(let message) = item else { continue }
        let start = batch.bytes.count
        batch.bytes += Array(message.topic.utf8)
        let middle = batch.bytes.count
        batch.bytes += message.payload
        batch.entries.append(
            Entry(
                received: message.received.milliseconds, topic: start..<middle,
                payload: middle..<batch.bytes.count))
        messages += 1
        if messages % 500 == 0 { decide() }
    }
    decide()
    return (messages, tests, watch.fleet.hypotheses, findings)
}
