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

/// Pieces of a part that were fitted in a month.
public struct FittedPart: Sendable {
    public var part: String
    /// As `2026-07`, in UTC.
    public var month: String
    public var pieces: Double
}

/// A part that an open ticket waits for.
public struct AwaitedPart: Sendable {
    public var part: String
    /// How likely the fault is, and so the need; 1 where nobody said.
    public var probability: Double
    /// The appointment, or when the vehicle is expected to fail.
    public var neededBy: EventTime?
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

    /// Pieces of each part that were fitted in each month, from tickets of some sites or of all.
    public func fittedParts(until end: EventTime, sites: Set<String>?) throws -> [FittedPart] {
        try query { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT json_extract(e.json, '$.part') AS part,
                        strftime('%Y-%m', e.at / 1000, 'unixepoch') AS month,
                        sum(coalesce(json_extract(e.json, '$.quantity'), 1) + 0.0) AS pieces
                      FROM ticket_event e INDEXED BY ticket_event_part
                     WHERE e.kind = 'part' AND e.at < ?1 AND json_extract(e.json, '$.state') = 'fitted'
                       AND (?2 IS NULL OR (SELECT site FROM ticket WHERE number = e.ticket)
                         IN (SELECT value FROM json_each(?2)))
                     GROUP BY 1, 2 ORDER BY 1, 2
                    """, arguments: [end.milliseconds, Self.list(sites)]
            ).map { FittedPart(part: $0["part"], month: $0["month"], pieces: $0["pieces"]) }
        }
    }

    /// Parts that tickets ask for that were still open at a time, and that have not come.
    public func awaitedParts(at end: EventTime, sites: Set<String>?) throws -> [AwaitedPart] {
        try query { db in
            // The newest word on each part of a ticket counts.
            struct Need: Hashable { var part: String, ticket: Int64 }
            var needs: [Need: AwaitedPart] = [:]
            let rows = try ColumnRows(
                db,
                """
                SELECT t.number, json_extract(e.json, '$.part'), json_extract(e.json, '$.state'),
                    t.probability, coalesce(t.appointment_at, t.fails_at)
                  FROM ticket t CROSS JOIN ticket_event e INDEXED BY ticket_event_part
                    ON e.ticket = t.number
                 WHERE t.opened_received < ?1 AND coalesce(t.delivered_at, ?1) >= ?1
                   AND coalesce(t.cancelled_at, ?1) >= ?1 AND e.kind = 'part' AND e.at < ?1
                   AND (?2 IS NULL OR t.site IN (SELECT value FROM json_each(?2)))
                 ORDER BY t.number, e.seq
                """, [end.milliseconds, try Self.list(sites)])
            while try rows.next(db) {
                guard let part = rows.text(1) else { continue }
                let isComing = ["requested", "ordered", "shipped"].contains(rows.text(2))
                needs[Need(part: part, ticket: rows.integer(0))] =
                    isComing
                    ? AwaitedPart(
                        part: part, probability: rows.isNull(3) ? 1 : rows.number(3),
                        neededBy: rows.time(4)) : nil
            }
            return needs.sorted { ($0.key.part, $0.key.ticket) < ($1.key.part, $1.key.ticket) }
                .map(\.value)
        }
    }

    private static func list(_ sites: Set<String>?) throws -> String? {
        try sites.map { String(decoding: try JSONEncoder().encode($0.sorted()), as: UTF8.self) }
    }
}
