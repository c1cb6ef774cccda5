import Dispatch
import Glibc
import Synchronization
import TicketStorage

/// The store as a page reads it: one query after the other, on a thread of its own, so that no event
/// loop waits for the disk.
final class StoreReader: Sendable {
    /// Which files a connection was opened on.
    private struct Stamp: Equatable {
        var device: UInt
        var file: UInt
        /// A store that was opened without a log beside it is read as it is on the disk alone, and
        /// would never show what a daemon writes that starts later.
        var hasLog: Bool

        init?(_ path: String) {
            var status = stat()
            guard stat(path, &status) == 0 else { return nil }
            (device, file) = (UInt(status.st_dev), UInt(status.st_ino))
            hasLog = stat(path + "-wal", &status) == 0
        }
    }

    let path: String
    private let queue = DispatchQueue(label: "forewarn.console.store")
    private let opened = Mutex<(store: TicketStore, stamp: Stamp)?>(nil)

    init(path: String) { self.path = path }

    /// Reads from the store, which is opened again when a daemon or a restore has changed its files.
    ///
    /// - Throws: ``TicketStore/Unusable`` when it cannot be opened, and whatever `body` throws.
    func read<Value: Sendable>(_ body: @escaping @Sendable (TicketStore) throws -> Value)
        async throws -> Value
    {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try body(try self.store()) }) }
        }
    }

    private func store() throws -> TicketStore {
        try opened.withLock { opened in
            guard let stamp = Stamp(path) else {
                opened = nil
                throw TicketStore.Unusable(path: path, reason: "there is no such file")
            }
            if let opened, opened.stamp == stamp { return opened.store }
            opened = nil
            let store = try TicketStore(path: path, access: .read)
            // Opening may have made the log's files itself.
            opened = (store, Stamp(path) ?? stamp)
            return store
        }
    }
}
