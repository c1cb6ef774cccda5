import VehicleFaults

/// Trends that look at several signals.
extension RulePackReader {
    /// Adds two or three signals that belong together.
    ///
    /// ```yaml
    ///   - id: boost-leaves-load
    ///     …
    ///     signals: [boost_kpa, load_pct]
    ///     when: unlike-kind
    ///     harmless: 0.5
    /// ```
    mutating func add(unlike head: Head, _ fields: [String: SourceNode], _ node: SourceNode) {
        let before = errorCount
        let kind = TrendRule.Kind.unlikeKind
        allow(["signals", "harmless", "every"], of: kind, fields, node)
        let signals = several(fields, 2...3, of: kind, node)
        if fields["harmless"] == nil { fail(node, "a trend needs the key \"harmless\"") }
        let harmless = number(fields["harmless"], "harmless")
        if let harmless, harmless < 0, let place = fields["harmless"] {
            fail(place, "\"harmless\" is not below 0")
        }
        let bucket = fields["every"].flatMap { duration($0, "every") }
        guard errorCount == before, let harmless
        else { return }
        var text =
            "\(signals.joined(separator: ", ")) \(kind.rawValue) beyond "
            + RuleText.number(harmless)
        if let every = fields["every"]?.text { text += ", every \(every)" }
        let trend = TrendRule(
            kind: kind, rule: 0, signal: nil, code: nil, status: [], harmless: harmless, limit: nil,
            adjust: [], bucket: bucket ?? 86_400_000)
        add(trend, head, text, node, signal: signals[0], signals: signals)
    }

    /// Adds a code that foretells a failure when it comes with a signal that is off; which one that is,
    /// the fleet learns.
    ///
    /// ```yaml
    ///   - id: fuel-pressure-foretold
    ///     …
    ///     code: P0087
    ///     signals: [rail_kpa, boost_kpa]
    ///     when: foretells
    ///     within: 14d
    ///     chance: 0.5
    /// ```
    mutating func add(foretelling head: Head, _ fields: [String: SourceNode], _ node: SourceNode) {
        let before = errorCount
        let kind = TrendRule.Kind.foretells
        allow(["signals", "code", "status", "within", "chance"], of: kind, fields, node)
        for key in ["code", "within"] where fields[key] == nil {
            fail(node, "a code that \"foretells\" needs the key \"\(key)\"")
        }
        let signals = several(fields, 1...3, of: kind, node)
        let code = fields["code"].flatMap { pattern($0) }
        let status = fields["status"].flatMap { self.status($0) }
        let within = fields["within"].flatMap { duration($0, "within") }
        let chance = number(fields["chance"], "chance") ?? 0.5
        if let place = fields["chance"], chance <= 0 || chance >= 1 {
            fail(place, "\"chance\" lies between 0 and 1")
        }
        guard errorCount == before, let within, let code
        else { return }
        let text =
            "code \"\(code.text)\"\(fields["status"]?.text.map { " \($0)" } ?? "") with "
            + "\(signals.joined(separator: ", ")) foretells within \(RuleText.duration(within)) "
            + "beyond \(RuleText.number(chance))"
        let trend = TrendRule(
            kind: kind, rule: 0, signal: nil, code: code, status: status ?? [], harmless: chance,
            limit: nil, adjust: [], bucket: within)
        add(trend, head, text, node, signals: signals)
    }

    private mutating func allow(
        _ keys: [String], of kind: TrendRule.Kind, _ fields: [String: SourceNode],
        _ node: SourceNode
    ) {
        for key in fields.keys.sorted()
        where !(Self.trendKeys + Self.headOptions + ["when"] + keys).contains(key) {
            fail(fields[key] ?? node, "a trend that \"\(kind.rawValue)\" has no \"\(key)\"")
        }
    }

    private mutating func several(
        _ fields: [String: SourceNode], _ count: ClosedRange<Int>, of kind: TrendRule.Kind,
        _ node: SourceNode
    ) -> [String] {
        let place = fields["signals"] ?? node
        let signals = names(fields["signals"], "signals")
        if !count.contains(signals.count) || Set(signals).count < signals.count {
            fail(
                place,
                "a trend that \"\(kind.rawValue)\" needs \"signals\", "
                    + "\(count.lowerBound) to \(count.upperBound) different ones")
        }
        return signals
    }
}
