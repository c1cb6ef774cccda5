import Foundation

/// One end of a socket that answers like a broker when it is told to, and shows every byte it got.
public final class ScriptedBroker {
    /// The port it listens on.
    public let port: Int
    private let listener: Int32
    private var peer: Int32 = -1

    /// Listens; the system accepts connections by itself until `accept` is called.
    public init() throws {
        port = try PrivateBroker.freePort()
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var yes: Int32 = 1
        _ = unsafe setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, 4)
        let bound = unsafe PrivateBroker.withAddress(port: port) { unsafe bind(listener, $0, $1) }
        guard bound == 0, listen(listener, 4) == 0 else {
            throw PrivateBroker.Failure.didNotStart("port \(port)")
        }
    }

    deinit {
        if peer >= 0 { close(peer) }
        close(listener)
    }

    /// Takes the connection that a client has opened.
    public func accept() {
        if peer >= 0 { close(peer) }
        peer = Glibc.accept(listener, nil, nil)
    }

    /// Sends bytes.
    public func send(_ bytes: [UInt8]) {
        _ = unsafe Glibc.send(peer, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    /// Everything that has arrived; waits up to `wait` for the first byte.
    public func received(within wait: Duration = .zero) -> [UInt8] {
        let milliseconds = Int32(wait / .milliseconds(1))
        var watched = pollfd(fd: peer, events: Int16(POLLIN), revents: 0)
        var result: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while unsafe poll(&watched, 1, result.isEmpty ? milliseconds : 0) > 0 {
            let count = unsafe recv(peer, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            guard count > 0 else { break }
            result += buffer[..<count]
        }
        return result
    }

    /// A CONNACK of MQTT 3.1.1 that accepts.
    public static func accepted(sessionPresent: Bool) -> [UInt8] {
        [0x20, 2, sessionPresent ? 1 : 0, 0]
    }

    /// A QoS 1 PUBLISH of MQTT 3.1.1 with a topic and a payload of under a hundred bytes in all.
    public static func publish(_ packet: UInt8, topic: String, payload: [UInt8]) -> [UInt8] {
        let name = Array(topic.utf8)
        return [0x32, UInt8(2 + name.count + 2 + payload.count), 0, UInt8(name.count)] + name
            + [0, packet] + payload
    }
}
