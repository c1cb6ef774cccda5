import Glibc
import TicketStorage

/// Finds out at once that a daemon has committed, by looking and not by being told: it owes nothing
/// to its readers.
struct EventFollower: ~Copyable {
    private let store: StoreOptions
    private var watch: StoreWatch?
    private var version: Int64 = -1
    private var file: UInt64 = 0
    private let clock = ContinuousClock()
    /// The last time that the log was written to.
    private var written: ContinuousClock.Instant
    /// When it was last looked whether the store is still the same file.
    private var compared: ContinuousClock.Instant

    /// After the log was written to, its commit follows within the time that the disk takes: soon
    /// on most, and at times much later.
    private static let quick = Duration.milliseconds(2)
    private static let patient = Duration.milliseconds(60)

    init(_ store: StoreOptions) {
        self.store = store
        written = clock.now
        compared = clock.now
        // Naps of a tenth of a millisecond must not be rounded up to twice that.
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
            let now = clock.now
            let newest = try store.dataVersion()
            if newest != version {
                version = newest
                return .committed
            }
            if let end, now >= end { return .timeOver }
            if now - compared > .seconds(1) {
                compared = now
                let number = fileNumber()
                if number != file, number != 0 { return .replaced }
            }
            let age = now - written
            if age < Self.quick {
                usleep(100)
            } else {
                pause(
                    atMost: age < Self.patient ? .milliseconds(1) : Self.longestPause, until: end)
            }
        }
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
        if watch?.wait(milliseconds: milliseconds) == true { written = clock.now }
    }

    /// Tells one file of that name from the next; 0 when there is none.
    private func fileNumber() -> UInt64 {
        var status = stat()
        return stat(store.path, &status) == 0 ? UInt64(status.st_ino) : 0
    }
}
