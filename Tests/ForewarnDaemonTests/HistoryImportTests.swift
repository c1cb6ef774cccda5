import FleetReports
import FleetSimulation
import FleetWatch
import Foundation
import ForewarnDaemon
import ServiceTickets
import Testing
import VehicleFaults

@testable import TicketStorage

/// Histories taken into a store, and what reports read of it.
@Suite struct HistoryImportTests {
    /// A store with the history of a made-up service centre, and whatever random steps are possible.
    static func store(seed: UInt64) throws -> (folder: ScratchFolder, store: TicketStore) {
        let folder = try ScratchFolder()
        let rules = try RuleSet(
            files: [RuleSet.File(name: "rules.yaml", text: ServiceHistory.rules)],
            subscriptions: [], settings: WatchSettings(), maxMessageBytes: 1 << 20,
            service: ServiceTerms(file: nil))
        let desk = try ServiceDeskTests.desk(folder, rules)
        var history = HistoryImport(desk: desk)
        var draws = SeededRandom(seed)
        let actions = ServiceHistory(year: 2026, quarter: 3, tickets: 12, seed: seed).actions
        for (number, action) in actions.enumerated() {
            try history.add(line: number + 1, action.line)
            guard draws.chance(0.2) else { continue }
            // Steps out of the ordinary; those that are refused are no matter.
            let ticket = 1 + draws.whole(below: 24)
            let verbs = ["undo", "undo", "hold", "resume", "reopen", "assign", "merge", "note"]
            let wake = action.at.advanced(by: 40_000_000).text()
            let fields = [
                "\"reason\":\"awaiting_customer\",\"wake_at\":\"\(wake)\"", "\"reason\":\"again\"",
                "", "\"assignee\":\"li\"", "\"text\":\"x\"", "\"into\":\"1\"",
            ]
            let extra = fields[draws.whole(below: fields.count)]
            try history.add(
                line: 100_000 + number,
                "{\"at\":\"\(action.at.text())\",\"verb\":\"\(verbs[draws.whole(below: verbs.count)])\","
                    + "\"ticket\":\"\(ticket)\",\"actor\":\"wang\",\"role\":\"supervisor\""
                    + (extra.isEmpty ? "" : ",\(extra)") + "}")
        }
        try history.finish()
        return (folder, desk.store)
    }

    @Test("what rows tell reports is what the events tell, at any time", arguments: 1...6)
    func rowsEqualFolds(seed: Int) throws {
        let (folder, store) = try Self.store(seed: UInt64(seed))
        defer { withExtendedLifetime(folder) {} }
        let history = ServiceHistory(year: 2026, quarter: 3, tickets: 12, seed: 1)
        let policy = TicketPolicy.standard
        for days in stride(from: Int64(3), through: 210, by: 9) {
            let end = history.start.advanced(by: days * 86_400_000)
            var found: [TicketRecord] = []
            try store.forEachTicket(openedFrom: history.start, until: end, asOf: end) {
                found.append(TicketRecord($0, policy: policy, at: end))
            }
            let folded = try store.read { db in
                try TicketStore.fold(Array(1...40), before: end, db)
            }.map { TicketRecord($0, policy: policy, at: end) }
            #expect(found == folded, "seed \(seed), day \(days)")
            #expect(days < 100 || found.count > 6)
        }
    }

    @Test("every line of a made-up history is taken") func isAccepted() throws {
        let folder = try ScratchFolder()
        let rules = try RuleSet(
            files: [RuleSet.File(name: "rules.yaml", text: ServiceHistory.rules)],
            subscriptions: [], settings: WatchSettings(), maxMessageBytes: 1 << 20,
            service: ServiceTerms(file: nil))
        var history = HistoryImport(desk: try ServiceDeskTests.desk(folder, rules))
        let made = ServiceHistory(year: 2026, quarter: 3, tickets: 40, seed: 3)
        let actions = made.actions
        for (number, action) in actions.enumerated() {
            try history.add(line: number + 1, action.line)
        }
        try history.finish()
        #expect(history.refused == [])
        #expect(history.steps + history.messages == actions.count)
        #expect(history.deadLetters == 0)
    }
}
