import ForewarnDaemon
import Foundation
import Testing

/// What the fleet is told of what its checks promise, keep and can see.
@Suite("Promises on the command line") struct PromiseCommandTests {
    private static let rules = """
        version: 1
        rules:
          - { id: hot, mode: hot, severity: S2, advice: A2, component: radiator, skill: ENG,
              when: coolant_c > 108 }
        trends:
          - { id: misfire-returns, mode: misfire, severity: S3, advice: A3, component: coil,
              skill: ENG, code: P0301, when: returns, harmless: 0.1 }
          - { id: egr-returns, mode: egr, severity: S3, advice: A3, component: egr-valve,
              skill: ENG, code: P0401, when: returns, harmless: 0.1 }
          - { id: oil-falls, mode: oil, severity: S3, advice: A3, component: oil-pump,
              skill: ENG, signal: oil_kpa, when: falls, harmless: 20, limit: 40 }
        """

    private static let aDay: Int64 = 86_400_000

    /// Twelve vans that speak twice a day for sixty days, three of them for fifty; codes return on
    /// seven from the fortieth on, and two are hot. The roster has two more.
    private static func state() throws -> DeskState {
        let roster = (0..<14).map { "TESTVAN\(10 + $0),J6\n" }.joined()
        let state = try DeskState(
            rules: rules,
            roster: [RuleSet.File(name: "roster.csv", text: "vehicle,model\n" + roster)])
        var messages: [(Int64, String)] = []
        for half in 0..<120 {
            for van in 0..<12 where van < 9 || half < 100 {
                let time = DeskState.start + Int64(half) * aDay / 2 + Int64(van) * 1000
                let isHit = half > 80 && half % 3 > 0
                let code = van < 3 ? "P0301" : "P0401"
                let codes = isHit && van < 7 ? "\"\(code)\"" : ""
                let coolant = half == 110 && van > 6 ? 110 : 90
                messages.append(
                    (
                        time,
                        "{\"vin\":\"TESTVAN\(10 + van)\",\"ts\":\(time),\"dtcs\":[\(codes)],"
                            + "\"signals\":{\"coolant_c\":\(coolant)}}"
                    ))
            }
        }
        try state.take(messages)
        try state.close()
        return state
    }

    /// Closes tickets with what technicians found.
    private static func judge(
        _ state: DeskState, _ verdicts: [(van: Int, mode: String, disposition: String)]
    ) throws {
        let workshop = try Workshop()
        let hours = Double(DeskState.start + 61 * aDay) / 3_600_000 - History.start / 3600
        let found = ["complaint": "it came back", "cause": "worn", "correction": "advised"]
        var lines: [String] = []
        for (place, verdict) in verdicts.enumerated() {
            let steps: [(verb: String, role: String, fields: [String: String])] = [
                ("ack", "customer_service", [:]),
                (
                    "triage", "rd_engineer",
                    ["severity": "S3", "advice": "A3", "component": "coil"]
                ),
                ("remote", "technician", found), ("follow-up", "customer_service", ["csat": "4"]),
                (
                    "close", "customer_service",
                    found.merging(["disposition": verdict.disposition]) { $1 }
                ),
            ]
            for (number, step) in steps.enumerated() {
                let line = History.step(
                    hours + Double(place) + Double(number) / 10, step.verb,
                    "TESTVAN\(10 + verdict.van)", step.role,
                    step.fields.merging(["mode": verdict.mode]) { $1 })
                // Whose mode it is stands in the name of the ticket.
                lines.append(line.text)
            }
        }
        try workshop.write(lines.joined(separator: "\n") + "\n", to: "steps.jsonl")
        let result = try Program.run([
            "ticket", "import", workshop.path("steps.jsonl"), "--state", state.folder,
        ])
        #expect(result.code == 0, "\(result.errors)")
    }

    @Test("what is promised stands beside what came of it, in both languages") func honesty()
        throws
    {
        let state = try Self.state()
        func report(_ more: String...) throws -> String {
            let result = try Program.run(
                [
                    "report", "honesty", "--from", "2026-03-01", "--to", "2026-06-01", "--state",
                    state.folder,
                ] + more)
            #expect(result.code == 0, "\(result.errors)")
            return result.output
        }
        try expect(report(), matches: "en-honesty-open.txt")
        try Self.judge(
            state,
            [
                (0, "misfire", "no_trouble_found"), (1, "misfire", "sensor_fault"),
                (2, "misfire", "confirmed_as_predicted"), (3, "egr", "confirmed_as_predicted"),
                (4, "egr", "confirmed_early"), (5, "egr", "unknown"),
                (7, "hot", "confirmed_as_predicted"), (8, "hot", "no_trouble_found"),
            ])
        let judged = try report()
        try expect(judged, matches: "en-honesty.txt")
        try expect(report("--lang", "zh-Hans"), matches: "zh-Hans-honesty.txt")
        for line in judged.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
    }

    @Test("doctor tells what cannot be seen, in both languages") func sight() throws {
        let state = try Self.state()
        for (language, check) in [("en", "sight"), ("zh-Hans", "车队覆盖")] {
            let result = try Program.run([
                "doctor", "--state", state.folder, "--lang", language,
            ])
            // Of the other checks some speak of the machine.
            var isSight = false
            let lines = result.output.split(separator: "\n").filter { line in
                if !line.hasPrefix("    ") { isSight = line.contains(check) }
                return isSight
            }
            try expect(
                lines.joined(separator: "\n") + "\n", matches: "\(language)-doctor-sight.txt")
        }
    }
}
