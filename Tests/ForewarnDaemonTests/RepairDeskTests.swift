import FleetWatch
import Foundation
@testable import ForewarnDaemon
import ServiceTickets
import Testing
import TicketStorage
import VehicleFaults

/// How a repair that a ticket confirms reaches what lanes have learned.
@Suite struct RepairDeskTests {
    private static let rules = """
        version: 1
        trends:
          - { id: rises, mode: rising, severity: S3, advice: A3, component: c, skill: ENG,
              signal: coolant_c, when: rises, harmless: 1, limit: 30 }
        """

    private static func ruleSet() throws -> RuleSet {
        try RuleSet(
            files: [RuleSet.File(name: "rules.yaml", text: rules)], subscriptions: [],
            settings: WatchSettings(epoch: 7_200_000), maxMessageBytes: 1 << 20,
            service: ServiceTerms(file: nil))
    }

    /// Vehicle 0 grows hot at round 80; from round 200 it has another part with another level.
    private static func traffic(_ rounds: Range<Int>) -> [(received: Int64, payload: [UInt8])] {
        var numbers = SeededNumbers(11)
        var now: Int64 = 1_772_500_000_000
        var result: [(received: Int64, payload: [UInt8])] = []
        for round in 0..<rounds.upperBound {
            for vehicle in 0..<8 {
                now += 60_000 + Int64(numbers.below(60_000))
                let noise =
                    Double((0..<6).reduce(0) { sum, _ in sum + numbers.below(100) }) / 100 - 3
                let level = vehicle > 0 ? 0.0 : round >= 200 ? 4 : round >= 80 ? 6 : 0
                let text =
                    "{\"vehicle\":\"V\(vehicle)\",\"ts\":\(now - 500),\"seq\":\(round),"
                    + "\"signals\":{\"coolant_c\":\(90 + noise + level)}}"
                if rounds.contains(round) { result.append((now, Array(text.utf8))) }
            }
        }
        return result
    }

    /// A workshop, where the daemon may die between any two turns.
    private struct Shop {
        let folder: ScratchFolder
        let rules: RuleSet
        let dies: Bool
        var desk: ServiceDesk
        var numbers = SeededNumbers(5)

        init(dies: Bool) throws {
            self.dies = dies
            folder = try ScratchFolder()
            rules = try RepairDeskTests.ruleSet()
            desk = try ServiceDeskTests.desk(folder, rules)
        }

        mutating func mayDie() throws {
            guard dies else { return }
            try desk.store.close()
            desk = try ServiceDeskTests.desk(folder, rules)
        }

        /// A turn of the daemon's loop.
        mutating func turn(_ batch: EntryBatch = EntryBatch()) throws {
            try mayDie()
            var batch = batch
            let work = try CommandInbox.work(
                for: desk.store.askedCommands(), store: desk.store, after: desk.received,
                now: desk.received, appendingTo: &batch)
            if !batch.entries.isEmpty { _ = try desk.take(batch, work) }
        }

        mutating func hear(_ messages: [(received: Int64, payload: [UInt8])]) throws {
            var start = 0
            while start < messages.count {
                let end = min(start + 1 + (dies ? numbers.below(200) : 199), messages.count)
                try turn(ServiceDeskTests.batch(messages[start..<end]))
                start = end
            }
        }

        /// The ticket's way to its delivery, with what turned out to be the matter.
        mutating func lead(_ ticket: Int64, disposition: String) throws {
            for deed in TicketJourneyTests.deeds("\(ticket)").prefix(10) {
                let pairs = deed.pairs.map { name, value in
                    name == "disposition" ? (name, disposition) : (name, value)
                }
                let command = try desk.store.ask(
                    "ticket.\(deed.verb)", FlatJSON.text(pairs), actor: deed.actor,
                    at: desk.received)
                try turn()
                let answer = try #require(try desk.store.answer(to: command))
                #expect(answer.isDone, "\(deed.verb): \(answer.answer)")
            }
        }

        var repairs: [AskedCommand] {
            get throws { try desk.store.askedCommands().filter { $0.kind == ConfirmedRepair.kind } }
        }

        func findings() throws -> Int {
            try ServiceDeskTests.events(folder).count { $0.contains("\"rule\":\"rises\"") }
        }
    }

    private func run(disposition: String, dies: Bool) throws -> (
        events: [String], before: Int, after: Int, repairs: Int
    ) {
        var shop = try Shop(dies: dies)
        try shop.hear(Self.traffic(0..<150))
        let before = try shop.findings()
        try shop.lead(1, disposition: disposition)
        let repairs = try shop.repairs
        if let repair = repairs.first {
            #expect(repair.actor == "forewarn")
            try shop.turn()
            #expect(try shop.desk.store.answer(to: repair.id)?.isDone == true)
        }
        try shop.hear(Self.traffic(200..<300))
        try shop.desk.close()
        let store = try TicketStore(path: shop.folder.database, access: .read)
        let verified = try Verification.run(store, workers: .serial)
        #expect(verified.difference == nil, "\(String(describing: verified.difference))")
        return (
            try ServiceDeskTests.events(shop.folder), before, try shop.findings(), repairs.count
        )
    }

    @Test(
        "a repaired part's checks begin anew, whenever the daemon dies, and the journal proves it")
    func repaired() throws {
        let whole = try run(disposition: "confirmed_as_predicted", dies: false)
        #expect(whole.before == 1 && whole.repairs == 1)
        #expect(whole.after == 1, "the new part's level is its own")
        #expect(try run(disposition: "confirmed_as_predicted", dies: true) == whole)
    }

    @Test("where nothing was found, nothing begins anew")
    func nothingFound() throws {
        let whole = try run(disposition: "no_trouble_found", dies: false)
        #expect(whole.before == 1 && whole.repairs == 0)
    }
}
