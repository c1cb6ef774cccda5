import ForewarnDaemon
import ServiceTickets
import Testing
import TicketStorage

/// What rules ask of their tickets, through journal, core and store.
@Suite struct TicketConductTests {
    static let rules = """
        version: 1
        rules:
          - { id: pump, mode: pump, severity: S3, advice: A3, component: c, skill: ENG,
              when: 'code "P0217"' }
          - { id: usual, mode: usual, severity: S3, advice: A3, component: c, skill: ENG,
              when: 'code "P0001"' }
          - { id: guest, mode: guest, severity: S3, advice: A3, component: c, skill: ENG,
              when: 'code "P0004"' }
          - { id: loud, mode: loud, severity: S3, advice: A3, component: c, skill: ENG,
              workshop: open, when: 'code "P0002"' }
          - { id: never, mode: never, severity: S3, advice: A3, component: c, skill: ENG,
              back_off: off, when: 'code "P0003"' }
        """

    private func tell(_ code: String, _ shop: TicketJourneyTests.Shop, at time: Int64) throws {
        try shop.tell(
            #"{"vehicle":"V1","ts":\#(time),"dtcs":[{"code":"\#(code)","status":"active"}]}"#,
            at: time)
    }

    private func effects(_ shop: TicketJourneyTests.Shop) throws -> [String] {
        try shop.desk.store.events(EventFilter(), limit: 100).compactMap { event in
            event.rule.map { "\($0) \(event.effect ?? "")" }
        }
    }

    @Test("the rule's own conduct holds, also after a kill and in the proof by replay")
    func conduct() throws {
        var shop = try TicketJourneyTests.Shop(Self.rules)
        var now = TicketJourneyTests.start
        func later() -> Int64 {
            now += TicketJourneyTests.minute
            return now
        }
        func ask(_ verb: String, _ actor: String, _ pairs: [(String, String)]) throws {
            let command = try shop.ask(verb, pairs, actor: actor)
            try shop.turn(now: later())
            let answer = try #require(try shop.desk.store.answer(to: command))
            #expect(answer.isDone, "\(verb): \(answer.answer)")
        }
        let falseAlarm = [
            ("role", "supervisor"), ("level", "3"), ("reason", "false_alarm"),
        ]
        for (ticket, code) in [("1", "P0001"), ("2", "P0003")] {
            try tell(code, shop, at: later())
            try ask("cancel", "su", [("ticket", ticket)] + falseAlarm)
            try shop.crash()
            try tell(code, shop, at: later())
        }
        try tell("P0217", shop, at: later())
        for deed in TicketJourneyTests.deeds("4").prefix(while: { $0.verb != "repair" }) {
            try ask(deed.verb, deed.actor, deed.pairs)
        }
        try shop.crash()
        for code in ["P0004", "P0002"] { try tell(code, shop, at: later()) }
        #expect(
            try effects(shop) == [
                "usual opened", "usual held_back", "never opened", "never opened", "pump opened",
                "guest attached", "loud opened",
            ])
        let store = try TicketStore(path: shop.folder.database, access: .read)
        #expect(try store.contradictions() == [])
        #expect(try Verification.run(store, workers: .serial).difference == nil)
    }
}
