import FaultRules
import FleetSimulation
import FleetWatch
import Testing
import VehicleFaults
import YAMLSource

/// What must hold for rules that compare a vehicle with those that are alike.
@Suite struct CohortLawTests {
    private static let pack = """
        version: 1
        pack: tests
        rules:
          - { id: hotter, mode: m0, severity: S3, advice: A3, component: engine, skill: ENG,
              when: "coolant_c > cohort(coolant_c) + 8 K" }
          - { id: odd, mode: m1, severity: S3, advice: A3, component: battery, skill: ELE,
              when: "batt_v deviates by 6 sigma from cohort" }
          - { id: guarded, mode: m2, severity: S3, advice: A3, component: pump, skill: ENG,
              when: "trim_pct > 5 % while rail_kpa < cohort(rail_kpa) - 10 kPa" }
        """

    private static func program() throws -> RuleProgram {
        return try FleetWatchTests.program(of: pack)
    }

    static let epoch: Int64 = 21_600_000
    static let settings = WatchSettings(epoch: epoch)

    /// What a vehicle said, as the naive evaluator reads it.
    struct Said {
        var vehicle: String
        var received: Int64
        var values: [String: Double]
        var isRepeat: Bool
    }

    /// Vans run at 90 °C and trucks at 80, so that 92 °C is hot for a truck; of a third kind there
    /// are ten. Some are odd in the second half. Of `gaps` readings one in ten is not sent.
    static func traffic(seed: UInt64, gaps: Bool = false) -> (messages: [Message], said: [Said]) {
        var random = SeededRandom(seed)
        var (messages, said): ([Message], [Said]) = ([], [])
        let kinds = ["LSVAAAA1", "LFWBBBB2", "1G1CCCC3"]
        var now = Traffic.start
        for round in 0..<30 {
            for number in 0..<77 {
                now += 15_000 + Int64(random.next() % 20_000)
                if random.next() % 200 == 0 { messages.append(Message(received: now)) }
                let kind = number < 34 ? 0 : number < 67 ? 1 : 2
                let vehicle = kinds[kind] + "X00000" + String(100 + number)
                let late = round >= 15
                func noise(_ size: Double) -> Double {
                    (size * 100 * min(max(random.deviate(), -3), 3)).rounded() / 100
                }
                var values = [
                    "coolant_c": (kind == 1 ? 80 : 90) + noise(1)
                        + (late && number % 17 == 3 ? 12 : 0),
                    "batt_v": (kind == 1 ? 27 : 13) + noise(0.1)
                        - (late && number % 19 == 5 ? 2.5 : 0),
                    "trim_pct": noise(1) + (late && number % 23 == 7 ? 9 : 0),
                    "rail_kpa": 380 + noise(3) - (number == 7 ? 30 : 0),
                ]
                if gaps {
                    for name in values.keys.sorted() where random.next() % 10 == 0 {
                        values[name] = nil
                    }
                }
                let signals = values.sorted { $0.key < $1.key }
                    .map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",")
                messages.append(
                    Message(
                        vehicle: vehicle, received: now,
                        payload: """
                            {"vin":"\(vehicle)","seq":\(round + 1),"ts":\(now - 500),\
                            "signals":{\(signals)}}
                            """))
                said.append(Said(vehicle: vehicle, received: now, values: values, isRepeat: false))
                if random.next() % 30 == 0, let last = messages.last, let again = said.last {
                    messages.append(last)
                    said.append(again)
                    said[said.count - 1].isRepeat = true
                }
            }
        }
        return (messages, said)
    }

    /// What a kind read in an epoch, by sorting it all.
    private static func quantile(_ values: [Double], _ share: Double) -> Double {
        values.sorted()[Int(share * Double(values.count - 1))]
    }

    /// Re-reads everything for each epoch, and keeps no sums.
    private static func naive(_ said: [Said]) -> [String] {
        var result: [String] = []
        var held: Set<String> = []
        var published: [String: (median: Double, deviation: Double)] = [:]
        var gathered: [(vehicle: String, signal: String, value: Double)] = []
        var hours: Set<String> = []
        var point = said[0].received / epoch
        for (position, message) in said.enumerated() {
            if message.received / epoch > point {
                point = message.received / epoch
                for signal in ["coolant_c", "batt_v", "rail_kpa"] {
                    let readings = gathered.filter { $0.signal == signal }
                    for kind in Set(readings.map { String($0.vehicle.prefix(8)) }).union(["all"]) {
                        let own = readings.filter { kind == "all" || $0.vehicle.hasPrefix(kind) }
                        guard Set(own.map(\.vehicle)).count >= 30 else { continue }
                        let values = own.map(\.value)
                        published["\(kind) \(signal)"] = (
                            quantile(values, 0.5),
                            (quantile(values, 0.75) - quantile(values, 0.25)) / 1.349
                        )
                    }
                }
                gathered = []
            }
            guard !message.isRepeat else { continue }
            func cohort(_ signal: String) -> (median: Double, deviation: Double)? {
                published["\(message.vehicle.prefix(8)) \(signal)"] ?? published["all \(signal)"]
            }
            let values = message.values
            var truths: [(String, Bool)] = []
            if let coolant = values["coolant_c"], let others = cohort("coolant_c") {
                truths.append(("hotter", coolant > others.median + 8))
            }
            if let volts = values["batt_v"], let others = cohort("batt_v") {
                truths.append(("odd", abs(volts - others.median) / others.deviation > 6))
            }
            if let trim = values["trim_pct"], let rail = values["rail_kpa"],
                let others = cohort("rail_kpa")
            {
                truths.append(("guarded", trim > 5 && rail < others.median - 10))
            }
            for (rule, holds) in truths {
                let name = "\(message.vehicle) \(rule)"
                if holds, held.insert(name).inserted { result.append("\(position + 1) \(name)") }
                if !holds { held.remove(name) }
            }
            for (signal, value) in values where signal != "trim_pct" {
                let hour = (message.received - 500) / 3_600_000
                if hours.insert("\(message.vehicle) \(signal) \(hour)").inserted {
                    gathered.append((message.vehicle, signal, value))
                }
            }
        }
        return result
    }

    private static func names(_ decided: Decided, _ program: RuleProgram) -> [String] {
        decided.findings.map { "\($0.position) \($0.vehicle) \(program.rules[$0.rule].id)" }
    }

    @Test("a vehicle is compared with what its kind read in the last epoch") func naive() throws {
        let program = try Self.program()
        for seed in UInt64(1)...3 {
            let (messages, said) = Self.traffic(seed: seed)
            let expected = Self.naive(said)
            for rule in ["hotter", "odd", "guarded"] {
                #expect(expected.contains { $0.hasSuffix(rule) }, "\(rule) of seed \(seed)")
            }
            let found = Self.names(decide(messages, program, settings: Self.settings), program)
            #expect(found == expected, "seed \(seed)")
        }
    }

    @Test("before an epoch has ended nothing is known") func first() throws {
        let program = try Self.program()
        let messages = Self.traffic(seed: 1).messages
        let settings = WatchSettings(epoch: 86_400_000 * 30)
        #expect(decide(messages, program, settings: settings).findings.isEmpty)
    }

    @Test("where batches are cut and how many workers share them changes nothing") func cuts()
        throws
    {
        let program = try Self.program()
        FleetLaws.cuts(Self.traffic(seed: 2).messages, program, Self.settings, longest: 200) {
            #expect(!$0.findings.isEmpty)
        }
    }

    @Test("a restart and a reload of other rules at any point change nothing") func reload()
        throws
    {
        let program = try Self.program()
        var reader = RulePackReader()
        let other = Self.pack.replacing(
            "rules:",
            with: """
                rules:
                  - { id: more, mode: m3, severity: S4, advice: A4, component: engine, skill: ENG,
                      when: "boost_kpa > cohort(boost_kpa)" }
                """)
        reader.add(file: try YAMLSource.parse(other, file: "cohorts.yaml"))
        reader.finish()
        try #require(!reader.hasErrors, "\(reader.diagnostics)")
        let messages = Self.traffic(seed: 4).messages
        let whole = Self.names(decide(messages, program, settings: Self.settings), program)
        var stored: [VehicleID: StoredLane] = [:]
        var programs: [RuleProgram] = [program]
        var found: [String] = []
        var known = 0
        _ = try decide(messages, program, settings: Self.settings, longest: 300, seed: 4) {
            watch, row in
            for lane in watch.takeUnstoredLanes(before: .max, limit: .max, row: row) {
                stored[lane.vehicle] = lane
            }
            let taken = watch.takeFleet()
            let fleet = try FleetTrends(bytes: #require(taken))
            #expect(fleet == watch.fleet)
            programs.append(row % 2 == 0 ? program : reader.program)
            watch = FleetWatch(
                program: programs[programs.count - 1], settings: Self.settings, book: watch.book,
                position: watch.position, received: watch.received, fleet: fleet,
                workers: .backwards(1 + Int(row) % 3))
            for lane in stored.values.sorted(by: { $0.vehicle < $1.vehicle }) {
                try watch.adopt(lane)
            }
            known += 1
        }.findings.reduce(into: ()) { _, finding in
            // Rules of either program are told by what they found.
            let evidence = finding.evidence.map { "\($0.content)" }.joined()
            let rule = ["coolant": "hotter", "batt": "odd", "trim": "guarded"]
                .first { evidence.contains($0.key) }?.value
            found.append("\(finding.position) \(finding.vehicle) \(rule ?? "?")")
        }
        #expect(known > 5)
        #expect(found == whole)
    }
}
