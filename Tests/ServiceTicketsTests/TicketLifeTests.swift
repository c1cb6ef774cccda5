import Testing
import VehicleFaults

@testable import ServiceTickets

@Suite struct TicketLifeTests {
    @Test("an ordinary ticket goes from finding to satisfied customer") func ordinary() throws {
        var garage = Garage()
        _ = try garage.find()
        var states = [try garage.ticket().state]
        for step in garage.ordinary() {
            _ = garage.wait(minute)
            try garage.act(step.verb, by: step.role, step.fields)
            let state = try garage.ticket().state
            if states.last != state { states.append(state) }
        }
        #expect(states == TicketState.rail)
        let ticket = try garage.ticket()
        #expect(ticket.course.csat == 5)
        #expect(ticket.course.disposition == .confirmed)
        #expect(ticket.course.technicians == ["li"])
        #expect(ticket.course.inspector == "qin")
        #expect(ticket.course.acknowledgedAt == ticket.course.respondedAt)
    }

    @Test("without any one of its fields a step names that one, and with none all of them")
    func missingFields() throws {
        var garage = Garage()
        _ = try garage.find()
        for step in garage.ordinary() {
            let kind = try #require(
                TicketStep(verb: step.verb, state: garage.ticket().state))
            for field in kind.required {
                let fewer = step.fields.filter { $0.0 != field }
                let refusal = try garage.refusal(step.verb, by: step.role, fewer)
                #expect(refusal?.reason == .missing, "\(step.verb) \(field)")
                #expect(refusal?.fields == [field], "\(step.verb) \(field)")
            }
            try garage.act(step.verb, by: step.role, step.fields)
        }
    }

    @Test("each step refuses every role but its own") func roles() throws {
        var garage = Garage()
        _ = try garage.find()
        for step in garage.ordinary() {
            let kind = try #require(
                TicketStep(verb: step.verb, state: garage.ticket().state))
            for role in Role.allCases {
                let refusal = try garage.refusal(step.verb, by: role, step.fields)
                let isAllowed =
                    kind.roles.contains(role)
                    && !(kind == .triage && role == .supervisor)
                #expect((refusal == nil) == isAllowed, "\(step.verb) by \(role)")
                if !isAllowed { #expect(refusal?.reason == .wrongRole, "\(step.verb) by \(role)") }
            }
            try garage.act(step.verb, by: step.role, step.fields)
        }
    }

    typealias Row = (
        name: String, after: String, times: Int, verb: String, role: Role,
        fields: [(TicketField, String)], reason: Refusal.Reason
    )
    static let refusals: [Row] = [
        ("close a ticket in triage", "triage", 1, "close", .supervisor, [], .wrongState),
        (
            "cancel what is being repaired", "repair", 1, "cancel", .supervisor,
            [(.reason, "declined")], .wrongState
        ),
        (
            "hold what is delivered", "deliver", 1, "hold", .technician,
            [(.reason, "awaiting_parts"), (.wakeAt, "1890000000000")], .wrongState
        ),
        (
            "a hold that ended yesterday", "triage", 1, "hold", .technician,
            [(.reason, "awaiting_parts"), (.wakeAt, "1700000000000")], .wakesInThePast
        ),
        (
            "an appointment with an unknown estimate", "estimate", 1, "schedule", .customerService,
            [(.site, "SH1"), (.slot, "1790000000000"), (.parts, "in_stock"), (.estimate, "E2")],
            .estimateUnknown
        ),
        (
            "a repair that nobody approved", "check-in", 1, "repair", .technician, [],
            .estimateNotApproved
        ),
        (
            "an estimate whose items come to something else", "contact", 1, "estimate",
            .customerService,
            [
                (.estimate, "E9"), (.total, "500"), (.currency, "CNY"), (.payer, "customer"),
                (.lines, "1 x COIL-12 @ 420; 1.2 h ignition @ 300; tax 52.2"),
            ], .estimateSum
        ),
        (
            "an estimate whose items cannot be read", "contact", 1, "estimate", .customerService,
            [
                (.estimate, "E9"), (.total, "500"), (.currency, "CNY"), (.payer, "customer"),
                (.lines, "one coil for 500"),
            ], .invalid
        ),
        (
            "work that costs more than was approved", "repair", 1, "repair", .technician,
            [
                (.complaint, "a"), (.cause, "b"), (.correction, "c"), (.rootPart, "d"),
                (.actual, "100000"),
            ], .estimateExceeded
        ),
        ("delivery before the check", "repair", 2, "deliver", .reception, [], .notChecked),
        (
            "a satisfaction of six", "deliver", 1, "follow-up", .customerService, [(.csat, "6")],
            .invalid
        ),
        (
            "a satisfaction of four and a half", "deliver", 1, "follow-up", .customerService,
            [(.csat, "4.5")], .invalid
        ),
        (
            "a field that the step does not know", "triage", 1, "contact", .customerService,
            [(.outcome, "reached_yes"), (.csat, "5")], .unknownField
        ),
        (
            "an outcome that does not exist", "triage", 1, "contact", .customerService,
            [(.outcome, "perhaps")], .invalid
        ),
        (
            "a cancellation as duplicate, which is a merge", "triage", 1, "cancel", .supervisor,
            [(.reason, "duplicate")], .invalid
        ),
        ("a word that is no step", "triage", 1, "destroy", .supervisor, [], .unknownStep),
        (
            "the inner name of a step", "check-in", 1, "repair_start", .technician, [],
            .unknownStep
        ),
    ]

    @Test("refuses, and says why", arguments: refusals) func refuses(row: Row) throws {
        var garage = Garage()
        _ = try garage.find()
        try garage.lead(to: row.after, times: row.times)
        let before = try garage.ticket()
        let refusal = try garage.refusal(row.verb, by: row.role, row.fields)
        #expect(refusal?.reason == row.reason, "\(row.name)")
        #expect(try garage.ticket() == before, "\(row.name)")
    }

    @Test("nobody checks what they repaired, under whatever hat") func inspector() throws {
        var garage = Garage()
        _ = try garage.find()
        try garage.lead(to: "repair", times: 2)
        let request = TicketRequest(
            verb: "qc", ticket: 1, actor: Actor(name: "li", role: .quality),
            fields: Fields([(.result, "pass"), (.checklist, "done")]))
        #expect(throws: Refusal(.inspectorIsTechnician, step: .check, detail: "li")) {
            try garage.book.carryOut(request, at: garage.now)
        }
    }

    @Test("a complaint is a ticket of its own that points to what it is about") func complaint()
        throws
    {
        var garage = Garage()
        _ = try garage.find()
        let vehicle = "\(try garage.ticket().vehicle)"
        let request = TicketRequest(
            verb: "open", actor: Actor(name: "chen", role: .customerService),
            fields: Fields([
                (.vehicle, vehicle), (.mode, "complaint"), (.severity, "S3"),
                (.complaint, "nobody called back"), (.source, "complaint"), (.causedBy, "1"),
                (.serviceType, "technical_support"), (.customer, "c7"),
            ]))
        let answer = try garage.book.carryOut(request, at: garage.now)
        let ticket = try garage.ticket(try #require(answer.opened))
        #expect(ticket.causedBy == 1)
        #expect(ticket.course.serviceType == .support)
        #expect(ticket.course.customer == "c7")
        // Someone waits, so the time to solve it counts from now.
        #expect(ticket.course.solveFrom == garage.now)
        #expect(ticket.clock(.response, .standard, at: garage.now)?.due != nil)
    }

    @Test("a department is told at any time, and nothing else changes") func feedback() throws {
        var garage = Garage()
        _ = try garage.find()
        for step in garage.ordinary() { try garage.act(step.verb, by: step.role, step.fields) }
        let before = try garage.ticket()
        #expect(before.state == .closed)
        try garage.act(
            "feedback", by: .quality,
            [
                (.department, "rd"), (.text, "coils of lot 7 crack"),
                (.until, "\(garage.now.milliseconds + day)"),
            ])
        #expect(try garage.ticket() == before)
        let refusal = try garage.refusal(
            "feedback", by: .quality, [(.department, "kitchen"), (.text, "a"), (.until, "1")])
        #expect(refusal?.reason == .invalid)
        #expect(refusal?.fields == [.department, .until])
    }

    @Test("a failed check sends the vehicle back and counts as rework") func rework() throws {
        var garage = Garage()
        _ = try garage.find()
        try garage.lead(to: "repair", times: 2)
        try garage.act("qc", by: .quality, [(.result, "fail"), (.checklist, "leaks")])
        #expect(try garage.ticket().state == .inRepair)
        #expect(try garage.ticket().course.reworks == 1)
        #expect(try garage.ticket().course.solvedAt == nil)
    }

    @Test("a judgement needs a technician of level 2") func level() throws {
        var garage = Garage()
        _ = try garage.find()
        try garage.act("ack", by: .customerService)
        let request = TicketRequest(
            verb: "triage", ticket: 1, actor: Actor(name: "wu", role: .technician, level: 1),
            fields: Fields([(.severity, "S3"), (.advice, "A3"), (.component, "coil")]))
        #expect(throws: Refusal(.levelTooLow, step: .triage, detail: "2")) {
            try garage.book.carryOut(request, at: garage.now)
        }
    }

    @Test("closing needs complaint, cause, correction and a disposition") func closing() throws {
        var garage = Garage()
        _ = try garage.find()
        try garage.lead(to: "triage")
        try garage.act(
            "remote", by: .technician,
            [(.complaint, "light on"), (.cause, "old software"), (.correction, "updated")])
        for _ in 0..<3 {
            #expect(try garage.ticket().state == .remoteResolved)
            try garage.act("follow-up", by: .customerService, [(.answer, "no_answer")])
        }
        #expect(try garage.ticket().state == .followedUp)
        let refusal = try garage.refusal("close", by: .supervisor)
        #expect(refusal?.fields == [.disposition])
        try garage.act("close", by: .supervisor, [(.disposition, "confirmed_early")])
        #expect(try garage.ticket().state == .closed)
    }

    @Test("a followed-up ticket with a disposition closes itself after three days") func autoClose()
        throws
    {
        var garage = Garage()
        _ = try garage.find()
        try garage.lead(to: "follow-up")
        _ = garage.wait(3 * day - 1)
        #expect(try garage.ticket().state == .followedUp)
        _ = garage.wait(1)
        #expect(try garage.ticket().state == .closed)
        #expect(garage.notes.last?.event.role == .system)
    }

    @Test("a customer who cannot be reached stays to be called") func calls() throws {
        var garage = Garage()
        _ = try garage.find()
        try garage.lead(to: "triage")
        try garage.act("contact", by: .customerService, [(.outcome, "no_answer")])
        try garage.act("contact", by: .customerService, [(.outcome, "no_answer")])
        #expect(try garage.ticket().state == .triaged)
        try garage.act("contact", by: .customerService, [(.outcome, "postpone")])
        #expect(try garage.ticket().state == .contacted)
        #expect(try garage.ticket().course.attempts == 3)
    }

    @Test("a hold ends by itself when its time has come, where it began") func holds() throws {
        var garage = Garage()
        _ = try garage.find()
        try garage.lead(to: "contact")
        let wake = garage.now.advanced(by: 2 * day)
        try garage.act(
            "hold", by: .customerService,
            [(.reason, "awaiting_customer"), (.wakeAt, "\(wake.milliseconds)")])
        #expect(try garage.ticket().state == .onHold)
        _ = garage.wait(2 * day)
        #expect(try garage.ticket().state == .contacted)
    }

    @Test("what is monitored is cancelled when its symptom is gone, else judged again")
    func monitoring() throws {
        for isGone in [false, true] {
            var garage = Garage()
            _ = try garage.find()
            try garage.lead(to: "triage")
            let until = garage.now.advanced(by: day)
            try garage.act("monitor", by: .technician, [(.until, "\(until.milliseconds)")])
            if isGone { _ = try garage.find(isRaised: false) }
            _ = garage.wait(day)
            #expect(try garage.ticket().state == (isGone ? .cancelled : .triaged))
            if isGone { #expect(try garage.ticket().course.disposition == .selfCleared) }
        }
    }

    @Test("the last steps can be taken back by who took them or a supervisor") func undo() throws {
        var garage = Garage()
        _ = try garage.find()
        try garage.lead(to: "contact")
        #expect(try garage.refusal("undo", by: .technician)?.reason == .notYours)
        try garage.act("undo", by: .customerService)
        #expect(try garage.ticket().state == .triaged)
        #expect(try garage.ticket().course.attempts == 0)
        try garage.act("undo", by: .supervisor)
        try garage.act("undo", by: .supervisor)
        #expect(try garage.ticket().state == .open)
        #expect(try garage.ticket().course.respondedAt == nil)
        #expect(try garage.refusal("undo", by: .supervisor)?.reason == .nothingToUndo)
    }

    @Test("a graver finding stays grave when the step before it is undone") func undoAfterRaise()
        throws
    {
        var garage = Garage()
        _ = try garage.find()
        try garage.act("ack", by: .customerService)
        _ = try garage.find(severity: .s1)
        try garage.act("undo", by: .customerService)
        #expect(try garage.ticket().severity == .s1)
    }

    @Test("merging keeps the earlier start, and undoing it brings the ticket back") func merging()
        throws
    {
        var garage = Garage()
        _ = try garage.find("leak")
        _ = garage.wait(hour)
        _ = try garage.find("pump")
        let start = try garage.ticket(1).clockStart
        #expect(try garage.refusal("merge", by: .supervisor, [(.into, "1")])?.reason == .sameTicket)
        #expect(
            try garage.refusal("merge", by: .supervisor, [(.into, "9")])?.reason == .noSuchTicket)
        try garage.act("merge", by: .supervisor, [(.into, "2")])
        #expect(try garage.ticket(1).state == .cancelled)
        #expect(try garage.ticket(1).course.cancelReason == .duplicate)
        #expect(try garage.ticket(2).clockStart == start)
        #expect(try garage.ticket(2).absorbed == [1])
        try garage.act("undo", by: .supervisor)
        #expect(try garage.ticket(1).state == .open)
        #expect(try garage.ticket(2).absorbed == [])
        #expect(try garage.find("leak").ticket?.number == 1)
    }

    @Test("tickets of two vehicles are not merged") func mergingOthers() throws {
        var garage = Garage()
        _ = try garage.find("leak")
        _ = try garage.find("leak", on: "OTHER-1")
        #expect(
            try garage.refusal("merge", by: .supervisor, [(.into, "2")])?.reason == .otherVehicle)
    }

    @Test("splitting opens a ticket with the findings that are another fault") func splitting()
        throws
    {
        var garage = Garage()
        _ = try garage.find()
        _ = try garage.find()
        _ = try garage.find()
        let answer = try garage.act(
            "split", by: .technician, [(.mode, "injector"), (.findings, "2 3")])
        #expect(answer.opened == 2)
        #expect(try garage.ticket(1).findings == 1)
        #expect(try garage.ticket(2).findings == 2)
        #expect(try garage.ticket(2).splitFrom == 1)
        #expect(
            try garage.refusal("split", by: .technician, [(.mode, "x"), (.findings, "5 6")])?.reason
                == .notAllTheFindings)
        #expect(
            try garage.refusal("split", by: .technician, [(.mode, "injector")])?.reason
                == .alreadyActive)
    }

    @Test("a caller's fault becomes a ticket, once") func opening() throws {
        var garage = Garage()
        let fields: [(TicketField, String)] = [
            (.vehicle, "LFV3B28R8A3025310"), (.mode, "misfire"), (.severity, "S2"),
            (.complaint, "shakes"), (.source, "phone"),
        ]
        #expect(try garage.refusal("open", nil, by: .technician, fields)?.reason == .wrongRole)
        let answer = try garage.act("open", nil, by: .customerService, fields)
        #expect(answer.ticket == 1)
        #expect(try garage.ticket().course.solveFrom == garage.now)
        #expect(
            try garage.refusal("open", nil, by: .customerService, fields)?.reason == .alreadyActive)
        #expect(try garage.find().effect == .joined)
    }

    @Test("what is possible is possible, and what is needed is needed") func guide() throws {
        var garage = Garage()
        _ = try garage.find()
        for step in garage.ordinary() {
            let possible = try garage.ticket().possibleSteps
            let kind = try #require(TicketStep(verb: step.verb, state: garage.ticket().state))
            let offered = try #require(possible.first { $0.step == kind }, "\(step.verb)")
            #expect(offered.roles.contains(step.role))
            for field in offered.required where kind != .estimate {
                #expect(step.fields.contains { $0.0 == field }, "\(step.verb) \(field)")
            }
            try garage.act(step.verb, by: step.role, step.fields)
        }
    }
}
