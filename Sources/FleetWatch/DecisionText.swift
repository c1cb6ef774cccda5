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
        case .ticket(let note): line.add(note.event)
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
        add(text: letter.failure.reason.rawValue)
        add("\",\"offset\":")
        add(text: letter.failure.offset.description)
        add("}")
    }

    mutating func add(_ event: TicketEvent) { event.appendText(to: &bytes) }

    mutating func add(_ settled: SettledFinding) {
        add("{\"v\":1,\"kind\":\"finding\",\"vehicle\":\"")
        add(settled.finding.vehicle)
        bytes += settled.finding.kind == .raised ? settled.wording.raised : settled.wording.cleared
        settled.finding.at.appendText(to: &bytes)
        add("\",\"position\":")
        add(settled.finding.position)
        add(",\"effect\":\"")
        add(text: settled.effect.rawValue)
        add("\",\"ticket\":")
        if let ticket = settled.ticket {
            add(UInt64(bitPattern: ticket.number))
        } else {
            add("null")
        }
        bytes += settled.wording.name
        add(settled.finding.evidence)
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
        let items = evidence.span
        for place in items.indices {
            if place > 0 { add(",") }
            add("{\"position\":")
            add(items[place].position)
            add(",\"at\":\"")
            items[place].at.appendText(to: &bytes)
            add("\"")
            add(items[place].content)
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
            add(text: status.description)
            add("\"")
        case .reading(let signal, let value):
            add(",\"signal\":")
            quote(signal)
            add(",\"value\":")
            add(text: value.description)
        case .statistic(let name, let signal, let reading, let value, let limit):
            add(",\"signal\":")
            quote(signal)
            add(",\"value\":")
            add(text: reading.description)
            add(",\"statistic\":\"")
            add(text: name)
            add("\",\"score\":")
            add(text: value.description)
            add(",\"limit\":")
            add(text: limit.description)
        case .trend(let found): add(found)
        case .silence(let milliseconds):
            add(",\"silent_ms\":")
            add(text: milliseconds.description)
        }
    }

    private mutating func add(_ found: TrendEvidence) {
        add(",\"signal\":")
        quote(found.subject)
        add(",\"value\":")
        add(text: found.reading.description)
        add(",\"statistic\":\"")
        add(text: found.kind)
        add("\",\"score\":")
        add(text: found.logEvidence.description)
        add(",\"limit\":")
        add(text: found.needed.description)
        add(",\"onset\":\"")
        found.onset.appendText(to: &bytes)
        add("\",\"size\":")
        add(text: found.size.description)
        add(",\"deviation\":")
        add(text: found.deviation.description)
        if let from = found.dueFrom, let to = found.dueTo {
            add(",\"due_from\":\"")
            from.appendText(to: &bytes)
            add("\",\"due_to\":\"")
            to.appendText(to: &bytes)
            add("\"")
        }
        if let reason = found.noDate {
            add(",\"no_date\":\"")
            add(text: reason.rawValue)
            add("\"")
        }
    }

    mutating func add(_ text: StaticString) {
        text.withUTF8Buffer { unsafe bytes.append(contentsOf: $0) }
    }

    mutating func add(text: String) {
        var text = text
        text.withUTF8 { unsafe bytes.append(contentsOf: $0) }
    }

    private mutating func add(_ vehicle: VehicleID) {
        let start = bytes.count
        vehicle.appendText(to: &bytes)
        // An identifier may hold a quotation mark.
        FlatJSON.escape(&bytes, from: start)
    }

    private mutating func add(_ number: UInt64) {
        var digits = InlineArray<20, UInt8>(repeating: 0)
        var first = digits.count
        var rest = number
        repeat {
            first -= 1
            digits[first] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        } while rest > 0
        bytes.append(addingCapacity: digits.count - first) { text in
            for place in first..<digits.count { text.append(digits[place]) }
        }
    }

    private mutating func quote(_ text: String) { FlatJSON.quote(text, to: &bytes) }
}
