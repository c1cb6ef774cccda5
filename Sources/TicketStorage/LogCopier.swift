import Dispatch
import Foundation
import GRDB
import GRDBSQLite
import Synchronization

/// Copies the pages of a store's log to its database, as ``LogPlan`` says, most of them on a thread
/// of its own.
///
/// SQLite has the commit that fills the log do it, which then takes several times as long as any
/// other. What is committed is on the disk in either case; the log grows when copying is late.
final class LogCopier: Sendable {
    private struct State {
        var plan: LogPlan
        var isEnding = false
        var hasThread = false
        var isPausing = false
        /// Of the connection that writes: its readers wait for it.
        var index: LogIndex?
    }

    private let path: String
    private let state: Mutex<State>
    /// Held by whoever copies: SQLite turns the second away.
    private let copying = Mutex(())
    private let wanted = DispatchSemaphore(value: 0)
    private let ended = DispatchSemaphore(value: 0)

    /// Prepares to look after the log of the store at `path`; a thread begins when there is work.
    init(path: String, plan: LogPlan = LogPlan()) {
        self.path = path
        state = Mutex(State(plan: plan))
    }

    /// Looks after the log of `db`, the one connection that writes, from now on.
    func attach(to db: Database) {
        state.withLock { $0.index = LogIndex(db) }
        // SQLite's own hook, whose place this takes, copies.
        sqlite3_wal_hook(
            db.sqliteConnection,
            { context, connection, _, pages in
                guard let context, let connection else { return SQLITE_OK }
                Unmanaged<LogCopier>.fromOpaque(context).takeUnretainedValue()
                    .committed(Int(pages), on: connection)
                return SQLITE_OK
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    /// Wakes whoever follows what was committed.
    func wake() { state.withLock { $0.index }?.wake() }

    private func committed(_ pages: Int, on connection: OpaquePointer) {
        let (step, starts) = state.withLock { state in
            if state.isPausing { return (LogPlan.Step.goOn, false) }
            let step = state.plan.committed(pages: pages)
            let starts = step == .copyAside && !state.hasThread
            if starts { state.hasThread = true }
            return (step, starts)
        }
        switch step {
        case .goOn: break
        case .copyAside:
            if starts { start() }
            wanted.signal()
        case .copyHere:
            // What cannot be copied stays in the log, as when SQLite does it. When the log finds no
            // room any more a commit fails, and that is told.
            copying.withLock { _ in _ = Self.copy(connection) }
        }
    }

    /// Copies what it can without waiting for anybody; `nil` when that failed.
    private static func copy(_ connection: OpaquePointer) -> (pages: Int, done: Int)? {
        var pages: Int32 = 0
        var done: Int32 = 0
        let code = sqlite3_wal_checkpoint_v2(
            connection, nil, SQLITE_CHECKPOINT_PASSIVE, &pages, &done)
        return code == SQLITE_OK ? (Int(pages), Int(done)) : nil
    }

    /// Copies what is left and empties the log, if nobody reads in it.
    static func finish(_ connection: OpaquePointer) {
        // Whoever stops does not wait for readers.
        sqlite3_busy_timeout(connection, 0)
        sqlite3_wal_checkpoint_v2(connection, nil, SQLITE_CHECKPOINT_TRUNCATE, nil, nil)
    }

    private func start() {
        Thread.detachNewThread { [self] in
            // Foundation tells the system the name of a thread that has just begun in some cases only.
            try? Data("log".utf8).write(to: URL(fileURLWithPath: "/proc/thread-self/comm"))
            // Whoever commits comes first where processors are scarce. Linux takes this for the
            // calling thread.
            setpriority(Int32(PRIO_PROCESS.rawValue), 0, 10)
            run()
            ended.signal()
        }
    }

    private func run() {
        // Without a connection all is left to who commits, at the plan's bound.
        let queue = try? DatabaseQueue(path: path)
        while true {
            wanted.wait()
            if state.withLock({ $0.isEnding }) { break }
            let found = copying.withLock { _ in
                queue?.inDatabase { $0.sqliteConnection.flatMap(Self.copy) }
            }
            state.withLock { $0.plan.copiedAside(pages: found?.pages, done: found?.done ?? 0) }
        }
        try? queue?.close()
    }

    /// Runs `body` while nobody copies, whatever it commits.
    func pausing<Value>(_ body: () throws -> Value) rethrows -> Value {
        state.withLock { $0.isPausing = true }
        defer { state.withLock { $0.isPausing = false } }
        return try copying.withLock { _ in try body() }
    }

    /// Ends the thread; returns when its connection is closed. What is committed later is copied
    /// when the store is closed.
    func end() {
        let isRunning = state.withLock { state in
            defer {
                state.isEnding = true
                state.hasThread = true
            }
            return state.hasThread && !state.isEnding
        }
        guard isRunning else { return }
        wanted.signal()
        ended.wait()
    }

    // MARK: - Room

    /// Gives the log the size that it will have, if the disk has plenty of room: each commit that
    /// makes a file longer is synced with its new length, and that takes longer.
    ///
    /// Nobody may write to the log meanwhile. What is written are zeros behind its end, which SQLite
    /// takes for no page.
    ///
    /// - Throws: what the system says; the log is then as good as it was.
    func makeRoom() throws {
        let size = state.withLock { $0.plan.goal + $0.plan.goal / 4 } * Self.bytesAPage
        var disk = statvfs()
        guard statvfs(path, &disk) == 0,
            Int(clamping: disk.f_bavail) > 20 * size / Int(clamping: max(1, disk.f_frsize))
        else { return }
        let log = try FileHandle(forUpdating: URL(fileURLWithPath: path + "-wal"))
        var end = Int(try log.seekToEnd())
        let zeros = Data(count: 1 << 18)
        while end < size {
            try log.write(contentsOf: zeros)
            end += zeros.count
        }
        try log.synchronize()
        try log.close()
    }

    /// Of the log: a page and what is said of it.
    private static let bytesAPage = 4096 + 24
}
