import ArgumentParser
import FaultRules
import FleetWatch
import ForewarnDaemon
import RuleTrials
import ServiceTickets
import StoreText
import TerminalText
import TicketStorage
import VehicleFaults

/// `forewarn miss`: a breakdown that nobody predicted, and what would have caught it.
struct MissCommand: ParsableCommand {
    enum Format: String, CaseIterable, ExpressibleByArgument { case text, json }

    static let configuration = CommandConfiguration(
        commandName: "miss",
        abstract: "Enter a breakdown that nobody predicted, and see what would have caught it.",
        discussion: """
            Opens a ticket whose source is the breakdown, and decides what the vehicle sent
            before it again with every rule about the failure mode (with all rules when
            there is none). The rules that came nearest are named with the limit that would
            have warned, and with the tickets that this limit would have opened on the
            whole fleet besides.
            """)

    @Argument(help: "The vehicle, whole or as LGA…0042.") var vehicle: String
    @Option(help: "What it was: a failure mode.") var mode: String
    @Option(help: "When it happened, as a time or, like 2d, before now; else now.")
    var at: String?
    @Option(help: "What was seen or heard of it.") var complaint: String?
    @Option(help: "How urgent the ticket is.") var severity = "S1"
    @Option(help: "How many of the nearest rules are shown.") var count = 3
    @Option(help: "Rules in place of those that run. May be repeated.") var rules: [String] = []
    @Flag(help: "Only look; enter nothing.") var dryRun = false
    @Option(name: .short, help: "Output: text or json.") var output = Format.text
    @OptionGroup var who: ActorOptions
    @OptionGroup var store: StoreOptions
    @OptionGroup var style: OutputOptions

    func validate() throws {
        guard Severity(name: severity.uppercased()) != nil else {
            throw ValidationError("'\(severity.visible)' is no severity; use S1, S2, S3 or S4")
        }
        guard (1...20).contains(count) else { throw ValidationError("--count is 1 to 20") }
        if !dryRun { _ = try who.pairs() }
        _ = try time()
    }

    private func time() throws -> EventTime {
        guard let at else { return Arguments.now }
        if let back = try? TicketOptions.wait(at) { return Arguments.now.advanced(by: -back) }
        return try Arguments.time(at, "--at")
    }

    func run() throws {
        let presentation = style.presentation()
        let open = try TrafficSource(journalOf: try store.open())
        let settings = open.settings
        let source = try TrialRules.source(rules, store, presentation)
        let vehicle = try open.vehicle(self.vehicle)
        let time = try time()
        let ticket = dryRun ? nil : try enter(vehicle, time, presentation)
        var own = VehicleTraffic(
            of: vehicle, subscriptions: settings.subscriptions, limits: settings.limits,
            roster: settings.roster)
        try open.forEach { own.take($0, first: $1, before: time.milliseconds) }
        var review = try MissedBreakdown(
            mode, in: source, on: own, settings: settings, limit: count)
        try review.weigh { body in try open.forEach { batch, _ in try body(batch) } }
        let text = MissText(review: review, vehicle: vehicle, at: time, mode: mode, ticket: ticket)
        try Output.write(output == .json ? text.json + "\n" : text.text(presentation))
    }

    /// Opens the ticket.
    ///
    /// - Throws: ``CommandFailure`` when there is one already: then it was no miss.
    private func enter(_ vehicle: VehicleID, _ time: EventTime, _ presentation: Presentation)
        throws -> Int64
    {
        let words = presentation.words
        let pairs =
            try who.pairs() + [
                ("vehicle", "\(vehicle)"), ("mode", mode), ("severity", severity.uppercased()),
                ("source", TicketSource.breakdown.rawValue),
                ("failed_at", "\(time.milliseconds)"),
                ("complaint", complaint ?? words.say("broke down", "抛锚")),
            ]
        let answer = try Request(
            folder: StateFolder(path: store.folder), kind: "ticket.open",
            argument: FlatJSON.text(pairs), actor: who.name
        ).answer()
        guard answer.isDone else {
            let refusal = Refusal(json: answer.answer)
            guard refusal?.reason == .alreadyActive, let other = refusal?.ticket else {
                throw CommandFailure(
                    code: .no,
                    message: refusal?.text(words.language == .chinese) ?? answer.answer)
            }
            throw CommandFailure(
                code: .no,
                message: words.say(
                    "it was foretold: T-\(other) is about this failure mode of this vehicle",
                    "该故障已被预警：T-\(other) 即为此车的这一失效模式"),
                hint: "close it as broke_down_before_service, or look with --dry-run")
        }
        let pair = FlatJSON.pairs(answer.answer)?.first { $0.0 == "ticket" }
        return pair.flatMap { Int64($0.1) } ?? 0
    }
}

/// What would have caught a breakdown, as lines and JSON.
struct MissText {
    let review: MissedBreakdown
    let vehicle: VehicleID
    let at: EventTime
    let mode: String
    /// The ticket that was opened for it.
    let ticket: Int64?

    func text(_ presentation: Presentation) -> String {
        let words = presentation.words
        let painter = presentation.painter
        var text = ""
        if let ticket { text += painter.paint("T-\(ticket)", .strong) + "  " }
        text += "\(presentation.vehicle("\(vehicle)"))  \(mode.visible)  \(presentation.time(at))\n"
        text += words.say(
            "\(review.messages) messages before it, \(review.asked) rules asked\n",
            "此前共 \(review.messages) 条消息，检查了 \(review.asked) 条规则\n")
        if !review.isCovered {
            text += words.say(
                "no rule is about \(mode.visible), so all rules were asked\n",
                "没有针对 \(mode.visible) 的规则，因此检查了全部规则\n")
        }
        for warning in review.warnings {
            let lead = words.duration(at.milliseconds(since: warning.firing.at))
            text +=
                "\n" + painter.paint(warning.rule.id, .strong) + "  "
                + words.say(
                    "did fire, \(lead) before (message \(warning.firing.position))",
                    "曾在 \(lead) 前触发（消息 \(warning.firing.position)）") + "\n"
        }
        for candidate in review.candidates { text += self.text(candidate, presentation) }
        if review.candidates.isEmpty, review.warnings.isEmpty {
            text += words.say(
                "\nno change of one limit would have caught it\n", "\n调整任何一个限值都无法提前发现\n")
        }
        return text
    }

    private func text(_ candidate: MissedBreakdown.Candidate, _ presentation: Presentation)
        -> String
    {
        let words = presentation.words
        let change = candidate.change
        let lead = words.duration(at.milliseconds(since: change.firing.at))
        let share = shortNumber((change.share * 1000).rounded() / 10)
        var text = "\n" + presentation.painter.paint(candidate.rule.id, .strong) + "  "
        text += presentation.name((candidate.rule.name.en, candidate.rule.name.zh)) + "\n"
        text += "  \(change.place.text) -> "
        text += presentation.painter.paint(change.text, .strong) + "  "
        text += words.say(
            "(\(share) % off) would have warned \(lead) before\n",
            "（相差 \(share) %）可提前 \(lead) 预警\n")
        let position = change.place.position
        text += "  \(position.file):\(position.line):\(position.column)\n"
        if let extra = candidate.extra {
            let vehicles = Set(extra.map(\.vehicle)).count
            text += words.say(
                "  it would have opened \(extra.count) more tickets, on \(vehicles) other vehicles\n",
                "  代价：另外多开 \(extra.count) 张工单，涉及 \(vehicles) 辆其他车辆\n")
        }
        return text
    }

    var json: String {
        var object = JSONObject()
        object.append("v", 1)
        object.append("ticket", ticket.map { "T-\($0)" })
        object.append("vehicle", "\(vehicle)")
        object.append("mode", mode)
        object.append("at", at.text())
        object.append("messages", review.messages)
        object.append("rules_asked", review.asked)
        object.append("covered", review.isCovered)
        var fired = JSONArray()
        for warning in review.warnings {
            var item = JSONObject()
            item.append("rule", warning.rule.id)
            item.append("at", warning.firing.at.text())
            item.append("position", warning.firing.position)
            fired.append(item)
        }
        object.append("fired", fired)
        var nearest = JSONArray()
        for candidate in review.candidates {
            var item = JSONObject()
            item.append("rule", candidate.rule.id)
            item.append("limit", candidate.change.place.text)
            item.append("would_catch", candidate.change.text)
            item.append("share", candidate.change.share)
            item.append("at", candidate.change.firing.at.text())
            item.append("position", candidate.change.firing.position)
            item.append("extra_tickets", candidate.extra?.count)
            item.append("extra_vehicles", candidate.extra.map { Set($0.map(\.vehicle)).count })
            nearest.append(item)
        }
        object.append("nearest", nearest)
        return object.json
    }
}
