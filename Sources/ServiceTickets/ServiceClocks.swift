import VehicleFaults

/// How a clock of a ticket stands.
public struct ClockReading: Hashable, Sendable {
    public var clock: ServiceClock
    public var started: EventTime
    /// When what was promised happened, or the ticket was cancelled; `nil` while it runs.
    public var stopped: EventTime?
    /// Whether it stopped because the promise was kept or broken, not because it was given up.
    public var isFulfilled: Bool
    /// Milliseconds that are promised; `nil` when nothing is.
    public var target: Int64?
    /// Working milliseconds without the pauses that count.
    public var net: Int64
    /// Working milliseconds with them.
    public var gross: Int64
    /// When the target is used up; `nil` when nothing is promised or while it is paused.
    public var due: EventTime?
    public var isPaused: Bool

    /// Whether more was used than promised.
    public var isBreached: Bool { target.map { net > $0 } ?? false }
}

extension Ticket {
    /// The clocks that have started, as they stand at `now`.
    public func clocks(_ policy: TicketPolicy, at now: EventTime) -> [ClockReading] {
        ServiceClock.allCases.compactMap { clock in span(of: clock, policy)?.reading(at: now) }
    }

    /// A clock, or `nil` when it has not started.
    public func clock(_ clock: ServiceClock, _ policy: TicketPolicy, at now: EventTime)
        -> ClockReading?
    {
        span(of: clock, policy)?.reading(at: now)
    }

    /// From when to when a clock counts, and what does not count in between.
    struct Span {
        var clock: ServiceClock
        var started: EventTime
        var stopped: EventTime?
        var isFulfilled: Bool
        var target: Int64?
        var calendar: BusinessCalendar
        var pauses: [(from: EventTime, until: EventTime?)] = []
        /// A due time that no calendar gives.
        var fixedDue: EventTime?

        func reading(at now: EventTime) -> ClockReading {
            let end = stopped ?? max(now, started)
            let gross = calendar.elapsed(from: started, until: end)
            var net = gross
            for pause in pauses {
                net -= calendar.elapsed(
                    from: max(pause.from, started), until: min(pause.until ?? end, end))
            }
            return ClockReading(
                clock: clock, started: started, stopped: stopped, isFulfilled: isFulfilled,
                target: target ?? fixedDue?.milliseconds(since: started), net: net, gross: gross,
                due: fixedDue ?? target.flatMap { instant(net: $0) },
                isPaused: stopped == nil && pauses.last.map { $0.until == nil } == true)
        }

        /// When the clock has counted `milliseconds`; `nil` when it does not come so far as things
        /// stand.
        func instant(net milliseconds: Int64) -> EventTime? {
            var rest = milliseconds
            var from = started
            for pause in pauses {
                let begin = max(pause.from, from)
                let counted = calendar.elapsed(from: from, until: begin)
                if counted >= rest { break }
                rest -= counted
                guard let until = pause.until else { return nil }
                from = max(from, until)
            }
            return calendar.instant(rest, after: from)
        }
    }

    func span(of clock: ServiceClock, _ policy: TicketPolicy) -> Span? {
        let ended = course.cancelledAt
        func span(
            _ target: TicketPolicy.Target?, from: EventTime?, to stop: EventTime?
        ) -> Span? {
            guard let from else { return nil }
            // An answer that was given before the clock began is an answer at once.
            let stopped = (stop ?? ended).map { max($0, from) }
            return Span(
                clock: clock, started: from, stopped: stopped, isFulfilled: stop != nil,
                target: target?.milliseconds, calendar: target?.calendar ?? .always)
        }
        switch clock {
        // Whether many vehicles are called in is judged; no vehicle waits meanwhile.
        case .solve where isCampaign, .serviceBy where isCampaign: return nil
        case .response:
            return span(policy.response, from: clockStart, to: course.respondedAt)
        case .decision:
            return span(policy.decision[severity], from: clockStart, to: course.triagedAt)
        case .solve:
            var result = span(policy.solve, from: course.solveFrom, to: course.solvedAt)
            result?.pauses = Self.counted(course.pauses, policy)
            return result
        case .serviceBy:
            guard let target = policy.serviceBy[severity] else { return nil }
            return span(target, from: clockStart, to: course.solvedAt)
        case .parts:
            var result = span(nil, from: partsRequestedAt, to: partsReceivedAt)
            result?.fixedDue = parts.compactMap(\.eta).max()
            return result
        case .followUp:
            return span(policy.followUp, from: course.deliveredAt, to: course.followedUpAt)
        }
    }

    /// The promise that ends first of those that run; `nil` when none does or all are paused.
    func nextPromise(_ policy: TicketPolicy) -> Due? {
        guard !state.isFinal else { return nil }
        var next: Due?
        for clock in ServiceClock.allCases where clock != .parts {
            guard let span = span(of: clock, policy), span.stopped == nil,
                let at = span.target.flatMap({ span.instant(net: $0) }),
                at < next?.at ?? EventTime(milliseconds: .max)
            else { continue }
            next = Due(at: at, clock: clock)
        }
        return next
    }

    /// When the next person must be told of a clock, and which; of several, the first.
    func nextEscalation(_ policy: TicketPolicy)
        -> (at: EventTime, clock: ServiceClock, level: EscalationLevel)?
    {
        guard policy.escalates, !state.isFinal else { return nil }
        var next: (at: EventTime, clock: ServiceClock, level: EscalationLevel)?
        for clock in ServiceClock.allCases where clock != .parts {
            guard let span = span(of: clock, policy), span.stopped == nil,
                let target = span.target
            else { continue }
            for level in EscalationLevel.allCases where told & clock.bit(level) == 0 {
                var at = span.instant(net: target * Int64(level.rawValue) / 100)
                if clock == .response, level == .beyond, severity == .s1 {
                    let early = span.started.advanced(by: policy.urgentAcknowledgement)
                    at = min(at ?? early, early)
                }
                if let at, at < next?.at ?? EventTime(milliseconds: .max) {
                    next = (at, clock, level)
                }
            }
        }
        return next
    }
}
