import Foundation
import Testing

@Suite("forewarn rule and silence") struct RuleCommandTests {
    static func run(_ arguments: [String], _ state: DeskState) throws -> Program.Result {
        try Program.run(
            arguments + ["--state", state.folder], environment: ["COLUMNS": "120"])
    }

    @Test("rules are listed with their state, and said to be in shadow") func rules() throws {
        let state = try DeskState.usual()
        #expect(try Self.run(["rule", "shadow", "misfire"], state).output == "misfire shadow\n")
        let list = try Self.run(["rule", "ls"], state)
        #expect(
            list.output == """
                RULE     STATE    SEVERITY  FAILURE MODE        FINDINGS  TICKETS  LATEST
                misfire  shadow   S3        cylinder-misfire           1        1  2026-03-01 10:00
                hot      enabled  S2        engine-overheating         0        0  -

                """)
        let show = try Self.run(["rule", "show", "misfire", "-o", "json"], state)
        #expect(try object(show.output)["state"] as? String == "shadow")
        #expect(
            try Self.run(["rule", "show", "hot"], state).output.contains(
                "  source    rules.yaml:11"))
        let wrong = try Self.run(["rule", "disable", "misfires"], state)
        #expect(wrong.code == 1 && wrong.errors.contains("did you mean \"misfire\"?"))
        #expect(try Self.run(["replay", "--verify"], state).code == 0)
    }

    @Test("a silence is previewed over history, added, listed and ended") func silences() throws {
        let state = try DeskState.usual()
        let about = [
            "silence", "add", "--rule", "misfire", "--for", "7d", "--reason", "coil ordered",
        ]
        let preview = try Self.run(about + ["--preview"], state)
        #expect(
            preview.output.hasPrefix(
                "would have hidden 1 of 1 findings in the store, and 1 ticket with them\n"),
            "\(preview.errors)")
        #expect(
            try Self.run(about + ["--up-to", "S4", "--preview"], state).output
                == "would have hidden 0 of 1 findings in the store, and 0 tickets with them\n"
                + "1 are graver than S4 and come through\n")
        #expect(try Self.run(["silence", "ls"], state).lines.count == 1)
        let added = try Self.run(about, state)
        #expect(added.code == 0 && added.output.hasPrefix("silence 1, up to S3, until "))
        let listed = try object(try Self.run(["silence", "ls", "-o", "json"], state).output)
        #expect(listed["reason"] as? String == "coil ordered")
        #expect(listed["kinds"] as? [String] == ["code P0301"])
        #expect((listed["author"] as? String)?.isEmpty == false)
        #expect(
            try Self.run(["silence", "expire", "1", "--preview"], state).output
                == "has hidden 0 findings so far\n")
        #expect(try Self.run(["silence", "expire", "1"], state).output == "silence 1 expired\n")
        #expect(try Self.run(["silence", "ls"], state).lines.count == 1)
        #expect(try Self.run(["silence", "ls", "--all"], state).lines.count == 2)
        #expect(try Self.run(["silence", "expire", "1"], state).code == 1)
    }

    static let usages: [[String]] = [
        ["silence", "add", "--for", "7d", "--reason", "x"],
        ["silence", "add", "--rule", "a", "--for", "soon", "--reason", "x"],
        ["silence", "add", "--rule", "a", "--for", "7d"],
        ["silence", "add", "--rule", "a", "--for", "7d", "--reason", "x", "--up-to", "S9"],
        ["silence", "expire", "x"], ["rule", "shadow"],
    ]
    @Test("a wrong usage is 2", arguments: usages)
    func usage(arguments: [String]) throws {
        #expect(try Program.run(arguments).code == 2, "\(arguments)")
    }

    @Test("reload without a daemon is 3") func reload() throws {
        let state = try DeskState.usual()
        let result = try Self.run(["reload"], state)
        #expect(result.code == 3 && result.errors.contains("no daemon runs on"))
    }
}
