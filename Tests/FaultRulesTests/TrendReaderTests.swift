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

    @Test("a code that recurs has a rate per kilometre, engine hour or trip")
    func readsARate() throws {
        let rows: [(String, Window.Kind, Double)] = [
            ("", .trips, 0.5), ("per: 1 trip", .trips, 0.5), ("per: 20 trips", .trips, 0.025),
            ("per: 1000 km", .distance, 0.0005), ("per: 50 h", .engineHours, 0.01),
        ]
        for (per, clock, rate) in rows {
            let fields = "code: P0301, status: confirmed, when: recurs, harmless: 0.5"
            let reader = read(pack(per.isEmpty ? fields : "\(fields), \(per)"))
            #expect(!reader.hasErrors, "\(reader.diagnostics)")
            let trend = try #require(reader.program.trends.first)
            #expect(trend.kind == .recurs && trend.clock == clock, "\(per)")
            #expect((trend.harmless - rate).magnitude < 1e-15, "\(per)")
            #expect(reader.program.clocks.contains(.trips) && reader.program.clocks.contains(clock))
            #expect(
                reader.program.rules[trend.rule].whenText.hasPrefix(
                    "code \"P0301\" confirmed recurs beyond 0.5 per "))
        }
    }

    @Test("a signal among its kind is one value a day unless told otherwise") func readsARank()
        throws
    {
        let rows: [(String, Int64, String)] = [
            ("", 86_400_000, ""), (", every: 1h", 3_600_000, ", every 1h"),
        ]
        for (fields, bucket, text) in rows {
            let reader = read(pack("signal: oil_kpa, when: below-kind, harmless: $far" + fields))
            #expect(reader.diagnostics.isEmpty, "\(reader.diagnostics)")
            let trend = try #require(reader.program.trends.first)
            #expect(trend.kind == .belowKind && trend.bucket == bucket && trend.direction == -1)
            #expect(
                reader.program.rules[trend.rule].whenText == "oil_kpa below-kind beyond 3\(text)")
        }
    }

    @Test("signals that belong together are named together") func readsASubsystem() throws {
        let reader = read(
            pack("signals: [boost_kpa, load_pct], when: unlike-kind, harmless: $far, every: 1h"))
        #expect(reader.diagnostics.isEmpty, "\(reader.diagnostics)")
        let trend = try #require(reader.program.trends.first)
        #expect(trend.kind == .unlikeKind && trend.bucket == 3_600_000 && trend.direction == 1)
        #expect(trend.isPromise && trend.signals == [0, 1] && trend.signal == 0)
        #expect(
            reader.program.rules[trend.rule].whenText
                == "boost_kpa, load_pct unlike-kind beyond 3, every 1h")
    }

    @Test("a code foretells a failure with signals of which the fleet finds the one that tells")
    func readsAForetelling() throws {
        for (fields, chance) in [("", 0.5), (", chance: 0.8", 0.8)] {
            let reader = read(
                pack(
                    "code: P0087, status: confirmed, signals: [rail_kpa, boost_kpa], "
                        + "when: foretells, within: 2w" + fields))
            #expect(!reader.hasErrors, "\(reader.diagnostics)")
            let trend = try #require(reader.program.trends.first)
            #expect(trend.kind == .foretells && trend.bucket == 14 * 86_400_000)
            #expect(trend.harmless == chance && !trend.isPromise && !trend.isPair)
            #expect(trend.signals == [0, 1] && trend.signal == nil && trend.status == .confirmed)
            #expect(
                reader.program.rules[trend.rule].whenText
                    == "code \"P0087\" confirmed with rail_kpa, boost_kpa foretells within 14d "
                    + "beyond \(chance)")
        }
    }

    @Test("a part that wears out is told by its distance or hours") func readsWear() throws {
        let rows: [(String, Window.Kind, Double, String)] = [
            ("5000 km", .distance, 5000, "5000 km"), ("250 h", .engineHours, 250, "250 h"),
        ]
        for (within, clock, length, text) in rows {
            let reader = read(pack("when: wears-out, within: \(within), chance: 0.2"))
            #expect(!reader.hasErrors, "\(reader.diagnostics)")
            let trend = try #require(reader.program.trends.first)
            #expect(trend.kind == .wearsOut && trend.clock == clock && trend.limit == length)
            #expect(trend.harmless == 0.2 && trend.span == text && !trend.isPromise)
            #expect(reader.program.clocks == [clock])
            #expect(
                reader.program.rules[trend.rule].whenText
                    == "wears out: chance of failing within \(text) beyond 0.2")
        }
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
        ("when: wears-out, chance: 0.2", "needs the key \"within\""),
        ("when: wears-out, within: 5000 km", "needs the key \"chance\""),
        ("when: wears-out, within: 5000 km, chance: 1", "between 0 and 1"),
        ("when: wears-out, within: 20 trips, chance: 0.1", "in km or h"),
        ("when: wears-out, within: soon, chance: 0.1", "is a stretch"),
        ("when: wears-out, within: 50 h, chance: 0.1, signal: a", "no such key"),
        ("signal: a, when: rises, harmless: 1, within: 5 km", "has a \"within\""),
        ("when: above-kind, harmless: 1", "needs a \"signal\""),
        ("signal: a, code: P0301, when: above-kind, harmless: 1", "has no \"code\""),
        ("signal: a, when: below-kind, harmless: 1, limit: 3", "has a \"limit\""),
        ("signal: a, when: below-kind, harmless: -1", "not below 0"),
        ("when: recurs, harmless: 0", "needs a \"code\""),
        ("code: P0301, signal: a, when: recurs, harmless: 0", "has no \"signal\""),
        ("code: P0301, when: recurs, harmless: 0, every: 1d", "counts trips"),
        ("code: P0301, when: recurs, harmless: 0, per: week", "is a stretch"),
        ("code: P0301, when: recurs, harmless: 0, per: 0 km", "is a stretch"),
        ("code: P0301, when: recurs, harmless: 1, limit: 2", "has a \"limit\""),
        ("code: P0301, when: returns, harmless: 0.1, per: 20 trips", "has a \"per\""),
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
