import Testing
import VehicleFaults

@testable import ServiceTickets

/// Tickets that go to another site.
@Suite struct TransferTests {
    private static let toBeijing: [(TicketField, String)] = [(.site, "BJ1"), (.reason, "skill")]

    private func garage(after step: String?, severity: Severity = .s3) throws -> Garage {
        var garage = Garage()
        _ = try garage.find(severity: severity)
        if let step { try garage.lead(to: step) }
        return garage
    }

    static let states: [(after: String?, state: TicketState)] = [
        (nil, .open), ("ack", .acknowledged), ("triage", .triaged), ("contact", .contacted),
        ("schedule", .contacted), ("check-in", .contacted),
    ]

    @Test("a ticket goes to another site until its repair begins", arguments: states)
    func goes(after: String?, state: TicketState) throws {
        var garage = try garage(after: after)
        let before = try garage.ticket()
        try garage.act("transfer", by: .supervisor, Self.toBeijing)
        let ticket = try garage.ticket()
        #expect(ticket.state == state)
        #expect(ticket.course.site == "BJ1")
        #expect(ticket.course.appointment == nil && ticket.course.readyBy == nil)
        #expect(ticket.course.assignee == nil)
        #expect(ticket.estimate == before.estimate)
        // What was taken back is as it was.
        try garage.act("undo", by: .supervisor)
        #expect(try garage.ticket().course == before.course)
    }

    @Test("what was promised and who was to do it at the old site is forgotten") func forgotten()
        throws
    {
        var garage = try garage(after: "schedule")
        try garage.act("check-in", by: .reception, Self.arrival)
        try garage.act("assign", by: .supervisor, [(.assignee, "li")])
        let before = try garage.ticket().course
        #expect(before.readyBy != nil && before.assignee == "li")
        try garage.act("transfer", by: .supervisor, Self.toBeijing)
        #expect(try garage.ticket().course.readyBy == nil)
        #expect(try garage.ticket().course.assignee == nil)
        try garage.act("undo", by: .supervisor)
        try garage.act(
            "transfer", by: .supervisor, Self.toBeijing + [(.assignee, "wang")])
        #expect(try garage.ticket().course.assignee == "wang")
    }

    private static let arrival: [(TicketField, String)] = [
        (.odometer, "88412"), (.notes, "none"), (.consent, "yes"), (.readyBy, "1800000000000"),
    ]

    static let tooLate: [(name: String, after: String, times: Int)] = [
        ("in repair", "repair", 1), ("at its quality check", "repair", 2),
        ("passed", "qc", 1), ("delivered", "deliver", 1), ("closed", "close", 1),
    ]

    @Test("a vehicle whose repair has begun stays", arguments: tooLate)
    func stays(name: String, after: String, times: Int) throws {
        var garage = Garage()
        _ = try garage.find()
        try garage.lead(to: after, times: times)
        let refusal = try garage.refusal("transfer", by: .supervisor, Self.toBeijing)
        #expect(refusal?.reason == .wrongState, "\(name)")
    }

    @Test("what is on hold goes too, unless its repair has begun") func onHold() throws {
        let hold: [(TicketField, String)] = [
            (.reason, "awaiting_parts"), (.wakeAt, "1800000000000"),
        ]
        var waiting = try garage(after: "check-in")
        try waiting.act("hold", by: .parts, hold)
        try waiting.act("transfer", by: .customerService, Self.toBeijing)
        #expect(try waiting.ticket().state == .onHold)
        try waiting.act("resume", by: .parts)
        #expect(try waiting.ticket().state == .contacted)

        var begun = try garage(after: "repair")
        try begun.act("hold", by: .parts, hold)
        let refusal = try begun.refusal("transfer", by: .supervisor, Self.toBeijing)
        #expect(refusal?.reason == .wrongState)
        #expect(refusal?.state == .inRepair)
    }

    static let refusals:
        [(name: String, role: Role, fields: [(TicketField, String)], reason: Refusal.Reason)] = [
            ("without a site", .supervisor, [(.reason, "skill")], .missing),
            ("without a reason", .supervisor, [(.site, "BJ1")], .missing),
            (
                "for no reason that is known", .supervisor, [(.site, "BJ1"), (.reason, "mood")],
                .invalid
            ),
            (
                "to where it is", .supervisor, [(.site, "SH1"), (.reason, "parts")], .sameSite
            ),
            (
                "by a technician", .technician, [(.site, "BJ1"), (.reason, "skill")], .wrongRole
            ),
        ]

    @Test("a transfer is refused, and it is said why", arguments: refusals)
    func refuses(
        name: String, role: Role, fields: [(TicketField, String)], reason: Refusal.Reason
    ) throws {
        let garage = try garage(after: "schedule")
        #expect(try garage.refusal("transfer", by: role, fields)?.reason == reason, "\(name)")
    }

    @Test("no clock stops or begins anew", arguments: [Severity.s2, .s3])
    func clocks(severity: Severity) throws {
        var garage = try garage(after: "check-in", severity: severity)
        var same = garage
        try garage.act("transfer", by: .supervisor, Self.toBeijing)
        for hours in [1, 20, 30] as [Int64] {
            _ = garage.wait(hours * hour)
            _ = same.wait(hours * hour)
            for clock in ServiceClock.allCases {
                #expect(
                    try garage.ticket().clock(clock, .standard, at: garage.now)
                        == same.ticket().clock(clock, .standard, at: same.now), "\(clock)")
            }
        }
        // Received again, the time to solve still counts from the first time.
        let from = try garage.ticket().course.solveFrom
        try garage.act(
            "schedule", by: .customerService,
            [
                (.site, "BJ1"), (.slot, "\(garage.now.milliseconds)"), (.parts, "not_needed"),
                (.estimate, "E1"),
            ])
        try garage.act(
            "check-in", by: .reception, [(.odometer, "40100"), (.notes, "-"), (.consent, "yes")])
        #expect(try garage.ticket().course.solveFrom == from)
        #expect(try garage.ticket().course.tally.visits == 2)
        #expect(try garage.ticket().course.tally.deviations.contains(.checkIn) == false)
    }
}
