import CSQLiteSettings
import FleetWatch
import Foundation
import GRDB
import VehicleFaults

/// The one SQLite database of a state folder.
///
/// One process writes; any number may read while it does. A commit is on the disk when it returns
/// (`synchronous=FULL`), which is what permits a message to be acknowledged.
public final class TicketStore: Sendable {
    /// How much a commit waits for.
    public enum Synchronous: String, Sendable, CaseIterable {
        /// Survives a power cut.
        case full
        /// Survives the death of the process, not of the machine.
        case normal
    }

    public enum Access: Sendable {
        case read
        case write(Synchronous)
        /// Writes a store of a replay: when the process dies, the store is worth nothing.
        case shadow
    }

    /// The store cannot be used; `reason` is a sentence for the operator.
    public struct Unusable: Error, CustomStringConvertible {
        public var path: String
        public var reason: String

        public init(path: String, reason: String) {
            self.path = path
            self.reason = reason
        }

        public var description: String { "the store \(path) cannot be used: \(reason)" }
    }

    public let path: String
    private let reader: any DatabaseReader
    private let writer: (any DatabaseWriter)?
    /// The statements of the connection that writes; of the only one, where nothing is written.
    let kept = KeptStatements()
    /// Looks after the log, where one is written.
    let log: LogCopier?

    /// The database's name in a state folder.
    public static let fileName = "forewarn.db"

    deinit {
        log?.end()
        kept.forget()
    }

    /// Opens the store at `path`; a writer makes it when it is not there, and brings it up to date.
    ///
    /// - Throws: ``Unusable`` when it cannot be opened, is damaged or was made by a newer version.
    public convenience init(path: String, access: Access) throws {
        try self.init(path: path, access: access, plan: LogPlan())
    }

    /// Opens a store whose log is copied by another plan.
    init(path: String, access: Access, plan: LogPlan) throws {
        self.path = path
        _ = Self.settings
        var configuration = Configuration()
        configuration.busyMode = .timeout(5)
        do {
            switch access {
            case .write(let synchronous):
                configuration.maximumReaderCount = 4
                configuration.prepareDatabase { db in
                    // Until the log is looked after: SQLite's own choice.
                    try db.execute(sql: "PRAGMA wal_autocheckpoint = 1000")
                    try db.execute(sql: "PRAGMA journal_size_limit = 67108864")
                }
                let pool = try DatabasePool(path: path, configuration: configuration)
                // Only now: when a pool turns the log on, it sets NORMAL on its own, and a commit
                // would be acknowledged that a power cut takes back.
                try pool.writeWithoutTransaction { db in
                    try db.execute(sql: "PRAGMA synchronous = \(synchronous.rawValue.uppercased())")
                }
                try pool.write(Schema.makeFresh)
                if try pool.read(Schema.migrator.hasBeenSuperseded) {
                    throw Unusable(path: path, reason: "it was written by a newer version")
                }
                try Schema.migrator.migrate(pool)
                let copier = LogCopier(path: path, plan: plan)
                pool.writeWithoutTransaction(copier.attach)
                log = copier
                reader = pool
                writer = pool
            case .shadow:
                configuration.allowsUnsafeTransactions = true
                configuration.prepareDatabase { db in
                    // Each page is a call when it is written, so a few large ones are less work.
                    try db.execute(sql: "PRAGMA page_size = 16384")
                    // The journal is in memory, so that an error still leaves a sound store.
                    try db.execute(sql: "PRAGMA journal_mode = MEMORY")
                    try db.execute(sql: "PRAGMA synchronous = OFF")
                    // Rows are added in the order of their tables, so that few pages are asked for
                    // again, and memory that was never touched costs more than to write them early.
                    try db.execute(sql: "PRAGMA cache_size = -4096")
                    // Nothing in it is secret that the recording did not hold: Debian's SQLite would
                    // write zeros over what moves and over each new page.
                    try db.execute(sql: "PRAGMA secure_delete = OFF")
                }
                let queue = try DatabaseQueue(path: path, configuration: configuration)
                try queue.write(Schema.makeFresh)
                try Schema.migrator.migrate(queue)
                log = nil
                reader = queue
                writer = queue
            case .read:
                guard FileManager.default.fileExists(atPath: path) else {
                    throw Unusable(path: path, reason: "there is no such file")
                }
                configuration.prepareDatabase { db in
                    try db.execute(sql: "PRAGMA query_only = ON")
                    // Events of a ticket lie far apart, and a report looks at those of many.
                    try db.execute(sql: "PRAGMA cache_size = -32768")
                    // Pages are looked at where the system keeps them, and not copied first.
                    try db.execute(sql: "PRAGMA mmap_size = 17179869184")
                }
                log = nil
                reader = try Self.readable(path, configuration)
                writer = nil
            }
        } catch let error as DatabaseError {
            throw Unusable(path: path, reason: error.message ?? "\(error.resultCode)")
        }
    }

    /// What is said to SQLite once, before the first store is opened.
    private static let settings = sqlite_settings_keep_no_account()

    private static func readable(_ path: String, _ configuration: Configuration) throws
        -> DatabaseQueue
    {
        func open(_ name: String) throws -> DatabaseQueue {
            let queue = try DatabaseQueue(path: name, configuration: configuration)
            guard try queue.read({ db in try db.tableExists("journal") }) else {
                throw Unusable(path: path, reason: "it is not a Forewarn store")
            }
            return queue
        }
        do {
            return try open(path)
        } catch let error as DatabaseError {
            // A log needs files beside it, which a folder that may only be read cannot get. Where
            // nothing is in the log, the database alone is whole.
            let log = try? FileManager.default.attributesOfItem(atPath: path + "-wal")
            guard
                [.SQLITE_CANTOPEN, .SQLITE_READONLY].contains(error.resultCode.primaryResultCode),
                (log?[.size] as? UInt64 ?? 0) == 0
            else { throw error }
            return try open(URL(fileURLWithPath: path).absoluteString + "?immutable=1")
        }
    }

    /// Runs `body` in one read transaction.
    public func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try reader.read(body)
    }

    /// Runs `body` in one write transaction; returns when it is committed.
    func write<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try writeAlone { db in
            try kept.run(.begin, db)
            do {
                let value = try body(db)
                try kept.run(.commit, db)
                return value
            } catch {
                try? db.rollback()
                throw error
            }
        }
    }

    /// Runs `body` on the connection that ``kept`` is of, outside a transaction.
    func ask<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try writer?.writeWithoutTransaction(body) ?? reader.unsafeRead(body)
    }

    /// Runs `body` on the writing connection outside a transaction.
    func writeAlone<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try writable().writeWithoutTransaction(body)
    }

    private func writable() throws -> any DatabaseWriter {
        guard let writer else { throw Unusable(path: path, reason: "it was opened for reading") }
        return writer
    }

    /// Runs `body` like ``writeAlone(_:)`` while nobody copies the log to the database.
    func writeUndisturbed<Value>(_ body: (Database) throws -> Value) throws -> Value {
        guard let log else { return try writeAlone(body) }
        return try log.pausing { try writeAlone(body) }
    }

    /// Gives the log the size that it will have, for whoever commits often; nothing where the disk
    /// has little room.
    ///
    /// - Throws: what the system says.
    public func makeRoomForLog() throws {
        try writeAlone { _ in try log?.makeRoom() }
    }

    /// Copies the whole database, page by page, into `target`.
    func copy(to target: DatabaseQueue) throws { try reader.backup(to: target) }

    /// Closes the database; a writer's last commit is in the database file afterwards, and its log
    /// empty, unless another process reads an old state.
    public func close() throws {
        log?.end()
        try ask { db in
            kept.forget()
            // A pool closes its readers last, and they could not do it.
            if log != nil, let connection = db.sqliteConnection { LogCopier.finish(connection) }
        }
        try reader.close()
    }
}
