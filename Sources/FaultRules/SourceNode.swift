import VehicleFaults

/// A place in a rule or configuration file.
public struct SourcePosition: Hashable, Sendable {
    public var file: String
    /// Counted from 1.
    public var line: Int
    /// In characters, counted from 1.
    public var column: Int

    public init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }
}

extension SourcePosition: Comparable {
    public static func < (a: SourcePosition, b: SourcePosition) -> Bool {
        (a.file, a.line, a.column) < (b.file, b.line, b.column)
    }
}

/// A value read from a text file, with the place where each part stands.
public struct SourceNode: Sendable {
    /// A line of a text as the file has it.
    public struct Line: Sendable {
        /// Characters of the text before the line.
        public var offset: Int
        public var position: SourcePosition

        public init(offset: Int, position: SourcePosition) {
            self.offset = offset
            self.position = position
        }
    }

    public indirect enum Content: Sendable {
        /// A text with where its lines stand in the file; a one-line text has one.
        case scalar(String, lines: [Line])
        case sequence([SourceNode])
        case mapping([(key: SourceNode, value: SourceNode)])
    }

    public var content: Content
    public var position: SourcePosition

    public init(_ content: Content, at position: SourcePosition) {
        self.content = content
        self.position = position
    }

    /// The text of a scalar, else `nil`.
    public var text: String? {
        if case .scalar(let text, _) = content { text } else { nil }
    }

    /// What kind of value this is, as a person would call it.
    public var kind: Saying {
        switch content {
        case .scalar: "a text"
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }

    /// A text in quotation marks, or what it is instead.
    var shown: Saying { text.map { "\"\($0)\"" } ?? kind }

    /// The place of the character `offset` characters into a scalar's text.
    public func position(ofCharacter offset: Int) -> SourcePosition {
        guard case .scalar(_, let lines) = content,
            let line = lines.last(where: { $0.offset <= offset }) ?? lines.first
        else { return position }
        var place = line.position
        place.column += offset - line.offset
        return place
    }
}

/// Something to say about a file: an error forbids using it, a warning does not.
public struct Diagnostic: Error, Hashable, Sendable {
    public enum Severity: String, Sendable { case error, warning }

    public var severity: Severity
    public var position: SourcePosition
    /// One sentence without a full stop.
    public var message: Saying
    /// What may have been meant, or `nil`.
    public var suggestion: String?

    public init(
        _ severity: Severity, at position: SourcePosition, _ message: Saying,
        suggestion: String? = nil
    ) {
        self.severity = severity
        self.position = position
        self.message = message
        self.suggestion = suggestion
    }
}

extension Diagnostic: CustomStringConvertible {
    /// `file:line:column: error: message; did you mean "x"?`
    public var description: String {
        "\(position.file):\(position.line):\(position.column): \(severity.rawValue): \(message)"
            + (suggestion.map { "; did you mean \"\($0)\"?" } ?? "")
    }
}
