import Foundation
import GRDB
import ServiceTickets

// Cards, which follow from the events, compared with them and made again.
extension TicketStore {
    /// Tickets that are folded at a time.
    private static let piece: Int64 = 1000

    /// Calls `body` with every ticket as its events make it, in order of number.
    private static func forEachFolded(_ db: Database, _ body: (Ticket) throws -> Void) throws {
        let last = try Int64.fetchOne(db, sql: "SELECT max(number) FROM ticket") ?? 0
        for first in stride(from: 1, through: last, by: Int(piece)) {
            let range: StatementArguments = [first, first + piece - 1]
            let tickets = try fold(
                tickets: ("number BETWEEN ? AND ?", range),
                events: ("ticket BETWEEN ? AND ?", range), isPart: true, db)
            for ticket in tickets { try body(ticket) }
        }
    }

    /// Makes the card of every ticket, for a store from before there were any.
    static func writeCards(_ db: Database) throws {
        // Events of a ticket lie among those of weeks, which would be read again for each.
        let usual = try Int.fetchOne(db, sql: "PRAGMA cache_size") ?? -2000
        try db.execute(sql: "PRAGMA cache_size = -262144")
        defer { try? db.execute(sql: "PRAGMA cache_size = \(usual)") }
        try forEachFolded(db) { ticket in
            try db.execute(
                sql: """
                    INSERT INTO ticket_card (number, opened, vehicle, rule, card)
                    VALUES (?, ?, ?, ?, ?)
                    """,
                arguments: [
                    ticket.number, ticket.openedReceived.milliseconds, ticket.vehicle.description,
                    ticket.rules.first, Data(ticket.card.bytes),
                ])
        }
    }

    /// The cards that say other than their tickets and events, one sentence each, at most 100.
    static func falseCards(_ db: Database) throws -> [String] {
        var found: [String] = []
        try forEachFolded(db) { ticket in
            guard found.count < 100 else { return }
            let row = try Row.fetchOne(
                try db.cachedStatement(
                    sql: "SELECT opened, vehicle, rule, card FROM ticket_card WHERE number = ?"),
                arguments: [ticket.number])
            let agrees =
                row.map {
                    $0[0] == ticket.openedReceived.milliseconds
                        && $0[1] == ticket.vehicle.description && $0[2] == ticket.rules.first
                        && $0[3] as Data == Data(ticket.card.bytes)
                } ?? false
            if !agrees {
                found.append("the card of ticket T-\(ticket.number) is not what its events make")
            }
        }
        return found
    }
}
