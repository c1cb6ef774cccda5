import TerminalText
import TicketStorage
import VehicleFaults

/// Events as lines.
package struct EventText {
    package let presentation: Presentation
    /// Whether lines are cut to the terminal's width.
    package var isCut = false
    /// Whether a line also says the vehicle's time, the message and the rule's digest.
    package var isFull = false
    /// Whether a line starts with its time.
    package var hasTime = true

    package init(presentation: Presentation) { self.presentation = presentation }

    private var words: Words { presentation.words }
    private static let gap = "  "

    /// A piece of a line: its text, its colour and the width it is padded to.
    private struct Field {
        var text: String
        var width = 0
        /// Whether it is cut to its width, and not only padded to it.
        var isExact = false
        var paint: (String) -> String = { $0 }
    }

    /// Columns of the fields that vary; on a narrow terminal they share what the others leave.
    private struct Widths {
        var seen = 15
        var rule = 20
        var isExact = false
    }

    private func widths(after time: Int) -> Widths {
        guard isCut, let width = presentation.width else { return Widths() }
        let vehicle = presentation.showsWhole ? 17 : 8
        // Time, severity, vehicle, seen, rule and ticket, with gaps.
        let room = width - (time + 2 + vehicle + 11 + 5 * Self.gap.count)
        guard room < 35 else { return Widths() }
        let seen = max(8, min(14, room * 9 / 20))
        return Widths(seen: seen, rule: max(8, room - seen), isExact: true)
    }

    /// The line of an event, without a line end.
    package func line(_ event: StoredEvent, _ body: EventBody) -> String {
        // A narrow terminal needs the room for what happened more than for year and milliseconds.
        let isNarrow = isCut && presentation.width.map { $0 < 110 } ?? false
        var time = ""
        if hasTime {
            time =
                isNarrow
                ? presentation.shortTime(event.received) : presentation.time(event.received)
        }
        let widths = widths(after: time.count)
        var fields =
            switch event.kind {
            case "dead_letter": letter(event, body, widths)
            case "ticket": ticket(event, body, widths)
            case "maintenance": maintenance(event, body, widths)
            default: finding(event, body, widths)
            }
        fields.insert(Field(text: time), at: 0)
        if isFull {
            if let at = event.at { fields.append(Field(text: "at=\(at)")) }
            fields.append(Field(text: "message=\(event.position)"))
            if let hash = body.ruleHash { fields.append(Field(text: "rule_hash=\(hash.visible)")) }
        }
        return join(fields)
    }

    /// Puts fields side by side; what does not fit is cut, or left out where only a stump would be
    /// left.
    private func join(_ fields: [Field]) -> String {
        var line = ""
        var used = 0
        var blanks = 0
        for field in fields where !field.text.isEmpty {
            var text = field.isExact ? field.text.truncated(to: field.width) : field.text
            if isCut, let width = presentation.width {
                let room = width - used - blanks
                if text.displayWidth > room {
                    guard room >= 8 else { break }
                    text = text.truncated(to: room)
                }
            }
            line += String(repeating: " ", count: blanks) + field.paint(text)
            used += blanks + text.displayWidth
            blanks = max(0, field.width - text.displayWidth) + Self.gap.count
        }
        return line
    }

    private func finding(_ event: StoredEvent, _ body: EventBody, _ widths: Widths) -> [Field] {
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
        fields += [
            Field(
                text: presentation.vehicle(event.vehicle ?? ""),
                width: presentation.showsWhole ? 17 : 8),
            Field(
                text: seen(body, within: widths.isExact ? widths.seen : nil), width: widths.seen,
                isExact: widths.isExact),
            Field(text: (event.rule ?? "").visible, width: widths.rule, isExact: widths.isExact),
        ]
        let effect = event.effect ?? "none"
        let ticket = event.ticket.map { "T-\($0) \(words.stored(effect))" }
        fields.append(
            Field(text: ticket ?? words.stored(effect), width: 12) {
                isCleared ? presentation.painter.paint($0, .cleared) : $0
            })
        if let name = body.name {
            fields.append(Field(text: presentation.name((name.en, name.zh))))
        }
        // The rule's name says as much as Forewarn's own wording would.
        if let code = body.evidence?.last?.code,
            let text = presentation.codes.text(of: code, words.language)
        {
            fields.append(Field(text: text.visible))
        }
        return fields
    }

    /// What a campaign is about.
    private func candidate(_ attribute: String) -> String {
        words.say("recall candidate, for review: ", "召回候选，待评审：") + attribute.visible
    }

    /// What happened to a ticket: by whom, what, and where it stands now.
    private func ticket(_ event: StoredEvent, _ body: EventBody, _ widths: Widths) -> [Field] {
        let presentation = presentation
        return [
            Field(text: event.severity?.name ?? "") {
                event.severity.map { presentation.paint($0) } ?? $0
            },
            Field(
                text: presentation.vehicle(event.vehicle ?? ""),
                width: presentation.showsWhole ? 17 : 8),
            Field(
                text: (body.actor ?? "-").visible, width: widths.seen, isExact: widths.isExact),
            Field(
                text: words.stored(event.effect ?? ""), width: widths.rule,
                isExact: widths.isExact),
            Field(
                text: "T-\(event.ticket ?? 0) \(words.stored(event.state ?? ""))", width: 12),
            Field(text: body.fields?["attribute"].map { candidate($0) } ?? ""),
        ]
    }

    /// What somebody did to the vehicle: cleared its fault codes with a tool.
    private func maintenance(_ event: StoredEvent, _ body: EventBody, _ widths: Widths) -> [Field] {
        [
            Field(text: "--"),
            Field(
                text: presentation.vehicle(event.vehicle ?? ""),
                width: presentation.showsWhole ? 17 : 8),
            Field(
                text: seen(body, within: widths.isExact ? widths.seen : nil), width: widths.seen,
                isExact: widths.isExact),
            Field(text: words.stored(event.state ?? "")),
        ]
    }

    private func letter(_ event: StoredEvent, _ body: EventBody, _ widths: Widths) -> [Field] {
        let painter = presentation.painter
        let reason = words.reason(body.reason ?? "").visible
        // As wide as severity and vehicle, and as what was seen, so that columns go on below.
        return [
            Field(
                text: words[.deadLetter], width: 4 + (presentation.showsWhole ? 17 : 8),
                paint: { painter.paint($0, .plan) }),
            Field(
                text: event.topic.map { Payload.topic($0, presentation) } ?? "-",
                width: widths.seen),
            Field(text: "\(reason) \(words.atByte(body.offset ?? 0))"),
        ]
    }

    /// What was seen in a word or two: `P0301 ×3`, `coolant_c 112.4`, `silent 30m`.
    ///
    /// - Parameter width: within which a reading's number must stay whole.
    package func seen(_ body: EventBody, within width: Int? = nil) -> String {
        guard let evidence = body.evidence, let newest = evidence.last else { return "-" }
        if let code = newest.code {
            let count = evidence.count { $0.code == code }
            let others = Set(evidence.compactMap(\.code)).count - 1
            return code.visible + (count > 1 ? " ×\(count)" : "")
                + (others > 0 ? " +\(others)" : "")
        }
        if let signal = newest.signal {
            let number = value(newest)
            let room = width.map { max(2, $0 - number.count - 1) } ?? .max
            return signal.visible.truncated(to: room) + " " + number
        }
        if let silent = newest.silentMilliseconds {
            return words[.silent] + " " + words.duration(silent)
        }
        return "-"
    }

    private func value(_ item: EventBody.Item) -> String {
        item.value.map(shortNumber) ?? "-"
    }

    /// Which of a ticket's findings are left out where not all are asked for: of a hundred, how it began
    /// and how it stands are what is looked for.
    ///
    /// - Returns: those between the first and the newest nine; empty when there are none.
    package static func hidden(of count: Int) -> Range<Int> { 1..<max(1, count - 9) }

    /// One line of evidence: what was seen, and in which message.
    package func evidence(_ item: EventBody.Item) -> String {
        var what: String
        if let code = item.code {
            let status = (item.status ?? "").split(separator: "|").map { words.stored(String($0)) }
            what = code.visible.padded(to: 8) + " " + status.joined(separator: "|")
            if let text = presentation.text(ofCode: code) { what += Self.gap + text }
        } else if let silent = item.silentMilliseconds {
            what = words[.silent] + " " + words.duration(silent, parts: .max)
        } else {
            what = "\((item.signal ?? "").visible) \(value(item))"
            if let onset = item.onset {
                what = TrendText(presentation: presentation).text(item, onset: onset)
            } else if let statistic = item.statistic, let score = item.score, let limit = item.limit
            {
                what += "  \(statistic.visible) \(shortNumber(score))"
                what += " (\(words[.limit]) \(shortNumber(limit)))"
            }
        }
        return presentation.time(stored: item.at) + Self.gap
            + "\(words[.message]) \(item.position)".padded(to: 14) + Self.gap + what
    }
}
