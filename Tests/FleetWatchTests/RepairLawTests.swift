import FaultRules
import FleetSimulation
import FleetWatch
import ServiceTickets
import Testing
import VehicleFaults

/// What a confirmed repair, and a visit to a workshop, leave of what was learned of a vehicle.
@Suite struct RepairLawTests {
    private static let pack = """
        version: 1
        pack: tests
        trends:
          - { id: rises, mode: hot, severity: S3, advice: A3, component: engine, skill: ENG,
              signal: coolant_c, when: rises, harmless: 1, limit: 20 }
          - { id: returns, mode: misfire, severity: S3, advice: A3, component: coil, skill: ENG,
              code: "P030?", status: confirmed, when: returns, harmless: 0.1 }
        """

    private static func program() throws -> RuleProgram {
        return try FleetWatchTests.program(of: pack)
    }

    private static let settings = WatchSettings(epoch: 7_200_000)

    /// What is done to the fleet of a row, by round.
    private struct Deed {
        var round: Int
        /// What is told; `nil` for what nobody tells.
        var repair: ConfirmedRepair?
        /// Where the coolant of vehicle 0 is from then on.
        var level: Double?
        /// What its message says besides, from within `dtcs`; and a reading more.
        var codes = ""
        var reading = ""
    }

    private static func repair(_ vehicle: Int, _ mode: String, _ component: String)
        -> ConfirmedRepair?
    {
        VehicleID("V\(vehicle)").map {
            ConfirmedRepair(vehicle: $0, mode: mode, component: component)
        }
    }

    private static func traffic(
        _ deeds: [Deed], seed: UInt64, vehicles: Int = 6, rounds: Int = 240
    ) -> [Message] {
        var random = SeededRandom(seed)
        var result: [Message] = []
        var now = Traffic.start
        var level = 0.0
        for round in 0..<rounds {
            for vehicle in 0..<vehicles {
                now += 60_000 + Int64(random.next() % 60_000)
                let noise = (100 * random.deviate()).rounded() / 100
                var (codes, reading) = ("", "")
                for deed in deeds where deed.round == round && vehicle == 0 {
                    if let repair = deed.repair {
                        result.append(
                            Message(received: now, payload: repair.json, isCommand: true))
                    }
                    level = deed.level ?? level
                    (codes, reading) = (deed.codes, deed.reading)
                }
                let coolant = 90 + noise + (vehicle == 0 ? level : 0)
                result.append(
                    Message(
                        vehicle: "V\(vehicle)", received: now,
                        payload: """
                            {"vin":"V\(vehicle)","seq":\(round + 1),"ts":\(now - 500),\
                            "dtcs":[\(codes)],"complete":false,\
                            "signals":{"coolant_c":\(coolant)\(reading)}}
                            """))
            }
        }
        result.append(Message(received: now + 7_200_000))
        return result
    }

    private static func past(_ codes: [String]) -> String {
        codes.map { "{\"code\":\"\($0)\",\"status\":\"history\"}" }.joined(separator: ",")
    }

    private static let rows: [(name: String, deeds: [Deed], findings: Int)] = [
        ("a level that changes, and nobody was there", [Deed(round: 120, level: 6)], 1),
        (
            "a repair for the same failure mode, and the new part shows another level",
            [Deed(round: 120, repair: repair(0, "hot", "gasket"), level: 6)], 0
        ),
        (
            "a repair of the same part for another failure mode",
            [Deed(round: 120, repair: repair(0, "leak", "engine"), level: 6)], 0
        ),
        (
            "a repair of another part",
            [Deed(round: 120, repair: repair(0, "misfire", "coil"), level: 6)], 1
        ),
        (
            "a repair of another vehicle",
            [Deed(round: 120, repair: repair(1, "hot", "engine"), level: 6)], 1
        ),
        (
            "a repair of a vehicle that was never heard",
            [Deed(round: 120, repair: repair(77, "hot", "engine"), level: 6)], 1
        ),
        (
            "a new part that soon leaves its own level, too",
            [
                Deed(round: 120, repair: repair(0, "hot", "engine"), level: 6),
                Deed(round: 150, level: 12),
            ], 1
        ),
        (
            "a part that fails again after its repair",
            [
                Deed(round: 80, level: 6),
                Deed(round: 130, repair: repair(0, "hot", "engine"), level: 0),
                Deed(round: 170, level: 6),
            ], 2
        ),
        (
            "a part that fails again after a repair that nobody confirmed",
            [
                Deed(round: 80, level: 6), Deed(round: 130, level: 0), Deed(round: 170, level: 6),
            ], 1
        ),
        (
            "a sensor changed in a workshop that leaves its traces",
            [Deed(round: 120, level: 6, codes: past(["U0101", "U0121", "B1000"]))], 0
        ),
        (
            "a sensor changed, and codes cleared with a tool",
            [
                Deed(round: 119, reading: ",\"clear_km\":500"),
                Deed(round: 120, level: 6, reading: ",\"clear_km\":0"),
            ], 0
        ),
        (
            "a level that changes with one code of the past",
            [Deed(round: 120, level: 6, codes: past(["U0101"]))], 1
        ),
        (
            "a visit in the middle of a slow rise",
            [
                Deed(round: 110, level: 1), Deed(round: 120, level: 1.5),
                Deed(round: 130, level: 2),
                Deed(round: 135, codes: past(["U0101", "U0121", "U0155"])),
                Deed(round: 140, level: 2.5), Deed(round: 150, level: 3),
                Deed(round: 160, level: 4),
            ], 1
        ),
        (
            "a level that changes long after a visit",
            [
                Deed(round: 100, codes: past(["U0101", "U0121", "U0155"])),
                Deed(round: 150, level: 6),
            ], 1
        ),
    ]

    @Test("what begins anew and what does not", arguments: rows.indices)
    func table(index: Int) throws {
        let row = Self.rows[index]
        let program = try Self.program()
        for seed in UInt64(1)...2 {
            let found = decide(
                Self.traffic(row.deeds, seed: seed), program, settings: Self.settings
            ).findings
            let names = found.filter { $0.kind == .raised }
                .map { "\($0.vehicle) \(program.rules[$0.rule].id)" }
            #expect(
                names == Array(repeating: "V0 rises", count: row.findings),
                "\(row.name), seed \(seed)")
        }
    }

    /// All that can begin anew, one after the other.
    private static let eventful: [Deed] = [
        Deed(round: 80, level: 6), Deed(round: 130, repair: repair(0, "hot", "engine"), level: 0),
        Deed(round: 130, repair: repair(3, "misfire", "engine")),
        Deed(round: 160, level: -2, codes: past(["U0101", "U0121", "U0155"])),
        Deed(round: 161, repair: repair(77, "hot", "engine")), Deed(round: 190, level: 6),
    ]

    @Test("where batches are cut, how many workers share them and who waits change nothing")
    func cuts() throws {
        let program = try Self.program()
        for seed in UInt64(1)...2 {
            FleetLaws.cuts(
                Self.traffic(Self.eventful, seed: seed), program, Self.settings, seed: seed
            ) {
                #expect($0.findings.count == 2, "seed \(seed)")
            }
        }
    }

    @Test("a core that starts from what was stored knows of every repair")
    func reload() throws {
        let whole = try FleetLaws.reload(
            Self.traffic(Self.eventful, seed: 4), Self.program(), Self.settings, seed: 4)
        #expect(whole.findings.count == 2)
    }
}
