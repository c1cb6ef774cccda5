import GRDB
import ServiceTickets
import VehicleFaults

// Tickets on their way into the store and back.
extension TicketStore {
    /// Writes what a ticket has become over its row, or makes the row.
    func store(_ ticket: Ticket, _ db: Database) throws {
        let columns = Self.columns(ticket)
        var binder = Binder(try db.cachedStatement(sql: Self.upsert))
        binder.bind(ticket.number)
        for column in columns { binder.bind(column.value) }
        try binder.run(db)
    }

    private static let upsert: String = {
        let names = columnNames
        let places = names.map { _ in "?" }.joined(separator: ", ")
        let changes = names.map { "\($0) = excluded.\($0)" }.joined(separator: ", ")
        return """
            INSERT INTO ticket (number, \(names.joined(separator: ", "))) VALUES (?, \(places))
            ON CONFLICT (number) DO UPDATE SET \(changes)
            """
    }()

    private static let columnNames = columns(
        Ticket(
            number: 0, vehicle: VehicleID(checked: (0, 0, 0, 0, 0)), mode: "", severity: .s4,
            advice: .a4, component: "", skill: "", name: ("", ""),
            openedAt: EventTime(milliseconds: 0), openedPosition: 0, findings: 0,
            latestAt: EventTime(milliseconds: 0), symptomGone: false)
    ).map(\.name)

    private static func columns(_ ticket: Ticket) -> [(name: String, value: ColumnValue)] {
        let course = ticket.course
        return [
            ("vehicle", .text(ticket.vehicle.description)), ("mode", .text(ticket.mode)),
            ("severity", .text(ticket.severity.name)), ("advice", .text(ticket.advice.name)),
            ("component", .text(ticket.component)), ("skill", .text(ticket.skill)),
            ("name_en", .text(ticket.name.en)), ("name_zh", .text(ticket.name.zh)),
            ("state", .text(ticket.state.rawValue)), ("opened_at", .time(ticket.openedAt)),
            ("opened_received", .time(ticket.openedReceived)),
            ("opened_position", .integer(Int64(bitPattern: ticket.openedPosition))),
            ("findings", .integer(Int64(ticket.findings))), ("latest_at", .time(ticket.latestAt)),
            ("symptom_gone", .integer(ticket.symptomGone ? 1 : 0)),
            ("live", .integer(ticket.isLive ? 1 : 0)), ("epoch", .integer(Int64(ticket.epoch))),
            ("source", .text(ticket.source.rawValue)),
            ("is_incident", .integer(ticket.isIncident ? 1 : 0)),
            ("rules", .text(ticket.rules.joined(separator: "\n"))),
            ("kinds", .text(ticket.kinds.joined(separator: "\n"))), ("site", .text(course.site)),
            ("assignee", .text(course.assignee)), ("customer", .text(course.customer)),
            ("actual_cost", .real(course.actualCost)),
            (
                "technicians",
                .text(
                    course.technicians.isEmpty ? nil : course.technicians.joined(separator: "\n"))
            ),
            ("inspector", .text(course.inspector)),
            ("disposition", .text(course.disposition?.rawValue)),
            ("cancel_reason", .text(course.cancelReason?.rawValue)),
            (
                "hold_reason",
                .text(course.state == .onHold ? course.pauses.last?.reason.rawValue : nil)
            ),
            ("merged_into", .integer(course.mergedInto)), ("caused_by", .integer(ticket.causedBy)),
            ("recurrence_of", .integer(ticket.recurrenceOf)),
            ("split_from", .integer(ticket.splitFrom)), ("proof", .text(ticket.proof.rawValue)),
            ("attempts", .integer(Int64(course.attempts))),
            ("reworks", .integer(Int64(course.reworks))),
            ("csat", .integer(course.csat.map { Int64($0) })), ("odometer", .real(course.odometer)),
            ("estimate_total", .real(ticket.estimate?.total)),
            ("estimate_currency", .text(ticket.estimate?.currency)),
            ("payer", .text(ticket.estimate?.payer.rawValue)),
            ("approved_by", .text(ticket.estimate?.approvedBy)),
            ("clock_start", .time(ticket.clockStart)), ("solve_from", .time(course.solveFrom)),
            ("responded_at", .time(course.respondedAt)),
            ("acknowledged_at", .time(course.acknowledgedAt)),
            ("triaged_at", .time(course.triagedAt)), ("contacted_at", .time(course.contactedAt)),
            ("scheduled_at", .time(course.scheduledAt)),
            ("appointment_at", .time(course.appointment)),
            ("checked_in_at", .time(course.checkedInAt)),
            ("repair_started_at", .time(course.repairStartedAt)),
            ("repaired_at", .time(course.repairedAt)), ("solved_at", .time(course.solvedAt)),
            ("delivered_at", .time(course.deliveredAt)),
            ("followed_up_at", .time(course.followedUpAt)), ("closed_at", .time(course.closedAt)),
            ("cancelled_at", .time(course.cancelledAt)), ("wake_at", .time(course.wakeAt)),
            ("due_at", .time(ticket.due?.at)), ("due_clock", .text(ticket.due?.clock.rawValue)),
            (
                "breached",
                .text(ticket.breached.map(\.rawValue).sorted().joined(separator: " "))
            ), ("estimate_id", .text(ticket.estimate?.id)),
            ("probability", .real(ticket.probability)), ("fails_at", .time(ticket.failsAt)),
            ("account", .text(ticket.account)),
        ]
    }

    /// Adds an event to a ticket's history.
    func store(_ ticketEvent: TicketEvent, event: Int64?, _ db: Database) throws {
        var binder = Binder(
            try db.cachedStatement(
                sql: """
                    INSERT INTO ticket_event
                        (ticket, epoch, at, actor, role, kind, state, event, json)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """))
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

/// A value on its way into a column.
enum ColumnValue {
    case text(String?)
    case integer(Int64?)
    case real(Double?)

    static func time(_ time: EventTime?) -> ColumnValue { .integer(time?.milliseconds) }
}

extension Binder {
    mutating func bind(_ value: ColumnValue) {
        switch value {
        case .text(let text?): bind(text)
        case .integer(let number): bind(number)
        case .real(let number?): bind(number)
        case .text(nil), .real(nil): bindNull()
        }
    }
}
