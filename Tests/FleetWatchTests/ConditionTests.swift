import FaultRules
import ServiceTickets
import Testing
import VehicleFaults

@testable import FleetWatch

/// What the conditions of the second generation promise, by example.
@Suite struct ConditionTests {
    private static func message(_ minute: Double, _ rest: String) -> Message {
        let time = Traffic.start + Int64(minute * 60_000)
        return Message(
            vehicle: "V1", received: time, payload: "{\"vin\":\"V1\",\"ts\":\(time),\(rest)}")
    }

    private static func hot(_ minute: Double, _ value: Double) -> Message {
        message(minute, "\"signals\":{\"coolant_c\":\(value)}")
    }

    private static func tick(_ minute: Int64) -> Message {
        Message(received: Traffic.start + minute * 60_000)
    }

    private static func minutes(_ decided: Decided) -> [Int64] {
        decided.findings.filter { $0.kind == .raised }.map {
            ($0.at.milliseconds - Traffic.start) / 60_000
        }
    }

    // MARK: - Silence is not evidence

    static let silences: [(name: String, when: String, at: [Int64])] = [
        ("a hold that hears nothing for 90 minutes", "coolant_c > 100 for 90m", []),
        ("one that asks for silence", "coolant_c > 100 for 90m even if silent", [90]),
        ("a guarded one", "coolant_c > 100 for 90m while vehicle.make != \"A\"", []),
        ("one of a mean", "mean(coolant_c, 1d) > 100 for 90m", []),
        ("silence itself", "silent for 90m", [90]),
        ("silence of a signal", "no coolant_c for 90m", [90]),
        ("silence of a signal never heard", "no batt_v for 90m", [90]),
    ]

    @Test("90 minutes without data open nothing unless silence is asked for", arguments: silences)
    func silence(name: String, when: String, at: [Int64]) throws {
        let messages = [Self.hot(0, 110), Self.tick(95), Self.hot(96, 110)]
        #expect(Self.minutes(decide(messages, try program([Check(when)]))) == at, "\(name)")
    }

    // MARK: - A message is one thing

    private static func day(_ day: Double, _ rest: String) -> [Message] {
        [
            message(day * 1440, "\"signals\":{\"rpm\":0,\(rest)}"),
            message(day * 1440 + 1, "\"signals\":{\"rpm\":700}"),
        ]
    }

    private static let mornings =
        "(max(rpm, 12h) < 1 rpm and abs(coolant_c - ambient_c) > 15 K) on 3 days within 14d "
        + "or abs(change(coolant_c)) > 15 K"
    private static let far = "\"coolant_c\":3,\"ambient_c\":18.6"

    static let wholes: [(name: String, when: String, messages: [Message], at: [Int64])] = [
        (
            "what was true until this message, which ends it", "coolant_c > 100 and rpm < 1",
            [
                message(0, "\"signals\":{\"coolant_c\":110,\"rpm\":900}"),
                message(1, "\"signals\":{\"rpm\":0,\"coolant_c\":90}"),
            ], []
        ),
        (
            "the same in another order", "coolant_c > 100 and rpm < 1",
            [
                message(0, "\"signals\":{\"coolant_c\":110,\"rpm\":900}"),
                message(1, "\"signals\":{\"coolant_c\":90,\"rpm\":0}"),
            ], []
        ),
        (
            "a code that comes when it gets cooler", "code \"P0301\" and coolant_c > 100",
            [hot(0, 110), message(1, "\"dtcs\":[\"P0301\"],\"signals\":{\"coolant_c\":90}")], []
        ),
        (
            "a code that comes when it gets hot", "code \"P0301\" and not coolant_c > 100",
            [hot(0, 90), message(1, "\"dtcs\":[\"P0301\"],\"signals\":{\"coolant_c\":110}")], []
        ),
        (
            "a code and a reading at once", "code \"P0301\" and coolant_c > 100",
            [message(1, "\"dtcs\":[\"P0301\"],\"signals\":{\"coolant_c\":110}")], [1]
        ),
        (
            "either of two at once", "code \"P0301\" or coolant_c > 100",
            [message(1, "\"dtcs\":[\"P0301\"],\"signals\":{\"coolant_c\":110}")], [1]
        ),
        (
            "a list that ends the other code", "code \"P0301\" and not code \"P0302\"",
            [
                message(0, "\"complete\":true,\"dtcs\":[\"P0302\"]"),
                message(1, "\"complete\":true,\"dtcs\":[\"P0301\"]"),
            ], [1]
        ),
        (
            "a count that is reached with the code",
            "code \"P0301\" and not (coolant_c > 100 2 times within 1h)",
            [
                hot(0, 110), hot(1, 90),
                message(2, "\"dtcs\":[\"P0301\"],\"signals\":{\"coolant_c\":110}"),
            ], []
        ),
        (
            "two far mornings and a near one", mornings,
            day(0, far) + day(1, far) + day(2, "\"coolant_c\":3,\"ambient_c\":17.4"), []
        ),
        (
            "three far mornings", mornings, day(0, far) + day(1, far) + day(2, far), [2880]
        ),
        (
            "an event of which one part ends", "(coolant_c > 100 and rpm < 1) 1 times within 1h",
            [
                message(0, "\"signals\":{\"coolant_c\":110,\"rpm\":900}"),
                message(1, "\"signals\":{\"rpm\":0,\"coolant_c\":90}"),
            ], []
        ),
    ]

    @Test("a rule goes by all that a message says, wherever in it that stands", arguments: wholes)
    func whole(name: String, when: String, messages: [Message], at: [Int64]) throws {
        #expect(Self.minutes(decide(messages, try program([Check(when)]))) == at, "\(name)")
    }

    // MARK: - Flapping

    @Test("a code that flaps 500 times in an hour opens one ticket that says so")
    func flapping() throws {
        let messages = (0..<1000).map { number in
            Self.message(
                Double(number) * 0.06,
                number % 2 == 0
                    ? "\"complete\":true,\"dtcs\":[{\"code\":\"P0301\"}]"
                    : "\"complete\":true,\"dtcs\":[]")
        }
        for until in [nil, "not code \"P0301\""] {
            let program = try program([Check("code \"P0301\"", until: until)])
            var watch = FleetWatch(program: program)
            _ = watch.open(EntryBatch(messages))
            let outcome = watch.close(row: 1)
            var numbers: Set<Int64> = []
            var opened = 0
            var scores: [Double] = []
            for case .finding(let settled) in outcome.decisions {
                if let ticket = settled.ticket { numbers.insert(ticket.number) }
                if settled.effect == .opened { opened += 1 }
                for item in settled.finding.evidence {
                    if case .statistic("flaps", "P0301", _, let score, _) = item.content {
                        scores.append(score)
                    }
                }
            }
            #expect(opened == 1)
            #expect(numbers.count == 1)
            #expect(scores.last == 999, "\(String(describing: scores.last))")
            #expect(scores.first == Double(RuleLimits.flaps + 1))
        }
    }

    @Test("a code that comes twice does not flap, and a day later it no longer does")
    func calm() throws {
        func sighting(_ minute: Double, _ isThere: Bool) -> Message {
            Self.message(
                minute, "\"complete\":true,\"dtcs\":[\(isThere ? "{\"code\":\"P0301\"}" : "")]")
        }
        var messages = (0..<30).map { sighting(Double($0), $0 % 2 == 0) }
        messages.append(sighting(60 * 31, true))
        let decided = decide(messages, try program([Check("code \"P0301\"")]))
        let flapping = decided.findings.map { finding in
            finding.evidence.contains {
                if case .statistic("flaps", _, _, _, _) = $0.content { true } else { false }
            }
        }
        #expect(flapping.count == 16)
        #expect(flapping.prefix(5) == [false, false, false, false, false])
        #expect(flapping[10] && !flapping[15])
    }

    // MARK: - Evidence

    @Test("a finding names what was counted, ordered and measured") func evidence() throws {
        let messages = [
            Self.message(0, "\"dtcs\":[{\"code\":\"P0301\",\"status\":[\"active\"]}]"),
            Self.hot(5, 103), Self.hot(6, 90), Self.hot(9, 107),
        ]
        let checks = [
            Check("code \"P0301\" then coolant_c > 105 within 1h"),
            Check("coolant_c > 100 2 times within 1h"), Check("mean(coolant_c, 1h) > 100"),
        ]
        let found = decide(messages, try program(checks)).findings
        let contents = found.map { $0.evidence.map { "\($0.position) \($0.content)" } }
        let p0301 = try #require(FaultCode(text: "P0301"))
        #expect(
            contents.contains([
                "1 \(Evidence.Content.code(p0301, .active))",
                "4 \(Evidence.Content.reading(signal: "coolant_c > 105", value: 107))",
            ]))
        #expect(
            contents.contains([
                "2 \(Evidence.Content.reading(signal: "coolant_c > 100", value: 103))",
                "4 \(Evidence.Content.reading(signal: "coolant_c > 100", value: 107))",
            ]))
        let mean = Evidence.Content.statistic(
            name: "mean(coolant_c, 1h)", signal: "coolant_c", reading: 103, value: 103, limit: 100)
        #expect(contents.contains(["2 \(mean)"]))
    }

    // MARK: - Cost

    @Test("a thousand rules touch no more for a message than ten") func indexing() throws {
        func rules(_ count: Int) -> [Check] {
            (0..<count).map { number in
                switch number % 5 {
                case 0: Check("s\(number)_v > 5 for 5m", until: "s\(number)_v < 4")
                case 1: Check("mean(s\(number)_v, 1h) > 5 while rpm\(number) > 500")
                case 2: Check("s\(number)_v - t\(number)_v > 3 3 times within 1d")
                case 3: Check("s\(number)_v > 5 then t\(number)_v > 3 within 1h")
                default: Check("s\(number)_v deviates by 4 from own")
                }
            }
        }
        let (few, many) = (try program(rules(10)).cost, try program(rules(1000)).cost)
        #expect(many.conditionsPerReading == few.conditionsPerReading)
        #expect(many.conditionsPerMessage == few.conditionsPerMessage)
        #expect(many.conditionsPerMessage == 0)
    }

    @Test("no lane remembers more than the rules' cost says") func memory() throws {
        for (name, checks) in ruleSets {
            let program = try program(checks)
            let cost = program.cost
            for seed in UInt64(0)..<3 {
                var lanes: [StoredLane] = []
                _ = decide(Traffic().messages(seed: seed), program, longest: 80) { watch, row in
                    lanes += watch.takeUnstoredLanes(before: .max, limit: .max, row: row)
                }
                var engine = LaneEngine(program: program, settings: WatchSettings())
                for stored in lanes {
                    let lane = try engine.decode(stored.vehicle, stored.bytes)
                    var (words, codes) = (0, 0)
                    lane.memory.forEachGroup { kind, _, content in
                        if kind == .recent { return }
                        words += 1 + content.count
                        if kind == .code { codes += 1 }
                    }
                    let most = cost.bytesPerVehicle + codes * cost.bytesPerCode
                    #expect(8 * words <= most, "\(name), seed \(seed): \(cost)")
                }
            }
        }
    }

    // MARK: - Stored lanes

    @Test("a lane of the first form is read, and stored in the third") func firstForm() throws {
        let checks = FirstForm.names.flatMap { name in
            ruleSets.filter { $0.name == name }.flatMap(\.checks)
        }
        let program = try program(checks)
        let vehicle = try #require(VehicleID(FirstForm.vehicle))
        let old = try LaneSummary(vehicle: vehicle, bytes: FirstForm.bytes)
        #expect(FirstForm.bytes[0] == 1)
        #expect(!old.codes.isEmpty && !old.signals.isEmpty && old.messages > 0)
        var engine = LaneEngine(
            program: program, settings: WatchSettings(reorderWindow: 300_000))
        let lane = try engine.decode(vehicle, FirstForm.bytes)
        let bytes = engine.encode(lane)
        #expect(bytes[0] == 3)
        var new = try LaneSummary(vehicle: vehicle, bytes: bytes)
        new.bytes = old.bytes
        #expect("\(new)" == "\(old)")
        // Nothing of the first form's state was dropped: what the new form adds is all that differs.
        let again = try engine.decode(vehicle, bytes)
        #expect(engine.encode(again) == bytes)
        var groups: [LaneMemory.Kind: Int] = [:]
        lane.memory.forEachGroup { kind, _, _ in groups[kind, default: 0] += 1 }
        for kind in [LaneMemory.Kind.signal, .code, .pattern, .episode, .recent] {
            #expect(groups[kind, default: 0] > 0, "\(kind)")
        }
    }

    @Test("state of a condition that is no longer asked for is dropped, the rest is kept")
    func reload() throws {
        let messages = (0..<40).map { Self.hot(Double($0), $0 % 2 == 0 ? 120 : 80) }
        let kept = Check("coolant_c > 100 30 times within 10h")
        func cut(after old: RuleProgram, to new: RuleProgram) throws -> Int {
            var watch = FleetWatch(program: old)
            _ = watch.open(EntryBatch(messages))
            _ = watch.close(row: 1)
            let lanes = watch.takeUnstoredLanes(before: .max, limit: .max, row: 1)
            watch = FleetWatch(program: new, position: watch.position, received: watch.received)
            for lane in lanes { try watch.adopt(lane) }
            let more = (40..<64).map { Self.hot(Double($0), $0 % 2 == 0 ? 120 : 80) }
            _ = watch.open(EntryBatch(more))
            return watch.close(row: 2).findings
        }
        let old = try program([kept, Check("mean(coolant_c, 1h) > 300")])
        // Twenty were counted before; the thirtieth comes after ten more.
        #expect(try cut(after: old, to: try program([Check("x_v > 1"), kept])) == 3)
        let other = Check("coolant_c > 100 30 times within 11h")
        #expect(try cut(after: old, to: try program([other])) == 0)
    }
}
