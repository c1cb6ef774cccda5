import VehicleFaults

/// What the steps of people made of a ticket: the part of its state that ``TicketStep/undo`` can
/// set back.
public struct Course: Hashable, Sendable {
    /// A stretch on hold.
    public struct Pause: Hashable, Sendable {
        public var from: EventTime
        /// `nil` while it lasts.
        public var until: EventTime?
        public var reason: HoldReason
        /// Whether the fault was one to stop for at once, whose clock nothing stops.
        public var isUrgent: Bool
    }

    public var state = TicketState.open
    public var severity: Severity
    public var advice: Advice
    public var component: String
    /// Where it goes on after ``TicketState/onHold``.
    public var heldFrom: TicketState?
    public var wakeAt: EventTime?
    public var pauses: [Pause] = []

    /// The first answer of a person.
    public var respondedAt: EventTime?
    public var acknowledgedAt: EventTime?
    public var triagedAt: EventTime?
    public var contactedAt: EventTime?
    public var scheduledAt: EventTime?
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
    /// From when the time to solve counts; `nil` while it does not.
    public var solveFrom: EventTime?

    /// Calls to the customer before the appointment.
    public var attempts = 0
    /// Calls after delivery that nobody answered.
    public var surveys = 0
    public var csat: Int?
    /// How often the quality check sent it back.
    public var reworks = 0
    public var site: String?
    /// The word that stands for the customer.
    public var customer: String?
    /// The language that the customer is spoken to in, `en` or `zh-Hans`, and where they would
    /// rather go.
    public var language, preferredSite: String?
    public var serviceType = ServiceType.repair
    /// What the work came to.
    public var actualCost: Double?
    public var assignee: String?
    /// Everyone who worked on the vehicle, by name.
    public var technicians: [String] = []
    public var inspector: String?
    public var hasComplaint = false
    public var hasCause = false
    public var hasCorrection = false
    public var disposition: Disposition?
    public var cancelReason: CancelReason?
    public var mergedInto: Int64?
    /// Kilometres at check-in, then at delivery.
    public var odometer: Double?
    public var monitoredUntil: EventTime?
    public var monitoredUntilKilometres: Double?

    /// What happened so far, in all epochs.
    public var tally = TicketTally()

    /// The course of a ticket that was just opened.
    public init(severity: Severity, advice: Advice, component: String) {
        self.severity = severity
        self.advice = advice
        self.component = component
    }

    /// Ends a hold that lasts.
    mutating func endPause(at time: EventTime) {
        if let last = pauses.indices.last, pauses[last].until == nil { pauses[last].until = time }
        heldFrom = nil
        wakeAt = nil
    }

    /// Goes to another site. What was agreed with the old one is agreed no more; clocks go on, since
    /// the customer waits all the same.
    mutating func move(to site: String?, assignee: String?) {
        self.site = site
        self.assignee = assignee
        func before(_ state: TicketState) -> TicketState {
            state == .scheduled || state == .checkedIn ? .contacted : state
        }
        state = before(state)
        heldFrom = heldFrom.map(before)
        appointment = nil
        scheduledAt = nil
        readyBy = nil
    }

    /// Raises what a graver finding raises; the ticket's own clock starts at `clockStart`.
    mutating func raise(
        to severity: Severity, advice: Advice, clockStart: EventTime, at time: EventTime
    ) {
        guard severity > self.severity else { return }
        self.severity = severity
        if advice.rawValue < self.advice.rawValue { self.advice = advice }
        severityRose(clockStart: clockStart, at: time)
    }

    /// A fault that has become urgent is counted from the beginning, and its clock is not stopped.
    mutating func severityRose(clockStart: EventTime, at time: EventTime) {
        if severity >= .s2 { solveFrom = min(solveFrom ?? clockStart, clockStart) }
        if severity == .s1, let last = pauses.indices.last, pauses[last].until == nil,
            !pauses[last].isUrgent
        {
            pauses[last].until = time
            pauses.append(
                Pause(from: time, until: nil, reason: pauses[last].reason, isUrgent: true))
        }
    }
}
