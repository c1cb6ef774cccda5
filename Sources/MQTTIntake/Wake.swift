import CMosquitto
import Glibc

/// A bell that any thread or signal handler may ring to end a wait in `BrokerIntake.gather` early.
///
/// Rings before the wait, or several in a row, count as one.
public final class Wake: Sendable {
    /// The descriptor; a signal handler writes eight bytes that are not all zero to it.
    public let fileDescriptor: Int32

    /// Makes a bell; throws the `errno` when the process has no descriptor left.
    public init() throws(WakeFailure) {
        fileDescriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard fileDescriptor >= 0 else { throw WakeFailure(errno: errno) }
    }

    deinit { close(fileDescriptor) }

    /// Rings.
    public func ring() {
        var one: UInt64 = 1
        // A full counter refuses the write, and then the bell is ringing anyway.
        _ = unsafe write(fileDescriptor, &one, 8)
    }

    /// Silences the bell and says whether it was ringing.
    func answer() -> Bool {
        var count: UInt64 = 0
        return unsafe read(fileDescriptor, &count, 8) == 8
    }
}

/// The system refused a descriptor.
public struct WakeFailure: Error, Hashable, Sendable {
    /// What the system said.
    public var errno: Int32
}
