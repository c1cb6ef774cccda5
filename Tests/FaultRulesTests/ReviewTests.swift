import Testing

@testable import FaultRules

/// What is legal and cannot be meant.
@Suite struct ReviewTests {
    static let oneRule: [(name: String, when: String, until: String?, warning: String?)] = [
        (
            "limits that cross", "x > 5 and x < 3", nil,
            "the condition can never be true: x > 5 and x < 3 exclude each other"
        ),
        (
            "limits that touch", "x > 5 and x <= 5", nil,
            "the condition can never be true: x > 5 and x <= 5 exclude each other"
        ),
        ("limits that overlap", "x > 3 and x < 5", nil, nil),
        (
            "one value of two", "x == 3 and x == 4", nil,
            "the condition can never be true: x == 3 and x == 4 exclude each other"
        ),
        (
            "a value and its denial", "x > 3 and not x > 3", nil,
            "the condition can never be true: x > 3 and not x > 3 exclude each other"
        ),
        (
            "what follows, denied", "x > 5 and not x > 3", nil,
            "the condition can never be true: x > 5 and not x > 3 exclude each other"
        ),
        (
            "one of several ways", "y > 1 or (x > 5 and x < 3)", nil,
            "a part of the condition can never be true: x > 5 and x < 3 exclude each other"
        ),
        ("different signals", "x > 5 and y < 3", nil, nil),
        (
            "units converted", "a_v > 5 V and a_v < 4000 mV", nil,
            "the condition can never be true: a_v > 5 and a_v < 4 exclude each other"
        ),
        (
            "windows of the same kind", "mean(x, 1h) > 5 and mean(x, 1h) < 3", nil,
            "the condition can never be true: mean(x, 1h) > 5 and mean(x, 1h) < 3 exclude each other"
        ),
        ("windows of other lengths", "mean(x, 1h) > 5 and mean(x, 2h) < 3", nil, nil),
        (
            "two makes at once", "x > 5 and vehicle.make == \"A\" and vehicle.make == \"B\"", nil,
            "the condition can never be true: vehicle.make in [\"A\"] and vehicle.make in [\"B\"] exclude each other"
        ),
        (
            "inside a count", "(x > 5 and x < 3) 3 times within 1h", nil,
            "the condition can never be true: x > 5 and x < 3 exclude each other"
        ),
        (
            "at least two that exclude each other", "at least 2 of (x > 5, x < 3)", nil,
            "the condition can never be true: x > 5 and x < 3 exclude each other"
        ),
        (
            "a clear condition that cannot come", "x > 5", "x < 3 and x > 4",
            "the clear condition can never be true, so the rule fires once: x < 3 and x > 4 exclude each other"
        ),
        (
            "a chart as clear condition", "x > 5", "ewma(x) beyond 3",
            "the clear condition can never be true, so the rule fires once: a chart is true only at the reading that carries it beyond its limit"
        ),
        ("not a chart as clear condition", "x > 5", "not ewma(x) beyond 3 and x < 3", nil),
        (
            "a clear condition that is always met", "x > 5", "x > 3",
            "the clear condition is true whenever the rule fires, so it holds nothing back"
        ),
        ("hysteresis", "x > 108 for 5m", "x < 100 for 10m", nil),
        ("a code that goes", "code \"P0301\" confirmed", "not code \"P0301\"", nil),
        (
            "the same code as clear condition", "code \"P0301\" confirmed", "code \"P0301\"",
            "the clear condition is true whenever the rule fires, so it holds nothing back"
        ),
    ]

    @Test("what can never be true or never be false is told", arguments: oneRule)
    func single(name: String, when: String, until: String?, warning: String?) {
        let reader = readAll(blockFile(when: when, until: until))
        #expect(!reader.hasErrors, "\(name): \(reader.diagnostics)")
        #expect(
            reader.diagnostics.map(\.message.description) == (warning.map { [$0] } ?? []), "\(name)"
        )
        for problem in reader.diagnostics {
            let isClear = problem.message.description.contains("clear condition")
            #expect(problem.position.line == (isClear ? 12 : 10), "\(name)")
            #expect(problem.severity == .warning)
        }
    }

    private static func two(
        _ first: String, _ second: String, severities: (String, String) = ("S3", "S3"),
        modes: (String, String) = ("m", "m")
    ) -> String {
        var text = "version: 1\nrules:\n"
        let rules = [(first, severities.0, modes.0), (second, severities.1, modes.1)]
        for (number, (when, severity, mode)) in rules.enumerated() {
            text += """
                  - { id: r\(number), mode: \(mode), severity: \(severity), advice: A3, component: c,
                      skill: ENG, when: '\(when)' }

                """
        }
        return text
    }

    static let overlaps: [(name: String, text: String, warned: [Int])] = [
        ("a higher limit of the same severity", two("x > 10", "x > 5"), [0]),
        ("a lower one behind", two("x > 5", "x > 10"), [1]),
        ("the same twice", two("x > 5", "x > 5.0"), [1]),
        (
            "a higher limit that is more severe", two("x > 10", "x > 5", severities: ("S1", "S3")),
            []
        ),
        (
            "a higher limit that is less severe", two("x > 10", "x > 5", severities: ("S4", "S3")),
            [0]
        ),
        ("other modes", two("x > 10", "x > 5", modes: ("m", "n")), []),
        ("more asked", two("x > 5 and y > 1", "x > 5"), [0]),
        ("one of two ways", two("x > 5", "x > 5 or y > 1"), [0]),
        ("longer held", two("x > 5 for 10m", "x > 5 for 5m"), [0]),
        ("shorter held", two("x > 5 for 1m", "y > 5 for 5m"), []),
        (
            "a stricter count",
            two("code \"P0301\" 5 times within 1d", "code \"P0301\" 3 times within 2d"), [0]
        ),
        ("a confirmed code", two("code \"P0301\" confirmed", "code \"P0301\""), [0]),
        ("another code", two("code \"P0301\"", "code \"P0302\""), []),
        ("guarded", two("x > 5 while y > 1", "x > 3"), [0]),
    ]

    @Test("a rule that adds nothing to another of its mode is told", arguments: overlaps)
    func overlap(name: String, text: String, warned: [Int]) {
        let reader = readAll(text)
        #expect(!reader.hasErrors, "\(name): \(reader.diagnostics)")
        #expect(reader.diagnostics.map { ($0.position.line - 3) / 2 } == warned, "\(name)")
        for problem in reader.diagnostics {
            #expect(problem.message.description.contains("of the same mode fires too"), "\(name)")
        }
    }

    @Test("a condition of many ways is left alone, and in time") func isBounded() {
        let wide = (0..<30).map { "(a\($0) > 1 or b\($0) > 1)" }.joined(separator: " and ")
        #expect(readAll(blockFile(when: wide)).diagnostics.isEmpty)
        let many = (0..<60).map { "a\($0) > 1" }.joined(separator: ", ")
        #expect(readAll(blockFile(when: "at least 30 of (\(many))")).diagnostics.isEmpty)
    }
}
