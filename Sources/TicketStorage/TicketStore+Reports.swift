import Foundation
import GRDB
import ServiceTickets
import VehicleFaults

// What reports read: many tickets at once, as they stood at a time.
extension TicketStore {
    /// Calls `body` with every ticket that was opened in a period, as it stood at `end`, in order of
    /// number.
    ///
    /// Most rows hold all that is asked. Tickets to which something happened at `end` or later, and
    /// those of stores from before rows held it, are folded from their events.
    public func forEachTicket(
        openedFrom start: EventTime, until stop: EventTime, asOf end: EventTime,
        _ body: (Ticket) throws -> Void
    ) throws {
        try query { db in
            var folded: [Int64] = []
            let rows = try ColumnRows(
                db,
                """
                SELECT \(Self.reportColumns) FROM ticket
                WHERE opened_received >= ? AND opened_received < ? ORDER BY number
                """, [start.milliseconds, stop.milliseconds])
            var ready: [Ticket] = []
            while try rows.next(db) {
                let number = rows.integer(0)
                if let ticket = rows.ticket(asOf: end) {
                    if folded.isEmpty { try body(ticket) } else { ready.append(ticket) }
                } else {
                    folded.append(number)
                }
            }
            guard !folded.isEmpty else { return }
            let late = try Self.fold(folded, before: end, db)
            var (left, right) = (0, 0)
            while left < ready.count || right < late.count {
                if right == late.count
                    || (left < ready.count && ready[left].number < late[right].number)
                {
                    try body(ready[left])
                    left += 1
                } else {
                    try body(late[right])
                    right += 1
                }
            }
        }
    }

    /// Tickets as the events before a time make them, in one pass over the events.
    static func fold(_ numbers: [Int64], before end: EventTime, _ db: Database) throws -> [Ticket] {
        var result: [Ticket] = []
        result.reserveCapacity(numbers.count)
        // Few are looked up one by one; of many, the whole range is read.
        let list = try JSONEncoder().encode(numbers)
        let chosen = "SELECT value FROM json_each(?)"
        let text = String(decoding: list, as: UTF8.self)
        let rows = try Row.fetchCursor(
            db, sql: "SELECT * FROM ticket WHERE number IN (\(chosen)) ORDER BY number",
            arguments: [text])
        let events = try Row.fetchCursor(
            db,
            sql: """
                SELECT * FROM ticket_event WHERE ticket IN (\(chosen)) AND at < ?
                ORDER BY ticket, seq
                """, arguments: [text, end.milliseconds])
        var next = try events.next().map(event)
        while let row = try rows.next() {
            let number: Int64 = row["number"]
            var ticket: Ticket?
            while let event = next, event.ticket == number {
                if ticket == nil { ticket = try self.ticket(row, opening: event) }
                ticket?.apply(event)
                next = try events.next().map(self.event)
            }
            guard var ticket else { continue }
            ticket.rules = (row["rules"] as String).split(separator: "\n").map(String.init)
            result.append(ticket)
        }
        return result
    }
}

extension TicketStore {
    /// What ``ColumnRows/ticket(asOf:)`` reads, in its order.
    fileprivate static let reportColumns = [
        "number", "vehicle", "mode", "severity", "advice", "component", "skill", "opened_at",
        "opened_received", "state", "epoch", "source", "rules", "site", "technicians",
        "disposition", "cancel_reason", "proof", "csat", "estimate_total", "clock_start",
        "solve_from", "responded_at", "triaged_at", "checked_in_at", "repair_started_at",
        "repaired_at", "solved_at", "delivered_at", "followed_up_at", "closed_at", "cancelled_at",
        "account", "appointment_at", "estimate_id", "actual_cost",
    ].joined(separator: ", ")
}

extension ColumnRows {
    /// The row as a ticket, when it says all that is known at `end`.
    fileprivate func ticket(asOf end: EventTime) -> Ticket? {
        guard let account = bytes(32).map(Array.init),
            let counted = Ticket.counted(account: account), counted < end,
            let vehicle = text(1).flatMap({ VehicleID($0) }),
            let severity = text(3).flatMap({ Severity(name: $0) }),
            let advice = text(4).flatMap({ Advice(name: $0) }), let component = text(5),
            let openedAt = time(7), let received = time(8), let state: TicketState = choice(9),
            let source: TicketSource = choice(11), let proof: Ticket.Proof = choice(17),
            let clockStart = time(20)
        else { return nil }
        let opened = Ticket(
            number: integer(0), vehicle: vehicle, mode: text(2) ?? "",
            severity: severity, advice: advice, component: component, skill: text(6) ?? "",
            name: ("", ""), openedAt: openedAt, openedPosition: 0, findings: 0,
            latestAt: openedAt, symptomGone: false, openedReceived: received, source: source)
        var course = Course(severity: severity, advice: advice, component: component)
        course.state = state
        course.site = text(13)
        course.technicians = lines(14)
        course.disposition = choice(15)
        course.cancelReason = choice(16)
        course.csat =
            isNull(18) ? nil : Int(integer(18))
        course.solveFrom = time(21)
        course.respondedAt = time(22)
        course.triagedAt = time(23)
        course.checkedInAt = time(24)
        course.repairStartedAt = time(25)
        course.repairedAt = time(26)
        course.solvedAt = time(27)
        course.deliveredAt = time(28)
        course.followedUpAt = time(29)
        course.closedAt = time(30)
        course.cancelledAt = time(31)
        course.appointment = time(33)
        course.actualCost =
            isNull(35) ? nil : number(35)
        let total =
            isNull(19) ? nil : number(19)
        return Ticket(
            opened, course: course, epoch: Int(integer(10)),
            clockStart: clockStart, proof: proof,
            estimate: total.map { (text(34) ?? "", $0) }, rules: lines(12), account: account)
    }
}
