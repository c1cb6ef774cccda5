import FaultDecoding
import FaultRules
import ServiceTickets
import VehicleFaults

/// What a batch led to, in the order of the journal.
public struct Outcome: Sendable {
    public var decisions: [Decision] = []
    /// Messages in the batch, among them those that follow.
    public var messages = 0
    public var deadLetters = 0
    /// Messages that had been decided before.
    public var duplicates = 0
    /// Messages that were older than one of the same vehicle that was applied before.
    public var late = 0
    public var findings = 0
    public var unknownFields = 0
    public var refusedValues = 0
    /// The position of the batch's newest message.
    public var position: UInt64 = 0

    public init() {}
}

/// One thing that was decided.
public enum Decision: Sendable {
    case finding(SettledFinding)
    case deadLetter(DeadLetter)
}

/// A finding with what the ticket stage made of it.
public struct SettledFinding: Sendable {
    public var finding: Finding
    public var rule: Rule
    public var effect: TicketEffect
    /// The ticket as it is after the finding; `nil` when there is none.
    public var ticket: Ticket?
}

/// A message that could not be understood.
public struct DeadLetter: Sendable {
    /// Its place in the journal, counted from 1.
    public var position: UInt64
    /// Its place in the batch.
    public var entry: Int
    public var failure: DecodingFailure
}

extension Decision {
    /// The decision as one line of JSON, the same bytes wherever and whenever it is made: keys in
    /// a fixed order, numbers in their shortest exact form, and nothing of the time of day.
    public var text: String {
        switch self {
        case .finding(let settled): settled.text
        case .deadLetter(let letter):
            "{\"v\":1,\"kind\":\"dead_letter\",\"position\":\(letter.position)"
                + ",\"reason\":\"\(letter.failure.reason.rawValue)\""
                + ",\"offset\":\(letter.failure.offset)}"
        }
    }
}

extension SettledFinding {
    var text: String {
        var line = "{\"v\":1,\"kind\":\"finding\",\"vehicle\":"
        line += Self.quoted(finding.vehicle.description)
        line += ",\"rule\":\(Self.quoted(rule.id)),\"rule_hash\":\"\(Self.hex(rule.meaning))\""
        line += ",\"mode\":\(Self.quoted(rule.mode)),\"severity\":\"\(rule.severity.name)\""
        line += ",\"state\":\"\(finding.kind == .raised ? "raised" : "cleared")\""
        line += ",\"at\":\"\(finding.at)\",\"position\":\(finding.position)"
        line += ",\"effect\":\"\(effect.rawValue)\""
        line += ticket.map { ",\"ticket\":\($0.number)" } ?? ",\"ticket\":null"
        line +=
            ",\"name\":{\"en\":\(Self.quoted(rule.name.en)),\"zh\":\(Self.quoted(rule.name.zh))}"
        line += ",\"evidence\":["
        for (index, item) in finding.evidence.enumerated() {
            if index > 0 { line += "," }
            line +=
                "{\"position\":\(item.position),\"at\":\"\(item.at)\"" + Self.text(item.content)
                + "}"
        }
        return line + "]}"
    }

    private static func text(_ content: Evidence.Content) -> String {
        switch content {
        case .code(let code, let status):
            ",\"code\":\(quoted(code.description)),\"status\":\"\(status)\""
        case .reading(let signal, let value):
            ",\"signal\":\(quoted(signal)),\"value\":\(value)"
        case .statistic(let name, let signal, let reading, let value, let limit):
            ",\"signal\":\(quoted(signal)),\"value\":\(reading)"
                + ",\"statistic\":\"\(name)\",\"score\":\(value),\"limit\":\(limit)"
        case .silence(let milliseconds):
            ",\"silent_ms\":\(milliseconds)"
        }
    }

    /// A digest as sixteen hex digits.
    static func hex(_ value: UInt64) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: 16 - text.count) + text
    }

    /// A text with its quotation marks, escaped as RFC 8259 asks.
    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\u{0}"..."\u{1F}":
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
