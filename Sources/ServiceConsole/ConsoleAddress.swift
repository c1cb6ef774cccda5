import Glibc

/// Where the console listens.
package struct ConsoleAddress: Hashable, Sendable, CustomStringConvertible {
    package var host: String
    package var port: Int

    /// Reads `127.0.0.1:8420`, `[::1]:8420` or `localhost:8420`; port 0 asks for any free one.
    ///
    /// - Returns: `nil` when it is something else.
    package init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":") else { return nil }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            return nil
        }
        guard !host.isEmpty, let port = UInt16(text[text.index(after: colon)...]) else {
            return nil
        }
        self.host = String(host)
        self.port = Int(port)
    }

    package var description: String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

    /// Whether only programs of this machine can reach it.
    package var isLoopback: Bool {
        host == "localhost" || host == "::1"
            || host.hasPrefix("127.") && Self.isNumeric(host)
    }

    /// Whether a host is an address and not a name.
    static func isNumeric(_ host: String) -> Bool {
        var four = in_addr()
        var six = in6_addr()
        return inet_pton(AF_INET, host, &four) == 1 || inet_pton(AF_INET6, host, &six) == 1
    }
}
