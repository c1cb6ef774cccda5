import ForewarnDaemon
import ServiceTickets
import StoreText
import TerminalText
import TicketStorage
import VehicleFaults

/// A ticket: where it stands, what it rests on, why it was opened and what happened to it.
struct TicketPage {
    private let frame: PageFrame
    private let store: TicketStore
    private let rules: RuleSet?
    private let ticket: StoredTicket
    private let life: TicketLifeText

    init(_ frame: PageFrame, _ store: TicketStore, _ rules: RuleSet?, _ ticket: StoredTicket) {
        self.frame = frame
        self.store = store
        self.rules = rules
        self.ticket = ticket
        life = TicketLifeText(
            presentation: frame.presentation,
            reference: { (try? store.reference(of: $0)) ?? nil })
    }

    private var words: Words { frame.words }

    func page() throws -> Page {
        let folded = try store.foldedTicket(ticket.number)
        let events = try store.findings(of: ticket.number)
        let explanation = try TicketExplanation(ticket, store, rules)
        return frame.page(
            "T-\(ticket.number)",
            """
            <h1>T-\(ticket.number) \(frame.severity(ticket.severity)) <span class="name">\(frame.presentation.name(of: ticket))</span></h1>
            <p class="lead">\(frame.vehicle(ticket.vehicle, ticket: ticket.number)) · \(frame.state(ticket))</p>
            \(folded.map(rail) ?? "")
            <div class="columns"><section>\(try facts(folded))</section>
            \(folded.map(clocks) ?? "")</div>
            \(try campaign())
            \(chart(events))
            \(try reasons(explanation))
            \(try evidence(events))
            \(try history())
            """)
    }

    // MARK: - Where it stands

    private func rail(_ folded: Ticket) -> HTML {
        let stages = life.stages(folded).map { name, place -> HTML in
            switch place {
            case .behind: "<li class=\"done\"><span aria-hidden=\"true\">✓</span> \(name)</li>"
            case .present:
                "<li class=\"now\" aria-current=\"step\"><span aria-hidden=\"true\">▶</span> \(name)</li>"
            case .ahead: "<li>\(name)</li>"
            }
        }
        let aside = life.aside(folded).map { "<p class=\"aside\">\($0)</p>" as HTML }
        return "<ol class=\"rail\">\(stages)</ol>\(aside)"
    }

    private func facts(_ folded: Ticket?) throws -> HTML {
        let presentation = frame.presentation
        var facts: [(String, HTML)] = [
            (words[.mode].lowercased(), "\(ticket.mode)"),
            (words[.advice], "\(words[ticket.advice]) (\(ticket.advice.name))"),
            (words[.component], "\(presentation.component(ticket.component))"),
            (words[.skill], "\(presentation.skill(ticket.skill))"),
            (words[.openedAt], "<time>\(presentation.time(ticket.openedAt))</time>"),
            (words[.latest].lowercased(), "<time>\(presentation.time(ticket.latestAt))</time>"),
            ("", "\(words.count(ticket.findings, .findings))"),
        ]
        if let predicted = ticket.predicted {
            facts.append(
                (
                    frame.say("failure expected", "预计失效"),
                    "\(presentation.minute(predicted.lowerBound)) – \(presentation.minute(predicted.upperBound))"
                ))
        }
        if let folded {
            let links = try store.tickets(linkedTo: ticket.number)
            facts += life.facts(folded, links).map { ($0.0, HTML(escaping: $0.1)) }
        }
        return frame.facts(facts)
    }

    private func clocks(_ folded: Ticket) -> HTML {
        let policy = rules?.policy ?? TicketPolicy()
        let readings = folded.clocks(policy, at: frame.now).filter { $0.target != nil }
        guard !readings.isEmpty else { return "" }
        let rows = readings.map { reading -> [HTML] in
            [
                "\(words.text(of: reading.clock))", "\(life.duration(reading.net))",
                "\(reading.target.map(life.duration) ?? "-")",
                reading.isBreached
                    ? "<span class=\"late\">! \(life.state(of: reading))</span>"
                    : "\(life.state(of: reading))",
            ]
        }
        let columns = [
            (words[.clocks], false), (words[.net], true), (words[.target], true),
            (words[.due].lowercased(), false),
        ]
        return "<section>\(frame.table(columns, rows, label: words[.clocks]))</section>"
    }

    private func campaign() throws -> HTML {
        guard let text = try CampaignText(ticket, store, rules) else { return "" }
        return
            "<section><pre>\(Self.flush(text.text(frame.presentation, showsAll: false)))</pre></section>"
    }

    private func chart(_ events: [StoredEvent]) -> HTML {
        let bodies = events.map { EventBody($0.body) }
        var limits: [String: [EvidenceChart.Limit]] = [:]
        // Of rules that were changed since, the limits that counted then are not known as numbers.
        let meanings = Set(bodies.compactMap { $0.ruleHash.flatMap { UInt64($0, radix: 16) } })
        for rule in rules?.program.rules ?? [] where meanings.contains(rule.meaning) {
            for atom in rules?.program.limits(of: rule) ?? [] {
                let limit = EvidenceChart.Limit(
                    value: atom.limit, comparison: atom.comparison.rawValue)
                if limits[atom.signal]?.contains(limit) != true {
                    limits[atom.signal, default: []].append(limit)
                }
            }
        }
        return EvidenceChart(bodies, limits: limits, frame.presentation)?.html ?? ""
    }

    // MARK: - Why

    /// What `explain` says, but for what came since, which stands in the evidence and the history.
    private func reasons(_ explanation: TicketExplanation) throws -> HTML {
        guard explanation.events.contains(where: { $0.kind == "finding" }) else { return "" }
        let parts = try explanation.parts(frame.presentation, store)
            .filter { $0.subject != .since }
            .map { "<h3>\($0.title)</h3><pre>\(Self.flush($0.text))</pre>" as HTML }
        guard !parts.isEmpty else { return "" }
        return """
            <section class="why" id="why"><h2>\(frame.say("Why", "原因说明"))</h2>\(parts)</section>
            """
    }

    /// Lines without the two blanks that set them off on a terminal.
    private static func flush(_ text: String) -> String {
        text.split(separator: "\n").map { $0.hasPrefix("  ") ? $0.dropFirst(2) : $0 }
            .joined(separator: "\n")
    }

    private func evidence(_ events: [StoredEvent]) throws -> HTML {
        guard !events.isEmpty else { return "" }
        let hidden = EventText.hidden(of: events.count)
        var items: [HTML] = []
        for (place, event) in events.enumerated() {
            guard !hidden.contains(place) else {
                if place == hidden.lowerBound {
                    items.append(
                        "<li class=\"quiet\">… \(hidden.count) \(words[.more]) (forewarn ticket show T-\(ticket.number) --all)</li>"
                    )
                }
                continue
            }
            items.append(try finding(event))
        }
        return """
            <section><h2>\(words[.evidence])</h2><ol class="evidence">\(items)</ol></section>
            """
    }

    private func finding(_ event: StoredEvent) throws -> HTML {
        let body = EventBody(event.body)
        let text = EventText(presentation: frame.presentation)
        let effect = words.stored(event.effect ?? "none")
        let time = frame.presentation.time(event.at ?? event.received)
        let items = try (body.evidence ?? []).map { item -> HTML in
            "<p class=\"item\">\(text.evidence(item))</p>\(try message(item.position))"
        }
        let mark: HTML =
            event.state == "cleared" ? "<span class=\"good\">✓ \(effect)</span>" : "\(effect)"
        return """
            <li><p class="what"><time>\(time)</time> \(event.severity?.name ?? "") \(mark) <code>\(event.rule ?? "")</code> \(text.seen(body))</p>
            <details><summary>\(words.count(items.count, .messages))</summary>\(items)</details></li>

            """
    }

    /// The message itself, exactly as it came but for what is masked.
    private func message(_ position: UInt64) throws -> HTML {
        guard let message = try store.message(at: position) else {
            return "<p class=\"quiet\">\(words[.notKept])</p>"
        }
        let presentation = frame.presentation
        let topic = Payload.topic(message.topic, presentation, vehicle: ticket.vehicle)
        return """
            <pre class="message">\(presentation.time(message.received))  \(topic)
            \(Payload.text(message.payload, presentation, vehicle: ticket.vehicle))</pre>
            """
    }

    private func history() throws -> HTML {
        let items = try store.history(of: ticket.number).map { event -> HTML in
            let entry = life.entry(event)
            let causes = entry.causes.map { cause -> HTML in
                "<li>\(cause.trait)\(cause.figures.isEmpty ? "" : " (\(cause.figures))")</li>"
            }
            let said = causes + entry.said.map { "<li>\($0)</li>" as HTML }
            let list: HTML = said.isEmpty ? "" : "<ul>\(said)</ul>"
            return """
                <li><time>\(frame.presentation.time(event.at))</time> <strong>\(entry.what)</strong> \(entry.who)\(list)</li>

                """
        }
        guard !items.isEmpty else { return "" }
        return """
            <section><h2>\(words[.past])</h2><ol class="timeline">\(items)</ol></section>
            """
    }
}
