import GRDB
import ServiceTickets
import VehicleFaults

/// What was found to explain a fault on many vehicles, and where the ticket about it stood.
public struct StoredCampaign: Sendable {
    public var ticket: Int64
    public var mode: String
    public var openedAt: EventTime
    public var state: TicketState
    public var disposition: Disposition?
    /// What explains the fault, in the order in which it was found.
    public var discoveries: [FaultExplanation]
}

extension TicketStore {
    /// The tickets about what many vehicles have in common that were opened in a period, as they
    /// stood at `end`.
    public func campaigns(
        openedFrom start: EventTime, until stop: EventTime, asOf end: EventTime
    ) throws -> [StoredCampaign] {
        try query { db in
            let numbers = try Int64.fetchAll(
                db,
                sql: """
                    SELECT number FROM ticket WHERE vehicle = ? AND opened_received >= ?
                        AND opened_received < ? ORDER BY number
                    """,
                arguments: ["\(VehicleID.wholeFleet)", start.milliseconds, stop.milliseconds])
            return try Self.fold(numbers, before: end, db).map { ticket in
                var events = try EventRows(
                    db, "FROM ticket_event WHERE ticket = ? AND at < ? ORDER BY seq",
                    [ticket.number, end.milliseconds])
                var discoveries: [FaultExplanation] = []
                while let event = try events.next(db) {
                    discoveries += event.fields.explanations
                }
                return StoredCampaign(
                    ticket: ticket.number, mode: ticket.mode, openedAt: ticket.openedReceived,
                    state: ticket.state, disposition: ticket.course.disposition,
                    discoveries: discoveries)
            }
        }
    }
}
