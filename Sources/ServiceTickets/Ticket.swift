import VehicleFaults

/// A suspected failure mode on one vehicle, as people work on it.
public struct Ticket: Hashable, Sendable {
    /// What is watched after a repair.
    public enum Proof: String, Sendable, CaseIterable {
        case none
        case watching
        case verified
        case unproven
        case cameBack = "came_back"
    }

    /// An estimate of the cost, as the customer heard it.
    public struct Estimate: Hashable, Sendable {
        public var id: String
        public var total: Double
        public var currency: String
        public var payer: Payer
        public var approvedBy: String?
        public var lines: [EstimateLine] = []
    }

    /// A part that the repair needs.
    public struct PartLine: Hashable, Sendable {
        public var part: String
        public var state: PartState
        public var eta: EventTime?
    }

    /// A promise and when it ends.
    public struct Due: Hashable, Sendable {
        public var at: EventTime
        public var clock: ServiceClock
    }

    /// A step that can be taken back, with what it found.
    struct Undoable: Hashable, Sendable {
        var step: TicketStep
        var actor: String
        var before: Course
    }

    /// Counted from 1 in the order of opening.
    public internal(set) var number: Int64
    /// The vehicle; a device under its own name, until a roster says whose it is.
    public internal(set) var vehicle: VehicleID
    public internal(set) var mode: String
    public internal(set) var skill: String
    let nameEnglish: String
    let nameChinese: String
    public internal(set) var source: TicketSource
    /// The vehicle's time of the finding that opened it.
    public internal(set) var openedAt: EventTime
    /// When the daemon received what opened it.
    public internal(set) var openedReceived: EventTime
    /// The message that completed that finding.
    public internal(set) var openedPosition: UInt64

    /// Findings that belong to it, symptoms and children among them.
    public var findings: Int
    /// The vehicle's time of the newest finding.
    public var latestAt: EventTime
    /// Whether the clear condition of the newest finding's rule has been met since.
    public var symptomGone = false
    /// The rules that found something, in order of the first time.
    public var rules: [String] = []
    /// What kinds of evidence there are, as `code P0301`.
    public var kinds: [String] = []
    /// Whether it stands for the same fault on many vehicles, whose findings it takes in.
    public internal(set) var isIncident = false

    /// When somebody last cleared the vehicle's codes with a tool, by the vehicle's time.
    public internal(set) var codesClearedAt: EventTime?

    /// When the vehicle broke down, for a ticket that a breakdown opened.
    public internal(set) var failedAt: EventTime?

    /// Where its work stands. A ticket goes with each of its findings, so what is large and seldom
    /// changes is shared between copies.
    public internal(set) var course: Course {
        _read { yield sharedCourse.value }
        _modify { yield &sharedCourse.value }
    }

    /// Counted from 1; one more each time it is opened again.
    public internal(set) var epoch = 1
    /// When the clocks of the epoch began.
    public internal(set) var clockStart: EventTime
    public internal(set) var estimate: Estimate? {
        _read { yield details.value.estimate }
        _modify { yield &details.value.estimate }
    }
    public internal(set) var parts: [PartLine] {
        _read { yield details.value.parts }
        _modify { yield &details.value.parts }
    }
    public internal(set) var partsRequestedAt: EventTime?
    public internal(set) var partsReceivedAt: EventTime?
    /// Tickets that were merged into this one.
    public internal(set) var absorbed: [Int64] {
        _read { yield details.value.absorbed }
        _modify { yield &details.value.absorbed }
    }
    /// The cause of which this is a symptom.
    public internal(set) var causedBy: Int64?
    /// The earlier ticket about the same fault on the same vehicle.
    public internal(set) var recurrenceOf: Int64?
    public internal(set) var splitFrom: Int64?
    public internal(set) var proof = Proof.none
    /// Which escalations of the epoch were told, a bit each.
    public internal(set) var told: UInt32 = 0
    /// The clocks of the epoch that ran out.
    public internal(set) var breached: Set<ServiceClock> {
        _read { yield details.value.breached }
        _modify { yield &details.value.breached }
    }
    /// What is due first of all that is promised; kept by the book.
    public internal(set) var due: Due?
    /// How likely the fault was said to be, 0 to 1; `nil` when nobody said.
    public internal(set) var probability: Double?
    /// When the vehicle was expected to fail, as likely sooner as later; `nil` when nobody said.
    public internal(set) var failsAt: EventTime?
    /// Rounds of work before the newest epoch.
    public internal(set) var rounds: [Round] {
        _read { yield details.value.rounds }
        _modify { yield &details.value.rounds }
    }
    var earlierResponse: EventTime?
    var spent: TimeSpent {
        _read { yield details.value.spent }
        _modify { yield &details.value.spent }
    }
    var undoable: [Undoable] {
        _read { yield details.value.undoable }
        _modify { yield &details.value.undoable }
    }
    /// Its whole way, as reports read it.
    public internal(set) var card: TicketCard {
        _read { yield details.value.card }
        _modify { yield &details.value.card }
    }
    /// When the book looks at it next; `nil` for never.
    var timer: EventTime?
    private var sharedCourse: Shared<Course>
    private var details: Shared<Details>

    /// What few tickets have.
    private struct Details: Hashable, Sendable {
        var estimate: Estimate?
        var parts: [PartLine] = []
        var absorbed: [Int64] = []
        var breached: Set<ServiceClock> = []
        var rounds: [Round] = []
        var spent: TimeSpent
        var undoable: [Undoable] = []
        var card = TicketCard()
    }

    public var severity: Severity { course.severity }
    public var advice: Advice { course.advice }
    public var component: String { course.component }
    public var state: TicketState { course.state }
    public var name: (en: String, zh: String) { (nameEnglish, nameChinese) }

    /// A ticket that has just been opened.
    public init(
        number: Int64, vehicle: VehicleID, mode: String, severity: Severity, advice: Advice,
        component: String, skill: String, name: (en: String, zh: String), openedAt: EventTime,
        openedPosition: UInt64, findings: Int, latestAt: EventTime, symptomGone: Bool,
        openedReceived: EventTime? = nil, source: TicketSource = .rule
    ) {
        self.number = number
        self.vehicle = vehicle
        self.mode = mode
        self.skill = skill
        nameEnglish = name.en
        nameChinese = name.zh
        self.source = source
        self.openedAt = openedAt
        self.openedReceived = openedReceived ?? openedAt
        self.openedPosition = openedPosition
        self.findings = findings
        self.latestAt = latestAt
        self.symptomGone = symptomGone
        clockStart = self.openedReceived
        details = Shared(Details(spent: TimeSpent(from: self.openedReceived)))
        var course = Course(severity: severity, advice: advice, component: component)
        if vehicle != .wholeFleet, source.isReactive || severity >= .s2 {
            course.solveFrom = clockStart
        }
        sharedCourse = Shared(course)
    }

    /// Whether the vehicle sent what opened the ticket more than a day before it arrived.
    public var isLate: Bool { openedReceived.milliseconds(since: openedAt) > 86_400_000 }

    /// Whether the book still has to think of it.
    public var isLive: Bool {
        switch state {
        case .cancelled: false
        case .closed: proof == .watching
        default: true
        }
    }
}

extension CancelReason {
    /// What it says of the rule that found the fault; `nil` when nothing.
    var disposition: Disposition? {
        switch self {
        case .dataFault: .dataFault
        case .declined: .declined
        case .selfCleared: .selfCleared
        case .duplicate, .falseAlarm, .vehicleGone: nil
        }
    }
}

extension Fields {
    var severity: Severity? { self[.severity].flatMap { Severity(name: $0) } }
    var advice: Advice? { self[.advice].flatMap { Advice(name: $0) } }
    func time(_ field: TicketField) -> EventTime? {
        integer(field).map { EventTime(milliseconds: $0) }
    }
}
