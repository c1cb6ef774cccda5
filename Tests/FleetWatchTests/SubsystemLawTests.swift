import FaultRules
import FleetSimulation
import FleetWatch
import ServiceTickets
import Testing
import VehicleFaults

/// What must hold for signals that are judged by how they go together on similar vehicles.
@Suite struct SubsystemLawTests {
    private static func program() throws -> RuleProgram {
        let pack = """
            version: 1
            pack: tests
            trends:
              - { id: apart, mode: boost-lost, severity: S3, advice: A3, component: turbocharger,
                  skill: ENG, signals: [boost_kpa, load_pct], when: unlike-kind, harmless: 0.1,
                  every: 1h }
            """
        return try FleetWatchTests.program(of: pack)
    }

    /// When vehicle 0 fails.
    private static let fail = 152
    private static let hour: Int64 = 3_600_000
    private static let settings = WatchSettings(epoch: hour)

    /// Fifty-four vehicles whose boost follows the load. From some round on that of vehicle 0 falls
    /// where it should rise, so that both signals by themselves are what they were; vehicle 1 has
    /// always had 40 kPa more than others.
    private static func traffic(
        seed: UInt64, fails: Bool = true, rounds: Int = 186, repair: ConfirmedRepair? = nil
    ) -> [Message] {
        Traffic.hourly(seed: seed, rounds: rounds, repair: repair.map { (fail, $0) }) {
            round, vehicle, random in
            // Vehicles are empty or laden.
            let own = (random.next() % 2 == 0 ? 20 : 70) + Double(random.next() % 100) / 10
            let follows = fails && vehicle == 0 && round >= fail ? 100 - own : own
            let noise = (200 * random.deviate()).rounded() / 100
            let boost = 40 + (vehicle == 1 ? 40 : Double(vehicle % 10)) + 0.8 * follows + noise
            return "\"load_pct\":\(own),\"boost_kpa\":\(boost)"
        }
    }

    @Test(
        "signals that no longer go together are found, though each is as it was, and nothing else")
    func finds() throws {
        let program = try Self.program()
        let found = decide(Self.traffic(seed: 1), program, settings: Self.settings).findings
        #expect(found.map { "\($0.vehicle)" } == ["V0"])
        guard case .trend(let seen)? = found.first?.evidence.first?.content else {
            Issue.record("no trend")
            return
        }
        #expect(seen.kind == "unlike-kind" && seen.subject == "boost_kpa + load_pct")
        #expect(seen.logEvidence >= seen.needed && seen.size > 0.1)
        let onset = (seen.onset.milliseconds - Traffic.start) / Self.hour
        #expect((140...162).contains(onset), "\(onset)")
        let healthy = decide(
            Self.traffic(seed: 3, fails: false), program, settings: Self.settings)
        #expect(healthy.findings.isEmpty)
    }

    @Test("after a repair the signals are learned anew") func repair() throws {
        let vehicle = try #require(VehicleID("V0"))
        let repair = ConfirmedRepair(
            vehicle: vehicle, mode: "boost-lost", component: "turbocharger")
        let found = decide(
            Self.traffic(seed: 1, repair: repair), try Self.program(), settings: Self.settings)
        #expect(found.findings.isEmpty)
    }

    @Test("where batches are cut and how many workers share them changes no finding")
    func cuts() throws {
        FleetLaws.cuts(
            Self.traffic(seed: 1), try Self.program(), Self.settings, longest: 200,
            windows: [300_000], workers: 2...2
        ) {
            #expect($0.findings.count == 1)
        }
    }

    @Test("a fleet that starts from what was stored goes on as if nothing had happened")
    func reload() throws {
        let whole = try FleetLaws.reload(
            Self.traffic(seed: 1), Self.program(), Self.settings, longest: 700, seed: 4)
        #expect(whole.findings.count == 1)
    }
}
