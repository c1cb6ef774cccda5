import FaultDecoding
import FaultRules
import ServiceTickets
import VehicleFaults

/// What a batch led to, in the order of the journal.
public struct Outcome: Sendable {
    public var decisions: [Decision] = []
    /// Messages in the batch, among them those that follow.
    public var messages = 0
    public var deadLetters = 0
    /// Messages that had been decided before.
    public var duplicates = 0
    /// Messages that were older than one of the same vehicle that was applied before.
    public var late = 0
    public var findings = 0
    /// Messages of the canary that its rule found; no figure counts them.
    public var canaries = 0
    public var unknownFields = 0
    public var refusedValues = 0
    /// Codes that vehicles with too many of them had to forget.
    public var forgottenCodes = 0
    /// Sightings of codes that mean nothing on their vehicle, as the roster says.
    public var ignoredCodes = 0
    /// The position of the batch's newest message.
    public var position: UInt64 = 0
    /// What came of the batch's commands, in order.
    public var answers: [CommandOutcome] = []
    /// Repairs that the batch confirms, in order. Lanes hear of each when it comes as an entry of its
    /// own, a command of the kind ``ConfirmedRepair/kind``.
    public var repairs: [ConfirmedRepair] = []

    public init() {}

    /// Adds what another batch came to, its decisions left out.
    public mutating func add(countsOf other: Outcome) {
        messages += other.messages
        deadLetters += other.deadLetters
        duplicates += other.duplicates
        late += other.late
        findings += other.findings
        canaries += other.canaries
        unknownFields += other.unknownFields
        refusedValues += other.refusedValues
        forgottenCodes += other.forgottenCodes
        ignoredCodes += other.ignoredCodes
        position = max(position, other.position)
    }
}

/// One thing that was decided.
public enum Decision: Sendable {
    case finding(SettledFinding)
    case deadLetter(DeadLetter)
    /// Somebody cleared a vehicle's fault codes with a tool; see ``Finding/Kind/codesCleared``.
    case maintenance(Finding)
    /// Something that happened to a ticket besides what its findings say.
    case ticket(TicketNote)
}

/// What came of a person's command.
public struct CommandOutcome: Sendable {
    /// Its number, as the command gives it; 0 when it gives none.
    public var command: Int64
    public var isDone: Bool
    /// A JSON object of texts.
    public var answer: String
}

/// A finding with what the ticket stage made of it.
///
/// A class, since decisions go from stage to stage and a ticket is large.
public final class SettledFinding: Sendable {
    public let finding: Finding
    private let worded: WordedRules
    public let effect: TicketEffect
    /// The ticket as it is after the finding; `nil` when there is none.
    public let ticket: Shared<Ticket>?
    /// The ticket's event that the effect alone says: it was opened or raised.
    public let own: TicketEvent?

    /// The rule that the finding is of.
    public var rule: Rule { _read { yield worded.rules[finding.rule] } }

    /// What is asked of the rule for each finding; all of it is dear to copy.
    public var ruleID: String { worded.wordings[finding.rule].id }
    public var mode: String { worded.wordings[finding.rule].mode }
    public var severity: Severity { worded.wordings[finding.rule].severity }

    /// What it says of its rule.
    var wording: WordedRules.Wording { _read { yield worded.wordings[finding.rule] } }

    init(
        finding: Finding, of worded: WordedRules, effect: TicketEffect,
        ticket: Shared<Ticket>? = nil, own: TicketEvent? = nil
    ) {
        self.finding = finding
        self.worded = worded
        self.effect = effect
        self.ticket = ticket
        self.own = own
    }
}

/// A message that could not be understood.
public struct DeadLetter: Sendable {
    /// Its place in the journal, counted from 1.
    public var position: UInt64
    /// Its place in the batch.
    public var entry: Int
    public var failure: DecodingFailure
}
