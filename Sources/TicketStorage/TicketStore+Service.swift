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

/// A cause that was found, with what was done about it, and how often.
public struct StoredCause: Sendable {
    public var mode: String
    public var site: String?
    public var cause: String
    public var correction: String
    public var rootPart: String
    public var count: Int
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

    /// The causes that were found on tickets opened in a period, with corrections and root parts, by
    /// failure mode and site, the most frequent first.
    ///
    /// - Parameter end: what was written at `end` or later is not known yet.
    public func causes(
        openedFrom start: EventTime, until stop: EventTime, asOf end: EventTime
    ) throws -> [StoredCause] {
        try query { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT t.mode, t.site, json_extract(e.json, '$.cause') AS cause,
                        coalesce(json_extract(e.json, '$.correction'), '') AS correction,
                        coalesce(json_extract(e.json, '$.root_part'), '') AS part, count(*) AS n
                      FROM ticket t JOIN ticket_event e ON e.ticket = t.number
                     WHERE t.opened_received >= ? AND t.opened_received < ? AND e.at < ?
                       AND e.kind IN ('repair_done', 'remote', 'close') AND cause IS NOT NULL
                     GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, n DESC, 3, 4, 5, 2
                    """,
                arguments: [start.milliseconds, stop.milliseconds, end.milliseconds]
            ).map { row in
                StoredCause(
                    mode: row["mode"], site: row["site"], cause: row["cause"],
                    correction: row["correction"], rootPart: row["part"], count: row["n"])
            }
        }
    }
}
