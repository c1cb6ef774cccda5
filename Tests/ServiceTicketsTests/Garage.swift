import Testing
import VehicleFaults

@testable import ServiceTickets

let minute: Int64 = 60_000
let hour: Int64 = 3_600_000
let day: Int64 = 86_400_000

/// A ticket book with a clock that the test moves.
struct Garage {
    var book: TicketBook
    var now = EventTime(milliseconds: 1_790_000_000_000)
    /// Everything that happened, in order.
    var notes: [TicketNote] = []
    var openings: [Int64: TicketEvent] = [:]

    init(_ policy: TicketPolicy = .standard) { book = TicketBook(policy: policy) }

    static let people: [Role: Actor] = [
        .customerService: Actor(name: "chen", role: .customerService),
        .reception: Actor(name: "rao", role: .reception),
        .technician: Actor(name: "li", role: .technician, level: 2),
        .quality: Actor(name: "qin", role: .quality),
        .supervisor: Actor(name: "su", role: .supervisor),
        .parts: Actor(name: "pan", role: .parts),
        .engineer: Actor(name: "yan", role: .engineer),
        .training: Actor(name: "tan", role: .training),
        .system: .system,
    ]

    mutating func wait(_ milliseconds: Int64) -> [TicketNote] {
        now = now.advanced(by: milliseconds)
        let told = book.tick(at: now)
        notes += told
        return told
    }

    mutating func find(
        _ mode: String = "misfire", on vehicle: String = "LFV3B28R8A3025310",
        severity: Severity = .s3, rule: String = "r1", kinds: [String] = ["code P0301"],
        isRaised: Bool = true, at: EventTime? = nil
    ) throws -> Settlement {
        let settled = book.settle(
            Suspicion(
                vehicle: try #require(VehicleID(vehicle)), mode: mode, severity: severity,
                advice: severity == .s1 ? .a1 : .a3, component: "coil", skill: "ENG",
                name: ("Misfire", "失火"), at: at ?? now, position: 1, isRaised: isRaised,
                received: now, rule: rule, kinds: kinds))
        if let own = settled.own, let ticket = settled.ticket {
            notes.append(TicketNote(event: own, ticket: ticket))
        }
        notes += settled.further
        return settled
    }

    @discardableResult
    mutating func act(
        _ verb: String, _ ticket: Int64? = 1, by role: Role, _ fields: [(TicketField, String)] = []
    ) throws -> TicketBook.Answer {
        let actor = try #require(Self.people[role])
        let answer = try book.carryOut(
            TicketRequest(verb: verb, ticket: ticket, actor: actor, fields: Fields(fields)),
            at: now)
        notes += answer.notes
        return answer
    }

    func refusal(
        _ verb: String, _ ticket: Int64? = 1, by role: Role, _ fields: [(TicketField, String)] = []
    ) throws -> Refusal? {
        var copy = self
        do {
            try copy.act(verb, ticket, by: role, fields)
            return nil
        } catch let refusal as Refusal { return refusal }
    }

    func ticket(_ number: Int64 = 1) throws -> Ticket { try #require(book[number]) }

    /// The steps of an ordinary ticket, each with what it needs.
    func ordinary() -> [(verb: String, role: Role, fields: [(TicketField, String)])] {
        [
            ("ack", .customerService, []),
            ("triage", .technician, [(.severity, "S3"), (.advice, "A3"), (.component, "coil")]),
            ("contact", .customerService, [(.outcome, "reached_yes")]),
            (
                "estimate", .customerService,
                [(.estimate, "E1"), (.total, "800"), (.currency, "CNY"), (.payer, "customer")]
            ),
            (
                "schedule", .customerService,
                [
                    (.site, "SH1"), (.slot, "\(now.milliseconds + day)"), (.parts, "in_stock"),
                    (.estimate, "E1"),
                ]
            ),
            (
                "check-in", .reception,
                [(.odometer, "40000"), (.notes, "no damage"), (.consent, "yes")]
            ),
            ("estimate", .customerService, [(.estimate, "E1"), (.approvedBy, "owner")]),
            ("repair", .technician, []),
            (
                "repair", .technician,
                [
                    (.complaint, "rough idle"), (.cause, "worn coil"),
                    (.correction, "coil changed"), (.rootPart, "06H905115"),
                    (.disposition, "confirmed_as_predicted"),
                ]
            ),
            ("qc", .quality, [(.result, "pass"), (.checklist, "road test done")]),
            ("deliver", .reception, [(.odometer, "40010")]),
            ("follow-up", .customerService, [(.csat, "5")]),
            ("close", .customerService, []),
        ]
    }

    /// Takes an ordinary ticket up to and with the step `last`, a minute each.
    mutating func lead(_ ticket: Int64 = 1, to last: String, times: Int = 1) throws {
        var count = 0
        for step in ordinary() {
            _ = wait(minute)
            try act(step.verb, ticket, by: step.role, step.fields)
            if step.verb == last { count += 1 }
            if count == times { return }
        }
    }
}
