import FleetWatch
import Foundation
import ForewarnDaemon
import ServiceTickets
import Testing
import TicketStorage
import VehicleFaults

/// A bad lot through the store.
@Suite struct CampaignDeskTests {
    private static let vehicles = 60

    private static func ruleSet() throws -> RuleSet {
        let rules = """
            version: 1
            rules:
              - { id: misfire, mode: misfire, severity: S3, advice: A3, component: coil, skill: ENG,
                  when: 'code "P0301"' }
            """
        var table = "vehicle,model,lot\n"
        for number in 0..<vehicles { table += "V\(number),J6,L\(number / 10)\n" }
        return try RuleSet(
            files: [RuleSet.File(name: "rules.yaml", text: rules)],
            roster: [RuleSet.File(name: "roster.csv", text: table)], subscriptions: [],
            settings: WatchSettings(epoch: 3_600_000), maxMessageBytes: 1 << 20)
    }

    private static func traffic() -> [(received: Int64, payload: [UInt8])] {
        var numbers = SeededNumbers(5)
        var result: [(received: Int64, payload: [UInt8])] = []
        for hour in 0..<20 {
            for number in 0..<vehicles {
                let received = 1_772_500_000_000 + Int64(hour) * 3_600_000 + Int64(number) * 40_000
                let isHit = hour > 1 && numbers.below(number / 10 == 2 ? 6 : 400) == 0
                let list = isHit ? "[{\"code\":\"P0301\",\"status\":\"confirmed\"}]" : "[]"
                let text =
                    "{\"vehicle\":\"V\(number)\",\"ts\":\(received - 500),\"seq\":\(hour),"
                    + "\"dtcs\":\(list)}"
                result.append((received, Array(text.utf8)))
            }
        }
        return result
    }

    @Test("a daemon that dies at any batch finds the lot as one that never dies, and can prove it")
    func crashes() throws {
        let rules = try Self.ruleSet()
        let messages = Self.traffic()
        let (whole, tickets) = try ServiceDeskTests.life(
            of: messages, under: rules, dying: false, lanes: 1000)
        let campaigns = tickets.filter { $0.vehicle == VehicleID.wholeFleet.description }
        #expect(campaigns.map(\.name.en) == ["Recall candidate, for review: misfire (lot=L2)"])
        let (broken, _) = try ServiceDeskTests.life(
            of: messages, under: rules, dying: true, lanes: 10)
        #expect(broken == whole)
    }
}
