import VehicleFaults

/// How far people have come with a ticket: what its ``Course`` and its ``TicketStanding`` both tell.
public struct TicketProgress: Hashable, Sendable {
    public var state = TicketState.open
    public var severity: Severity
    public var component: String
    public var serviceType = ServiceType.repair
    public var site: String?

    /// From when the time to solve counts; `nil` while it does not.
    public var solveFrom: EventTime?
    /// The first answer of a person.
    public var respondedAt: EventTime?
    public var triagedAt: EventTime?
    public var appointment: EventTime?
    /// When the customer was told that the vehicle would be ready.
    public var readyBy: EventTime?
    public var checkedInAt: EventTime?
    public var repairStartedAt: EventTime?
    public var repairedAt: EventTime?
    public var solvedAt: EventTime?
    public var deliveredAt: EventTime?
    public var followedUpAt: EventTime?
    public var closedAt: EventTime?
    public var cancelledAt: EventTime?

    public var csat: Int?
    public var disposition: Disposition?
    public var cancelReason: CancelReason?
    /// What the work came to.
    public var actualCost: Double?
    /// What happened so far, in all epochs.
    public var tally = TicketTally()
    public var pauses: [Course.Pause] = []

    init(severity: Severity = .s4, component: String = "") {
        self.severity = severity
        self.component = component
    }

    /// Ends a hold that lasts.
    mutating func endPause(at time: EventTime) {
        if let last = pauses.indices.last, pauses[last].until == nil { pauses[last].until = time }
    }

    /// A fault that has become urgent is counted from the beginning, and its clock is not stopped.
    mutating func severityRose(clockStart: EventTime, at time: EventTime) {
        if severity >= .s2 { solveFrom = min(solveFrom ?? clockStart, clockStart) }
        if severity == .s1, let last = pauses.indices.last, pauses[last].until == nil,
            !pauses[last].isUrgent
        {
            pauses[last].until = time
            pauses.append(
                Course.Pause(from: time, until: nil, reason: pauses[last].reason, isUrgent: true))
        }
    }
}
