import StoreText
import TerminalText
import TicketStorage
import VehicleFaults

/// Events in the format that was asked for.
struct EventPrinter {
    let presentation: Presentation
    let format: TailCommand.Format
    let isExplained: Bool

    /// The line without colours and uncut, for searching.
    func plainLine(_ event: StoredEvent) -> String {
        var plain = presentation
        plain.painter = Painter(isOn: false)
        return EventText(presentation: plain).line(event, EventBody(event.body))
    }

    /// The event with its line end.
    ///
    /// - Parameter rule: finds a rule's text by its digest.
    func text(_ event: StoredEvent, rule: (String) throws -> StoredRule?) rethrows -> String {
        switch format {
        case .json: return Self.json(event) + "\n"
        case .jsonPretty: return PrettyJSON.text(Self.json(event)) + "\n"
        case .short, .shortFull, .cat:
            let body = EventBody(event.body)
            var text = EventText(presentation: presentation)
            text.isCut = format == .short && presentation.width != nil
            text.isFull = format == .shortFull
            text.hasTime = format != .cat
            let line = text.line(event, body) + "\n"
            return isExplained ? line + (try explanation(event, body, text, rule)) : line
        }
    }

    /// The stored decision, with what only the store knows at its end.
    static func json(_ event: StoredEvent) -> String {
        var text = event.body
        guard text.hasSuffix("}") else { return text }
        text.removeLast()
        text += ",\"event\":\(event.id),\"received_at\":\"\(event.received)\""
        if let topic = event.topic {
            text += ",\"topic\":" + String(decoding: topic, as: UTF8.self).json
        }
        return text + "}"
    }

    private func explanation(
        _ event: StoredEvent, _ body: EventBody, _ text: EventText,
        _ rule: (String) throws -> StoredRule?
    ) rethrows -> String {
        let words = presentation.words
        var lines: [String] = []
        if let name = body.name { lines.append(presentation.name((name.en, name.zh))) }
        lines += (body.evidence ?? []).map { text.evidence($0) }
        if let hash = body.ruleHash {
            lines.append("\(words[.rule]) \((event.rule ?? "").visible)  \(hash.visible)")
            if let found = try rule(hash) {
                lines.append("  " + found.condition.visible)
                if let clear = found.clear {
                    lines.append("  \(words[.until]) \(clear.visible)")
                }
            }
        } else {
            lines.append("\(words[.message]) \(event.position)")
        }
        return lines.map { "    \($0)\n" }.joined()
    }
}

/// JSON on several lines, its keys as they were.
enum PrettyJSON {
    static func text(_ json: String) -> String {
        var out: [UInt8] = []
        var depth = 0
        var isText = false
        var isEscaped = false
        var previous: UInt8 = 0
        func line() {
            out.append(0x0A)
            out += [UInt8](repeating: 0x20, count: 2 * depth)
        }
        for byte in json.utf8 {
            defer { previous = byte }
            if isText {
                out.append(byte)
                isText = isEscaped || byte != UInt8(ascii: "\"")
                isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
                continue
            }
            switch byte {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                if previous == UInt8(ascii: "{") || previous == UInt8(ascii: "[") { line() }
                out.append(byte)
                depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if previous != UInt8(ascii: "{"), previous != UInt8(ascii: "[") { line() }
                out.append(byte)
            case UInt8(ascii: ","):
                out.append(byte)
                line()
            case UInt8(ascii: ":"): out += [byte, 0x20]
            case 0x20, 0x09, 0x0A, 0x0D: break
            default:
                if previous == UInt8(ascii: "{") || previous == UInt8(ascii: "[") { line() }
                isText = byte == UInt8(ascii: "\"")
                out.append(byte)
            }
        }
        return String(decoding: out, as: UTF8.self)
    }
}
