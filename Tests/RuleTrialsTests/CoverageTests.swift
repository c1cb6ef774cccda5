import FaultRules
import RuleTrials
import Testing
import VehicleFaults
import YAMLSource

@Suite("What tests leave untried") struct CoverageTests {
    static let hot = Pack.rule(
        "hot", when: "coolant_c > 110 for 5m and not code \"P0128\"", until: "coolant_c < 100")

    static func coverage(_ messages: [String]) throws -> RuleCoverage {
        let program = try Pack.source(hot).program()
        var trial = Trial(program: program, seesAtoms: true)
        trial.take(Pack.batch(messages))
        trial.finish()
        return RuleCoverage(program, [trial.result])
    }

    static func branches(_ coverage: RuleCoverage) -> [String] {
        coverage.entries.flatMap(\.parts).map {
            "\($0.key) \($0.text): \($0.wasTrue ? "T" : "-")\($0.wasFalse ? "F" : "-")"
        }
    }

    @Test("each part is seen true and false, as it is written") func parts() throws {
        let cold = try Self.coverage([Pack.message("08:00:00", [("coolant_c", 90)])])
        #expect(
            Self.branches(cold) == [
                "when coolant_c > 110 for 5m: -F", "when code \"P0128\": -F",
                "until coolant_c < 100: T-",
            ])
        #expect(cold.firedRules == 0)
        #expect(cold.entries.map(\.cleared) == [false])
        let whole = try Self.coverage([
            Pack.message("08:00:00", [("coolant_c", 112)]),
            Pack.message("08:06:00", [("coolant_c", 112)]),
            Pack.message("08:07:00", [("coolant_c", 95)]),
            Pack.message("08:08:00", codes: ["P0128"], [("coolant_c", 95)]),
        ])
        #expect(whole.seenBranches == whole.branches)
        #expect(whole.firedRules == 1)
        #expect(whole.entries.map(\.cleared) == [true])
    }

    @Test("a chart that fired for one reading counts as seen") func chart() throws {
        let program = try Pack.source(
            Pack.rule("drift", when: "cusum(coolant_c, after: 3) beyond 2")
        ).program()
        var trial = Trial(program: program, seesAtoms: true)
        let values: [Double] = [90, 91, 90, 91, 90, 99]
        trial.take(
            Pack.batch(
                values.enumerated().map { Pack.message("08:0\($0):00", [("coolant_c", $1)]) }))
        trial.finish()
        let part = try #require(RuleCoverage(program, [trial.result]).entries.first?.parts.first)
        #expect(part.wasTrue && part.wasFalse)
    }

    static let numbers: [(name: String, text: String, moved: [String])] = [
        ("a limit with its unit", "coolant_c > 90 °C", ["81 °C", "99 °C"]),
        ("a count and a window", "code \"P0301\" 3 times within 7d", ["2", "4", "6.3d", "7.7d"]),
        ("a large count", "code \"P0301\" 40 times within 1h", ["36", "44", "0.9h", "1.1h"]),
        (
            "a count of one cannot go down", "code \"P0301\" 1 times within 1h",
            ["2", "0.9h", "1.1h"]
        ),
        ("nothing at zero", "ambient_c < 0", []),
        ("below zero", "ambient_c < -10", ["-9", "-11"]),
        (
            "a chart", "ewma(coolant_c, weight: 0.2, after: 20) beyond 1.8",
            ["0.18", "0.22", "18", "22", "1.62", "1.98"]
        ),
        ("hours of an engine", "engine_h > 100 h for 2h", ["90h", "110h", "1.8h", "2.2h"]),
    ]
    @Test("every number is moved by a tenth", arguments: numbers)
    func moves(name: String, text: String, moved: [String]) throws {
        let source = try Pack.source(Pack.rule("one", when: text))
        let mutations = RuleMutation.all(of: source).filter { $0.program(of: source) != nil }
        #expect(mutations.map(\.text) == moved, "\(name)")
        for mutation in mutations {
            let program = try #require(mutation.program(of: source))
            #expect(program.meaning != (try source.program().meaning), "\(name) \(mutation.text)")
        }
    }

    static let partings: [(name: String, text: String, parts: [String])] = [
        ("one", "coolant_c > 90", ["coolant_c > 90"]),
        (
            "under not and in parentheses", "not (batt_v < 12 V or code \"and (\") and rpm > 0",
            ["batt_v < 12 V", "code \"and (\"", "rpm > 0"]
        ),
        (
            "a chart and its settings", "ewma(coolant_c, weight: 0.2) beyond 3 and not rpm == 0",
            ["ewma(coolant_c, weight: 0.2) beyond 3", "rpm == 0"]
        ),
        ("nested", "((a > 1) and (b > 2 for 5m))", ["a > 1", "b > 2 for 5m"]),
    ]
    @Test("conditions fall into the parts that a person sees", arguments: partings)
    func fallsApart(name: String, text: String, parts: [String]) throws {
        #expect(ExpressionClauses.all(in: text).map(\.text) == parts, "\(name)")
        let rule = try #require(
            try Pack.source(Pack.rule("one", when: text)).program().rules.first)
        #expect(
            ExpressionClauses.atoms(of: rule.when, in: rule.whenText).map(\.text) == parts,
            "\(name)")
    }

    @Test("parameters are moved where they are given, counts among them by whole numbers")
    func parameters() throws {
        let text = """
            version: 1
            pack: p
            params:
              misfires: 3
              heat: 110
            rules:

            """ + Pack.rule("one", when: "code \"P0301\" $misfires times within 1h")
            + Pack.rule("two", when: "coolant_c > $heat")
        let source = RuleSource(files: [try YAMLSource.parse(text, file: "pack.yaml")])
        let mutations = RuleMutation.all(of: source).filter { $0.program(of: source) != nil }
        #expect(
            mutations.map { "\($0.place.rule) \($0.text)" } == [
                "misfires 2", "misfires 4", "heat 99", "heat 121", "one 0.9h", "one 1.1h",
            ])
    }

    @Test("what a site puts in a parameter's place is moved, and what it replaces is not")
    func overrides() throws {
        let pack = """
            version: 1
            pack: p
            params:
              heat: { value: 110, unit: °C, note: hot }
              cold: { value: 5, unit: °C }
              volts: 12
            rules:

            """
            + Pack.rule("one", when: "coolant_c > $heat or coolant_c < $cold or batt_v < $volts")
        let site = "version: 1\nparameters:\n  p.heat: 100 °C\n  volts: 11\n"
        let source = RuleSource(files: [
            try YAMLSource.parse(site, file: "site.yaml"),
            try YAMLSource.parse(pack, file: "pack.yaml"),
        ])
        let mutations = RuleMutation.all(of: source).filter { $0.program(of: source) != nil }
        #expect(
            mutations.map { "\($0.place.rule) \($0.text)" } == [
                "p.heat 90 °C", "p.heat 110 °C", "volts 9.9", "volts 12.1", "cold 4.5", "cold 5.5",
            ])
        let meaning = try source.program().rules.map(\.meaning)
        #expect(mutations.allSatisfy { $0.program(of: source)?.rules.map(\.meaning) != meaning })
    }

    @Test("a place names line and column of its number") func places() throws {
        let source = try Pack.source(Self.hot)
        #expect(
            source.numbers.map { "\($0.position.line):\($0.position.column) \($0.text)" } == [
                "9:24 110", "9:32 5m", "10:25 100",
            ])
    }

    @Test("results are JUnit XML whatever stands in them") func junit() {
        var document = JUnitText()
        document.add(
            file: "a.test.yaml",
            tests: [
                .init(name: "fine", line: 3, failure: nil),
                .init(name: "<\"&\u{1}", line: 9, failure: ["missing  P0301", "at 8 < 9"]),
            ])
        #expect(
            document.text == """
                <?xml version="1.0" encoding="UTF-8"?>
                <testsuites tests="2" failures="1">
                  <testsuite name="a.test.yaml" tests="2" failures="1">
                    <testcase classname="a.test.yaml" name="fine" file="a.test.yaml" line="3"/>
                    <testcase classname="a.test.yaml" name="&lt;&quot;&amp;\u{FFFD}" file="a.test.yaml" line="9">
                      <failure message="missing  P0301">missing  P0301
                at 8 &lt; 9</failure>
                    </testcase>
                  </testsuite>
                </testsuites>

                """)
    }
}
