/// Why there is no working link to the broker.
public enum BrokerFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// The name did not resolve, nobody listens, or no answer came in time.
    case unreachable(String)
    /// No secure connection: wrong authority, name, date or certificate.
    case insecure(String)
    /// The broker knows neither user nor password, or does not let them in.
    case credentialsRefused(String)
    /// The broker refuses us for another reason, such as the client id or the version of MQTT.
    case refused(String)
    /// Another client came with our client id, since a broker serves the last one that comes.
    ///
    /// Some brokers say so; with others it is concluded from links that break as soon as they are up.
    case takenOver
    /// The link was up and broke.
    case lost(String)
    /// We hung up because what was gathered could not be committed.
    case abandoned

    /// A few words for a log line or a person.
    public var description: String {
        switch self {
        case .unreachable(let detail): "unreachable: \(detail)"
        case .insecure(let detail): "no secure connection: \(detail)"
        case .credentialsRefused(let detail): "credentials refused: \(detail)"
        case .refused(let detail): "refused: \(detail)"
        case .takenOver: "another client uses our client id, or seems to"
        case .lost(let detail): "connection lost: \(detail)"
        case .abandoned: "hung up, because a batch could not be committed"
        }
    }
}

/// A one-off client could not reach the broker at all, or lost it.
public struct BrokerUnreachable: Error, Hashable, Sendable, CustomStringConvertible {
    /// The broker in question.
    public var address: BrokerAddress
    /// What went wrong.
    public var failure: BrokerFailure

    /// One sentence for a person.
    public var description: String { "\(address): \(failure)" }
}

/// The broker answered a one-off client, and said no.
public struct BrokerRefused: Error, Hashable, Sendable, CustomStringConvertible {
    /// The broker in question.
    public var address: BrokerAddress
    /// What it refused.
    public var failure: BrokerFailure

    /// One sentence for a person.
    public var description: String { "\(address): \(failure)" }
}
