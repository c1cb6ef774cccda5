import FleetWatch
import ForewarnDaemon
import Foundation
import TerminalText
import TicketStorage
import VehicleFaults

/// Everything that a ticket rests on, from the store alone.
package struct TicketExplanation {
    package let ticket: StoredTicket
    /// What was decided about it, in order.
    package let events: [StoredEvent]
    private let rules: RuleSet?

    /// - Parameter rules: those in force; `nil` when the journal no longer says, or says what this
    ///   program cannot read.
    /// - Throws: ``TicketStore/Unusable`` when the store cannot be read.
    package init(_ ticket: StoredTicket, _ store: TicketStore, _ rules: RuleSet?) throws {
        self.ticket = ticket
        self.rules = rules
        var filter = EventFilter()
        filter.values[.ticket] = ["\(ticket.number)"]
        events = try store.events(filter, limit: .max)
    }

    /// How long messages waited for older ones, in milliseconds; `nil` when the rules are not known.
    package var reorderWindow: Int64? { rules?.settings.reorderWindow }

    /// What explains a fault of many vehicles; `nil` for a ticket about one.
    package func campaign(_ store: TicketStore) throws -> CampaignText? {
        try CampaignText(ticket, store, rules)
    }

    // MARK: - Text

    /// A part of the explanation.
    package struct Part {
        package enum Subject: Sendable { case opening, delay, since, clearing }

        package var subject: Subject
        package var title: String
        /// The lines below the title, each with its line end.
        package var text: String
    }

    /// Why it was opened, what delayed it, what came since and what would clear it.
    ///
    /// - Throws: ``TicketStore/Unusable`` when the store cannot be read.
    package func parts(_ presentation: Presentation, _ store: TicketStore) throws -> [Part] {
        let words = presentation.words
        guard let opening = events.first(where: { $0.effect == "opened" }) ?? events.first else {
            return []
        }
        let since = Part(
            subject: .since, title: words.say("what came since", "此后经过"),
            text: try later(than: opening, presentation, store))
        // Nothing clears a campaign but people.
        if ticket.isCampaign { return [since] }
        return [
            Part(
                subject: .opening, title: words.say("why it was opened", "开单原因"),
                text: try reasons(opening, presentation, store)),
            Part(
                subject: .delay, title: words.say("what delayed it", "延迟原因"),
                text: delays(opening, presentation)),
            since,
            Part(
                subject: .clearing, title: words.say("what would clear it", "消除条件"),
                text: try clearing(presentation, store)),
        ]
    }

    private func reasons(
        _ event: StoredEvent, _ presentation: Presentation, _ store: TicketStore
    ) throws -> String {
        let body = EventBody(event.body)
        let words = presentation.words
        var text = Self.label("rule", "规则", words) + (event.rule ?? "").visible
        if let hash = body.ruleHash {
            text += "  \(hash.visible)"
            if let rule = try store.rule(hash: hash) {
                text += "  \(rule.source.visible)\n"
                text += Self.label("when", "when", words) + "\(rule.condition.visible)\n"
            } else {
                text += "\n"
            }
        }
        let lines = EventText(presentation: presentation)
        for (place, item) in (body.evidence ?? []).enumerated() {
            text += (place == 0 ? Self.label("rests on", "依据", words) : Self.label("", "", words))
            text += lines.evidence(item) + "\n"
            guard let message = try store.message(at: item.position) else {
                text += "               \(presentation.words[.notKept])\n"
                continue
            }
            let topic = Payload.topic(message.topic, presentation, vehicle: ticket.vehicle)
            let payload = Payload.text(message.payload, presentation, vehicle: ticket.vehicle)
            text += "               \(topic)  \(payload)\n"
        }
        return text + span(body, words)
    }

    /// What stands before a value: two blanks and a word, as wide in one language as in the other.
    private static func label(_ english: String, _ chinese: String, _ words: Words) -> String {
        "  " + words.say(english, chinese).padded(to: 11)
    }

    /// What the evidence spans, beside which the rule's own limits can be read.
    private func span(_ body: EventBody, _ words: Words) -> String {
        let items = body.evidence ?? []
        let times = items.compactMap(\.time).sorted()
        guard let first = times.first, let last = times.last, items.count > 1 else { return "" }
        let time = words.duration(last.milliseconds(since: first))
        return Self.label("window", "窗口", words)
            + words.say("\(items.count) seen within \(time)\n", "\(time)内出现 \(items.count) 次\n")
    }

    private func delays(_ event: StoredEvent, _ presentation: Presentation) -> String {
        let at = event.at ?? ticket.openedAt
        let words = presentation.words
        var text = Self.label("vehicle", "车辆时间", words) + "\(presentation.time(at))\n"
        let wait = ticket.openedReceived.milliseconds(since: at)
        let length = words.duration(abs(wait))
        text += Self.label("received", "接收于", words)
        text += "\(presentation.time(ticket.openedReceived))  "
        text +=
            wait >= 0
            ? words.say("\(length) later\n", "晚 \(length)\n")
            : words.say("\(length) earlier: its clock is ahead\n", "早 \(length)：车辆时钟偏快\n")
        if let reorderWindow, reorderWindow > 0 {
            let most = words.duration(reorderWindow, parts: .max)
            text += Self.label("of which", "其中", words)
            text += words.say(
                "up to \(most) for older messages (watch.reorder_window)\n",
                "等待更早的消息最多 \(most)（watch.reorder_window）\n")
        }
        return text
    }

    private func later(
        than opening: StoredEvent, _ presentation: Presentation, _ store: TicketStore
    ) throws -> String {
        let rest = events.filter { $0.id != opening.id }
        let words = presentation.words
        guard !rest.isEmpty else { return words.say("  nothing\n", "  无\n") }
        var text = ""
        var joined = 0
        for event in rest where event.effect == "joined" { joined += 1 }
        for event in rest where event.effect != "joined" {
            let effect = presentation.words.stored(event.effect ?? "none")
            text += "  \(presentation.time(event.at ?? event.received))  \(effect)"
            text += "  \((event.rule ?? "").visible)  "
            text += EventText(presentation: presentation).seen(EventBody(event.body)) + "\n"
        }
        if joined > 0 {
            let newest = presentation.time(ticket.latestAt)
            text += words.say(
                "  \(joined) more \(joined == 1 ? "finding" : "findings") joined it, the newest "
                    + "\(newest)\n",
                "  另有 \(joined) 条异常发现并入，最近 \(newest)\n")
        }
        return text
    }

    private func clearing(_ presentation: Presentation, _ store: TicketStore) throws -> String {
        let words = presentation.words
        var seen: Set<String> = []
        var text = ""
        for event in events {
            guard let hash = EventBody(event.body).ruleHash, seen.insert(hash).inserted,
                let rule = try store.rule(hash: hash)
            else { continue }
            let none = words.say(
                "nothing: \(rule.rule) has no clear condition", "无：\(rule.rule) 没有消除条件")
            text += Self.label("until", "until", words) + (rule.clear.map(\.visible) ?? none) + "\n"
        }
        let met = presentation.painter.paint(words.say("met", "已满足"), .cleared)
        text +=
            ticket.symptomGone
            ? words.say("  \(met) after the newest finding\n", "  最近一次异常之后\(met)\n")
            : words.say("  not met since the newest finding\n", "  最近一次异常之后尚未满足\n")
        return text
            + words.say(
                "  a ticket is closed by people, whatever its symptom does\n",
                "  无论症状如何变化，工单只由人关闭\n")
    }
}
