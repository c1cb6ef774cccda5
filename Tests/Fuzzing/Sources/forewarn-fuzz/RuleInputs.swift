import FaultRules
import RuleTrials
import YAMLSource

/// Files that people write: whatever is in them, they are read or refused with a place in the file.
enum RuleInputs {
    nonisolated(unsafe) static let targets: [String: ([UInt8]) -> Void] = [
        "expression": expression, "pack": pack, "modes": modes, "roster": roster, "table": table,
        "tests": tests,
    ]

    private static let name = "input"

    /// The text of one condition, and what the tools take from it.
    static func expression(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        let start = SourcePosition(file: name, line: 1, column: 1)
        func scalar(_ text: String) -> SourceNode {
            SourceNode(.scalar(text, lines: [.init(offset: 0, position: start)]), at: start)
        }
        func mapping(_ pairs: [(String, SourceNode)]) -> SourceNode {
            SourceNode(.mapping(pairs.map { (key: scalar($0.0), value: $0.1) }), at: start)
        }
        let words = [
            ("id", "a"), ("mode", "a"), ("severity", "S3"), ("advice", "A3"), ("component", "a"),
            ("skill", "a"),
        ]
        let rule = mapping(words.map { ($0.0, scalar($0.1)) } + [("when", scalar(text))])
        var reader = RulePackReader()
        reader.add(
            file: mapping([
                ("version", scalar("1")), ("pack", scalar("a")),
                ("rules", SourceNode(.sequence([rule]), at: start)),
            ]))
        reader.finish()
        // An expression that runs over lines was given as one line: columns may be large.
        let length = text.unicodeScalars.count
        for problem in reader.diagnostics {
            precondition(
                problem.position.line == 1 && (1...(length + 1)).contains(problem.position.column),
                "a place outside of the expression: \(problem)")
        }
        for number in ExpressionNumber.all(in: text) {
            precondition(
                number.offset >= 0 && number.offset + number.length <= length,
                "a number outside of the expression: \(number)")
            _ = number.replaced(by: number.value * 1.1, in: text)
        }
        for clause in ExpressionClauses.all(in: text) {
            _ = ExpressionTree(text)?.fixing(clause, as: true).text
        }
        if !reader.hasErrors { _ = reader.program.cost }
    }

    /// A rule pack, or a file of a site's own values.
    static func pack(_ bytes: [UInt8]) {
        read(bytes) { root in
            var reader = RulePackReader()
            reader.add(file: root)
            reader.finish()
            return reader.diagnostics
        }
    }

    /// A catalogue of failure modes.
    static func modes(_ bytes: [UInt8]) {
        read(bytes) { root in
            var reader = FailureModeReader()
            reader.add(file: root)
            reader.finish()
            return reader.diagnostics
        }
    }

    /// A roster in YAML.
    static func roster(_ bytes: [UInt8]) {
        read(bytes) { root in
            var reader = RosterReader()
            reader.add(file: root)
            return reader.diagnostics
        }
    }

    /// A roster as a table.
    static func table(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        var reader = RosterReader()
        reader.add(table: text, file: name)
        promise(reader.diagnostics, text)
    }

    /// A file of rule tests.
    static func tests(_ bytes: [UInt8]) {
        read(bytes) { root in RuleTestReader(root, name: name).diagnostics }
    }

    private static func read(_ bytes: [UInt8], _ body: (SourceNode) -> [Diagnostic]) {
        let text = String(decoding: bytes, as: UTF8.self)
        do throws(Diagnostic) {
            promise(body(try YAMLSource.parse(text, file: name)), text)
        } catch {
            promise([error], text)
        }
    }

    /// Whatever is said of a file has a place in it.
    private static func promise(_ problems: [Diagnostic], _ text: String) {
        guard !problems.isEmpty else { return }
        // YAML has more ends of lines than "\n", and a place may be just behind the last character.
        let scalars = text.unicodeScalars
        let lines = scalars.count { "\n\r\u{85}\u{2028}\u{2029}".unicodeScalars.contains($0) } + 2
        for problem in problems {
            let place = problem.position
            precondition(
                place.file == name && (1...lines).contains(place.line)
                    && (1...(scalars.count + 2)).contains(place.column)
                    && !problem.message.isEmpty,
                "a place outside of the file: \(problem)")
        }
    }
}
