import GRDB
import ServiceTickets
import VehicleFaults

// Tickets on their way into the store and back.
extension TicketStore {
    /// Writes what tickets have become, with what reports ask of them.
    ///
    /// - Parameter areNew: whether none has a row yet; to look for one first costs a fifth more.
    func store(_ tickets: [Shared<Ticket>], areNew: Bool = false, _ db: Database) throws {
        try kept.write(areNew ? .newTicket : .ticket, count: tickets.count, db) { place, binder in
            binder.bind(tickets[place].number)
            tickets[place].value.putColumns(into: &binder)
        }
        try kept.write(areNew ? .newCard : .ticketCard, count: tickets.count, db) {
            place, binder in
            let ticket = tickets[place]
            binder.bind(ticket.number)
            binder.bind(ticket.openedReceived.milliseconds)
            binder.bind(ticket.vehicle)
            binder.bind(ticket.rules.first)
            binder.bind(ticket.card.bytes[...])
        }
    }

    /// Events of tickets that are written with one run: the table has seven indexes, and each run
    /// begins with all of them.
    static let eventsARun = 64

    /// Adds the first of some events to the history of tickets, and takes them out.
    ///
    /// - Parameter events: each with the decision that says it.
    func store(
        _ events: inout [(event: TicketEvent, decision: Int64?)], first count: Int, _ db: Database
    ) throws {
        guard count > 0 else { return }
        defer { events.removeFirst(count) }
        try kept.write(.ticketEvent, count: count, rowsARun: Self.eventsARun, db) {
            [events] place, binder in
            let event = events[place].event
            binder.bind(event.ticket)
            binder.bind(Int64(event.epoch))
            binder.bind(event.at.milliseconds)
            binder.bind(event.actor)
            binder.bind(event.role.rawValue)
            binder.bind(event.kind.name)
            binder.bind(event.state.rawValue)
            binder.bind(events[place].decision)
            binder.bind(event.fields.json)
        }
    }

    /// Moves findings to the ticket that was split off for them.
    func moveFindings(_ events: [Int64], from old: Int64, to new: Int64, _ db: Database) throws {
        for event in events {
            try db.execute(
                sql: "UPDATE event SET ticket = ? WHERE id = ? AND ticket = ?",
                arguments: [new, event, old])
        }
    }

    func store(_ memory: [MemoryRow], _ db: Database) throws {
        for row in memory {
            guard let value = row.value else {
                try db.execute(
                    sql: "DELETE FROM ticket_memory WHERE kind = ? AND key = ?",
                    arguments: [row.kind.rawValue, row.key])
                continue
            }
            var binder = try kept.binder(.memory, db)
            binder.bind(row.kind.rawValue)
            binder.bind(row.key)
            binder.bind(value)
            try binder.run(db)
        }
    }

    // MARK: - Back again

    /// The tickets that the ticket stage must know, in order of number.
    static func liveTickets(_ db: Database) throws -> [Ticket] {
        try fold(
            tickets: (isLive, []),
            events: ("ticket IN (SELECT number FROM ticket WHERE \(isLive))", []), db)
    }

    /// Whether the ticket stage must know a ticket, for SQL, so that an index finds it.
    static let isLive = "state IN (\(openStates)) OR state = 'closed' AND live = 1"

    static func memory(_ db: Database) throws -> [MemoryRow] {
        try Row.fetchAll(db, sql: "SELECT kind, key, value FROM ticket_memory").compactMap { row in
            MemoryRow.Kind(rawValue: row[0]).map {
                MemoryRow(kind: $0, key: row[1], value: row[2] as String)
            }
        }
    }

    /// A ticket as its events make it, or `nil` when there is none with the number.
    public func foldedTicket(_ number: Int64) throws -> Ticket? {
        try query { db in
            try Self.fold(
                tickets: ("number = ?", [number]), events: ("ticket = ?", [number]), db
            ).first
        }
    }

    /// What happened to a ticket, in order.
    public func history(of ticket: Int64) throws -> [TicketEvent] {
        try query { db in
            var rows = try EventRows(
                db, "FROM ticket_event WHERE ticket = ? ORDER BY seq", [ticket])
            var events: [TicketEvent] = []
            while let event = try rows.next(db) { events.append(event) }
            return events
        }
    }

    /// Which of `events` are findings of a ticket.
    public func findings(_ events: [Int64], of ticket: Int64) throws -> [Int64] {
        try query { db in
            try events.filter { event in
                try Bool.fetchOne(
                    db,
                    sql: """
                        SELECT EXISTS (SELECT 1 FROM event
                            WHERE id = ? AND ticket = ? AND state = 'raised')
                        """, arguments: [event, ticket]) ?? false
            }
        }
    }
}
