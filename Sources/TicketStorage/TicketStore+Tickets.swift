import GRDB
import ServiceTickets
import VehicleFaults

// Tickets on their way into the store and back.
extension TicketStore {
    /// Writes what a ticket has become over its row, or makes the row.
    func store(_ ticket: Ticket, _ db: Database) throws {
        try store(ticket, ticketUpsert(db), db)
        try storeCard(of: ticket, cardUpsert(db), db)
    }

    /// The statement that ``store(_:_:_:)`` runs: it is long, and so not looked for with each ticket.
    func ticketUpsert(_ db: Database) throws -> Statement {
        try db.cachedStatement(sql: Self.upsert)
    }

    /// Writes what a ticket has become with a statement that was looked for before.
    func store(_ ticket: Ticket, _ statement: Statement, _ db: Database) throws {
        var binder = Binder(statement)
        binder.bind(ticket.number)
        ticket.putColumns(into: &binder)
        try binder.run(db)
    }

    /// The statement that ``storeCard(of:_:_:)`` runs.
    func cardUpsert(_ db: Database) throws -> Statement {
        try db.cachedStatement(
            sql: """
                INSERT INTO ticket_card (number, opened, vehicle, rule, card) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (number) DO UPDATE SET vehicle = excluded.vehicle, rule = excluded.rule,
                    card = excluded.card
                """)
    }

    /// Writes what reports ask of a ticket.
    func storeCard(of ticket: Ticket, _ statement: Statement, _ db: Database) throws {
        var binder = Binder(statement)
        binder.bind(ticket.number)
        binder.bind(ticket.openedReceived.milliseconds)
        binder.bind(ticket.vehicle)
        if let rule = ticket.rules.first { binder.bind(rule) } else { binder.bindNull() }
        binder.bind(ticket.card.bytes[...])
        try binder.run(db)
    }

    private static let upsert: String = {
        var names = ColumnNames()
        Ticket(
            number: 0, vehicle: VehicleID(checked: (0, 0, 0, 0, 0)), mode: "", severity: .s4,
            advice: .a4, component: "", skill: "", name: ("", ""),
            openedAt: EventTime(milliseconds: 0), openedPosition: 0, findings: 0,
            latestAt: EventTime(milliseconds: 0), symptomGone: false
        ).putColumns(into: &names)
        let places = names.names.map { _ in "?" }.joined(separator: ", ")
        let changes = names.names.map { "\($0) = excluded.\($0)" }.joined(separator: ", ")
        return """
            INSERT INTO ticket (number, \(names.names.joined(separator: ", ")))
            VALUES (?, \(places)) ON CONFLICT (number) DO UPDATE SET \(changes)
            """
    }()

    /// The statement that ``store(_:event:_:_:)`` runs.
    func historyInsert(_ db: Database) throws -> Statement {
        try db.cachedStatement(
            sql: """
                INSERT INTO ticket_event (ticket, epoch, at, actor, role, kind, state, event, json)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
    }

    /// Adds an event to a ticket's history.
    func store(
        _ ticketEvent: TicketEvent, event: Int64?, _ statement: Statement, _ db: Database
    ) throws {
        var binder = Binder(statement)
        binder.bind(ticketEvent.ticket)
        binder.bind(Int64(ticketEvent.epoch))
        binder.bind(ticketEvent.at.milliseconds)
        binder.bind(ticketEvent.actor)
        binder.bind(ticketEvent.role.rawValue)
        binder.bind(ticketEvent.kind.name)
        binder.bind(ticketEvent.state.rawValue)
        binder.bind(event)
        binder.bind(ticketEvent.fields.json)
        try binder.run(db)
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
            var binder = Binder(
                try db.cachedStatement(
                    sql: """
                        INSERT INTO ticket_memory (kind, key, value) VALUES (?, ?, ?)
                        ON CONFLICT (kind, key) DO UPDATE SET value = excluded.value
                        """))
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
            tickets: ("live = 1", []),
            events: ("ticket IN (SELECT number FROM ticket WHERE live = 1)", []), db)
    }

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
