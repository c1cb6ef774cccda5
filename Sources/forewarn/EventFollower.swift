import Glibc
import TicketStorage

/// Finds out at once that a daemon has committed a decision.
struct EventFollower: ~Copyable {
    private let store: StoreOptions
    private var version: Int64 = -1
    private var index: LogIndex?
    private var mark: LogIndex.Mark?
    private var file: UInt64 = 0
    private let clock = ContinuousClock()
    /// When it was last looked whether the store is still the same file.
    private var compared: ContinuousClock.Instant

    /// What else is committed, and stores that appear, are found so late at most.
    private static let longestPause = Duration.milliseconds(100)

    init(_ store: StoreOptions) {
        self.store = store
        compared = clock.now
    }

    private var folder: String {
        let path = store.path
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Opens the store, and waits for it where there is none yet.
    ///
    /// - Returns: `nil` when the time was over first.
    mutating func open(until end: ContinuousClock.Instant?) throws -> TicketStore? {
        var unusableSince: ContinuousClock.Instant?
        while true {
            let number = fileNumber()
            if number != 0 {
                do {
                    let opened = try store.open()
                    file = number
                    version = -1
                    index = LogIndex(opened)
                    mark = nil
                    return opened
                } catch let error as TicketStore.Unusable {
                    // Between the file and its tables lies a moment of its maker's.
                    let since = unusableSince ?? clock.now
                    unusableSince = since
                    guard clock.now - since < .seconds(2) else { throw error }
                }
            } else if access(folder, X_OK) != 0, errno == EACCES {
                throw CommandFailure(
                    code: .unreachable, message: "\(store.path) may not be read",
                    hint: "the service's folder belongs to root: try sudo")
            }
            if let end, clock.now >= end { return nil }
            pause(until: end)
        }
    }

    /// What happened while we waited.
    enum Change {
        /// Something was committed.
        case committed
        /// Another file has taken the store's place, as after a restored backup.
        case replaced
        case timeOver
    }

    /// Waits until something has been committed since the last call.
    mutating func change(_ store: TicketStore, until end: ContinuousClock.Instant?) throws -> Change
    {
        while true {
            if try hasChanged(store) { return .committed }
            let now = clock.now
            if let end, now >= end { return .timeOver }
            if now - compared > .seconds(1) {
                compared = now
                let number = fileNumber()
                if number != file, number != 0 { return .replaced }
            }
            pause(until: end)
        }
    }

    private mutating func hasChanged(_ store: TicketStore) throws -> Bool {
        if let index {
            let newest = index.mark
            defer { mark = newest }
            return newest != mark
        }
        let newest = try store.dataVersion()
        defer { version = newest }
        return newest != version
    }

    /// Sleeps until the daemon commits, but not for ever.
    private func pause(until end: ContinuousClock.Instant?) {
        var rest = Self.longestPause
        if let end { rest = max(.milliseconds(1), min(rest, end - clock.now)) }
        if let index, let mark {
            index.wait(past: mark, atMost: rest)
        } else {
            usleep(UInt32(rest / .microseconds(1)))
        }
    }

    /// Tells one file of that name from the next; 0 when there is none.
    private func fileNumber() -> UInt64 {
        var status = stat()
        return stat(store.path, &status) == 0 ? UInt64(status.st_ino) : 0
    }
}
