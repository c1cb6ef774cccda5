import ServiceTickets
import VehicleFaults

/// What is written row by row, each with a statement that is kept (``KeptStatements``).
///
/// What a failed statement has left behind goes with its transaction. `OR FAIL` says so to SQLite,
/// which would else copy each page first, to take back what the statement did and nothing more.
enum StoredRow: Int, CaseIterable {
    case event, evidence, ticketEvent
    case newTicket, ticket, ticketCount, ticketDates, newCard, ticketCard
    case journal, deadLetter, newLane, lane, fleet, memory, fact, factChange
    case begin, commit

    /// The statement's text.
    ///
    /// - Parameter rows: how many rows each run of it writes.
    func sql(rows: Int) -> String {
        switch self {
        case .event:
            Self.insert(
                "INSERT OR FAIL INTO event",
                [
                    "kind", "received_at", "position", "at", "vehicle", "rule", "mode", "severity",
                    "state", "effect", "ticket", "body",
                ], rows)
        case .evidence: Self.insert("INSERT OR IGNORE INTO evidence", ["position", "event"], rows)
        case .newTicket:
            Self.insert("INSERT OR FAIL INTO ticket", ["number"] + Self.ticketColumns, rows)
        case .ticket:
            Self.newTicket.sql(rows: rows) + " ON CONFLICT (number) DO UPDATE SET "
                + Self.ticketColumns.map { "\($0) = excluded.\($0)" }.joined(separator: ", ")
        case .ticketCount:
            """
            UPDATE OR FAIL ticket SET findings = ?, latest_at = ?, symptom_gone = ?, rules = ?,
                kinds = ? WHERE number = ?
            """
        case .ticketDates:
            "UPDATE OR FAIL ticket SET predicted_from = ?, predicted_to = ? WHERE number = ?"
        case .ticketEvent:
            Self.insert(
                "INSERT OR FAIL INTO ticket_event",
                ["ticket", "epoch", "at", "actor", "role", "kind", "state", "event", "json"], rows)
        case .newCard:
            Self.insert(
                "INSERT OR FAIL INTO ticket_card", ["number", "opened", "vehicle", "rule", "card"],
                rows)
        case .ticketCard:
            Self.newCard.sql(rows: rows)
                + """
                 ON CONFLICT (number) DO UPDATE SET vehicle = excluded.vehicle,
                    rule = excluded.rule, card = excluded.card
                """
        case .journal:
            "INSERT INTO journal (row, received_at, kind, first, messages, body)"
                + " VALUES (?, ?, ?, ?, ?, ?)"
        case .deadLetter:
            """
            INSERT INTO dead_letter (position, received_at, topic, reason, offset, payload, state)
            VALUES (?, ?, ?, ?, ?, ?, 'kept')
            """
        case .newLane:
            Self.insert(
                "INSERT OR FAIL INTO lane", ["vehicle", "applied_row", "due_at", "state"], rows)
        case .lane:
            Self.newLane.sql(rows: rows)
                + """
                 ON CONFLICT (vehicle) DO UPDATE SET applied_row = excluded.applied_row,
                    due_at = excluded.due_at, state = excluded.state
                """
        case .fleet:
            """
            INSERT INTO fleet_state (id, body) VALUES (1, ?)
            ON CONFLICT (id) DO UPDATE SET body = excluded.body
            """
        case .memory:
            Self.insert("INSERT OR FAIL INTO ticket_memory", ["kind", "key", "value"], rows)
                + " ON CONFLICT (kind, key) DO UPDATE SET value = excluded.value"
        case .fact:
            Self.insert("INSERT OR FAIL INTO fact", ["name", "value"], rows)
                + " ON CONFLICT (name) DO UPDATE SET value = excluded.value"
        case .factChange:
            Self.insert("INSERT OR FAIL INTO fact", ["name", "value"], rows)
                + """
                 ON CONFLICT (name) DO UPDATE
                    SET value = CAST(value AS INTEGER) + excluded.value
                """
        case .begin: "BEGIN IMMEDIATE"
        case .commit: "COMMIT"
        }
    }

    /// Bytes of texts and blobs that a row has as a rule.
    var room: Int {
        switch self {
        case .newLane, .lane: 2048
        default: 768
        }
    }

    private static func insert(_ head: String, _ columns: [String], _ rows: Int) -> String {
        let row = "(" + columns.map { _ in "?" }.joined(separator: ", ") + ")"
        return "\(head) (\(columns.joined(separator: ", "))) VALUES "
            + Array(repeating: row, count: rows).joined(separator: ", ")
    }

    private static let ticketColumns: [String] = {
        var names = ColumnNames()
        Ticket(
            number: 0, vehicle: VehicleID(checked: (0, 0, 0, 0, 0)), mode: "", severity: .s4,
            advice: .a4, component: "", skill: "", name: ("", ""),
            openedAt: EventTime(milliseconds: 0), openedPosition: 0, findings: 0,
            latestAt: EventTime(milliseconds: 0), symptomGone: false
        ).putColumns(into: &names)
        return names.names
    }()
}
