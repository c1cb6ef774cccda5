import CFutex
import GRDB
import GRDBSQLite

/// The index of a store's log, in memory that all who have the store open share.
///
/// Whoever commits changes it, so that a reader sees at the cost of a few loads whether anything has
/// been committed, where asking SQLite takes locks; and whoever has nothing to do can sleep on it until
/// the daemon, having committed a decision, wakes everybody. Its form: https://www.sqlite.org/walformat.html#walidxfmt
///
/// Unchecked: nothing but the store is held, and memory that other processes write is read at any
/// moment in any case. What is half written differs from what was and from what will be.
public struct LogIndex: @unchecked Sendable {
    /// What is different after each commit: count of changes, pages, salts and checksum.
    public struct Mark: Hashable, Sendable {
        private let words: SIMD4<UInt64>

        fileprivate init(_ words: SIMD4<UInt64>) { self.words = words }

        fileprivate var changes: UInt32 { UInt32(truncatingIfNeeded: words[0]) }
    }

    /// Its memory goes with the connection; `nil` for one that outlives this.
    private let store: TicketStore?
    private let header: UnsafeRawPointer

    /// The only version there is, since SQLite 3.7.
    private static let version: UInt32 = 3_007_000
    private static let regionSize: Int32 = 32_768

    /// The index of a store that has a log; `nil` where there is none, or none of the known form.
    ///
    /// It must not be asked after the store was closed.
    public init?(_ store: TicketStore) {
        guard let header = try? store.ask(Self.header) else { return nil }
        self.init(header, store)
    }

    /// The index of a connection's log, which must be closed later than this is used.
    init?(_ db: Database) {
        guard let header = try? Self.header(db) else { return nil }
        self.init(header, nil)
    }

    private init?(_ header: UnsafeMutableRawPointer, _ store: TicketStore?) {
        guard header.load(as: UInt32.self) == Self.version else { return nil }
        self.store = store
        self.header = UnsafeRawPointer(header)
    }

    private static func header(_ db: Database) throws -> UnsafeMutableRawPointer? {
        guard try String.fetchOne(db, sql: "PRAGMA journal_mode") == "wal" else { return nil }
        // Only who has read something has it in memory.
        _ = try Int.fetchOne(db, sql: "SELECT 1 FROM sqlite_schema LIMIT 1")
        var file: UnsafeMutablePointer<sqlite3_file>?
        let code = sqlite3_file_control(
            db.sqliteConnection, "main", SQLITE_FCNTL_FILE_POINTER, &file)
        guard code == SQLITE_OK, let file, let methods = file.pointee.pMethods,
            methods.pointee.iVersion >= 2, let map = methods.pointee.xShmMap
        else { return nil }
        var region: UnsafeMutableRawPointer?
        guard map(file, 0, regionSize, 0, &region) == SQLITE_OK else { return nil }
        return region
    }

    /// Where the count of changes stands, which each commit counts up.
    private static let changes = 8

    /// Sleeps until a daemon has committed a decision after `mark`, or the time is over.
    ///
    /// It may return for no reason, and what else is committed wakes nobody.
    public func wait(past mark: Mark, atMost longest: Duration) {
        let (seconds, rest) = longest.components
        futex_wait(
            (header + Self.changes).assumingMemoryBound(to: UInt32.self), mark.changes,
            timespec(tv_sec: Int(seconds), tv_nsec: Int(rest / 1_000_000_000)))
    }

    /// Wakes everybody who waits; for whoever has committed.
    func wake() {
        futex_wake_all((header + Self.changes).assumingMemoryBound(to: UInt32.self))
    }

    /// How it stands now.
    public var mark: Mark {
        Mark(
            SIMD4(
                header.load(fromByteOffset: Self.changes, as: UInt64.self),
                header.load(fromByteOffset: 16, as: UInt64.self),
                header.load(fromByteOffset: 32, as: UInt64.self),
                header.load(fromByteOffset: 40, as: UInt64.self)))
    }
}
