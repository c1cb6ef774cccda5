import ServiceTickets
import TerminalText
import TicketStorage
import VehicleFaults

/// How far a ticket has come, how its clocks stand, and what happened to it.
package struct TicketLifeText {
    package let presentation: Presentation

    /// For whom words of customers stand; `nil` for one that was erased.
    package var reference: (String) -> String?

    package init(
        presentation: Presentation, reference: @escaping (String) -> String? = { _ in nil }
    ) {
        self.presentation = presentation
        self.reference = reference
    }

    private var words: Words { presentation.words }
    private var isChinese: Bool { words.language == .chinese }

    private func title(_ word: Word) -> String {
        "\n" + presentation.painter.paint(words[word], .strong) + "\n"
    }

    /// How a stage lies to where a ticket stands.
    package enum StagePlace: Sendable { case behind, present, ahead }

    /// The stages of an ordinary ticket, first to last; all lie ahead of one that left the way before
    /// the first.
    package func stages(_ ticket: Ticket) -> [(name: String, place: StagePlace)] {
        let rail = TicketState.rail
        let place = Self.place(of: ticket)
        return rail.enumerated().map { index, state in
            let name = words.text(of: state)
            guard let place else { return (name, .ahead) }
            return (name, index < place ? .behind : index == place ? .present : .ahead)
        }
    }

    private static func place(of ticket: Ticket) -> Int? {
        let rail = TicketState.rail
        return rail.firstIndex(of: ticket.state)
            ?? ticket.course.heldFrom.flatMap { rail.firstIndex(of: $0) }
    }

    /// Where a ticket stands that is off its way, why, and until when; `nil` for one on its way.
    package func aside(_ ticket: Ticket) -> String? {
        guard Self.place(of: ticket) == nil || ticket.course.heldFrom != nil else { return nil }
        var text = "→ " + presentation.painter.paint(words.text(of: ticket.state), .plan)
        if let reason = ticket.course.pauses.last?.reason, ticket.state == .onHold {
            text += "  \(words.text(of: reason))"
        }
        if let reason = ticket.course.cancelReason { text += "  \(words.text(of: reason))" }
        if let wake = ticket.course.wakeAt { text += "  → \(presentation.time(wake))" }
        return text
    }

    /// The stages in a row, those that lie behind ticked and the present one in brackets.
    package func rail(_ ticket: Ticket) -> String {
        let stages = stages(ticket).map { name, place in
            switch place {
            case .behind: "✓ \(name)"
            case .present: "[\(name)]"
            case .ahead: name
            }
        }
        return Flow.text(stages, separator: " › ", indent: 2, width: presentation.width) + "\n"
            + (aside(ticket).map { "  \($0)\n" } ?? "")
    }

    /// Who the customer is where identifiers are shown whole, else the word that stands for them.
    private func customerText(_ customer: String) -> String {
        guard presentation.showsWhole else { return customer }
        return "\(customer)\(words.comma)\(reference(customer) ?? words.say("erased", "已清除"))"
    }

    /// The clocks that run or ran, a line each.
    package func clocks(_ ticket: Ticket, _ policy: TicketPolicy, at now: EventTime) -> String {
        let readings = ticket.clocks(policy, at: now).filter { $0.target != nil }
        guard !readings.isEmpty else { return "" }
        var table = Table([
            .init("  \(words[.clocks])"), .init(words[.net], .right), .init(words[.gross], .right),
            .init(words[.target], .right), .init(words[.due].lowercased()),
        ])
        for reading in readings {
            table.append([
                .init("  \(words.text(of: reading.clock))"), .init(duration(reading.net)),
                .init(duration(reading.gross)),
                .init(reading.target.map(duration) ?? "-"),
                .init(state(of: reading), reading.isBreached ? .actNow : nil),
            ])
        }
        return "\n" + table.text(width: presentation.width, painter: presentation.painter)
    }

    /// When a clock's promise ends, or how it ended.
    package func state(of reading: ClockReading) -> String {
        guard reading.stopped == nil else {
            return reading.isBreached ? words[.breach] : words[.stopped]
        }
        if reading.isPaused { return words[.paused] }
        let due = reading.due.map(presentation.time) ?? "-"
        return reading.isBreached ? "\(due)  \(words[.breach])" : due
    }

    /// A length of time without its fractions of a second.
    package func duration(_ milliseconds: Int64) -> String {
        words.duration(milliseconds / 1000 * 1000)
    }

    /// Facts of the workshop, where there are any.
    package func facts(_ ticket: Ticket, _ links: [(number: Int64, link: String)]) -> [(
        String, String
    )] {
        var facts: [(String, String)] = []
        func add(_ name: String, _ value: String?) {
            if let value { facts.append((name, value.visible)) }
        }
        func add(_ field: TicketField, _ value: String?) { add(words.text(of: field), value) }
        if ticket.epoch > 1 { add(.epoch, "\(ticket.epoch)") }
        if ticket.source != .rule { add(.source, words.text(of: ticket.source)) }
        if let time = ticket.failedAt { add(.failedAt, presentation.time(time)) }
        if ticket.course.serviceType != .repair {
            add(.serviceType, words.text(of: ticket.course.serviceType))
        }
        add(.site, ticket.course.site)
        add(.assignee, ticket.course.assignee)
        if let customer = ticket.course.customer { add(.customer, customerText(customer)) }
        add(
            .language,
            ticket.course.language.map {
                TicketField.language.choiceText($0, in: .contact, isChinese)
            })
        add(.preferredSite, ticket.course.preferredSite)
        if let slot = ticket.course.appointment { add(.slot, presentation.time(slot)) }
        if let estimate = ticket.estimate {
            let approval = estimate.approvedBy.map { "\(words.comma)✓ \($0)" } ?? ""
            add(
                words[.estimate],
                "\(estimate.id)\(words.comma)\(shortNumber(estimate.total)) \(estimate.currency)"
                    + "\(words.comma)\(words.text(of: estimate.payer))\(approval)")
        }
        for line in ticket.estimate?.lines ?? [] {
            let what = line.name.isEmpty ? words.text(of: line.kind) : line.name
            let unit = line.kind == .labour ? " h" : ""
            add(
                "",
                "\(shortNumber(line.quantity))\(unit) \(what) × \(shortNumber(line.price)) = "
                    + shortNumber(line.amount))
        }
        add(.actual, ticket.course.actualCost.map { shortNumber($0) })
        for line in ticket.parts {
            let eta = line.eta.map { "\(words.comma)\(presentation.time($0))" } ?? ""
            add(words[.parts], "\(line.part)\(words.comma)\(words.text(of: line.state))\(eta)")
        }
        if let disposition = ticket.course.disposition {
            add(.disposition, words.text(of: disposition))
        }
        if ticket.proof != .none { add(words[.proof], words.text(of: ticket.proof)) }
        for (number, link) in [
            (ticket.course.mergedInto, Link.mergedInto), (ticket.causedBy, .causedBy),
            (ticket.recurrenceOf, .recurrenceOf), (ticket.splitFrom, .splitFrom),
        ] {
            if let number { add(words[.links], "\(words.text(of: link)) T-\(number)") }
        }
        for (number, name) in links {
            let link = Link(rawValue: name)
            add(words[.links], "T-\(number)\(words.comma)\(link?.back(isChinese) ?? name)")
        }
        return facts
    }

    /// What happened, oldest first; nothing when it was only opened.
    package func history(_ events: [TicketEvent]) -> String {
        guard events.count > 1 else { return "" }
        return title(.past) + events.map { line($0) + "\n" }.joined()
    }

    /// A clock that came far: which, how far, and who is to know.
    private func escalation(_ fields: Fields) -> String {
        let clock = fields[.clock].flatMap { ServiceClock(rawValue: $0) }
        let level = fields[.level].flatMap { Int($0) }.flatMap { EscalationLevel(rawValue: $0) }
        let name = fields[.assignee].map { " \($0.visible)" } ?? ""
        let who = level.map { (isChinese ? $0.recipient.zh : $0.recipient.en) + name }
        return [
            clock.map { words.text(of: $0) } ?? "", level.map { "\($0.rawValue) %" } ?? "",
            "→ \(who ?? "")",
        ].joined(separator: " ")
    }

    /// What happened to a ticket: what, by whom, and what was said.
    package struct Entry {
        package var what: String
        package var who: String
        /// What vehicles with a fault have in common, and the figures of when that was found, where they
        /// are known.
        package var causes: [(trait: String, figures: String)] = []
        /// Each a name and what was said of it.
        package var said: [String] = []
    }

    /// An event in words.
    package func entry(_ event: TicketEvent) -> Entry {
        let what = words.text(of: event.kind)
        if event.kind == .notice(.escalated) {
            return Entry(what: what, who: escalation(event.fields))
        }
        let who =
            event.role == .system
            ? words.text(of: event.role)
            : "\(event.actor.visible) (\(words.text(of: event.role)))"
        let said = event.fields.unexplained.map { item in
            let step: TicketStep = if case .step(let step) = event.kind { step } else { .note }
            var text = item.field.choiceText(item.text, in: step, isChinese).visible
            if item.field.form(in: step) == .time, let time = Int64(item.text) {
                text = presentation.time(EventTime(milliseconds: time))
            }
            if item.field == .component { text = presentation.component(item.text) }
            return "\(words.text(of: item.field)): \(text)"
        }
        return Entry(
            what: what, who: who, causes: event.fields.explanations.map(cause), said: said)
    }

    private func cause(_ found: FaultExplanation) -> (trait: String, figures: String) {
        let figures = [
            found.cases.map { words.say("\($0) with the fault", "已故障 \($0) 辆") },
            found.expected.map {
                words.say("\(shortNumber($0)) expected", "预期 \(shortNumber($0))")
            },
            found.healthy.map { words.say("\($0) healthy", "未故障 \($0) 辆") },
            found.qText.map { "q \($0)" },
        ].compactMap { $0 }
        let name = words.text(of: TicketField.attribute)
        return (
            "\(name): \(found.trait.text.visible)", figures.joined(separator: words.comma)
        )
    }

    private func line(_ event: TicketEvent) -> String {
        let entry = entry(event)
        var line = "  \(presentation.time(event.at))  \(entry.what)  \(entry.who)"
        for cause in entry.causes {
            line += "\n      " + cause.trait
            if !cause.figures.isEmpty { line += "\n        " + cause.figures }
        }
        guard !entry.said.isEmpty else { return line }
        return line + "\n"
            + Flow.text(
                entry.said, separator: isChinese ? "；" : "; ", indent: 6,
                width: presentation.width)
    }
}

/// How a ticket stands to another one.
private enum Link: String, Labelled {
    case mergedInto = "merged_into"
    case causedBy = "caused_by"
    case recurrenceOf = "recurrence_of"
    case splitFrom = "split_from"

    /// What comes before the other one's number.
    var texts: (en: String, zh: String) {
        switch self {
        case .mergedInto: ("merged into", "并入")
        case .causedBy: ("caused by", "起因于")
        case .recurrenceOf: ("recurrence of", "复发自")
        case .splitFrom: ("split from", "拆分自")
        }
    }

    /// What is said of the other one, which names this ticket.
    func back(_ isChinese: Bool) -> String {
        switch self {
        case .mergedInto: isChinese ? "已并入本单" : "merged into this one"
        case .causedBy: isChinese ? "由本单引起" : "caused by this one"
        case .recurrenceOf: isChinese ? "为本单复发" : "this one come back"
        case .splitFrom: isChinese ? "由本单拆出" : "split from this one"
        }
    }
}
