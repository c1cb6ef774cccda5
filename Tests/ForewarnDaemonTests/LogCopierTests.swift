import Foundation
import GRDB
import Testing

@testable import TicketStorage

/// The log of a store, written by SQLite and copied by a thread of its own.
@Suite struct LogCopierTests {
    private static let plan: LogPlan = {
        var plan = LogPlan()
        (plan.goal, plan.rest, plan.pause, plan.bound) = (60, 20, 20, 600)
        return plan
    }()

    private static let bytesAPage = 4096 + 24

    /// A store that is written to with that plan.
    static func store(in folder: ScratchFolder) throws -> TicketStore {
        try TicketStore(path: folder.database, access: .write(.full), plan: plan)
    }

    /// Commits a fact of a few pages.
    static func commit(_ number: Int, to store: TicketStore) throws {
        _ = try store.finish(facts: [
            ("number", String(number)),
            ("filling \(number % 7)", String(repeating: "x", count: 9000) + String(number)),
        ])
    }

    private static func log(of folder: ScratchFolder) throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: folder.database + "-wal"))
    }

    /// How often the log has begun over, as its head says (sqlite.org/fileformat2.html#walformat).
    private static func starts(of folder: ScratchFolder) throws -> Int {
        try log(of: folder)[12..<16].reduce(0) { $0 << 8 | Int($1) }
    }

    /// Commits until something is so, 100,000 times at most.
    private static func commit(
        to store: TicketStore, from first: Int, until isSo: () throws -> Bool
    ) throws -> Int {
        var number = first
        while try !isSo(), number < first + 100_000 {
            number += 1
            try commit(number, to: store)
        }
        return number
    }

    @Test("while commits go on the log is copied and begins over, and stays below its bound")
    func goesOn() throws {
        let folder = try ScratchFolder()
        let store = try Self.store(in: folder)
        var most = 0
        let number = try Self.commit(to: store, from: 0) {
            most = max(most, try Self.log(of: folder).count)
            return try Self.starts(of: folder) >= 20
        }
        #expect(try Self.starts(of: folder) >= 20)
        #expect(most < (Self.plan.bound + 20) * Self.bytesAPage)
        try store.close()
        // The database alone is whole, whether or not an empty log lies beside it.
        #expect((try? Self.log(of: folder))?.isEmpty ?? true)
        let alone = try ScratchFolder()
        try FileManager.default.copyItem(atPath: folder.database, toPath: alone.database)
        let reader = try TicketStore(path: alone.database, access: .read)
        #expect(try reader.fact("number") == String(number))
        #expect(try reader.integrity(isDeep: true) == "ok")
    }

    @Test("whoever reads for long keeps the log from beginning over, and no commit from its end")
    func readers() throws {
        let folder = try ScratchFolder()
        let store = try Self.store(in: folder)
        var number = try Self.commit(to: store, from: 0) { try Self.starts(of: folder) >= 2 }
        let reader = try DatabaseQueue(path: folder.database)
        try reader.writeWithoutTransaction { db in
            try db.beginTransaction(.deferred)
            let seen = try String.fetchOne(db, sql: "SELECT value FROM fact WHERE name = 'number'")
            // Far over the bound.
            for _ in 0..<Self.plan.bound {
                number += 1
                try Self.commit(number, to: store)
            }
            let starts = try Self.starts(of: folder)
            #expect(try Self.log(of: folder).count > Self.plan.bound * Self.bytesAPage)
            #expect(
                try String.fetchOne(db, sql: "SELECT value FROM fact WHERE name = 'number'") == seen
            )
            try db.commit()
            number = try Self.commit(to: store, from: number) {
                try Self.starts(of: folder) > starts
            }
            #expect(try Self.starts(of: folder) > starts)
        }
        #expect(try store.fact("number") == String(number))
        try store.close()
    }

    @Test("what stands in the log of a writer that vanished is there for the next, room or not")
    func room() throws {
        let folder = try ScratchFolder()
        let store = try Self.store(in: folder)
        try store.makeRoomForLog()
        let size = try Self.log(of: folder).count
        #expect(size >= Self.plan.goal * 5 / 4 * Self.bytesAPage)
        for number in 1...5 { try Self.commit(number, to: store) }
        #expect(try Self.log(of: folder).count == size)
        // As after a kill: the files as they are, without what is in memory.
        let other = try ScratchFolder()
        for end in ["", "-wal"] {
            try FileManager.default.copyItem(
                atPath: folder.database + end, toPath: other.database + end)
        }
        let next = try Self.store(in: other)
        #expect(try next.fact("number") == "5")
        #expect(try next.integrity(isDeep: true) == "ok")
        try Self.commit(6, to: next)
        #expect(try next.fact("number") == "6")
        try next.close()
        try store.close()
    }

    @Test("a vacuum leaves a log of nothing, whatever was being copied") func vacuum() throws {
        let folder = try ScratchFolder()
        let store = try Self.store(in: folder)
        for round in 0..<20 {
            for number in 0..<40 { try Self.commit(round * 40 + number, to: store) }
            try store.vacuum()
            #expect(try Self.log(of: folder).isEmpty, "round \(round)")
        }
        try store.close()
    }
}
