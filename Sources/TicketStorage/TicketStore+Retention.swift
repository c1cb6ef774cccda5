import FleetWatch
import Foundation
import GRDB
import VehicleFaults

/// How long the journal is kept.
public struct Retention: Hashable, Sendable {
    /// Rows older than this may go, in milliseconds.
    public var milliseconds: Int64
    /// The oldest rows go when the journal's bodies are larger than this.
    public var bytes: Int64

    public init(milliseconds: Int64, bytes: Int64) {
        self.milliseconds = milliseconds
        self.bytes = bytes
    }
}

extension TicketStore {
    /// Lets go of the oldest journal rows that retention does not ask for, at most `limit` at once.
    ///
    /// Rows at or after the checkpoint stay, and so do rows that hold rules. Messages that evidence
    /// rests on are copied first.
    ///
    /// - Returns: how many rows went.
    public func prune(_ retention: Retention, now: Int64, limit: Int = 2000) throws -> Int {
        try write { db in
            let checkpoint =
                try Int64.fetchOne(
                    db, sql: "SELECT CAST(value AS INTEGER) FROM fact WHERE name = 'checkpoint'")
                ?? 0
            let surplus =
                (try Int64.fetchOne(
                    db,
                    sql: "SELECT CAST(value AS INTEGER) FROM fact WHERE name = 'journal_bytes'")
                    ?? 0) - retention.bytes
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT row, received_at, first, messages, body FROM journal
                    WHERE kind = 'batch' AND row < ? ORDER BY row LIMIT ?
                    """, arguments: [checkpoint, limit])
            var freed: Int64 = 0
            var count = 0
            while let row = try rows.next() {
                let isOld = (row[1] as Int64) < now - retention.milliseconds
                guard isOld || freed < surplus else { break }
                let body = row[4] as Data
                try keepEvidence(
                    first: row[2], messages: row[3], body: [UInt8](body), db)
                try db.execute(
                    sql: "DELETE FROM journal WHERE row = ?", arguments: [row[0] as Int64])
                freed += Int64(body.count)
                count += 1
            }
            try addToFacts([("journal_bytes", -Int(freed))], db)
            return count
        }
    }

    private func keepEvidence(first: Int64, messages: Int64, body: [UInt8], _ db: Database) throws {
        let positions = try Int64.fetchAll(
            db, sql: "SELECT DISTINCT position FROM evidence WHERE position >= ? AND position < ?",
            arguments: [first, first + messages])
        guard !positions.isEmpty else { return }
        let batch = try JournalBody.decode(body)
        let entries = batch.entries.filter { $0.kind == .message }
        for position in positions {
            let entry = entries[Int(position - first)]
            try db.execute(
                sql: """
                    INSERT OR IGNORE INTO kept_message (position, received_at, topic, payload)
                    VALUES (?, ?, ?, ?)
                    """,
                arguments: [
                    position, entry.received, Data(batch.bytes[entry.topic]),
                    Data(batch.bytes[entry.payload]),
                ])
        }
    }

    /// Writes a copy of the whole store to `path`, which must not exist; the daemon may go on.
    ///
    /// - Throws: ``Unusable`` with the reason.
    public func backUp(to path: String) throws {
        guard !FileManager.default.fileExists(atPath: path) else {
            throw Unusable(path: path, reason: "the file exists already")
        }
        do {
            let target = try DatabaseQueue(path: path)
            try copy(to: target)
            try target.close()
        } catch let error as DatabaseError {
            throw Unusable(path: path, reason: error.message ?? "\(error.resultCode)")
        }
    }

    /// Gives freed pages back to the file system; needs free space of the store's size meanwhile.
    public func vacuum() throws {
        try writeUndisturbed { db in
            try db.execute(sql: "VACUUM")
            try db.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)")
        }
    }
}

extension TicketStore {
    /// The positions of the messages that were kept when the journal let go of them.
    public func keptPositions() throws -> Set<UInt64> {
        try read { db in
            try Set(
                Int64.fetchAll(db, sql: "SELECT position FROM kept_message").map {
                    UInt64(bitPattern: $0)
                })
        }
    }
}
