import FaultRules

/// Rule files as they were read, which can be asked for the same rules with another number.
public struct RuleSource: Sendable {
    public private(set) var files: [SourceNode]

    /// The rules cannot be used; in order of file and line.
    public struct Unusable: Error, Sendable {
        public var diagnostics: [Diagnostic]

        public init(diagnostics: [Diagnostic]) { self.diagnostics = diagnostics }
    }

    public init(files: [SourceNode]) { self.files = files }

    /// The checked rules.
    public func program() throws(Unusable) -> RuleProgram {
        var reader = RulePackReader()
        // A site's parameters go before the packs that they change.
        for file in files where RulePackReader.holdsParameters(file) { reader.add(file: file) }
        for file in files where !RulePackReader.holdsParameters(file) { reader.add(file: file) }
        reader.finish()
        guard !reader.hasErrors else {
            throw Unusable(diagnostics: reader.diagnostics.sorted { $0.position < $1.position })
        }
        return reader.program
    }

    /// A number in one of a rule's expressions, or in a parameter of its pack.
    public struct Place: Hashable, Sendable {
        /// The rule, or the parameter's name.
        public var rule: String
        /// `when`, `until` or `params`.
        public var key: String
        /// The expression as written.
        public var expression: String
        public var number: ExpressionNumber
        /// Where the number stands in its file.
        public var position: SourcePosition

        /// The number with its unit, as written.
        public var text: String { number.text(number.value) }
    }

    /// The numbers of all rules, in order of file.
    public var numbers: [Place] {
        files.flatMap { file in
            parameters(of: file)
                + rules(of: file).flatMap { rule in
                    ["when", "until"].flatMap { key -> [Place] in
                        guard let node = value(of: rule, key), let text = node.text else {
                            return []
                        }
                        return ExpressionNumber.all(in: text).map { number in
                            Place(
                                rule: value(of: rule, "id")?.text ?? "", key: key, expression: text,
                                number: number, position: node.position(ofCharacter: number.offset))
                        }
                    }
                }
        }
    }

    /// The keys under which a pack names its parameters, and a site its values for them.
    private static let parameterKeys = ["params", "parameters"]

    private func parameters(of file: SourceNode) -> [Place] {
        let pack = value(of: file, "pack")?.text ?? ""
        return Self.parameterKeys.flatMap { key -> [Place] in
            guard case .mapping(let pairs)? = value(of: file, key)?.content else { return [] }
            return pairs.flatMap { name, node -> [Place] in
                guard let name = name.text, !(key == "params" && isOverridden(name, of: pack)),
                    let value = node.text == nil ? value(of: node, "value") : node,
                    let text = value.text
                else { return [] }
                return ExpressionNumber.all(in: text).map { number in
                    Place(
                        rule: name, key: key, expression: text, number: number,
                        position: value.position(ofCharacter: number.offset))
                }
            }
        }
    }

    /// Whether a site's value stands in the place of a pack's own, which then means nothing.
    private func isOverridden(_ name: String, of pack: String) -> Bool {
        files.contains { file in
            guard let values = value(of: file, "parameters") else { return false }
            return value(of: values, name) != nil || value(of: values, "\(pack).\(name)") != nil
        }
    }

    /// Whether only whole numbers can stand in a place.
    public func isWhole(_ place: Place) -> Bool {
        guard place.number.kind != .count else { return true }
        let value = place.number.value
        guard Self.parameterKeys.contains(place.key), place.number.unit.isEmpty,
            value == value.rounded()
        else {
            return false
        }
        return (try? replacing(place, by: value + 0.5).program()) == nil
    }

    /// The same rules with one number replaced.
    public func replacing(_ place: Place, by value: Double) -> RuleSource {
        replacing(
            place.key, of: place.rule, by: place.number.replaced(by: value, in: place.expression))
    }

    /// The same rules with one rule's expression replaced.
    ///
    /// - Parameter key: `when` or `until`; with `params` the packs' parameter of that name, with
    ///   `parameters` the site's value for it.
    public func replacing(_ key: String, of rule: String, by expression: String) -> RuleSource {
        var result = self
        guard !Self.parameterKeys.contains(key) else {
            result.files = files.map { file in
                Self.edit(file, key: key) { values in
                    Self.edit(values, key: rule) { node in
                        let moved = SourceNode(.scalar(expression, lines: []), at: node.position)
                        return node.text == nil
                            ? Self.edit(node, key: "value") { _ in moved } : moved
                    }
                }
            }
            return result
        }
        result.files = files.map { file in
            Self.edit(file, key: "rules") { list in
                guard case .sequence(let rules) = list.content else { return list }
                return SourceNode(
                    .sequence(
                        rules.map { node in
                            guard value(of: node, "id")?.text == rule else { return node }
                            return Self.edit(node, key: key) {
                                SourceNode(.scalar(expression, lines: []), at: $0.position)
                            }
                        }), at: list.position)
            }
        }
        return result
    }

    /// The same files with nothing but some of the rules.
    public func keeping(_ isKept: (String) -> Bool) -> RuleSource {
        var result = self
        result.files = files.map { file in
            Self.edit(file, key: "rules") { list in
                guard case .sequence(let rules) = list.content else { return list }
                return SourceNode(
                    .sequence(rules.filter { isKept(value(of: $0, "id")?.text ?? "") }),
                    at: list.position)
            }
        }
        return result
    }

    private static func edit(
        _ node: SourceNode, key: String, _ change: (SourceNode) -> SourceNode
    ) -> SourceNode {
        guard case .mapping(let pairs) = node.content else { return node }
        return SourceNode(
            .mapping(pairs.map { $0.key.text == key ? ($0.key, change($0.value)) : $0 }),
            at: node.position)
    }

    private func rules(of file: SourceNode) -> [SourceNode] {
        guard case .sequence(let rules)? = value(of: file, "rules")?.content else { return [] }
        return rules
    }

    private func value(of node: SourceNode, _ key: String) -> SourceNode? {
        guard case .mapping(let pairs) = node.content else { return nil }
        return pairs.first { $0.key.text == key }?.value
    }
}
