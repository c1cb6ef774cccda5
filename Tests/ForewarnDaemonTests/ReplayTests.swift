import FleetWatch
import Foundation
import ForewarnDaemon
import GRDB
import Recordings
import Testing
import VehicleFaults

@testable import TicketStorage

/// A replay beside the daemon.
@Suite struct ReplayTests {
    /// Messages as `mosquitto_sub -F '%U %t %x'` prints them.
    private static func record(_ messages: [(received: Int64, payload: [UInt8])]) -> Data {
        var text = ""
        for message in messages {
            let fraction = String(1000 + message.received % 1000).dropFirst()
            text += "\(message.received / 1000).\(fraction)000 v1/x/ev "
            for byte in message.payload {
                text += (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
            text += "\n"
        }
        return Data(text.utf8)
    }

    /// What is stored, apart from what the cut of batches decides.
    private static func contents(_ path: String) throws -> [String] {
        try TicketStore(path: path, access: .read).read { db in
            try [
                """
                SELECT id, kind, CASE kind WHEN 'ticket' THEN 0 ELSE position END, at, vehicle, rule,
                    mode, severity, state, effect, ticket, body FROM event ORDER BY id
                """,
                "SELECT * FROM ticket ORDER BY number", "SELECT * FROM ticket_event ORDER BY seq",
                "SELECT * FROM evidence ORDER BY position, event",
                "SELECT * FROM ticket_memory ORDER BY kind, key",
                "SELECT position, topic, reason, offset, payload, state FROM dead_letter",
                "SELECT name, value FROM fact WHERE name IN ('messages', 'findings', 'digest')",
            ].flatMap { sql in try Row.fetchAll(db, sql: sql).map { "\($0)" } }
        }
    }

    @Test(
        "a replay stores row for row what the daemon stored, wherever either of them cut its batches",
        arguments: 1...4 as ClosedRange<UInt64>)
    func sameRows(seed: UInt64) throws {
        let rules = try ServiceDeskTests.ruleSet(reorderWindow: seed % 2 == 0 ? 60_000 : 0)
        let messages = ServiceDeskTests.traffic(seed: seed, count: 1500, vehicles: 12)
        let folder = try ScratchFolder()
        let desk = try ServiceDeskTests.desk(folder, rules)
        var numbers = SeededNumbers(seed)
        var next = 0
        while next < messages.count {
            let end = min(messages.count, next + 1 + numbers.below(90))
            _ = try desk.take(Self.topical(ServiceDeskTests.batch(messages[next..<end])))
            next = end
        }
        // As a replay ends: until nothing waits for older messages any more.
        let last = messages[messages.count - 1].received + rules.settings.reorderWindow
        if rules.settings.reorderWindow > 0 {
            _ = try desk.take(
                EntryBatch(entries: [Entry(kind: .tick, received: last + TickGrid.interval)]))
        }
        try desk.close()
        let expected = try Self.contents(folder.database)
        #expect(expected.contains { $0.contains("\"joined\"") }, "seed \(seed)")

        let recording = folder.path + "/recording"
        try Self.record(messages).write(to: URL(fileURLWithPath: recording))
        for (isAhead, threads, helpers) in [
            (true, 1, 0), (false, 1, 1), (true, 2, 2), (true, 1, 3),
        ] {
            let database = folder.path + "/replay-\(isAhead)-\(threads)-\(helpers).db"
            var replay = Replay(rules: rules, workers: .threads(threads)) {
                try TicketStore(path: database, access: .shadow)
            }
            replay.crew.start(helpers: helpers)
            defer { replay.crew.stop() }
            var reader = try RecordingReader(path: recording, chunkSize: 3000)
            // One piece is decided after the next has been prepared.
            var waiting: ReplayPiece?
            var room = replay.makePiece()
            while try reader.next(into: &room.chunk) {
                if isAhead { room.prepare() }
                if let waiting { try replay.take(waiting) }
                (waiting, room) = (room, waiting ?? replay.makePiece())
            }
            if let waiting { try replay.take(waiting) }
            try replay.finish()
            let store = try TicketStore(path: database, access: .read)
            #expect(try store.contradictions() == [])
            if threads == 1 {
                // In the order of their index, which is cheap to write.
                let vehicles = try store.read { db in
                    try String.fetchAll(db, sql: "SELECT vehicle FROM lane ORDER BY rowid")
                }
                #expect(vehicles.count == 12 && vehicles == vehicles.sorted(), "seed \(seed)")
            }
            try store.close()
            #expect(
                try Self.contents(database) == expected,
                "seed \(seed), decoded ahead: \(isAhead), \(threads) threads, \(helpers) helpers")
        }
    }

    /// The batch with the topic that the recording names.
    private static func topical(_ batch: EntryBatch) -> EntryBatch {
        var batch = batch
        let start = batch.bytes.count
        batch.bytes += "v1/x/ev".utf8
        for index in batch.entries.indices {
            batch.entries[index].topic = start..<batch.bytes.count
        }
        return batch
    }
}
