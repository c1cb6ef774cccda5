import TerminalText
import TicketStorage
import VehicleFaults

/// Events as lines.
struct EventText {
    let presentation: Presentation
    /// Whether lines are cut to the terminal's width.
    var isCut = false
    /// Whether a line also says the vehicle's time, the message and the rule's digest.
    var isFull = false
    /// Whether a line starts with its time.
    var hasTime = true

    private var words: Words { presentation.words }
    private static let gap = "  "

    /// A piece of a line: its text, its colour and the width it is padded to.
    private struct Field {
        var text: String
        var width = 0
        var paint: (String) -> String = { $0 }
    }

    /// The line of an event, without a line end.
    func line(_ event: StoredEvent, _ body: EventBody) -> String {
        var fields = event.kind == "dead_letter" ? letter(event, body) : finding(event, body)
        if hasTime {
            // A narrow terminal needs the room for what happened more than for milliseconds.
            let isNarrow = isCut && presentation.width.map { $0 < 110 } ?? false
            let time =
                isNarrow
                ? presentation.shortTime(event.received) : presentation.time(event.received)
            fields.insert(Field(text: time), at: 0)
        }
        if isFull {
            if let at = event.at { fields.append(Field(text: "at=\(at)")) }
            fields.append(Field(text: "message=\(event.position)"))
            if let hash = body.ruleHash { fields.append(Field(text: "rule_hash=\(hash.visible)")) }
        }
        return join(fields)
    }

    /// Puts fields side by side. The last one is cut, or left out where only a stump would be left.
    private func join(_ fields: [Field]) -> String {
        var line = ""
        var used = 0
        for (index, field) in fields.enumerated() where !field.text.isEmpty {
            let start = line.isEmpty ? 0 : Self.gap.count
            var text = field.text
            if isCut, let width = presentation.width {
                let room = width - used - start
                if text.displayWidth > room {
                    guard room >= 8 else { break }
                    text = text.truncated(to: room)
                }
            }
            let isLast = index == fields.count - 1
            let padding = isLast ? 0 : max(0, field.width - text.displayWidth)
            line += (start == 0 ? "" : Self.gap) + field.paint(text)
            line += String(repeating: " ", count: padding)
            used += start + text.displayWidth + padding
        }
        return line
    }

    private func finding(_ event: StoredEvent, _ body: EventBody) -> [Field] {
        let isCleared = event.state == "cleared"
        let presentation = presentation
        var fields: [Field] = []
        if let severity = event.severity {
            fields.append(
                Field(text: severity.name) {
                    isCleared
                        ? presentation.painter.paint($0, .cleared)
                        : presentation.paint(severity, $0)
                })
        }
        fields.append(
            Field(
                text: presentation.vehicle(event.vehicle ?? ""),
                width: presentation.showsWhole ? 17 : 8))
        fields.append(Field(text: seen(body), width: 8))
        fields.append(Field(text: (event.rule ?? "").visible, width: 15))
        let effect = event.effect ?? "none"
        let ticket = event.ticket.map { "T-\($0) \(words.stored(effect))" }
        fields.append(
            Field(text: ticket ?? words.stored(effect), width: 11) {
                isCleared ? presentation.painter.paint($0, .cleared) : $0
            })
        if let name = body.name {
            fields.append(Field(text: presentation.name((name.en, name.zh))))
        }
        return fields
    }

    private func letter(_ event: StoredEvent, _ body: EventBody) -> [Field] {
        let painter = presentation.painter
        let reason = words.reason(body.reason ?? "").visible
        return [
            Field(text: words[.deadLetter]) { painter.paint($0, .plan) },
            Field(text: event.topic.map { VisibleText.text(of: $0.span) } ?? "-", width: 20),
            Field(
                text: words.language == .english
                    ? "\(reason) at byte \(body.offset ?? 0)"
                    : "\(reason)（第 \(body.offset ?? 0) 字节）"),
        ]
    }

    /// What was seen in a word or two: `P0301 ×3`, `coolant_c 112.4`, `silent 30m`.
    func seen(_ body: EventBody) -> String {
        guard let evidence = body.evidence, let newest = evidence.last else { return "-" }
        if let code = newest.code {
            let count = evidence.count { $0.code == code }
            let others = Set(evidence.compactMap(\.code)).count - 1
            return code.visible + (count > 1 ? " ×\(count)" : "")
                + (others > 0 ? " +\(others)" : "")
        }
        if let signal = newest.signal { return signal.visible + " " + value(newest) }
        if let silent = newest.silentMilliseconds {
            return words[.silent] + " " + DurationText.text(silent, parts: 2)
        }
        return "-"
    }

    private func value(_ item: EventBody.Item) -> String {
        item.value.map(shortNumber) ?? "-"
    }

    /// One line of evidence: what was seen, and in which message.
    func evidence(_ item: EventBody.Item) -> String {
        var what: String
        if let code = item.code {
            let status = (item.status ?? "").split(separator: "|").map { words.stored(String($0)) }
            what = code.visible.padded(to: 8) + " " + status.joined(separator: "|")
        } else if let silent = item.silentMilliseconds {
            what = words[.silent] + " " + DurationText.text(silent)
        } else {
            what = "\((item.signal ?? "").visible) \(value(item))"
            if let statistic = item.statistic, let score = item.score, let limit = item.limit {
                what += "  \(statistic.visible) \(shortNumber(score))"
                what += " (\(words[.limit]) \(shortNumber(limit)))"
            }
        }
        let time =
            (try? TimeText(now: EventTime(milliseconds: 0), offset: { _ in 0 }).parse(item.at))
        return (time.map(presentation.time) ?? item.at.visible) + Self.gap
            + "\(words[.message]) \(item.position)".padded(to: 14) + Self.gap + what
    }
}
