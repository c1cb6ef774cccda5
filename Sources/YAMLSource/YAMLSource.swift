import FaultRules
import Yams

/// Reads YAML text into nodes that know where they stand.
public enum YAMLSource {
    /// The largest file that is read, in bytes.
    public static let largestFile = 8 << 20
    /// The most nodes a file may unfold to, so that nested aliases cannot fill the memory.
    public static let mostNodes = 1_000_000

    /// Reads one document.
    ///
    /// - Parameter file: the name to use in positions.
    /// - Throws: a ``Diagnostic`` with the place of what is wrong. An empty document is wrong.
    public static func parse(_ text: String, file: String) throws(Diagnostic) -> SourceNode {
        let start = SourcePosition(file: file, line: 1, column: 1)
        guard text.utf8.count <= largestFile else {
            throw Diagnostic(.error, at: start, "the file is larger than \(largestFile) bytes")
        }
        if let place = keyThatMayUnfold(in: text) {
            throw Diagnostic(
                .error, at: position(of: place, in: text, file: file),
                "a key of a file with aliases must be a text")
        }
        let node: Node?
        do {
            node = try compose(yaml: text, .basic)
        } catch let error as YamlError {
            throw diagnostic(error, file: file)
        } catch {
            throw Diagnostic(.error, at: start, "the file is not YAML: \(error)")
        }
        guard let node else { throw Diagnostic(.error, at: start, "the file is empty") }
        var reader = Reader(file: file, text: text)
        return try reader.read(node)
    }

    /// The lines of a text, however they end.
    private static func lines(of text: Substring) -> [Substring] {
        text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map {
            Substring($0.last == UInt8(ascii: "\r") ? $0.dropLast() : $0)
        }
    }

    /// Where a key may be a list, a mapping or an alias, in a file that uses aliases.
    ///
    /// The library compares keys while it reads, and would walk through all that a key unfolds to:
    /// nine aliases within nine within nine are a thousand million values in a few lines. No file
    /// here has such keys. A text that looks like one is refused too, where there is an alias.
    private static func keyThatMayUnfold(in text: String) -> String.Index? {
        guard mayHaveAliases(text) else { return nil }
        let signs = /(?:^|[\s\[{,])\?(?:\s|$)|[\]}]\s*:|\*[A-Za-z0-9_-]+\s*:(?:\s|$)/
        return text.firstMatch(of: signs)?.range.lowerBound
    }

    /// Whether a name follows a star; most stars stand in code patterns.
    private static func mayHaveAliases(_ text: String) -> Bool {
        zip(text.utf8, text.utf8.dropFirst()).contains { sign, next in
            switch next {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                sign == UInt8(ascii: "*")
            default: false
            }
        }
    }

    private static func position(
        of place: String.Index, in text: String, file: String
    ) -> SourcePosition {
        let lines = lines(of: text[..<place])
        return SourcePosition(
            file: file, line: max(1, lines.count),
            column: (lines.last?.unicodeScalars.count ?? 0) + 1)
    }

    private static func diagnostic(_ error: YamlError, file: String) -> Diagnostic {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            Diagnostic(
                .error, at: SourcePosition(file: file, line: mark.line, column: mark.column),
                // The library's own words speak of a function of its own.
                problem.contains("yaml_set_max_nest_level")
                    ? "lists and mappings are nested too deep" : "the file is not YAML: \(problem)")
        case .duplicatedKeysInMapping(let duplicates, let context):
            Diagnostic(
                .error,
                at: SourcePosition(
                    file: file, line: context.mark.line, column: context.mark.column),
                "a key is given twice: \(duplicates.joined(separator: ", "))")
        default:
            Diagnostic(
                .error, at: SourcePosition(file: file, line: 1, column: 1),
                "the file is not YAML: \(error)")
        }
    }

    private struct Reader {
        let file: String
        let text: String
        /// Only texts that stand in blocks ask for them.
        lazy var lines = YAMLSource.lines(of: text[...])
        var count = 0

        mutating func read(_ node: Node) throws(Diagnostic) -> SourceNode {
            let position = SourcePosition(
                file: file, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
            count += 1
            guard count <= mostNodes else {
                throw Diagnostic(.error, at: position, "the file unfolds to too many values")
            }
            switch node {
            case .scalar(let scalar):
                return SourceNode(
                    .scalar(scalar.string, lines: starts(of: scalar, at: position)), at: position)
            case .sequence(let items):
                var result: [SourceNode] = []
                for item in items { result.append(try read(item)) }
                return SourceNode(.sequence(result), at: position)
            case .mapping(let pairs):
                var result: [(key: SourceNode, value: SourceNode)] = []
                for (key, value) in pairs { result.append((try read(key), try read(value))) }
                return SourceNode(.mapping(result), at: position)
            case .alias:
                throw Diagnostic(.error, at: position, "an alias without its anchor")
            }
        }

        /// Where each line of a scalar's text begins in the file.
        private mutating func starts(of scalar: Node.Scalar, at position: SourcePosition)
            -> [SourceNode.Line]
        {
            var first = position
            switch scalar.style {
            case .singleQuoted, .doubleQuoted:
                first.column += 1
            case .literal, .folded:
                return blockLines(of: scalar, at: position)
            default: break
            }
            return [SourceNode.Line(offset: 0, position: first)]
        }

        /// The text of a block begins on the line after its sign, at that line's indentation; a
        /// folded one has a blank for each line end.
        private mutating func blockLines(of scalar: Node.Scalar, at position: SourcePosition)
            -> [SourceNode.Line]
        {
            var result: [SourceNode.Line] = []
            var offset = 0
            var line = position.line
            while line < lines.count, offset <= scalar.string.unicodeScalars.count {
                let content = lines[line].drop { $0 == " " }
                result.append(
                    SourceNode.Line(
                        offset: offset,
                        position: SourcePosition(
                            file: file, line: line + 1,
                            column: lines[line].count - content.count + 1)))
                offset += content.unicodeScalars.count + 1
                line += 1
            }
            return result
        }
    }
}
