import GRDB
import ServiceTickets
import VehicleFaults

/// Events of tickets, one after the other.
struct EventRows {
    /// What is read, in this order.
    static let columns = "seq, ticket, epoch, at, actor, role, kind, state, json"

    private let rows: ColumnRows
    private var actors = SeenTexts<String>()
    private var roles = SeenTexts<Role>()
    private var kinds = SeenTexts<TicketEvent.Kind> { TicketEvent.Kind(name: $0) }
    private var states = SeenTexts<TicketState>()

    /// - Parameter rest: what follows the columns in the statement.
    init(_ db: Database, _ rest: String, _ arguments: StatementArguments) throws {
        rows = try ColumnRows(db, "SELECT \(Self.columns) \(rest)", arguments)
    }

    mutating func next(_ db: Database) throws -> TicketEvent? {
        guard try rows.next(db) else { return nil }
        guard let at = rows.time(3), let actor = actors(rows.bytes(4)),
            let role = roles(rows.bytes(5)), let kind = kinds(rows.bytes(6)),
            let state = states(rows.bytes(7)), let json = rows.bytes(8),
            let fields = Fields(json: Array(json))
        else {
            throw StoreDamaged("ticket event \(rows.integer(0)) has an unreadable field")
        }
        return TicketEvent(
            ticket: rows.integer(1), epoch: Int(rows.integer(2)), at: at, actor: actor, role: role,
            kind: kind, fields: fields, state: state)
    }
}

// Tickets as their events make them.
extension TicketStore {
    /// What of a ticket's row its events do not say.
    private static let rowColumns = [
        "number", "vehicle", "mode", "component", "skill", "name_en", "name_zh", "source",
        "opened_at", "opened_position", "latest_at", "symptom_gone", "opened_received", "findings",
        "rules", "kinds",
    ].joined(separator: ", ")

    /// A condition and what stands for its question marks.
    typealias Condition = (sql: String, arguments: StatementArguments)

    /// Folds events over tickets in one pass over both.
    ///
    /// - Parameters:
    ///   - tickets: which tickets.
    ///   - events: which of their events, of which the first of each ticket opens it.
    ///   - isPart: whether tickets without any of the events are left out; else they are damage.
    static func fold(
        tickets: Condition, events: Condition, isPart: Bool = false, _ db: Database
    ) throws -> [Ticket] {
        var result: [Ticket] = []
        let rows = try ColumnRows(
            db, "SELECT \(rowColumns) FROM ticket WHERE \(tickets.sql) ORDER BY number",
            tickets.arguments)
        var found = try EventRows(
            db, "FROM ticket_event WHERE \(events.sql) ORDER BY ticket, seq", events.arguments)
        var next = try found.next(db)
        var (rules, kinds) = (SeenTexts<[String]>(), SeenTexts<[String]>())
        while try rows.next(db) {
            let number = rows.integer(0)
            var ticket: Ticket?
            while let event = next, event.ticket == number {
                if ticket == nil { ticket = try rows.ticket(opening: event) }
                ticket?.apply(event)
                next = try found.next(db)
            }
            guard var ticket else {
                guard isPart else { throw StoreDamaged("ticket T-\(number) has no history") }
                continue
            }
            // Findings are counted in the row, since most say nothing new.
            ticket.findings = Int(rows.integer(13))
            ticket.rules = rules(rows.bytes(14)) ?? []
            ticket.kinds = kinds(rows.bytes(15)) ?? []
            result.append(ticket)
        }
        return result
    }
}

extension ColumnRows {
    /// The row as it was when it was opened.
    fileprivate func ticket(opening: TicketEvent) throws -> Ticket {
        guard let vehicle = text(1).flatMap({ VehicleID($0) }),
            let severity = opening.fields[.severity].flatMap({ Severity(name: $0) }),
            let advice = opening.fields[.advice].flatMap({ Advice(name: $0) }),
            let source: TicketSource = choice(7), let openedAt = time(8), let latest = time(10),
            let received = time(12)
        else { throw StoreDamaged("ticket T-\(opening.ticket) has an unreadable field") }
        return Ticket(
            number: opening.ticket, vehicle: vehicle, mode: text(2) ?? "", severity: severity,
            advice: advice, component: opening.fields[.component] ?? text(3) ?? "",
            skill: text(4) ?? "", name: (text(5) ?? "", text(6) ?? ""), openedAt: openedAt,
            openedPosition: UInt64(bitPattern: integer(9)), findings: 0, latestAt: latest,
            symptomGone: integer(11) != 0, openedReceived: received, source: source)
    }
}
