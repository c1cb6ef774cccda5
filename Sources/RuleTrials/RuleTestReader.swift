import FaultDecoding
import FaultRules
import VehicleFaults

/// Reads a file of tests.
///
/// ```yaml
/// version: 1
/// rules: misfire.yaml
/// tests:
///   - name: three misfires within a week open one ticket
///     messages: |
///       {"vin":"TEST1","ts":"2026-03-01T08:00:00Z","dtcs":["P0301"]}
///     expect:
///       - { rule: misfire-repeats, vehicle: TEST1, at: "2026-03-01T08:00:00Z", severity: S3 }
/// ```
public struct RuleTestReader {
    public private(set) var file: RuleTestFile
    private var reader = NodeReader()
    private var names: [String: Int] = [:]

    /// What is wrong with the file.
    public var diagnostics: [Diagnostic] { reader.diagnostics }
    public var hasErrors: Bool { reader.hasErrors }

    /// Reads the document of the file `name`.
    public init(_ root: SourceNode, name: String) {
        file = RuleTestFile(name: name)
        guard
            let fields = reader.mapping(
                root, what: "a test file",
                known: ["version", "rules", "roster", "reorder_window", "tests"],
                required: ["version", "tests"])
        else { return }
        if let version = fields["version"], version.text != "1" {
            reader.fail(version, "this version of test files is not known", suggestion: "1")
        }
        file.rules = reader.texts(fields["rules"], "rules")
        file.roster = reader.texts(fields["roster"], "roster")
        file.reorderWindow = reader.duration(fields["reorder_window"], "reorder_window") ?? 0
        for node in reader.list(fields["tests"], "tests") { add(node) }
        if let tests = fields["tests"], file.tests.isEmpty, !reader.hasErrors {
            reader.warn(tests, "the file holds no test")
        }
    }

    private mutating func add(_ node: SourceNode) {
        let known = ["name", "messages", "recording", "silence_after", "dead_letters", "expect"]
        guard
            let fields = reader.mapping(
                node, what: "a test", known: known, required: ["name", "expect"]),
            let name = reader.text(fields["name"], "name"), let expect = fields["expect"],
            let traffic = traffic(node, fields), let expected = expected(expect)
        else { return }
        if let line = names.updateValue(node.position.line, forKey: name),
            let place = fields["name"]
        {
            reader.fail(place, "a test in line \(line) has this name already")
        }
        var test = RuleTest(
            name: name, position: node.position, traffic: traffic, expected: expected,
            expectPosition: Self.keyPosition("expect", in: node) ?? expect.position)
        test.silenceAfter = reader.duration(fields["silence_after"], "silence_after") ?? 0
        test.deadLetters =
            reader.whole(fields["dead_letters"], "dead_letters", in: 0...1_000_000) ?? 0
        file.tests.append(test)
    }

    private static func keyPosition(_ name: String, in node: SourceNode) -> SourcePosition? {
        guard case .mapping(let pairs) = node.content else { return nil }
        return pairs.first { $0.key.text == name }?.key.position
    }

    private mutating func traffic(_ node: SourceNode, _ fields: [String: SourceNode])
        -> RuleTest.Traffic?
    {
        switch (fields["messages"], fields["recording"]) {
        case (let messages?, nil): return lines(messages)
        case (nil, let recording?):
            return reader.text(recording, "recording").map { .recording($0, recording.position) }
        case (nil, nil):
            reader.fail(node, "a test needs \"messages\" or \"recording\"")
        case (_?, let recording?):
            reader.fail(recording, "a test has either \"messages\" or a \"recording\"")
        }
        return nil
    }

    /// Lines of a block, or texts of a list. Empty lines and those that begin with `#` are skipped.
    private mutating func lines(_ node: SourceNode) -> RuleTest.Traffic? {
        var result: [(text: String, line: Int)] = []
        if case .scalar(let text, _) = node.content {
            var offset = 0
            for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
                result.append((String(line), node.position(ofCharacter: offset).line))
                offset += line.unicodeScalars.count + 1
            }
        } else {
            for item in reader.list(node, "messages") {
                if let text = reader.text(item, "messages") {
                    result.append((text, item.position.line))
                }
            }
        }
        result.removeAll { line in
            let first = line.text.first { $0 != " " && $0 != "\t" }
            return first == nil || first == "#"
        }
        var lines: [(text: String, line: Int)] = []
        for line in result {
            guard let series = RepeatedMessage(line.text) else {
                lines.append(line)
                continue
            }
            guard let texts = series.messages, lines.count + texts.count <= Self.mostMessages else {
                reader.fail(
                    node,
                    "in line \(line.line), \(RepeatedMessage.form); a test has at most "
                        + "\(Self.mostMessages) messages")
                return nil
            }
            lines += texts.map { ($0, line.line) }
        }
        return .lines(lines)
    }

    /// The most messages of a test that stands in a file; more belong in a recording.
    static let mostMessages = 10_000

    private mutating func expected(_ node: SourceNode) -> [ExpectedTicket]? {
        if node.text == "none" { return [] }
        guard case .sequence(let items) = node.content else {
            reader.fail(
                node, "\"expect\" is a list of tickets, or none",
                suggestion: node.text == nil ? nil : "none")
            return nil
        }
        return items.compactMap { ticket($0) }
    }

    private mutating func ticket(_ node: SourceNode) -> ExpectedTicket? {
        let known = [
            "rule", "mode", "vehicle", "at", "severity", "advice", "findings", "symptom_gone",
        ]
        guard let fields = reader.mapping(node, what: "an expected ticket", known: known) else {
            return nil
        }
        if fields["rule"] == nil, fields["mode"] == nil {
            reader.fail(node, "an expected ticket needs the key \"rule\" or \"mode\"")
        }
        var ticket = ExpectedTicket(position: node.position)
        ticket.rule = reader.identifier(fields["rule"], "rule")
        ticket.mode = reader.identifier(fields["mode"], "mode")
        if let place = fields["vehicle"] {
            ticket.vehicle = place.text.flatMap { VehicleID($0) }
            if ticket.vehicle == nil { reader.fail(place, "this is not a vehicle's identifier") }
        }
        if let place = fields["at"] {
            ticket.at = place.text.flatMap { EventTime(rfc3339: $0) }
            if ticket.at == nil {
                reader.fail(place, "\"at\" is a time as 2026-03-01T08:00:00.000Z")
            }
        }
        ticket.severity = reader.choice(
            fields["severity"], "severity", Severity.allCases.map(\.name).reversed()
        ) { Severity(name: $0) }
        ticket.advice = reader.choice(fields["advice"], "advice", Advice.allCases.map(\.name)) {
            Advice(name: $0)
        }
        ticket.findings = reader.whole(fields["findings"], "findings", in: 1...1_000_000_000)
        ticket.symptomGone = reader.flag(fields["symptom_gone"], "symptom_gone")
        return ticket
    }
}

extension RuleTestFile {
    /// Rules and failure modes that tests expect and that the rules do not have.
    public func check(against program: RuleProgram) -> [Diagnostic] {
        let rules = program.rules.map(\.id)
        let modes = Array(Set(program.rules.map(\.mode))).sorted()
        return tests.flatMap(\.expected).flatMap { ticket -> [Diagnostic] in
            var found: [Diagnostic] = []
            for (what, name, names) in [
                (Saying("rule"), ticket.rule, rules), ("failure mode", ticket.mode, modes),
            ] {
                guard let name, !names.contains(name) else { continue }
                found.append(
                    Diagnostic(
                        .error, at: ticket.position,
                        "no rule of this test has the \(what) \"\(name)\"",
                        suggestion: NearestName.find(name, among: names)))
            }
            return found
        }
    }
}
