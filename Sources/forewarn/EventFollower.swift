import Glibc
import TicketStorage

/// Finds out at once that a daemon has committed, by looking and not by being told: it owes nothing
/// to its readers.
struct EventFollower: ~Copyable {
    private let store: StoreOptions
    private var watch: StoreWatch?
    private var version: Int64 = -1
    private var index: LogIndex?
    private var mark: LogIndex.Mark?
    private var file: UInt64 = 0
    private let clock = ContinuousClock()
    /// The last time that the log was written to; `nil` when that was committed.
    private var written: ContinuousClock.Instant?
    /// The last time that the log was written to, or that a commit was seen.
    private var stirred: ContinuousClock.Instant
    /// How long after the log was written to its commit is seen.
    private var usual = Duration.microseconds(200)
    /// When it was last looked whether the store is still the same file.
    private var compared: ContinuousClock.Instant

    /// After the log was written to, its commit follows within the time that the disk takes: soon
    /// on most, and at times much later.
    private static let quick = Duration.milliseconds(2)
    private static let patient = Duration.milliseconds(60)

    init(_ store: StoreOptions) {
        self.store = store
        stirred = clock.now
        compared = clock.now
        // Naps of a twentieth of a millisecond must not be rounded up to twice that.
        let slack = Glibc.open("/proc/self/timerslack_ns", O_WRONLY | O_CLOEXEC)
        if slack >= 0 {
            _ = write(slack, "1000", 4)
            close(slack)
        }
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
                    if watch == nil { watch = StoreWatch(folder: folder) }
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
            if watch == nil { watch = StoreWatch(folder: folder) }
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
            let hasChanged = try hasChanged(store)
            let now = clock.now
            if hasChanged {
                noteCommit(at: now)
                return .committed
            }
            if let end, now >= end { return .timeOver }
            if now - compared > .seconds(1) {
                compared = now
                let number = fileNumber()
                if number != file, number != 0 { return .replaced }
            }
            wait(from: now, until: end)
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

    /// Learns how long it takes from the first sign of a commit to its end.
    private mutating func noteCommit(at now: ContinuousClock.Instant) {
        if let written { usual = min((usual * 7 + (now - written)) / 8, Self.quick) }
        written = nil
        stirred = now
        // What was told until now was told of this commit: the next one's first write wakes us.
        watch?.forget()
    }

    private mutating func wait(
        from now: ContinuousClock.Instant, until end: ContinuousClock.Instant?
    ) {
        if let written, now - written < Self.quick {
            usleep(50)
            return
        }
        pause(
            atMost: now - stirred < Self.patient ? .milliseconds(1) : Self.longestPause, until: end)
        // Its sync takes most of the time until it can be seen, and there is no use in looking.
        if written != nil { usleep(UInt32(usual * 3 / 4 / .microseconds(1))) }
    }

    private static let longestPause = Duration.milliseconds(100)

    /// Waits for a sign of life in the folder, but not for ever.
    private mutating func pause(
        atMost longest: Duration = longestPause, until end: ContinuousClock.Instant?
    ) {
        var rest = longest
        if let end { rest = max(.milliseconds(1), min(rest, end - clock.now)) }
        let milliseconds = Int32(rest / .milliseconds(1))
        guard watch != nil else {
            usleep(UInt32(milliseconds) * 1000)
            return
        }
        written = nil
        guard watch?.wait(milliseconds: milliseconds) == true else { return }
        stirred = clock.now
        written = stirred
    }

    /// Tells one file of that name from the next; 0 when there is none.
    private func fileNumber() -> UInt64 {
        var status = stat()
        return stat(store.path, &status) == 0 ? UInt64(status.st_ino) : 0
    }
}
