/// How we stand with the broker.
public enum LinkState: Hashable, Sendable {
    /// No connection; `nil` before the first attempt. `attempts` counts failures in a row.
    case down(BrokerFailure?, attempts: Int)
    /// Dialled, and not yet accepted.
    case connecting
    /// Accepted; the flag says whether the broker still had our session.
    case up(sessionPresent: Bool)

    /// Whether messages can arrive.
    public var isUp: Bool {
        if case .up = self { true } else { false }
    }
}

/// What happened on the link since the start.
public struct IntakeCounters: Hashable, Sendable {
    /// Connections that the broker accepted.
    public var connects = 0
    /// Connections at which the broker had forgotten our session: messages may be missing.
    public var sessionsLost = 0
    /// Messages gathered, redelivered ones included.
    public var messages = 0
    /// Bytes of their topics and payloads.
    public var bytes = 0

    /// All zero.
    public init() {}
}
