import FleetReports
import ServiceTickets
import Testing
import VehicleFaults

@Suite struct TicketRecordTests {
    /// A ticket that went the whole way, with an hour on hold and one failed inspection.
    static func course() throws -> (events: [TicketEvent], ticket: Ticket, start: EventTime) {
        let start = EventTime(milliseconds: 1_790_000_000_000)
        var book = TicketBook()
        var now = start
        var events: [TicketEvent] = []
        let settled = book.settle(
            Suspicion(
                vehicle: try #require(VehicleID("LFV3B28R8A3025310")), mode: "coil-worn",
                severity: .s3, advice: .a3, component: "coil", skill: "ENG",
                name: ("Coil", "线圈"), at: now, position: 1, isRaised: true, rule: "misfire"))
        if let own = settled.own { events.append(own) }
        func act(
            _ minutes: Int64, _ verb: String, _ role: Role, _ fields: [(TicketField, String)] = []
        ) throws {
            now = now.advanced(by: minutes * 60_000)
            let name = role == .quality ? "qin" : "li"
            let answer = try book.carryOut(
                TicketRequest(
                    verb: verb, ticket: 1, actor: Actor(name: name, role: role, level: 2),
                    fields: Fields(fields)), at: now)
            events += answer.notes.map(\.event)
        }
        let report: [(TicketField, String)] = [
            (.complaint, "rough"), (.cause, "coil"), (.correction, "changed"), (.rootPart, "1"),
            (.disposition, "confirmed_as_predicted"),
        ]
        try act(12, "ack", .customerService)
        try act(
            8, "triage", .technician, [(.severity, "S3"), (.advice, "A3"), (.component, "coil")])
        try act(10, "contact", .customerService, [(.outcome, "reached_yes")])
        try act(
            1, "estimate", .customerService,
            [
                (.estimate, "E1"), (.total, "800"), (.currency, "CNY"), (.payer, "customer"),
                (.approvedBy, "owner"),
            ])
        try act(
            1, "schedule", .customerService,
            [
                (.site, "north"), (.slot, "\(now.milliseconds + 3_600_000)"),
                (.parts, "in_stock"), (.estimate, "E1"),
            ])
        try act(
            60, "check-in", .reception, [(.odometer, "40000"), (.notes, "-"), (.consent, "yes")])
        try act(30, "repair", .technician)
        try act(
            10, "hold", .technician,
            [(.reason, "awaiting_approval"), (.wakeAt, "\(now.milliseconds + 9_000_000)")])
        try act(60, "resume", .technician)
        try act(50, "repair", .technician, report)
        try act(10, "qc", .quality, [(.result, "fail"), (.checklist, "road test")])
        try act(20, "repair", .technician, report)
        try act(10, "qc", .quality, [(.result, "pass"), (.checklist, "road test")])
        try act(10, "deliver", .reception)
        try act(3000, "follow-up", .customerService, [(.csat, "4"), (.reasons, "price")])
        try act(10, "close", .customerService)
        return (events, try #require(book[1]), start)
    }

    /// What the events make of a ticket that was just opened.
    static func fold(_ events: [TicketEvent]) throws -> Ticket {
        let start = try #require(events.first).at
        var ticket = Ticket(
            number: 1, vehicle: try #require(VehicleID("LFV3B28R8A3025310")), mode: "coil-worn",
            severity: .s3, advice: .a3, component: "coil", skill: "ENG", name: ("Coil", "线圈"),
            openedAt: start, openedPosition: 1, findings: 1, latestAt: start, symptomGone: false)
        for event in events { ticket.apply(event) }
        return ticket
    }

    @Test("a ticket's events become what reports count") func counts() throws {
        let (_, ticket, start) = try Self.course()
        let end = start.advanced(by: 90 * 86_400_000)
        let record = TicketRecord(ticket, policy: .standard, at: end)
        func minutes(_ time: EventTime?) throws -> Int64 {
            try #require(time).milliseconds(since: start) / 60_000
        }
        #expect(try minutes(record.acknowledged) == 12)
        #expect(try minutes(record.checkedIn) == 92)
        #expect(try minutes(record.repairStarted) == 122)
        #expect(record.rule == "misfire")
        #expect(record.site == "north")
        #expect(record.disposition == .confirmedAsPredicted)
        #expect(record.visits == 1)
        #expect(record.inspections == 2)
        #expect(record.failedInspections == 1)
        #expect(record.satisfaction == 4)
        #expect(record.complaints == ["price"])
        #expect(record.timeOnHold == ["awaiting_approval": 3600])
        #expect(record.timeInState["open"] == 720)
        #expect(record.provingIsOver)
        #expect(record.deviations.isEmpty)
        // From check-in to the inspection that passed, without and with the hour on hold.
        #expect(record.grossSolve == Double((30 + 10 + 60 + 50 + 10 + 20 + 10) * 60))
        #expect(record.netSolve == Double((30 + 10 + 50 + 10 + 20 + 10) * 60))
    }

    @Test("what came after the period is not known to it") func past() throws {
        let (events, _, start) = try Self.course()
        let end = start.advanced(by: 100 * 60_000)
        let ticket = try Self.fold(events.filter { $0.at < end })
        let record = TicketRecord(ticket, policy: .standard, at: end)
        #expect(record.checkedIn != nil)
        #expect(record.repairStarted == nil)
        #expect(record.solved == nil)
        #expect(record.disposition == nil)
        #expect(record.satisfaction == nil)
        #expect(record.cancelled == nil && record.closed == nil)
    }
}
