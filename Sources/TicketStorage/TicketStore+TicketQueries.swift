import FleetWatch
import Foundation
import GRDB
import ServiceTickets
import VehicleFaults

/// A ticket as it is stored.
public struct StoredTicket: Sendable {
    public var number: Int64
    public var vehicle: String
    public var mode: String
    public var severity: Severity
    public var advice: Advice
    public var component: String
    public var skill: String
    public var name: (en: String, zh: String)
    public var state: String
    /// The vehicle's time of the finding that opened it.
    public var openedAt: EventTime
    /// When the message was received that completed that finding.
    public var openedReceived: EventTime
    public var openedPosition: UInt64
    public var findings: Int
    /// The vehicle's time of the newest finding.
    public var latestAt: EventTime
    public var symptomGone: Bool
    public var epoch: Int
    public var source: String
    public var site: String?
    public var assignee: String?
    public var disposition: String?
    public var cancelReason: String?
    public var proof: String
    public var isIncident: Bool
    /// The promise that ends first, and when.
    public var due: (at: EventTime, clock: String)?
    /// Clocks that ran out.
    public var breached: [String]
    /// Between which times the failure is expected; `nil` when no date is proven.
    public var predicted: ClosedRange<EventTime>?

    /// Whether it is about what many vehicles have in common, and not about one.
    public var isCampaign: Bool { VehicleID.isWholeFleet(vehicle) }
}

/// Which tickets are wanted.
public struct TicketFilter: Sendable {
    /// Only those that people still have to work on.
    public var isOpen = true
    /// At least this urgent.
    public var severity: Severity?
    public var mode: String?
    public var vehicle: VehiclePattern?
    /// Opened by a message received at this time or later.
    public var since: EventTime?

    /// Only these states; empty for any.
    public var states: [TicketState] = []
    /// Only those that something is due on by then.
    public var dueUntil: EventTime?
    /// Only those on which a promise was broken.
    public var isBreached = false
    /// Only those about what many vehicles have in common.
    public var isCampaign = false
    public var site: String?
    public var assignee: String?
    /// Only those with a number in this range.
    public var numbers: ClosedRange<Int64>?

    /// A filter that lets every open ticket through.
    public init() {}
}

/// A rule's text as it ran.
public struct StoredRule: Sendable {
    public var rule: String
    public var condition: String
    public var clear: String?
    /// The file and line it stood in.
    public var source: String
}

/// A message as it was received.
public struct StoredMessage: Sendable {
    public var received: EventTime
    public var topic: [UInt8]
    public var payload: [UInt8]
}

extension TicketStore {
    /// Tickets, the most urgent first and of equally urgent ones the longest open.
    public func tickets(_ filter: TicketFilter = TicketFilter()) throws -> [StoredTicket] {
        let (conditions, arguments) = filter.conditions
        return try query { db in
            let rows = try ColumnRows(
                db,
                """
                SELECT \(Self.listColumns) FROM ticket
                WHERE \(conditions)
                """, arguments)
            var found: [StoredTicket] = []
            var texts = ListTexts()
            while try rows.next(db) {
                if let ticket = Self.ticket(rows, &texts) { found.append(ticket) }
            }
            // Places are sorted, since a ticket is large; SQLite would sort all its columns.
            let keys = found.map { ($0.severity.rawValue, $0.openedReceived, $0.number) }
            return found.indices.sorted { a, b in
                (keys[b].0, keys[a].1, keys[a].2) < (keys[a].0, keys[b].1, keys[b].2)
            }.map { found[$0] }
        }
    }

    /// A ticket by its number, or `nil`.
    public func ticket(_ number: Int64) throws -> StoredTicket? {
        try query { db in
            let rows = try ColumnRows(
                db, "SELECT \(Self.listColumns) FROM ticket WHERE number = ?", [number])
            var texts = ListTexts()
            return try rows.next(db) ? Self.ticket(rows, &texts) : nil
        }
    }

    /// The tickets that point to one: merged into it, caused by it, split from it or following it.
    public func tickets(linkedTo number: Int64) throws -> [(number: Int64, link: String)] {
        try query { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT number, 'merged_into' FROM ticket WHERE merged_into = ?1
                    UNION ALL SELECT number, 'caused_by' FROM ticket WHERE caused_by = ?1
                    UNION ALL SELECT number, 'split_from' FROM ticket WHERE split_from = ?1
                    UNION ALL SELECT number, 'recurrence_of' FROM ticket WHERE recurrence_of = ?1
                    ORDER BY 1, 2
                    """, arguments: [number]
            ).map { ($0[0], $0[1]) }
        }
    }

    /// The number of the newest ticket; 0 before the first.
    public func newestTicket() throws -> Int64 {
        try query { db in try Int64.fetchOne(db, sql: "SELECT max(number) FROM ticket") ?? 0 }
    }

    /// The text of a rule by the digest of its meaning; `nil` when it is not kept.
    public func rule(hash: String) throws -> StoredRule? {
        try query { db in
            try Row.fetchOne(db, sql: "SELECT * FROM rule_text WHERE hash = ?", arguments: [hash])
                .map {
                    StoredRule(
                        rule: $0["rule"], condition: $0["condition"], clear: $0["clear"],
                        source: $0["source"])
                }
        }
    }

    /// A message by its place in the journal; `nil` when it is not kept any more.
    public func message(at position: UInt64) throws -> StoredMessage? {
        try query { db in
            let kept = try Row.fetchOne(
                db, sql: "SELECT * FROM kept_message WHERE position = ?",
                arguments: [Int64(bitPattern: position)])
            if let kept {
                return StoredMessage(
                    received: EventTime(milliseconds: kept["received_at"]),
                    topic: [UInt8](kept["topic"] as Data), payload: [UInt8](kept["payload"] as Data)
                )
            }
            return try Self.journaled(position, db)
        }
    }

    /// Rows and positions both only grow, so the row is found by halving the range.
    private static func journaled(_ position: UInt64, _ db: Database) throws -> StoredMessage? {
        let position = Int64(bitPattern: position)
        var low = try Int64.fetchOne(db, sql: "SELECT min(row) FROM journal") ?? 1
        var high = try Int64.fetchOne(db, sql: "SELECT max(row) FROM journal") ?? 0
        while low <= high {
            let middle = low + (high - low) / 2
            let found = try Row.fetchOne(
                try db.cachedStatement(
                    sql: """
                        SELECT row, first, messages FROM journal WHERE row >= ? AND messages > 0
                        ORDER BY row LIMIT 1
                        """), arguments: [middle])
            let row: Int64 = found?["row"] ?? .max
            let first: Int64 = found?["first"] ?? .max
            let messages: Int64 = found?["messages"] ?? 0
            if row > high || first > position {
                high = middle - 1
            } else if position >= first + messages {
                low = row + 1
            } else {
                let body = try Data.fetchOne(
                    db, sql: "SELECT body FROM journal WHERE row = ?", arguments: [row])
                return body.flatMap { message(number: Int(position - first), in: [UInt8]($0)) }
            }
        }
        return nil
    }

    private static func message(number: Int, in body: [UInt8]) -> StoredMessage? {
        guard let batch = try? JournalBody.decode(body) else { return nil }
        let messages = batch.entries.filter { $0.kind == .message }
        guard messages.indices.contains(number) else { return nil }
        let entry = messages[number]
        return StoredMessage(
            received: EventTime(milliseconds: entry.received ?? 0),
            topic: Array(batch.bytes[entry.topic]), payload: Array(batch.bytes[entry.payload]))
    }

    static let listColumns = [
        "number", "vehicle", "mode", "severity", "advice", "component", "skill", "name_en",
        "name_zh", "state", "opened_at", "opened_received", "opened_position", "findings",
        "latest_at", "symptom_gone", "epoch", "source", "site", "assignee", "disposition",
        "cancel_reason", "proof", "is_incident", "due_at", "due_clock", "breached",
        "predicted_from", "predicted_to",
    ].joined(separator: ", ")

    /// What the texts of many rows were.
    struct ListTexts {
        var modes = SeenTexts<String>()
        var severities = SeenTexts<Severity> { Severity(name: $0) }
        var advices = SeenTexts<Advice> { Advice(name: $0) }
        var components = SeenTexts<String>()
        var skills = SeenTexts<String>()
        var english = SeenTexts<String>()
        var chinese = SeenTexts<String>()
        var breached = SeenTexts<[String]> { $0.split(separator: " ").map(String.init) }
    }

    /// A row of ``listColumns``.
    static func ticket(_ row: ColumnRows, _ texts: inout ListTexts) -> StoredTicket? {
        guard let vehicle = row.text(1), let severity = texts.severities(row.bytes(3)),
            let advice = texts.advices(row.bytes(4)), let openedAt = row.time(10),
            let received = row.time(11), let latest = row.time(14)
        else { return nil }
        var predicted: ClosedRange<EventTime>?
        if let from = row.time(27), let to = row.time(28) { predicted = from...max(from, to) }
        return StoredTicket(
            number: row.integer(0), vehicle: vehicle, mode: texts.modes(row.bytes(2)) ?? "",
            severity: severity,
            advice: advice, component: texts.components(row.bytes(5)) ?? "",
            skill: texts.skills(row.bytes(6)) ?? "",
            name: (texts.english(row.bytes(7)) ?? "", texts.chinese(row.bytes(8)) ?? ""),
            state: row.text(9) ?? "",
            openedAt: openedAt, openedReceived: received,
            openedPosition: UInt64(bitPattern: row.integer(12)), findings: Int(row.integer(13)),
            latestAt: latest, symptomGone: row.integer(15) != 0, epoch: Int(row.integer(16)),
            source: row.text(17) ?? "", site: row.text(18), assignee: row.text(19),
            disposition: row.text(20), cancelReason: row.text(21), proof: row.text(22) ?? "",
            isIncident: row.integer(23) != 0, due: row.time(24).map { ($0, row.text(25) ?? "") },
            breached: texts.breached(row.bytes(26)) ?? [],
            predicted: predicted)
    }
}
