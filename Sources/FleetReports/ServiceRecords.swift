import ServiceTickets
import VehicleFaults

/// A breakdown that somebody reported, foretold or not.
public struct BreakdownRecord: Hashable, Sendable {
    public var vehicle: String
    public var mode: String
    public var at: EventTime
    /// Whether a ticket about it was open before.
    public var wasForetold: Bool
    /// Whether rules exist for the failure mode.
    public var isCovered: Bool

    public init(
        vehicle: String, mode: String, at: EventTime, wasForetold: Bool, isCovered: Bool
    ) {
        self.vehicle = vehicle
        self.mode = mode
        self.at = at
        self.wasForetold = wasForetold
        self.isCovered = isCovered
    }
}

/// One technician's day.
public struct AttendanceRecord: Hashable, Sendable {
    /// Empty where nobody said.
    public var site = ""
    public var technician: String
    public var skill: String
    /// Hours there, hours worked on vehicles, and standard hours of what was finished.
    public var attendedHours, workedHours, soldHours: Double
    public var operations: Int

    public init(
        technician: String, skill: String, attendedHours: Double, workedHours: Double,
        soldHours: Double, operations: Int
    ) {
        self.technician = technician
        self.skill = skill
        self.attendedHours = attendedHours
        self.workedHours = workedHours
        self.soldHours = soldHours
        self.operations = operations
    }
}

/// One line of an order for parts.
public struct PartLineRecord: Hashable, Sendable {
    public var part: String
    public var order: String
    public var supplier: String
    public var channel: String
    public var quantity: Int
    public var wasOnShelf: Bool
    public var ordered: EventTime
    public var quoted: EventTime?
    public var received: EventTime?
    public var isEmergency: Bool

    public init(
        part: String, order: String, supplier: String, channel: String, quantity: Int,
        wasOnShelf: Bool, ordered: EventTime, quoted: EventTime?, received: EventTime?,
        isEmergency: Bool
    ) {
        self.part = part
        self.order = order
        self.supplier = supplier
        self.channel = channel
        self.quantity = quantity
        self.wasOnShelf = wasOnShelf
        self.ordered = ordered
        self.quoted = quoted
        self.received = received
        self.isEmergency = isEmergency
    }
}

/// What a department was told, and by when it should answer.
public struct FeedbackRecord: Hashable, Sendable {
    public var ticket: String
    public var mode: String
    public var department: Department
    public var text: String
    public var told: EventTime
    public var due: EventTime

    public init(
        ticket: String, mode: String, department: Department, text: String, told: EventTime,
        due: EventTime
    ) {
        self.ticket = ticket
        self.mode = mode
        self.department = department
        self.text = text
        self.told = told
        self.due = due
    }
}

/// A cause that technicians found, what they did about it, and how often.
public struct CauseRecord: Hashable, Sendable {
    public var mode: String
    public var cause: String
    public var correction: String
    public var rootPart: String
    public var count: Int

    public init(mode: String, cause: String, correction: String, rootPart: String, count: Int) {
        self.mode = mode
        self.cause = cause
        self.correction = correction
        self.rootPart = rootPart
        self.count = count
    }
}

/// What vehicles with a fault were found to have in common.
public struct CampaignRecord: Hashable, Sendable {
    public var ticket: String
    public var mode: String
    public var opened: EventTime
    /// As `lot=B2601`.
    public var attribute: String
    /// Vehicles that have both, how many chance would have given, and vehicles that have the
    /// attribute and not the fault; `nil` where that was not noted.
    public var cases: Int?
    public var expected: Double?
    public var healthy: Int?
    /// The least share of false discoveries at which it would have been made.
    public var qValue: Double?
    /// Where the ticket stands, and what it came to, by their stored names.
    public var state: String
    public var disposition: String?

    public init(
        ticket: String, mode: String, opened: EventTime, attribute: String, cases: Int?,
        expected: Double?, healthy: Int?, qValue: Double?, state: String, disposition: String?
    ) {
        self.ticket = ticket
        self.mode = mode
        self.opened = opened
        self.attribute = attribute
        self.cases = cases
        self.expected = expected
        self.healthy = healthy
        self.qValue = qValue
        self.state = state
        self.disposition = disposition
    }
}

/// How somebody scored a technician, 1 to 5.
public struct ScoreRecord: Hashable, Sendable {
    public enum Source: String, Sendable, CaseIterable { case customer, peer, manager }

    public var technician: String
    public var source: Source
    public var score: Double

    public init(technician: String, source: Source, score: Double) {
        self.technician = technician
        self.source = source
        self.score = score
    }
}

/// What happened in a service centre in one period: the input of every report.
public struct ServiceRecords: Sendable {
    /// From `from`, included, to `to`, not included; states are those at `to`.
    public var from, to: EventTime
    public var tickets = TicketRecords()
    /// How readers see a vehicle.
    public var vehicleText: @Sendable (VehicleID) -> String = { $0.description }
    public var breakdowns: [BreakdownRecord] = []
    public var attendance: [AttendanceRecord] = []
    public var partLines: [PartLineRecord] = []
    public var parts: [PartRecord] = []
    public var feedback: [FeedbackRecord] = []
    /// In the order in which they were found.
    public var campaigns: [CampaignRecord] = []
    /// The most frequent first.
    public var causes: [CauseRecord] = []
    public var scores: [ScoreRecord] = []
    public var trainings: [TrainingRecord] = []
    /// What failure modes are called.
    public var modeNames: [String: Phrase] = [:]
    /// What components are called, as far as somebody said.
    public var componentNames: [String: Phrase] = [:]
    /// The region of each site, where regions are known.
    public var regions: [String: String] = [:]
    public var fleet = FleetRecord()
    /// Minutes east of UTC of the workshop's day.
    public var offset = 0
    /// When sites work, of those whose hours are known.
    public var calendars: [String: BusinessCalendar] = [:]
    /// Tickets opened on each local day before `to`, as days since 1970; also those before `from`.
    public var openedDays: [Int: Int] = [:]

    public init(from: EventTime, to: EventTime) {
        self.from = from
        self.to = to
    }

    /// The tickets that were opened in the period.
    var ticketsOfPeriod: TicketGroup {
        let all = TicketGroup(tickets)
        let members = all.filter { $0.opened >= from && $0.opened < to }
        return members.count == all.count ? all : members
    }
}

/// What the fleet did in the period.
public struct FleetRecord: Hashable, Sendable {
    public var vehicles = 0
    /// Vehicles from which nothing came for three times their usual gap.
    public var silent = 0
    public var kilometres = 0.0
    /// Vehicles of our make on the road.
    public var sold = 0
    public var messages = 0
    public var duplicates = 0
    public var deadLetters = 0

    public init() {}
}
