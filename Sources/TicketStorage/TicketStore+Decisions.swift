import FleetWatch
import GRDB
import GRDBSQLite
import ServiceTickets
import VehicleFaults

/// What a transaction has still to write. A ticket changes several times within a long one and its
/// row is wide, so it is written once, as it is in the end.
public struct PendingRows {
    fileprivate struct TicketRow {
        var ticket: Shared<Ticket>
        /// Whether more has changed than what every finding counts up.
        var isWhole: Bool
        /// Whether it has no row yet.
        var isNew: Bool
    }

    fileprivate var tickets: [Int64: TicketRow] = [:]
    /// Between which times failures are expected, by ticket, in milliseconds.
    fileprivate var dates: [Int64: (from: Int64, to: Int64)] = [:]
    fileprivate var evidence: [(position: UInt64, event: Int64)] = []
    /// What happened to tickets, in order, each with the decision that says it.
    fileprivate var history: [(event: TicketEvent, decision: Int64?)] = []

    /// Nothing that waits.
    public init() {}

    /// Whether so much waits that it had better be written, in a transaction that is still long.
    var isMuch: Bool { tickets.count >= 2000 || evidence.count >= 20_000 }

    fileprivate mutating func take(
        _ ticket: Shared<Ticket>, isWhole: Bool, isNew: Bool = false
    ) {
        var row = tickets[ticket.number] ?? TicketRow(ticket: ticket, isWhole: false, isNew: false)
        row.ticket = ticket
        row.isWhole = row.isWhole || isWhole
        row.isNew = row.isNew || isNew
        tickets[ticket.number] = row
    }

    fileprivate mutating func take(_ finding: Finding, of event: Int64) {
        for (place, item) in finding.evidence.enumerated()
        where place == 0 || finding.evidence[place - 1].position != item.position {
            evidence.append((item.position, event))
        }
    }
}

// Decisions on their way into the store.
extension TicketStore {
    /// Adds the rows of decisions; what may change again in the same transaction waits in `pending`
    /// for ``flush(_:_:)``.
    func insertDecisions(_ commit: Commit, _ pending: inout PendingRows, _ db: Database) throws {
        try store(commit.memory, db)
        let decisions = commit.outcome.decisions
        guard !decisions.isEmpty else { return }
        // The texts lie still until the last row is in, so that SQLite need not copy them.
        try commit.texts.bytes.withUnsafeBytes { bytes in
            try kept.write(.event, count: decisions.count, db) { place, binder in
                bind(decisions[place], of: commit, to: &binder)
                binder.bind(
                    lasting: UnsafeRawBufferPointer(rebasing: bytes[commit.texts[place]]))
            }
        }
        // Rows are numbered one after the other.
        let first = sqlite3_last_insert_rowid(db.sqliteConnection) - Int64(decisions.count) + 1
        for (place, decision) in decisions.enumerated() {
            let event = first + Int64(place)
            switch decision {
            case .finding(let settled):
                pending.take(settled.finding, of: event)
                if let ticket = settled.ticket {
                    pending.take(
                        ticket, isWhole: settled.effect.changesMore,
                        isNew: settled.effect == .opened)
                    noteDates(settled.finding, of: ticket.number, in: &pending)
                }
                if let own = settled.own { pending.history.append((own, event)) }
            case .ticket(let note):
                pending.history.append((note.event, event))
                pending.take(note.ticket, isWhole: true)
                if note.event.kind == .step(.split), let moved = note.event.movedFindings,
                    let target = note.event.fields.splitTarget
                {
                    try moveFindings(moved, from: note.event.ticket, to: target, db)
                }
            case .maintenance(let finding): pending.take(finding, of: event)
            case .deadLetter(let letter): try store(letter, of: commit, db)
            }
        }
        let inRuns = pending.history.count / Self.eventsARun * Self.eventsARun
        try store(&pending.history, first: inRuns, db)
    }

    /// Writes what waits.
    func flush(_ pending: inout PendingRows, _ db: Database) throws {
        var fresh: [Shared<Ticket>] = []
        var whole: [Shared<Ticket>] = []
        for number in pending.tickets.keys.sorted() {
            guard let row = pending.tickets[number] else { continue }
            if row.isNew {
                fresh.append(row.ticket)
            } else if row.isWhole {
                whole.append(row.ticket)
            } else {
                try count(row.ticket, db)
            }
        }
        try store(&pending.history, first: pending.history.count, db)
        try store(fresh, areNew: true, db)
        try store(whole, db)
        for number in pending.dates.keys.sorted() {
            guard let dates = pending.dates[number] else { continue }
            var binder = try kept.binder(.ticketDates, db)
            binder.bind(dates.from)
            binder.bind(dates.to)
            binder.bind(number)
            try binder.run(db)
        }
        try store(&pending.evidence, db)
        pending.tickets.removeAll(keepingCapacity: true)
        pending.dates.removeAll(keepingCapacity: true)
        pending.evidence.removeAll(keepingCapacity: true)
    }

    /// The columns of a decision but for its text.
    private func bind(_ decision: Decision, of commit: Commit, to binder: inout Binder) {
        switch decision {
        case .finding(let settled): bind(settled, of: commit, to: &binder)
        case .ticket(let note): bind(note, of: commit, to: &binder)
        case .maintenance(let finding):
            binder.bind(lasting: "maintenance")
            binder.bind(commit.received)
            binder.bind(finding.position)
            binder.bind(finding.at.milliseconds)
            binder.bind(finding.vehicle)
            for _ in 0..<3 { binder.bindNull() }
            binder.bind(lasting: "codes_cleared")
            for _ in 0..<2 { binder.bindNull() }
        case .deadLetter(let letter):
            binder.bind(lasting: "dead_letter")
            binder.bind(commit.received)
            binder.bind(letter.position)
            // The columns at, vehicle … ticket stay empty: nothing of it was understood.
            for _ in 0..<8 { binder.bindNull() }
        }
    }

    private func bind(_ settled: SettledFinding, of commit: Commit, to binder: inout Binder) {
        binder.bind(lasting: "finding")
        binder.bind(commit.received)
        binder.bind(settled.finding.position)
        binder.bind(settled.finding.at.milliseconds)
        binder.bind(settled.finding.vehicle)
        binder.bind(settled.ruleID)
        binder.bind(settled.mode)
        binder.bind(settled.severity.name)
        binder.bind(lasting: settled.finding.kind == .raised ? "raised" : "cleared")
        binder.bind(settled.effect.rawValue)
        binder.bind(settled.ticket?.number)
    }

    /// An event of a ticket as a row of all events.
    private func bind(_ note: TicketNote, of commit: Commit, to binder: inout Binder) {
        binder.bind(lasting: "ticket")
        binder.bind(note.event.at.milliseconds)
        binder.bind(commit.outcome.position)
        binder.bind(note.event.at.milliseconds)
        binder.bind(note.ticket.vehicle)
        binder.bindNull()
        binder.bind(note.ticket.mode)
        binder.bind(note.ticket.severity.name)
        binder.bind(note.event.state.rawValue)
        binder.bind(note.event.kind.name)
        binder.bind(note.event.ticket)
    }

    /// Notes between which times a finding expects the failure.
    private func noteDates(_ finding: Finding, of ticket: Int64, in pending: inout PendingRows) {
        for item in finding.evidence {
            guard case .trend(let found) = item.content, let from = found.dueFrom,
                let to = found.dueTo
            else { continue }
            pending.dates[ticket] = (from.milliseconds, to.milliseconds)
        }
    }

    /// Writes what every finding counts up, since most do no more and a row has many columns.
    private func count(_ ticket: Shared<Ticket>, _ db: Database) throws {
        var binder = try kept.binder(.ticketCount, db)
        binder.bind(Int64(ticket.findings))
        binder.bind(ticket.latestAt.milliseconds)
        binder.bind(Int64(ticket.symptomGone ? 1 : 0))
        binder.put("rules", lines: ticket.rules)
        binder.put("kinds", lines: ticket.kinds)
        binder.bind(ticket.number)
        try binder.run(db)
        // A ticket that a rule opened has its first rule from the beginning.
        guard ticket.source != .rule, let rule = ticket.rules.first, ticket.rules.count == 1 else {
            return
        }
        try db.execute(
            sql: "UPDATE ticket_card SET rule = ? WHERE number = ?",
            arguments: [rule, ticket.number])
    }

    private func store(_ evidence: inout [(position: UInt64, event: Int64)], _ db: Database) throws
    {
        guard !evidence.isEmpty else { return }
        // In the order of the table, which then grows where it was just written.
        evidence.sort { ($0.position, $0.event) < ($1.position, $1.event) }
        try kept.write(.evidence, count: evidence.count, rowsARun: 64, db) { place, binder in
            binder.bind(evidence[place].position)
            binder.bind(evidence[place].event)
        }
    }
}

extension TicketEffect {
    /// Whether a finding with this effect changes more of its ticket than it counts up.
    fileprivate var changesMore: Bool {
        switch self {
        case .opened, .raised, .reopened: true
        default: false
        }
    }
}
