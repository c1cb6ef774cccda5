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

    public var number: Int64
    public var vehicle: VehicleID
    public var mode: String
    public var rule: String
    public var component: String
    public var skill: String
    public var site: String
    public var severity: Severity
    public var opened: EventTime
    /// What made someone open it.
    public var source = TicketSource.rule
    public var serviceType = ServiceType.repair
    /// The first acknowledgement by a person.
    public var acknowledged: EventTime?
    /// When a person took it on.
    public var taken: EventTime?
    /// Seconds from what the vehicle saw to when it was known here; `nil` when a person opened it.
    public var lag: Double?
    /// Minutes that a person said the answer took.
    public var answerMinutes: Double?
    /// When a technician had judged.
    public var triaged: EventTime?
    public var checkedIn: EventTime?
    public var repairStarted: EventTime?
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
    /// Steps of the service flow that came later than was promised, by id.
    public var lateSteps: [String] = []

    public init(
        number: Int64, vehicle: VehicleID, mode: String, rule: String, component: String,
        skill: String,
        site: String, severity: Severity, opened: EventTime
    ) {
        self.number = number
        self.vehicle = vehicle
        self.mode = mode
        self.rule = rule
        self.component = component
        self.skill = skill
        self.site = site
        self.severity = severity
        self.opened = opened
        spent = Self.nowhere
        spent.counted = opened
    }

    /// Shared, since making one takes room for each.
    private static let nowhere = TimeSpent(from: EventTime(milliseconds: 0))

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
}
