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
