import Testing
import VehicleFaults

@testable import ServiceTickets

/// What is on a ticket's card. That it says what the events say is held by ``TicketWalkTests``.
@Suite struct TicketCardTests {
    private static func repaired() throws -> Ticket {
        var garage = Garage()
        _ = try garage.find()
        try garage.act("ack", by: .customerService)
        _ = garage.wait(hour)
        try garage.act(
            "triage", by: .technician, [(.severity, "S3"), (.advice, "A3"), (.component, "coil")])
        try garage.act(
            "hold", by: .supervisor,
            [
                (.reason, "awaiting_customer"),
                (.wakeAt, "\(garage.now.advanced(by: day).milliseconds)"),
            ])
        return try garage.ticket()
    }

    @Test("places that cards name by number stay theirs") func places() {
        #expect(
            TicketCard.states.map(\.rawValue) == [
                "open", "acknowledged", "triaged", "contacted", "scheduled", "checked_in",
                "in_repair", "quality_check", "delivered", "followed_up", "closed", "cancelled",
                "on_hold", "monitoring", "remote_resolved",
            ])
        #expect(TicketCard.severities.map(\.name) == ["S4", "S3", "S2", "S1"])
        #expect(
            TicketCard.sources.map(\.rawValue) == [
                "rule", "phone", "counter", "breakdown", "complaint", "campaign", "split",
            ])
        #expect(
            TicketCard.serviceTypes.map(\.rawValue) == [
                "workshop_repair", "technical_support", "parts_supply", "on_site", "training_need",
            ])
        #expect(
            TicketCard.dispositions.map(\.rawValue) == [
                "confirmed_as_predicted", "confirmed_other_component", "confirmed_early",
                "no_trouble_found", "sensor_fault", "data_fault", "declined", "self_cleared",
                "broke_down_before_service", "unknown",
            ])
        #expect(
            TicketCard.cancelReasons.map(\.rawValue) == [
                "duplicate", "false_alarm", "data_fault", "declined", "self_cleared",
                "vehicle_gone",
            ])
        #expect(
            TicketCard.proofs.map(\.rawValue) == [
                "none", "watching", "verified", "unproven", "came_back",
            ])
        #expect(
            TicketCard.holdReasons.map(\.rawValue) == [
                "awaiting_customer", "awaiting_vehicle", "awaiting_approval", "awaiting_parts",
                "awaiting_supplier", "awaiting_capacity",
            ])
        #expect(
            TicketTally.flowSteps.map(\.rawValue) == [
                "schedule", "check_in", "repair_start", "qc", "follow_up",
            ])
    }

    @Test("bytes that are no card are refused or read, and nothing else") func isTotal() throws {
        let card = try Self.repaired().card.bytes
        let end = EventTime(milliseconds: 1_800_000_000_000)
        var reader = CardReader()
        var standing = TicketStanding()
        #expect(reader.read(card.span, before: end, into: &standing) == true)
        let nothing = reader.read([UInt8]().span, before: end, into: &standing)
        #expect(nothing == nil)
        var refused = 0
        for seed in UInt64(0)..<4000 {
            var random = SeededRandom(seed)
            var bytes = card
            for _ in 0...random.below(3) {
                bytes[random.below(bytes.count)] = UInt8(truncatingIfNeeded: random.next())
            }
            bytes.removeLast(random.below(4) == 0 ? random.below(bytes.count) : 0)
            if reader.read(bytes.span, before: end, into: &standing) == nil { refused += 1 }
        }
        #expect(refused > 400)
        #expect(reader.read(card.span, before: end, into: &standing) == true)
        #expect(standing.state == .onHold)
        #expect(standing.pauses.map(\.reason) == [.customer])
    }

    @Test("a clock that was put back counts no time twice") func clockBack() throws {
        let start = EventTime(milliseconds: 1_790_000_000_000)
        var ticket = Ticket(
            number: 1, vehicle: try #require(VehicleID("V1")), mode: "m", severity: .s3,
            advice: .a3,
            component: "coil", skill: "ENG", name: ("", ""), openedAt: start, openedPosition: 1,
            findings: 1, latestAt: start, symptomGone: false)
        let steps: [(TicketStep, Int64)] = [
            (.open, 0), (.acknowledge, 10), (.note, 30), (.triage, 20), (.contact, 25),
            (.note, 50), (.cancel, 60),
        ]
        for (step, minutes) in steps {
            ticket.apply(
                TicketEvent(
                    ticket: 1, epoch: 1, at: start.advanced(by: minutes * minute), actor: "su",
                    role: .supervisor, kind: .step(step), state: .open))
        }
        var reader = CardReader()
        var read = TicketStanding()
        let end = start.advanced(by: hour * 2)
        #expect(reader.read(ticket.card.bytes.span, before: end, into: &read) == true)
        var standing = TicketStanding(ticket)
        standing.count(until: end)
        #expect(read.spent == standing.spent)
        #expect(standing.spent.states.reduce(0, +) == 60 * minute)
    }

    @Test("words that begin alike are told apart, however many were seen") func alike() throws {
        var garage = Garage()
        let modes = (0..<600).map { "cylinder\(1000 + $0)" }
        for (place, mode) in modes.enumerated() { _ = try garage.find(mode, on: "V\(place % 40)") }
        var reader = CardReader()
        var read = TicketStanding()
        for ticket in garage.book.tickets.values.map(\.value).sorted(by: { $0.number < $1.number })
        {
            let end = garage.now.advanced(by: 1)
            #expect(reader.read(ticket.card.bytes.span, before: end, into: &read) == true)
            #expect(read.mode == ticket.mode)
        }
        #expect(garage.book.tickets.count >= 500)
    }
}
