import Glibc

/// Wakes a reader when something happens to the files of a state folder.
///
/// The folder is watched and not the log itself, since a log comes and goes with the daemon. The
/// kernel reports the write of the log, which is before the commit: its index lies in shared
/// memory, whose changes nobody reports.
struct StoreWatch: ~Copyable {
    private let descriptor: Int32

    /// Watches a folder; `nil` when it cannot be, as when there is none.
    init?(folder: String) {
        let descriptor = inotify_init1(Int32(O_NONBLOCK | O_CLOEXEC))
        guard descriptor >= 0 else { return nil }
        let changes = UInt32(IN_MODIFY | IN_CREATE | IN_MOVED_TO | IN_DELETE)
        guard inotify_add_watch(descriptor, folder, changes) >= 0 else {
            close(descriptor)
            return nil
        }
        self.descriptor = descriptor
    }

    /// Waits for a change.
    ///
    /// - Returns: whether there was one before the time was over.
    borrowing func wait(milliseconds: Int32) -> Bool {
        var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard Glibc.poll(&poll, 1, milliseconds) > 0 else { return false }
        forget()
        return true
    }

    /// Lets go of all changes until now.
    borrowing func forget() {
        // Which file it was is of no interest; the database says whether anything was committed.
        withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 8) { buffer in
            while read(descriptor, buffer.baseAddress, buffer.count) > 0 {}
        }
    }

    deinit { close(descriptor) }
}
