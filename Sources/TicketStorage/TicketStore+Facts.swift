import Foundation
import GRDB
import VehicleFaults

/// What a store holds, in numbers.
public struct StoreFacts: Sendable {
    /// Messages that were decided, duplicates not among them.
    public var messages: Int
    public var deadLetters: Int
    public var findings: Int
    public var duplicates: Int
    public var late: Int
    public var unknownFields: Int
    public var refusedValues: Int
    /// Sightings of codes that the roster calls false on their vehicle.
    public var falseCodes: Int
    public var tickets: Int
    public var openTickets: Int
    /// The newest journal row.
    public var journalRow: Int64
    /// Rows that the journal still holds; `nil` when they were not counted.
    public var journalRows: Int?
    /// The position of the newest message.
    public var position: UInt64
    /// The first row that recovery would read.
    public var checkpoint: Int64
    /// When the newest message of a vehicle was received; `nil` before the first.
    public var received: EventTime?
    /// The digest over all decisions.
    public var digest: String
    /// The migrations that made the tables, oldest first.
    public var migrations: [String]
    /// Whether this program knows them all.
    public var isKnown: Bool
    /// Bytes of the database and its log.
    public var bytes: Int64
}

extension TicketStore {
    /// Counts what the store holds.
    ///
    /// - Parameter countsJournal: whether rows of the journal are counted too, which reads a page for
    ///   every few of them.
    public func facts(countsJournal: Bool = true) throws -> StoreFacts {
        try query { db in
            let facts = try Dictionary(
                uniqueKeysWithValues: Row.fetchAll(db, sql: "SELECT name, value FROM fact")
                    .map { ($0["name"] as String, $0["value"] as String) })
            func count(_ name: String) -> Int { facts[name].flatMap { Int($0) } ?? 0 }
            func ask(_ sql: String) throws -> Int { try Int.fetchOne(db, sql: sql) ?? 0 }
            return StoreFacts(
                messages: count("messages"), deadLetters: count("dead_letters"),
                findings: count("findings"), duplicates: count("duplicates"), late: count("late"),
                unknownFields: count("unknown_fields"), refusedValues: count("refused_values"),
                falseCodes: count("false_codes"),
                tickets: try ask("SELECT count(*) FROM ticket"),
                openTickets: try ask(
                    "SELECT count(*) FROM ticket WHERE state NOT IN ('closed', 'cancelled')"),
                journalRow: Int64(try ask("SELECT max(row) FROM journal")),
                journalRows: countsJournal ? try ask("SELECT count(*) FROM journal") : nil,
                position: facts["position"].flatMap { UInt64($0) } ?? 0,
                checkpoint: facts["checkpoint"].flatMap { Int64($0) } ?? 0,
                received: Self.received(facts),
                digest: facts["digest"] ?? DecisionDigest().hex,
                migrations: try String.fetchAll(
                    db, sql: "SELECT identifier FROM grdb_migrations ORDER BY rowid"),
                isKnown: try !Schema.migrator.hasBeenSuperseded(db), bytes: size())
        }
    }

    /// When the newest message of a vehicle was received; `nil` before the first.
    public func newestReceived() throws -> EventTime? {
        var facts: [String: String] = [:]
        for name in [Self.heard, "messages", "received"] { facts[name] = try fact(name) }
        return Self.received(facts)
    }

    /// The name of the fact that says so. In a store that only an older version has written, the
    /// newest journal row stands for it, be it of a message or not.
    static let heard = "heard"

    private static func received(_ facts: [String: String]) -> EventTime? {
        (facts[heard] ?? facts["messages"].flatMap { Int($0) == 0 ? nil : facts["received"] })
            .flatMap { Int64($0) }.map { EventTime(milliseconds: $0) }
    }

    private func size() -> Int64 {
        ["", "-wal"].reduce(0) { sum, end in
            let file = try? FileManager.default.attributesOfItem(atPath: path + end)
            return sum + (file?[.size] as? Int64 ?? 0)
        }
    }

    /// Whether the database is sound: `ok`, or the first thing that is not.
    ///
    /// - Parameter isDeep: also compares every index with its table, which reads it several times.
    public func integrity(isDeep: Bool = false) throws -> String {
        do {
            return try read { db in
                try String.fetchOne(
                    db, sql: isDeep ? "PRAGMA integrity_check(1)" : "PRAGMA quick_check(1)") ?? "ok"
            }
        } catch let error as DatabaseError
            where [.SQLITE_CORRUPT, .SQLITE_NOTADB].contains(error.resultCode.primaryResultCode)
        {
            return error.message ?? "\(error.resultCode)"
        }
    }

    /// What does not agree within the store, one sentence each, at most 100 of a kind.
    public func contradictions() throws -> [String] {
        try query { db in
            let found = try Self.laws.flatMap { law in
                try String.fetchAll(db, sql: law + " LIMIT 100")
            }
            // A store that only an older version has written has no cards.
            return try found + (db.tableExists("ticket_card") ? Self.falseCards(db) : [])
        }
    }

    /// Queries that give one sentence for each breach.
    private static let laws = [
        """
        SELECT 'event ' || id || ' names ticket T-' || ticket || ', which does not exist'
        FROM event WHERE ticket IS NOT NULL AND ticket NOT IN (SELECT number FROM ticket)
        """,
        """
        SELECT 'ticket T-' || number || ' counts ' || findings || ' findings, and has '
            || (SELECT count(*) FROM event WHERE ticket = number AND state = 'raised')
        FROM ticket WHERE findings <>
            (SELECT count(*) FROM event WHERE ticket = number AND state = 'raised')
        """,
        """
        SELECT 'ticket T-' || number || ' is ' || state || ', and its history ends with ' ||
            (SELECT state FROM ticket_event WHERE ticket = number ORDER BY seq DESC LIMIT 1)
        FROM ticket WHERE state IS NOT
            (SELECT state FROM ticket_event WHERE ticket = number ORDER BY seq DESC LIMIT 1)
        """,
        """
        SELECT 'ticket event ' || seq || ' is about ticket T-' || ticket
            || ', which does not exist' FROM ticket_event
        WHERE ticket NOT IN (SELECT number FROM ticket)
        """,
        """
        SELECT 'event ' || event || ' rests on message ' || position || ', which did not come yet'
        FROM evidence WHERE position >
            (SELECT CAST(value AS INTEGER) FROM fact WHERE name = 'position')
        """,
        """
        SELECT 'evidence of message ' || position || ' belongs to event ' || event
            || ', which does not exist' FROM evidence WHERE event NOT IN (SELECT id FROM event)
        """,
        """
        SELECT 'journal row ' || row || ' starts at message ' || first || ' instead of ' || expected
        FROM (SELECT row, first, lag(first + messages) OVER (ORDER BY row) AS expected
            FROM journal WHERE kind = 'batch') WHERE first <> expected
        """,
        """
        SELECT 'lane ' || vehicle || ' is as of row ' || applied_row || ', which did not come yet'
        FROM lane WHERE applied_row > (SELECT CAST(value AS INTEGER) FROM fact WHERE name = 'row')
        """,
        """
        SELECT 'dead letter ' || id || ' has position ' || position || ', which did not come yet'
        FROM dead_letter WHERE position >
            (SELECT CAST(value AS INTEGER) FROM fact WHERE name = 'position')
        """,
    ]
}
