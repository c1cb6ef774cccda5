import FaultRules
import FleetSimulation
import FleetWatch
import ServiceTickets
import Testing
import VehicleFaults

/// What must hold for codes of which the fleet learns with which signal they foretell a failure.
@Suite struct PairLawTests {
    private static func program() throws -> RuleProgram {
        let pack = """
            version: 1
            pack: tests
            trends:
              - { id: told, mode: pressure, severity: S2, advice: A2, component: pump, skill: ENG,
                  code: P0087, status: confirmed, signals: [boost_kpa, rail_kpa], when: foretells,
                  within: 6h, chance: 0.5 }
            """
        return try FleetWatchTests.program(of: pack)
    }

    private static let hour: Int64 = 3_600_000
    private static let settings = WatchSettings(epoch: 4 * hour)

    /// In each round from the 24th on one vehicle of thirty has the code with a dip and fails three
    /// rounds later, one has the code with nothing, and one has a dip without the code.
    private static func traffic(
        seed: UInt64, rounds: Int = 100, says: Disposition? = .brokeDown, mode: String = "pressure",
        component: String = "pump"
    ) -> [Message] {
        var random = SeededRandom(seed)
        var result: [Message] = []
        for round in 0..<rounds {
            for vehicle in 0..<30 {
                let now =
                    Traffic.start + Int64(round) * hour + Int64(vehicle) * 110_000
                    + Int64(random.next() % 100_000)
                if random.next() % 60 == 0 { result.append(Message(received: now)) }
                let fails = fails(vehicle, round)
                let annoys = round >= 24 && (7 * round + 5) % 30 == vehicle
                let dips = fails || round >= 24 && (11 * round + 9) % 30 == vehicle
                let rail = 380 + 3 * random.deviate() - (dips ? 40 : 0)
                // The code comes in a message of its own, after the readings.
                let codes =
                    fails || annoys ? "{\"code\":\"P0087\",\"status\":\"confirmed\"}" : ""
                result.append(
                    Message(
                        vehicle: "V\(vehicle)", received: now,
                        payload: """
                            {"vin":"V\(vehicle)","seq":\(2 * round + 1),"ts":\(now - 500),\
                            "signals":{"boost_kpa":\(50 + random.deviate()),"rail_kpa":\(rail)}}
                            """))
                result.append(
                    Message(
                        vehicle: "V\(vehicle)", received: now,
                        payload: """
                            {"vin":"V\(vehicle)","seq":\(2 * round + 2),"ts":\(now - 400),\
                            "dtcs":[\(codes)],"complete":false}
                            """))
                if Self.fails(vehicle, round - 3), let id = VehicleID("V\(vehicle)") {
                    let repair = ConfirmedRepair(
                        vehicle: id, mode: mode, component: component, disposition: says)
                    result.append(Message(received: now, payload: repair.json, isCommand: true))
                }
            }
        }
        result.append(
            Message(received: Traffic.start + Int64(rounds) * hour + settings.epoch))
        return result
    }

    private static func fails(_ vehicle: Int, _ round: Int) -> Bool {
        round >= 24 && round % 30 == vehicle
    }

    @Test("once enough cases are known a code is told with the signal that makes it serious")
    func finds() throws {
        let program = try Self.program()
        var watch = FleetWatch(program: program, settings: Self.settings)
        var found: [(finding: Finding, seen: TrendEvidence)] = []
        let messages = Self.traffic(seed: 1)
        for (row, start) in stride(from: 0, to: messages.count, by: 200).enumerated() {
            _ = watch.open(EntryBatch(messages.dropFirst(start).prefix(200)))
            for decision in watch.close(row: Int64(row + 1)).decisions {
                guard case .finding(let settled) = decision, settled.finding.kind == .raised,
                    case .trend(let seen)? = settled.finding.evidence.first?.content
                else { continue }
                found.append((settled.finding, seen))
            }
        }
        // Cases begin in round 24, and twenty of them have ended in round 46 at the earliest.
        #expect((25...54).contains(found.count), "\(found.count)")
        for (finding, seen) in found {
            let round = Int((finding.at.milliseconds - Traffic.start) / Self.hour)
            #expect("\(finding.vehicle)" == "V\(round % 30)" && round >= 46, "\(round)")
            #expect(seen.kind == "foretells" && seen.subject == "P0087 + rail_kpa")
            #expect(seen.needed == 0.5 && seen.logEvidence > 0.5)
            #expect(seen.size > seen.logEvidence && seen.size <= 1 && seen.deviation >= 20)
            #expect(seen.reading < -2.5, "\(seen.reading)")
        }
        // It is a forecast, and takes nothing of the promise.
        #expect(watch.fleet.hypotheses == 0 && watch.fleet.watched == 0)
        #expect(watch.fleet.chosen == 0 && watch.fleet.threshold == nil)
    }

    static let others: [(name: String, says: Disposition?, mode: String, component: String)] = [
        ("parts that were changed in good time", .early, "pressure", "pump"),
        ("faults that lay elsewhere", .otherComponent, "pressure", "pump"),
        ("another failure mode of the part", .confirmed, "noise", "pump"),
        ("another part", .confirmed, "noise", "coil"),
    ]

    @Test("what is no failure of the mode teaches nothing", arguments: others.indices)
    func leavesAlone(index: Int) throws {
        let row = Self.others[index]
        let messages = Self.traffic(
            seed: 3, rounds: 70, says: row.says, mode: row.mode, component: row.component)
        let found = decide(messages, try Self.program(), settings: Self.settings).findings
        #expect(found.isEmpty, "\(row.name)")
    }

    @Test("where batches are cut and how many workers share them changes no finding")
    func cuts() throws {
        FleetLaws.cuts(
            Self.traffic(seed: 1, rounds: 70), try Self.program(), Self.settings, longest: 150,
            windows: [300_000], workers: 2...3
        ) {
            #expect(!$0.findings.isEmpty)
        }
    }

    @Test("a fleet that starts from what was stored goes on as if nothing had happened")
    func reload() throws {
        let whole = try FleetLaws.reload(
            Self.traffic(seed: 2, rounds: 70), Self.program(), Self.settings, longest: 400, seed: 4)
        #expect(!whole.findings.isEmpty)
    }
}
