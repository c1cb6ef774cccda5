import ForewarnDaemon
import Foundation
import Testing

@Suite("Rosters on the command line") struct RosterCommandTests {
    static let rules = """
        version: 1
        rules:
          - id: hot
            mode: engine-overheating
            severity: S2
            advice: A2
            component: radiator
            skill: ENG
            when: coolant_c > 108 °C and vehicle.model == "J6"

        """
    static let recording = """
        {"vin":"TESTVAN1","ts":"2026-03-01T08:00:00Z","signals":{"coolant_c":112}}
        {"vin":"TESTVAN2","ts":"2026-03-01T08:00:00Z","signals":{"coolant_c":112}}

        """
    static let tests = """
        version: 1
        roster: roster.csv
        tests:
          - name: of the model that is meant only
            messages: |
              {"vin":"TESTVAN1","ts":"2026-03-01T08:00:00Z","signals":{"coolant_c":112}}
              {"vin":"TESTVAN2","ts":"2026-03-01T08:00:00Z","signals":{"coolant_c":112}}
            expect:
              - { rule: hot, vehicle: TESTVAN2 }

        """

    static func workshop(_ roster: String) throws -> Workshop {
        try Workshop([
            "vans.yaml": rules, "vans.test.yaml": tests, "roster.csv": roster,
            "day.jsonl": recording,
        ])
    }

    static let roster = "vehicle,model\nTESTVAN1,J7\nTESTVAN2,J6\n"

    @Test("test, backtest and replay decide by it") func decide() throws {
        let workshop = try Self.workshop(Self.roster)
        let tested = try workshop.run(["test", "@"])
        #expect(tested.output == "1 test, all passed\n", "\(tested.errors)")
        for (roster, count) in [(["--roster", "@roster.csv"], 1), ([], 0)] {
            let tried = try workshop.run(
                ["backtest", "@vans.yaml", "--on", "@day.jsonl"] + roster)
            #expect(tried.output.contains("tickets       \(count)"), "\(tried.errors)")
            let replayed = try workshop.run(
                ["replay", "-q", "@day.jsonl", "--rules", "@vans.yaml"] + roster)
            #expect(replayed.output.contains("tickets       \(count)"), "\(replayed.errors)")
        }
    }

    @Test("doctor tells of codes that were left out because it calls them false") func doctor()
        throws
    {
        func lines(_ codes: Int) throws -> [String] {
            let state = try DeskState(
                rules: Workshop.rules,
                roster: [
                    RuleSet.File(name: "v.csv", text: "vehicle,software\nTESTVAN1,1\n"),
                    RuleSet.File(
                        name: "c.yaml",
                        text: """
                            version: 1
                            false_codes:
                              - { code: P0217, when: vehicle.software < "2", reason: r }

                            """),
                ])
            try state.take(
                (0..<5).map { hour in
                    let time = DeskState.start + Int64(hour) * 3_600_000
                    let code = hour < codes ? "P0217" : "P0301"
                    return (time, "{\"vin\":\"TESTVAN1\",\"ts\":\(time),\"dtcs\":[\"\(code)\"]}")
                })
            try state.close()
            return try Program.run(["doctor", "--state", state.folder]).lines
                .filter { $0.contains("that the roster calls false") }
        }
        #expect(try lines(0) == [])
        #expect(try lines(1).map { $0.contains(" 1 code left out that") } == [true])
        #expect(try lines(3).map { $0.contains(" 3 codes left out that") } == [true])
    }

    @Test("check counts it, and shows what is wrong with it and where") func check() throws {
        let workshop = try Self.workshop(Self.roster)
        let right = try workshop.run(["check", "--strict", "@vans.yaml", "@roster.csv"])
        #expect(right.output.hasSuffix("2 vehicles and 0 false codes in 1 file\n"))
        try workshop.write("vehicle,model\nTESTVAN1,J7\nTESTVAN1,J6\n", to: "roster.csv")
        let shown = """
            roster.csv:3:1: error: this vehicle stands already at roster.csv:2
                TESTVAN1,J6
                ^

            """
        try workshop.write("roster: [\(workshop.path("roster.csv"))]\nsite: a\n", to: "f.yaml")
        for arguments in [
            ["check", "@vans.yaml", "@roster.csv"], ["check", "@vans.yaml", "@f.yaml"],
            ["test", "@"],
            ["backtest", "@vans.yaml", "--on", "@day.jsonl", "--roster", "@roster.csv"],
        ] {
            let wrong = try workshop.run(arguments)
            #expect(wrong.code == 2 && wrong.errors == shown, "\(arguments): \(wrong.errors)")
        }
    }
}
