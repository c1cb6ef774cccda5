import VehicleFaults

/// From when to when a clock counts, and what does not count in between.
struct ClockSpan {
    var clock: ServiceClock
    var started: EventTime
    var stopped: EventTime?
    var isFulfilled: Bool
    var target: Int64?
    var calendar: BusinessCalendar
    var pauses: [(from: EventTime, until: EventTime?)] = []
    /// A due time that no calendar gives.
    var fixedDue: EventTime?

    /// Working milliseconds until `now`, without the pauses and with them.
    func counted(at now: EventTime) -> (net: Int64, gross: Int64) {
        let end = stopped ?? max(now, started)
        let gross = calendar.elapsed(from: started, until: end)
        var net = gross
        for pause in pauses {
            net -= calendar.elapsed(
                from: max(pause.from, started), until: min(pause.until ?? end, end))
        }
        return (net, gross)
    }

    /// When what is promised is used up; `nil` when nothing is, or while it is paused.
    var due: EventTime? { fixedDue ?? target.flatMap { instant(net: $0) } }

    /// Whether more was used until `now` than is promised.
    func isBreached(at now: EventTime) -> Bool {
        guard let target = target ?? fixedDue?.milliseconds(since: started) else {
            return false
        }
        return counted(at: now).net > target
    }

    func reading(at now: EventTime) -> ClockReading {
        let (net, gross) = counted(at: now)
        return ClockReading(
            clock: clock, started: started, stopped: stopped, isFulfilled: isFulfilled,
            target: target ?? fixedDue?.milliseconds(since: started), net: net, gross: gross,
            due: due, isPaused: stopped == nil && pauses.last.map { $0.until == nil } == true)
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

/// What the clocks of a ticket go by.
struct ClockStamps {
    var severity: Severity
    var isCampaign: Bool
    var clockStart: EventTime
    var solveFrom, respondedAt, triagedAt, solvedAt, deliveredAt, followedUpAt,
        cancelledAt: EventTime?
    var pauses: [Course.Pause]
    var partsRequestedAt, partsReceivedAt, partsDue: EventTime?

    func span(of clock: ServiceClock, _ policy: TicketPolicy) -> ClockSpan? {
        func span(
            _ target: TicketPolicy.Target?, from: EventTime?, to stop: EventTime?
        ) -> ClockSpan? {
            guard let from else { return nil }
            // An answer that was given before the clock began is an answer at once.
            let stopped = (stop ?? cancelledAt).map { max($0, from) }
            return ClockSpan(
                clock: clock, started: from, stopped: stopped, isFulfilled: stop != nil,
                target: target?.milliseconds, calendar: target?.calendar ?? .always)
        }
        switch clock {
        // Whether many vehicles are called in is judged; no vehicle waits meanwhile.
        case .solve where isCampaign, .serviceBy where isCampaign: return nil
        case .response:
            return span(policy.response, from: clockStart, to: respondedAt)
        case .decision:
            return span(policy.decision[severity], from: clockStart, to: triagedAt)
        case .solve:
            var result = span(policy.solve, from: solveFrom, to: solvedAt)
            result?.pauses = Self.counted(pauses, policy)
            return result
        case .serviceBy:
            guard let target = policy.serviceBy[severity] else { return nil }
            return span(target, from: clockStart, to: solvedAt)
        case .parts:
            var result = span(nil, from: partsRequestedAt, to: partsReceivedAt)
            result?.fixedDue = partsDue
            return result
        case .followUp:
            return span(policy.followUp, from: deliveredAt, to: followedUpAt)
        }
    }

    /// The pauses that stop the time to solve.
    static func counted(_ pauses: [Course.Pause], _ policy: TicketPolicy)
        -> [(from: EventTime, until: EventTime?)]
    {
        pauses.filter { !$0.isUrgent && policy.pausing.contains($0.reason) }
            .map { ($0.from, $0.until) }
    }
}
