import FaultDecoding
import FaultRules
import ServiceTickets
import VehicleFaults

/// Decisions as lines of JSON, one after the other in one run of bytes: a replay writes tens of
/// thousands, and none of them needs to be a text of its own.
public struct DecisionTexts: Sendable {
    /// The lines without line ends.
    public private(set) var bytes: [UInt8] = []
    private var ends: [Int] = []

    public init() {}

    /// The texts of some decisions, in order.
    public init(_ decisions: [Decision]) { for decision in decisions { add(decision) } }

    public var count: Int { ends.count }

    /// Where a text stands in ``bytes``.
    public subscript(index: Int) -> Range<Int> {
        (index > 0 ? ends[index - 1] : 0)..<ends[index]
    }

    /// Adds the text of a decision.
    public mutating func add(_ decision: Decision) {
        decision.appendText(to: &bytes)
        ends.append(bytes.count)
    }

    /// Forgets the texts and keeps the storage.
    public mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
    }
}

extension Decision {
    /// The decision as one line of JSON, the same bytes wherever and whenever it is made: keys in
    /// a fixed order, numbers in their shortest exact form, and nothing of the time of day.
    public var text: String {
        var bytes: [UInt8] = []
        appendText(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends the bytes of ``text``.
    public func appendText(to bytes: inout [UInt8]) {
        // Given up and taken back, so that the line alone holds the storage.
        var line = DecisionLine(bytes)
        bytes = []
        switch self {
        case .finding(let settled): line.add(settled)
        case .deadLetter(let letter): line.add(letter)
        case .maintenance(let finding): line.add(maintenance: finding)
        case .ticket(let note): line.add(note.event.text)
        }
        bytes = line.bytes
    }
}

/// A line of JSON under construction, as bytes.
private struct DecisionLine {
    private(set) var bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func add(_ letter: DeadLetter) {
        add("{\"v\":1,\"kind\":\"dead_letter\",\"position\":")
        add(letter.position)
        add(",\"reason\":\"")
        add(letter.failure.reason.rawValue)
        add("\",\"offset\":")
        add(letter.failure.offset.description)
        add("}")
    }

    mutating func add(_ settled: SettledFinding) {
        let finding = settled.finding
        add("{\"v\":1,\"kind\":\"finding\",\"vehicle\":\"")
        // An identifier may hold a quotation mark; one that holds none is most of them.
        add(finding.vehicle)
        add("\",\"rule\":")
        quote(settled.rule.id)
        add(",\"rule_hash\":\"")
        add(hex: settled.rule.meaning)
        add("\",\"mode\":")
        quote(settled.rule.mode)
        add(",\"severity\":\"")
        add(settled.rule.severity.name)
        add(finding.kind == .raised ? "\",\"state\":\"raised" : "\",\"state\":\"cleared")
        add("\",\"at\":\"")
        finding.at.appendText(to: &bytes)
        add("\",\"position\":")
        add(finding.position)
        add(",\"effect\":\"")
        add(settled.effect.rawValue)
        add("\",\"ticket\":")
        if let ticket = settled.ticket {
            add(UInt64(bitPattern: ticket.number))
        } else {
            add("null")
        }
        add(",\"name\":{\"en\":")
        quote(settled.rule.name.en)
        add(",\"zh\":")
        quote(settled.rule.name.zh)
        add("},\"evidence\":[")
        add(finding.evidence)
    }

    mutating func add(maintenance finding: Finding) {
        add("{\"v\":1,\"kind\":\"maintenance\",\"what\":\"codes_cleared\",\"vehicle\":\"")
        add(finding.vehicle)
        add("\",\"at\":\"")
        finding.at.appendText(to: &bytes)
        add("\",\"position\":")
        add(finding.position)
        add(",\"evidence\":[")
        add(finding.evidence)
    }

    private mutating func add(_ evidence: [Evidence]) {
        for (index, item) in evidence.enumerated() {
            add(index > 0 ? ",{\"position\":" : "{\"position\":")
            add(item.position)
            add(",\"at\":\"")
            item.at.appendText(to: &bytes)
            add("\"")
            add(item.content)
            add("}")
        }
        add("]}")
    }

    private mutating func add(_ content: Evidence.Content) {
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
            add(",\"value\":")
            add(value.description)
        case .statistic(let name, let signal, let reading, let value, let limit):
            add(",\"signal\":")
            quote(signal)
            add(",\"value\":")
            add(reading.description)
            add(",\"statistic\":\"")
            add(name)
            add("\",\"score\":")
            add(value.description)
            add(",\"limit\":")
            add(limit.description)
        case .trend(let found): add(found)
        case .silence(let milliseconds):
            add(",\"silent_ms\":")
            add(milliseconds.description)
        }
    }

    private mutating func add(_ found: TrendEvidence) {
        add(",\"signal\":")
        quote(found.subject)
        add(",\"value\":")
        add(found.reading.description)
        add(",\"statistic\":\"")
        add(found.kind)
        add("\",\"score\":")
        add(found.logEvidence.description)
        add(",\"limit\":")
        add(found.needed.description)
        add(",\"onset\":\"")
        found.onset.appendText(to: &bytes)
        add("\",\"size\":")
        add(found.size.description)
        add(",\"deviation\":")
        add(found.deviation.description)
        if let from = found.dueFrom, let to = found.dueTo {
            add(",\"due_from\":\"")
            from.appendText(to: &bytes)
            add("\",\"due_to\":\"")
            to.appendText(to: &bytes)
            add("\"")
        }
    }

    mutating func add(_ text: String) {
        var text = text
        text.withUTF8 { unsafe bytes.append(contentsOf: $0) }
    }

    private mutating func add(_ vehicle: VehicleID) {
        let start = bytes.count
        vehicle.appendText(to: &bytes)
        FlatJSON.escape(&bytes, from: start)
    }

    private mutating func add(_ number: UInt64) {
        let start = bytes.count
        var rest = number
        repeat {
            bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        } while rest > 0
        bytes[start...].reverse()
    }

    /// Sixteen hex digits.
    private mutating func add(hex value: UInt64) {
        for shift in stride(from: UInt64(60), through: 0, by: -4) {
            let digit = UInt8(truncatingIfNeeded: value >> shift & 15)
            bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
        }
    }

    private mutating func quote(_ text: String) { FlatJSON.quote(text, to: &bytes) }
}
