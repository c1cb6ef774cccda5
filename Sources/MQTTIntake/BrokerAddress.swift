/// Where a broker listens, and as whom to speak to it: `mqtt://[user@]host[:port]` or `mqtts://…`.
///
/// A password has no place in it, since addresses end up in process lists, logs and tickets.
public struct BrokerAddress: Hashable, Sendable, CustomStringConvertible {
    /// A name or an IP address; an IPv6 address stands here without its brackets.
    public var host: String
    /// TCP port; 1883 for `mqtt` and 8883 for `mqtts` where the text names none.
    public var port: Int
    /// Whether the connection is made with TLS.
    public var isEncrypted: Bool
    /// The user named in the text, or `nil`.
    public var user: String?

    /// Names a broker by its parts.
    public init(host: String, port: Int, isEncrypted: Bool = false, user: String? = nil) {
        self.host = host
        self.port = port
        self.isEncrypted = isEncrypted
        self.user = user
    }

    /// Reads an address as people write it.
    public init(_ text: String) throws(BrokerAddressFailure) {
        guard let mark = text.firstRange(of: "://") else { throw .schemeMissing }
        switch text[..<mark.lowerBound].lowercased() {
        case "mqtt": isEncrypted = false
        case "mqtts": isEncrypted = true
        default: throw .schemeUnknown(String(text[..<mark.lowerBound]))
        }
        var rest = text[mark.upperBound...]
        if let at = rest.lastIndex(of: "@") {
            let user = rest[..<at]
            guard !user.contains(":") else { throw .passwordGiven }
            guard !user.isEmpty else { throw .userEmpty }
            self.user = String(user)
            rest = rest[rest.index(after: at)...]
        }
        if rest.last == "/" { rest.removeLast() }
        guard !rest.contains(where: { "/?# ".contains($0) }) else { throw .pathGiven }

        let digits: Substring?
        if rest.first == "[" {
            guard let end = rest.firstIndex(of: "]") else { throw .hostUnreadable }
            host = String(rest[rest.index(after: rest.startIndex)..<end])
            let tail = rest[rest.index(after: end)...]
            guard tail.isEmpty || tail.first == ":" else { throw .hostUnreadable }
            digits = tail.isEmpty ? nil : tail.dropFirst()
        } else if let colon = rest.firstIndex(of: ":") {
            host = String(rest[..<colon])
            digits = rest[rest.index(after: colon)...]
        } else {
            host = String(rest)
            digits = nil
        }
        guard !host.isEmpty else { throw .hostUnreadable }
        guard let digits else {
            port = isEncrypted ? 8883 : 1883
            return
        }
        guard let number = UInt16(digits), number > 0 else { throw .portUnreadable(String(digits)) }
        port = Int(number)
    }

    /// The address as text; reading it again gives the same address.
    public var description: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return "\(isEncrypted ? "mqtts" : "mqtt")://\(user.map { $0 + "@" } ?? "")\(name):\(port)"
    }
}

/// Why a text is no broker address.
public enum BrokerAddressFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// There is no `mqtt://` or `mqtts://` in front.
    case schemeMissing
    /// Something else than `mqtt` or `mqtts` stands in front of `://`.
    case schemeUnknown(String)
    /// A password stands before the `@`; it is not repeated here.
    case passwordGiven
    /// There is an `@` with nothing before it.
    case userEmpty
    /// The host is missing, or its brackets do not close.
    case hostUnreadable
    /// What stands after the colon is no port from 1 to 65535.
    case portUnreadable(String)
    /// Something follows the port; topics are set elsewhere.
    case pathGiven

    /// One sentence for the person who wrote the address.
    public var description: String {
        switch self {
        case .schemeMissing: "a broker address starts with mqtt:// or mqtts://"
        case .schemeUnknown(let scheme): "'\(scheme)' is neither mqtt nor mqtts"
        case .passwordGiven:
            "a password does not belong in a broker address; put it into the password file"
        case .userEmpty: "nothing stands before the @ of the broker address"
        case .hostUnreadable: "the broker address names no host"
        case .portUnreadable(let port): "'\(port)' is no port between 1 and 65535"
        case .pathGiven: "a broker address ends after the port; topics are set on their own"
        }
    }
}
