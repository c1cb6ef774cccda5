import FaultDecoding
import FaultRules
import FleetWatch
import ServiceTickets
import VehicleFaults

/// Runs rules over messages and remembers what came of it. It is the core of the daemon, with no
/// store behind it and nobody told.
public struct Trial {
    /// How messages are read and watched, besides the rules.
    public struct Settings: Sendable {
        /// None reads every topic as the native format.
        public var subscriptions: [Subscription]
        public var watch: WatchSettings
        public var limits: DecodingLimits
        /// What kind of vehicle each is.
        public var roster: VehicleRoster
        /// Codes that mean nothing.
        public var falseCodes: [FalseCode]

        public init(
            subscriptions: [Subscription] = [], watch: WatchSettings = WatchSettings(),
            limits: DecodingLimits = DecodingLimits(), roster: VehicleRoster = VehicleRoster(),
            falseCodes: [FalseCode] = []
        ) {
            self.subscriptions = subscriptions
            self.watch = watch
            self.limits = limits
            self.roster = roster
            self.falseCodes = falseCodes
        }
    }

    public private(set) var result = TrialResult()
    private let settings: Settings
    private var watch: FleetWatch
    private var row: Int64 = 0
    /// The place in `result.tickets` of a ticket's number.
    private var places: [Int64: Int] = [:]

    /// - Parameter seesAtoms: whether to remember which parts of conditions were true and false.
    public init(
        program: RuleProgram, settings: Settings = Settings(), seesAtoms: Bool = false,
        workers: Workers = .serial
    ) {
        self.settings = settings
        watch = FleetWatch(
            program: program, subscriptions: settings.subscriptions, limits: settings.limits,
            settings: settings.watch, roster: settings.roster, falseCodes: settings.falseCodes,
            workers: workers)
        if seesAtoms { watch.beginSeeingAtoms() }
        result.counts = Dictionary(
            program.rules.map { ($0.id, TrialResult.Count()) },
            uniquingKeysWith: { first, _ in first })
    }

    /// Decides some messages.
    ///
    /// - Returns: what was decided, in order.
    @discardableResult
    public mutating func take(_ batch: EntryBatch) -> [Decision] {
        guard !batch.entries.isEmpty else { return [] }
        row += 1
        _ = watch.open(batch)
        let outcome = watch.close(row: row)
        result.messages += outcome.messages
        result.duplicates += outcome.duplicates
        if result.firstReceived == nil { result.firstReceived = watch.oldestReceived }
        result.lastReceived = watch.received
        for decision in outcome.decisions {
            switch decision {
            case .deadLetter(let letter): result.deadLetters.append(letter)
            case .finding(let settled): note(settled)
            case .ticket, .maintenance: break
            }
        }
        return outcome.decisions
    }

    /// Lets time go on after the last message: for messages that wait for older ones, and for rules
    /// that ask for silence.
    ///
    /// - Parameter silence: how long nothing is heard, in milliseconds.
    public mutating func finish(silence: Int64 = 0) {
        let window = settings.watch.reorderWindow
        let wait = max(silence, window > 0 ? window : 0)
        if wait > 0, watch.received > .min {
            take(
                EntryBatch(entries: [
                    Entry(kind: .tick, received: watch.received + wait + TickGrid.interval)
                ]))
        }
        result.atoms = watch.seenAtoms
    }

    private mutating func note(_ settled: SettledFinding) {
        let isRaised = settled.finding.kind == .raised
        result.findings += 1
        if isRaised {
            result.counts[settled.rule.id, default: .init()].raised += 1
            if result.counts[settled.rule.id]?.first == nil {
                result.counts[settled.rule.id]?.first = settled.finding
            }
        } else {
            result.counts[settled.rule.id, default: .init()].cleared += 1
        }
        guard let ticket = settled.ticket else { return }
        guard let place = places[ticket.number] else {
            places[ticket.number] = result.tickets.count
            result.tickets.append(
                TrialTicket(ticket.value, rule: settled.rule.id, evidence: settled.finding.evidence)
            )
            result.counts[settled.rule.id, default: .init()].tickets += 1
            return
        }
        result.tickets[place].update(ticket.value)
    }
}

/// What a trial came to.
public struct TrialResult: Sendable {
    /// What one rule did.
    public struct Count: Hashable, Sendable {
        public var raised = 0
        public var cleared = 0
        /// Tickets that it opened.
        public var tickets = 0
        /// When it fired first.
        public var first: Finding?

        public init() {}
    }

    /// In the order of opening.
    public var tickets: [TrialTicket] = []
    public var messages = 0
    public var duplicates = 0
    public var findings = 0
    public var deadLetters: [DeadLetter] = []
    /// By rule; every rule has its entry.
    public var counts: [String: Count] = [:]
    /// Received times, in milliseconds; `nil` before the first message.
    public var firstReceived: Int64?
    public var lastReceived: Int64?
    /// Which parts of conditions were seen true and false, when that was asked for.
    public var atoms: AtomSightings?

    public init() {}
}

/// A ticket that rules opened in a trial, as it was at the end.
public struct TrialTicket: Hashable, Sendable {
    public var number: Int64
    /// The rule that opened it.
    public var rule: String
    public var mode: String
    public var vehicle: VehicleID
    public var severity: Severity
    public var advice: Advice
    /// The vehicle's time of the finding that opened it.
    public var at: EventTime
    /// Findings that belong to it.
    public var findings: Int
    /// Whether the clear condition of the newest finding's rule has been met since.
    public var symptomGone: Bool
    /// What the finding that opened it rests on.
    public var evidence: [Evidence]

    init(_ ticket: Ticket, rule: String, evidence: [Evidence]) {
        number = ticket.number
        self.rule = rule
        mode = ticket.mode
        vehicle = ticket.vehicle
        severity = ticket.severity
        advice = ticket.advice
        at = ticket.openedAt
        findings = ticket.findings
        symptomGone = ticket.symptomGone
        self.evidence = evidence
    }

    mutating func update(_ ticket: Ticket) {
        severity = ticket.severity
        advice = ticket.advice
        findings = ticket.findings
        symptomGone = ticket.symptomGone
    }
}
