import ArgumentParser
import FaultRules
import FleetWatch
import ForewarnDaemon
import Foundation
import RuleTrials
import StoreText
import TerminalText
import TicketStorage
import VehicleFaults
import YAMLSource

/// `forewarn explain`: why a ticket is there, or why it is not.
struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Show why a ticket was opened, or why a rule did not fire.",
        usage: """
            forewarn explain <ticket> [--recompute]
            forewarn explain --why-not <vehicle or ticket> <rule> [--on <file>]
                [--rules <path>]
            """,
        discussion: """
            --recompute decides the journal again and compares every decision about the
            ticket; it exits with 1 when one differs. --why-not decides the vehicle's
            messages again with the rule changed in one place, and shows which part failed
            and by how much.
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

    @Argument(
        help: "A ticket as T-12; with --why-not a vehicle, or a ticket for its vehicle, and a rule."
    )
    var subjects: [String]

    @Flag(help: "Decide the journal again and compare what it says about the ticket.")
    var recompute = false

    @Flag(name: .customLong("why-not"), help: "Say why a rule did not fire for a vehicle.")
    var whyNot = false

    @Option(help: "With --why-not: rules in place of those that run. May be repeated.")
    var rules: [String] = []

    @OptionGroup var traffic: TrafficOptions

    @Option(name: .short, help: "Output: text or json.")
    var output = Format.text

    @OptionGroup var style: OutputOptions

    func validate() throws {
        guard whyNot else {
            guard subjects.count == 1 else { throw ValidationError("one ticket, as T-12") }
            _ = try Arguments.ticket(subjects[0])
            if traffic.on != nil || traffic.since != nil || !rules.isEmpty {
                throw ValidationError("--on, --since and --rules go with --why-not")
            }
            return
        }
        guard subjects.count == 2 else {
            throw ValidationError("--why-not takes a vehicle and a rule")
        }
        if recompute { throw ValidationError("--recompute is about a ticket") }
        if traffic.on != nil, rules.isEmpty {
            throw ValidationError("--on a recording needs --rules")
        }
    }

    func run() throws {
        if whyNot { return try explainSilence() }
        let store = try traffic.store.open()
        let number = try Arguments.ticket(subjects[0])
        guard let ticket = try store.ticket(number) else {
            let newest = try store.newestTicket()
            throw CommandFailure(
                code: .no, message: "there is no ticket T-\(number)",
                hint: newest == 0
                    ? "no ticket was opened yet" : "the newest one is T-\(newest)")
        }
        let rules = try RuleSet.telling(of: ticket, store)
        let explanation = try TicketExplanation(ticket, store, rules)
        var recomputed: TicketExplanation.Recomputed?
        if recompute { recomputed = try explanation.recompute(store) }
        var presentation = style.presentation()
        presentation.codes = CodeCatalogue(folder: traffic.store.catalogueFolder)
        presentation.take(namesFrom: rules)
        try Output.write(
            output == .json
                ? try explanation.json(store, recomputed) + "\n"
                : try explanation.text(presentation, store, recomputed))
        if let difference = recomputed?.differences.first {
            throw CommandFailure(
                code: .no,
                message: """
                    event \(difference.event) comes out otherwise
                      stored:  \(difference.stored ?? "nothing")
                      decided: \(difference.decided ?? "nothing")
                    """)
        }
    }

    // MARK: - Why not

    /// The vehicle of a ticket, where one is named.
    private func vehicle(_ subject: String) throws -> String {
        guard traffic.on == nil, subject.hasPrefix("T-"),
            let number = try? Arguments.ticket(subject),
            let ticket = try traffic.store.open().ticket(number)
        else { return subject }
        return ticket.vehicle
    }

    private func explainSilence() throws {
        let presentation = style.presentation()
        let open = try traffic.open(presentation)
        let settings = open.settings
        let source = try TrialRules.source(rules, traffic.store, presentation)
        let vehicle = try open.vehicle(try vehicle(subjects[0]))
        var own = VehicleTraffic(
            of: vehicle, subscriptions: settings.subscriptions, limits: settings.limits,
            roster: settings.roster)
        try open.forEach { batch, first in own.take(batch, first: first) }
        guard !own.positions.isEmpty else {
            throw CommandFailure(
                code: .no, message: "nothing was heard of \(presentation.vehicle("\(vehicle)"))")
        }
        guard let answer = try WhyNot(subjects[1], in: source, on: own, settings: settings) else {
            let names = try source.program().rules.map(\.id)
            let near = NearestName.find(subjects[1], among: names)
            throw CommandFailure(
                code: .usage, message: "there is no rule '\(subjects[1].visible)'",
                hint: near.map { "did you mean \($0)?" })
        }
        let text = WhyNotText(answer: answer, vehicle: vehicle)
        try Output.write(output == .json ? text.json + "\n" : text.text(presentation))
    }
}
