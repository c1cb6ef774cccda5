import VehicleFaults

/// What reports ask of a ticket, as it stood at one time.
///
/// It is made of a ``Ticket``, or read from a ``TicketCard`` as of any time.
public struct TicketStanding: Hashable, Sendable {
    public var number: Int64 = 0
    public var vehicle = VehicleID.nobody
    /// The first rule that found something; `nil` when a person opened it.
    public var rule: String?

    // What it was opened as; the same for ever.
    public var mode = ""
    public var skill = ""
    public var source = TicketSource.rule
    public var openedAt = EventTime(milliseconds: 0)
    public var openedReceived = EventTime(milliseconds: 0)

    // What its events have changed since.
    public var state = TicketState.open
    public var severity = Severity.s4
    public var component = ""
    public var serviceType = ServiceType.repair
    public var site: String?
    public var clockStart = EventTime(milliseconds: 0)
    public var solveFrom: EventTime?
    public var respondedAt: EventTime?
    /// The first answer of an earlier epoch.
    public var earlierResponse: EventTime?
    public var triagedAt: EventTime?
    public var appointment: EventTime?
    public var readyBy: EventTime?
    public var checkedInAt: EventTime?
    public var repairStartedAt: EventTime?
    public var repairedAt: EventTime?
    public var solvedAt: EventTime?
    public var deliveredAt: EventTime?
    public var followedUpAt: EventTime?
    public var closedAt: EventTime?
    public var cancelledAt: EventTime?
    public var failedAt: EventTime?
    public var failsAt: EventTime?
    public var probability: Double?
    /// Who worked on it first.
    public var technician: String?
    public var csat: Int?
    public var disposition: Disposition?
    public var cancelReason: CancelReason?
    public var proof = Ticket.Proof.none
    public var epoch = 1
    public var estimate: String?
    public var estimateTotal: Double?
    public var actualCost: Double?
    public var tally = TicketTally()
    public var pauses: [Course.Pause] = []
    public var rounds: [Ticket.Round] = []

    /// How long it stood where; time before ``TimeSpent/counted`` is counted.
    public var spent = TimeSpent(from: EventTime(milliseconds: 0))

    /// Nothing, to be read over.
    public init() {}

    /// Where a ticket stands after the newest of its events.
    public init(_ ticket: Ticket) {
        let course = ticket.course
        number = ticket.number
        vehicle = ticket.vehicle
        rule = ticket.rules.first
        mode = ticket.mode
        skill = ticket.skill
        source = ticket.source
        openedAt = ticket.openedAt
        openedReceived = ticket.openedReceived
        state = course.state
        severity = course.severity
        component = course.component
        serviceType = course.serviceType
        site = course.site
        clockStart = ticket.clockStart
        solveFrom = course.solveFrom
        respondedAt = course.respondedAt
        earlierResponse = ticket.earlierResponse
        triagedAt = course.triagedAt
        appointment = course.appointment
        readyBy = course.readyBy
        checkedInAt = course.checkedInAt
        repairStartedAt = course.repairStartedAt
        repairedAt = course.repairedAt
        solvedAt = course.solvedAt
        deliveredAt = course.deliveredAt
        followedUpAt = course.followedUpAt
        closedAt = course.closedAt
        cancelledAt = course.cancelledAt
        failedAt = ticket.failedAt
        failsAt = ticket.failsAt
        probability = ticket.probability
        technician = course.technicians.first
        csat = course.csat
        disposition = course.disposition
        cancelReason = course.cancelReason
        proof = ticket.proof
        epoch = ticket.epoch
        estimate = ticket.estimate?.id
        estimateTotal = ticket.estimate?.total
        actualCost = course.actualCost
        tally = course.tally
        pauses = course.pauses
        rounds = ticket.rounds
        spent = ticket.spent
    }

    /// Counts the time up to `now` as spent where it stands.
    public mutating func count(until now: EventTime) {
        spent.count(state, state == .onHold ? pauses.last?.reason : nil, until: now)
    }

    /// When a person first answered, whether or not the ticket was opened again since.
    public var firstResponse: EventTime? { earlierResponse ?? respondedAt }

    /// What its clocks go by, but for the one of parts.
    private var stamps: ClockStamps {
        ClockStamps(
            severity: severity, isCampaign: vehicle == .wholeFleet, clockStart: clockStart,
            solveFrom: solveFrom, respondedAt: respondedAt, triagedAt: triagedAt,
            solvedAt: solvedAt, deliveredAt: deliveredAt, followedUpAt: followedUpAt,
            cancelledAt: cancelledAt, pauses: pauses)
    }

    /// Milliseconds to the solution in all epochs together, without and with the pauses; `nil`
    /// before the clock has started.
    ///
    /// A ticket that was opened again has not been solved at once, whatever its newest clock says.
    public func solveTime(_ policy: TicketPolicy, at now: EventTime) -> (net: Int64, gross: Int64)?
    {
        var sum: (net: Int64, gross: Int64)?
        func add(_ span: ClockSpan) {
            let counted = span.counted(at: now)
            sum = ((sum?.net ?? 0) + counted.net, (sum?.gross ?? 0) + counted.gross)
        }
        for round in rounds {
            var span = ClockSpan(
                clock: .solve, started: round.from, stopped: round.until, isFulfilled: true,
                target: nil, calendar: policy.solve?.calendar ?? .always)
            span.pauses = ClockStamps.counted(round.pauses, policy)
            add(span)
        }
        if let span = stamps.span(of: .solve, policy) { add(span) }
        return sum
    }

    /// The steps of the flow that were taken later than was promised: an appointment beyond the
    /// date by which the vehicle should have been seen, a reception well after the appointment, a
    /// repair beyond the promise to solve, a vehicle handed over after the time that was told, a
    /// follow-up after its promise.
    public func lateSteps(_ policy: TicketPolicy, at now: EventTime) -> [TicketStep] {
        let stamps = stamps
        func passed(_ due: EventTime?, by time: EventTime?) -> Bool {
            guard let due, let time else { return false }
            return time > due
        }
        func isBreached(_ clock: ServiceClock) -> Bool {
            stamps.span(of: clock, policy)?.isBreached(at: now) ?? false
        }
        var late: [TicketStep] = []
        if appointment != nil, passed(stamps.span(of: .serviceBy, policy)?.due, by: appointment) {
            late.append(.schedule)
        }
        if passed(appointment?.advanced(by: Self.grace), by: checkedInAt) { late.append(.checkIn) }
        if isBreached(.solve) { late.append(.startRepair) }
        if passed(readyBy, by: deliveredAt) { late.append(.check) }
        if isBreached(.followUp) { late.append(.followUp) }
        return late
    }

    /// How long after its appointment a vehicle may be checked in, in milliseconds.
    private static let grace: Int64 = 1_800_000

    private static let blank = TicketStanding()

    /// Begins again with another ticket, in the room that there is.
    mutating func clear() {
        var (flow, spent) = (Self.blank.tally.flow, Self.blank.spent)
        swap(&flow, &tally.flow)
        swap(&spent, &self.spent)
        flow.removeAll(keepingCapacity: true)
        spent.clear()
        self = Self.blank
        swap(&flow, &tally.flow)
        swap(&spent, &self.spent)
    }
}
