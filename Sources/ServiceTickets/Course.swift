import VehicleFaults

/// What the steps of people made of a ticket: the part of its state that ``TicketStep/undo`` can
/// set back.
@dynamicMemberLookup
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

    /// What reports ask as well.
    public var progress: TicketProgress
    public var advice: Advice
    /// Where it goes on after ``TicketState/onHold``.
    public var heldFrom: TicketState?
    public var wakeAt: EventTime?

    public var acknowledgedAt: EventTime?
    public var contactedAt: EventTime?
    public var scheduledAt: EventTime?

    /// Calls to the customer before the appointment.
    public var attempts = 0
    /// Calls after delivery that nobody answered.
    public var surveys = 0
    /// How often the quality check sent it back.
    public var reworks = 0
    /// The word that stands for the customer.
    public var customer: String?
    /// The language that the customer is spoken to in, `en` or `zh-Hans`, and where they would
    /// rather go.
    public var language, preferredSite: String?
    public var assignee: String?
    /// Everyone who worked on the vehicle, by name.
    public var technicians: [String] = []
    public var inspector: String?
    public var hasComplaint = false
    public var hasCause = false
    public var hasCorrection = false
    public var mergedInto: Int64?
    /// Kilometres at check-in, then at delivery.
    public var odometer: Double?
    public var monitoredUntil: EventTime?
    public var monitoredUntilKilometres: Double?

    /// The course of a ticket that was just opened.
    public init(severity: Severity, advice: Advice, component: String) {
        progress = TicketProgress(severity: severity, component: component)
        self.advice = advice
    }

    /// What ``progress`` tells.
    @inlinable
    public subscript<Value>(dynamicMember field: WritableKeyPath<TicketProgress, Value>) -> Value {
        get { progress[keyPath: field] }
        _modify { yield &progress[keyPath: field] }
    }

    /// Ends a hold that lasts.
    mutating func endPause(at time: EventTime) {
        progress.endPause(at: time)
        heldFrom = nil
        wakeAt = nil
    }

    /// Goes to another site. What was agreed with the old one is agreed no more; clocks go on, since
    /// the customer waits all the same.
    mutating func move(to site: String?, assignee: String?) {
        progress.site = site
        self.assignee = assignee
        func before(_ state: TicketState) -> TicketState {
            state == .scheduled || state == .checkedIn ? .contacted : state
        }
        progress.state = before(progress.state)
        heldFrom = heldFrom.map(before)
        progress.appointment = nil
        scheduledAt = nil
        progress.readyBy = nil
    }

    /// Raises what a graver finding raises; the ticket's own clock starts at `clockStart`.
    mutating func raise(
        to severity: Severity, advice: Advice, clockStart: EventTime, at time: EventTime
    ) {
        guard severity > progress.severity else { return }
        progress.severity = severity
        if advice.rawValue < self.advice.rawValue { self.advice = advice }
        severityRose(clockStart: clockStart, at: time)
    }

    /// A fault that has become urgent is counted from the beginning, and its clock is not stopped.
    mutating func severityRose(clockStart: EventTime, at time: EventTime) {
        progress.severityRose(clockStart: clockStart, at: time)
    }
}
