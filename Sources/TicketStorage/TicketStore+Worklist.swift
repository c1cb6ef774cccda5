import GRDB
import ServiceTickets
import VehicleFaults

/// How many open tickets there are of a severity in a state.
public struct TicketCount: Sendable {
    public var severity: Severity
    /// The stored name of the state.
    public var state: String
    public var count: Int
}

extension [TicketCount] {
    /// How many tickets there are of those that are asked for.
    public func total(where isWanted: (TicketCount) -> Bool = { _ in true }) -> Int {
        reduce(0) { isWanted($1) ? $0 + $1.count : $0 }
    }
}

/// What is to be done first.
public struct Worklist: Sendable {
    /// Those on which a promise ends soon or was broken, the first promise first.
    public var urgent: [StoredTicket] = []
    /// The others, the most urgent first and of equally urgent ones the longest open.
    public var others: [StoredTicket] = []
    /// Those about many vehicles, the most urgent first, whatever else is asked for.
    public var aboutMany: [StoredTicket] = []
    /// How many are open, whatever else is asked for; the gravest first.
    public var counts: [TicketCount] = []
}

/// Messages that arrived while the journal grew.
public struct Intake: Sendable {
    public var messages: Int
    /// Between which times they were received.
    public var from, to: EventTime
}

extension TicketStore {
    /// The first open tickets of each list, and how many there are.
    ///
    /// Looks once at every open ticket, and makes only those that are shown.
    ///
    /// - Parameters:
    ///   - severities, states: only these in the lists; empty for any.
    ///   - until: a promise that ends by then ends soon.
    ///   - limit: the most of each list.
    public func worklist(
        severities: Set<Severity>, states: Set<String>, until: EventTime, limit: Int
    ) throws -> Worklist {
        try query { db in
            var open = OpenTickets()
            var (urgent, others, aboutMany) = (
                FirstFew(limit: limit), FirstFew(limit: limit), FirstFew(limit: limit)
            )
            let rows = try ColumnRows(
                db,
                """
                SELECT number, severity, state, due_at, opened_received,
                    is_incident OR vehicle = '\(VehicleID.wholeFleet)'
                FROM ticket WHERE state IN (\(Self.openStates))
                """, [])
            while try rows.next(db) {
                guard let (severity, state) = open.count(rows, severity: 1, state: 2) else {
                    continue
                }
                let (number, opened) = (rows.integer(0), rows.integer(4))
                let byUrgency = FirstFew.Key(
                    first: -Int64(severity.rawValue), second: opened, number: number)
                if rows.integer(5) != 0 { aboutMany.add(byUrgency) }
                guard severities.isEmpty || severities.contains(severity),
                    states.isEmpty || states.contains(state)
                else { continue }
                if let due = rows.time(3), due <= until {
                    urgent.add(
                        FirstFew.Key(
                            first: due.milliseconds, second: -Int64(severity.rawValue),
                            number: number))
                } else {
                    others.add(byUrgency)
                }
            }
            return Worklist(
                urgent: try Self.tickets(urgent, db), others: try Self.tickets(others, db),
                aboutMany: try Self.tickets(aboutMany, db), counts: open.counts)
        }
    }

    private static func tickets(_ few: FirstFew, _ db: Database) throws -> [StoredTicket] {
        let list = few.keys.map { "\($0.number)" }.joined(separator: ",")
        let rows = try ColumnRows(
            db, "SELECT \(listColumns) FROM ticket WHERE number IN (\(list))", [])
        var texts = ListTexts()
        var found: [Int64: StoredTicket] = [:]
        while try rows.next(db) {
            if let ticket = ticket(rows, &texts) { found[ticket.number] = ticket }
        }
        return few.keys.compactMap { found[$0.number] }
    }

    /// How many tickets are open, by severity and state; the gravest first.
    public func openCounts() throws -> [TicketCount] {
        try query { db in
            let rows = try ColumnRows(
                db, "SELECT severity, state FROM ticket WHERE state IN (\(Self.openStates))", [])
            var open = OpenTickets()
            while try rows.next(db) { _ = open.count(rows, severity: 0, state: 1) }
            return open.counts
        }
    }

    /// The tickets of a vehicle, open or not: the most urgent first, at most so many.
    public func tickets(of vehicle: String, limit: Int) throws -> [StoredTicket] {
        var filter = TicketFilter()
        filter.isOpen = false
        filter.vehicle = VehiclePattern(vehicle)
        return Array(try tickets(filter).prefix(limit))
    }

    /// The findings of a ticket and of those that were merged into it, in order.
    public func findings(of ticket: Int64) throws -> [StoredEvent] {
        let merged = try tickets(linkedTo: ticket).filter { $0.link == "merged_into" }
        var filter = EventFilter()
        filter.values[.ticket] = (merged.map(\.number) + [ticket]).map { "\($0)" }
        return try events(filter, limit: .max).filter { $0.kind == "finding" }
    }

    /// The newest journal row that changed the rules, of those after `row` up to `last`; `nil` when
    /// none did. Reads the head of each row between.
    public func rulesChange(after row: Int64, upTo last: Int64) throws -> Int64? {
        try query { db in
            try Int64.fetchOne(
                db,
                sql: """
                    SELECT row FROM journal WHERE kind = 'rules' AND row > ? AND row <= ?
                    ORDER BY row DESC LIMIT 1
                    """, arguments: [row, last])
        }
    }

    /// What arrived in the last milliseconds before the newest message; `nil` before the first.
    ///
    /// Looks at the newest rows of the journal only, at most twenty thousand.
    public func intake(within milliseconds: Int64) throws -> Intake? {
        try query { db in
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT received_at, messages FROM journal WHERE kind = 'batch'
                    ORDER BY row DESC LIMIT 20000
                    """)
            var intake: Intake?
            while let row = try rows.next() {
                let at = EventTime(milliseconds: row[0])
                let messages: Int = row[1]
                guard messages > 0 else { continue }
                var sum = intake ?? Intake(messages: 0, from: at, to: at)
                guard sum.to.milliseconds(since: at) <= milliseconds else { break }
                sum.messages += messages
                sum.from = min(sum.from, at)
                intake = sum
            }
            return intake
        }
    }
}

/// Open tickets, counted by severity and state.
private struct OpenTickets {
    private struct Key: Hashable {
        var severity: Severity
        var state: String
    }

    private var tally: [Key: Int] = [:]
    private var names = SeenTexts<String>()
    private var grades = SeenTexts<Severity> { Severity(name: $0) }

    /// Counts a row, whose severity and state stand in these columns.
    ///
    /// - Returns: both; `nil` when they are none that this program knows.
    mutating func count(
        _ row: ColumnRows, severity: Int32, state: Int32
    ) -> (severity: Severity, state: String)? {
        guard let severity = grades(row.bytes(severity)), let state = names(row.bytes(state)) else {
            return nil
        }
        tally[Key(severity: severity, state: state), default: 0] += 1
        return (severity, state)
    }

    /// The gravest first.
    var counts: [TicketCount] {
        tally.map { TicketCount(severity: $0.severity, state: $0.state, count: $1) }
            .sorted { ($1.severity, $0.state) < ($0.severity, $1.state) }
    }
}

/// The first few of many, in order.
private struct FirstFew {
    struct Key: Comparable {
        var first, second, number: Int64

        static func < (a: Key, b: Key) -> Bool {
            (a.first, a.second, a.number) < (b.first, b.second, b.number)
        }
    }

    let limit: Int
    private(set) var keys: [Key] = []

    init(limit: Int) { self.limit = limit }

    mutating func add(_ key: Key) {
        if keys.count == limit {
            guard let last = keys.last, key < last else { return }
            keys.removeLast()
        }
        // Most of many are behind the last, so that few are put in.
        var (low, high) = (0, keys.count)
        while low < high {
            let middle = (low + high) / 2
            if keys[middle] < key { low = middle + 1 } else { high = middle }
        }
        keys.insert(key, at: low)
    }
}
