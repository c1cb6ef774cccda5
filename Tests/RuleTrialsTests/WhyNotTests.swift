import FaultRules
import FleetWatch
import RuleTrials
import Testing
import VehicleFaults

@Suite("Why a rule did not fire") struct WhyNotTests {
    static func answer(_ rule: String, _ messages: [String], _ vehicle: String = "V1") throws
        -> WhyNot
    {
        var traffic = VehicleTraffic(of: try #require(VehicleID(vehicle)))
        traffic.take(Pack.batch(messages))
        return try #require(
            try WhyNot("one", in: try Pack.source(rule), on: traffic, settings: .init()))
    }

    static let heat = ["08:00:00", "08:02:00", "08:04:00"].map {
        Pack.message($0, [("coolant_c", 107.25)])
    }

    static let misses: [(name: String, rule: String, messages: [String], changes: [String])] = [
        (
            "one misfire too few", "code \"P0301\" 3 times within 1h",
            [
                Pack.message("08:00:00", codes: ["P0301"]),
                Pack.message("08:30:00", codes: ["P0301"]),
            ],
            ["3 -> 2 at 08:30:00, message 2"]
        ),
        (
            "a window too short", "code \"P0301\" 2 times within 1h",
            [
                Pack.message("08:00:00", codes: ["P0301"]),
                Pack.message("09:12:00", codes: ["P0301"]),
            ],
            ["1h -> 1.2h at 09:12:00, message 2", "2 -> 1 at 08:00:00, message 1"]
        ),
        (
            "not hot enough", "coolant_c > 108 °C", heat,
            ["108 °C -> 107.2 °C at 08:00:00, message 1"]
        ),
        (
            "hot enough, not long enough", "coolant_c > 100 for 5m", heat,
            ["5m -> 4m at 08:04:00, message 3"]
        ),
        ("both too little", "coolant_c > 108 for 5m", heat, []),
        (
            "below zero", "coolant_c < 0", [Pack.message("08:00:00", [("coolant_c", 0.5)])],
            ["0 -> 0.5001 at 08:00:00, message 1"]
        ),
        ("another code", "code \"P0420\"", heat, []),
    ]
    @Test("names the nearest number that would have been enough", arguments: misses)
    func names(name: String, rule: String, messages: [String], changes: [String]) throws {
        let answer = try Self.answer(Pack.rule("one", when: rule), messages)
        #expect(answer.count == 0)
        #expect(
            answer.changes.map {
                "\($0.place.text) -> \($0.text) at \("\($0.firing.at)".dropFirst(11).prefix(8))"
                    + ", message \($0.firing.position)"
            } == changes, "\(name)")
        for change in answer.changes {
            let program = try Pack.source(Pack.rule("one", when: rule))
                .replacing(change.place, by: change.value).program()
            var trial = Trial(program: program)
            trial.take(Pack.batch(messages))
            #expect(trial.result.tickets.count == 1, "\(name): \(change.text) is not enough")
        }
    }

    @Test("says which part failed, and what happened without it") func parts() throws {
        let rule = Pack.rule("one", when: "code \"P0128\" and not (rpm > 500 and speed_kmh < 5)")
        let answer = try Self.answer(
            rule,
            [
                Pack.message("08:00:00", [("rpm", 900), ("speed_kmh", 0)]),
                Pack.message("08:01:00", codes: ["P0128"]),
            ])
        #expect(answer.parts.map(\.text) == ["code \"P0128\"", "rpm > 500", "speed_kmh < 5"])
        #expect(answer.parts.map(\.isNegated) == [false, true, true])
        #expect(answer.parts.map(\.wasTrue) == [true, true, true])
        #expect(answer.parts.map { $0.firingWithout?.position } == [nil, 2, 2])
    }

    @Test("a rule that fired is said to have fired") func fired() throws {
        let answer = try Self.answer(Pack.rule("one", when: "coolant_c > 100"), Self.heat)
        #expect(answer.count == 1 && answer.firing?.position == 1 && answer.parts.isEmpty)
    }

    @Test("other vehicles change nothing but the place of a message") func others() throws {
        let rule = Pack.rule("one", when: "coolant_c > 108")
        let mixed = Self.heat.enumerated().flatMap { number, text in
            [Pack.message("08:0\(number):30", on: "V2", [("coolant_c", 130)]), "{\"vin\":", text]
        }
        let alone = try Self.answer(rule, Self.heat)
        let among = try Self.answer(rule, mixed)
        #expect(among.messages == alone.messages)
        #expect(among.changes.map(\.value) == alone.changes.map(\.value))
        #expect(among.changes.map(\.firing.position) == [3])
    }

    @Test("silence after the vehicle's last message counts, as long as others are heard")
    func silence() throws {
        var traffic = VehicleTraffic(of: try #require(VehicleID("V1")))
        let text = Pack.message("08:00:00", [("batt_v", 11)])
        let start = try #require(EventTime(rfc3339: Pack.time("08:00:00"))).milliseconds
        traffic.take(
            EntryBatch(
                bytes: Array(text.utf8),
                entries: [
                    Entry(received: start, payload: 0..<text.utf8.count),
                    Entry(kind: .tick, received: start + 2_700_000),
                ]))
        let source = try Pack.source(Pack.rule("one", when: "batt_v < 12 for 1h even if silent"))
        let answer = try #require(
            try WhyNot("one", in: source, on: traffic, settings: .init()))
        #expect(answer.changes.map { $0.place.text } == ["1h"])
        let value = try #require(answer.changes.first?.value)
        #expect(value > 0.74 && value <= 0.76, "\(value)")
    }

    static let trees: [(text: String, without: [String?])] = [
        ("a > 1", [nil]),
        ("a > 1 and b > 2", ["b > 2", "a > 1"]),
        ("a > 1 or b > 2", [nil, nil]),
        ("a > 1 and (b > 2 or c > 3)", ["b > 2 or c > 3", "a > 1", "a > 1"]),
        ("a > 1 and not b > 2", ["not b > 2", "a > 1"]),
        (
            "a > 1 and not (b > 2 or not c > 3)",
            ["not (b > 2 or not c > 3)", "a > 1 and not not c > 3", "a > 1 and not b > 2"]
        ),
    ]
    @Test("a part is taken out of a condition with all that follows from it", arguments: trees)
    func takesOut(text: String, without: [String?]) throws {
        let tree = try #require(ExpressionTree(text))
        let found = tree.parts.map { tree.fixing($0.part, as: !$0.isNegated).text }
        #expect(found == without, "\(text)")
    }
}
