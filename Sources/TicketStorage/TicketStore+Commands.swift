import Foundation
import GRDB
import VehicleFaults

/// Something a person asked of the daemon.
public struct AskedCommand: Sendable {
    public var id: Int64
    public var actor: String
    public var kind: String
    public var argument: String
}

/// A dead letter as it is kept.
public struct KeptLetter: Sendable {
    public var id: Int64
    public var receivedMilliseconds: Int64
    public var topic: [UInt8]
    public var payload: [UInt8]
}

extension TicketStore {
    /// Leaves a command for the daemon; readable by it at once.
    public func ask(_ kind: String, _ argument: String, actor: String, at milliseconds: Int64)
        throws
        -> Int64
    {
        try write { db in
            try db.execute(
                sql: """
                    INSERT INTO command (asked_at, actor, kind, argument, state)
                    VALUES (?, ?, ?, ?, 'asked')
                    """, arguments: [milliseconds, actor, kind, argument])
            return db.lastInsertedRowID
        }
    }

    /// The commands that wait, oldest first.
    public func askedCommands() throws -> [AskedCommand] {
        try ask { db in
            let rows = try kept.query(
                "asked", db,
                """
                SELECT id, actor, kind, argument FROM command WHERE state = 'asked' ORDER BY id
                """)
            var commands: [AskedCommand] = []
            while try rows.next(db) {
                commands.append(
                    AskedCommand(
                        id: rows.integer(0), actor: rows.text(1) ?? "", kind: rows.text(2) ?? "",
                        argument: rows.text(3) ?? ""))
            }
            return commands
        }
    }

    /// What became of a command: `nil` while it waits.
    public func answer(to command: Int64) throws -> CommandAnswer? {
        try read { db in
            guard
                let row = try Row.fetchOne(
                    db, sql: "SELECT state, answer FROM command WHERE id = ?", arguments: [command]),
                row[0] as String != "asked"
            else { return nil }
            return CommandAnswer(
                command: command, isDone: row[0] as String == "done",
                answer: row[1] as String? ?? "")
        }
    }

    /// Dead letters that have not been tried again: one by its number, or all.
    public func keptLetters(_ id: Int64?) throws -> [KeptLetter] {
        try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT id, received_at, topic, payload FROM dead_letter
                    WHERE state = 'kept' AND (? IS NULL OR id = ?) ORDER BY id
                    """, arguments: [id, id]
            ).map {
                KeptLetter(
                    id: $0[0], receivedMilliseconds: $0[1], topic: [UInt8]($0[2] as Data),
                    payload: [UInt8]($0[3] as Data))
            }
        }
    }

    /// Carries out what changes no decision: deletes dead letters, answers, notes facts.
    ///
    /// - Returns: how many dead letters were deleted.
    public func finish(
        dropping letters: [Int64] = [], answers: [CommandAnswer] = [],
        facts: [(name: String, value: String)] = []
    ) throws -> Int {
        try write { db in
            var count = 0
            for letter in letters {
                try db.execute(sql: "DELETE FROM dead_letter WHERE id = ?", arguments: [letter])
                count += db.changesCount
            }
            for answer in answers {
                try db.execute(
                    sql: "UPDATE command SET state = ?, answer = ? WHERE id = ?",
                    arguments: [
                        answer.isDone ? "done" : "refused", answer.answer, answer.command,
                    ])
            }
            try setFacts(facts, db)
            return count
        }
    }

    /// A fact by its name, or `nil`.
    public func fact(_ name: String) throws -> String? {
        try read { db in
            try String.fetchOne(
                db, sql: "SELECT value FROM fact WHERE name = ?", arguments: [name])
        }
    }

    /// An event that should be told to others.
    public struct Announcement: Sendable {
        public var event: Int64
        public var kind: String
        public var vehicle: String?
        public var effect: String?
        /// The decision's JSON.
        public var body: [UInt8]
    }

    /// The events after `cursor`, at most `limit`, oldest first.
    public func announcements(after cursor: Int64, limit: Int) throws -> [Announcement] {
        // By whoever has just written them, and so still has them at hand.
        try ask { db in
            let rows = try kept.query(
                "announcements", db,
                "SELECT id, kind, vehicle, effect, body FROM event WHERE id > ? ORDER BY id LIMIT ?"
            )
            rows.bind(cursor, to: 1)
            rows.bind(Int64(limit), to: 2)
            var events: [Announcement] = []
            while try rows.next(db) {
                events.append(
                    Announcement(
                        event: rows.integer(0), kind: rows.text(1) ?? "", vehicle: rows.text(2),
                        effect: rows.text(3), body: rows.bytes(4).map { Array($0) } ?? []))
            }
            return events
        }
    }
}
