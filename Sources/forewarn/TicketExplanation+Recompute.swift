import FleetWatch
import ForewarnDaemon
import StoreText
import TerminalText
import TicketStorage
import VehicleFaults

extension TicketExplanation {
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
        text += painter.paint(presentation.name(of: ticket), .strong) + "\n"
        guard !events.isEmpty else { return text }
        if let campaign = try campaign(store) {
            text += campaign.text(presentation, showsAll: false)
        }
        for part in try parts(presentation, store) {
            text += "\n" + painter.paint(part.title, .strong) + "\n" + part.text
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

    // MARK: - JSON

    func json(_ store: TicketStore, _ recomputed: Recomputed?) throws -> String {
        var object = TicketJSON.object(ticket)
        object.append("reorder_window_ms", reorderWindow)
        let evidence = EvidenceJSON(events, store)
        object.append("evidence", evidence.events)
        object.append("rules", try evidence.rules())
        object.append("messages", try evidence.messages())
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
