import StoreText
import TerminalText
import TicketStorage

/// What decisions about a ticket rest on, as JSON: themselves, and the rules and messages they name.
struct EvidenceJSON {
    private let bodies: [EventBody]
    private let store: TicketStore
    /// The decisions as they are stored, in order.
    let events: [RawJSON]

    init(_ events: [StoredEvent], _ store: TicketStore) {
        self.store = store
        self.events = events.map { RawJSON(text: EventPrinter.json($0)) }
        bodies = events.map { EventBody($0.body) }
    }

    /// The rules that found it, each once, as they were then.
    func rules() throws -> JSONArray {
        var rules = JSONArray()
        var seen: Set<String> = []
        for hash in bodies.compactMap(\.ruleHash) where seen.insert(hash).inserted {
            guard let rule = try store.rule(hash: hash) else { continue }
            var entry = JSONObject()
            entry.append("hash", hash)
            entry.append("rule", rule.rule)
            entry.append("when", rule.condition)
            entry.append("until", rule.clear)
            entry.append("source", rule.source)
            rules.append(entry)
        }
        return rules
    }

    /// The messages that are still kept, each once, in the order of their arrival.
    func messages() throws -> JSONArray {
        var list = JSONArray()
        let positions = Set(bodies.flatMap { $0.evidence ?? [] }.map(\.position))
        for position in positions.sorted() {
            guard let message = try store.message(at: position) else { continue }
            var entry = JSONObject()
            entry.append("position", position)
            entry.append("received_at", message.received.text())
            entry.append("topic", String(decoding: message.topic, as: UTF8.self))
            Payload.append(message.payload, to: &entry)
            list.append(entry)
        }
        return list
    }
}

/// Text that is JSON already.
struct RawJSON: JSONWritable {
    var text: String
    func append(to bytes: inout [UInt8]) { bytes += text.utf8 }
}
