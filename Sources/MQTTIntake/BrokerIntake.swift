import Logging

/// Takes messages from a broker, and acknowledges them only when the caller says they are safe.
///
/// One thread owns it and goes round `gather`, commit, `acknowledge`; or `abandon`, when the commit
/// failed. Between `gather` and the next call nothing is written to the broker, because whatever
/// is written takes the queued acknowledgements with it.
public final class BrokerIntake {
    private var settings: BrokerSettings
    private let limits: BatchLimits
    private let wake: Wake
    private let logger: Logger
    private let clock = ContinuousClock()
    private let inbox = MessageInbox()

    private var connection: BrokerConnection?
    private var link: BrokerLink
    private var plan: SubscriptionPlan
    private var publishes = PublishQueue()
    private var dialAt: ContinuousClock.Instant
    private var asked: [Int32: String] = [:]
    private var dropped: [Int32: String] = [:]
    private var changes = SubscriptionPlan.Changes()
    private var statusIsDue = false

    private var isHolding = false
    private var handedOverAt: ContinuousClock.Instant
    private var lastCommit = Duration.zero
    private var commitBefore = Duration.zero
    private var committedAt: ContinuousClock.Instant
    private var isClosed = false

    /// What happened so far.
    public private(set) var counters = IntakeCounters()
    /// Whether dialling has ended for good, as `BrokerSettings.failsFast` asks; `state` says why.
    public private(set) var hasGivenUp = false

    /// Prepares an intake; the first `gather` dials.
    ///
    /// - Parameters:
    ///   - limits: when a batch is closed.
    ///   - previouslyGranted: what `granted` was when the caller last stored it, so that topics no
    ///     longer wanted are given up, and with MQTT 3.1.1 the others not subscribed to again.
    ///   - wake: ends a wait early.
    public init(
        settings: BrokerSettings, limits: BatchLimits = BatchLimits(),
        previouslyGranted: Set<String> = [], wake: Wake, logger: Logger
    ) {
        self.settings = settings
        self.limits = limits
        self.wake = wake
        self.logger = logger
        link = BrokerLink(failsFast: settings.failsFast)
        plan = SubscriptionPlan(
            wanted: settings.subscriptions, previouslyGranted: previouslyGranted,
            keepsSession: settings.keepsSession, renews: settings.version == .v5)
        dialAt = clock.now
        handedOverAt = dialAt
        committedAt = dialAt
    }

    /// How we stand with the broker.
    public var state: LinkState { link.state }
    /// Topic filters that the broker's session holds, as far as we know; to be stored.
    public var granted: Set<String> { plan.granted }
    /// Topic filters that the broker refused, or granted with QoS 0 only, on this connection.
    public var refusedFilters: [String] { plan.refused }
    /// Messages given to `publish` that the broker has not confirmed.
    public var publishesInFlight: Int { publishes.count }

    /// Waits for messages and returns them when the batch is full, when no more come, or when
    /// `timeout` has passed or the bell rang, and then it may be empty.
    ///
    /// A broken link is no error here: it is dialled again, and `state` tells. A batch that is not
    /// empty must be answered with `acknowledge` or `abandon` before the next call. Resolving the
    /// broker's name may take longer than `timeout`.
    public func gather(timeout: Duration) -> MessageBatch {
        precondition(!isHolding, "a batch was neither acknowledged nor abandoned")
        precondition(!isClosed, "the intake is closed")
        inbox.batch.reset(keepingUpTo: 4 * limits.bytes)
        let end = clock.now + timeout
        var closing: ContinuousClock.Instant?
        var rang = false
        while true {
            let now = clock.now
            if inbox.batch.isEmpty {
                dialIfDue(now)
                tend()
            }
            let isFull = drain()
            if !inbox.batch.isEmpty && closing == nil {
                closing = committedAt + limits.wait(lastCommits: lastCommit, commitBefore)
            }
            // Without a connection nothing more can come.
            if isFull || rang || clock.now >= closing ?? end { break }
            if !inbox.batch.isEmpty && connection == nil { break }
            if wait(until: closing ?? end).contains(.bell) { rang = wake.answer() }
        }
        let batch = inbox.batch
        isHolding = !batch.isEmpty
        counters.messages += batch.count
        counters.bytes += batch.bytes.count
        handedOverAt = clock.now
        return batch
    }

    /// Lets the acknowledgements of the gathered messages leave, and the publishes with them.
    ///
    /// Call it only when the batch is committed. The time since `gather` counts as the commit's.
    public func acknowledge() { acknowledge(after: handedOverAt.duration(to: clock.now)) }

    /// Like `acknowledge()`, for a caller who knows how long the commit took.
    public func acknowledge(after commit: Duration) {
        if isHolding {
            commitBefore = lastCommit
            lastCommit = commit
            committedAt = clock.now
        }
        isHolding = false
        inbox.batch.reset(keepingUpTo: 4 * limits.bytes)
        tend()
    }

    /// Hangs up without acknowledging what was gathered: the broker sends it again.
    ///
    /// The next `gather` dials after a delay that grows while this keeps happening.
    public func abandon() {
        isHolding = false
        inbox.batch.reset(keepingUpTo: 4 * limits.bytes)
        if connection != nil { lose(.abandoned) }
    }

    /// Keeps a QoS 1 message for the broker; it leaves with the next `acknowledge` or `gather`.
    ///
    /// It goes out again after a lost connection until it is confirmed, so it can arrive twice.
    /// - Throws: when 10,000 messages wait already, or for a topic that cannot be published to.
    public func publish(
        topic: String, payload: [UInt8], retain: Bool = false
    ) throws(PublishFailure) -> PublishID {
        guard BrokerConnection.canPublish(to: topic) else { throw .topicInvalid }
        return try publishes.add(topic: topic, payload: payload, retain: retain)
    }

    /// Puts other words in the place of the retained message that says that we are there.
    public func tell(_ online: [UInt8]) {
        settings.status?.online = online
        if link.state.isUp { statusIsDue = true }
    }

    /// Messages that the broker has confirmed since the last call.
    public func takeConfirmed() -> [PublishID] { publishes.takeConfirmed() }

    /// Messages that the broker will not take, since the last call; they are not tried again.
    public func takeRefused() -> [RefusedPublish] { publishes.takeRefused() }

    /// Says goodbye: publishes the offline status and leaves; the broker keeps our session.
    ///
    /// Everything gathered must have been acknowledged. Takes three seconds at most.
    public func close() {
        precondition(!isHolding, "a batch was neither acknowledged nor abandoned")
        guard !isClosed else { return }
        isClosed = true
        guard let connection, link.state.isUp else { return self.connection = nil }
        tend()
        if let status = settings.status {
            _ = connection.publish(topic: status.topic, payload: status.offline, retain: true)
        }
        connection.leave(within: .seconds(2), clock: clock)
        self.connection = nil
    }
}

// MARK: - The link

extension BrokerIntake {
    private func wait(until deadline: ContinuousClock.Instant) -> Awaited {
        var pause = clock.now.duration(to: deadline)
        if connection == nil {
            if !hasGivenUp && inbox.batch.isEmpty {
                pause = min(pause, clock.now.duration(to: dialAt))
            }
        } else {
            // The keep-alive and an overdue CONNACK are looked after once a second.
            pause = min(pause, .seconds(1))
        }
        let writing = inbox.batch.isEmpty && connection?.wantsWrite == true
        return Awaited.first(
            socket: connection?.socket ?? -1, for: writing ? [.reading, .writing] : .reading,
            bell: wake.fileDescriptor,
            within: pause)
    }

    /// Reads until the socket is empty or the batch is full.
    private func drain() -> Bool {
        while let connection {
            let reading = connection.read()
            for event in connection.takeEvents() { take(event) }
            if let failure = connection.failure { lose(failure) }
            if limits.areReached(by: inbox.batch) { return true }
            if reading == .drained { return false }
        }
        return false
    }

    private func dialIfDue(_ now: ContinuousClock.Instant) {
        guard connection == nil, !hasGivenUp, now >= dialAt else { return }
        link.dialled(at: now)
        do throws(BrokerFailure) {
            let connection = try BrokerConnection(settings: settings, inbox: inbox)
            self.connection = connection
            connection.dial()
        } catch {
            lose(error)
        }
    }

    /// Hands over what is due, writes everything queued, and keeps the link alive.
    ///
    /// Everything here may be on its way to the broker at once, PUBACKs included; hence only while
    /// no message is held that is not committed.
    private func tend() {
        guard let connection else { return }
        precondition(
            !isHolding && inbox.batch.isEmpty, "nothing is written while messages are uncommitted")
        if link.state.isUp {
            subscribe(on: connection)
            publish(on: connection)
        }
        connection.housekeep()
        connection.flush()
        if connection.failure == nil && link.isOverdue(at: clock.now) {
            return lose(.unreachable("no answer within \(BrokerLink.patience)"))
        }
        if let failure = connection.failure { lose(failure) }
    }

    private func subscribe(on connection: BrokerConnection) {
        for filter in changes.subscribe {
            switch connection.subscribe(to: filter) {
            case .success(let packet): asked[packet] = filter
            case .failure(let refusal): refuse(filter, reason: refusal.reason)
            }
        }
        for filter in changes.unsubscribe {
            if case .success(let packet) = connection.unsubscribe(from: filter) {
                dropped[packet] = filter
            }
        }
        changes = SubscriptionPlan.Changes()
    }

    private func publish(on connection: BrokerConnection) {
        if let status = settings.status, statusIsDue {
            _ = connection.publish(topic: status.topic, payload: status.online, retain: true)
        }
        statusIsDue = false
        while connection.failure == nil, let entry = publishes.next {
            switch connection.publish(
                topic: entry.topic, payload: entry.payload, retain: entry.retain)
            {
            case .success(let packet): publishes.handOver(as: packet)
            case .failure(let refusal):
                publishes.refuseNext(refusal.reason)
                logger.error(
                    "a message cannot be published", metadata: ["reason": "\(refusal.reason)"])
            }
        }
    }

    private func take(_ event: BrokerConnection.Event) {
        switch event {
        case .accepted(let sessionPresent): accepted(sessionPresent: sessionPresent)
        case .subscribed(let packet, let quality):
            guard let filter = asked.removeValue(forKey: packet) else { return }
            if !plan.answered(filter, quality: quality) {
                refuse(filter, reason: "granted \(quality)")
            }
        case .unsubscribed(let packet):
            if let filter = dropped.removeValue(forKey: packet) { plan.ended(filter) }
        case .published(let packet, let refusal):
            publishes.answered(packet, refusal: refusal)
            if let refusal {
                logger.error("the broker refused a message", metadata: ["reason": "\(refusal)"])
            }
        }
    }

    private func accepted(sessionPresent: Bool) {
        link.accepted(sessionPresent: sessionPresent, at: clock.now)
        changes = plan.accepted(sessionPresent: sessionPresent)
        statusIsDue = true
        counters.connects += 1
        let metadata: Logger.Metadata = [
            "broker": "\(settings.address)", "session_present": "\(sessionPresent)",
            "subscribing": "\(changes.subscribe.count)",
        ]
        logger.notice("connected to the broker", metadata: metadata)
        guard changes.sessionLost else { return }
        counters.sessionsLost += 1
        logger.error("the broker lost our session; messages may be missing", metadata: metadata)
    }

    private func refuse(_ filter: String, reason: String) {
        _ = plan.answered(filter, quality: 128)
        logger.error(
            "the broker refused a subscription",
            metadata: ["filter": "\(filter)", "reason": "\(reason)"])
    }

    private func lose(_ failure: BrokerFailure) {
        var failure = failure
        if case .lost(let detail) = failure, !link.state.isUp { failure = .unreachable(detail) }
        connection = nil
        asked = [:]
        dropped = [:]
        publishes.connectionLost()
        var metadata: Logger.Metadata = [
            "broker": "\(settings.address)", "reason": "\(failure)",
        ]
        let now = clock.now
        switch link.failed(failure, at: now, jitter: Double.random(in: 0..<1)) {
        case .giveUp: hasGivenUp = true
        case .dial(let delay):
            dialAt = now + delay
            metadata["next_attempt_in"] = "\(delay)"
        }
        if case .down(.takenOver, _) = link.state {
            logger.error("another client seems to use our client id", metadata: metadata)
        } else {
            logger.warning("no link to the broker", metadata: metadata)
        }
    }
}
