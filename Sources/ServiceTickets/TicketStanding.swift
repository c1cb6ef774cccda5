import VehicleFaults

/// What reports ask of a ticket, as it stood at one time.
///
/// It is made of a ``Ticket``, or read from a ``TicketCard`` as of any time.
@dynamicMemberLookup
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
    public var progress = TicketProgress()
    public var clockStart = EventTime(milliseconds: 0)
    /// The first answer of an earlier epoch.
    public var earlierResponse: EventTime?
    public var failedAt: EventTime?
    public var failsAt: EventTime?
    public var probability: Double?
    /// Who worked on it first.
    public var technician: String?
    public var proof = Ticket.Proof.none
    public var epoch = 1
    public var estimate: String?
    public var estimateTotal: Double?
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
        progress = course.progress
        clockStart = ticket.clockStart
        earlierResponse = ticket.earlierResponse
        failedAt = ticket.failedAt
        failsAt = ticket.failsAt
        probability = ticket.probability
        technician = course.technicians.first
        proof = ticket.proof
        epoch = ticket.epoch
        estimate = ticket.estimate?.id
        estimateTotal = ticket.estimate?.total
        rounds = ticket.rounds
        spent = ticket.spent
    }

    /// What ``progress`` tells.
    @inlinable
    public subscript<Value>(dynamicMember field: WritableKeyPath<TicketProgress, Value>) -> Value {
        get { progress[keyPath: field] }
        _modify { yield &progress[keyPath: field] }
    }

    /// Counts the time up to `now` as spent where it stands.
    public mutating func count(until now: EventTime) {
        spent.count(
            progress.state, progress.state == .onHold ? progress.pauses.last?.reason : nil,
            until: now)
    }

    /// When a person first answered, whether or not the ticket was opened again since.
    public var firstResponse: EventTime? { earlierResponse ?? progress.respondedAt }

    /// What its clocks go by, but for the one of parts.
    private var stamps: ClockStamps {
        ClockStamps(
            severity: progress.severity, isCampaign: vehicle == .wholeFleet,
            clockStart: clockStart, solveFrom: progress.solveFrom,
            respondedAt: progress.respondedAt, triagedAt: progress.triagedAt,
            solvedAt: progress.solvedAt, deliveredAt: progress.deliveredAt,
            followedUpAt: progress.followedUpAt, cancelledAt: progress.cancelledAt,
            pauses: progress.pauses)
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
        let (stamps, appointment) = (stamps, progress.appointment)
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
        if passed(appointment?.advanced(by: Self.grace), by: progress.checkedInAt) {
            late.append(.checkIn)
        }
        if isBreached(.solve) { late.append(.startRepair) }
        if passed(progress.readyBy, by: progress.deliveredAt) { late.append(.check) }
        if isBreached(.followUp) { late.append(.followUp) }
        return late
    }

    /// How long after its appointment a vehicle may be checked in, in milliseconds.
    private static let grace: Int64 = 1_800_000

    /// A ticket to which nothing has happened.
    static let blank = TicketStanding()

    /// Begins again with another ticket, in the room that there is.
    mutating func clear() {
        var (flow, spent) = (Self.blank.progress.tally.flow, Self.blank.spent)
        swap(&flow, &progress.tally.flow)
        swap(&spent, &self.spent)
        flow.removeAll(keepingCapacity: true)
        spent.clear()
        self = Self.blank
        swap(&flow, &progress.tally.flow)
        swap(&spent, &self.spent)
    }
}
