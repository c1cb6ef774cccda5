import ArgumentParser
import ForewarnDaemon
import ServiceTickets
import StoreText
import TerminalText
import TicketStorage
import VehicleFaults

/// `forewarn ticket show`
struct TicketShow: ParsableCommand {
    enum Format: String, CaseIterable, ExpressibleByArgument { case text, json }

    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a ticket with every message it rests on.")

    @Argument(help: "T-12 or 12.")
    var ticket: String

    @Flag(help: "Show each message as it was received.")
    var messages = false

    @Flag(help: "Show every finding, not only the first and the newest nine.")
    var all = false

    @Option(name: .short, help: "Output: text or json.")
    var output = Format.text

    @OptionGroup var store: StoreOptions
    @OptionGroup var style: OutputOptions

    func validate() throws { _ = try Arguments.ticket(ticket) }

    func run() throws {
        let store = try store.open()
        let number = try Arguments.ticket(ticket)
        guard let found = try store.ticket(number) else {
            let newest = try store.newestTicket()
            throw CommandFailure(
                code: .no, message: "there is no ticket T-\(number)",
                hint: newest == 0
                    ? "no ticket was opened yet" : "the newest one is T-\(newest)")
        }
        if output == .json {
            return try Output.write(try json(found, store) + "\n")
        }
        try Output.write(try text(found, store))
    }

    // MARK: - Text

    private func text(_ ticket: StoredTicket, _ store: TicketStore) throws -> String {
        var presentation = style.presentation()
        presentation.codes = CodeCatalogue(folder: self.store.catalogueFolder)
        let running = try? RuleSet(inForce: store)
        presentation.take(namesFrom: running)
        let words = presentation.words
        let events = try store.findings(of: ticket.number)
        let life = TicketLifeText(
            presentation: presentation, reference: { try? store.reference(of: $0) ?? nil })
        var text = head(ticket, presentation, try self.life(of: ticket, store, life))
        if let folded = try store.foldedTicket(ticket.number) {
            text += "\n" + life.rail(folded)
            text += life.clocks(folded, running?.policy ?? TicketPolicy(), at: Arguments.now)
            text += life.history(try store.history(of: ticket.number))
        }
        if let campaign = try CampaignText(ticket, store, running) {
            text += campaign.text(presentation, showsAll: all)
        }
        guard !events.isEmpty else { return text }
        text += "\n" + presentation.painter.paint(words[.evidence], .strong) + "\n"
        var rules: [(hash: String, name: String)] = []
        let lines = EventText(presentation: presentation)
        let hidden = all ? 0..<0 : EventText.hidden(of: events.count)
        for (index, event) in events.enumerated() {
            if hidden.contains(index) {
                if index == hidden.lowerBound {
                    text += "  … \(hidden.count) \(words[.more]) (--all)\n"
                }
                continue
            }
            let body = EventBody(event.body)
            if let hash = body.ruleHash, !rules.contains(where: { $0.hash == hash }) {
                rules.append((hash, event.rule ?? ""))
            }
            text += "  " + heading(event, body, presentation) + "\n"
            for item in body.evidence ?? [] {
                text += "    " + lines.evidence(item) + "\n"
                if messages { text += try message(item.position, of: ticket, store, presentation) }
            }
        }
        for (hash, name) in rules {
            text += "\n" + presentation.painter.paint(words[.rule], .strong)
            text += " \(name.visible)  \(hash.visible)\n"
            guard let rule = try store.rule(hash: hash) else { continue }
            text += "  \(rule.condition.visible)\n"
            if let clear = rule.clear { text += "  \(words[.until]) \(clear.visible)\n" }
            text += "  \(rule.source.visible)\n"
        }
        return text
    }

    private func life(
        of ticket: StoredTicket, _ store: TicketStore, _ text: TicketLifeText
    ) throws -> [(String, String)] {
        guard let folded = try store.foldedTicket(ticket.number) else { return [] }
        return text.facts(folded, try store.tickets(linkedTo: ticket.number))
    }

    private func head(
        _ ticket: StoredTicket, _ presentation: Presentation, _ more: [(String, String)]
    ) -> String {
        let words = presentation.words
        let painter = presentation.painter
        let severity = "\(ticket.severity.name) \(words[ticket.severity])"
        var text = painter.paint("T-\(ticket.number)", .strong)
        text += "  \(presentation.paint(ticket.severity, severity))"
        text += "  \(presentation.vehicle(ticket.vehicle))"
        text += "  \(words.stored(ticket.state))"
        if ticket.symptomGone { text += "  " + painter.paint(words[.symptomGone], .cleared) }
        text += "\n\(painter.paint(presentation.name(of: ticket), .strong))\n\n"
        // What a person opened rests on no message.
        let position = ticket.openedPosition
        let received =
            (position == 0 ? "" : "\(words[.message]) \(position)\(words.comma)")
            + "\(words[.received]) "
        let facts =
            [
                (words[.mode].lowercased(), ticket.mode.visible),
                (words[.advice], "\(words[ticket.advice]) (\(ticket.advice.name))"),
                (words[.component], presentation.component(ticket.component)),
                (words[.skill], presentation.skill(ticket.skill)),
                (words[.openedAt], presentation.time(ticket.openedAt)),
                ("", received + presentation.time(ticket.openedReceived)),
                (words[.latest].lowercased(), presentation.time(ticket.latestAt)),
                ("", words.count(ticket.findings, .findings)),
            ] + more
        let width = facts.map(\.0.displayWidth).max() ?? 0
        for (name, value) in facts { text += "  \(name.padded(to: width))  \(value)\n" }
        return text
    }

    private func heading(
        _ event: StoredEvent, _ body: EventBody, _ presentation: Presentation
    ) -> String {
        let words = presentation.words
        let isCleared = event.state == "cleared"
        let severity = event.severity.map { severity in
            isCleared
                ? presentation.painter.paint(severity.name, .cleared)
                : presentation.paint(severity)
        }
        let effect = words.stored(event.effect ?? "none")
        return [
            presentation.time(event.at ?? event.received), severity ?? "",
            isCleared ? presentation.painter.paint(effect, .cleared) : effect,
            (event.rule ?? "").visible, EventText(presentation: presentation).seen(body),
        ].filter { !$0.isEmpty }.joined(separator: "  ")
    }

    private func message(
        _ position: UInt64, of ticket: StoredTicket, _ store: TicketStore,
        _ presentation: Presentation
    ) throws -> String {
        guard let message = try store.message(at: position) else {
            return "      \(presentation.words[.notKept])\n"
        }
        let topic = Payload.topic(message.topic, presentation, vehicle: ticket.vehicle)
        let payload = Payload.text(message.payload, presentation, vehicle: ticket.vehicle)
        return "      \(presentation.time(message.received))  \(topic)\n      \(payload)\n"
    }

    // MARK: - JSON

    private func json(_ ticket: StoredTicket, _ store: TicketStore) throws -> String {
        var object = TicketJSON.object(ticket)
        let rules = try RuleSet.telling(of: ticket, store)
        try CampaignText(ticket, store, rules)?.append(to: &object)
        let evidence = EvidenceJSON(try store.findings(of: ticket.number), store)
        object.append("evidence", evidence.events)
        let history = try store.history(of: ticket.number)
        object.append("history", history.map { RawJSON(text: $0.text) })
        if let folded = try store.foldedTicket(ticket.number) {
            var clocks = JSONArray()
            for reading in folded.clocks(rules?.policy ?? TicketPolicy(), at: Arguments.now) {
                var clock = JSONObject()
                clock.append("clock", reading.clock.rawValue)
                clock.append("started_at", reading.started.text())
                clock.append("stopped_at", reading.stopped?.text())
                clock.append("due_at", reading.due?.text())
                clock.append("target_ms", reading.target)
                clock.append("net_ms", reading.net)
                clock.append("gross_ms", reading.gross)
                clock.append("paused", reading.isPaused)
                clock.append("breached", reading.isBreached)
                clocks.append(clock)
            }
            object.append("clocks", clocks)
        }
        object.append("rules", try evidence.rules())
        if messages { object.append("messages", try evidence.messages()) }
        return object.json
    }
}
