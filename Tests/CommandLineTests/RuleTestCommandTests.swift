import Foundation
import Testing

@Suite("forewarn test") struct RuleTestCommandTests {
    static func workshop(_ expect: String) throws -> Workshop {
        try Workshop([
            "vans.yaml": Workshop.rules, "vans.test.yaml": Workshop.tests(expect: expect),
        ])
    }

    @Test("tests beside the rules pass, and -v names them") func passes() throws {
        let workshop = try Self.workshop(Workshop.right)
        let quiet = try workshop.run(["test", "@"])
        #expect(quiet.output == "2 tests, all passed\n" && quiet.code == 0, "\(quiet.errors)")
        let loud = try workshop.run(["test", "-v", "--run", "four", "@vans.test.yaml"])
        #expect(
            loud.output == """
                ok    vans.test.yaml:10:5: hot for four minutes is not yet hot
                1 test, all passed

                """)
    }

    @Test("what is otherwise is shown field by field, and ends with 1") func fails() throws {
        let workshop = try Self.workshop(
            "\n      - { rule: misfire, at: \"2026-03-04T08:00:00Z\", severity: S2 }")
        let result = try workshop.run(["test", "--full", "--junit", "@out.xml", "@"])
        #expect(result.code == 1)
        #expect(
            result.output == """
                FAIL  vans.test.yaml:3:5: three misfires in five days
                      ticket      misfire  TESTVAN1  2026-03-05T08:00:00.000Z  S3
                        at        expected 2026-03-04T08:00:00.000Z  got 2026-03-05T08:00:00.000Z  (1d later)
                        severity  expected S2                        got S3
                2 tests, 1 failed

                """)
        let junit = try workshop.text("out.xml")
        #expect(junit.contains("tests=\"2\" failures=\"1\""))
        #expect(junit.contains("<testcase classname=") && junit.contains("line=\"10\"/>"))
    }

    @Test("update writes what came out, and then it passes") func update() throws {
        let workshop = try Self.workshop(" none")
        let written = try workshop.run(["test", "--update", "@"])
        #expect(written.code == 0 && written.output.hasSuffix("1 expectation written\n"))
        #expect(
            try workshop.text("vans.test.yaml").contains(
                "at: \"2026-03-05T08:00:00.000Z\", severity: S3 }\n  - name: hot"))
        #expect(try workshop.run(["test", "@"]).code == 0)
    }

    @Test("coverage names the branches that no test has seen") func coverage() throws {
        let result = try Self.workshop(Workshop.right).run(["test", "--coverage", "@"])
        #expect(
            result.output == """
                2 tests, all passed

                vans.yaml
                misfire  fired        never cleared  branches 4 of 4
                hot      never fired  no until       branches 1 of 2
                    when  coolant_c > 108 °C for 5m  never true
                coverage: 1 of 2 rules fired, 5 of 6 branches (83 %)

                """)
    }

    @Test("mutation lists the changes that no test notices, and ends with 1") func mutation() throws
    {
        let result = try Self.workshop(Workshop.right).run(["test", "--mutate", "@"])
        #expect(result.code == 1)
        #expect(
            result.output == """
                2 tests, all passed
                survived  vans.yaml:9:43: misfire when: 7d -> 6.3d
                survived  vans.yaml:9:43: misfire when: 7d -> 7.7d
                survived  vans.yaml:17:23: hot when: 108 °C -> 97.2 °C
                survived  vans.yaml:17:23: hot when: 108 °C -> 118.8 °C
                survived  vans.yaml:17:34: hot when: 5m -> 4.5m
                survived  vans.yaml:17:34: hot when: 5m -> 5.5m
                8 changes by ±10 %, 2 noticed

                """)
    }

    @Test("a recording is read from the folder of its test") func recording() throws {
        let workshop = try Self.workshop(Workshop.right)
        try workshop.write(
            "{\"vin\":\"TESTVAN1\",\"ts\":\"2026-03-01T08:00:00Z\",\"signals\":{\"batt_v\":11.9}}\n",
            to: "flat.jsonl")
        try workshop.write(
            """
            version: 1
            rules: [vans.yaml]
            tests:
              - { name: flat, recording: flat.jsonl, expect: none }
            """, to: "other.test.yaml")
        #expect(try workshop.run(["test", "@"]).output == "3 tests, all passed\n")
    }

    static let mistakes: [(name: String, tests: String, message: String)] = [
        (
            "an unknown rule", "\n      - rule: misfir",
            "vans.test.yaml:9:9: error: no rule of this test has the rule \"misfir\"; did you mean "
                + "\"misfire\"?\n          - rule: misfir\n            ^\n"
        ),
        (
            "a wrong time", "\n      - { rule: misfire, at: noon }",
            "vans.test.yaml:9:30: error: \"at\" is a time as 2026-03-01T08:00:00.000Z\n"
                + "          - { rule: misfire, at: noon }\n                                 ^\n"
        ),
    ]
    @Test("a wrong file is named with line and column, and ends with 2", arguments: mistakes)
    func saysWhere(name: String, tests: String, message: String) throws {
        let result = try Self.workshop(tests).run(["test", "@"])
        #expect(result.code == 2 && result.output.isEmpty)
        #expect(result.errors == message, "\(name)")
    }

    @Test("no tests, no folder, no regular expression and a missing recording are 2")
    func usage() throws {
        let workshop = try Workshop(["vans.yaml": Workshop.rules])
        #expect(try workshop.run(["test", "@"]).code == 2)
        #expect(try workshop.run(["test", "@nowhere"]).code == 2)
        #expect(try workshop.run(["test", "--run", "[", "@"]).code == 2)
        try workshop.write(
            "version: 1\ntests:\n  - { name: a, recording: b.jsonl, expect: none }\n",
            to: "vans.test.yaml")
        let missing = try workshop.run(["test", "@"])
        #expect(missing.code == 2 && missing.errors.contains("vans.test.yaml:3:27: error: "))
    }

    @Test("tests are no rules: a folder is checked without them") func check() throws {
        let result = try Self.workshop(Workshop.right).run(["check", "@"])
        #expect(result.code == 0 && result.output.hasPrefix("2 rules in 1 file"))
    }
}

@Suite("The sample fleet's tests") struct SampleTestTests {
    @Test("the sample rules find in the sample recording what they should") func fleet() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().path
        let result = try Program.run(["test", folder + "/Samples/fleet"])
        #expect(result.output == "1 test, all passed\n" && result.code == 0, "\(result.errors)")
    }
}
