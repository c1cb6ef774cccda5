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
    public let number: Int64
    public let vehicle: VehicleID
    public let mode: String
    public let skill: String
    let nameEnglish: String
    let nameChinese: String
    public let source: TicketSource
    /// The vehicle's time of the finding that opened it.
    public let openedAt: EventTime
    /// When the daemon received what opened it.
    public let openedReceived: EventTime
    /// The message that completed that finding.
    public let openedPosition: UInt64

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

    /// When the vehicle broke down, for a ticket that a breakdown opened.
    public internal(set) var failedAt: EventTime?

    public internal(set) var course: Course
    /// Counted from 1; one more each time it is opened again.
    public internal(set) var epoch = 1
    /// When the clocks of the epoch began.
    public internal(set) var clockStart: EventTime
    public internal(set) var estimate: Estimate?
    public internal(set) var parts: [PartLine] = []
    public internal(set) var partsRequestedAt: EventTime?
    public internal(set) var partsReceivedAt: EventTime?
    /// Tickets that were merged into this one.
    public internal(set) var absorbed: [Int64] = []
    /// The cause of which this is a symptom.
    public internal(set) var causedBy: Int64?
    /// The earlier ticket about the same fault on the same vehicle.
    public internal(set) var recurrenceOf: Int64?
    public internal(set) var splitFrom: Int64?
    public internal(set) var proof = Proof.none
    /// Which escalations of the epoch were told, a bit each.
    public internal(set) var told: UInt32 = 0
    /// The clocks of the epoch that ran out.
    public internal(set) var breached: Set<ServiceClock> = []
    /// What is due first of all that is promised; kept by the book.
    public internal(set) var due: Due?
    var undoable: [Undoable] = []
    /// When the book looks at it next; `nil` for never.
    var timer: EventTime?

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
        course = Course(severity: severity, advice: advice, component: component)
        if source.isReactive || severity >= .s2 { course.solveFrom = clockStart }
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

// MARK: - Events

extension Ticket {
    /// Takes an event in. Whatever the events, the result is a ticket: what may happen when is
    /// decided before, by ``event(_:_:by:at:)``.
    public mutating func apply(_ event: TicketEvent) {
        switch event.kind {
        case .notice(let notice): apply(notice, event)
        case .step(.undo): takeBack(at: event.at, by: event.role)
        case .step(let step):
            let before = course
            let wasCounted = epoch
            apply(step, event)
            if event.role == .system || epoch != wasCounted {
                // What the daemon did is no mistake of a person.
                if course != before { undoable.removeAll() }
            } else if step.isUndoable {
                undoable.append(Undoable(step: step, actor: event.actor, before: before))
                if undoable.count > Self.mostUndoable { undoable.removeFirst() }
            }
        }
    }

    private static let mostUndoable = 8

    private mutating func apply(_ notice: TicketEvent.Notice, _ event: TicketEvent) {
        switch notice {
        case .raised:
            guard let severity = event.fields.severity, let advice = event.fields.advice else {
                return
            }
            course.raise(to: severity, advice: advice, clockStart: clockStart, at: event.at)
            for index in undoable.indices {
                undoable[index].before.raise(
                    to: severity, advice: advice, clockStart: clockStart, at: event.at)
            }
        case .escalated:
            guard let clock: ServiceClock = event.fields.choice(.clock),
                let level = event.fields.integer(.level).flatMap({
                    EscalationLevel(rawValue: Int($0))
                })
            else { return }
            told |= clock.bit(level)
            if level.rawValue >= 100 { breached.insert(clock) }
        case .verified: proof = .verified
        case .unproven: proof = .unproven
        case .absorbed:
            guard let other = event.fields.integer(.from) else { return }
            absorbed.append(other)
            if let start = event.fields.integer(.started).map({ EventTime(milliseconds: $0) }),
                start < clockStart
            {
                // The customer has waited since the earlier one was opened.
                if course.solveFrom == clockStart { course.solveFrom = start }
                clockStart = start
            }
        case .released:
            // The earlier start stays: undoing a merge must not make us look faster.
            absorbed.removeAll { $0 == event.fields.integer(.from) }
        case .linked: causedBy = event.fields.integer(.causedBy)
        }
    }

    private mutating func apply(_ step: TicketStep, _ event: TicketEvent) {
        let fields = event.fields
        let at = event.at
        switch step {
        case .open:
            recurrenceOf = fields.integer(.recurrenceOf)
            splitFrom = fields.integer(.from)
            causedBy = fields.integer(.causedBy)
            course.hasComplaint = fields[.complaint] != nil
            course.site = fields[.site]
            course.customer = fields[.customer]
            failedAt = fields.time(.failedAt)
            course.serviceType = fields.choice(.serviceType) ?? .repair
            isIncident = fields[.reason] == "storm"
            // Opened before there were promises, and so never told of.
            if fields[.clock] == "none" { told = .max }
        case .acknowledge:
            course.state = .acknowledged
            course.acknowledgedAt = at
        case .triage: triage(fields, at: at, by: event.role)
        case .contact:
            course.attempts += 1
            course.customer = fields[.customer] ?? course.customer
            guard fields[.outcome] != ContactOutcome.noAnswer.rawValue else { break }
            course.state = .contacted
            course.contactedAt = course.contactedAt ?? at
        case .schedule:
            course.state = .scheduled
            course.scheduledAt = at
            course.site = fields[.site]
            course.appointment = fields.time(.slot)
        case .checkIn:
            course.state = .checkedIn
            course.checkedInAt = at
            course.odometer = fields.number(.odometer)
            course.solveFrom = course.solveFrom ?? at
        case .startRepair:
            course.state = .inRepair
            course.repairStartedAt = course.repairStartedAt ?? at
            noteTechnician(event.actor)
        case .finishRepair:
            course.state = .qualityCheck
            course.repairedAt = at
            course.actualCost = fields.number(.actual) ?? course.actualCost
            noteTechnician(event.actor)
            noteFindings(fields)
        case .check:
            course.inspector = event.actor
            if fields[.result] == CheckResult.pass.rawValue {
                course.solvedAt = at
            } else {
                course.state = .inRepair
                course.solvedAt = nil
                course.reworks += 1
            }
        case .deliver:
            course.state = .delivered
            course.deliveredAt = at
            course.odometer = fields.number(.odometer) ?? course.odometer
            proof = .watching
        case .remote:
            course.state = .remoteResolved
            course.solvedAt = at
            course.deliveredAt = at
            course.solveFrom = course.solveFrom ?? at
            noteTechnician(event.actor)
            noteFindings(fields)
            proof = .watching
        case .followUp:
            course.csat = fields.number(.csat).map { Int($0) } ?? course.csat
            if course.csat == nil { course.surveys += 1 }
            guard course.csat != nil || course.surveys >= 3 else { break }
            course.state = .followedUp
            course.followedUpAt = at
        case .close:
            noteFindings(fields)
            course.state = .closed
            course.closedAt = at
        case .hold:
            let reason: HoldReason = fields.choice(.reason) ?? .capacity
            course.heldFrom = course.state
            course.state = .onHold
            course.wakeAt = fields.time(.wakeAt)
            course.pauses.append(
                .init(from: at, until: nil, reason: reason, isUrgent: severity == .s1))
        case .resume:
            course.state = course.heldFrom ?? .triaged
            course.endPause(at: at)
            endMonitoring()
        case .cancel, .merge:
            course.endPause(at: at)
            endMonitoring()
            course.state = .cancelled
            course.cancelledAt = at
            course.cancelReason =
                step == .merge ? .duplicate : fields.choice(.reason) ?? .falseAlarm
            course.mergedInto = fields.integer(.into)
            course.disposition = course.cancelReason?.disposition ?? course.disposition
        case .monitor:
            course.state = .monitoring
            course.monitoredUntil = fields.time(.until)
            course.monitoredUntilKilometres = fields.number(.untilKilometres)
        case .reopen: reopen(at: at, isBySystem: event.role == .system)
        case .assign: course.assignee = fields[.assignee]
        case .estimate: note(estimate: fields)
        case .part: note(part: fields, at: at)
        case .split: findings -= event.movedFindings?.count ?? 0
        case .note, .undo, .feedback: break
        }
        if course.respondedAt == nil, event.role != .system, step == .acknowledge || epoch > 1 {
            course.respondedAt = at
        }
    }

    private mutating func endMonitoring() {
        course.monitoredUntil = nil
        course.monitoredUntilKilometres = nil
    }

    private mutating func noteTechnician(_ name: String) {
        if !course.technicians.contains(name) { course.technicians.append(name) }
    }

    private mutating func noteFindings(_ fields: Fields) {
        if fields[.complaint] != nil { course.hasComplaint = true }
        if fields[.cause] != nil { course.hasCause = true }
        if fields[.correction] != nil { course.hasCorrection = true }
        course.disposition = fields.choice(.disposition) ?? course.disposition
    }

    private mutating func triage(_ fields: Fields, at: EventTime, by role: Role) {
        course.state = .triaged
        course.triagedAt = course.triagedAt ?? at
        course.advice = fields.advice ?? course.advice
        course.component = fields[.component] ?? course.component
        course.serviceType = fields.choice(.serviceType) ?? course.serviceType
        guard let severity = fields.severity, severity != course.severity else { return }
        let isGraver = severity > course.severity
        course.severity = severity
        if isGraver {
            course.severityRose(clockStart: clockStart, at: at)
        } else if role == .supervisor, severity < .s2, !source.isReactive {
            // Only a supervisor may move a due time to later.
            course.solveFrom = course.checkedInAt
        }
    }

    private mutating func reopen(at time: EventTime, isBySystem: Bool) {
        epoch += 1
        clockStart = time
        told = 0
        breached = []
        if isBySystem { proof = .cameBack } else if proof == .watching { proof = .none }
        var fresh = Course(severity: severity, advice: advice, component: component)
        fresh.state = .triaged
        fresh.triagedAt = time
        fresh.site = course.site
        fresh.assignee = course.assignee
        fresh.customer = course.customer
        fresh.serviceType = course.serviceType
        fresh.odometer = course.odometer
        fresh.hasComplaint = course.hasComplaint
        // What was found once was not the whole truth; what is found now must be said again.
        fresh.solveFrom = time
        course = fresh
        parts = []
        partsRequestedAt = nil
        partsReceivedAt = nil
    }

    private mutating func note(estimate fields: Fields) {
        guard let id = fields[.estimate] else { return }
        if let name = fields[.approvedBy], fields[.total] == nil {
            estimate?.approvedBy = name
        } else if let total = fields.number(.total), let currency = fields[.currency],
            let payer: Payer = fields.choice(.payer)
        {
            // Cheaper for the same payer needs no new consent; dearer does.
            let stands =
                estimate.map {
                    $0.payer == payer && $0.currency == currency && total <= $0.total
                } ?? false
            estimate = Estimate(
                id: id, total: total, currency: currency, payer: payer,
                approvedBy: fields[.approvedBy] ?? (stands ? estimate?.approvedBy : nil),
                lines: fields[.lines].flatMap { EstimateLine.lines($0) } ?? [])
        }
    }

    private mutating func note(part fields: Fields, at: EventTime) {
        guard let part = fields[.part], let state: PartState = fields.choice(.state) else { return }
        let eta = fields.time(.eta)
        if let index = parts.firstIndex(where: { $0.part == part }) {
            parts[index].state = state
            parts[index].eta = eta ?? parts[index].eta
        } else {
            parts.append(PartLine(part: part, state: state, eta: eta))
        }
        partsRequestedAt = partsRequestedAt ?? at
        let isComplete = parts.allSatisfy {
            $0.state == .received || $0.state == .fitted || $0.state == .returned
        }
        partsReceivedAt = isComplete ? partsReceivedAt ?? at : nil
    }

    /// Sets the newest step back, as of now: what a clock has counted stays counted.
    private mutating func takeBack(at time: EventTime, by role: Role) {
        guard let last = undoable.popLast() else { return }
        var course = last.before
        if course.state == .onHold, let held = course.pauses.last {
            // The time since the hold ended was no hold.
            course.pauses = self.course.pauses
            course.pauses.append(
                .init(
                    from: time, until: nil, reason: held.reason, isUrgent: course.severity == .s1))
        }
        if role != .supervisor, let from = self.course.solveFrom {
            course.solveFrom = min(course.solveFrom ?? from, from)
        }
        self.course = course
        if !state.isAfterRepair, proof == .watching { proof = .none }
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
