import Testing
import VehicleFaults
import YAMLSource

@testable import FaultRules

/// A rule file whose condition stands in a block of its own, at line 11 from column 7.
func blockFile(when: String, until: String? = nil, top: String = "pack: p") -> String {
    """
    version: 1
    \(top)
    rules:
      - id: the-rule
        mode: the-mode
        severity: S2
        advice: A3
        component: pump
        skill: ENG
        when: >-
          \(when)
    \(until.map { "    until: >-\n          \($0)" } ?? "")
    """
}

/// Reads files that belong together.
func readAll(_ texts: String...) -> RulePackReader {
    var reader = RulePackReader()
    for (number, text) in texts.enumerated() {
        do throws(Diagnostic) {
            reader.add(file: try YAMLSource.parse(text, file: "f\(number).yaml"))
        } catch {
            Issue.record("not YAML: \(error)")
        }
    }
    reader.finish()
    return reader
}

@Suite struct LanguageTests {
    /// Conditions with what the checker makes of their last atom.
    static let conditions: [(when: String, atom: String)] = [
        ("egt_1_c - egt_2_c > 60", "measure (egt_1_c - egt_2_c) > 60.0 0"),
        ("(egt_1_c - egt_2_c) > 60 K for 5m", "measure (egt_1_c - egt_2_c) > 60.0 300000"),
        ("egt_1_c > egt_2_c + 108 °F", "measure (egt_1_c - (egt_2_c + 60)) > 0.0 0"),
        ("100 < coolant_c", "signal coolant_c > 100.0 0 false"),
        ("coolant_c > 194 °F", "signal coolant_c > 90.0 0 false"),
        ("batt_v < 12200 mV", "signal batt_v < 12.2 0 false"),
        ("cell_mv > 3.4 V", "signal cell_mv > 3400.0 0 false"),
        ("oil_kpa < 0.8 bar", "signal oil_kpa < 80.0 0 false"),
        ("odo_km > 100 mi", "signal odo_km > 160.9344 0 false"),
        (
            "cell_max_v - cell_min_mv > 30 mV",
            "measure (cell_max_v - (cell_min_mv * 0.001)) > 0.03 0"
        ),
        (
            "oil_kpa < 0.75 * baseline(oil_kpa)",
            "measure (oil_kpa - (0.75 * baseline 0.05 20(oil_kpa))) < 0.0 0"
        ),
        ("oil_kpa < 75 + 1.5 kPa * 2", "signal oil_kpa < 78.0 0 false"),
        ("mean(coolant_c, 10m) > 90 °C", "measure mean(coolant_c, 10m) > 90.0 0"),
        ("median(crank_s, 500 km) > 2", "measure p50(crank_s, 500 km) > 2.0 0"),
        ("p95(load_pct, 10 engine h) > 80 %", "measure p95(load_pct, 10 engine h) > 80.0 0"),
        ("percentile(x, 99.5, 10 trips) > 1", "measure p99.5(x, 10 trips) > 1.0 0"),
        ("slope(cell_mv, 7d) > 2 mV/w", "measure slope(cell_mv, 7d) > 0.285714285714 0"),
        (
            "slope(oil_level_l, 3000 km) < -0.3 L/1000 km",
            "measure slope(oil_level_l, 3000 km) < -0.0003 0"
        ),
        ("rate(pack_c) >= 1 °C/s for 3s", "measure rate(pack_c) >= 1.0 3000"),
        ("rate(pack_c) >= 60 K/min", "measure rate(pack_c) >= 1.0 0"),
        ("reach(pad_mm, 3 mm, 5000 km) < 1500 km", "measure reach 3(pad_mm, 5000 km) < 1500.0 0"),
        ("reach(dp_kpa, 0.05 bar, 30d) < 2 w", "measure reach 5(dp_kpa, 30d) < 14.0 0"),
        ("stddev(x, 7d) == 0", "measure stddev(x, 7d) == 0.0 0"),
        ("range(batt_v, 8h) > 250 mV", "measure (max(batt_v, 8h) - min(batt_v, 8h)) > 0.25 0"),
        ("delta(coolant_c, 1h) > 18 °F", "measure delta(coolant_c, 1h) > 10.0 0"),
        ("abs(pack_a) < 5 A", "measure abs(pack_a) < 5.0 0"),
        (
            "greatest(a_kpa, b_kpa) - least(a_kpa, b_kpa) > 0.2 bar",
            "measure (greatest(a_kpa, b_kpa) - least(a_kpa, b_kpa)) > 20.0 0"
        ),
        (
            "coolant_c > 105 for 5m while rpm > 500",
            "measure coolant_c > 105.0 300000 while rpm > 500"
        ),
        (
            "coolant_c > 105 while (load_pct in 60 to 80 % and not ambient_c > 30)",
            "measure coolant_c > 105.0 0 while ((load_pct >= 60 and load_pct <= 80) and not ambient_c > 30)"
        ),
        (
            "crank_s > 2 while cold start",
            "measure crank_s > 2.0 0 while (trip.rest_h >= 6 and trip.age_s < 120)"
        ),
        (
            "coolant_c < 75 while (trip.age_s > 20 min and start(coolant_c) < 20)",
            "measure coolant_c < 75.0 0 while (trip.age_s > 1200 and start(coolant_c) < 20)"
        ),
        (
            "coolant_c deviates by 3 from own",
            "measure abs(score 0.05 20(coolant_c)) > 3.0 0"
        ),
        (
            "coolant_c - oil_c deviates below by 4 sigma from own (memory: 0.01, after: 50)",
            "measure score 0.01 50((coolant_c - oil_c)) < -4.0 0"
        ),
        (
            "coolant_c - baseline((coolant_c)) > 3",
            "measure (coolant_c - baseline 0.05 20(coolant_c)) > 3.0 0"
        ),
        ("coolant_c deviates above by 3 from cohort", "measure cohort score(coolant_c) > 3.0 0"),
        (
            "coolant_c > cohort(coolant_c) + 8 K",
            "measure (coolant_c - (cohort(coolant_c) + 8)) > 0.0 0"
        ),
        ("silent for 24h", "silence  86400000"),
        ("no coolant_c for 2h", "silence coolant_c 7200000"),
        ("code \"P0301\" occurrences >= 3", "code P0301 0  false occurrences >= 3.0"),
        (
            "code \"P0217\" confirmed freeze coolant_c > 110 °C freeze rpm < 900 from \"7E8\"",
            ""
        ),
        (
            "code \"P0217\" confirmed from \"7E8\" freeze coolant_c > 230 °F lamp stop",
            "code P0217 2 7E8 false freeze coolant_c > 110.0 while stop_lamp_on == 1"
        ),
        (
            "same code \"P030?\" in 2 trips within 7d while rpm > 600",
            "code P030? 0  true 2 trips within 7d while rpm > 600"
        ),
        ("code \"U*\" 3 codes within 10s", "code U* 0  false 3 codes within 10s"),
        ("code \"P0401\" on 3 days within 30d", "code P0401 0  false 3 days within 30d"),
        ("code \"P0401\" in 3 of 5 trips", "code P0401 0  false 3 trips within 5 trips"),
        ("code \"P0401\" 2 times within 500 km", "code P0401 0  false 2 times within 500 km"),
        (
            "code \"P0401\" 2 times within 10 engine h",
            "code P0401 0  false 2 times within 10 engine h"
        ),
        (
            "(coolant_c > 105 and rpm > 500) in 5 trips within 30d while load_pct > 60",
            "count (signal coolant_c > 105.0 0 false and signal rpm > 500.0 0 false) 5 trips within 30d while load_pct > 60"
        ),
        (
            "code \"P0301\" then code \"P0420\" within 2000 km",
            "pair code P0301 0  false then code P0420 0  false within 2000 km"
        ),
        (
            "code \"P0301\" then code \"P0420\" within 7d and not code \"P0171\" between",
            "pair code P0301 0  false not code P0171 0  false then code P0420 0  false within 7d"
        ),
        (
            "code \"P0301\" within 24h of coolant_c > 100",
            "pair code P0301 0  false near signal coolant_c > 100.0 0 false within 1d"
        ),
        ("code \"P1*\" and vehicle.make == \"Foton\"", "vehicle.make in [\"Foton\"]"),
        ("code \"P1*\" and vehicle.software < \"2.10\"", "vehicle.software < 2.10"),
        ("code \"P1*\" and vehicle.model like \"EX*\"", "vehicle.model like EX*"),
        (
            "code \"P1*\" and vehicle.region in (\"north\", \"east\")",
            "vehicle.region in [\"north\", \"east\"]"
        ),
        ("code \"P1*\" and vehicle.year >= 2020", "measure vehicle.year >= 2020.0 0"),
        (
            "odo_km > vehicle.next_service_km - 1500 km",
            "measure (odo_km - (vehicle.next_service_km - 1500)) > 0.0 0"
        ),
        ("at least 2 of (a_v > 1, b_v > 2, c_v > 3)", "signal c_v > 3.0 0 false"),
        (
            "ewma(oil_kpa, weight: 0.2, memory: 0.05, after: 20) beyond 1.8",
            "trend oil_kpa ewma(weight: 0.2) 0.05 20 1.8"
        ),
        (
            "cusum(oil_kpa, slack: 0.5, memory: 0.05, after: 20) beyond 10",
            "trend oil_kpa cusum(slack: 0.5) 0.05 20 10.0"
        ),
        ("code \"P0380\" and date.month >= 10", "measure date.month >= 10.0 0"),
    ]

    @Test("a condition is checked and means what it says", arguments: conditions)
    func means(when: String, atom: String) throws {
        let reader = readAll(blockFile(when: when))
        if atom.isEmpty {
            #expect(reader.hasErrors, "\(when)")
            return
        }
        #expect(reader.diagnostics.isEmpty, "\(when): \(reader.diagnostics)")
        let last = try #require(reader.program.atoms.last, "\(when)")
        #expect(Meaning.text(of: last, atoms: reader.program.atoms) == atom, "\(when)")
    }

    static let mistakes: [(when: String, column: Int, message: String, suggestion: String?)] = [
        ("coolant_c - batt_v > 3", 17, "°C and V cannot be subtracted", nil),
        ("coolant_c + oil_c > 3", 17, "two temperatures cannot be added", nil),
        ("coolant_c - oil_c > 3 kPa", 27, "one side is in °C, the other in kPa", "°C"),
        ("coolant_c > batt_v", 19, "one side is in °C, the other in V", nil),
        ("coolant_c > 5 °G", 19, "\"°G\" is not a unit", "°C"),
        ("5 > 3", 7, "this compares two numbers", nil),
        ("mean(coolant_c, 10) > 5", 23, "expected a duration as 90s", nil),
        ("meen(coolant_c, 10m) > 5", 7, "\"meen\" is not a function", "mean"),
        ("mean(mean(x, 1h), 1h) > 5", 12, "a window over a window", nil),
        ("coolant_c > 5 while code \"P0301\"", 21, "after \"while\" stand comparisons", nil),
        ("coolant_c > 5 while mean(x, 1h) > 3", 21, "after \"while\" stand", nil),
        ("(a > 5 and b > 3) while c > 1", 25, "\"while\" guards one condition", nil),
        ("a > 5 and not b > 3 between", 27, "\"between\" belongs to", nil),
        ("not a > 5 3 times within 1h", 11, "", nil),
        ("code \"P0301\" ocurrences >= 3", 20, "\"ocurrences\" is not a status", "occurrences"),
        ("code \"P0301\" lamp mill", 25, "\"mill\" is not a lamp", "mil"),
        ("code \"P0301\" in 6 of 5 trips", 28, "6 of only 5 trips", nil),
        ("code \"P0301\" in 2 trips within 40 trips", 38, "expected a whole number", nil),
        ("vehicle.mak == 5 and x > 5", 7, "", nil),
        ("vehicle.mak", 7, "expected a comparison, \"like\" or \"in\"", "vehicle.make"),
        ("trip.aeg_s > 5", 7, "\"trip.aeg_s\" is not a signal", "trip.age_s"),
        ("coolant_c - baseline((coolant_c) > 3", 40, "expected \")\"", nil),
        ("coolant_c deviates by 3 from onw", 36, "expected \"own\" or \"cohort\"", "own"),
        ("at least 3 of (a > 1, b > 2)", 18, "at least 3 of only 2", nil),
        ("x > $limit", 11, "the pack has no parameter \"limit\"", nil),
        ("silent for 500d", 18, "a duration lies between 1ms and 400d", nil),
        ("vehicle.make == \"A\"", 7, "the condition is only about the vehicle", nil),
        ("x in 5 to 3", 12, "a range that runs backwards", nil),
        ("mean(x, 1h) > 5 for 5m even if silent", 35, "only the comparison of a signal", nil),
        ("x > 1 / 0", 13, "a division by zero", nil),
        ("code \"P0[好好5-1]\"", 18, "in the code pattern", nil),
    ]

    @Test("a mistake is told with its place and the nearest name", arguments: mistakes)
    func refuses(when: String, column: Int, message: String, suggestion: String?) throws {
        let reader = readAll(blockFile(when: when))
        guard !message.isEmpty else {
            #expect(reader.diagnostics.allSatisfy { $0.position.line >= 1 }, "\(when)")
            return
        }
        let problem = try #require(reader.diagnostics.first, "\(when)")
        #expect(problem.severity == .error, "\(when)")
        #expect(problem.message.description.hasPrefix(message), "\(when): \(problem.message)")
        #expect(problem.suggestion == suggestion, "\(when)")
        #expect(
            problem.position.line == (problem.message.description.contains("only about") ? 10 : 11))
        if problem.position.line == 11 {
            #expect(problem.position.column == column, "\(when): \(problem)")
        }
    }

    @Test("a file of another system's lines is read as the same file", arguments: mistakes)
    func lineEnds(when: String, column: Int, message: String, suggestion: String?) {
        let file = blockFile(when: when, until: "speed_kph < 5 and\n          meen(x, 1h) > 3")
        let (own, other) = (readAll(file), readAll(file.replacing("\n", with: "\r\n")))
        #expect(!own.diagnostics.isEmpty && own.diagnostics == other.diagnostics, "\(when)")
    }

    // MARK: - Parameters

    static let pack = blockFile(
        when: "coolant_c > $hot for $hold and code $codes $n times within 7d",
        top: """
            pack: trucks
            params:
              hot: 108 °C
              hold: { value: 5, unit: m, note: how long }
              codes: P030[1-8]
              n: 3
            """)

    static func site(_ text: String) -> String { "version: 1\nparameters:\n  \(text)\n" }

    @Test("parameters stand for what they name") func parameters() throws {
        let reader = readAll(Self.pack)
        #expect(reader.diagnostics.isEmpty, "\(reader.diagnostics)")
        let plain = readAll(
            blockFile(when: "coolant_c > 108 for 300s and code \"P030[1-8]\" 3 times within 7d"))
        #expect(reader.program.meaning == plain.program.meaning)
    }

    @Test("a site's parameters take the place of the pack's") func overrides() throws {
        for text in ["hot: 104 °C", "trucks.hot: 219.2 °F", "hot: 104 °C\n  trucks.hold: 300 s"] {
            let reader = readAll(Self.site(text), Self.pack)
            #expect(reader.diagnostics.isEmpty, "\(text): \(reader.diagnostics)")
            guard case .signal(let atom) = try #require(reader.program.atoms.first) else {
                Issue.record("not a signal")
                return
            }
            #expect(atom.limit == 104, "\(text)")
        }
    }

    static let badOverrides: [(text: String, line: Int, message: String, suggestion: String?)] = [
        ("hott: 5 °C", 3, "no pack has a parameter \"hott\"", "hot"),
        ("truck.hot: 5 °C", 3, "no pack has a parameter \"truck.hot\"", "trucks.hot"),
        ("hot: 5 V", 3, "\"hot\" has another unit than in its pack", nil),
        ("hot: 5 °G", 3, "\"°G\" is not a unit", "°C"),
        ("hot: [1]", 3, "a parameter's value must be a text, not a list", nil),
    ]

    @Test("an override that fits no pack is an error", arguments: badOverrides)
    func badOverride(text: String, line: Int, message: String, suggestion: String?) throws {
        let reader = readAll(Self.site(text), Self.pack)
        let problem = try #require(reader.diagnostics.first, "\(text)")
        #expect(problem.message.description == message, "\(text)")
        #expect(problem.position.line == line && problem.position.file == "f0.yaml", "\(text)")
        #expect(problem.suggestion == suggestion, "\(text)")
        #expect(reader.hasErrors)
    }

    @Test("a parameter that no rule uses is told") func unused() throws {
        let reader = readAll(
            blockFile(when: "x > 5", top: "pack: p\nparams:\n  limit: 3"))
        let warning = try #require(reader.diagnostics.first)
        #expect(warning.message == "no rule of the pack uses the parameter \"limit\"")
        #expect(warning.position.line == 4 && warning.position.column == 3)
        #expect(!reader.hasErrors)
    }

    // MARK: - Waiting rules

    @Test("a rule that asks for other vehicles' statistics says that it waits") func waiting() {
        #expect(
            readAll(blockFile(when: "coolant_c deviates by 3 from cohort")).program.rulesWaiting
                == [0])
        #expect(
            readAll(blockFile(when: "(x > 5 while y > cohort(y)) 3 times within 1h")).program
                .rulesWaiting == [0])
        #expect(readAll(blockFile(when: "x > 5")).program.rulesWaiting.isEmpty)
    }
}
