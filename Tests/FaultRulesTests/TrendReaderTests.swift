import FaultRules
import Testing

@Suite struct TrendReaderTests {
    private func pack(_ fields: String) -> String {
        """
        version: 1
        params: { far: 3 }
        trends:
          - { id: t, mode: m, severity: S3, advice: A3, component: pump, skill: ENG, \(fields) }
        """
    }

    @Test("a trend is read with all it names, and its rule stands among the others")
    func readsATrend() throws {
        let reader = read(
            pack(
                "signal: coolant_c, when: falls, harmless: $far, limit: 6, "
                    + "adjust: [load_pct, ambient_c], every: 1d"))
        #expect(reader.diagnostics.isEmpty, "\(reader.diagnostics)")
        let trend = try #require(reader.program.trends.first)
        #expect(trend.kind == .falls && trend.harmless == 3 && trend.limit == 6)
        #expect(trend.bucket == 86_400_000 && trend.direction == -1 && !trend.isPair)
        let rule = reader.program.rules[trend.rule]
        #expect(
            rule.whenText
                == "coolant_c falls beyond 3, limit 6, adjusted for load_pct, ambient_c, every 1d")
        #expect(reader.program.signals.names == ["coolant_c", "load_pct", "ambient_c"])
    }

    static let wrong: [(fields: String, says: String)] = [
        ("signal: a, when: climbs, harmless: 1", "not one of"),
        ("signal: a, when: rises", "needs the key \"harmless\""),
        ("when: rises, harmless: 1", "needs a \"signal\""),
        ("signal: a, when: rises, harmless: 1 bar", "without a unit"),
        ("signal: a, when: rises, harmless: -1", "not below 0"),
        ("signal: a, when: rises, harmless: $near", "no parameter \"near\""),
        ("signal: a, when: rises, harmless: 3, limit: 2", "beyond what is"),
        ("signal: a, when: scatters, harmless: 0.5", "1 at least"),
        ("signal: a, when: scatters, harmless: 2, limit: 4", "has a \"limit\""),
        ("signal: a, when: rises, harmless: 1, adjust: [b, c, d, e]", "three others"),
        ("signal: a, when: rises, harmless: 1, every: often", "is a duration"),
        ("signal: a, code: P0087, when: falls, harmless: 1, every: 1d", "no \"every\""),
        ("when: returns, harmless: 0.1", "needs a \"code\""),
        ("code: P0301, when: returns, harmless: 1.5", "is a share"),
        ("code: P0301, signal: a, when: returns, harmless: 0.1", "has no \"signal\""),
        ("code: P0301, status: maybe, when: returns, harmless: 0.1", "not a status"),
        ("code: \"P[\", when: returns, harmless: 0.1", "a set needs"),
    ]

    @Test("what is wrong with a trend is said where it stands", arguments: wrong)
    func refuses(fields: String, says: String) {
        let reader = read(pack(fields))
        #expect(reader.program.trends.isEmpty && reader.program.rules.isEmpty)
        #expect(
            reader.diagnostics.contains {
                $0.message.description.contains(says) && $0.position.line == 4
            },
            "\(reader.diagnostics)")
    }
}
