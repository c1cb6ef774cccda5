import FaultRules

/// Writes what came of tests into their file as what is expected.
public struct RuleTestUpdate {
    /// The file's text with the new expectations; the rest is as it was.
    public private(set) var text: String
    /// Tests whose expectation stands in a form that cannot be replaced line by line, or whose
    /// messages could not be read.
    public private(set) var left: [String] = []

    /// - Parameter results: of tests that did not pass; others may be among them and stay as they are.
    public init(_ text: String, _ results: [RuleTestResult]) {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        // From the end, so that the lines of those before stay where they are.
        let failed = results.filter { !$0.passed }
            .sorted { $1.test.expectPosition < $0.test.expectPosition }
        for result in failed {
            let isReadable = !result.differences.contains {
                if case .deadLetters = $0 { true } else { false }
            }
            guard isReadable, let range = Self.block(of: result.test, in: lines) else {
                left.insert(result.test.name, at: 0)
                continue
            }
            let indent = result.test.expectPosition.column - 1
            let lead = String(lines[range.lowerBound].prefix(indent))
            lines.replaceSubrange(range, with: Self.block(result, lead: lead, indent: indent))
        }
        self.text = lines.joined(separator: "\n")
    }

    /// The lines from the key `expect` to the end of its value.
    private static func block(of test: RuleTest, in lines: [String]) -> Range<Int>? {
        let first = test.expectPosition.line - 1
        let indent = test.expectPosition.column - 1
        guard lines.indices.contains(first), lines[first].dropFirst(indent).hasPrefix("expect:"),
            lines[first].prefix(indent).allSatisfy({ $0 == " " || $0 == "-" })
        else { return nil }
        var end = first + 1
        var last = first + 1
        while end < lines.count {
            let line = lines[end]
            let depth = line.prefix { $0 == " " }.count
            let content = line.dropFirst(depth)
            if content.isEmpty || content.hasPrefix("#") {
                end += 1
                continue
            }
            guard depth > indent || (depth == indent && content.hasPrefix("- ")) else { break }
            end += 1
            last = end
        }
        return first..<last
    }

    private static func block(_ result: RuleTestResult, lead: String, indent: Int) -> [String] {
        guard !result.trial.tickets.isEmpty else { return [lead + "expect: none"] }
        let margin = String(repeating: " ", count: indent + 2)
        return [lead + "expect:"]
            + result.trial.tickets.enumerated().map { place, ticket in
                let match = result.matches.firstIndex { $0 == place }
                return margin + "- "
                    + line(ticket, like: match.map { result.test.expected[$0] })
            }
    }

    /// The fields that were expected before, or those that tell most.
    private static func line(_ ticket: TrialTicket, like expected: ExpectedTicket?) -> String {
        var fields: [String] = []
        func add(_ name: String, _ isWanted: Bool, _ value: String) {
            if isWanted { fields.append("\(name): \(value)") }
        }
        add("rule", expected.map { $0.rule != nil } ?? true, ticket.rule)
        add("mode", expected.map { $0.mode != nil } ?? false, ticket.mode)
        add(
            "vehicle", expected.map { $0.vehicle != nil } ?? true,
            quoted(ticket.vehicle.description))
        add("at", expected.map { $0.at != nil } ?? true, "\"\(ticket.at)\"")
        add("severity", expected.map { $0.severity != nil } ?? true, ticket.severity.name)
        add("advice", expected?.advice != nil, ticket.advice.name)
        add("findings", expected?.findings != nil, "\(ticket.findings)")
        add("symptom_gone", expected?.symptomGone != nil, "\(ticket.symptomGone)")
        return "{ \(fields.joined(separator: ", ")) }"
    }

    /// A plain word as it is, anything else in quotation marks.
    private static func quoted(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { byte in
            (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5A)
        }
        let hasLetter = text.utf8.contains { $0 >= 0x41 && $0 <= 0x5A }
        if isPlain && hasLetter { return text }
        return "\"" + text.replacingEach("\\", "\\\\").replacingEach("\"", "\\\"") + "\""
    }
}

extension String {
    fileprivate func replacingEach(_ character: Character, _ text: String) -> String {
        reduce(into: "") { $0 += $1 == character ? text : String($1) }
    }
}
