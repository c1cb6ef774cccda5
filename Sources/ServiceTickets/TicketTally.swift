import VehicleFaults

/// What happened on a ticket's way, counted: what reports ask and the state alone does not tell.
///
/// It belongs to the ``Course``, so a step that is taken back is not counted either.
public struct TicketTally: Hashable, Sendable {
    /// Check-ins.
    public var visits = 0
    public var inspections = 0
    public var failedInspections = 0
    /// Whether the customer was called after delivery, answered or not.
    public var wasAsked = false
    /// Why the customer was not content, as the customer's words were sorted.
    public var reasons: [String] = []
    /// Minutes that people said answers took; `nil` when nobody said.
    public var answerMinutes: Double?
    /// The steps of the five-step flow, in the order in which they were taken.
    public var flow: [TicketStep] = []

    /// The steps that a repaired vehicle passes: appointment, reception, repair, quality check,
    /// follow-up.
    public static let flowSteps: [TicketStep] = [
        .schedule, .checkIn, .startRepair, .check, .followUp,
    ]

    mutating func count(_ step: TicketStep, _ fields: Fields) {
        if Self.flowSteps.contains(step) { flow.append(step) }
        switch step {
        case .acknowledge:
            if let minutes = fields.number(.minutes) {
                answerMinutes = (answerMinutes ?? 0) + minutes
            }
        case .checkIn: visits += 1
        case .check:
            inspections += 1
            if fields[.result] == CheckResult.fail.rawValue { failedInspections += 1 }
        case .followUp:
            wasAsked = true
            reasons += (fields[.reasons] ?? "").split { $0 == "," || $0 == " " }.map(String.init)
        default: break
        }
    }

    /// The steps of the flow that were left out or taken too late.
    public var deviations: [TicketStep] {
        if flow == Self.flowSteps { return [] }
        let first = Self.flowSteps.map { step in flow.firstIndex(of: step) }
        return Self.flowSteps.indices.filter { place in
            guard let index = first[place] else { return true }
            return first[..<place].contains { earlier in earlier.map { $0 > index } ?? false }
        }.map { Self.flowSteps[$0] }
    }
}

/// How long a ticket stood in each state and waited for each reason; time cannot be taken back.
public struct TimeSpent: Hashable, Sendable {
    /// Milliseconds, in the order of ``TicketState/allCases``.
    public var states = Self.noStates
    /// Milliseconds on hold, in the order of ``HoldReason/allCases``.
    public var holds = Self.noHolds
    /// The newest event; time before it is counted.
    public var counted: EventTime

    public init(from start: EventTime) { counted = start }

    /// What all that have spent no time share.
    private static let noStates = [Int64](repeating: 0, count: TicketState.allCases.count)
    private static let noHolds = [Int64](repeating: 0, count: HoldReason.allCases.count)
    private static let allStates = TicketState.allCases
    private static let allHolds = HoldReason.allCases

    private static func place(of state: TicketState) -> Int {
        allStates.firstIndex(of: state) ?? 0
    }

    private static func place(of reason: HoldReason) -> Int {
        allHolds.firstIndex(of: reason) ?? 0
    }

    /// Forgets all, in the room that there is.
    mutating func clear() {
        for place in states.indices { states[place] = 0 }
        for place in holds.indices { holds[place] = 0 }
    }

    /// Counts the time up to `now` as spent in `state`; what is over is not counted.
    mutating func count(_ state: TicketState, _ reason: HoldReason?, until now: EventTime) {
        let passed = now.milliseconds(since: counted)
        guard passed > 0 else { return }
        counted = now
        guard !state.isFinal else { return }
        states[Self.place(of: state)] &+= passed
        if let reason { holds[Self.place(of: reason)] &+= passed }
    }
}

extension Ticket {
    /// A stretch of work on a ticket that was opened again since: its solve clock.
    public struct Round: Hashable, Sendable {
        public var from, until: EventTime
        public var pauses: [Course.Pause]

        public init(from: EventTime, until: EventTime, pauses: [Course.Pause]) {
            self.from = from
            self.until = until
            self.pauses = pauses
        }
    }

    /// Ends a round of work, before the ticket is opened again.
    mutating func endRound(at time: EventTime) {
        earlierResponse = earlierResponse ?? course.respondedAt
        guard let from = course.solveFrom else { return }
        let until = max(from, min(course.solvedAt ?? course.cancelledAt ?? time, time))
        rounds.append(Round(from: from, until: until, pauses: course.pauses))
    }
}
