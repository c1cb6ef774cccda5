import VehicleFaults

/// What a finding says about a ticket, in the ticket stage's own words.
public struct Suspicion: Sendable {
    public var vehicle: VehicleID
    public var mode: String
    public var severity: Severity
    public var advice: Advice
    public var component: String
    public var skill: String
    public var name: (en: String, zh: String)
    /// The vehicle's time.
    public var at: EventTime
    public var position: UInt64
    /// `false` when a clear condition was met.
    public var isRaised: Bool
    /// When the daemon received what completed the finding.
    public var received: EventTime
    /// The rule that found it.
    public var rule: String
    /// What kinds of evidence it rests on, as `code P0301`.
    public var kinds: [String]

    public init(
        vehicle: VehicleID, mode: String, severity: Severity, advice: Advice, component: String,
        skill: String, name: (en: String, zh: String), at: EventTime, position: UInt64,
        isRaised: Bool, received: EventTime? = nil, rule: String = "", kinds: [String] = []
    ) {
        self.vehicle = vehicle
        self.mode = mode
        self.severity = severity
        self.advice = advice
        self.component = component
        self.skill = skill
        self.name = name
        self.at = at
        self.position = position
        self.isRaised = isRaised
        self.received = received ?? at
        self.rule = rule
        self.kinds = kinds
    }
}

/// What became of a suspicion.
public enum TicketEffect: String, Sendable, CaseIterable {
    /// It opened a ticket.
    case opened
    /// It was added to the open ticket about the same failure mode.
    case joined
    /// It was added, and made the ticket more urgent.
    case raised
    /// A clear condition was met; the ticket stays open, because closing is for people.
    case cleared
    /// A clear condition was met and there is no open ticket.
    case none
    /// The fault came back after its repair, and the ticket was opened again.
    case reopened
    /// The vehicle is in the workshop or has just left it: it was added to the ticket it is there for.
    case attached
    /// It is a symptom of a fault that has a ticket, and was added to that one.
    case symptom
    /// Many vehicles have it at once: it was added to the ticket that stands for all of them.
    case storm
    /// The rule gave a false alarm on this vehicle not long ago.
    case heldBack = "held_back"
    /// Its rule runs in shadow, so it opened nothing.
    case shadow
    /// People do not want to hear of it for a while, so it opened nothing.
    case silenced
    /// It is the canary's, which only shows that messages come through.
    case canary
}

/// An event with the ticket as it is after it.
public struct TicketNote: Sendable {
    public var event: TicketEvent
    public var ticket: Shared<Ticket>
}

/// What a suspicion came to.
public struct Settlement: Sendable {
    public var effect: TicketEffect
    /// The ticket it belongs to, as it then is; `nil` when there is none.
    public var ticket: Shared<Ticket>?
    /// The ticket's event that the effect alone says: it was opened or raised.
    public var own: TicketEvent?
    /// What else happened to tickets.
    public var further: [TicketNote] = []

    init(_ effect: TicketEffect, _ ticket: Shared<Ticket>? = nil, own: TicketEvent? = nil) {
        self.effect = effect
        self.ticket = ticket
        self.own = own
    }
}
