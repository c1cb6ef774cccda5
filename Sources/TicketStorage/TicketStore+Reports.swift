import Foundation
import GRDB
import ServiceTickets
import VehicleFaults

// What reports read: many tickets at once, as they stood at a time.
extension TicketStore {
    /// Sites as a statement takes them, for `json_each`; `nil` for all.
    static func list(of sites: Set<String>?) throws -> String? {
        try sites.map {
            String(decoding: try JSONEncoder().encode($0.sorted()), as: UTF8.self)
        }
    }

    /// Stretches of the numbers of the tickets that were opened in a period, each of `length` numbers.
    public func stretches(openedFrom start: EventTime, until stop: EventTime, length: Int) throws
        -> [ClosedRange<Int64>]
    {
        let ends = try query { db in
            try Row.fetchOne(
                db,
                sql: """
                    SELECT min(number), max(number) FROM ticket
                    WHERE opened_received >= ? AND opened_received < ?
                    """, arguments: [start.milliseconds, stop.milliseconds])
        }
        guard let first = ends?[0] as Int64?, let last = ends?[1] as Int64? else { return [] }
        return stride(from: first, through: last, by: length).map {
            $0...min($0 + Int64(length) - 1, last)
        }
    }

    /// Tickets that were opened on each local day before a time, as days since 1970; of some sites or
    /// of all.
    ///
    /// - Parameter offset: minutes east of UTC of the day.
    public func openedDays(until stop: EventTime, offset: Int, sites: Set<String>?) throws
        -> [Int: Int]
    {
        try query { db in
            let list = try Self.list(of: sites)
            let shift = Int64(offset) * 60_000
            // Days before 1970 have no tickets, so that dividing rounds down.
            let rows = try ColumnRows(
                db,
                """
                SELECT (opened_received + ?1) / 86400000, count(*) FROM ticket
                 WHERE opened_received < ?2 AND \(Self.isAboutVehicle)
                   AND (?3 IS NULL OR site IN (SELECT value FROM json_each(?3)))
                 GROUP BY 1
                """, [shift, stop.milliseconds, list])
            var days: [Int: Int] = [:]
            while try rows.next(db) { days[Int(rows.integer(0))] = Int(rows.integer(1)) }
            return days
        }
    }

    /// Calls `body` with every ticket that was opened in a period, as it stood at `end`, in order of
    /// number.
    ///
    /// Cards hold all that is asked. Where one cannot be read, and in a store that only an older
    /// version has written, the ticket is folded from its events.
    ///
    /// - Parameter numbers: those that are looked at.
    public func forEachTicket(
        openedFrom start: EventTime, until stop: EventTime, asOf end: EventTime,
        numbers: ClosedRange<Int64> = 0...Int64.max, _ body: (TicketStanding) throws -> Void
    ) throws {
        try query { db in
            guard try db.tableExists("ticket_card") else {
                let all = try Int64.fetchAll(
                    db,
                    sql: """
                        SELECT number FROM ticket WHERE opened_received >= ? AND opened_received < ?
                            AND number BETWEEN ? AND ?
                        """,
                    arguments: [
                        start.milliseconds, stop.milliseconds, numbers.lowerBound,
                        numbers.upperBound,
                    ])
                for ticket in try Self.standings(all, at: end, db) where ticket.isAboutVehicle {
                    try body(ticket)
                }
                return
            }
            let rows = try ColumnRows(
                db,
                """
                SELECT number, opened, card, vehicle, rule FROM ticket_card
                WHERE number BETWEEN ? AND ? ORDER BY number
                """, [numbers.lowerBound, numbers.upperBound])
            var reader = CardReader()
            var rules = SeenTexts<String>()
            var ticket = TicketStanding()
            while try rows.next(db) {
                let opened = rows.integer(1)
                guard opened >= start.milliseconds, opened < stop.milliseconds else { continue }
                switch rows.read(2, { reader.read($0, before: end, into: &ticket) }) {
                case true?:
                    ticket.number = rows.integer(0)
                    ticket.vehicle = rows.vehicle(3) ?? .nobody
                    ticket.rule = rules(rows.bytes(4))
                    if ticket.isAboutVehicle { try body(ticket) }
                case false?: continue
                case nil:
                    for ticket in try Self.standings([rows.integer(0)], at: end, db)
                    where ticket.isAboutVehicle { try body(ticket) }
                }
            }
        }
    }

    /// Where tickets stood at a time, from their events.
    private static func standings(_ numbers: [Int64], at end: EventTime, _ db: Database) throws
        -> [TicketStanding]
    {
        try fold(numbers, before: end, db).map { ticket in
            var standing = TicketStanding(ticket)
            standing.count(until: end)
            return standing
        }
    }

    /// Tickets as the events before a time make them.
    static func fold(_ numbers: [Int64], before end: EventTime, _ db: Database) throws
        -> [Ticket]
    {
        let list = "[\(numbers.map(String.init).joined(separator: ","))]"
        return try fold(
            tickets: ("number IN (SELECT value FROM json_each(?))", [list]),
            events: (
                "ticket IN (SELECT value FROM json_each(?)) AND at < ?", [list, end.milliseconds]
            ), isPart: true, db)
    }
}

extension TicketStore {
    /// Holds of what is about a vehicle. Figures leave out tickets about what many have in common, and
    /// the canary.
    public static let isAboutVehicle =
        "vehicle NOT IN ('\(VehicleID.wholeFleet)', '\(VehicleID.canary)')"
}

extension TicketStanding {
    /// Figures leave out what many vehicles have in common, and the canary.
    fileprivate var isAboutVehicle: Bool { vehicle != .wholeFleet && vehicle != .canary }
}
