import VehicleFaults

/// A suspected failure mode on one vehicle, as people work on it.
public struct Ticket: Hashable, Sendable {
    /// Counted from 1 in the order of opening.
    public var number: Int64
    public var vehicle: VehicleID
    public var mode: String
    public var severity: Severity
    public var advice: Advice
    public var component: String
    public var skill: String
    public var name: (en: String, zh: String) {
        get { (nameEnglish, nameChinese) }
        set { (nameEnglish, nameChinese) = newValue }
    }
    var nameEnglish: String
    var nameChinese: String
    /// The vehicle's time of the finding that opened it.
    public var openedAt: EventTime
    /// The message that completed that finding.
    public var openedPosition: UInt64
    /// Findings that belong to it.
    public var findings: Int
    /// The vehicle's time of the newest finding.
    public var latestAt: EventTime
    /// Whether the clear condition of the newest finding's rule has been met since.
    public var symptomGone: Bool
}

/// What a finding says about a ticket, in the ticket stage's own words.
public struct Suspicion: Sendable {
    public var vehicle: VehicleID
    public var mode: String
    public var severity: Severity
    public var advice: Advice
    public var component: String
    public var skill: String
    public var name: (en: String, zh: String)
    public var at: EventTime
    public var position: UInt64
    /// `false` when a clear condition was met.
    public var isRaised: Bool

    public init(
        vehicle: VehicleID, mode: String, severity: Severity, advice: Advice, component: String,
        skill: String, name: (en: String, zh: String), at: EventTime, position: UInt64,
        isRaised: Bool
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
    }
}

/// What became of a suspicion.
public enum TicketEffect: String, Sendable {
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
}

/// The open tickets: one at most for each vehicle and failure mode.
///
/// Takes suspicions one by one in journal order; the same order gives the same tickets.
public struct TicketBook: Sendable {
    private struct Key: Hashable {
        var vehicle: VehicleID
        var mode: String
    }

    private var open: [Key: Ticket] = [:]
    /// The number that the next ticket gets.
    public private(set) var nextNumber: Int64

    /// A book that knows `tickets` and numbers new ones from `nextNumber`.
    public init(open tickets: some Sequence<Ticket> = [], nextNumber: Int64 = 1) {
        self.nextNumber = nextNumber
        for ticket in tickets { open[Key(vehicle: ticket.vehicle, mode: ticket.mode)] = ticket }
    }

    /// How many tickets are open.
    public var openCount: Int { open.count }

    /// Decides what a suspicion means.
    ///
    /// - Returns: the effect, and the ticket as it then is; `nil` when there is none.
    public mutating func settle(_ suspicion: Suspicion) -> (effect: TicketEffect, ticket: Ticket?) {
        let key = Key(vehicle: suspicion.vehicle, mode: suspicion.mode)
        guard suspicion.isRaised else {
            guard var ticket = open[key] else { return (.none, nil) }
            ticket.symptomGone = true
            open[key] = ticket
            return (.cleared, ticket)
        }
        guard var ticket = open[key] else {
            let ticket = Ticket(
                number: nextNumber, vehicle: suspicion.vehicle, mode: suspicion.mode,
                severity: suspicion.severity, advice: suspicion.advice,
                component: suspicion.component, skill: suspicion.skill,
                nameEnglish: suspicion.name.en, nameChinese: suspicion.name.zh,
                openedAt: suspicion.at, openedPosition: suspicion.position, findings: 1,
                latestAt: suspicion.at, symptomGone: false)
            nextNumber += 1
            open[key] = ticket
            return (.opened, ticket)
        }
        ticket.findings += 1
        ticket.latestAt = max(ticket.latestAt, suspicion.at)
        ticket.symptomGone = false
        let isGraver = suspicion.severity > ticket.severity
        if isGraver {
            ticket.severity = suspicion.severity
            // Advice is only ever lowered by a person, so the graver of the two stands.
            if suspicion.advice.rawValue < ticket.advice.rawValue {
                ticket.advice = suspicion.advice
            }
        }
        open[key] = ticket
        return (isGraver ? .raised : .joined, ticket)
    }
}

extension Ticket {
    /// A ticket as it was stored.
    public init(
        number: Int64, vehicle: VehicleID, mode: String, severity: Severity, advice: Advice,
        component: String, skill: String, name: (en: String, zh: String), openedAt: EventTime,
        openedPosition: UInt64, findings: Int, latestAt: EventTime, symptomGone: Bool
    ) {
        self.init(
            number: number, vehicle: vehicle, mode: mode, severity: severity, advice: advice,
            component: component, skill: skill, nameEnglish: name.en, nameChinese: name.zh,
            openedAt: openedAt, openedPosition: openedPosition, findings: findings,
            latestAt: latestAt, symptomGone: symptomGone)
    }
}
