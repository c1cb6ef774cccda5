import Foundation
import Testing

/// What the rule tools say to people, in both languages on a terminal of eighty columns.
@Suite("Rule tools") struct RuleToolLanguageTests {
    static let recording =
        (0..<4).map { minute in
            """
            {"vin":"TESTVAN1","ts":"2026-03-01T08:0\(2 * minute):00Z","signals":{"coolant_c":112}}
            {"vin":"TESTVAN2","ts":"2026-03-01T08:0\(2 * minute):00Z","signals":{"coolant_c":107}}

            """
        }.joined() + """
            {"vin":"TESTVAN2","ts":"2026-03-20T08:00:00Z","dtcs":["P0301"]}

            """

    static let modes = """
        version: 1
        failure_modes:
          - { id: cylinder-misfire, name: { en: Misfire, zh: 失火 }, component: c, skill: ENG, hours: 1,
              parts: [{ part: COIL-12, quantity: 1 }] }
          - { id: engine-overheating, name: { en: Too hot, zh: 过热 }, component: c, skill: ENG, hours: 2.5 }

        """

    static let breakdowns = """
        vehicle,at,mode
        TESTVAN1,2026-03-04T08:00:00Z,engine-overheating
        TESTVAN2,2026-03-04T08:00:00Z,engine-overheating

        """

    static func workshop() throws -> Workshop {
        try Workshop([
            "vans.yaml": Workshop.rules, "vans.test.yaml": Workshop.tests(expect: Workshop.right),
            "wrong.test.yaml": "rules: vans.yaml\n"
                + Workshop.tests(
                    expect:
                        "\n      - { rule: misfire, at: \"2026-03-04T08:00:00Z\", severity: S2 }"),
            "lower.yaml": Workshop.rules.replacing("108 °C", with: "106 °C"),
            "modes.yaml": modes, "traffic.jsonl": recording, "breakdowns.csv": breakdowns,
        ])
    }

    static let tools: [(name: String, arguments: [String])] = [
        ("check", ["check", "@vans.yaml", "@modes.yaml"]),
        ("test", ["test", "-v", "--coverage", "--mutate", "@vans.test.yaml"]),
        ("test-fails", ["test", "@wrong.test.yaml"]),
        (
            "backtest",
            [
                "backtest", "@vans.yaml", "--on", "@traffic.jsonl", "--modes", "@modes.yaml",
                "--breakdowns", "@breakdowns.csv",
            ]
        ),
        (
            "diff",
            [
                "diff", "@vans.yaml", "@lower.yaml", "--on", "@traffic.jsonl", "--modes",
                "@modes.yaml", "--breakdowns", "@breakdowns.csv",
            ]
        ),
        (
            "why-not",
            [
                "explain", "--why-not", "TESTVAN2", "hot", "--on", "@traffic.jsonl", "--rules",
                "@vans.yaml",
            ]
        ),
    ]

    @Test("say the same in both languages", arguments: tools, ["en", "zh-Hans"])
    func say(_ tool: (name: String, arguments: [String]), language: String) throws {
        let result = try Self.workshop().run(tool.arguments + ["--lang", language])
        #expect(result.errors.isEmpty, "\(result.errors)")
        try expect(result.output, matches: "\(language)-rules-\(tool.name).txt")
    }

    static let running: [(name: String, arguments: [String])] = [
        ("ls", ["rule", "ls"]), ("explain", ["explain", "T-1", "--recompute"]),
        (
            "preview",
            [
                "silence", "add", "--mode", "cylinder-misfire", "--for", "7d", "--reason", "known",
                "--preview",
            ]
        ),
    ]

    @Test("say what runs in both languages", arguments: running, ["en", "zh-Hans"])
    func sayRunning(_ tool: (name: String, arguments: [String]), language: String) throws {
        let state = try DeskState.usual()
        let result = try Program.run(
            tool.arguments + ["--lang", language, "--state", state.folder])
        #expect(result.errors.isEmpty, "\(result.errors)")
        try expect(result.output, matches: "\(language)-rules-\(tool.name).txt")
        for line in result.lines where tool.name == "ls" {
            #expect(line.unicodeScalars.reduce(0) { $0 + ($1.value >= 0x2E80 ? 2 : 1) } <= 80)
        }
    }

    @Test("put a rule in shadow and add a silence, and say so in Chinese") func changes() throws {
        let state = try DeskState.usual()
        let rule = "misfire"
        func run(_ words: String...) throws -> String {
            let result = try Program.run(
                words + ["--lang", "zh-Hans", "--state", state.folder])
            #expect(result.code == 0, "\(result.errors)")
            return result.output
        }
        #expect(try run("rule", "shadow", rule) == "\(rule) 试运行\n")
        #expect(try run("rule", "show", rule).contains("试运行"))
        #expect(try run("rule", "enable", rule) == "\(rule) 启用\n")
        let added = try run("silence", "add", "--rule", rule, "--for", "7d", "--reason", "已知")
        #expect(added.hasPrefix("静默 ") && added.contains("直到"))
        #expect(try run("silence", "ls").contains("设置人"))
        let number = added.split(separator: " ")[1].prefix { $0.isNumber }
        #expect(try run("silence", "expire", "--preview", String(number)).hasPrefix("迄今已静默 "))
        #expect(try run("silence", "expire", String(number)) == "静默 \(number) 已结束\n")
    }
}
