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
        let stamps = stamps
        return ServiceClock.allCases.compactMap { stamps.span(of: $0, policy)?.reading(at: now) }
    }

    /// A clock, or `nil` when it has not started.
    public func clock(_ clock: ServiceClock, _ policy: TicketPolicy, at now: EventTime)
        -> ClockReading?
    {
        stamps.span(of: clock, policy)?.reading(at: now)
    }

    /// What its clocks go by.
    private var stamps: ClockStamps {
        ClockStamps(
            severity: severity, isCampaign: isCampaign, clockStart: clockStart,
            solveFrom: course.solveFrom, respondedAt: course.respondedAt,
            triagedAt: course.triagedAt, solvedAt: course.solvedAt,
            deliveredAt: course.deliveredAt, followedUpAt: course.followedUpAt,
            cancelledAt: course.cancelledAt, pauses: course.pauses,
            partsRequestedAt: partsRequestedAt, partsReceivedAt: partsReceivedAt,
            partsDue: parts.compactMap(\.eta).max())
    }

    /// The promise that ends first of those that run; `nil` when none does or all are paused.
    func nextPromise(_ policy: TicketPolicy) -> Due? {
        guard !state.isFinal else { return nil }
        let stamps = stamps
        var next: Due?
        for clock in ServiceClock.allCases where clock != .parts {
            guard let span = stamps.span(of: clock, policy), span.stopped == nil,
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
        let stamps = stamps
        for clock in ServiceClock.allCases where clock != .parts {
            guard let span = stamps.span(of: clock, policy), span.stopped == nil,
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
