import Testing
import VehicleFaults

@testable import ServiceTickets

@Suite struct ServiceClockTests {
    private func told(_ notes: [TicketNote]) -> [String] {
        notes.filter { $0.event.kind == .notice(.escalated) }.map {
            "\($0.event.fields[.clock] ?? "") \($0.event.fields[.level] ?? "")"
        }
    }

    @Test("a silent desk is told at 15, 22.5, 30 and 45 minutes, each once") func escalation()
        throws
    {
        var garage = Garage()
        _ = try garage.find(severity: .s4)
        #expect(told(garage.wait(15 * minute - 1)) == [])
        #expect(told(garage.wait(1)) == ["response 50"])
        #expect(told(garage.wait(7 * minute + 30_000)) == ["response 75"])
        #expect(try garage.ticket().breached == [])
        #expect(told(garage.wait(7 * minute + 30_000)) == ["response 100"])
        #expect(try garage.ticket().breached == [.response])
        #expect(told(garage.wait(15 * minute)) == ["response 150"])
        #expect(told(garage.wait(hour)) == [])
    }

    @Test("a clock that jumps tells everything that was passed, once") func jump() throws {
        var garage = Garage()
        _ = try garage.find(severity: .s4)
        #expect(
            told(garage.wait(hour))
                == ["response 50", "response 75", "response 100", "response 150"])
        #expect(told(garage.wait(0)) == [])
    }

    @Test("an urgent ticket goes to the manager on call after five minutes") func urgent() throws {
        var garage = Garage()
        _ = try garage.find(severity: .s1)
        #expect(told(garage.wait(5 * minute)) == ["response 150"])
    }

    @Test("who is on call is named, whoever it is then") func onCall() throws {
        var garage = Garage()
        garage.book.policy.onCall = [
            .init(from: garage.now, until: garage.now.advanced(by: 5 * minute), name: "early"),
            .init(
                from: garage.now.advanced(by: 5 * minute),
                until: garage.now.advanced(by: hour), name: "late"),
        ]
        _ = try garage.find(severity: .s1)
        let notes = garage.wait(5 * minute)
        #expect(told(notes) == ["response 150"])
        #expect(notes.last?.event.fields[.assignee] == "late")
        #expect(
            garage.wait(10 * minute).allSatisfy {
                $0.event.fields[.assignee] == nil || $0.event.fields[.level] == "150"
            })
    }

    @Test("the daemon's own opening is no response, an acknowledgement is") func response() throws {
        var garage = Garage()
        _ = try garage.find()
        _ = garage.wait(12 * minute)
        try garage.act("note", by: .supervisor, [(.text, "seen")])
        #expect(try garage.ticket().clock(.response, .standard, at: garage.now)?.stopped == nil)
        try garage.act("ack", by: .customerService)
        let reading = try #require(
            try garage.ticket().clock(.response, .standard, at: garage.now))
        #expect(reading.net == 12 * minute)
        #expect(!reading.isBreached)
    }

    @Test("a foreseen S3 is solved from check-in, an S2 from opening") func solveStart() throws {
        var garage = Garage()
        _ = try garage.find()
        try garage.lead(to: "schedule")
        #expect(try garage.ticket().clock(.solve, .standard, at: garage.now) == nil)
        try garage.act(
            "check-in", by: .reception, [(.odometer, "1"), (.notes, "x"), (.consent, "yes")])
        #expect(try garage.ticket().course.solveFrom == garage.now)
        _ = try garage.find("leak", on: "OTHER-1", severity: .s2)
        #expect(try garage.ticket(2).course.solveFrom == garage.now)
    }

    static let holds: [(reason: String, severity: Severity, counts: Bool)] = [
        ("awaiting_customer", .s2, true), ("awaiting_vehicle", .s2, true),
        ("awaiting_approval", .s2, true), ("awaiting_parts", .s2, false),
        ("awaiting_supplier", .s2, false), ("awaiting_capacity", .s2, false),
        ("awaiting_customer", .s1, false),
    ]

    @Test(
        "only the customer's waiting stops the clock, and nothing stops it for S1",
        arguments: holds)
    func pauses(reason: String, severity: Severity, counts: Bool) throws {
        var garage = Garage()
        _ = try garage.find(severity: severity)
        try garage.act("ack", by: .customerService)
        _ = garage.wait(hour)
        let wake = garage.now.advanced(by: 5 * hour)
        try garage.act(
            "hold", by: .customerService,
            [(.reason, reason), (.wakeAt, "\(wake.milliseconds)")])
        _ = garage.wait(5 * hour)
        _ = garage.wait(hour)
        let reading = try #require(try garage.ticket().clock(.solve, .standard, at: garage.now))
        #expect(reading.gross == 7 * hour)
        #expect(reading.net == (counts ? 2 : 7) * hour, "\(reason)")
        let start = try garage.ticket().clockStart
        #expect(reading.due == start.advanced(by: (counts ? 29 : 24) * hour), "\(reason)")
        #expect(
            try garage.ticket().clock(.response, .standard, at: garage.now)?.net == 0, "\(reason)")
    }

    @Test("a hold that becomes urgent stops to stop the clock") func urgentHold() throws {
        var garage = Garage()
        _ = try garage.find(severity: .s2)
        try garage.act("ack", by: .customerService)
        let wake = garage.now.advanced(by: 5 * hour)
        try garage.act(
            "hold", by: .customerService,
            [(.reason, "awaiting_customer"), (.wakeAt, "\(wake.milliseconds)")])
        _ = garage.wait(hour)
        _ = try garage.find(severity: .s1)
        _ = garage.wait(hour)
        #expect(try garage.ticket().clock(.solve, .standard, at: garage.now)?.net == hour)
    }

    @Test("lowering the severity moves no due time to later, unless a supervisor does it")
    func lowering() throws {
        for role in [Role.technician, .supervisor] {
            var garage = Garage()
            _ = try garage.find(severity: .s2)
            let start = garage.now
            try garage.act("ack", by: .customerService)
            try garage.act(
                "triage", by: .technician,
                [(.severity, "S2"), (.advice, "A2"), (.component, "coil")])
            try garage.act(
                "triage", by: role, [(.severity, "S4"), (.advice, "A4"), (.component, "coil")])
            #expect(try garage.ticket().course.solveFrom == (role == .technician ? start : nil))
        }
    }

    @Test("parts are due when the last is expected, and done when all have come") func parts()
        throws
    {
        var garage = Garage()
        _ = try garage.find()
        let eta = garage.now.advanced(by: 3 * day)
        try garage.act(
            "part", by: .parts,
            [(.part, "A"), (.state, "ordered"), (.eta, "\(eta.milliseconds)")])
        try garage.act("part", by: .parts, [(.part, "B"), (.state, "requested")])
        #expect(try garage.ticket().clock(.parts, .standard, at: garage.now)?.due == eta)
        try garage.act("part", by: .parts, [(.part, "A"), (.state, "received")])
        #expect(try garage.ticket().partsReceivedAt == nil)
        try garage.act("part", by: .parts, [(.part, "B"), (.state, "fitted")])
        #expect(try garage.ticket().partsReceivedAt == garage.now)
    }

    @Test("a ticket that is opened again has its clocks anew") func reopening() throws {
        var garage = Garage()
        _ = try garage.find(severity: .s2)
        _ = garage.wait(hour)
        try garage.lead(to: "close")
        try garage.act("reopen", by: .customerService, [(.reason, "still shakes")])
        let ticket = try garage.ticket()
        #expect(ticket.epoch == 2 && ticket.state == .triaged)
        #expect(ticket.breached == [] && ticket.clockStart == garage.now)
        #expect(told(garage.wait(12 * hour)).contains("solve 50"))
    }
}
