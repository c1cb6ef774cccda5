import GRDB
import ServiceTickets
import VehicleFaults

/// A part on its way to a vehicle, or back.
public struct TracedPart: Sendable {
    public var ticket: Int64
    public var vehicle: String
    public var at: EventTime
    public var actor: String
    public var part: String
    public var state: PartState
    public var lot: String?
    public var serial: String?
    public var supplier: String?
    public var quantity: Double
    public var eta: EventTime?
}

extension TicketStore {
    /// What tickets say of parts, in order of time.
    ///
    /// - Parameters:
    ///   - lot: only parts of this lot.
    ///   - serial: only the part with this serial number.
    ///   - vehicle: only parts for these vehicles.
    public func tracedParts(
        lot: String? = nil, serial: String? = nil, vehicle: VehiclePattern? = nil
    ) throws -> [TracedPart] {
        var conditions = ["ticket_event.kind = 'part'"]
        var arguments = StatementArguments()
        for (name, value) in [("lot", lot), ("serial", serial)] {
            guard let value else { continue }
            // As the index says it.
            conditions.append("json_extract(ticket_event.json, '$.\(name)') = ?")
            arguments += [value]
        }
        if let vehicle {
            conditions.append(vehicle.condition)
            arguments += vehicle.arguments
        }
        return try query { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT ticket_event.ticket, vehicle, at, actor, json
                    FROM ticket_event JOIN ticket ON ticket.number = ticket_event.ticket
                    WHERE \(conditions.joined(separator: " AND ")) ORDER BY seq
                    """, arguments: arguments
            ).compactMap(Self.part)
        }
    }

    /// How many tickets took a part of a lot out of a vehicle before a time.
    public func ticketsReturning(lot: String, before end: EventTime) throws -> Int {
        try query { db in
            try Int.fetchOne(
                try db.cachedStatement(
                    sql: """
                        SELECT count(DISTINCT ticket) FROM ticket_event
                        WHERE kind = 'part' AND json_extract(json, '$.lot') = ? AND at < ?
                            AND json_extract(json, '$.state') = ?
                        """),
                arguments: [lot, end.milliseconds, PartState.returned.rawValue]) ?? 0
        }
    }

    private static func part(_ row: Row) -> TracedPart? {
        guard let fields = Fields(json: row["json"]), let part = fields[.part],
            let state = fields[.state].flatMap({ PartState(rawValue: $0) })
        else { return nil }
        return TracedPart(
            ticket: row["ticket"], vehicle: row["vehicle"],
            at: EventTime(milliseconds: row["at"]), actor: row["actor"], part: part, state: state,
            lot: fields[.lot], serial: fields[.serial], supplier: fields[.supplier],
            quantity: fields[.quantity].flatMap { Double($0) } ?? 1,
            eta: fields[.eta].flatMap { Int64($0) }.map { EventTime(milliseconds: $0) })
    }
}
