import CMosquitto
import Glibc

/// What ended a wait on a connection and a bell.
struct Awaited: OptionSet {
    var rawValue: Int
    static let socket = Awaited(rawValue: 1)
    static let bell = Awaited(rawValue: 2)

    /// What the socket is watched for.
    struct Interest: OptionSet {
        var rawValue: Int32
        static let reading = Interest(rawValue: POLLIN)
        static let writing = Interest(rawValue: POLLOUT)
    }

    /// Waits until the socket is ready for `interest`, until the bell rings, or until `timeout` has
    /// passed; a descriptor of -1 is not watched.
    ///
    /// `ppoll`, since `poll` cannot wait for less than a millisecond, and commits may be faster.
    static func first(
        socket: Int32, for interest: Interest, bell: Int32, within timeout: Duration
    ) -> Awaited {
        var watched = (
            pollfd(fd: socket, events: Int16(interest.rawValue), revents: 0),
            pollfd(fd: bell, events: Int16(POLLIN), revents: 0)
        )
        let parts = max(timeout, .zero).components
        var time = timespec(
            tv_sec: Int(clamping: parts.seconds), tv_nsec: Int(parts.attoseconds / 1_000_000_000))
        let ready = unsafe withUnsafeMutableBytes(of: &watched) { raw in
            unsafe ppoll(raw.assumingMemoryBound(to: pollfd.self).baseAddress, 2, &time, nil)
        }
        guard ready > 0 else { return [] }
        var result = Awaited()
        if watched.0.revents != 0 { result.insert(.socket) }
        if watched.1.revents != 0 { result.insert(.bell) }
        return result
    }
}
