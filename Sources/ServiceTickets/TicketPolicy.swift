import VehicleFaults

/// A stretch of time that a service promise counts; the raw value is the stored name.
public enum ServiceClock: String, Sendable, CaseIterable {
    /// Until a person answers.
    case response
    /// Until a technician has judged.
    case decision
    /// Until the fault is mended and checked.
    case solve
    /// Until the day by which the vehicle should have been seen.
    case serviceBy = "service_by"
    /// From the first part that was asked for until all have come.
    case parts
    /// From delivery until the customer was asked.
    case followUp = "follow_up"

    func bit(_ level: EscalationLevel) -> UInt32 {
        let clock = Self.allCases.firstIndex(of: self) ?? 0
        let step = EscalationLevel.allCases.firstIndex(of: level) ?? 0
        return 1 << UInt32(clock * 4 + step)
    }
}

/// How far a clock has come when someone is told, in percent of its target.
public enum EscalationLevel: Int, Sendable, CaseIterable {
    /// The assignee is told.
    case half = 50
    /// The team's lead is told.
    case threeQuarters = 75
    /// The supervisor is told; the promise is broken.
    case whole = 100
    /// The manager on call is told.
    case beyond = 150
}

/// What a service centre promises, and how the book decides; anything here can change decisions.
///
/// The plain policy has no promise and no storm: that of journals from before there were any.
public struct TicketPolicy: Hashable, Sendable {
    /// How long something may take, in working milliseconds of a calendar.
    public struct Target: Hashable, Sendable {
        public var milliseconds: Int64
        public var calendar: BusinessCalendar

        public init(milliseconds: Int64, calendar: BusinessCalendar = .always) {
            self.milliseconds = milliseconds
            self.calendar = calendar
        }
    }

    /// When somebody is on call.
    public struct Shift: Hashable, Sendable {
        public var from: EventTime
        /// Not included.
        public var until: EventTime
        public var name: String

        public init(from: EventTime, until: EventTime, name: String) {
            self.from = from
            self.until = until
            self.name = name
        }
    }

    /// When the same fault on many vehicles is one incident and not many tickets.
    public struct Storm: Hashable, Sendable {
        /// So many vehicles within ``window`` are still single ones.
        public var vehicles = 5
        /// So many times the usual number within ``window`` is still no storm.
        public var factor = 10.0
        /// Milliseconds.
        public var window: Int64 = 3_600_000
        /// How long nothing is known of what is usual, in milliseconds since the mode's first.
        public var newFor: Int64 = 86_400_000

        public init() {}
    }

    public var response: Target?
    public var decision: [Severity: Target] = [:]
    public var solve: Target?
    public var serviceBy: [Severity: Target] = [:]
    public var followUp: Target?
    /// Holds that stop the time to solve.
    public var pausing: Set<HoldReason> = [.customer, .vehicle, .approval]
    /// Whether anyone is told when a clock has come far; a recording holds no people to be told.
    public var escalates = false
    /// An urgent ticket that nobody acknowledges goes to the manager on call after this, in
    /// milliseconds.
    public var urgentAcknowledgement: Int64 = 300_000
    /// A followed-up ticket with a disposition closes itself after this, in milliseconds.
    public var closesAfter: Int64 = 259_200_000
    /// A fault that returns within this and ``reopenKilometres`` of the repair is the same one.
    public var reopenMilliseconds: Int64 = 2_592_000_000
    public var reopenKilometres = 2000.0
    /// After delivery, findings within this and ``graceKilometres`` are echoes of the workshop.
    public var graceMilliseconds: Int64 = 86_400_000
    public var graceKilometres = 50.0
    /// How long a rule holds its peace about a vehicle after its first, second, … false alarm, in
    /// milliseconds.
    public var backOff: [Int64] = [604_800_000, 1_209_600_000, 2_419_200_000]
    /// What single rules ask of their tickets, by rule; the others ask nothing.
    public var conducts: [String: TicketConduct] = [:]
    public var storm: Storm?
    public var modes = ModeCatalogue()
    /// Who is on call when; of several at a time the first in the list.
    public var onCall: [Shift] = []

    /// No promises and no storms.
    public init() {}

    /// Whether a finding of the rule opens a ticket although its vehicle is in the workshop.
    func opensInWorkshop(_ rule: String) -> Bool { conducts[rule]?.opensInWorkshop ?? false }

    /// How long the rule holds its peace after false alarms.
    func backOff(of rule: String) -> [Int64] { conducts[rule]?.backOff ?? backOff }

    /// Respond in 30 minutes and solve in 24 hours around the clock; decide in an hour, four, a day
    /// or three; ask the customer within three days.
    public static let standard: TicketPolicy = {
        func hours(_ count: Int64) -> Target { Target(milliseconds: count * 3_600_000) }
        var policy = TicketPolicy()
        policy.response = Target(milliseconds: 1_800_000)
        policy.decision = [.s1: hours(1), .s2: hours(4), .s3: hours(24), .s4: hours(72)]
        policy.solve = hours(24)
        policy.serviceBy = [.s2: hours(24), .s3: hours(168)]
        policy.followUp = hours(72)
        policy.escalates = true
        policy.storm = Storm()
        return policy
    }()
}

/// Which failure modes are causes of which others.
public struct ModeCatalogue: Hashable, Sendable {
    /// For a mode, the modes that are its symptoms; a name that ends with `*` stands for all that
    /// begin so.
    public var suppresses: [String: [String]]
    /// How long after its cause's newest finding a symptom is taken for one, in milliseconds.
    public var window: Int64

    public init(suppresses: [String: [String]] = [:], window: Int64 = 3_600_000) {
        self.suppresses = suppresses
        self.window = window
    }

    /// Whether `cause` explains `symptom`.
    public func explains(_ cause: String, _ symptom: String) -> Bool {
        guard cause != symptom, let patterns = suppresses[cause] else { return false }
        return patterns.contains { pattern in
            pattern.hasSuffix("*")
                ? symptom.hasPrefix(pattern.dropLast()) : pattern == symptom
        }
    }
}
