import FleetWatch
import Foundation
import GRDB
@testable import ForewarnDaemon
import Testing
import TicketStorage
import VehicleFaults

/// What the fleet knows together, through the store.
@Suite struct TrendDeskTests {
    private static let rules = """
        version: 1
        rules:
          - { id: hot, mode: hot, severity: S2, advice: A2, component: c, skill: ENG,
              when: 'coolant_c > 101' }
        trends:
          - { id: rises, mode: rising, severity: S3, advice: A3, component: c, skill: ENG,
              signal: coolant_c, when: rises, harmless: 1, limit: 30 }
          - { id: returns, mode: returning, severity: S3, advice: A3, component: c, skill: DIA,
              code: P0301, when: returns, harmless: 0.1 }
        """

    private static func ruleSet(_ decision: DecisionRule = .evidence) throws -> RuleSet {
        try RuleSet(
            files: [RuleSet.File(name: "rules.yaml", text: rules)], subscriptions: [],
            settings: WatchSettings(epoch: 10_800_000, decision: decision),
            maxMessageBytes: 1 << 20)
    }

    /// Vehicle 0 grows hot slowly, vehicle 1 misfires, from the middle on.
    private static func traffic(rounds: Int = 200, vehicles: Int = 10) -> [(
        received: Int64, payload: [UInt8]
    )] {
        var numbers = SeededNumbers(11)
        var now: Int64 = 1_772_500_000_000
        var result: [(received: Int64, payload: [UInt8])] = []
        for round in 0..<rounds {
            for vehicle in 0..<vehicles {
                now += 60_000 + Int64(numbers.below(60_000))
                let late = max(0, round - rounds / 2)
                let noise =
                    Double((0..<6).reduce(0) { sum, _ in sum + numbers.below(100) }) / 100 - 3
                let coolant = 90 + noise + (vehicle == 0 ? 0.15 * Double(late) : 0)
                let list =
                    vehicle == 1 && late > 0 && numbers.below(3) > 0
                    ? "[{\"code\":\"P0301\",\"status\":\"confirmed\"}]" : "[]"
                let text =
                    "{\"vehicle\":\"V\(vehicle)\",\"ts\":\(now - 500),\"seq\":\(round),\"dtcs\":\(list)"
                    + ",\"signals\":{\"coolant_c\":\(coolant)}}"
                result.append((now, Array(text.utf8)))
            }
        }
        return result
    }

    @Test(
        "a daemon that dies at any batch finds what one finds that never dies, and can prove it",
        arguments: DecisionRule.allCases)
    func crashes(_ decision: DecisionRule) throws {
        let rules = try Self.ruleSet(decision)
        // What is proven is decided by what the journal says.
        #expect(try RuleSet(recorded: rules.recorded).settings.decision == decision)
        let messages = Self.traffic()
        let (whole, tickets) = try ServiceDeskTests.life(
            of: messages, under: rules, dying: false, lanes: 100_000)
        #expect(
            Set(tickets.map { "\($0.vehicle) \($0.mode)" }).isSuperset(of: [
                "V0 rising", "V1 returning",
            ]))
        for lanes in [100_000, 4] {
            let (broken, _) = try ServiceDeskTests.life(
                of: messages, under: rules, dying: true, lanes: lanes)
            #expect(broken == whole, "\(lanes) lanes in memory")
        }
    }

    @Test("a rule that technicians find false twice may only advise, and the journal says so")
    func honesty() throws {
        let folder = try ScratchFolder()
        let desk = try ServiceDeskTests.desk(folder, try Self.ruleSet())
        let messages = Self.traffic()
        for start in stride(from: 0, to: messages.count, by: 200) {
            _ = try desk.take(ServiceDeskTests.batch(messages[start...].prefix(200)))
        }
        #expect(try desk.demoteDishonestRules().isEmpty)
        try DatabaseQueue(path: folder.database).write { db in
            try db.execute(
                sql: """
                    UPDATE ticket SET state = 'closed', disposition = 'no_trouble_found',
                        rules = 'returns' WHERE mode IN ('rising', 'returning')
                    """)
        }
        #expect(try desk.store.verdicts()["returns"]?.refuted == 2)
        let row = desk.newestRow
        #expect(try desk.demoteDishonestRules() == ["returns"])
        #expect(desk.newestRow == row + 1 && desk.rules.controls.state(of: "returns") == .shadow)
        #expect(try desk.demoteDishonestRules().isEmpty)
    }
}
