import VehicleFaults

/// The `trends` of a pack: checks that know their own error.
extension RulePackReader {
    static let trendKeys = ["id", "mode", "severity", "advice", "component", "skill"]

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
                    "every", "per", "within", "chance", "signals",
                ], required: Self.trendKeys + ["when"])
        else { return }
        let before = errorCount
        guard let head = head(of: fields),
            let kind = choice(
                fields["when"], "when", TrendRule.Kind.allCases.map(\.rawValue),
                { TrendRule.Kind(rawValue: $0) })
        else { return }
        switch kind {
        case .wearsOut: return add(wear: head, fields, node)
        case .unlikeKind: return add(unlike: head, fields, node)
        case .foretells: return add(foretelling: head, fields, node)
        default: break
        }
        guard let place = fields["harmless"] else {
            return fail(node, "a trend needs the key \"harmless\"")
        }
        guard let harmless = number(place, "harmless") else { return }
        let signal = fields["signal"].flatMap { self.signal($0) }
        let code = fields["code"].flatMap { pattern($0) }
        let status = fields["status"].flatMap { self.status($0) }
        let limit = number(fields["limit"], "limit")
        let adjust = names(fields["adjust"])
        // One value a day is what a day's ranks are made of.
        let bucket =
            fields["every"].flatMap { duration($0, "every") } ?? (kind.isRanked ? 86_400_000 : 0)
        let per = fields["per"].flatMap { stretch($0, "per") } ?? Window(.trips, 1)
        check(
            kind, fields, harmless: harmless, limit: limit, adjusts: adjust.count, node: node)
        guard errorCount == before else { return }
        let text = Self.text(
            kind, signal: signal, code: code, status: fields["status"]?.text, harmless: harmless,
            limit: limit, adjust: adjust, every: fields["every"]?.text,
            per: fields["per"]?.text ?? "1 trip")
        add(
            TrendRule(
                kind: kind, rule: 0, signal: nil, code: code, status: status ?? [],
                harmless: kind == .recurs ? harmless / per.length : harmless, limit: limit,
                adjust: [], bucket: bucket, clock: per.kind), head, text, node, signal: signal,
            adjust: adjust)
    }

    /// Adds a part that wears out.
    ///
    /// ```yaml
    ///   - id: alternator-wears-out
    ///     …
    ///     when: wears-out
    ///     within: 5000 km
    ///     chance: 0.2
    /// ```
    private mutating func add(
        wear head: Head, _ fields: [String: SourceNode], _ node: SourceNode
    ) {
        let before = errorCount
        for key in fields.keys.sorted()
        where !(Self.trendKeys + Self.headOptions + ["when", "within", "chance"]).contains(key) {
            fail(fields[key] ?? node, "a part that wears out has no such key")
        }
        for key in ["within", "chance"] where fields[key] == nil {
            fail(node, "a part that wears out needs the key \"\(key)\"")
        }
        guard let place = fields["chance"], let within = fields["within"],
            let chance = number(place, "chance"), let span = stretch(within, "within")
        else { return }
        if chance <= 0 || chance >= 1 { fail(place, "\"chance\" lies between 0 and 1") }
        if span.kind == .trips { fail(within, "the age of a part is told in km or h") }
        guard errorCount == before else { return }
        let trend = TrendRule(
            kind: .wearsOut, rule: 0, signal: nil, code: nil, status: [], harmless: chance,
            limit: span.length, adjust: [], bucket: 0, clock: span.kind)
        let text =
            "wears out: chance of failing within \(trend.span ?? "") "
            + "beyond \(RuleText.number(chance))"
        add(trend, head, text, node)
    }

    /// - Parameter text: how it is shown, which tells it from any other.
    mutating func add(
        _ trend: TrendRule, _ head: Head, _ text: String, _ node: SourceNode,
        signal: String? = nil, signals: [String] = [], adjust: [String] = []
    ) {
        var trend = trend
        trend.meaning = Meaning.digest("drift \(head.id) \(text)")
        let rule = head.rule(
            when: .any([]), whenText: text, position: node.position, meaning: "trend \(text)")
        program.add(rule, trend, signal: signal, signals: signals, adjust: adjust)
    }

    /// What does not go together.
    private mutating func check(
        _ kind: TrendRule.Kind, _ fields: [String: SourceNode], harmless: Double, limit: Double?,
        adjusts: Int, node: SourceNode
    ) {
        if let place = fields["signals"] {
            fail(place, "a trend that \"\(kind.rawValue)\" has one \"signal\"")
        }
        if let place = fields["per"], kind != .recurs {
            fail(place, "only a code that \"recurs\" has a \"per\"")
        }
        if let place = fields["within"] ?? fields["chance"] {
            fail(place, "only a part that wears out has a \"within\" and a \"chance\"")
        }
        if kind == .returns || kind == .recurs {
            let name = kind.rawValue
            if fields["code"] == nil { fail(node, "a trend that \"\(name)\" needs a \"code\"") }
            if let other = fields["signal"] {
                fail(other, "a trend that \"\(name)\" has no \"signal\"")
            }
            if kind == .recurs, let place = fields["every"] ?? fields["adjust"] {
                fail(place, "a trend that \"recurs\" counts trips, and has no such key")
            }
            if kind == .returns, let place = fields["harmless"], harmless <= 0 || harmless >= 0.9 {
                fail(place, "\"harmless\" is a share of messages, above 0 and below 0.9")
            }
        } else if fields["signal"] == nil {
            fail(node, "a trend that \"\(kind.rawValue)\" needs a \"signal\"")
        }
        if kind == .scatters || kind.isRanked, let other = fields["code"] {
            fail(other, "a trend that \"\(kind.rawValue)\" has no \"code\"")
        }
        if kind == .scatters {
            if let place = fields["harmless"], harmless < 1 {
                fail(place, "\"harmless\" is a ratio of scatters, 1 at least")
            }
        } else if let place = fields["harmless"], harmless < 0 {
            fail(place, "\"harmless\" is not below 0")
        }
        if let place = fields["limit"], let limit {
            if kind == .scatters || kind.isRanked || fields["code"] != nil {
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
        harmless: Double, limit: Double?, adjust: [String], every: String?, per: String
    ) -> String {
        let number = RuleText.number
        var text = signal ?? "code \"\(code?.text ?? "")\""
        if signal == nil, let status { text += " \(status)" }
        text += " \(kind.rawValue) beyond \(number(harmless))"
        if kind == .recurs { text += " per \(per) and what 95 % of the fleet stay below" }
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
    mutating func number(_ node: SourceNode?, _ key: String) -> Double? {
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

    mutating func names(_ node: SourceNode?, _ key: String = "adjust") -> [String] {
        guard let node else { return [] }
        if node.text != nil { return signal(node).map { [$0] } ?? [] }
        guard case .sequence(let items) = node.content else {
            fail(node, "\"\(key)\" must be a list, not \(node.kind)")
            return []
        }
        return items.compactMap { signal($0) }
    }

    mutating func pattern(_ node: SourceNode) -> CodePattern? {
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

    mutating func status(_ node: SourceNode) -> FaultStatus? {
        if let text = node.text, let status = FaultStatus(name: text) { return status }
        fail(node, "\(node.shown) is not a status of a code")
        return nil
    }

    /// Kilometres, engine hours or trips.
    private mutating func stretch(_ node: SourceNode, _ key: String) -> Window? {
        let words = node.text?.split(separator: " ").map(String.init) ?? []
        if words.count == 2, let length = Double(words[0]), length > 0 {
            switch words[1] {
            case "km" where length <= RuleLimits.longestDistance: return Window(.distance, length)
            case "h" where length <= RuleLimits.longestEngineHours:
                return Window(.engineHours, length)
            case "trip" where length == 1, "trips" where length <= 1000:
                return Window(.trips, length)
            default: break
            }
        }
        fail(node, "\"\(key)\" is a stretch such as 1000 km, 50 h or 20 trips")
        return nil
    }
}
