import ServiceTickets
import VehicleFaults

extension TicketRecord {
    /// What reports know of a ticket, from what had happened to it by the end of a period.
    ///
    /// - Parameters:
    ///   - ticket: where it stood at `end`, the time up to then counted.
    ///   - policy: the clocks and their calendars.
    ///   - end: the end of the period; clocks that run are read there.
    public init(_ ticket: TicketStanding, policy: TicketPolicy, at end: EventTime) {
        self.init(
            number: ticket.number, vehicle: ticket.vehicle, mode: ticket.mode,
            rule: ticket.rule ?? ticket.source.rawValue, component: ticket.component,
            skill: ticket.skill, site: ticket.site ?? "–", severity: ticket.severity,
            opened: ticket.openedReceived)
        source = ticket.source
        serviceType = ticket.serviceType
        triaged = ticket.triagedAt
        acknowledged = ticket.firstResponse
        answerMinutes = ticket.tally.answerMinutes
        taken = ticket.firstResponse
        promised = ticket.readyBy
        if ticket.source == .rule {
            lag = Double(ticket.openedReceived.milliseconds(since: ticket.openedAt)) / 1000
        }
        checkedIn = ticket.checkedInAt
        repairStarted = ticket.repairStartedAt
        solved = ticket.solvedAt
        delivered = ticket.deliveredAt
        followedUp = ticket.followedUpAt
        closed = ticket.closedAt
        cancelled = ticket.cancelledAt
        technician = ticket.technician
        satisfaction = ticket.csat
        if let time = ticket.solveTime(policy, at: end) {
            netSolve = Double(time.net) / 1000
            grossSolve = Double(time.gross) / 1000
        }
        predictedFailure = ticket.failsAt
        probability = ticket.probability
        disposition = Self.disposition(of: ticket)
        provingIsOver =
            ticket.proof == .verified
            || (ticket.deliveredAt.map {
                $0.advanced(by: policy.reopenMilliseconds) <= end
            } ?? false)
        reopenings = ticket.epoch - 1
        if let estimated = ticket.estimateTotal, estimated > 0 { estimate = estimated }
        visits = ticket.tally.visits
        inspections = ticket.tally.inspections
        failedInspections = ticket.tally.failedInspections
        wasAsked = ticket.tally.wasAsked
        complaints = ticket.tally.reasons
        if repairStarted != nil, closed != nil {
            deviations = ticket.tally.deviations.map(\.rawValue)
            lateSteps = ticket.lateSteps(policy, at: end).map(\.rawValue)
        }
        spent = ticket.spent
        // Holds are states of their own, so this is time at the vehicle.
        actualHours = Double(spent.states[Self.placeOfRepair]) / 3_600_000
        failed = ticket.failedAt
        cost = ticket.actualCost
        if disposition == .brokeDownBeforeService { failed = ticket.checkedInAt ?? solved }
        if closed == nil, cancelled == nil { disposition = nil }
    }

    /// What reports know of a ticket of which nothing is known after `end`.
    public init(_ ticket: Ticket, policy: TicketPolicy, at end: EventTime) {
        var standing = TicketStanding(ticket)
        standing.count(until: end)
        self.init(standing, policy: policy, at: end)
    }

    private static let placeOfRepair = TicketState.allCases.firstIndex(of: .inRepair) ?? 0

    private static func disposition(of course: TicketStanding) -> Disposition? {
        if let found = course.disposition { return Disposition(found) }
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
}

extension TicketRecord.Disposition {
    fileprivate init(_ found: ServiceTickets.Disposition) {
        self =
            switch found {
            case .confirmed: .confirmedAsPredicted
            case .otherComponent: .confirmedOtherComponent
            case .early: .confirmedEarly
            case .noTroubleFound: .noTroubleFound
            case .sensorFault: .sensorFault
            case .dataFault: .dataFault
            case .declined: .declined
            case .selfCleared: .selfCleared
            case .brokeDown: .brokeDownBeforeService
            case .unknown: .unknown
            }
    }
}
