import FaultDecoding
import FleetWatch
import Foundation
import GRDB
import ServiceTickets
import VehicleFaults

/// What a daemon needs to go on where the last commit ended.
public struct StoreState: Sendable {
    /// The newest journal row, 0 before the first.
    public var row: Int64 = 0
    /// The first row that some stored lane may lack.
    public var checkpoint: Int64 = 1
    public var position: UInt64 = 0
    /// The newest received time, in milliseconds; `Int64.min` before the first message.
    public var received = Int64.min
    public var digest = DecisionDigest()
    /// The newest event.
    public var lastEvent: Int64 = 0
    /// Tickets that the ticket stage must know: those that are open, and those whose repair is
    /// watched.
    public var openTickets: [Ticket] = []
    /// What the ticket stage remembers besides.
    public var memory: [MemoryRow] = []
    public var nextTicket: Int64 = 1
    /// What the vehicles know together; `nil` when no rule asked for it.
    public var fleet: FleetTrends?
    /// What numbers of Sparkplug B stand for.
    public var aliases = SparkplugAliases()
}

/// A row of the journal.
public struct JournalRow: Sendable {
    public enum Kind: String, Sendable {
        /// Messages and ticks; see ``JournalBody``.
        case batch
        /// From here on other rules or settings decide; the body is theirs.
        case rules
    }

    public var row: Int64
    public var kind: Kind
    /// The position of its first message.
    public var first: UInt64
    public var messages: Int
    public var body: [UInt8]
}

/// The store holds something that it never wrote.
public struct StoreDamaged: Error, CustomStringConvertible {
    public var description: String

    public init(_ description: String) { self.description = description }
}

extension TicketStore {
    /// How facts begin that say what numbers of Sparkplug B stand for; an edge node's name follows.
    static let aliases = "sparkplug "

    /// The newest journal row that was decided; 0 before the first.
    ///
    /// What ``state()`` says as well, without the tickets and the fleet that a daemon goes on with.
    public func newestRow() throws -> Int64 {
        try read { db in
            try String.fetchOne(db, sql: "SELECT value FROM fact WHERE name = 'row'")
                .flatMap(Int64.init) ?? 0
        }
    }

    /// The state as of the last commit.
    public func state() throws -> StoreState {
        try read { db in
            var state = StoreState()
            let facts = try Dictionary(
                uniqueKeysWithValues: Row.fetchAll(db, sql: "SELECT name, value FROM fact")
                    .map { (row: Row) -> (String, String) in (row[0], row[1]) })
            // Not the newest row of the journal: retention may have let go of it.
            state.row = facts["row"].flatMap(Int64.init) ?? 0
            state.checkpoint = facts["checkpoint"].flatMap(Int64.init) ?? 1
            state.position = facts["position"].flatMap(UInt64.init) ?? 0
            state.received = facts["received"].flatMap(Int64.init) ?? .min
            if let hex = facts["digest"], let digest = DecisionDigest(hex: hex) {
                state.digest = digest
            }
            for (name, value) in facts where name.hasPrefix(Self.aliases) {
                state.aliases.restore(
                    SparkplugAliases.Change(
                        node: String(name.dropFirst(Self.aliases.count)), names: value))
            }
            state.lastEvent = try Int64.fetchOne(db, sql: "SELECT max(id) FROM event") ?? 0
            state.nextTicket =
                (try Int64.fetchOne(db, sql: "SELECT max(number) FROM ticket") ?? 0) + 1
            state.openTickets = try Self.liveTickets(db)
            state.memory = try Self.memory(db)
            state.fleet = try Self.fleet(db).map { try FleetTrends(bytes: $0) }
            return state
        }
    }

    /// The stored lanes of some vehicles; those without one are left out.
    public func lanes(of vehicles: [VehicleID]) throws -> [StoredLane] {
        guard !vehicles.isEmpty else { return [] }
        return try read { db in
            let statement = try db.cachedStatement(
                sql: "SELECT applied_row, due_at, state FROM lane WHERE vehicle = ?")
            var result: [StoredLane] = []
            for vehicle in vehicles {
                guard let row = try Row.fetchOne(statement, arguments: [vehicle.description]) else {
                    continue
                }
                result.append(
                    StoredLane(
                        vehicle: vehicle, appliedRow: row[0], due: row[1],
                        bytes: [UInt8](row[2] as Data)))
            }
            return result
        }
    }

    /// The vehicles whose stored lane has something to do at a tick.
    public func vehiclesDue(at time: Int64) throws -> [VehicleID] {
        try read { db in
            try String.fetchAll(
                db, sql: "SELECT vehicle FROM lane WHERE due_at <= ?", arguments: [time]
            ).compactMap { VehicleID($0) }
        }
    }

    /// Whether any lane is stored at all.
    public func hasLanes() throws -> Bool {
        try read { db in try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM lane)") ?? false }
    }

    /// Calls `body` with each journal row from `first` on, in order.
    ///
    /// A few rows are in memory at a time, and no transaction is open while `body` runs, so that it
    /// may use the store itself.
    public func forEachRow(from first: Int64, _ body: (JournalRow) throws -> Void) throws {
        var next = first
        while true {
            let rows = try rows(from: next, limit: 16)
            for row in rows { try body(row) }
            guard let last = rows.last else { return }
            next = last.row + 1
        }
    }

    private func rows(from first: Int64, limit: Int) throws -> [JournalRow] {
        try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT row, kind, first, messages, body FROM journal WHERE row >= ?
                    ORDER BY row LIMIT ?
                    """, arguments: [first, limit]
            ).map { row in
                guard let kind = JournalRow.Kind(rawValue: row[1]) else {
                    throw StoreDamaged("journal row \(row[0] as Int64) is of an unknown kind")
                }
                return JournalRow(
                    row: row[0], kind: kind, first: UInt64(bitPattern: row[2]), messages: row[3],
                    body: [UInt8](row[4] as Data))
            }
        }
    }

    /// The rules that decided the newest row; `nil` before any did.
    public func rulesInForce() throws -> JournalRow? { try rules(at: newestRow()) }

    /// The rules that were in force when journal row `row` was written.
    public func rules(at row: Int64) throws -> JournalRow? {
        try read { db in
            guard
                let found = try Row.fetchOne(
                    db,
                    sql: """
                        SELECT row, first, body FROM journal WHERE kind = 'rules' AND row <= ?
                        ORDER BY row DESC LIMIT 1
                        """, arguments: [row])
            else { return nil }
            return JournalRow(
                row: found[0], kind: .rules, first: UInt64(bitPattern: found[1]), messages: 0,
                body: [UInt8](found[2] as Data))
        }
    }

    /// Puts other rules in force, as journal row `row`, and stores every lane that is behind.
    ///
    /// - Parameters:
    ///   - body: the rules and settings, in the caller's form.
    ///   - fleet: what the vehicles know together.
    ///   - joined: devices whose lanes are now those of vehicles among `lanes`; their tickets and
    ///     findings are shown with the vehicles from now on.
    ///   - memory: what the ticket stage remembers otherwise than before.
    ///   - texts: each rule's digest, id, condition, clear condition and place, for display.
    public func changeRules(
        row: Int64, received: Int64, position: UInt64, body: [UInt8], lanes: [StoredLane],
        fleet: [UInt8]? = nil, texts: [RuleText], joined: [SourceRegistry.Naming] = [],
        memory: [MemoryRow] = []
    ) throws {
        try write { db in
            for naming in joined {
                let names: StatementArguments = [
                    naming.vehicle.description, naming.source.description,
                ]
                // What was decided stays as it was worded; only where it is looked for changes.
                try db.execute(
                    sql: "UPDATE event SET vehicle = ? WHERE vehicle = ?", arguments: names)
                try db.execute(
                    sql: """
                        UPDATE ticket_card SET vehicle = ?1
                        WHERE number IN (SELECT number FROM ticket WHERE vehicle = ?2)
                        """, arguments: names)
                try db.execute(
                    sql: "UPDATE ticket SET vehicle = ? WHERE vehicle = ?", arguments: names)
                try db.execute(
                    sql: "DELETE FROM lane WHERE vehicle = ?",
                    arguments: [naming.source.description])
            }
            try self.store(memory, db)
            try storeLanes(lanes, db)
            try storeFleet(fleet, db)
            var binder = try kept.binder(.journal, db)
            binder.bind(row)
            binder.bind(received)
            binder.bind(lasting: "rules")
            binder.bind(position + 1)
            binder.bind(Int64(0))
            binder.bind(body[...])
            try binder.run(db)
            for text in texts {
                try db.execute(
                    sql: """
                        INSERT INTO rule_text (hash, rule, condition, clear, source)
                        VALUES (?, ?, ?, ?, ?) ON CONFLICT (hash) DO NOTHING
                        """,
                    arguments: [text.hash, text.rule, text.condition, text.clear, text.source])
            }
            try setFacts([("row", String(row)), ("checkpoint", String(row + 1))], db)
        }
    }

    /// A rule's text as it is shown beside a ticket.
    public struct RuleText: Sendable {
        public var hash: String
        public var rule: String
        public var condition: String
        public var clear: String?
        /// File and line.
        public var source: String

        public init(hash: String, rule: String, condition: String, clear: String?, source: String) {
            self.hash = hash
            self.rule = rule
            self.condition = condition
            self.clear = clear
            self.source = source
        }
    }
}

extension TicketStore {
    /// Stores lanes as of the newest journal row, after which recovery needs no row up to it.
    public func storeAll(_ lanes: [StoredLane], fleet: [UInt8]? = nil, checkpoint: Int64) throws {
        try write { db in
            try storeLanes(lanes, db)
            try storeFleet(fleet, db)
            try setFacts([("checkpoint", String(checkpoint))], db)
        }
    }
}

/// Decisions as they are stored, a piece at a time.
public struct EventTexts {
    private let store: TicketStore
    private var first: Int64
    private var piece: ArraySlice<(id: Int64, body: String)> = []

    init(store: TicketStore, from first: Int64) {
        self.store = store
        self.first = first
    }

    /// The next decision, or `nil` after the last.
    public mutating func next() throws -> (id: Int64, body: String)? {
        if piece.isEmpty {
            let from = first
            piece = try store.read { db in
                try Row.fetchAll(
                    db, sql: "SELECT id, body FROM event WHERE id >= ? ORDER BY id LIMIT 10000",
                    arguments: [from]
                ).map { (id: $0[0] as Int64, body: $0[1] as String) }[...]
            }
        }
        guard let event = piece.popFirst() else { return nil }
        first = event.id + 1
        return event
    }
}

extension TicketStore {
    /// The stored decisions from event `first` on.
    public func eventTexts(from first: Int64) throws -> EventTexts {
        EventTexts(store: self, from: first)
    }
}
