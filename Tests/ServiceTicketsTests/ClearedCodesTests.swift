import Testing
import VehicleFaults

@testable import ServiceTickets

@Suite("Codes that a tool has cleared") struct ClearedCodesTests {
    private func clear(_ garage: inout Garage) throws -> [TicketNote] {
        let notes = garage.book.codesCleared(
            on: try garage.ticket().vehicle, cleared: garage.now, at: garage.now)
        garage.notes += notes
        return notes
    }

    @Test("what is gone then has not gone away by itself") func isNotGone() throws {
        for wasGoneBefore in [false, true] {
            var garage = Garage()
            _ = try garage.find()
            _ = garage.wait(minute)
            if wasGoneBefore { _ = try garage.find(isRaised: false) }
            #expect(try garage.ticket().symptomGone == wasGoneBefore)
            #expect(try clear(&garage).map(\.event.kind) == [.notice(.codesCleared)])
            #expect(try garage.find(isRaised: false).effect == .cleared)
            #expect(try !garage.ticket().symptomGone)
            // Back again, and gone without a tool.
            _ = garage.wait(minute)
            _ = try garage.find()
            _ = try garage.find(isRaised: false)
            #expect(try garage.ticket().symptomGone)
        }
    }

    @Test("a repair is not verified when they are cleared after it, but by clearing them at it")
    func isNoProof() throws {
        func proof(clearsAt step: String) throws -> Ticket.Proof {
            var garage = Garage()
            _ = try garage.find()
            try garage.lead(to: step, times: step == "repair" ? 2 : 1)
            _ = garage.wait(minute)
            _ = try clear(&garage)
            if step != "close" {
                let rest = garage.ordinary().drop { $0.verb != "qc" }
                for step in rest {
                    _ = garage.wait(minute)
                    try garage.act(step.verb, by: step.role, step.fields)
                }
            }
            _ = garage.book.observe(try garage.ticket().vehicle, odometer: .nan, at: garage.now)
            _ = garage.wait(30 * day + hour)
            return try garage.ticket().proof
        }
        #expect(try proof(clearsAt: "repair") == .verified)
        #expect(try proof(clearsAt: "close") == .unproven)
    }

    @Test("tickets that rest on no code hear nothing of it, and the fold keeps it") func fold()
        throws
    {
        var garage = Garage()
        _ = try garage.find(kinds: ["signal coolant_c"])
        #expect(try clear(&garage).isEmpty)
        garage = Garage()
        _ = try garage.find()
        _ = try clear(&garage)
        let ticket = try garage.ticket()
        #expect(ticket.codesClearedAt == garage.now && ticket.isClearedByTool)
    }
}
