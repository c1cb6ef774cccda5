import FaultRules
import FleetSimulation
import FleetWatch
import ServiceTickets
import Testing
import VehicleFaults

/// What must hold for codes that are held against how often they come to the fleet.
@Suite struct RecurrenceLawTests {
    private static func program(_ fields: String = "harmless: 0") throws -> RuleProgram {
        let pack = """
            version: 1
            pack: tests
            trends:
              - { id: recurs, mode: misfire, severity: S3, advice: A3, component: coil, skill: ENG,
                  code: "P030?", status: confirmed, when: recurs, \(fields) }
            """
        return try FleetWatchTests.program(of: pack)
    }

    private static let settings = WatchSettings(epoch: 14_400_000)

    /// Thirty-two vehicles that make a trip of 20 km about once an hour, on 3 of a hundred of which the code
    /// comes. To vehicle 1 it has always come on one trip in eight; to vehicle 0 it comes on half of
    /// them from round 50 on. Ticks and repeats come in between.
    private static func traffic(
        seed: UInt64, vehicles: Int = 32, rounds: Int = 95, fails: Bool = true,
        repairs: ConfirmedRepair? = nil
    ) -> [Message] {
        var random = SeededRandom(seed)
        var result: [Message] = []
        var now = Traffic.start
        for round in 0..<rounds {
            for vehicle in 0..<vehicles {
                now += 70_000 + Int64(random.next() % 80_000)
                if random.next() % 40 == 0 { result.append(Message(received: now)) }
                if round == 95, vehicle == 0, let repairs {
                    result.append(
                        Message(received: now, payload: repairs.json, isCommand: true))
                }
                let isBad = fails && vehicle == 0 && round >= 50
                let per = isBad ? 50 : vehicle == 1 ? 12 : 3
                let codes =
                    random.next() % 100 < per ? "{\"code\":\"P0301\",\"status\":\"confirmed\"}" : ""
                result.append(
                    Message(
                        vehicle: "V\(vehicle)", received: now,
                        payload: """
                            {"vin":"V\(vehicle)","seq":\(round + 1),"ts":\(now - 500),\
                            "dtcs":[\(codes)],"complete":false,"odo_km":\(20 * round),\
                            "engine_h":\(round)}
                            """))
                if random.next() % 30 == 0, let last = result.last { result.append(last) }
            }
        }
        result.append(Message(received: now + 14_400_000))
        return result
    }

    @Test(
        "a code that comes far more often than to others is found, and the usual one is not",
        arguments: ["harmless: 0", "harmless: 0, per: 500 km", "harmless: 0, per: 100 h"])
    func finds(fields: String) throws {
        let program = try Self.program(fields)
        for seed in UInt64(1)...1 {
            let found = decide(Self.traffic(seed: seed), program, settings: Self.settings).findings
            #expect(found.map { "\($0.vehicle)" } == ["V0"], "seed \(seed)")
            guard case .trend(let seen)? = found.first?.evidence.first?.content else {
                Issue.record("no trend")
                continue
            }
            #expect(seen.kind == "recurs" && seen.subject == "P030?")
            #expect(seen.logEvidence >= seen.needed && seen.size > 2 && seen.reading >= 4)
            // Within two trips of when it set in, or before.
            #expect(seen.onset.milliseconds < Traffic.start + 54 * 3_600_000)
        }
    }

    @Test(
        "what the pack calls harmless is harmless, and a fleet in which nothing fails is left alone"
    )
    func leavesAlone() throws {
        for seed in UInt64(1)...2 {
            let harmless = decide(
                Self.traffic(seed: seed), try Self.program("harmless: 0.6"), settings: Self.settings
            )
            #expect(harmless.findings.isEmpty, "seed \(seed)")
            let healthy = decide(
                Self.traffic(seed: seed, fails: false), try Self.program(), settings: Self.settings)
            #expect(healthy.findings.isEmpty, "seed \(seed)")
        }
    }

    @Test("each vehicle counts once however far it runs, so a few of them allow nothing")
    func few() throws {
        let found = decide(
            Self.traffic(seed: 1, vehicles: 24), try Self.program(), settings: Self.settings)
        #expect(found.findings.isEmpty)
    }

    @Test("after a repair the spell is over, and what comes again is found again") func repair()
        throws
    {
        let program = try Self.program()
        let vehicle = try #require(VehicleID("V0"))
        let repair = ConfirmedRepair(vehicle: vehicle, mode: "misfire", component: "coil")
        let messages = Self.traffic(seed: 2, rounds: 170, repairs: repair)
        let found = decide(messages, program, settings: Self.settings).findings
        #expect(found.map { "\($0.vehicle)" } == ["V0", "V0"])
    }

    @Test("where batches are cut and how many workers share them changes no finding")
    func cuts() throws {
        FleetLaws.cuts(
            Self.traffic(seed: 1), try Self.program("harmless: 0, per: 500 km"), Self.settings,
            longest: 150
        ) {
            #expect($0.findings.count == 1)
        }
    }

    @Test("a fleet that starts from what was stored goes on as if nothing had happened")
    func reload() throws {
        let whole = try FleetLaws.reload(
            Self.traffic(seed: 3), Self.program(), Self.settings, longest: 500, seed: 4)
        #expect(whole.findings.count == 1)
    }
}
