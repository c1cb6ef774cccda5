import Foundation
import Glibc
import TicketStorage

/// A state folder: the database, and a lock that one writer holds.
public struct StateFolder: Sendable {
    public let path: String

    public init(path: String) { self.path = path }

    public var database: String { path + "/" + TicketStore.fileName }
    public var lockFile: String { path + "/forewarn.lock" }

    /// Makes the folder when it is not there, readable by its owner alone.
    public func make() throws(TicketStore.Unusable) {
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) {
            guard isFolder.boolValue else {
                throw TicketStore.Unusable(path: path, reason: "it is not a folder")
            }
            return
        }
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch {
            throw TicketStore.Unusable(path: path, reason: "the folder cannot be made")
        }
    }

    /// The right to write a state folder, until it is let go of or the process ends.
    public final class Lock: Sendable {
        private let handle: Int32
        fileprivate init(handle: Int32) { self.handle = handle }
        deinit { close(handle) }
    }

    /// Takes the writer's lock.
    ///
    /// - Returns: `nil` when another process holds it.
    public func lock() throws(TicketStore.Unusable) -> Lock? {
        let handle = open(lockFile, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard handle >= 0 else {
            throw TicketStore.Unusable(
                path: lockFile, reason: String(cString: strerror(errno)))
        }
        guard flock(handle, LOCK_EX | LOCK_NB) == 0 else {
            close(handle)
            return nil
        }
        return Lock(handle: handle)
    }
}
