import ServiceTickets
import VehicleFaults

extension TicketRecord {
    /// What reports know of a ticket, from what had happened to it by the end of a period.
    ///
    /// - Parameters:
    ///   - ticket: the fold of the events before `end`.
    ///   - policy: the clocks and their calendars.
    ///   - end: the end of the period; clocks that run are read there.
    public init(_ ticket: Ticket, policy: TicketPolicy, at end: EventTime) {
        let course = ticket.course
        self.init(
            number: ticket.number, vehicle: ticket.vehicle, mode: ticket.mode,
            rule: ticket.rules.first ?? ticket.source.rawValue, component: ticket.component,
            skill: ticket.skill, site: course.site ?? "–", severity: ticket.severity,
            opened: ticket.openedReceived)
        source = ticket.source
        serviceType = course.serviceType
        triaged = course.triagedAt
        acknowledged = ticket.firstResponse
        taken = ticket.firstResponse
        promised = course.readyBy
        if ticket.source == .rule {
            lag = Double(ticket.openedReceived.milliseconds(since: ticket.openedAt)) / 1000
        }
        checkedIn = course.checkedInAt
        repairStarted = course.repairStartedAt
        solved = course.solvedAt
        delivered = course.deliveredAt
        followedUp = course.followedUpAt
        closed = course.closedAt
        cancelled = course.cancelledAt
        technician = course.technicians.first
        satisfaction = course.csat
        if let time = ticket.solveTime(policy, at: end) {
            netSolve = Double(time.net) / 1000
            grossSolve = Double(time.gross) / 1000
        }
        predictedFailure = ticket.failsAt
        probability = ticket.probability
        disposition = Self.disposition(of: course)
        provingIsOver =
            ticket.proof == .verified
            || (course.deliveredAt.map {
                $0.advanced(by: policy.reopenMilliseconds) <= end
            } ?? false)
        reopenings = ticket.epoch - 1
        if let estimated = ticket.estimate?.total, estimated > 0 { estimate = estimated }
        visits = course.tally.visits
        inspections = course.tally.inspections
        failedInspections = course.tally.failedInspections
        wasAsked = course.tally.wasAsked
        complaints = course.tally.reasons
        if repairStarted != nil, closed != nil {
            deviations = course.tally.deviations.map(\.rawValue)
            lateSteps = Self.late(ticket, policy, at: end).map(\.rawValue)
        }
        spent = ticket.timeSpent(until: end)
        // Holds are states of their own, so this is time at the vehicle.
        actualHours = Double(spent.states[Self.placeOfRepair]) / 3_600_000
        failed = ticket.failedAt
        cost = course.actualCost
        if disposition == .brokeDownBeforeService { failed = course.checkedInAt ?? solved }
        if closed == nil, cancelled == nil { disposition = nil }
    }

    /// How long after its appointment a vehicle may be checked in, in milliseconds.
    private static let grace: Int64 = 1_800_000

    /// The steps of the flow that a closed ticket took later than was promised: an appointment
    /// beyond the date by which it should have been seen, a reception well after the appointment, a
    /// repair beyond the promise to solve, a vehicle handed over after the time that was told, a
    /// follow-up after its promise.
    private static func late(_ ticket: Ticket, _ policy: TicketPolicy, at end: EventTime)
        -> [TicketStep]
    {
        let course = ticket.course
        func passed(_ due: EventTime?, by time: EventTime?) -> Bool {
            guard let due, let time else { return false }
            return time > due
        }
        func isBreached(_ clock: ServiceClock) -> Bool {
            ticket.clock(clock, policy, at: end)?.isBreached ?? false
        }
        let due = ticket.clock(.serviceBy, policy, at: end)?.due
        var late: [TicketStep] = []
        if passed(due, by: course.appointment) { late.append(.schedule) }
        if passed(course.appointment?.advanced(by: grace), by: course.checkedInAt) {
            late.append(.checkIn)
        }
        if isBreached(.solve) { late.append(.startRepair) }
        if passed(course.readyBy, by: course.deliveredAt) { late.append(.check) }
        if isBreached(.followUp) { late.append(.followUp) }
        return late
    }

    private static let outcomes = Dictionary(
        uniqueKeysWithValues: ServiceTickets.Disposition.allCases.compactMap { found in
            Disposition(rawValue: found.rawValue).map { (found, $0) }
        })

    private static let placeOfRepair = TicketState.allCases.firstIndex(of: .inRepair) ?? 0

    private static func disposition(of course: Course) -> Disposition? {
        if let found = course.disposition { return outcomes[found] }
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
