import FaultDecoding
import FaultRules
import RuleTrials
import Testing
import VehicleFaults

@Suite("Tests of rules") struct RuleTestTests {
    static let misfire = Pack.rule("misfire", when: "code \"P030[1-8]\" 3 times within 1h")
    static let traffic = ["08:00:00", "08:20:00", "08:40:00"].map {
        Pack.message($0, codes: ["P0301"])
    }

    static func file(_ expect: String, more: String = "") -> String {
        let lines = traffic.map { "      \($0)\n" }.joined()
        return "version: 1\ntests:\n  - name: three misfires\n    messages: |\n\(lines)"
            + "\(more)    expect:\(expect)\n"
    }

    static func result(_ expect: String, more: String = "") throws -> RuleTestResult {
        let reader = try Pack.tests(file(expect, more: more))
        try #require(reader.diagnostics.isEmpty)
        let test = try #require(reader.file.tests.first)
        guard case .lines(let lines) = test.traffic else { throw Missing() }
        return test.run(
            on: Pack.batch(lines.map(\.text)), program: try Pack.source(misfire).program(),
            seesAtoms: true)
    }

    struct Missing: Error {}

    static let whole =
        "{ rule: misfire, mode: misfire, vehicle: V1, at: \"2026-03-01T08:40:00Z\", "
        + "severity: S3, advice: A3, findings: 1, symptom_gone: false }"

    static let expectations: [(name: String, expect: String, fields: [String])] = [
        ("every field right", "\n      - \(whole)", []),
        ("the mode alone", "\n      - mode: misfire", []),
        ("a severity", "\n      - { rule: misfire, severity: S1 }", ["severity S1 S3"]),
        (
            "a time and a count",
            "\n      - { rule: misfire, at: \"2026-03-01T08:38:30+00:00\", findings: 2 }",
            ["at 2026-03-01T08:38:30.000Z 2026-03-01T08:40:00.000Z 90000", "findings 2 1"]
        ),
        ("none", " none", ["unexpected V1"]),
        ("an empty list", " []", ["unexpected V1"]),
        (
            "another vehicle", "\n      - { rule: misfire, vehicle: V2 }",
            ["missing V2", "unexpected V1"]
        ),
        ("one too many", "\n      - rule: misfire\n      - rule: misfire", ["missing -"]),
    ]
    @Test("compares field by field", arguments: expectations)
    func compares(name: String, expect: String, fields: [String]) throws {
        let result = try Self.result(expect)
        let found = result.differences.flatMap { difference -> [String] in
            switch difference {
            case .missing(let ticket): ["missing \(ticket.vehicle.map { "\($0)" } ?? "-")"]
            case .unexpected(let ticket): ["unexpected \(ticket.vehicle)"]
            case .differs(_, let fields):
                fields.map {
                    "\($0.name) \($0.expected) \($0.got)" + ($0.late.map { " \($0)" } ?? "")
                }
            case .deadLetters(let expected, let got, _): ["unreadable \(expected) \(got)"]
            }
        }
        #expect(found == fields, "\(name)")
        #expect(result.passed == fields.isEmpty)
    }

    @Test("of two tickets each expectation takes the one that is like it") func pairs() throws {
        let rules = try Pack.source(Pack.rule("hot", severity: "S2", when: "coolant_c > 110"))
        let reader = try Pack.tests(
            """
            version: 1
            tests:
              - name: two
                messages: []
                expect:
                  - { rule: hot, at: "2026-03-01T09:00:00Z" }
                  - { rule: hot, vehicle: V2 }
            """)
        let test = try #require(reader.file.tests.first)
        let traffic = Pack.batch([
            Pack.message("08:00:00", on: "V2", [("coolant_c", 120)]),
            Pack.message("09:00:00", on: "V1", [("coolant_c", 120)]),
        ])
        let result = test.run(on: traffic, program: try rules.program())
        #expect(result.passed)
        #expect(result.matches == [1, 0])
    }

    @Test("a message that cannot be read fails a test, unless it is expected") func deadLetters()
        throws
    {
        let test = try #require(
            try Pack.tests(Self.file(" none", more: "    dead_letters: 1\n")).file.tests.first)
        let program = try Pack.source(Self.misfire).program()
        #expect(
            test.run(on: Pack.batch(["{\"vin\":oops}"]), program: program).passed)
        let unread = test.run(on: Pack.batch([]), program: program)
        #expect(unread.differences == [.deadLetters(expected: 1, got: 0, first: nil)])
    }

    @Test("silence after the last message completes what asks for silence, and nothing else")
    func silence() throws {
        let rules = try Pack.source(
            Pack.rule("quiet", when: "batt_v < 12 for 90m even if silent"),
            Pack.rule("steady", when: "batt_v < 12 for 90m"))
        let traffic = Pack.batch([Pack.message("08:00:00", [("batt_v", 11.5)])])
        for (silence, expected) in [(Int64(89), []), (91, ["quiet"])] {
            var trial = Trial(program: try rules.program())
            trial.take(traffic)
            trial.finish(silence: silence * 60_000)
            #expect(trial.result.tickets.map(\.rule) == expected, "\(silence) minutes")
        }
    }

    @Test("a repeated message stands for as many, each later than the one before") func repeats()
        throws
    {
        let text = """
            version: 1
            tests:
              - name: three
                messages: |
                  repeat 3 every 90m {"vin":"V1","ts":"2026-03-01T08:00:00Z","dtcs":["P0301"]}
                  {"vin":"V1","ts":"2026-03-02T08:00:00Z"}
                expect: none

            """
        let reader = try Pack.tests(text)
        guard case .lines(let lines) = try #require(reader.file.tests.first).traffic else {
            throw Missing()
        }
        let times = ["01T08:00:00.000Z", "01T09:30:00.000Z", "01T11:00:00.000Z", "02T08:00:00Z"]
        #expect(lines.map(\.line) == [5, 5, 5, 6])
        #expect(zip(lines, times).allSatisfy { $0.text.contains("\"2026-03-\($1)\"") })
        for wrong in ["every 90", "every 90m x", "after 90m"] {
            let broken = try Pack.tests(text.replacing("every 90m", with: wrong))
            #expect(
                broken.diagnostics.first?.message.description.hasPrefix(
                    "in line 5, a repeated message is:")
                    == true, "\(wrong)")
        }
    }

    static let mistakes: [(name: String, text: String, message: String)] = [
        (
            "an unknown key", "    expects: none\n",
            "5:5: error: \"expects\" is not a key of a test; did you mean \"expect\"?"
        ),
        ("no traffic", "", "3:5: error: a test needs \"messages\" or \"recording\""),
        (
            "two kinds of traffic", "    messages: []\n    recording: a.jsonl\n",
            "6:16: error: a test has either \"messages\" or a \"recording\""
        ),
        (
            "a time without zone",
            "    messages: []\n    expect: [{ rule: a, at: \"2026-03-01T08:00:00\" }]\n",
            "6:29: error: \"at\" is a time as 2026-03-01T08:00:00.000Z"
        ),
        (
            "a severity", "    messages: []\n    expect: [{ rule: a, severity: S9 }]\n",
            "6:35: error: \"S9\" is not one of S1, S2, S3, S4"
        ),
        (
            "a ticket of nothing", "    messages: []\n    expect: [{ vehicle: V1 }]\n",
            "6:14: error: an expected ticket needs the key \"rule\" or \"mode\""
        ),
        (
            "a word", "    messages: []\n    expect: nine\n",
            "6:13: error: \"expect\" is a list of tickets, or none"
        ),
    ]
    @Test("says where a test file is wrong", arguments: mistakes)
    func saysWhere(name: String, text: String, message: String) throws {
        let start = "version: 1\ntests:\n  - name: one\n    silence_after: 1h30m\n"
        let text = text.contains("expect") ? text : text + "    expect: none\n"
        let reader = try Pack.tests(start + text)
        #expect(
            reader.diagnostics.map(\.description).contains {
                $0.hasPrefix("pack.test.yaml:" + message)
            },
            "\(name): \(reader.diagnostics)")
        #expect(reader.hasErrors)
    }

    @Test("a rule that does not exist is an error with the nearest name") func unknownRule() throws
    {
        let reader = try Pack.tests(Self.file("\n      - rule: misfir"))
        let found = reader.file.check(against: try Pack.source(Self.misfire).program())
        #expect(
            found.map(\.description) == [
                "pack.test.yaml:9:9: error: no rule of this test has the rule \"misfir\""
                    + "; did you mean \"misfire\"?"
            ])
    }

    static let updates: [(name: String, expect: String, written: String)] = [
        (
            "none", " none # for now",
            "\n      - { rule: misfire, vehicle: V1, at: \"2026-03-01T08:40:00.000Z\", severity: S3 }"
        ),
        (
            "the fields that were there",
            "\n      # the coil\n      - rule: misfire\n        severity: S1",
            "\n      - { rule: misfire, severity: S3 }"
        ),
        (
            "a list that is not indented", "\n    - mode: misfire\n      findings: 4",
            "\n      - { mode: misfire, findings: 1 }"
        ),
    ]
    @Test("writes what came out, and leaves all else as it was", arguments: updates)
    func update(name: String, expect: String, written: String) throws {
        let rest = "\n  # the end\n"
        let text = Self.file(expect) + rest
        let update = RuleTestUpdate(text, [try Self.result(expect)])
        #expect(update.text == Self.file(written) + rest, "\(name)")
        #expect(update.left.isEmpty)
        let again = try #require(try Pack.tests(update.text).file.tests.first)
        let traffic = Pack.batch(Self.traffic)
        let program = try Pack.source(Self.misfire).program()
        #expect(again.run(on: traffic, program: program).passed, "\(name)")
    }
}
