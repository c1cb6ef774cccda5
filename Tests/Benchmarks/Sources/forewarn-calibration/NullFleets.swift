import FaultRules
import FleetSimulation
import Foundation
import YAMLSource

/// The checks of rule files.
func program(of files: [String]) throws -> RuleProgram {
    var reader = RulePackReader()
    for file in files {
        reader.add(
            file: try YAMLSource.parse(String(contentsOfFile: file, encoding: .utf8), file: file))
    }
    reader.finish()
    guard !reader.hasErrors else {
        print(reader.diagnostics)
        exit(1)
    }
    return reader.program
}

/// Fleets in which nothing fails and nothing changes: every finding is a false one.
///
/// Fleets of neighbouring seeds are made until so many tests were taken; see ``WatchedFleet/tests``.
func nullFleets(
    rules files: [String], vehicles: Int, days: Int, firstSeed: UInt64, tests wanted: Int
)
    throws
{
    let program = try program(of: files)
    print("fleets of \(vehicles) vehicles and \(days) days, \(program.trends.count) checks")
    var (tests, messages, opened, found, touched) = (0, 0, 0, 0, 0)
    var seed = firstSeed
    while tests < wanted {
        var watch = WatchedFleet(program)
        var findings: [String] = []
        func decide() {
            for (rule, finding, seen) in watch.decide() {
                findings.append(
                    "\(rule.id): \(finding.vehicle), evidence \(seen.logEvidence), size \(seen.size)"
                )
            }
        }
        for item in SimulatedFleet(preset: .null, seed: seed, vehicles: vehicles, days: days) {
            guard case .message(let message) = item else { continue }
            watch.take(message)
            if watch.messages % 500 == 0 { decide() }
        }
        decide()
        tests += watch.tests
        messages += watch.messages
        opened += watch.opened
        found += findings.count
        touched += findings.isEmpty ? 0 : 1
        print(
            "seed \(seed): \(watch.messages) messages, \(watch.tests) tests, "
                + "\(watch.opened) hypotheses opened, \(findings.count) findings"
                + findings.map { "\n    " + $0 }.joined())
        fflush(nil)
        seed += 1
    }
    print(
        "all \(seed - firstSeed) fleets: \(messages) messages, \(tests) tests, \(opened) hypotheses "
            + "opened, \(found) findings, in \(touched) fleets")
}
