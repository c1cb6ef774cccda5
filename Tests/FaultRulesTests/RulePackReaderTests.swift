import FaultRules
import FleetSimulation
import Testing
import VehicleFaults
import YAMLSource

/// A rule file with one rule whose condition is given.
func ruleFile(when: String, until: String? = nil, more: String = "") -> String {
    """
    version: 1
    rules:
      - id: the-rule
        mode: the-mode
        severity: S2
        advice: A3
        component: pump
        skill: ENG
        when: \(when)
    \(until.map { "    until: \($0)\n" } ?? "")\(more)
    """
}

func read(_ text: String) -> RulePackReader {
    var reader = RulePackReader()
    do throws(Diagnostic) {
        reader.add(file: try YAMLSource.parse(text, file: "rules.yaml"))
    } catch {
        Issue.record("not YAML: \(error)")
    }
    return reader
}

@Suite struct RulePackReaderTests {
    @Test("a rule is read with all it names") func readsARule() throws {
        let reader = read(
            ruleFile(
                when: "code \"P030[1-8]\" confirmed 3 times within 7d", until: "not code \"P030?\"")
        )
        #expect(reader.diagnostics.isEmpty)
        let rule = try #require(reader.program.rules.first)
        #expect(rule.id == "the-rule")
        #expect(rule.severity == .s2)
        #expect(rule.advice == .a3)
        #expect(rule.when == .atom(0))
        #expect(rule.until == .not(.atom(1)))
        guard case .code(let code) = reader.program.atoms[0] else {
            Issue.record("not a code")
            return
        }
        #expect(code.status == .confirmed)
        #expect(code.occurrences?.count == 3)
        #expect(code.occurrences?.withinMilliseconds == 604_800_000)
        #expect(!code.countsEachCode)
    }

    @Test("and binds closer than or, and not closest") func precedence() throws {
        let program = read(ruleFile(when: "a_v > 1 or b_v > 2 and not c_v > 3")).program
        let rule = try #require(program.rules.first)
        #expect(rule.when == .any([.atom(0), .all([.atom(1), .not(.atom(2))])]))
    }

    @Test("equal conditions of several rules are one atom") func sharesAtoms() {
        let text =
            ruleFile(when: "coolant_c > 110 for 5m")
                + """

                  - { id: other, mode: m, severity: S1, advice: A1, component: c, skill: ENG,
                      when: "coolant_c > 110 °C for 300s and rpm > 1" }
                """
        let program = read(text).program
        #expect(program.rules.count == 2)
        #expect(program.atoms.count == 2)
    }

    static let conditions:
        [(text: String, signal: String, limit: Double, hold: Int64, silent: Bool)] = [
            ("coolant_c > 110", "coolant_c", 110, 0, false),
            ("coolant_c > 110 °C", "coolant_c", 110, 0, false),
            ("batt_v < 12.2 V for 6h", "batt_v", 12.2, 21_600_000, false),
            ("temp.inlet >= -5.5 for 90s even if silent", "temp.inlet", -5.5, 90_000, true),
            ("x == 1e3", "x", 1000, 0, false),
            ("x != 0 for 1500ms", "x", 0, 1500, false),
        ]

    @Test("signal conditions read as written", arguments: conditions)
    func readsSignals(text: String, signal: String, limit: Double, hold: Int64, silent: Bool)
        throws
    {
        let reader = read(ruleFile(when: text))
        #expect(reader.diagnostics.isEmpty, "\(reader.diagnostics)")
        guard case .signal(let atom) = try #require(reader.program.atoms.first) else {
            Issue.record("not a signal: \(text)")
            return
        }
        #expect(atom.signal == signal)
        #expect(atom.limit == limit)
        #expect(atom.holdMilliseconds == hold)
        #expect(atom.elapsesInSilence == silent)
    }

    @Test("the limits of a rule are those whose passing can set it off, in its counts too")
    func limits() throws {
        let reader = read(
            ruleFile(
                when: "a_c > 108 for 5m and (b_v < 9) 3 times within 1h and not d_kpa < 100",
                until: "a_c < 90"))
        #expect(reader.diagnostics.isEmpty, "\(reader.diagnostics)")
        let found = reader.program.limits(of: try #require(reader.program.rules.first))
        #expect(
            found.map { "\($0.signal) \($0.comparison.rawValue) \($0.limit)" }.sorted()
                == ["a_c > 108.0", "b_v < 9.0"])
    }

    /// Line 9 of ``ruleFile(when:until:more:)`` holds `when`, whose text begins in column 11.
    static let mistakes:
        [(name: String, when: String, column: Int, message: String, suggestion: String?)] = [
            (
                "no condition", "''", 12,
                "expected a condition (code, a signal, ewma or cusum), found the end", nil
            ),
            (
                "a status nobody knows", "code \"P0301\" confirmd", 24,
                "\"confirmd\" is not a status", "confirmed"
            ),
            (
                "a broken pattern", "code \"P030[1\"", 21,
                "in the code pattern \"P030[1\", a set needs characters and a ]", nil
            ),
            (
                "a count without a window", "code \"P0301\" 3 times", 31,
                "expected \"within\", found the end", nil
            ),
            (
                "a duration without a unit", "code \"P0301\" 3 times within 7", 39,
                "expected a duration as 90s, 10m, 24h or 7d, found the number 7", nil
            ),
            (
                "a unit of another quantity", "coolant_c > 90 V", 23,
                "the signal \"coolant_c\" is in °C, the limit in V", "°C"
            ),
            ("a single equals sign", "rpm = 0", 15, "\"=\" is not a comparison", "=="),
            ("a number too many", "rpm > 0 5", 19, "the number 5 after a complete condition", nil),
            ("a parenthesis left open", "(rpm > 0", 19, "expected \")\", found the end", nil),
            (
                "same without a count", "same code \"*\"", 24,
                "\"same code\" counts, so it needs \"N times within DURATION\"", nil
            ),
            (
                "a setting nobody knows", "'ewma(rpm, wieght: 0.2) beyond 3'", 22,
                "\"wieght\" is not a setting (weight, memory, after)", "weight"
            ),
            (
                "a weight out of range", "'ewma(rpm, weight: 2) beyond 3'", 30,
                "\"weight\" lies between 0.001 and 1", nil
            ),
            (
                "only negative", "not code \"P0301\"", 11,
                "the condition is only negative, so no message can ever complete it", nil
            ),
            (
                "a window of two years", "code \"P0301\" 2 times within 800d", 39,
                "a duration lies between 1ms and 400d", nil
            ),
        ]

    @Test("a mistake is told with its place", arguments: mistakes)
    func refuses(name: String, when: String, column: Int, message: String, suggestion: String?)
        throws
    {
        let reader = read(ruleFile(when: when))
        #expect(reader.hasErrors, "\(name)")
        let problem = try #require(reader.diagnostics.first)
        #expect(problem.message.description.hasPrefix(message), "\(name): \(problem.message)")
        #expect(
            problem.position == SourcePosition(file: "rules.yaml", line: 9, column: column),
            "\(name)")
        #expect(problem.suggestion == suggestion, "\(name)")
    }

    @Test("a mistake in a folded text is told on its own line") func placesInBlocks() throws {
        let reader = read(
            ruleFile(when: ">\n          rpm > 0\n          and coolant_c > 90 V"))
        let problem = try #require(reader.diagnostics.first)
        #expect(problem.position.line == 11)
        #expect(problem.position.column == 27)
    }

    @Test("keys and values that mean nothing are named") func unknownKeys() {
        let reader = read(ruleFile(when: "rpm > 0", more: "    severty: S1\n"))
        #expect(reader.diagnostics.map(\.message).contains("\"severty\" is not a key of a rule"))
        #expect(reader.diagnostics.first?.suggestion == "severity")
        let twice = read(
            ruleFile(when: "rpm > 0") + "\n"
                + ruleFile(when: "rpm > 1").split(separator: "\n").dropFirst(2).joined(
                    separator: "\n"))
        #expect(twice.diagnostics.contains { $0.message.description.contains("exists already") })
    }

    @Test("layout does not change what a rule means, and a limit does") func meaning() throws {
        let plain = read(ruleFile(when: "rpm > 100 for 1m and oil_kpa < 5")).program
        let spaced = read(ruleFile(when: "(rpm   > 100 for 60s) and oil_kpa < 5.0 kPa")).program
        let other = read(ruleFile(when: "rpm > 101 for 1m and oil_kpa < 5")).program
        #expect(plain.meaning == spaced.meaning)
        #expect(plain.meaning != other.meaning)
    }

    @Test("nesting and size are bounded") func bounds() {
        let deep = String(repeating: "(", count: 40) + "rpm > 0" + String(repeating: ")", count: 40)
        #expect(
            read(ruleFile(when: deep)).diagnostics.first?.message
                == "more than 32 levels of nesting")
        let wide = Array(repeating: "rpm > 0", count: 65).joined(separator: " or ")
        #expect(
            read(ruleFile(when: wide)).diagnostics.first?.message
                == "more than 64 conditions in a rule")
    }

    @Test("no text makes the reader fail otherwise than with a place") func isTotal() {
        let words = [
            "code", "same", "\"P0*\"", "not", "and", "or", "(", ")", "rpm", ">", "<=", "5", "7d",
            "for",
            "within", "times", "3", "ewma", "cusum", ",", ":", "beyond", "confirmed", "|", "even",
            "if",
            "silent", "°C", "from", "\"", "'", "#",
        ]
        var random = SeededRandom(42)
        for seed in 0..<3000 {
            var text = ""
            for _ in 0...random.whole(below: 16) {
                text += words[random.whole(below: words.count)] + " "
            }
            var reader = RulePackReader()
            let node = SourceNode(
                .mapping(
                    ["version", "rules"].enumerated().map { index, key in
                        let place = SourcePosition(file: "f", line: 1, column: 1)
                        let line = SourceNode.Line(offset: 0, position: place)
                        let keyNode = SourceNode(.scalar(key, lines: [line]), at: place)
                        if index == 0 {
                            return (keyNode, SourceNode(.scalar("1", lines: [line]), at: place))
                        }
                        let fields = [
                            ("id", "r"), ("mode", "m"), ("severity", "S1"), ("advice", "A1"),
                            ("component", "c"), ("skill", "ENG"), ("when", text),
                        ].map { name, value in
                            (
                                key: SourceNode(.scalar(name, lines: [line]), at: place),
                                value: SourceNode(.scalar(value, lines: [line]), at: place)
                            )
                        }
                        return (
                            keyNode,
                            SourceNode(
                                .sequence([SourceNode(.mapping(fields), at: place)]), at: place)
                        )
                    }), at: SourcePosition(file: "f", line: 1, column: 1))
            reader.add(file: node)
            #expect(
                reader.hasErrors == reader.program.rules.isEmpty, "seed \(seed): \(text)")
        }
    }
}
