import FleetWatch
import Foundation
import ForewarnDaemon
import GRDB
import ServiceTickets
import Testing
import VehicleFaults

@testable import TicketStorage

/// Tickets through journal, core and store, as a daemon leads them.
@Suite struct TicketJourneyTests {
    static let start: Int64 = 1_772_500_000_000
    static let minute: Int64 = 60_000

    static func ruleSet(_ text: String = ServiceDeskTests.rules) throws -> RuleSet {
        try RuleSet(
            files: [RuleSet.File(name: "rules.yaml", text: text)],
            subscriptions: [], settings: WatchSettings(), maxMessageBytes: 1 << 20,
            service: ServiceTerms(file: nil))
    }

    /// What people do, in a folder, with a desk that may be thrown away at any time.
    struct Shop {
        let folder: ScratchFolder
        let rules: RuleSet
        var desk: ServiceDesk

        init(_ text: String = ServiceDeskTests.rules) throws {
            folder = try ScratchFolder()
            rules = try TicketJourneyTests.ruleSet(text)
            desk = try ServiceDeskTests.desk(folder, rules)
        }

        /// As after kill -9: what was not committed is gone.
        mutating func crash() throws { desk = try ServiceDeskTests.desk(folder, rules) }

        func ask(_ verb: String, _ pairs: [(String, String)], actor: String = "li") throws -> Int64
        {
            try desk.store.ask(
                "ticket.\(verb)", FlatJSON.text(pairs), actor: actor, at: desk.received)
        }

        /// A turn of the daemon's loop.
        func turn(_ batch: EntryBatch = EntryBatch(), now: Int64) throws {
            var batch = batch
            let work = try CommandInbox.work(
                for: desk.store.askedCommands(), store: desk.store, after: desk.received, now: now,
                appendingTo: &batch)
            if !batch.entries.isEmpty {
                _ = try desk.take(batch, work)
            } else if !work.isEmpty {
                _ = try desk.store.finish(answers: work.answers)
            }
        }

        func tell(_ text: String, at time: Int64) throws {
            let bytes = Array(text.utf8)
            try turn(
                EntryBatch(
                    bytes: bytes, entries: [Entry(received: time, payload: 0..<bytes.count)]),
                now: time)
        }

        /// Everything that tickets are, as text.
        func contents() throws -> [String] {
            try TicketStore(path: folder.database, access: .read).read { db in
                try ["ticket", "ticket_event", "ticket_memory"].flatMap { table in
                    try Row.fetchAll(db, sql: "SELECT * FROM \(table) ORDER BY 1, 2")
                        .map { "\(table) \($0)" }
                }
            }
        }
    }

    typealias Deed = (verb: String, actor: String, pairs: [(String, String)])

    /// The steps of an ordinary ticket.
    static func deeds(_ ticket: String) -> [Deed] {
        func deed(_ verb: String, _ actor: String, _ role: String, _ pairs: [(String, String)])
            -> Deed
        {
            (verb, actor, [("ticket", ticket), ("role", role), ("level", "3")] + pairs)
        }
        return [
            deed("ack", "chen", "customer_service", []),
            deed(
                "triage", "li", "technician",
                [("severity", "S2"), ("advice", "A2"), ("component", "pump")]),
            deed("contact", "chen", "customer_service", [("outcome", "reached_yes")]),
            deed(
                "estimate", "chen", "customer_service",
                [("estimate", "E1"), ("total", "900"), ("currency", "CNY"), ("payer", "warranty")]),
            deed(
                "schedule", "chen", "customer_service",
                [
                    ("site", "SH1"), ("slot", "\(start + 3_600_000)"), ("parts", "in_stock"),
                    ("estimate", "E1"),
                ]),
            deed(
                "check-in", "rao", "reception",
                [("odometer", "41200"), ("notes", "无损伤"), ("consent", "yes")]),
            deed("repair", "li", "technician", []),
            deed(
                "repair", "li", "technician",
                [
                    ("complaint", "hot"), ("cause", "pump"), ("correction", "changed"),
                    ("root_part", "P-1"), ("disposition", "confirmed_as_predicted"),
                ]),
            deed("qc", "qin", "quality", [("result", "pass"), ("checklist", "all")]),
            deed("deliver", "rao", "reception", [("odometer", "41210")]),
            deed("follow-up", "chen", "customer_service", [("csat", "5")]),
            deed("close", "chen", "customer_service", []),
        ]
    }

    static let hot = (0...6).map { index in
        let time = start + Int64(index) * 60_000
        return (
            text: "{\"vehicle\":\"V1\",\"ts\":\(time),\"signals\":{\"coolant_c\":110}}", time: time
        )
    }

    @Test("a kill between any two events of a ticket's life changes nothing")
    func kills() throws {
        var whole = try Shop()
        var broken = try Shop()
        func run(_ shop: inout Shop, crashes: Bool) throws {
            for message in Self.hot { try shop.tell(message.text, at: message.time) }
            var now = Self.start + 10 * Self.minute
            for deed in Self.deeds("1") {
                if crashes { try shop.crash() }
                now += Self.minute
                let command = try shop.ask(deed.verb, deed.pairs, actor: deed.actor)
                // Asked and not yet seen is what a kill may leave as well.
                if crashes { try shop.crash() }
                try shop.turn(now: now)
                let answer = try #require(try shop.desk.store.answer(to: command))
                #expect(answer.isDone, "\(deed.verb): \(answer.answer)")
            }
            if crashes { try shop.crash() }
            // The repair is watched for 30 days, and nothing is heard.
            try shop.turn(
                EntryBatch(entries: [Entry(kind: .tick, received: now + 31 * 86_400_000)]),
                now: now)
        }
        try run(&whole, crashes: false)
        try run(&broken, crashes: true)
        #expect(try whole.contents() == broken.contents())
        #expect(try ServiceDeskTests.events(whole.folder) == ServiceDeskTests.events(broken.folder))
        #expect(try whole.desk.store.ticket(1)?.state == "closed")
        #expect(try whole.desk.store.ticket(1)?.proof == "unproven")
        #expect(whole.desk.decisions == broken.desk.decisions)
        for shop in [whole, broken] {
            let store = try TicketStore(path: shop.folder.database, access: .read)
            #expect(try store.contradictions() == [])
            #expect(try Verification.run(store, workers: .serial).difference == nil)
        }
    }

    @Test("a refused command changes nothing and says why") func refusal() throws {
        let shop = try Shop()
        for message in Self.hot { try shop.tell(message.text, at: message.time) }
        let before = try shop.contents()
        let asked: [(verb: String, pairs: [(String, String)], reason: Refusal.Reason)] = [
            ("ack", [("ticket", "1"), ("role", "technician")], .wrongRole),
            ("ack", [("ticket", "1"), ("role", "emperor")], .wrongRole),
            ("ack", [("ticket", "1"), ("role", "system")], .wrongRole),
            ("ack", [("ticket", "9"), ("role", "customer_service")], .noSuchTicket),
            ("close", [("ticket", "1"), ("role", "supervisor")], .wrongState),
            ("dance", [("ticket", "1"), ("role", "supervisor")], .unknownStep),
            ("note", [("ticket", "1"), ("role", "supervisor")], .missing),
            ("note", [("ticket", "1"), ("role", "supervisor"), ("colour", "red")], .unknownField),
            (
                "split",
                [("ticket", "1"), ("role", "supervisor"), ("mode", "x"), ("findings", "77")],
                .notAllTheFindings
            ),
        ]
        for row in asked {
            let command = try shop.ask(row.verb, row.pairs)
            try shop.turn(now: Self.start + 8 * Self.minute)
            let answer = try #require(try shop.desk.store.answer(to: command))
            #expect(!answer.isDone, "\(row.verb)")
            #expect(Refusal(json: answer.answer)?.reason == row.reason, "\(answer.answer)")
        }
        #expect(try shop.contents() == before)
    }

    @Test("a split takes its findings along, also in the store") func split() throws {
        let shop = try Shop()
        for message in Self.hot { try shop.tell(message.text, at: message.time) }
        var filter = EventFilter()
        filter.values[.ticket] = ["1"]
        let event = try #require(try shop.desk.store.events(filter, limit: 1).first)
        let command = try shop.ask(
            "split",
            [
                ("ticket", "1"), ("role", "supervisor"), ("mode", "sensor"),
                ("findings", "\(event.id)"),
            ])
        try shop.turn(now: Self.start + 8 * Self.minute)
        #expect(try shop.desk.store.answer(to: command)?.isDone == true)
        #expect(try shop.desk.store.ticket(1)?.findings == 0)
        #expect(try shop.desk.store.ticket(2)?.findings == 1)
        #expect(try shop.desk.store.contradictions() == [])
        #expect(
            try Verification.run(
                TicketStore(path: shop.folder.database, access: .read), workers: .serial
            ).difference == nil)
    }

    @Test(
        "whatever people do while messages come, crashes and cuts change no byte",
        arguments: 1...2 as ClosedRange<UInt64>)
    func storms(seed: UInt64) throws {
        var contents: [[String]] = []
        var events: [[String]] = []
        for crashes in [false, true] {
            var shop = try Shop()
            var numbers = SeededNumbers(seed)
            var luck = SeededNumbers(seed &* 77)
            for message in ServiceDeskTests.traffic(
                seed: seed, count: 150, vehicles: 6, spacing: 400_000)
            {
                if numbers.below(2) == 0 {
                    let newest = try shop.desk.store.newestTicket()
                    let deeds = Self.deeds("\(numbers.below(Int(newest) + 1) + 1)")
                    var deed = deeds[numbers.below(deeds.count)]
                    switch numbers.below(6) {
                    case 0: deed = ("undo", "su", [deeds[0].pairs[0], ("role", "supervisor")])
                    case 1:
                        deed = (
                            "cancel", "su",
                            [
                                deeds[0].pairs[0], ("role", "supervisor"),
                                ("reason", "false_alarm"),
                            ]
                        )
                    case 2:
                        deed = (
                            "reopen", "su",
                            [deeds[0].pairs[0], ("role", "supervisor"), ("reason", "again")]
                        )
                    default: break
                    }
                    _ = try shop.ask(deed.verb, deed.pairs, actor: deed.actor)
                }
                if crashes, luck.below(16) == 0 { try shop.crash() }
                try shop.turn(
                    ServiceDeskTests.batch([message][...]), now: message.received)
                if crashes, luck.below(16) == 0 { try shop.crash() }
            }
            contents.append(try shop.contents())
            events.append(try ServiceDeskTests.events(shop.folder))
            #expect(try shop.desk.store.contradictions() == [])
            let store = try TicketStore(path: shop.folder.database, access: .read)
            let verified = try Verification.run(store, workers: .threads(2))
            #expect(verified.difference == nil, "seed \(seed)")
            #expect(verified.digest == shop.desk.decisions, "seed \(seed)")
        }
        #expect(events[0] == events[1], "seed \(seed)")
        #expect(contents[0] == contents[1], "seed \(seed)")
        #expect(events[0].contains { $0.contains("\"event\":\"escalated\"") }, "seed \(seed)")
        #expect(events[0].contains { $0.contains("\"event\":\"cancel\"") }, "seed \(seed)")
    }

    @Test("a store from before tickets had a life goes on with its tickets") func migration() throws
    {
        let folder = try ScratchFolder()
        let queue = try DatabasePool(path: folder.database)
        try Schema.migrator.migrate(queue, upTo: "2 dead letters by position")
        try queue.write { db in
            try db.execute(
                sql: """
                    INSERT INTO ticket VALUES (1, 'V1', 'hot', 'S2', 'A2', 'pump', 'ENG', 'Hot',
                        '过热', 'open', 1000, 2000, 7, 1, 1000, 0);
                    INSERT INTO event (kind, received_at, position, at, vehicle, rule, mode,
                        severity, state, effect, ticket, body)
                    VALUES ('finding', 2000, 7, 1000, 'V1', 'hot', 'hot', 'S2', 'raised',
                        'opened', 1,
                        '{"evidence":[{"signal":"coolant_c"},{"code":"P0217"},{"silent_ms":3}]}');
                    INSERT INTO fact VALUES ('row', '0'), ('position', '7'), ('received', '2000');
                    """)
        }
        try queue.close()
        var shop = try Shop()
        let store = try TicketStore(path: folder.database, access: .write(.normal))
        let ticket = try #require(try store.state().openTickets.first)
        #expect(ticket.rules == ["hot"])
        #expect(ticket.kinds == ["signal coolant_c", "code P0217", "silence"])
        #expect(ticket.told == .max && ticket.severity == .s2)
        #expect(try store.contradictions() == [])
        try store.close()
        shop.desk = try ServiceDeskTests.desk(folder, shop.rules)
        let command = try shop.ask("ack", [("ticket", "1"), ("role", "customer_service")])
        try shop.turn(now: 3000)
        #expect(try shop.desk.store.answer(to: command)?.isDone == true)
        #expect(try shop.desk.store.ticket(1)?.state == "acknowledged")
    }
}
