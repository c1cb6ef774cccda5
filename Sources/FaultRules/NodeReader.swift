import VehicleFaults

/// Reads the values of a file's nodes, and gathers what is wrong with them and where.
///
/// Every reading method answers `nil` for a value that cannot be used, after noting why; it says
/// nothing about a node that is not there.
public struct NodeReader: Sendable {
    /// What was wrong so far, in the order in which it was read.
    public private(set) var diagnostics: [Diagnostic] = []

    public init() {}

    /// Whether the file must not be used.
    public var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }

    /// Notes an error.
    public mutating func fail(_ node: SourceNode, _ message: Saying, suggestion: String? = nil) {
        diagnostics.append(Diagnostic(.error, at: node.position, message, suggestion: suggestion))
    }

    /// Notes a warning.
    public mutating func warn(_ node: SourceNode, _ message: Saying, suggestion: String? = nil) {
        diagnostics.append(
            Diagnostic(.warning, at: node.position, message, suggestion: suggestion))
    }

    /// Notes what somebody else found.
    public mutating func note(_ diagnostic: Diagnostic) { diagnostics.append(diagnostic) }

    /// The values of a mapping by their keys.
    ///
    /// - Parameters:
    ///   - what: what the mapping is, as `"a test"`.
    ///   - known: every key it may have.
    ///   - required: those it must have.
    /// - Returns: `nil` when the node is no mapping; missing and unknown keys are only noted.
    public mutating func mapping(
        _ node: SourceNode, what: Saying, known: [String], required: [String] = []
    ) -> [String: SourceNode]? {
        guard case .mapping(let pairs) = node.content else {
            fail(node, "\(what) must be a mapping, not \(node.kind)")
            return nil
        }
        var result: [String: SourceNode] = [:]
        for (key, value) in pairs {
            guard let name = key.text else {
                fail(key, "a key must be a text, not \(key.kind)")
                continue
            }
            guard known.contains(name) else {
                fail(
                    key, "\"\(name)\" is not a key of \(what)",
                    suggestion: NearestName.find(name, among: known))
                continue
            }
            if result.updateValue(value, forKey: name) != nil {
                fail(key, "\"\(name)\" is given twice")
            }
        }
        for key in required where result[key] == nil {
            fail(node, "\(what) needs the key \"\(key)\"")
        }
        return result
    }

    /// The elements of a list; a missing node has none.
    public mutating func list(_ node: SourceNode?, _ key: String) -> [SourceNode] {
        guard let node else { return [] }
        guard case .sequence(let items) = node.content else {
            fail(node, "\"\(key)\" must be a list, not \(node.kind)")
            return []
        }
        return items
    }

    /// A text that is not empty.
    public mutating func text(_ node: SourceNode?, _ key: String) -> String? {
        guard let node else { return nil }
        guard let text = node.text, !text.isEmpty else {
            fail(
                node,
                "\"\(key)\" must be a text, not \(node.text == "" ? Saying("empty") : node.kind)")
            return nil
        }
        return text
    }

    /// One text or a list of texts.
    public mutating func texts(_ node: SourceNode?, _ key: String) -> [String] {
        guard let node else { return [] }
        if node.text != nil { return text(node, key).map { [$0] } ?? [] }
        return list(node, key).compactMap { text($0, key) }
    }

    /// An identifier: 1 to 64 letters, digits, `-`, `_` or `.`.
    public mutating func identifier(_ node: SourceNode?, _ key: String) -> String? {
        guard let node else { return nil }
        let isPlain =
            node.text?.utf8.allSatisfy { byte in
                (byte >= 0x30 && byte <= 0x39) || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A)
                    || byte == 0x2D || byte == 0x5F || byte == 0x2E
            } ?? false
        guard let text = node.text, isPlain, !text.isEmpty, text.utf8.count <= 64 else {
            fail(node, "\"\(key)\" is 1 to 64 letters, digits, \"-\", \"_\" or \".\"")
            return nil
        }
        return text
    }

    /// One of several names.
    public mutating func choice<Value>(
        _ node: SourceNode?, _ key: String, _ names: [String], _ read: (String) -> Value?
    ) -> Value? {
        guard let node else { return nil }
        if let text = node.text, let value = read(text) { return value }
        fail(
            node,
            "\(node.shown) is not one of \(names.joined(separator: ", "))",
            suggestion: node.text.flatMap { NearestName.find($0, among: names) })
        return nil
    }

    /// `true` or `false`.
    public mutating func flag(_ node: SourceNode?, _ key: String) -> Bool? {
        choice(node, key, ["true", "false"]) { ["true": true, "false": false][$0] }
    }

    /// A whole number within a range.
    public mutating func whole(_ node: SourceNode?, _ key: String, in range: ClosedRange<Int>)
        -> Int?
    {
        guard let node else { return nil }
        guard let number = node.text.flatMap({ Int($0) }), range.contains(number) else {
            fail(
                node,
                "\"\(key)\" is a whole number from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return number
    }

    /// A number within a range.
    public mutating func number(
        _ node: SourceNode?, _ key: String, in range: ClosedRange<Double>
    ) -> Double? {
        guard let node else { return nil }
        guard let number = node.text.flatMap({ Double($0) }), range.contains(number) else {
            fail(
                node,
                "\"\(key)\" is a number from \(RuleText.number(range.lowerBound)) to \(RuleText.number(range.upperBound))"
            )
            return nil
        }
        return number
    }

    /// A duration as `90s` or `1h30m`, in milliseconds.
    public mutating func duration(_ node: SourceNode?, _ key: String) -> Int64? {
        guard let node else { return nil }
        guard let milliseconds = node.text.flatMap(RuleText.milliseconds),
            milliseconds <= RuleLimits.longestMilliseconds
        else {
            fail(node, "\"\(key)\" is a duration as 90s, 10m, 24h or 7d, at most 400d")
            return nil
        }
        return milliseconds
    }

    /// `{ en: …, zh: … }`, or one text for both languages.
    public mutating func bilingual(_ node: SourceNode?, _ key: String) -> BilingualText? {
        guard let node else { return nil }
        if let text = node.text, !text.isEmpty { return BilingualText(en: text, zh: text) }
        guard
            let fields = mapping(
                node, what: "\"\(key)\"", known: ["en", "zh"], required: ["en", "zh"]),
            let english = text(fields["en"], "en"), let chinese = text(fields["zh"], "zh")
        else { return nil }
        return BilingualText(en: english, zh: chinese)
    }
}

extension RuleText {
    /// Reads whole numbers with units of time, as `90s` or `1h30m`; `nil` for anything else.
    static func milliseconds(_ text: String) -> Int64? {
        var rest = text.unicodeScalars[...]
        var sum: Int64 = 0
        repeat {
            let digits = rest.prefix { $0 >= "0" && $0 <= "9" }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { !($0 >= "0" && $0 <= "9") }
            rest = rest.dropFirst(unit.count)
            guard let number = Int64(String(digits)), number <= 1 << 32,
                let size = durations.first(where: { $0.unit == String(unit) })?.milliseconds
            else { return nil }
            sum += number * Int64(size)
        } while !rest.isEmpty
        return sum
    }
}
