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
        var line = DecisionLine()
        line.add("{\"v\":1,\"kind\":\"finding\",\"vehicle\":")
        line.quote(finding.vehicle.description)
        line.add(",\"rule\":")
        line.quote(rule.id)
        line.add(",\"rule_hash\":\"")
        line.add(hex: rule.meaning)
        line.add("\",\"mode\":")
        line.quote(rule.mode)
        line.add(",\"severity\":\"")
        line.add(rule.severity.name)
        line.add(finding.kind == .raised ? "\",\"state\":\"raised" : "\",\"state\":\"cleared")
        line.add("\",\"at\":\"")
        line.add(finding.at)
        line.add("\",\"position\":")
        line.add(finding.position)
        line.add(",\"effect\":\"")
        line.add(effect.rawValue)
        line.add("\",\"ticket\":")
        if let ticket { line.add(UInt64(bitPattern: ticket.number)) } else { line.add("null") }
        line.add(",\"name\":{\"en\":")
        line.quote(rule.name.en)
        line.add(",\"zh\":")
        line.quote(rule.name.zh)
        line.add("},\"evidence\":[")
        for (index, item) in finding.evidence.enumerated() {
            line.add(index > 0 ? ",{\"position\":" : "{\"position\":")
            line.add(item.position)
            line.add(",\"at\":\"")
            line.add(item.at)
            line.add("\"")
            line.add(item.content)
            line.add("}")
        }
        line.add("]}")
        return line.text
    }
}

/// A line of JSON under construction, as bytes: a replay writes tens of thousands.
struct DecisionLine {
    private var bytes: [UInt8] = []

    init() { bytes.reserveCapacity(768) }

    var text: String { String(decoding: bytes, as: UTF8.self) }

    mutating func add(_ text: String) { bytes.append(contentsOf: text.utf8) }

    mutating func add(_ number: UInt64) {
        let start = bytes.count
        var rest = number
        repeat {
            bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        } while rest > 0
        bytes[start...].reverse()
    }

    mutating func add(_ time: EventTime) { time.appendText(to: &bytes) }

    /// Sixteen hex digits.
    mutating func add(hex value: UInt64) {
        for shift in stride(from: UInt64(60), through: 0, by: -4) {
            let digit = UInt8(truncatingIfNeeded: value >> shift & 15)
            bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
        }
    }

    /// A text with its quotation marks, escaped as RFC 8259 asks.
    mutating func quote(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0..<0x20:
                let digits = Array("0123456789abcdef".utf8)
                bytes.append(contentsOf: "\\u00".utf8)
                bytes.append(digits[Int(byte >> 4)])
                bytes.append(digits[Int(byte & 15)])
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    mutating func add(_ content: Evidence.Content) {
        switch content {
        case .code(let code, let status):
            add(",\"code\":")
            quote(code.description)
            add(",\"status\":\"")
            add(status.description)
            add("\"")
        case .reading(let signal, let value):
            add(",\"signal\":")
            quote(signal)
            add(",\"value\":\(value)")
        case .statistic(let name, let signal, let reading, let value, let limit):
            add(",\"signal\":")
            quote(signal)
            add(",\"value\":\(reading),\"statistic\":\"\(name)\",\"score\":\(value)")
            add(",\"limit\":\(limit)")
        case .silence(let milliseconds):
            add(",\"silent_ms\":\(milliseconds)")
        }
    }
}
