import FleetWatch
import Foundation
import GRDB
import ServiceTickets
import Testing
import VehicleFaults

@testable import TicketStorage

/// How rows reach their tables.
@Suite struct StoredRowTests {
    /// The text of tables and indexes, in the order in which they were made.
    private static func text(_ db: Database) throws -> [String] {
        try Row.fetchAll(db, sql: "SELECT type, tbl_name, name, sql FROM sqlite_master").map {
            "\($0[0] as String) \($0[1] as String) \($0[2] as String): \($0[3] as String? ?? "")"
        }
    }

    @Test("a new store has the tables that migrations make of an old one") func freshSchema() throws
    {
        let fresh = try DatabaseQueue()
        try fresh.write(Schema.makeFresh)
        let migrated = try DatabaseQueue()
        try Schema.migrator.migrate(migrated)
        #expect(try fresh.read(Self.text) == migrated.read(Self.text))
        #expect(try fresh.read(Schema.migrator.hasCompletedMigrations))
        let constraints = "SELECT group_concat(sql) LIKE '%CHECK (id = 1)%' FROM sqlite_master"
        for queue in [fresh, migrated] {
            #expect(try queue.read { try Bool.fetchOne($0, sql: constraints) } == true)
        }
    }

    /// The tables that stand in stores somewhere, after each migration: parts of their texts are
    /// shared with new stores, and must not change an old one when they change.
    static let steps: KeyValuePairs = [
        "1 journal, lanes, events, tickets": "b056fedb0059e394",
        "2 dead letters by position": "25c6ae026fe482c5",
        "3 the life of tickets": "281a60fb236392dc",
        "4 customers": "1ad95b3f793da9c3",
        "5 what tickets count": "aec5f3654d12e942",
        "6 what the fleet knows": "9363f0944d14668b",
        "7 what is asked of many tickets": "fde3eed4110d9ebd",
        "8 parts of many tickets": "008e74113835afb2",
        "9 a card for each ticket": "ed3ce2b6cae3063b",
        "10 less to write with a ticket": "286c792a21071ef8",
    ]

    @Test("migrations make the tables that they have always made") func oldMigrations() throws {
        let queue = try DatabaseQueue()
        for (name, known) in Self.steps {
            try Schema.migrator.migrate(queue, upTo: name)
            var digest = DecisionDigest()
            for text in try queue.read(Self.text) where !text.contains("grdb_migrations") {
                digest.add(text)
            }
            #expect(digest.hex.prefix(16) == known, "\(name)")
        }
        #expect(try queue.read(Schema.migrator.hasCompletedMigrations))
    }

    @Test("a store that has tables is left to the migrations") func oldSchema() throws {
        let queue = try DatabaseQueue()
        try Schema.migrator.migrate(queue, upTo: "4 customers")
        try queue.write(Schema.makeFresh)
        #expect(try queue.read(Schema.migrator.hasCompletedMigrations) == false)
        try Schema.migrator.migrate(queue)
        #expect(try queue.read(Schema.migrator.hasCompletedMigrations))
    }

    @Test("the index of causes has the steps that may say one") func causes() throws {
        let steps = TicketStep.allCases.filter { ($0.required + $0.optional).contains(.cause) }
        let folder = try ScratchFolder()
        let store = try TicketStore(path: folder.database, access: .shadow)
        let index = try store.read {
            try String.fetchOne(
                $0, sql: "SELECT sql FROM sqlite_master WHERE name = 'ticket_event_cause'") ?? ""
        }
        let named = steps.map { "kind = '\($0.rawValue)'" }
        #expect(!steps.isEmpty && named.allSatisfy(index.contains))
        #expect(index.components(separatedBy: "kind = ").count == named.count + 1)
    }

    @Test("tickets to be led on are found without a look at those that are closed") func live()
        throws
    {
        let folder = try ScratchFolder()
        let store = try TicketStore(path: folder.database, access: .shadow)
        let plan = try store.read { db in
            try Row.fetchAll(
                db, sql: "EXPLAIN QUERY PLAN SELECT number FROM ticket WHERE \(TicketStore.isLive)"
            ).map { $0[3] as String }.joined(separator: "\n")
        }
        #expect(plan.contains("ticket_state (state=?)") && plan.contains("ticket_watched"))
        #expect(!plan.contains("SCAN"))
    }

    @Test("what a row lacks is not left over from the row before it", arguments: [1, 7, 8, 19])
    func bindings(count: Int) throws {
        let folder = try ScratchFolder()
        let store = try TicketStore(path: folder.database, access: .shadow)
        func text(_ place: Int) -> String? {
            // Some are longer than what a statement has room for.
            place % 3 == 0 ? nil : String(repeating: "é\(place)", count: place % 5 == 4 ? 2000 : 3)
        }
        for round in 0..<3 {
            try store.write { db in
                try store.kept.write(.event, count: count, db) { place, binder in
                    let place = place + round
                    binder.bind(lasting: "finding")
                    binder.bind(Int64(place))
                    binder.bind(UInt64(place))
                    binder.bind(place % 2 == 0 ? nil : Int64(place))
                    binder.bind(text(place))
                    for _ in 0..<5 { binder.bindNull() }
                    binder.bind(place % 4 == 0 ? Int64(place) : nil)
                    binder.bind("")
                }
            }
        }
        let rows = try store.read { try Row.fetchAll($0, sql: "SELECT * FROM event ORDER BY id") }
        try #require(rows.count == 3 * count)
        for (index, row) in rows.enumerated() {
            let place = index % count + index / count
            #expect(row["id"] == Int64(index + 1))
            #expect(row["received_at"] == Int64(place) && row["position"] == Int64(place))
            #expect(row["at"] == (place % 2 == 0 ? nil : Int64(place)))
            #expect(row["vehicle"] == text(place))
            #expect(row["rule"] == nil as String? && row["effect"] == nil as String?)
            #expect(row["ticket"] == (place % 4 == 0 ? Int64(place) : nil))
            #expect(row["body"] == "")
        }
    }

    @Test("a lane is stored whole, new or not, and has room or not", arguments: [true, false])
    func lanes(areNew: Bool) throws {
        let folder = try ScratchFolder()
        let store = try TicketStore(path: folder.database, access: .shadow)
        let lanes = try (0..<41).map { place in
            StoredLane(
                vehicle: try #require(VehicleID("CAR-\(place)")), appliedRow: Int64(place),
                due: place % 2 == 0 ? nil : Int64(place),
                bytes: Array(repeating: UInt8(place), count: 500 * (place % 9)))
        }
        for _ in 0..<(areNew ? 1 : 2) {
            try store.write { try store.storeLanes(lanes, areNew: areNew, $0) }
        }
        let stored = try store.lanes(of: lanes.map(\.vehicle))
        try #require(stored.count == lanes.count)
        for (a, b) in zip(stored, lanes) {
            #expect(a.vehicle == b.vehicle && a.appliedRow == b.appliedRow && a.due == b.due)
            #expect(a.bytes == b.bytes)
        }
    }

    @Test("a transaction that fails leaves nothing, and the next one goes on") func failure() throws
    {
        let folder = try ScratchFolder()
        let store = try TicketStore(path: folder.database, access: .write(.normal))
        struct Broken: Error {}
        #expect(throws: Broken.self) {
            try store.write { db in
                try store.setFacts([("a", "1"), ("b", "2")], db)
                throw Broken()
            }
        }
        #expect(throws: DatabaseError.self) {
            try store.write { db in
                try store.setFacts([("a", "1")], db)
                // A row lacks what it must have, behind seven that have it.
                try store.kept.write(.event, count: 8, db) { place, binder in
                    binder.bind(lasting: "finding")
                    binder.bind(Int64(1))
                    if place < 7 { binder.bind(Int64(1)) } else { binder.bindNull() }
                    for _ in 0..<8 { binder.bindNull() }
                    binder.bind("{}")
                }
            }
        }
        #expect(try store.fact("a") == nil && store.newestEvent() == 0)
        _ = try store.finish(facts: [("a", "3")])
        #expect(try store.fact("a") == "3")
        try store.close()
    }
}
