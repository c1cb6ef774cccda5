/// Decides when to dial the broker; holds no socket, reads no clock and rolls no dice.
struct BrokerLink {
    enum Action: Equatable {
        case dial(after: Duration)
        case giveUp
    }

    /// A link that breaks sooner than this was not well, so the delays keep growing. Otherwise two
    /// instances with one client id would throw each other out as fast as they can dial.
    static let settled = Duration.seconds(10)
    /// How long a broker may take from the first SYN to its CONNACK.
    static let patience = Duration.seconds(10)

    private(set) var state = LinkState.down(nil, attempts: 0)
    /// Broken this often in a row as soon as it was up, the link has a rival. MQTT 5 has a reason
    /// code for that, but 3.1.1 has none, and mosquitto 2.0 just hangs up in both.
    static let livesOfARival = 3

    private let failsFast: Bool
    private var attempts = 0
    private var shortLives = 0
    private var takeovers = 0
    private var wasEverUp = false
    private var since: ContinuousClock.Instant?

    init(failsFast: Bool = false) { self.failsFast = failsFast }

    mutating func dialled(at now: ContinuousClock.Instant) {
        state = .connecting
        since = now
    }

    mutating func accepted(sessionPresent: Bool, at now: ContinuousClock.Instant) {
        state = .up(sessionPresent: sessionPresent)
        since = now
        wasEverUp = true
    }

    /// Takes note of a failure; `jitter` is a random number from 0 up to 1.
    mutating func failed(
        _ failure: BrokerFailure, at now: ContinuousClock.Instant, jitter: Double
    ) -> Action {
        var failure = failure
        if state.isUp, let since, since.duration(to: now) >= Self.settled {
            attempts = 0
            shortLives = 0
            takeovers = 0
        } else if state.isUp, case .lost = failure {
            shortLives += 1
            if shortLives >= Self.livesOfARival { failure = .takenOver }
        } else if case .unreachable = failure {
            shortLives = 0  // A broker that is away serves no rival either.
        }
        attempts += 1
        if failure == .takenOver { takeovers += 1 }
        state = .down(failure, attempts: attempts)
        since = nil
        if failsFast && !wasEverUp { return .giveUp }
        let (first, ceiling) = Self.delays(after: failure)
        let doublings =
            (failure == .takenOver ? takeovers : attempts) - 1
        let doubled = first * (1 << min(doublings, 12))
        // Between half and all of it, because a whole fleet of clients redials at once.
        return .dial(after: min(doubled, ceiling) * (0.5 + jitter / 2))
    }

    /// Whether the broker had its time to accept us.
    func isOverdue(at now: ContinuousClock.Instant) -> Bool {
        guard case .connecting = state, let since else { return false }
        return since.duration(to: now) >= Self.patience
    }

    /// The first and the longest delay after a failure.
    private static func delays(after failure: BrokerFailure) -> (Duration, Duration) {
        switch failure {
        // A broker that restarts should be found within 5 s however long it was away, and asking a
        // port on which nobody listens costs nothing.
        case .unreachable, .lost, .abandoned: (.milliseconds(200), .seconds(4))
        // A person must change something first, and brokers ban those who knock too often.
        case .insecure, .credentialsRefused, .refused: (.seconds(2), .seconds(30))
        case .takenOver: (.seconds(15), .seconds(60))
        }
    }
}
