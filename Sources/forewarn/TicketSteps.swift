import ArgumentParser
import FleetReports
import ForewarnDaemon
import ServiceTickets
import StoreText
import TerminalText
import TicketStorage

/// A word of the command line that does something with a ticket.
protocol TicketVerb: SendableMetatype {
    static var verb: String { get }
}

/// The steps of a ticket as commands; what each needs stands in one place, the ticket stage.
enum TicketSteps {
    enum Open: TicketVerb { static let verb = "open" }
    enum Acknowledge: TicketVerb { static let verb = "ack" }
    enum Triage: TicketVerb { static let verb = "triage" }
    enum Contact: TicketVerb { static let verb = "contact" }
    enum Schedule: TicketVerb { static let verb = "schedule" }
    enum CheckIn: TicketVerb { static let verb = "check-in" }
    enum Repair: TicketVerb { static let verb = "repair" }
    enum Check: TicketVerb { static let verb = "qc" }
    enum Deliver: TicketVerb { static let verb = "deliver" }
    enum FollowUp: TicketVerb { static let verb = "follow-up" }
    enum Close: TicketVerb { static let verb = "close" }
    enum Hold: TicketVerb { static let verb = "hold" }
    enum Resume: TicketVerb { static let verb = "resume" }
    enum Cancel: TicketVerb { static let verb = "cancel" }
    enum Reopen: TicketVerb { static let verb = "reopen" }
    enum Merge: TicketVerb { static let verb = "merge" }
    enum Split: TicketVerb { static let verb = "split" }
    enum Assign: TicketVerb { static let verb = "assign" }
    enum Note: TicketVerb { static let verb = "note" }
    enum Estimate: TicketVerb { static let verb = "estimate" }
    enum Part: TicketVerb { static let verb = "part" }
    enum Feedback: TicketVerb { static let verb = "feedback" }
    enum Undo: TicketVerb { static let verb = "undo" }
    enum Monitor: TicketVerb { static let verb = "monitor" }
    enum Remote: TicketVerb { static let verb = "remote" }
    enum Transfer: TicketVerb { static let verb = "transfer" }

    static let all: [CommandList.Entry] = [
        entry(Open.self),
        entry(Acknowledge.self),
        entry(Triage.self),
        entry(Contact.self),
        entry(Schedule.self),
        entry(CheckIn.self),
        entry(Repair.self),
        entry(Check.self),
        entry(Deliver.self),
        entry(FollowUp.self),
        entry(Close.self),
        entry(Hold.self),
        entry(Resume.self),
        entry(Cancel.self),
        entry(Reopen.self),
        entry(Merge.self),
        entry(Split.self),
        entry(Assign.self),
        entry(Note.self),
        entry(Estimate.self),
        entry(Part.self),
        entry(Undo.self),
        entry(Feedback.self),
        entry(Monitor.self),
        entry(Remote.self),
        entry(Transfer.self),
    ]

    private static func entry<Verb: TicketVerb>(_ verb: Verb.Type) -> CommandList.Entry {
        CommandList.Entry(verb.verb, TicketStepCommand<Verb>.self)
    }
}

/// `forewarn ticket ack` and its like.
struct TicketStepCommand<Verb: TicketVerb>: ParsableCommand {
    enum Format: String, CaseIterable, ExpressibleByArgument { case text, json }

    private static var steps: [TicketStep] { TicketStep.allCases.filter { $0.verb == Verb.verb } }

    static var configuration: CommandConfiguration {
        let words = Words(language: .english)
        let title = steps.map { words.text(of: $0) }.joined(separator: ", or ")
        let needs = steps.map { step in
            let required = step.required.map { $0.usage(in: step) }
            let optional = step.optional.map { "[\($0.usage(in: step))]" }
            let roles = Role.allCases.filter { step.roles.contains($0) }.map(\.rawValue)
            let who = step.roles == Role.people ? "anyone" : roles.joined(separator: ", ")
            return
                (["\(words.text(of: step)):"] + required + optional).joined(separator: " ")
                + "\n  by \(who)"
                + (step.level > 0 ? " (technicians of level \(step.level) and above)" : "")
        }
        return CommandConfiguration(
            commandName: Verb.verb,
            abstract: title.prefix(1).uppercased() + title.dropFirst() + ".",
            discussion: needs.joined(separator: "\n"))
    }

    @Argument(help: ArgumentHelp("T-12 or 12; to open one, the vehicle.", valueName: "id"))
    var subject: String

    @Argument(
        parsing: .allUnrecognized,
        help: ArgumentHelp("What the step is told; see above.", valueName: "fields"))
    var words: [String] = []

    @Option(name: .short, help: "Output: text or json.")
    var output = Format.text

    @Flag(name: .long, help: "Only say whether it would be possible.")
    var dryRun = false

    @OptionGroup var who: ActorOptions
    @OptionGroup var store: StoreOptions
    @OptionGroup var style: OutputOptions

    private var isOpening: Bool { Verb.verb == TicketStep.open.verb }

    func validate() throws {
        if !isOpening { _ = try Arguments.ticket(subject) }
        _ = try TicketOptions.fields(words, for: Self.steps)
    }

    func run() throws {
        var pairs = try who.pairs()
        var fields = try TicketOptions.fields(words, for: Self.steps)
        if isOpening {
            fields[.vehicle] = subject
        } else {
            pairs.append(("ticket", "\(try Arguments.ticket(subject))"))
        }
        pairs += fields.items.map { ($0.field.rawValue, $0.text) }
        let presentation = style.presentation()
        if dryRun { return try rehearse(pairs, presentation) }
        if let reference = fields[.customer] {
            let folder = StateFolder(path: store.folder)
            let open = try TicketStore(path: folder.database, access: .write(.full))
            let customer = try open.customer(for: reference)
            pairs = pairs.map { $0.0 == TicketField.customer.rawValue ? ($0.0, customer) : $0 }
        }
        let answer = try Request(
            folder: StateFolder(path: store.folder), kind: "ticket.\(Verb.verb)",
            argument: FlatJSON.text(pairs), actor: who.name
        ).answer()
        guard answer.isDone else { throw refusal(answer.answer, presentation) }
        try show(answer.answer, presentation)
    }

    private func show(_ answer: String, _ presentation: Presentation) throws {
        guard output == .text else { return try Output.write(answer + "\n") }
        let pairs = FlatJSON.pairs(answer) ?? []
        func value(_ name: String) -> String? { pairs.first { $0.0 == name }?.1 }
        let words = presentation.words
        var line = "T-\(value("ticket") ?? "?")"
        if let state = value("state") { line += "  \(words.stored(state))" }
        if let opened = value("opened"), opened != value("ticket") {
            line += "  + T-\(opened)"
        }
        try Output.write(line + "\n")
    }

    private func refusal(_ answer: String, _ presentation: Presentation) -> CommandFailure {
        let refusal = Refusal(json: answer)
        if output == .json { try? Output.write(answer + "\n") }
        let text = refusal?.text(presentation.words.language == .chinese) ?? answer
        return CommandFailure(
            code: .no, message: text,
            hint: isOpening || refusal?.reason == .noSuchTicket
                ? nil : "forewarn ticket next \(subject)")
    }

    /// Asks the ticket stage without writing anything.
    private func rehearse(_ pairs: [(String, String)], _ presentation: Presentation) throws {
        let open = try store.open()
        let state = try open.state()
        var book = TicketBook(
            open: state.openTickets, nextNumber: state.nextTicket,
            policy: TicketPolicy.inForce(open), memory: state.memory)
        for (name, value) in pairs where name == "ticket" || name == "into" {
            if let number = Int64(value), let ticket = try open.foldedTicket(number) {
                book.adopt(ticket)
            }
        }
        let answer: TicketBook.Answer
        do throws(Refusal) {
            let request = try TicketRequest(
                pairs: [("kind", "ticket.\(Verb.verb)"), ("actor", who.name ?? "someone")] + pairs)
            answer = try book.carryOut(request, at: Arguments.now)
        } catch { throw refusal(error.json, presentation) }
        try show(answer.json, presentation)
    }
}

extension TicketPolicy {
    /// What is promised in a store; the plain policy when that cannot be read.
    static func inForce(_ store: TicketStore) -> TicketPolicy {
        (try? RuleSet(inForce: store))?.policy ?? TicketPolicy()
    }
}

extension RuleSet {
    /// The rules in force, for telling of a ticket; `nil` when they cannot be read.
    ///
    /// - Throws: of a campaign, what keeps them from being read: without the roster it would be said to
    ///   be about no vehicles.
    static func telling(of ticket: StoredTicket, _ store: TicketStore) throws -> RuleSet? {
        ticket.isCampaign ? try RuleSet(inForce: store) : try? RuleSet(inForce: store)
    }

    /// The failure modes that the rules look for.
    var coveredModes: Set<String> { Set(program.rules.map(\.mode)) }

    /// The sites that the service file names; none when it cannot be read.
    var sites: [ServiceSite] { (try? service?.sites()) ?? [] }
}
