import Foundation
import Testing

@Suite("forewarn explain") struct ExplainTests {
    @Test("a ticket is explained down to its messages, and its journal agrees") func ticket() throws
    {
        let state = try DeskState.usual()
        let result = try Program.run(
            ["explain", "T-1", "--recompute", "--full", "--state", state.folder])
        #expect(result.code == 0, "\(result.errors)")
        let hash = try #require(result.output.firstMatch(of: #/[0-9a-f]{16}/#)).output
        #expect(
            result.output.replacing(hash, with: "HASH") == """
                T-1  S3 Within 7 days  TESTVAN0001  open
                misfire

                why it was opened
                  rule       misfire  HASH  rules.yaml:3
                  when       code "P030[1-8]" 3 times within 7d
                  rests on   2026-03-01T08:00:00.000Z  message 1       P0301    unstated  misfire in cylinder 1
                               v1/x/ev  {"vin":"TESTVAN0001","ts":1772352000000,"dtcs":["P0301"]}
                             2026-03-01T09:00:00.000Z  message 2       P0301    unstated  misfire in cylinder 1
                               v1/x/ev  {"vin":"TESTVAN0001","ts":1772355600000,"dtcs":["P0301"]}
                             2026-03-01T10:00:00.000Z  message 3       P0301    unstated  misfire in cylinder 1
                               v1/x/ev  {"vin":"TESTVAN0001","ts":1772359200000,"dtcs":["P0301"]}
                  window     3 seen within 2h

                what delayed it
                  vehicle    2026-03-01T10:00:00.000Z
                  received   2026-03-01T10:00:01.000Z  1s later

                what came since
                  nothing

                what would clear it
                  until      not code "P030[1-8]"
                  not met since the newest finding
                  a ticket is closed by people, whatever its symptom does

                decided again
                  1 decision about it among 8 messages: 100 % agree

                """)
        let json = try Program.run(["explain", "1", "-o", "json", "--state", state.folder])
        let object = try object(json.output)
        #expect((object["messages"] as? [Any])?.count == 3)
        #expect(object["recomputed"] == nil)
    }

    @Test("a store that says otherwise than its journal is found out") func disagrees() throws {
        let state = try DeskState.usual()
        try state.damage("UPDATE event SET body = replace(body, 'S3', 'S2') WHERE ticket = 1")
        let result = try Program.run(["explain", "T-1", "--recompute", "--state", state.folder])
        #expect(result.code == 1)
        #expect(result.output.hasSuffix("they differ\n"))
        #expect(result.errors.contains("event 1 comes out otherwise"))
    }

    @Test("why not: the nearest number, and what it would have taken") func whyNot() throws {
        let state = try DeskState.usual()
        let result = try Program.run(
            ["explain", "--why-not", "TES…0002", "hot", "--state", state.folder])
        #expect(result.code == 0, "\(result.errors)")
        #expect(
            result.output == """
                hot did not fire for TES…0002 in 3 messages
                  when  coolant_c > 108 °C for 5m

                  failed  coolant_c > 108 °C for 5m  (never true)
                          5m -> 4m (20 % less) would have fired at 2026-03-01T13:04:00.000Z (message 8)

                nearest: 5m -> 4m (20 % less) would have fired at 2026-03-01T13:04:00.000Z (message 8)

                """)
        let fired = try Program.run(
            ["explain", "--why-not", "TESTVAN0001", "misfire", "--state", state.folder])
        #expect(
            fired.output
                == "misfire did fire for TES…0001, once in 5 messages: first at "
                + "2026-03-01T10:00:00.000Z (message 3)\n")
        // Its ticket stands for the vehicle.
        let ticket = try Program.run(
            ["explain", "--why-not", "T-1", "misfire", "--state", state.folder])
        #expect(ticket.output == fired.output)
        let json = try Program.run(
            ["explain", "--why-not", "TESTVAN0002", "hot", "-o", "json", "--state", state.folder])
        #expect(try object(json.output)["fired"] as? Int == 0)
    }

    @Test("why not on a recording, by rules that do not run") func recording() throws {
        let workshop = try Workshop([
            "vans.yaml": Workshop.rules,
            "flat.jsonl":
                "{\"vin\":\"TESTVAN1\",\"ts\":\"2026-03-01T08:00:00Z\",\"signals\":{\"coolant_c\":90}}\n",
        ])
        let why = ["explain", "--why-not", "TESTVAN1", "misfire", "--on", "@flat.jsonl"]
        let result = try workshop.run(why + ["--rules", "@vans.yaml"])
        #expect(result.code == 0 && result.output.contains("no change of one part"))
        #expect(try workshop.run(why).code == 2)
        let unknown = try workshop.run([
            "explain", "--why-not", "TESTVAN1", "misfires", "--on", "@flat.jsonl", "--rules",
            "@vans.yaml",
        ])
        #expect(unknown.code == 2 && unknown.errors.contains("did you mean misfire?"))
        let nobody = try workshop.run([
            "explain", "--why-not", "NOBODY", "misfire", "--on", "@flat.jsonl", "--rules",
            "@vans.yaml",
        ])
        #expect(nobody.code == 1)
    }

    static let usages: [[String]] = [
        ["explain"], ["explain", "T-x"], ["explain", "T-1", "T-2"], ["explain", "--why-not", "V"],
        ["explain", "--why-not", "V", "r", "--recompute"], ["explain", "T-1", "--on", "f"],
        ["explain", "--why-not", "V", "r", "--on", "f", "--since", "1d", "--rules", "x"],
        ["backtest"], ["backtest", "/nonexistent"], ["diff", "a"],
        ["backtest", "r", "--since", "lunch"], ["backtest", "r", "--horizon", "long"],
    ]
    @Test("a wrong usage is 2", arguments: usages)
    func usage(arguments: [String]) throws {
        let result = try Program.run(arguments)
        #expect(result.code == 2, "\(arguments): \(result.errors)")
    }
}

@Suite("forewarn backtest and diff") struct BacktestTests {
    static let modes = """
        version: 1
        failure_modes:
          - { id: cylinder-misfire, name: Misfire, component: coil, skill: ENG, hours: 1.5, parts: [COIL-1] }
          - { id: engine-overheating, name: Heat, component: radiator, skill: ENG, hours: 2.5, parts: [FAN-2] }

        """

    static func workshop() throws -> Workshop {
        let heat = (0..<4).map { step in
            "{\"vin\":\"TESTVAN0002\",\"ts\":\"2026-03-01T08:0\(step * 2):00Z\",\"signals\":"
                + "{\"coolant_c\":109.5}}\n"
        }
        return try Workshop([
            "old.yaml": Workshop.rules,
            "new.yaml": Workshop.rules.replacing("5m", with: "3m")
                .replacing("3 times", with: "9 times"),
            "modes.yaml": modes,
            "week.jsonl": (0..<3).map { day in
                "{\"vin\":\"TESTVAN0001\",\"ts\":\"2026-03-0\(day + 1)T07:00:00Z\",\"dtcs\":[\"P0301\"]}\n"
            }.joined() + heat.joined(),
            "broken.csv": "vehicle,at,mode\nTESTVAN0001,2026-03-09T07:00:00Z,cylinder-misfire\n"
                + "TESTVAN0003,2026-03-09T07:00:00Z,\n",
        ])
    }

    @Test("a backtest counts tickets, hours, parts and breakdowns") func backtest() throws {
        let result = try Self.workshop().run([
            "backtest", "@old.yaml", "--on", "@week.jsonl", "--modes", "@modes.yaml",
            "--breakdowns", "@broken.csv",
        ])
        #expect(result.code == 0, "\(result.errors)")
        #expect(
            result.output == """
                messages      7  2026-03-01T07:00:00.000Z to 2026-03-03T07:00:00.000Z
                dead letters  0
                findings      2
                tickets       2  7.0 a week
                labour        4.0 h
                parts         COIL-1 ×1, FAN-2 ×1
                breakdowns    1 of 2 caught, the middle warning 6d

                RULE     FIRED  CLEARED  TICKETS
                misfire      1        0        1
                hot          1        -        1

                caught  2026-03-09T07:00:00.000Z  TES…0001  cylinder-misfire  6d before, by misfire
                missed  2026-03-09T07:00:00.000Z  TES…0003  -

                """)
    }

    @Test("a diff says what is added, removed and moved, in work, and ends with 1") func diff()
        throws
    {
        let workshop = try Self.workshop()
        let result = try workshop.run([
            "diff", "@old.yaml", "@new.yaml", "--on", "@week.jsonl", "--modes", "@modes.yaml",
            "--breakdowns", "@broken.csv",
        ])
        #expect(result.code == 1, "\(result.errors)")
        #expect(
            result.output == """
                - 2026-03-03T07:00:00.000Z  S3  TES…0001  cylinder-misfire  misfire
                ~ 2026-03-01T08:04:00.000Z  S2  TES…0002  engine-overheating  hot  2m earlier

                tickets     2 -> 1  (+0 -1 ~1, 0 the same)
                labour      4.0 h -> 2.5 h
                parts       COIL-1 -1
                warning     2m gained, 0s lost
                breakdowns  1 -> 0 of 2 caught
                  now missed  2026-03-09T07:00:00.000Z  TES…0001  cylinder-misfire

                """)
        let same = try workshop.run([
            "diff", "@old.yaml", "@old.yaml", "--on", "@week.jsonl", "-o", "json",
        ])
        #expect(same.code == 0)
        #expect(try object(same.output)["same"] as? Int == 2)
    }

    @Test("the journal is traffic too, and stays as it is") func journal() throws {
        let state = try DeskState.usual()
        let workshop = try Self.workshop()
        let before = try Program.run(["db", "stats", "-o", "json", "--state", state.folder]).output
        let result = try Program.run([
            "backtest", workshop.path("new.yaml"), "-o", "json", "--state", state.folder,
        ])
        let object = try object(result.output)
        #expect(object["messages"] as? Int == 8)
        #expect(
            ((object["tickets"] as? [Any])?.first as? [String: Any])?["rule"] as? String == "hot")
        let late = try Program.run([
            "backtest", workshop.path("new.yaml"), "-o", "json", "--since", "2026-03-01T13:03:00Z",
            "--state", state.folder,
        ])
        #expect(try CommandLineTests.object(late.output)["messages"] as? Int == 1)
        #expect(
            try Program.run(["db", "stats", "-o", "json", "--state", state.folder]).output == before
        )
    }

    @Test("a damaged recording is 4") func damaged() throws {
        let workshop = try Self.workshop()
        try workshop.write(
            "{\"v\":1,\"at\":\"2026-03-01T07:00:00Z\",\"topic\":\"a\",\"payload\":\"{}\"}\nnot a line\n",
            to: "bad.jsonl")
        let result = try workshop.run(["backtest", "@old.yaml", "--on", "@bad.jsonl"])
        #expect(result.code == 4 && result.errors.contains("bad.jsonl:2: "), "\(result.errors)")
    }
}
