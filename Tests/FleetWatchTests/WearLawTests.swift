import FaultRules
import FaultTrends
import FleetSimulation
import FleetWatch
import ServiceTickets
import Testing
import VehicleFaults

/// What must hold for parts that are due for inspection by what the fleet's parts ran before they failed.
@Suite struct WearLawTests {
    private static func program(_ fields: String = "within: 8000 km, chance: 0.15") throws
        -> RuleProgram
    {
        let pack = """
            version: 1
            pack: tests
            trends:
              - { id: old, mode: charging, severity: S3, advice: A3, component: alternator,
                  skill: ELE, when: wears-out, \(fields) }
            """
        return try FleetWatchTests.program(of: pack)
    }

    private static let settings = WatchSettings(epoch: 14_400_000)

    /// Forty-five vehicles that run 1000 km a round, watched from some age on; alternators fail around
    /// 140,000 km, and each is replaced the moment it does, with what was found.
    private static func traffic(
        seed: UInt64, rounds: Int = 80, says: Disposition? = .confirmed, mode: String = "charging"
    ) -> [Message] {
        var random = SeededRandom(seed)
        var result: [Message] = []
        var now = Traffic.start
        var odometer = (0..<45).map { _ in Double(random.next() % 110_000) }
        func life() -> Double { 140_000 + 15_000 * random.deviate() }
        var end = odometer.map { max($0 + 1000, life()) }
        for round in 0..<rounds {
            for vehicle in 0..<45 {
                now += 30_000 + Int64(random.next() % 60_000)
                if random.next() % 40 == 0 { result.append(Message(received: now)) }
                odometer[vehicle] += 1000
                result.append(
                    Message(
                        vehicle: "V\(vehicle)", received: now,
                        payload: """
                            {"vin":"V\(vehicle)","seq":\(round + 1),"ts":\(now - 500),\
                            "odo_km":\(odometer[vehicle]),"engine_h":\(odometer[vehicle] / 40)}
                            """))
                if random.next() % 30 == 0, let last = result.last { result.append(last) }
                guard odometer[vehicle] >= end[vehicle], let id = VehicleID("V\(vehicle)") else {
                    continue
                }
                end[vehicle] = odometer[vehicle] + life()
                let repair = ConfirmedRepair(
                    vehicle: id, mode: mode, component: "alternator", disposition: says)
                result.append(Message(received: now, payload: repair.json, isCommand: true))
            }
        }
        result.append(Message(received: now + 14_400_000))
        return result
    }

    @Test(
        "old parts are due with their chance and its interval, and compete with no test",
        arguments: ["within: 8000 km, chance: 0.15", "within: 200 h, chance: 0.15"])
    func finds(fields: String) throws {
        let program = try Self.program(fields)
        for seed in UInt64(1)...1 {
            var watch = FleetWatch(program: program, settings: Self.settings)
            var found: [TrendEvidence] = []
            let messages = Self.traffic(seed: seed)
            for (row, start) in stride(from: 0, to: messages.count, by: 200).enumerated() {
                _ = watch.open(EntryBatch(messages.dropFirst(start).prefix(200)))
                for decision in watch.close(row: Int64(row + 1)).decisions {
                    guard case .finding(let settled) = decision,
                        case .trend(let seen)? = settled.finding.evidence.first?.content
                    else { continue }
                    found.append(seen)
                }
            }
            #expect(found.count >= 5, "seed \(seed): \(found.count)")
            let perKilometre = fields.contains("km") ? 1.0 : 40
            for seen in found {
                #expect(seen.kind == "wears-out" && seen.needed == 0.15)
                #expect(seen.subject == (perKilometre == 1 ? "8000 km" : "200 h"))
                // The chance lies within its interval, whose lower end has passed the limit.
                #expect(
                    seen.size >= 0.15 && (seen.size...seen.deviation).contains(seen.logEvidence))
                #expect((90_000...175_000).contains(seen.reading * perKilometre))
            }
            #expect(watch.fleet.hypotheses == 0 && watch.fleet.watched == 0)
            #expect(watch.fleet.chosen == 0 && watch.fleet.threshold == nil)
        }
    }

    static let others: [(name: String, says: Disposition?, mode: String)] = [
        ("parts that were changed in good time", .early, "charging"),
        ("faults that lay elsewhere", .otherComponent, "charging"),
        ("sensors", .sensorFault, "charging"),
        ("the same part for another failure mode", .confirmed, "noise"),
    ]

    @Test("what is no failure of the part makes none due", arguments: others.indices)
    func leavesAlone(index: Int) throws {
        let row = Self.others[index]
        let messages = Self.traffic(seed: 3, says: row.says, mode: row.mode)
        let found = decide(messages, try Self.program(), settings: Self.settings).findings
        #expect(found.isEmpty, "\(row.name)")
    }

    @Test("where batches are cut and how many workers share them changes no finding")
    func cuts() throws {
        FleetLaws.cuts(
            Self.traffic(seed: 1), try Self.program(), Self.settings, longest: 150,
            windows: [300_000], workers: 2...3
        ) {
            #expect($0.findings.count >= 5)
        }
    }

    @Test("a fleet that starts from what was stored goes on as if nothing had happened")
    func reload() throws {
        let whole = try FleetLaws.reload(
            Self.traffic(seed: 2), Self.program(), Self.settings, longest: 500, seed: 4)
        #expect(whole.findings.count >= 5)
    }
}
