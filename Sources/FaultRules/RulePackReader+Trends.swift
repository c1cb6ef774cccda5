import VehicleFaults

/// The `trends` of a pack: checks that know their own error.
extension RulePackReader {
    private static let trendKeys = ["id", "mode", "severity", "advice", "component", "skill"]

    /// Adds one check.
    ///
    /// ```yaml
    /// trends:
    ///   - id: coolant-creeps-up
    ///     mode: engine-runs-hot
    ///     severity: S3
    ///     advice: A3
    ///     component: thermostat
    ///     skill: ENG
    ///     signal: coolant_c
    ///     when: rises
    ///     harmless: 3
    ///     limit: 6
    ///     adjust: [load_pct, ambient_c]
    ///     every: 1d
    ///   - id: misfire-returns
    ///     …
    ///     code: P030[1-8]
    ///     status: confirmed
    ///     when: returns
    ///     harmless: 0.15
    /// ```
    mutating func add(trend node: SourceNode) {
        guard
            let fields = mapping(
                node, what: "a trend",
                known: Self.trendKeys + Self.headOptions + [
                    "signal", "code", "status", "when", "harmless", "limit", "adjust",
                    "every",
                ], required: Self.trendKeys + ["when", "harmless"])
        else { return }
        let before = diagnostics.count { $0.severity == .error }
        guard let head = head(of: fields),
            let kind = choice(
                fields["when"], "when", TrendRule.Kind.allCases.map(\.rawValue),
                { TrendRule.Kind(rawValue: $0) }),
            let harmless = number(fields["harmless"], "harmless")
        else { return }
        let signal = fields["signal"].flatMap { self.signal($0) }
        let code = fields["code"].flatMap { pattern($0) }
        let status = fields["status"].flatMap { self.status($0) }
        let limit = number(fields["limit"], "limit")
        let adjust = names(fields["adjust"])
        let bucket = fields["every"].flatMap { duration($0, "every") } ?? 0
        check(
            kind, fields, harmless: harmless, limit: limit, adjusts: adjust.count, node: node)
        guard diagnostics.count(where: { $0.severity == .error }) == before else { return }
        let text = Self.text(
            kind, signal: signal, code: code, status: fields["status"]?.text, harmless: harmless,
            limit: limit, adjust: adjust, every: fields["every"]?.text)
        var rule = Rule(
            id: head.id, mode: head.mode, name: head.name, severity: head.severity,
            advice: head.advice, component: head.component, skill: head.skill, when: .any([]),
            until: nil, conduct: head.conduct, whenText: text, untilText: nil,
            position: node.position, meaning: 0)
        rule.meaning = Meaning.digest(
            "\(rule.id) \(rule.mode) \(rule.severity.name) \(rule.advice.name) \(rule.component) "
                + "\(rule.skill) \(rule.name.en) \(rule.name.zh) trend \(text)"
                + rule.conduct.meaning)
        program.add(
            rule,
            TrendRule(
                kind: kind, rule: 0, signal: nil, code: code, status: status ?? [],
                harmless: harmless, limit: limit, adjust: [], bucket: bucket,
                meaning: Meaning.digest("drift \(rule.id) \(text)")), signal: signal, adjust: adjust
        )
    }

    /// What does not go together.
    private mutating func check(
        _ kind: TrendRule.Kind, _ fields: [String: SourceNode], harmless: Double, limit: Double?,
        adjusts: Int, node: SourceNode
    ) {
        if kind == .returns {
            if fields["code"] == nil { fail(node, "a trend that \"returns\" needs a \"code\"") }
            if let other = fields["signal"] {
                fail(other, "a trend that \"returns\" has no \"signal\"")
            }
            if let place = fields["harmless"], harmless <= 0 || harmless >= 0.9 {
                fail(place, "\"harmless\" is a share of messages, above 0 and below 0.9")
            }
        } else if fields["signal"] == nil {
            fail(node, "a trend that \"\(kind.rawValue)\" needs a \"signal\"")
        }
        if kind == .scatters {
            if let place = fields["harmless"], harmless < 1 {
                fail(place, "\"harmless\" is a ratio of scatters, 1 at least")
            }
            if let other = fields["code"] {
                fail(other, "a trend that \"scatters\" has no \"code\"")
            }
        } else if let place = fields["harmless"], harmless < 0 {
            fail(place, "\"harmless\" is not below 0")
        }
        if let place = fields["limit"], let limit {
            if kind == .returns || kind == .scatters || fields["code"] != nil {
                fail(place, "only a signal that rises or falls has a \"limit\"")
            } else if limit <= harmless {
                fail(place, "the \"limit\" lies beyond what is \"harmless\"")
            }
        }
        if let place = fields["adjust"], adjusts > 3 {
            fail(place, "a signal is adjusted for three others at most")
        }
        if let place = fields["every"], fields["code"] != nil, fields["signal"] != nil {
            fail(place, "a signal that is looked at with a code has no \"every\"")
        }
    }

    /// How the check is shown where rules show their condition.
    private static func text(
        _ kind: TrendRule.Kind, signal: String?, code: CodePattern?, status: String?,
        harmless: Double, limit: Double?, adjust: [String], every: String?
    ) -> String {
        let number = RuleText.number
        var text = signal ?? "code \"\(code?.text ?? "")\""
        if signal == nil, let status { text += " \(status)" }
        text += " \(kind.rawValue) beyond \(number(harmless))"
        if let limit { text += ", limit \(number(limit))" }
        if signal != nil, let code {
            text += ", with code \"\(code.text)\"\(status.map { " \($0)" } ?? "")"
        }
        if !adjust.isEmpty { text += ", adjusted for \(adjust.joined(separator: ", "))" }
        if let every { text += ", every \(every)" }
        return text
    }

    // MARK: - Values

    /// A number, or the parameter that is named in its place.
    private mutating func number(_ node: SourceNode?, _ key: String) -> Double? {
        guard let node else { return nil }
        guard let text = node.text else {
            fail(node, "\"\(key)\" must be a number, not \(node.kind)")
            return nil
        }
        if text.hasPrefix("$") {
            let name = String(text.dropFirst())
            guard let parameter = parameters[name], case .number(let value, _) = parameter.value
            else {
                fail(
                    node, "the pack has no parameter \"\(name)\" that is a number",
                    suggestion: NearestName.find(name, among: parameters.keys.sorted()))
                return nil
            }
            usedParameters.insert(name)
            return value
        }
        if let value = Double(text), value.isFinite { return value }
        fail(node, "\"\(key)\" must be a number without a unit, in the signal's own")
        return nil
    }

    private mutating func signal(_ node: SourceNode) -> String? {
        guard let text = node.text, !text.isEmpty, text.utf8.count <= 64,
            text.utf8.allSatisfy({ byte in
                (byte >= 0x30 && byte <= 0x39) || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A)
                    || byte == 0x5F || byte == 0x2E
            })
        else {
            fail(node, "\"signal\" is the name of a signal")
            return nil
        }
        return text
    }

    private mutating func names(_ node: SourceNode?) -> [String] {
        guard let node else { return [] }
        if node.text != nil { return signal(node).map { [$0] } ?? [] }
        guard case .sequence(let items) = node.content else {
            fail(node, "\"adjust\" must be a list, not \(node.kind)")
            return []
        }
        return items.compactMap { signal($0) }
    }

    private mutating func pattern(_ node: SourceNode) -> CodePattern? {
        guard let text = node.text else {
            fail(node, "\"code\" must be a text, not \(node.kind)")
            return nil
        }
        do throws(CodePattern.Malformed) {
            return try CodePattern(text)
        } catch {
            fail(node, error.reason)
            return nil
        }
    }

    private mutating func status(_ node: SourceNode) -> FaultStatus? {
        if let text = node.text, let status = FaultStatus(name: text) { return status }
        fail(node, "\(node.shown) is not a status of a code")
        return nil
    }
}
