import Foundation
import Glibc

/// Tells systemd how the service is (sd_notify(3)): one datagram of `KEY=VALUE` lines.
///
/// Written out here because the protocol is thirty lines and the library that has it brings
/// several others along. Without `NOTIFY_SOCKET` it says nothing to anybody.
public struct ServiceManagerLink: Sendable {
    private let path: [UInt8]?
    /// How often the watchdog wants to hear from us, or `nil` when there is none.
    public let watchdog: Duration?

    public init(environment: [String: String], processID: Int32) {
        path = environment["NOTIFY_SOCKET"].map { Array($0.utf8) }
        let isOurs = environment["WATCHDOG_PID"].map { $0 == String(processID) } ?? true
        watchdog =
            isOurs
            ? environment["WATCHDOG_USEC"].flatMap(Int64.init).map { .microseconds($0 / 2) } : nil
    }

    public func ready(_ status: String) { send("READY=1\nSTATUS=\(status)") }
    public func status(_ status: String) { send("STATUS=\(status)") }
    public func stopping() { send("STOPPING=1\nSTATUS=Stopping") }
    public func alive() { send("WATCHDOG=1") }

    /// Asks for more time to start, in which recovery may read a long journal.
    public func extendStart(by time: Duration) {
        send("EXTEND_TIMEOUT_USEC=\(time.components.seconds * 1_000_000)")
    }

    public func reloading() {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        let microseconds = Int64(now.tv_sec) * 1_000_000 + Int64(now.tv_nsec) / 1000
        send("RELOADING=1\nMONOTONIC_USEC=\(microseconds)")
    }

    private func send(_ text: String) {
        guard let path, path.count < 108, !path.isEmpty else { return }
        let handle = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard handle >= 0 else { return }
        defer { close(handle) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { place in
            place.copyBytes(from: path)
            // A leading "@" stands for the abstract name space, whose names begin with NUL.
            if path[0] == UInt8(ascii: "@") { place[0] = 0 }
        }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + path.count)
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                _ = Array(text.utf8).withUnsafeBytes {
                    sendto(
                        handle, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL), generic,
                        length)
                }
            }
        }
    }
}
