import VehicleFaults

/// Turns the parsed text of rule files into a program, or says what is wrong and where.
public struct RulePackReader {
    public internal(set) var program = RuleProgram()
    public internal(set) var diagnostics: [Diagnostic] = []
    private var seen: [String: SourcePosition] = [:]
    /// What the site wants in place of the packs' values, by name or by pack and name.
    var overrides: [String: Parameter] = [:]
    var usedOverrides: Set<String> = []
    var parameterNames: Set<String> = []
    /// The parameters of the pack that is read, and those of them that a rule has used.
    var parameters: [String: Parameter] = [:]
    var usedParameters: Set<String> = []
    var readPack = false

    public init() {}

    /// Whether a file holds a site's parameters, which must be added before the packs.
    public static func holdsParameters(_ root: SourceNode) -> Bool {
        guard case .mapping(let pairs) = root.content else { return false }
        return pairs.contains { $0.key.text == "parameters" }
    }

    /// Whether the program must not be used.
    public var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }
    /// By which a reader knows whether what it has just read was whole.
    var errorCount: Int { diagnostics.count { $0.severity == .error } }

    /// Adds the rules of one file.
    ///
    /// ```yaml
    /// version: 1
    /// pack: trucks
    /// params:
    ///   misfires: 3
    /// rules:
    ///   - id: misfire-repeats
    ///     mode: cylinder-misfire
    ///     name: { en: Repeated misfire, zh: 反复失火 }
    ///     severity: S3
    ///     advice: A3
    ///     component: ignition-coil
    ///     skill: ENG
    ///     when: code "P030[1-8]" confirmed $misfires times within 7d
    ///     until: not code "P030[1-8]"
    /// ```
    ///
    /// Or what a site wants in place of the packs' parameters:
    ///
    /// ```yaml
    /// version: 1
    /// parameters:
    ///   trucks.misfires: 4
    /// ```
    public mutating func add(file root: SourceNode) {
        if Self.holdsParameters(root) {
            add(parameters: root)
            return
        }
        readPack = true
        guard
            let fields = mapping(
                root, what: "a rule file", known: ["version", "pack", "params", "rules", "trends"],
                required: ["version"])
        else { return }
        if let version = fields["version"], version.text != "1" {
            fail(version, "this version of rule files is not known", suggestion: "1")
        }
        if fields["rules"] == nil, fields["trends"] == nil {
            fail(root, "a rule file needs the key \"rules\"")
        }
        let rules = items(fields["rules"], "rules")
        let trends = items(fields["trends"], "trends")
        if let list = fields["rules"], rules?.isEmpty == true, trends?.isEmpty ?? true {
            warn(list, "the file holds no rule")
        }
        readParameters(fields["params"], pack: fields["pack"]?.text ?? "")
        for node in rules ?? [] { add(rule: node) }
        for node in trends ?? [] { add(trend: node) }
        for (name, parameter) in parameters.sorted(by: { $0.value.position < $1.value.position })
        where !usedParameters.contains(name) {
            diagnostics.append(
                Diagnostic(
                    .warning, at: parameter.position,
                    "no rule of the pack uses the parameter \"\(name)\""))
        }
    }

    private mutating func items(_ list: SourceNode?, _ key: String) -> [SourceNode]? {
        guard let list else { return nil }
        guard case .sequence(let items) = list.content else {
            fail(list, "\"\(key)\" must be a list, not \(list.kind)")
            return nil
        }
        return items
    }

    /// Says what can only be said when all files have been added: overrides that no pack knows, and
    /// rules that make each other superfluous.
    public mutating func finish() {
        for (name, parameter) in overrides.sorted(by: { $0.value.position < $1.value.position })
        where !usedOverrides.contains(name) {
            diagnostics.append(
                Diagnostic(
                    .error, at: parameter.position, "no pack has a parameter \"\(name)\"",
                    suggestion: NearestName.find(name, among: parameterNames.sorted())))
        }
        guard !hasErrors else { return }
        var review = RuleReview(program)
        review.lookForOverlaps()
        diagnostics += review.warnings
    }

    private mutating func add(rule node: SourceNode) {
        let required = [
            "id", "mode", "severity", "advice", "component", "skill", "when",
        ]
        guard
            let fields = mapping(
                node, what: "a rule", known: required + Self.headOptions + ["until"],
                required: required)
        else { return }
        let errorsBefore = errorCount
        let head = head(of: fields)
        let when = condition(fields["when"], "when")
        let until = condition(fields["until"], "until")
        guard let when, let head,
            errorCount == errorsBefore
        else { return }
        if let place = fields["when"], !canFire(when) {
            fail(
                place,
                when.drivers.isEmpty
                    ? "the condition is only negative, so no message can ever complete it"
                    : "the condition is only about the vehicle, so no message can complete it")
            return
        }
        let meaning =
            Meaning.text(of: when, atoms: program.atoms) + " until "
            + (until.map { Meaning.text(of: $0, atoms: program.atoms) } ?? "")
        let rule = head.rule(
            when: when, until: until, whenText: fields["when"]?.text ?? "",
            untilText: fields["until"]?.text, position: node.position, meaning: meaning)
        program.add(rule)
        var review = RuleReview(program)
        review.look(
            at: rule, when: fields["when"]?.position ?? node.position,
            until: fields["until"]?.position ?? node.position)
        diagnostics += review.warnings
    }

    /// What a rule says of its findings, whatever leads to them.
    struct Head {
        var id: String
        var mode: String
        var name: BilingualText
        var severity: Severity
        var advice: Advice
        var component: String
        var skill: String
        var conduct: TicketConduct

        /// The rule of this head.
        ///
        /// - Parameter meaning: what its condition means, in words that tell it from any other.
        func rule(
            when: Condition, until: Condition? = nil, whenText: String, untilText: String? = nil,
            position: SourcePosition, meaning: String
        ) -> Rule {
            Rule(
                id: id, mode: mode, name: name, severity: severity, advice: advice,
                component: component, skill: skill, when: when, until: until, conduct: conduct,
                whenText: whenText, untilText: untilText, position: position,
                meaning: Meaning.digest(
                    "\(id) \(mode) \(severity.name) \(advice.name) \(component) \(skill) "
                        + "\(name.en) \(name.zh) \(meaning)\(conduct.meaning)"))
        }
    }

    /// Reads the head of a rule; `nil` when a part of it is wrong.
    mutating func head(of fields: [String: SourceNode]) -> Head? {
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
        let conduct = conduct(of: fields)
        if let id, let place = fields["id"] {
            if let other = seen[id] {
                fail(place, "the rule \"\(id)\" exists already at \(other.file):\(other.line)")
            } else {
                seen[id] = place.position
            }
        }
        guard let id, let mode, let component, let skill, let severity, let advice else {
            return nil
        }
        return Head(
            id: id, mode: mode, name: name, severity: severity, advice: advice,
            component: component, skill: skill, conduct: conduct)
    }

    /// Whether something can happen that completes the condition.
    private func canFire(_ condition: Condition) -> Bool {
        condition.drivers.contains { !program.atoms[$0].isAboutKind }
    }

    private mutating func condition(_ node: SourceNode?, _ key: String) -> Condition? {
        guard let node else { return nil }
        guard let text = node.text else {
            fail(node, "\"\(key)\" must be an expression, not \(node.kind)")
            return nil
        }
        do throws(ExpressionLexer.Failure) {
            let result = try ExpressionParser.condition(in: text, parameters: parameters)
            usedParameters.formUnion(result.parameters)
            let places = program.places(of: result.atoms)
            return result.condition.placed { places[$0] }
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

    mutating func choice<Value>(
        _ node: SourceNode?, _ key: String, _ names: [String], _ read: (String) -> Value?
    ) -> Value? {
        guard let node else { return nil }
        if let text = node.text, let value = read(text) { return value }
        fail(
            node,
            "\(node.shown) is not one of \(names.joined(separator: ", "))",
            suggestion: node.text.flatMap {
                NearestName.find($0.uppercased(), among: names)
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

    mutating func mapping(
        _ node: SourceNode, what: Saying, known: [String], required: [String]
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

    mutating func fail(_ node: SourceNode, _ message: Saying, suggestion: String? = nil) {
        diagnostics.append(
            Diagnostic(.error, at: node.position, message, suggestion: suggestion))
    }

    mutating func warn(_ node: SourceNode, _ message: Saying) {
        diagnostics.append(Diagnostic(.warning, at: node.position, message))
    }
}
