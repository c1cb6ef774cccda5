import ForewarnDaemon
import Foundation
import GRDB
import TicketStorage

/// What a state folder holds, in a form in which two runs can be compared.
struct StoreContents: Equatable {
    /// For each numbered message of the journal, how often it was delivered.
    var deliveries: [Int: Int] = [:]
    /// Messages that are no duplicates.
    var messages = 0
    var deadLetters: [String: Int] = [:]
    /// What was found: vehicle, rule, state, effect, times and values, but no positions, numbers of
    /// tickets or received times, which depend on the order of arrival.
    var findings: [String] = []
    var tickets: [String] = []
    /// What is wrong with the database, or does not agree within it.
    var breaches: [String] = []

    init(database path: String) throws {
        let store = try TicketStore(path: path, access: .read)
        defer { try? store.close() }
        try store.forEachRow(from: 1) { row in
            guard row.kind == .batch else { return }
            let batch = try JournalBody.decode(row.body)
            for entry in batch.entries where entry.kind == .message {
                if let number = Traffic.number(of: batch.bytes[entry.payload]) {
                    deliveries[number, default: 0] += 1
                }
            }
        }
        messages = try store.fact("messages").flatMap(Int.init) ?? 0
        var events = try store.eventTexts(from: 1)
        while let event = try events.next() {
            let isFinding = event.body.hasPrefix("{\"v\":1,\"kind\":\"finding\"")
            if isFinding { findings.append(try Self.comparable(event.body)) }
        }
        findings.sort()
        let integrity = try store.integrity(isDeep: true)
        breaches = try store.contradictions() + (integrity == "ok" ? [] : [integrity])
        try store.read { db in
            tickets = try String.fetchAll(
                db,
                sql: """
                    SELECT vehicle || ' ' || mode || ' ' || severity || ' ' || opened_at || ' '
                        || latest_at || ' ' || findings || ' ' || symptom_gone FROM ticket ORDER BY 1
                    """)
            breaches += try String.fetchAll(
                db,
                sql: """
                    SELECT 'two open tickets: ' || vehicle || ' ' || mode FROM ticket
                    WHERE state = 'open'
                    GROUP BY vehicle, mode HAVING count(*) > 1
                    """)
            let letters = try Row.fetchAll(
                db, sql: "SELECT reason, count(*) FROM dead_letter GROUP BY reason")
            deadLetters = Dictionary(uniqueKeysWithValues: letters.map { ($0[0], $0[1]) })
        }
    }

    /// A finding without what another order of arrival may change.
    static func comparable(_ text: String) throws -> String {
        guard
            var object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
        else { return text }
        object["position"] = nil
        object["ticket"] = nil
        let evidence = object["evidence"] as? [[String: Any]] ?? []
        object["evidence"] = evidence.map { $0.filter { $0.key != "position" } }
        return String(
            decoding: try JSONSerialization.data(withJSONObject: object, options: .sortedKeys),
            as: UTF8.self)
    }

    /// Numbers from 1 to `count` that the journal lacks.
    func missing(of count: Int) -> [Int] { (1...count).filter { deliveries[$0] == nil } }
}
