import ServiceTickets
import VehicleFaults

extension TicketRecord {
    /// What reports know of a ticket, from what happened to it.
    ///
    /// - Parameters:
    ///   - ticket: the fold of `events`.
    ///   - vehicle: how readers see the vehicle.
    ///   - policy: the clocks and their targets.
    ///   - end: the end of the period; clocks that run are read there.
    public init(
        _ ticket: Ticket, events: [TicketEvent], vehicle: String, policy: TicketPolicy,
        at end: EventTime
    ) {
        let course = ticket.course
        self.init(
            id: "T-\(ticket.number)", vehicle: vehicle, mode: ticket.mode,
            rule: ticket.rules.first ?? ticket.source.rawValue, component: ticket.component,
            skill: ticket.skill, site: course.site ?? "–", model: "–", severity: ticket.severity,
            opened: ticket.openedReceived)
        acknowledged = course.respondedAt
        checkedIn = course.checkedInAt
        repairStarted = course.repairStartedAt
        repaired = course.repairedAt
        solved = course.solvedAt
        delivered = course.deliveredAt
        followedUp = course.followedUpAt
        closed = course.closedAt
        cancelled = course.cancelledAt
        technician = course.technicians.first
        satisfaction = course.csat
        if let clock = ticket.clock(.solve, policy, at: end) {
            netSolve = Double(clock.net) / 1000
            grossSolve = Double(clock.gross) / 1000
        }
        predictedFailure = ticket.clock(.serviceBy, policy, at: end)?.due
        disposition = Self.disposition(of: course)
        provingIsOver =
            ticket.proof == .verified
            || (course.deliveredAt.map {
                $0.advanced(by: policy.reopenMilliseconds) <= end
            } ?? false)
        reopenings = ticket.epoch - 1
        if let estimated = ticket.estimate?.total, estimated > 0 { estimate = estimated }
        read(events, until: end)
        if disposition == .brokeDownBeforeService { failed = course.checkedInAt ?? solved }
        forget(after: end)
    }

    /// What had not happened yet is not known.
    private mutating func forget(after end: EventTime) {
        func known(_ time: inout EventTime?) { if let at = time, at >= end { time = nil } }
        known(&acknowledged)
        known(&checkedIn)
        known(&repairStarted)
        known(&repaired)
        known(&solved)
        known(&delivered)
        known(&followedUp)
        known(&closed)
        known(&cancelled)
        if closed == nil, cancelled == nil { disposition = nil }
        if followedUp == nil { satisfaction = nil }
    }

    private static func disposition(of course: Course) -> Disposition? {
        if let found = course.disposition { return Disposition(rawValue: found.rawValue) }
        switch course.cancelReason {
        case .duplicate?: return .duplicate
        case .falseAlarm?: return .falseAlarm
        case .dataFault?: return .dataFault
        case .declined?: return .declined
        case .selfCleared?: return .selfCleared
        case .vehicleGone?: return .unknown
        case nil: return nil
        }
    }

    /// The steps of the service flow that a repaired vehicle passes.
    private static let flow: [TicketStep] = [.schedule, .checkIn, .startRepair, .check, .followUp]

    /// Counts what only the list of events tells: visits, inspections, where the time went.
    private mutating func read(_ events: [TicketEvent], until end: EventTime) {
        var since: (state: TicketState, at: EventTime, reason: String?)?
        var seen: [TicketStep] = []
        for event in events {
            if let before = since { spend(before, until: event.at) }
            if case .step(let step) = event.kind {
                seen.append(step)
                switch step {
                case .checkIn: visits += 1
                case .check:
                    inspections += 1
                    if event.fields[.result] == CheckResult.fail.rawValue { failedInspections += 1 }
                case .followUp:
                    wasAsked = true
                    complaints += (event.fields[.reasons] ?? "")
                        .split { $0 == "," || $0 == " " }.map(String.init)
                default: break
                }
            }
            let reason = event.fields[.reason]
            since = (
                event.state, event.at, event.state == .onHold ? reason ?? since?.reason : nil
            )
        }
        if let last = since, !last.state.isFinal { spend(last, until: end) }
        if let begun = repairStarted, let done = repaired {
            actualHours = Double(done.milliseconds(since: begun)) / 3_600_000
        }
        guard repairStarted != nil, closed != nil else { return }
        let order = seen.filter(Self.flow.contains)
        deviations = Self.flow.enumerated().compactMap { place, step in
            guard let index = order.firstIndex(of: step) else { return step.rawValue }
            let isLate = Self.flow[..<place].contains { earlier in
                order.firstIndex(of: earlier).map { $0 > index } ?? false
            }
            return isLate ? step.rawValue : nil
        }
    }

    private mutating func spend(
        _ span: (state: TicketState, at: EventTime, reason: String?), until end: EventTime
    ) {
        let seconds = Double(end.milliseconds(since: span.at)) / 1000
        guard seconds > 0 else { return }
        timeInState[span.state.rawValue, default: 0] += seconds
        if let reason = span.reason { timeOnHold[reason, default: 0] += seconds }
    }
}
