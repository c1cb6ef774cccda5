/// Publishes to a broker and waits where it must, for replays and rigs: one thread, one connection.
///
/// It does not dial again: whoever sends a recording wants to know that it did not arrive.
public final class BrokerPublisher {
    private let address: BrokerAddress
    private let window: Int
    private let patience: Duration
    private let clock = ContinuousClock()
    private var connection: BrokerConnection
    private var inFlight = 0
    private var isAccepted = false

    /// Messages that the broker has confirmed.
    public private(set) var confirmed = 0
    /// Messages that the broker refused, by its access rules for instance.
    public private(set) var refused = 0

    /// Connects with a session of its own that the broker forgets afterwards.
    ///
    /// - Parameters:
    ///   - settings: subscriptions and status in it are not used.
    ///   - window: messages that may be under way at a time.
    ///   - patience: how long the broker may stay silent when something is expected of it.
    /// - Throws: `BrokerUnreachable`, or `BrokerRefused` when the broker answered and said no.
    public init(
        settings: BrokerSettings, window: Int = 1000, patience: Duration = .seconds(10)
    ) throws {
        precondition(window > 0, "a window must have room for one message")
        var settings = settings
        settings.subscriptions = []
        settings.status = nil
        settings.keepsSession = false
        address = settings.address
        self.window = window
        self.patience = patience
        do throws(BrokerFailure) {
            connection = try BrokerConnection(settings: settings, inbox: MessageInbox())
        } catch {
            throw BrokerRefused(address: settings.address, failure: error)
        }
        connection.dial()
        try advance(while: { !isAccepted })
    }

    /// Sends a message with QoS 1; waits for room in the window, not for the confirmation.
    ///
    /// - Throws: `BrokerUnreachable` when the link breaks or the broker falls silent,
    ///   `PublishFailure` for a topic that cannot be published to.
    public func publish(topic: String, payload: [UInt8], retain: Bool = false) throws {
        guard BrokerConnection.canPublish(to: topic) else { throw PublishFailure.topicInvalid }
        try advance(while: { inFlight >= window })
        switch connection.publish(topic: topic, payload: payload, retain: retain) {
        case .success: inFlight += 1
        case .failure(let refusal):
            throw BrokerRefused(address: address, failure: .refused(refusal.reason))
        }
        connection.flush()
        try checkLink()
    }

    /// Waits until the broker has confirmed everything.
    ///
    /// - Returns: messages still under way when `timeout` had passed.
    /// - Throws: `BrokerUnreachable` when the link breaks first.
    @discardableResult
    public func drain(timeout: Duration) throws -> Int {
        let end = clock.now + timeout
        while inFlight > 0 && clock.now < end { try step(until: end) }
        return inFlight
    }

    /// Takes leave; what was not confirmed may be lost, so `drain` first.
    public func close() {
        guard connection.failure == nil else { return }
        connection.leave(within: .seconds(2), clock: clock)
    }

    /// Serves the link while `isBlocked`, and gives up when nothing moves for as long as we wait.
    private func advance(while isBlocked: () -> Bool) throws {
        var end = clock.now + patience
        var settledBefore = confirmed + refused
        while isBlocked() {
            try step(until: end)
            if settledBefore != confirmed + refused {
                settledBefore = confirmed + refused
                end = clock.now + patience
            }
            if isBlocked() && clock.now >= end {
                throw BrokerUnreachable(
                    address: address, failure: .unreachable("no answer within \(patience)"))
            }
        }
    }

    private func step(until end: ContinuousClock.Instant) throws {
        connection.housekeep()
        connection.flush()
        _ = Awaited.first(
            socket: connection.socket,
            for: connection.wantsWrite ? [.reading, .writing] : .reading, bell: -1,
            within: min(clock.now.duration(to: end), .seconds(1)))
        while connection.failure == nil {
            let reading = connection.read()
            for event in connection.takeEvents() { take(event) }
            if reading == .drained { break }
        }
        try checkLink()
    }

    private func take(_ event: BrokerConnection.Event) {
        switch event {
        case .accepted: isAccepted = true
        case .published(_, let refusal):
            inFlight -= 1
            if refusal == nil { confirmed += 1 } else { refused += 1 }
        case .subscribed, .unsubscribed: break
        }
    }

    private func checkLink() throws {
        guard let failure = connection.failure else { return }
        switch failure {
        case .credentialsRefused, .refused, .insecure, .takenOver:
            throw BrokerRefused(address: address, failure: failure)
        case .lost(let detail) where !isAccepted:
            throw BrokerUnreachable(address: address, failure: .unreachable(detail))
        case .unreachable, .lost, .abandoned:
            throw BrokerUnreachable(address: address, failure: failure)
        }
    }
}
