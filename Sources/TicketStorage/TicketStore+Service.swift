import Foundation
import GRDB
import ServiceTickets
import VehicleFaults

/// What a department was told, as it is stored.
public struct StoredFeedback: Sendable {
    public var ticket: Int64
    public var mode: String
    public var site: String?
    public var at: EventTime
    public var department: Department
    public var text: String
    /// By when it should answer.
    public var until: EventTime
    public var actor: String
}

/// A cause that was found on a ticket, with what was done about it.
public struct FoundCause: Sendable {
    public var ticket: Int64
    public var cause: String
    public var correction: String
    public var rootPart: String
}

// What people wrote into tickets, over many of them.
extension TicketStore {
    /// What departments were told in a period, in order.
    public func feedback(from start: EventTime, until end: EventTime) throws -> [StoredFeedback] {
        try query { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT e.ticket, t.mode, t.site, e.at, e.actor, e.json FROM ticket_event e
                      JOIN ticket t ON t.number = e.ticket
                     WHERE e.kind = 'feedback' AND e.at >= ? AND e.at < ? ORDER BY e.seq
                    """, arguments: [start.milliseconds, end.milliseconds]
            ).compactMap { row in
                guard let fields = Fields(json: row["json"] as String),
                    let department = fields[.department].flatMap({ Department(rawValue: $0) }),
                    let text = fields[.text], let until = fields[.until].flatMap({ Int64($0) })
                else { return nil }
                return StoredFeedback(
                    ticket: row["ticket"], mode: row["mode"], site: row["site"],
                    at: EventTime(milliseconds: row["at"]), department: department, text: text,
                    until: EventTime(milliseconds: until), actor: row["actor"])
            }
        }
    }

    /// The causes that were found on tickets of some numbers, in their order.
    ///
    /// - Parameter end: what was written at `end` or later is not known yet.
    public func causes(of numbers: ClosedRange<Int64>, before end: EventTime) throws
        -> [FoundCause]
    {
        try query { db in
            let rows = try ColumnRows(
                db,
                """
                SELECT ticket, json_extract(json, '$.cause'),
                    json_extract(json, '$.correction'), json_extract(json, '$.root_part')
                  FROM ticket_event INDEXED BY ticket_event_cause
                 WHERE ticket BETWEEN ? AND ? AND at < ?
                   AND (kind = 'repair_done' OR kind = 'remote' OR kind = 'close')
                   AND json_extract(json, '$.cause') IS NOT NULL
                 ORDER BY ticket
                """, [numbers.lowerBound, numbers.upperBound, end.milliseconds])
            var found: [FoundCause] = []
            var (causes, corrections) = (SeenTexts<String>(), SeenTexts<String>())
            var parts = SeenTexts<String>()
            while try rows.next(db) {
                guard let cause = causes(rows.bytes(1)) else { continue }
                found.append(
                    FoundCause(
                        ticket: rows.integer(0), cause: cause,
                        correction: corrections(rows.bytes(2)) ?? "",
                        rootPart: parts(rows.bytes(3)) ?? ""))
            }
            return found
        }
    }
}
