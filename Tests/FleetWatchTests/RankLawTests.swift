import FaultRules
import FleetSimulation
import FleetWatch
import ServiceTickets
import Testing
import VehicleFaults

/// What must hold for signals that are judged by their rank among similar vehicles.
@Suite struct RankLawTests {
    private static func program() throws -> RuleProgram {
        let pack = """
            version: 1
            pack: tests
            trends:
              - { id: low, mode: pressure, severity: S3, advice: A3, component: pump, skill: ENG,
                  signal: oil_kpa, when: below-kind, harmless: 0.5, every: 1h }
            """
        return try FleetWatchTests.program(of: pack)
    }

    /// When vehicle 0 fails.
    private static let fail = 95
    private static let hour: Int64 = 3_600_000
    private static let settings = WatchSettings(epoch: hour)

    /// Fifty-four vehicles that send a reading an hour, all of them 15 kPa less in one hour of
    /// seven. Vehicle 0 loses 25 kPa from round 95 on; vehicle 1 has always had 40 less than others.
    private static func traffic(
        seed: UInt64, fails: Bool = true, rounds: Int = 140, repair: ConfirmedRepair? = nil
    ) -> [Message] {
        Traffic.hourly(seed: seed, rounds: rounds, repair: repair.map { (fail, $0) }) {
            round, vehicle, random in
            let shock = round % 7 == 0 ? -15.0 : 0
            let own = vehicle == 1 ? -40 : Double(vehicle % 10)
            let lost = fails && vehicle == 0 && round >= fail ? -25.0 : 0
            let noise = (400 * random.deviate()).rounded() / 100
            return "\"oil_kpa\":\(300 + shock + own + lost + noise)"
        }
    }

    @Test(
        "who falls below its usual distance to its kind is found, with all moved alike, and nobody else"
    )
    func finds() throws {
        let program = try Self.program()
        for seed in UInt64(1)...1 {
            let found = decide(Self.traffic(seed: seed), program, settings: Self.settings).findings
            #expect(found.map { "\($0.vehicle)" } == ["V0"], "seed \(seed)")
            guard case .trend(let seen)? = found.first?.evidence.first?.content else {
                Issue.record("no trend")
                continue
            }
            #expect(seen.kind == "below-kind" && seen.subject == "oil_kpa")
            #expect(seen.logEvidence >= seen.needed && (-20 ... -6).contains(seen.size))
            let onset = (seen.onset.milliseconds - Traffic.start) / Self.hour
            #expect((85...104).contains(onset), "\(onset)")
        }
        let healthy = decide(
            Self.traffic(seed: 3, fails: false), program, settings: Self.settings)
        #expect(healthy.findings.isEmpty)
    }

    @Test("a repair with which the level changed is no finding") func repair() throws {
        let vehicle = try #require(VehicleID("V0"))
        let repair = ConfirmedRepair(vehicle: vehicle, mode: "pressure", component: "pump")
        let found = decide(
            Self.traffic(seed: 1, repair: repair), try Self.program(), settings: Self.settings)
        #expect(found.findings.isEmpty)
    }

    @Test("where batches are cut and how many workers share them changes no finding")
    func cuts() throws {
        FleetLaws.cuts(
            Self.traffic(seed: 1), try Self.program(), Self.settings, longest: 150,
            windows: [300_000], workers: 2...3
        ) {
            #expect($0.findings.count == 1)
        }
    }

    @Test("a fleet that starts from what was stored goes on as if nothing had happened")
    func reload() throws {
        let whole = try FleetLaws.reload(
            Self.traffic(seed: 2), Self.program(), Self.settings, longest: 500, seed: 4)
        #expect(whole.findings.count == 1)
    }
}
