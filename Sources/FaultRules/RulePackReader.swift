import VehicleFaults

/// Turns the parsed text of rule files into a program, or says what is wrong and where.
public struct RulePackReader {
    public private(set) var program = RuleProgram()
    public private(set) var diagnostics: [Diagnostic] = []
    private var seen: [String: SourcePosition] = [:]

    public init() {}

    /// Whether the program must not be used.
    public var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }

    /// Adds the rules of one file.
    ///
    /// ```yaml
    /// version: 1
    /// pack: trucks
    /// rules:
    ///   - id: misfire-repeats
    ///     mode: cylinder-misfire
    ///     name: { en: Repeated misfire, zh: 反复失火 }
    ///     severity: S3
    ///     advice: A3
    ///     component: ignition-coil
    ///     skill: ENG
    ///     when: code "P030[1-8]" confirmed 3 times within 7d
    ///     until: not code "P030[1-8]"
    /// ```
    public mutating func add(file root: SourceNode) {
        guard
            let fields = mapping(
                root, what: "a rule file", known: ["version", "pack", "rules"],
                required: ["version", "rules"])
        else { return }
        if let version = fields["version"], version.text != "1" {
            fail(version, "this version of rule files is not known", suggestion: "1")
        }
        guard let list = fields["rules"] else { return }
        guard case .sequence(let rules) = list.content else {
            fail(list, "\"rules\" must be a list, not \(list.kind)")
            return
        }
        if rules.isEmpty { warn(list, "the file holds no rule") }
        for node in rules { add(rule: node) }
    }

    private mutating func add(rule node: SourceNode) {
        let required = [
            "id", "mode", "severity", "advice", "component", "skill", "when",
        ]
        guard
            let fields = mapping(
                node, what: "a rule", known: required + ["name", "until"], required: required)
        else { return }
        let errorsBefore = diagnostics.count { $0.severity == .error }
        let id = identifier(fields["id"], "id")
        let mode = identifier(fields["mode"], "mode")
        let component = identifier(fields["component"], "component")
        let skill = identifier(fields["skill"], "skill")
        let severity = choice(
            fields["severity"], "severity", Severity.allCases.map(\.name).reversed(),
            { Severity(name: $0) })
        let advice = choice(
            fields["advice"], "advice", Advice.allCases.map(\.name), { Advice(name: $0) })
        let name = self.name(fields["name"], or: id ?? "")
        if let id, let place = fields["id"] {
            if let other = seen[id] {
                fail(place, "the rule \"\(id)\" exists already at \(other.file):\(other.line)")
            } else {
                seen[id] = place.position
            }
        }
        let when = condition(fields["when"], "when")
        let until = condition(fields["until"], "until")
        guard let when, let id, let mode, let component, let skill, let severity, let advice,
            diagnostics.count(where: { $0.severity == .error }) == errorsBefore
        else { return }
        if when.drivers.isEmpty, let place = fields["when"] {
            fail(
                place,
                "the condition is only negative, so no message can ever complete it")
            return
        }
        var rule = Rule(
            id: id, mode: mode, name: name, severity: severity, advice: advice,
            component: component, skill: skill, when: when, until: until,
            whenText: fields["when"]?.text ?? "", untilText: fields["until"]?.text,
            position: node.position, meaning: 0)
        let meaning =
            "\(id) \(mode) \(severity.name) \(advice.name) \(component) \(skill) \(name.en) \(name.zh) "
            + Meaning.text(of: when, atoms: program.atoms) + " until "
            + (until.map { Meaning.text(of: $0, atoms: program.atoms) } ?? "")
        rule.meaning = Meaning.digest(meaning)
        program.add(rule)
    }

    private mutating func condition(_ node: SourceNode?, _ key: String) -> Condition? {
        guard let node else { return nil }
        guard let text = node.text else {
            fail(node, "\"\(key)\" must be an expression, not \(node.kind)")
            return nil
        }
        do throws(ExpressionLexer.Failure) {
            let (condition, atoms) = try ExpressionParser.condition(in: text)
            return condition.placed { program.place(of: atoms[$0]) }
        } catch {
            diagnostics.append(
                Diagnostic(
                    .error, at: node.position(ofCharacter: error.offset), error.message,
                    suggestion: error.suggestion))
            return nil
        }
    }

    private mutating func identifier(_ node: SourceNode?, _ key: String) -> String? {
        guard let node else { return nil }
        guard let text = node.text else {
            fail(node, "\"\(key)\" must be a text, not \(node.kind)")
            return nil
        }
        let allowed = text.utf8.allSatisfy { byte in
            (byte >= 0x30 && byte <= 0x39) || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A)
                || byte == 0x2D || byte == 0x5F || byte == 0x2E
        }
        guard !text.isEmpty, text.utf8.count <= 64, allowed else {
            fail(node, "\"\(key)\" is 1 to 64 letters, digits, \"-\", \"_\" or \".\"")
            return nil
        }
        return text
    }

    private mutating func choice<Value>(
        _ node: SourceNode?, _ key: String, _ names: [String], _ read: (String) -> Value?
    ) -> Value? {
        guard let node else { return nil }
        if let text = node.text, let value = read(text) { return value }
        fail(
            node,
            "\(node.text.map { "\"\($0)\"" } ?? node.kind) is not one of "
                + names.joined(separator: ", "),
            suggestion: node.text.flatMap {
                RuleText.nearest(to: $0.uppercased(), among: names)
            })
        return nil
    }

    private mutating func name(_ node: SourceNode?, or id: String) -> BilingualText {
        guard let node else { return BilingualText(en: id, zh: id) }
        if let text = node.text { return BilingualText(en: text, zh: text) }
        guard
            let fields = mapping(
                node, what: "a name", known: ["en", "zh"], required: ["en", "zh"])
        else { return BilingualText(en: id, zh: id) }
        return BilingualText(en: fields["en"]?.text ?? id, zh: fields["zh"]?.text ?? id)
    }

    private mutating func mapping(
        _ node: SourceNode, what: String, known: [String], required: [String]
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
                    suggestion: RuleText.nearest(to: name, among: known))
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

    private mutating func fail(_ node: SourceNode, _ message: String, suggestion: String? = nil) {
        diagnostics.append(
            Diagnostic(.error, at: node.position, message, suggestion: suggestion))
    }

    private mutating func warn(_ node: SourceNode, _ message: String) {
        diagnostics.append(Diagnostic(.warning, at: node.position, message))
    }
}
