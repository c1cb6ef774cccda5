import ServiceTickets
import Testing
import VehicleFaults

@Suite struct TicketBookTests {
    private func suspicion(
        _ mode: String = "misfire", severity: Severity = .s3, advice: Advice = .a3, at: Int64 = 0,
        raised: Bool = true, vehicle: String = "LFV3B28R8A3025310"
    ) throws -> Suspicion {
        Suspicion(
            vehicle: try #require(VehicleID(vehicle)), mode: mode, severity: severity,
            advice: advice, component: "coil", skill: "ENG", name: ("Misfire", "失火"),
            at: EventTime(milliseconds: at), position: 1, isRaised: raised)
    }

    @Test("one ticket a vehicle and mode, numbered in order") func oneTicket() throws {
        var book = TicketBook()
        #expect(book.settle(try suspicion()).effect == .opened)
        let second = book.settle(try suspicion(at: 5))
        #expect(second.effect == .joined)
        #expect(second.ticket?.number == 1)
        #expect(second.ticket?.findings == 2)
        #expect(book.settle(try suspicion("leak")).ticket?.number == 2)
        #expect(book.settle(try suspicion(vehicle: "OTHER-1")).ticket?.number == 3)
        #expect(book.openCount == 3)
    }

    @Test("what a decision says of a ticket stays, whatever happens to the ticket later")
    func decidedOnce() throws {
        var book = TicketBook()
        let opened = book.settle(try suspicion())
        let joined = book.settle(try suspicion(at: 5))
        let before = book
        let raised = book.settle(try suspicion(severity: .s1, advice: .a1))
        #expect(opened.ticket?.findings == 1 && opened.ticket?.severity == .s3)
        #expect(joined.ticket?.findings == 2 && joined.ticket?.severity == .s3)
        #expect(before[1]?.findings == 2 && before[1]?.severity == .s3)
        #expect(raised.ticket?.findings == 3 && raised.ticket?.severity == .s1)
    }

    @Test("a graver finding makes the ticket graver, a lesser one does not make it less")
    func severity() throws {
        var book = TicketBook()
        _ = book.settle(try suspicion())
        let graver = book.settle(try suspicion(severity: .s1, advice: .a1))
        #expect(graver.effect == .raised)
        #expect(graver.ticket?.severity == .s1)
        #expect(graver.ticket?.advice == .a1)
        let lesser = book.settle(try suspicion(severity: .s4, advice: .a4))
        #expect(lesser.effect == .joined)
        #expect(lesser.ticket?.severity == .s1)
        #expect(lesser.ticket?.advice == .a1)
    }

    @Test("a clear condition notes that the symptom is gone and closes nothing") func clearing()
        throws
    {
        var book = TicketBook()
        #expect(book.settle(try suspicion(raised: false)).effect == .none)
        _ = book.settle(try suspicion())
        let cleared = book.settle(try suspicion(raised: false))
        #expect(cleared.effect == .cleared)
        #expect(cleared.ticket?.symptomGone == true)
        #expect(book.openCount == 1)
        #expect(book.settle(try suspicion()).ticket?.symptomGone == false)
    }

    @Test("a late finding does not set the newest time back") func lateFinding() throws {
        var book = TicketBook()
        _ = book.settle(try suspicion(at: 100))
        #expect(book.settle(try suspicion(at: 50)).ticket?.latestAt.milliseconds == 100)
    }
}
