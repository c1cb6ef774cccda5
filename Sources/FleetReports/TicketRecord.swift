import ServiceTickets
import VehicleFaults

/// What reports know of one ticket: its stamps and outcomes, as they stood at the end of a period.
public struct TicketRecord: Hashable, Sendable {
    /// What a closed ticket turned out to be.
    public enum Disposition: String, Sendable, CaseIterable {
        case confirmedAsPredicted = "confirmed_as_predicted"
        case confirmedOtherComponent = "confirmed_other_component"
        case confirmedEarly = "confirmed_early"
        case noTroubleFound = "no_trouble_found"
        case sensorFault = "sensor_fault"
        case dataFault = "data_fault"
        case falseAlarm = "false_alarm"
        case declined
        case selfCleared = "self_cleared"
        case brokeDownBeforeService = "broke_down_before_service"
        case unknown
        case duplicate

        /// The suspicion was right.
        public var isConfirmed: Bool {
            switch self {
            case .confirmedAsPredicted, .confirmedOtherComponent, .confirmedEarly,
                .brokeDownBeforeService:
                true
            default: false
            }
        }

        /// The suspicion was wrong: nothing was the matter with the vehicle.
        public var isFalse: Bool { self == .falseAlarm || self == .dataFault }

        /// Nobody could tell.
        public var isUnverified: Bool {
            self == .noTroubleFound || self == .unknown || self == .selfCleared
        }
    }

    public var id: String
    /// As shown to readers, masked.
    public var vehicle: String
    public var mode: String
    public var rule: String
    public var component: String
    public var skill: String
    public var site: String
    public var model: String
    public var severity: Severity
    public var opened: EventTime
    /// The first acknowledgement by a person.
    public var acknowledged: EventTime?
    /// When a person took it on.
    public var taken: EventTime?
    /// Seconds from what the vehicle saw to when it was known here; `nil` when a person opened it.
    public var lag: Double?
    public var checkedIn: EventTime?
    public var repairStarted: EventTime?
    public var repaired: EventTime?
    public var solved: EventTime?
    public var delivered: EventTime?
    /// When hand-over was promised.
    public var promised: EventTime?
    public var followedUp: EventTime?
    public var closed: EventTime?
    public var cancelled: EventTime?
    public var disposition: Disposition?
    /// Seconds of the solve clock with its pauses left out; still running while unsolved, `nil`
    /// before it starts.
    public var netSolve: Double?
    /// The same with pauses counted in.
    public var grossSolve: Double?
    /// Visits to the workshop so far.
    public var visits = 0
    public var inspections = 0
    public var failedInspections = 0
    public var reopenings = 0
    /// Whether the time or distance in which a repair can come back has run out.
    public var provingIsOver = false
    /// The median of the predicted failure.
    public var predictedFailure: EventTime?
    /// The probability of failure within the horizon, as promised at opening.
    public var probability: Double?
    /// When it did break down.
    public var failed: EventTime?
    /// 1 to 5.
    public var satisfaction: Int?
    public var wasAsked = false
    /// Why the customer was not content: `slow_response`, `weak_support`, `price`, `parts`, `repeat`,
    /// `attitude`.
    public var complaints: [String] = []
    public var standardHours = 0.0
    public var actualHours = 0.0
    public var technician: String?
    public var estimate: Double?
    public var cost: Double?
    /// How long it stood in each state and waited for each reason.
    public var spent: TimeSpent
    /// Steps of the service flow that it skipped or took in another order, by id.
    public var deviations: [String] = []

    public init(
        id: String, vehicle: String, mode: String, rule: String, component: String, skill: String,
        site: String, model: String, severity: Severity, opened: EventTime
    ) {
        self.id = id
        self.vehicle = vehicle
        self.mode = mode
        self.rule = rule
        self.component = component
        self.skill = skill
        self.site = site
        self.model = model
        self.severity = severity
        self.opened = opened
        spent = TimeSpent(from: opened)
    }

    /// Seconds spent in each state, by the state's id.
    public var timeInState: [String: Double] {
        .init(
            uniqueKeysWithValues: zip(TicketState.allCases, spent.states).filter { $0.1 > 0 }
                .map { ($0.0.rawValue, Double($0.1) / 1000) })
    }

    /// Seconds spent on hold, by reason.
    public var timeOnHold: [String: Double] {
        .init(
            uniqueKeysWithValues: zip(HoldReason.allCases, spent.holds).filter { $0.1 > 0 }
                .map { ($0.0.rawValue, Double($0.1) / 1000) })
    }

    /// A vehicle was worked on, not only spoken about.
    public var wasRepaired: Bool { repairStarted != nil && solved != nil }

    /// It neither came to an end nor was called off.
    public var isOpen: Bool { solved == nil && cancelled == nil && closed == nil }

    /// It counts neither for nor against the workshop: the customer said no, or it was entered twice.
    public var isOutOfOurHands: Bool { disposition == .declined || disposition == .duplicate }
}

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

/// What happened in a service centre in one period: the input of every report.
public struct ServiceRecords: Hashable, Sendable {
    /// From `from`, included, to `to`, not included; states are those at `to`.
    public var from, to: EventTime
    public var tickets: [TicketRecord] = []
    public var breakdowns: [BreakdownRecord] = []
    public var attendance: [AttendanceRecord] = []
    public var partLines: [PartLineRecord] = []
    public var parts: [PartRecord] = []
    public var fleet = FleetRecord()
    /// Minutes east of UTC of the workshop's day.
    public var offset = 0

    public init(from: EventTime, to: EventTime) {
        self.from = from
        self.to = to
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
