import FleetWatch
import ForewarnDaemon
import Foundation
import TerminalText
import TicketStorage
import VehicleFaults

/// Everything that a ticket rests on, from the store alone.
struct TicketExplanation {
    let ticket: StoredTicket
    /// What was decided about it, in order.
    let events: [StoredEvent]
    /// How long messages waited for older ones, in milliseconds; `nil` when the journal no longer says.
    let reorderWindow: Int64?

    init(_ ticket: StoredTicket, _ store: TicketStore) throws {
        self.ticket = ticket
        var filter = EventFilter()
        filter.values[.ticket] = ["\(ticket.number)"]
        events = try store.events(filter, limit: .max)
        let recorded = try store.rulesInForce()
        reorderWindow = recorded.flatMap {
            try? RuleSet(recorded: $0.body).settings.reorderWindow
        }
    }

    // MARK: - Deciding again

    /// What came of deciding the journal again.
    struct Recomputed {
        struct Difference {
            var event: Int64
            var stored: String?
            var decided: String?
        }

        /// Decisions about the ticket that were compared.
        var decisions = 0
        var messages = 0
        var differences: [Difference] = []
    }

    /// Decides the whole journal again: a ticket's number depends on all that came before.
    func recompute(_ store: TicketStore) throws -> Recomputed {
        var result = Recomputed()
        let mark = "\"ticket\":\(ticket.number),"
        do {
            let whole = try Verification.run(store, workers: .serial) { _ in
            } compared: { decision, text, stored in
                var isOurs = stored?.body.contains(mark) ?? false
                if case .finding(let settled) = decision, settled.ticket?.number == ticket.number {
                    isOurs = true
                }
                guard isOurs else { return }
                result.decisions += 1
                if stored?.body != text {
                    result.differences.append(
                        .init(event: stored?.id ?? 0, stored: stored?.body, decided: text))
                }
            }
            result.messages = whole.messages
        } catch let error as Verification.Impossible {
            throw CommandFailure(code: .no, message: error.description)
        }
        if result.decisions < events.count, let last = events.last {
            result.differences.append(.init(event: last.id, stored: last.body, decided: nil))
        }
        return result
    }

    // MARK: - Text

    func text(_ presentation: Presentation, _ store: TicketStore, _ recomputed: Recomputed?) throws
        -> String
    {
        let painter = presentation.painter
        let words = presentation.words
        let severity = "\(ticket.severity.name) \(words[ticket.severity])"
        var text = painter.paint("T-\(ticket.number)", .strong)
        text += "  \(presentation.paint(ticket.severity, severity))"
        text += "  \(presentation.vehicle(ticket.vehicle))  \(words.stored(ticket.state))\n"
        text += painter.paint(presentation.name(ticket.name), .strong) + "\n"
        guard let opening = events.first(where: { $0.effect == "opened" }) ?? events.first else {
            return text
        }
        func title(_ english: String, _ chinese: String) -> String {
            "\n" + painter.paint(words.say(english, chinese), .strong) + "\n"
        }
        if let campaign = try CampaignText(ticket, store, RuleSet(inForce: store)) {
            // Nothing clears it but people.
            text += campaign.text(presentation, showsAll: false)
            text += title("what came since", "此后经过")
            text += try later(than: opening, presentation, store)
        } else {
            text += title("why it was opened", "开单原因")
            text += try reasons(opening, presentation, store)
            text += title("what delayed it", "延迟原因")
            text += delays(opening, presentation)
            text += title("what came since", "此后经过")
            text += try later(than: opening, presentation, store)
            text += title("what would clear it", "消除条件")
            text += try clearing(presentation, store)
        }
        if let recomputed {
            text += "\n" + painter.paint(words.say("decided again", "重新判定"), .strong) + "\n"
            let (count, messages) = (recomputed.decisions, recomputed.messages)
            text += words.say(
                "  \(count) \(count == 1 ? "decision" : "decisions") about it among "
                    + "\(messages) messages: ",
                "  \(messages) 条消息中有 \(count) 项判定与其有关：")
            text +=
                recomputed.differences.isEmpty
                ? words.say("100 % agree\n", "100 % 一致\n") : words.say("they differ\n", "不一致\n")
        }
        return text
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
            func masked(_ text: String) -> String {
                Payload.masked(text, presentation, vehicle: ticket.vehicle)
            }
            text +=
                "               \(masked(VisibleText.text(of: message.topic.span)))  "
                + "\(masked(Payload.text(message.payload)))\n"
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
        let times = items.compactMap { Self.time($0.at) }.sorted()
        guard let first = times.first, let last = times.last, items.count > 1 else { return "" }
        let time = words.duration(last.milliseconds(since: first))
        return Self.label("window", "窗口", words)
            + words.say("\(items.count) seen within \(time)\n", "\(time)内出现 \(items.count) 次\n")
    }

    private static func time(_ text: String) -> EventTime? {
        try? TimeText(now: EventTime(milliseconds: 0), offset: { _ in 0 }).parse(text)
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

    // MARK: - JSON

    func json(_ store: TicketStore, _ recomputed: Recomputed?) throws -> String {
        var object = TicketJSON.object(ticket)
        object.append("reorder_window_ms", reorderWindow)
        var list = JSONArray()
        for event in events { list.append(RawJSON(text: EventPrinter.json(event))) }
        object.append("evidence", list)
        var seen: Set<String> = []
        var rules = JSONArray()
        var positions: Set<UInt64> = []
        for event in events {
            let body = EventBody(event.body)
            positions.formUnion((body.evidence ?? []).map(\.position))
            guard let hash = body.ruleHash, seen.insert(hash).inserted,
                let rule = try store.rule(hash: hash)
            else { continue }
            var entry = JSONObject()
            entry.append("hash", hash)
            entry.append("rule", rule.rule)
            entry.append("when", rule.condition)
            entry.append("until", rule.clear)
            entry.append("source", rule.source)
            rules.append(entry)
        }
        object.append("rules", rules)
        var messages = JSONArray()
        for position in positions.sorted() {
            guard let message = try store.message(at: position) else { continue }
            var entry = JSONObject()
            entry.append("position", position)
            entry.append("received_at", message.received.text())
            entry.append("topic", String(decoding: message.topic, as: UTF8.self))
            Payload.append(message.payload, to: &entry)
            messages.append(entry)
        }
        object.append("messages", messages)
        if let recomputed {
            var entry = JSONObject()
            entry.append("decisions", recomputed.decisions)
            entry.append("messages", recomputed.messages)
            entry.append("agrees", recomputed.differences.isEmpty)
            object.append("recomputed", entry)
        }
        return object.json
    }
}
