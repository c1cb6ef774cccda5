import Foundation
import GRDB
import ServiceTickets
import VehicleFaults

/// Gives tickets from before there was a history the beginning of one.
enum TicketHistory {
    static func begin(_ db: Database) throws {
        for row in try Row.fetchAll(db, sql: "SELECT * FROM ticket ORDER BY number") {
            let number: Int64 = row["number"]
            let fields = Fields([
                (.severity, row["severity"]), (.advice, row["advice"]),
                (.component, row["component"]), (.source, TicketSource.rule.rawValue),
                // Nobody was promised anything then.
                (.clock, "none"),
            ])
            try db.execute(
                sql: """
                    INSERT INTO ticket_event
                        (ticket, epoch, at, actor, role, kind, state, event, json)
                    SELECT ?, 1, opened_received, ?, 'system', 'open', 'open',
                        (SELECT min(id) FROM event WHERE ticket = ?), ? FROM ticket WHERE number = ?
                    """,
                arguments: [number, Actor.system.name, number, fields.json, number])
            let (rules, kinds) = try evidence(of: number, db)
            try db.execute(
                sql: """
                    UPDATE ticket SET rules = ?, kinds = ?, clock_start = opened_received,
                        solve_from = CASE WHEN severity IN ('S1', 'S2') THEN opened_received END
                    WHERE number = ?
                    """,
                arguments: [
                    rules.joined(separator: "\n"), kinds.joined(separator: "\n"), number,
                ])
        }
    }

    /// The rules that found something, and the kinds of what they found, in order of the first time.
    private static func evidence(of ticket: Int64, _ db: Database) throws
        -> (rules: [String], kinds: [String])
    {
        var rules: [String] = []
        var kinds: [String] = []
        let events = try Row.fetchCursor(
            db,
            sql: """
                SELECT rule, body FROM event WHERE ticket = ? AND state = 'raised' ORDER BY id
                """, arguments: [ticket])
        while let event = try events.next() {
            if let rule = event["rule"] as String?, !rules.contains(rule) { rules.append(rule) }
            let body = try? JSONSerialization.jsonObject(with: event["body"] as Data)
            for item in (body as? [String: Any])?["evidence"] as? [[String: Any]] ?? [] {
                let kind: String
                if let code = item["code"] as? String {
                    kind = "code \(code)"
                } else if let signal = item["signal"] as? String {
                    kind = "\(item["statistic"] as? String ?? "signal") \(signal)"
                } else {
                    kind = "silence"
                }
                if !kinds.contains(kind) { kinds.append(kind) }
            }
        }
        return (rules, kinds)
    }
}
