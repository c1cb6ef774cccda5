import FaultRules
import FleetSimulation
import FleetWatch
import Testing
import VehicleFaults

/// Random rules over every kind of condition.
struct RandomRule {
    var random: SeededRandom

    mutating func pick<Value>(_ choices: [Value]) -> Value {
        choices[Int(random.next() % UInt64(choices.count))]
    }

    mutating func number(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int(random.next() % UInt64(range.count))
    }

    mutating func signal() -> String { pick(["a_v", "b_v", "c_v"]) }
    mutating func sign() -> String { pick([">", ">=", "<", "<=", "==", "!="]) }
    /// Between the whole numbers that readings are, so that no rounding decides.
    mutating func limit() -> String { "\(number(0...9)).37" }
    mutating func whole() -> String { "\(number(0...9))" }
    mutating func time() -> String { pick(["7m", "20m", "1h", "3h", "1d"]) }

    mutating func window() -> String {
        switch number(0...6) {
        case 0: "\(pick([5, 40, 200])) km"
        case 1: "\(pick([1, 5])) engine h"
        case 2: "\(number(1...4)) trips"
        default: time()
        }
    }

    mutating func quantity() -> String {
        let source = number(0...3) == 0 ? "\(signal()) - \(signal())" : signal()
        return switch number(0...17) {
        case 0: "min(\(source), \(window()))"
        case 1: "max(\(source), \(window()))"
        case 2: "mean(\(source), \(window()))"
        case 3: "stddev(\(source), \(window()))"
        case 4: "median(\(source), \(window()))"
        case 5: "p\(number(5...95))(\(source), \(window()))"
        case 6: "count(\(source), \(window()))"
        case 7: "delta(\(source), \(window()))"
        case 8: "slope(\(source), \(window()))"
        case 9: "reach(\(source), \(limit()), \(window()))"
        case 10: "change(\(source))"
        case 11: "60 * rate(\(source))"
        case 12: "start(\(source))"
        case 13: "baseline(\(source), memory: 0.25, after: 3)"
        case 14: "abs(\(signal()) - \(signal())) + least(\(signal()), \(signal()))"
        case 15: "range(\(source), \(window()))"
        case 16: "-percentile(\(source), \(number(1...99)), \(window())) + \(number(5...12))"
        default: "\(signal()) - greatest(\(signal()), \(whole()) * \(signal()))"
        }
    }

    mutating func comparison() -> String {
        switch number(0...9) {
        case 0, 1: "\(signal()) \(sign()) \(whole())"
        case 2: "\(signal()) \(sign()) \(whole()) for \(time())"
        case 3: "\(signal()) in 2 to 6"
        case 4:
            "\(signal()) deviates \(pick(["", "above", "below"])) by 1.37 from own "
                + "(memory: 0.2, after: 4)"
        case 5: "\(quantity()) \(pick([">", "<"])) \(limit()) for \(pick(["5m", "20m"]))"
        default: "\(quantity()) \(pick([">", "<"])) \(limit())"
        }
    }

    mutating func test() -> String {
        switch number(0...9) {
        case 0: "trip.age_s > \(pick([300, 1200, 3000])).5"
        case 1: "trip.rest_h > 1.03"
        case 2: "trip.km < 20.37"
        case 3: pick(["engine running", "cold start", "date.month >= 2"])
        case 4: "start(a_v) > \(limit())"
        case 5: kind()
        case 6: "(a_v > 3 or not b_v < 5)"
        case 7: "(vehicle.year > 2019 and c_v != 4)"
        default: "\(signal()) \(sign()) \(whole())"
        }
    }

    mutating func kind() -> String {
        let name = pick(["A", "B"])
        return switch number(0...4) {
        case 0: "vehicle.make in (\"\(name)\", \"C\")"
        case 1: "vehicle.make like \"[\(name)C]\""
        case 2: "vehicle.software \(pick(["<", ">="])) \"2.\(pick(["8", "9", "10"]))\""
        case 3: "vehicle.make != \"\(name)\""
        default: "vehicle.make == \"\(name)\""
        }
    }

    mutating func code() -> String {
        let pattern = pick(["P0301", "P030[13]", "P03*", "*", "P0420|C1234", "SPN 110 FMI 0|16"])
        var text = "code \"\(pattern)\""
        if number(0...2) == 0 { text += pick([" confirmed", " pending|active"]) }
        if number(0...5) == 0 { text += " from \"7E8\"" }
        if number(0...5) == 0 { text += " occurrences \(pick([">=", "<", "=="])) \(number(1...5))" }
        if number(0...5) == 0 { text += " freeze a_v \(pick([">", "<="])) \(whole())" }
        if number(0...9) == 0 { text += " lamp \(pick(["stop", "mil"]))" }
        if number(0...9) == 0 { return text + " while \(test())" }
        switch number(0...7) {
        case 0: text += " \(number(1...4)) times within \(window())"
        case 1: text = "same " + text + " \(number(2...3)) times within \(window())"
        case 2: text += " on \(number(1...3)) days within 5d"
        case 3: text = (number(0...1) == 0 ? "same " : "") + text + " in 2 trips within \(window())"
        case 4: text += " in \(number(1...2)) of \(number(2...4)) trips"
        case 5: text += " \(number(2...3)) codes within \(window())"
        default: break
        }
        return text
    }

    /// Something that can happen and be counted.
    mutating func event(depth: Int) -> String {
        switch number(0...(depth > 0 ? 7 : 4)) {
        case 0: code()
        case 1: comparison()
        case 2: number(0...3) == 0 ? "\(comparison()) while \(test())" : comparison()
        case 3: "no \(signal()) for \(time())"
        case 4: "silent for \(pick(["20m", "1h", "5h"]))"
        case 5: "(\(event(depth: depth - 1)) and \(condition(depth: 0)))"
        case 6: counted(depth: depth - 1)
        default: pair(depth: depth - 1)
        }
    }

    mutating func counted(depth: Int) -> String {
        let guarded = number(0...2) == 0 ? " while \(test())" : ""
        let event = "(\(event(depth: depth)))"
        return switch number(0...3) {
        case 0: "(\(event) on \(number(1...3)) days within 5d\(guarded))"
        case 1: "(\(event) in \(number(1...3)) trips within \(window())\(guarded))"
        default: "(\(event) \(number(1...4)) times within \(window())\(guarded))"
        }
    }

    mutating func pair(depth: Int) -> String {
        let first = "(\(event(depth: depth)))"
        let second = "(\(event(depth: depth)))"
        switch number(0...2) {
        case 0: return "(\(first) within \(window()) of \(second))"
        case 1: return "(\(first) then \(second) within \(window()))"
        default:
            let third = "(\(event(depth: 0)))"
            return "(\(first) then \(second) within \(window()) and not \(third) between)"
        }
    }

    mutating func condition(depth: Int) -> String {
        switch number(0...(depth > 0 ? 10 : 3)) {
        case 0: code()
        case 1, 2: comparison()
        case 3: "\(signal()) \(sign()) \(whole()) while \(test())"
        case 4: "(\(condition(depth: depth - 1)) or \(condition(depth: depth - 1)))"
        case 5: "(\(condition(depth: depth - 1)) and not \(condition(depth: depth - 1)))"
        case 6: "at least 2 of (\(condition(depth: 0)), \(condition(depth: 0)), \(code()))"
        case 7: counted(depth: depth - 1)
        case 8: pair(depth: depth - 1)
        case 9: event(depth: 1)
        default:
            pick([
                "ewma(a_v, weight: 0.3, memory: 0.1, after: 4) beyond 0.7",
                "cusum(b_v, slack: 0.2, memory: 0.1, after: 4) beyond 1.7",
                "batt_v < 4 for 20m even if silent", "vehicle.make == \"A\" and \(code())",
                "vehicle.software < \"2.10\" and \(comparison())", "silent for 2h",
                "(engine running or \(comparison()))", "(\(comparison()) and not cold start)",
                "(\(code()) or not \(comparison()))", "(\(kind()) and \(comparison()))",
            ])
        }
    }
}

extension SeededRandom {
    /// One vehicle's life: trips, stands, silences, codes that come and go.
    mutating func life(_ count: Int) -> [Told] {
        var result: [Told] = []
        var now = Traffic.start
        var (odometer, hours) = (1000.0, 50.0)
        let gaps: [Int64] = [20, 60, 61, 180, 300, 420, 900, 2500, 9000, 40_000]
        for position in 1...count {
            now += gaps[Int(next() % UInt64(gaps.count))] * 1000 + Int64(next() % 3) * 500
            var told = Told(at: now, position: UInt64(position))
            for name in ["a_v", "b_v", "c_v", "batt_v"] where next() % 3 > 0 {
                told.readings.append((name, Double(next() % 10)))
            }
            if next() % 3 > 0 { told.readings.append(("rpm", next() % 3 == 0 ? 0 : 800)) }
            for lamp in ["stop_lamp_on", "mil_on"] where next() % 4 == 0 {
                told.readings.append((lamp, Double(next() % 2)))
            }
            // Where a reading stands in its message must make no difference.
            for place in told.readings.indices {
                told.readings.swapAt(place, Int(next() % UInt64(told.readings.count)))
            }
            if next() % 2 == 0 {
                odometer += Double(next() % 30)
                // A meter that is changed runs backwards.
                if next() % 24 == 0 { odometer -= 500 }
                told.readings.append(("odo_km", odometer))
            }
            if next() % 2 == 0 {
                hours += Double(next() % 8) / 4
                told.readings.append(("engine_h", hours))
            }
            if next() % 3 > 0 { tell(&told) }
            result.append(told)
        }
        return result
    }

    private mutating func tell(_ told: inout Told) {
        told.isSnapshot = next() % 2 == 0
        guard next() % 5 > 0 else { return }
        let codes = ["P0301", "P0302", "P0420", "C1234", "SPN 110 FMI 0"]
        let states: [FaultStatus] = [.confirmed, .pending, .active, .cleared]
        guard let code = FaultCode(text: codes[Int(next() % 5)]) else { return }
        let frame: [String: Double] = next() % 2 == 0 ? ["a_v": Double(next() % 10)] : [:]
        told.sighting = Told.Sighting(
            subject: Told.Subject(code: code, unit: next() % 3 == 0 ? "7E8" : ""),
            status: states[Int(next() % 4)],
            occurrences: next() % 2 == 0 ? Int(next() % 6) : -1, freeze: frame)
    }
}

extension Told {
    /// The message as a vehicle sends it.
    var payload: String {
        var text = "{\"vin\":\"V0\",\"ts\":\(at)"
        let meters = ["odo_km", "engine_h"]
        for (name, value) in readings where meters.contains(name) {
            text += ",\"\(name)\":\(value)"
        }
        let signals = readings.filter { !meters.contains($0.name) }
        text += ",\"signals\":{"
        text += signals.map { "\"\($0.name)\":\($0.value)" }.joined(separator: ",")
        text += "}"
        guard let isSnapshot else { return text + "}" }
        text += ",\"complete\":\(isSnapshot),\"dtcs\":["
        if let sighting {
            text += "{\"code\":\"\(sighting.subject.code)\",\"status\":[\"\(sighting.status)\"]"
            if !sighting.subject.unit.isEmpty { text += ",\"ecu\":\"\(sighting.subject.unit)\"" }
            if sighting.occurrences >= 0 { text += ",\"oc\":\(sighting.occurrences)" }
            if let value = sighting.freeze["a_v"] { text += ",\"freeze\":{\"a_v\":\(value)}" }
            text += "}"
        }
        return text + "]}"
    }
}

@Suite struct OracleTests {
    static let attributes = VehicleAttributes(["make": "A", "year": "2021", "software": "2.9"])

    /// What a lane comes through between two messages.
    enum Break {
        case nothing
        /// A core that forgets and reads its lane again, as after `kill -9`.
        case restart
        /// The same with other rules beside the ones that are looked at, in another order.
        case reload
    }

    /// What the lane makes of it, message by message.
    private func decided(
        _ life: [Told], _ checks: [Check], _ kind: Break = .nothing, seed: UInt64 = 0
    ) throws -> [String] {
        let vehicle = try #require(VehicleID("V0"))
        let roster = VehicleRoster([vehicle: Self.attributes])
        let own = Array(checks.enumerated().map { (name: "r\($0.offset)", check: $0.element) })
        let others = Self.others.enumerated().map { (name: "x\($0.offset)", check: $0.element) }
        let programs = [try program(own), try program(others + own.reversed())]
        var number = 0
        var watch = FleetWatch(program: programs[number], roster: roster)
        var random = SeededRandom(seed)
        var result: [String] = []
        for (index, told) in life.enumerated() {
            _ = watch.open(EntryBatch([Message(received: told.at, payload: told.payload)]))
            let outcome = watch.close(row: Int64(index + 1))
            #expect(outcome.deadLetters == 0 && outcome.refusedValues == 0, "\(told.payload)")
            for case .finding(let settled) in outcome.decisions {
                let finding = settled.finding
                let name = programs[number].rules[finding.rule].id
                guard name.hasPrefix("r") else { continue }
                result.append(
                    "\(index) rule \(name.dropFirst()) \(finding.kind) \(finding.at.milliseconds)"
                )
            }
            guard kind != .nothing, random.next() % 3 == 0 else { continue }
            let lanes = watch.takeUnstoredLanes(before: .max, limit: .max, row: Int64(index + 1))
            guard lanes.count == 1 else { continue }
            if kind == .reload { number = 1 - number }
            watch = FleetWatch(
                program: programs[number], roster: roster, book: watch.book,
                position: watch.position, received: watch.received)
            try watch.adopt(lanes[0])
        }
        return result
    }

    /// Rules that come and go with a reload; they share signals, windows and codes with the random ones.
    static let others = [
        Check("a_v > 3 for 20m", until: "a_v < 2"), Check("same code \"*\" 2 times within 3h"),
        Check("mean(a_v, 1h) > 4.37 or max(b_v, 40 km) > 6.37 or min(c_v, 1 engine h) > 2.37"),
        Check("code \"P03*\" then a_v > 7 within 3 trips"), Check("no b_v for 20m"),
        Check("x_v > 3 and not code \"C1234\"", until: "silent for 1h"),
    ]

    /// The same from the naive evaluator, which is asked at every moment at which silence may bring
    /// something about: where a tick lies between it and the next message.
    private func expected(_ life: [Told], _ program: RuleProgram) -> [String] {
        let waits = program.atoms.compactMap { atom -> Int64? in
            switch atom {
            case .silence(let silence): silence.milliseconds
            case .signal(let signal): signal.elapsesInSilence ? signal.holdMilliseconds : nil
            default: nil
            }
        }
        var steps: [Step] = []
        var message: [Int] = []
        for (index, told) in life.enumerated() {
            let last = index > 0 ? life[index - 1].at : .max
            let tick = TickGrid.latest(upTo: told.at)
            let moments = waits.flatMap { wait in
                life[..<index].map { max($0.at + wait, last) }
            }
            for moment in Set(moments).sorted()
            where TickGrid.latest(upTo: moment + TickGrid.interval - 1) <= tick {
                steps.append(.pause(moment))
                message.append(index)
            }
            steps.append(.message(told))
            message.append(index)
        }
        return Naive(program, steps, attributes: Self.attributes).findings().map {
            "\(message[$0.step]) rule \($0.rule) \($0.isRaised ? "raised" : "cleared") \($0.at)"
        }
    }

    private static func compare(_ a: [String], _ b: [String]) -> String {
        let (extra, missing) = (Set(a).subtracting(b), Set(b).subtracting(a))
        return "extra \(extra.sorted()), missing \(missing.sorted())"
    }

    /// Every function, clock and qualifier at least once, whatever the random rules draw.
    static let kinds: [String] = [
        "min(a_v, 20m) > 1.37", "max(a_v - b_v, 40 km) < 6.37", "mean(b_v, 1 engine h) > 4.37",
        "stddev(c_v, 3 trips) > 1.37", "median(a_v, 3h) > 4.37", "p90(b_v, 40 km) > 6.37",
        "count(a_v, 1h) > 5.37", "count(a_v, 1h) < 2.37 while rpm > 500", "delta(a_v, 1d) > 2.37",
        "slope(a_v, 3h) > 3.37", "slope(b_v, 200 km) < -0.0037", "reach(a_v, 12.37, 3h) < 0.037",
        "reach(b_v, -3.37, 200 km) < 90.37", "change(a_v) > 3.37", "60 * rate(b_v) > 2.37",
        "start(a_v) > 3.37 while trip.age_s > 300", "b_v < 0.8 * baseline(b_v, after: 3)",
        "a_v deviates by 1.37 from own (after: 4)", "abs(a_v - b_v) / c_v > 0.137 for 1m",
        "least(a_v, b_v) + greatest(b_v, c_v) > 9.37", "a_v > 3 for 5m while b_v > 2",
        "a_v > 3 while (cold start or trip.km > 5.37)", "trip.rest_h > 1.03 and date.month >= 2",
        "a_v > 3 while engine running", "same code \"P03*\" in 2 trips within 1d",
        "code \"*\" on 2 days within 3d", "code \"*\" 2 codes within 1h",
        "code \"*\" in 2 of 3 trips",
        "code \"*\" 2 times within 40 km", "same code \"*\" 2 times within 5 engine h",
        "code \"*\" occurrences >= 2", "code \"*\" freeze a_v > 3", "code \"*\" lamp stop",
        "code \"*\" 2 times within 1h while a_v > 3", "same code \"*\" 3 times within 1d",
        "(a_v > 3 and b_v > 2) 2 times within 3h while vehicle.make == \"A\"",
        "a_v > 3 in 3 of 4 trips", "code \"P03*\" then a_v > 7 within 3h",
        "code \"P03*\" then a_v > 7 within 20 km and not b_v > 8 between",
        "code \"*\" within 20m of a_v > 7", "(silent for 20m) 3 times within 1d",
        "no a_v for 20m", "silent for 1h and a_v > 3", "code \"*\" and vehicle.software < \"2.10\"",
        "code \"*\" and vehicle.model == \"X\"", "a_v > vehicle.year - 2015",
        "at least 2 of (a_v > 5, b_v > 5, c_v > 5)", "batt_v < 4 for 20m even if silent",
        "ewma(a_v, weight: 0.3, memory: 0.1, after: 4) beyond 0.7",
        "cusum(b_v, slack: 0.2, memory: 0.1, after: 4) beyond 1.7",
        "range(a_v, 3h) > 6.37", "percentile(b_v, 25, 3h) > 3.37",
        "a_v deviates below by 1 from own",
        "code \"*\" from \"7E8\"", "code \"SPN 110 FMI 0|16\"", "code \"*\" lamp mil",
        "vehicle.make in (\"A\", \"B\") and code \"P030[13]\"",
        "vehicle.make like \"[AB]\" and a_v > 5",
        "engine running and a_v > 5", "not cold start and a_v > 5",
        "(max(rpm, 3h) < 1 rpm and abs(a_v - b_v) > 3) on 2 days within 14d or abs(change(a_v)) > 8",
        "a_v deviates by 3 from cohort", "a_v > cohort(a_v)",
    ]

    /// Compares lane, lane that is stored and read again, and naive evaluator.
    ///
    /// - Returns: how often each rule was raised.
    private func compare(_ checks: [Check], seed: UInt64, messages: Int) throws -> [Int] {
        let program = try program(checks)
        var random = SeededRandom(seed &+ 1000)
        let life = random.life(messages)
        let right = expected(life, program).sorted()
        let whole = try decided(life, checks).sorted()
        #expect(whole == right, "seed \(seed): \(checks) \(Self.compare(whole, right))")
        for kind in [Break.restart, .reload] {
            let broken = try decided(life, checks, kind, seed: seed).sorted()
            #expect(
                broken == whole, "seed \(seed), \(kind): \(checks) \(Self.compare(broken, whole))")
        }
        return checks.indices.map { rule in
            whole.count { $0.contains(" rule \(rule) raised") }
        }
    }

    @Test("every kind of condition decides as one who reads all history again")
    func everyKind() throws {
        var raised = Self.kinds.map { _ in 0 }
        for (seed, chunk) in stride(from: 0, to: Self.kinds.count, by: 9).enumerated() {
            let range = chunk..<min(chunk + 9, Self.kinds.count)
            let counts = try compare(
                Self.kinds[range].map { Check($0) }, seed: UInt64(seed + 1), messages: 100)
            for (index, count) in counts.enumerated() { raised[chunk + index] += count }
        }
        for (kind, count) in zip(Self.kinds, raised) {
            // What nobody publishes or knows is never true.
            let isKnown = !kind.contains("cohort") && !kind.contains("model")
            #expect((count > 0) == isKnown, "\(kind): \(count)")
        }
    }

    @Test("random rules on random lives decide as one who reads all history again")
    func oracle() throws {
        var found = 0
        for seed in UInt64(1)...60 {
            var rules = RandomRule(random: SeededRandom(seed))
            let checks = (0..<3).map { _ in
                Check(
                    rules.condition(depth: 2),
                    until: rules.number(0...2) == 0 ? rules.condition(depth: 1) : nil)
            }
            found += try compare(checks, seed: seed, messages: 32).reduce(0, +)
        }
        #expect(found > 100, "\(found)")
    }
}
