import Foundation
import GRDB
import VehicleFaults

/// One thing that was decided, as it is stored.
public struct StoredEvent: Sendable {
    /// Counted from 1 in the order of deciding; where a reader left off.
    public var id: Int64
    /// `finding`, `ticket` or `dead_letter`.
    public var kind: String
    public var received: EventTime
    /// The message that completed it, or that could not be read.
    public var position: UInt64
    /// The vehicle's time; `nil` for a dead letter, like all that follows.
    public var at: EventTime?
    public var vehicle: String?
    public var rule: String?
    public var mode: String?
    public var severity: Severity?
    /// `raised` or `cleared`, or the state of a ticket.
    public var state: String?
    /// What became of a finding, as `opened` or `joined`; of a ticket, what happened.
    public var effect: String?
    public var ticket: Int64?
    /// The decision as JSON, with its evidence.
    public var body: String
    /// The topic of a dead letter that is still kept.
    public var topic: [UInt8]?
}

/// Which events are wanted: all conditions must hold, and of one field's values any.
public struct EventFilter: Sendable {
    /// What a value can be asked of.
    public enum Field: String, Sendable, CaseIterable {
        case vehicle, rule, mode, severity, kind, ticket, state, effect
    }

    /// Values by field; the kind `ticket` is whatever opened, raised or moved one.
    public var values: [Field: [String]] = [:]
    public var severities: Set<Severity>?
    /// Received at this time or later.
    public var since: EventTime?
    /// Received at this time or earlier.
    public var until: EventTime?

    /// A filter that lets everything through.
    public init() {}

    /// Whether it lets everything through.
    public var isEmpty: Bool {
        values.isEmpty && severities == nil && since == nil && until == nil
    }
}

extension TicketStore {
    /// Runs a query in one read transaction; what SQLite says becomes a sentence.
    func query<Value>(_ body: (Database) throws -> Value) throws -> Value {
        do {
            return try read(body)
        } catch let error as DatabaseError {
            throw Unusable(path: path, reason: error.message ?? "\(error.resultCode)")
        }
    }

    /// Runs one statement outside a transaction; what SQLite says becomes a sentence.
    private func askAlone<Value>(_ body: (Database) throws -> Value) throws -> Value {
        do {
            return try ask(body)
        } catch let error as DatabaseError {
            throw Unusable(path: path, reason: error.message ?? "\(error.resultCode)")
        }
    }

    /// A number that changes when another process has committed: one cheap look at shared memory.
    public func dataVersion() throws -> Int64 {
        try askAlone { db in
            let rows = try kept.query("data version", db, "PRAGMA data_version")
            var version: Int64 = 0
            while try rows.next(db) { version = rows.integer(0) }
            return version
        }
    }

    /// Events in the order of deciding, or newest first.
    ///
    /// - Parameters:
    ///   - range: the identifiers to look at.
    ///   - limit: the most that are returned, so that no reader holds on to the log for long.
    public func events(
        _ filter: EventFilter = EventFilter(), in range: ClosedRange<Int64> = 1...Int64.max,
        newestFirst: Bool = false, limit: Int
    ) throws -> [StoredEvent] {
        // One statement is a transaction of its own, and a reader that waits for commits has no
        // time for another.
        try askAlone { db in
            let rows =
                filter.isEmpty
                ? try plainRows(in: range, newestFirst: newestFirst, limit: limit, db)
                : try filteredRows(filter, in: range, newestFirst: newestFirst, limit: limit, db)
            var events: [StoredEvent] = []
            while try rows.next(db) { events.append(Self.event(rows)) }
            return events
        }
    }

    private static func select(_ conditions: [String], newestFirst: Bool) -> String {
        """
        SELECT id, kind, received_at, position, at, vehicle, rule, mode, severity,
            state, effect, ticket, body, CASE kind WHEN 'dead_letter' THEN
            (SELECT topic FROM dead_letter WHERE dead_letter.position = event.position LIMIT 1) END
        FROM event WHERE \(conditions.joined(separator: " AND "))
        ORDER BY id \(newestFirst ? "DESC" : "ASC") LIMIT ?
        """
    }

    private func filteredRows(
        _ filter: EventFilter, in range: ClosedRange<Int64>, newestFirst: Bool, limit: Int,
        _ db: Database
    ) throws -> ColumnRows {
        var (conditions, arguments) = Self.conditions(of: filter)
        conditions.append("id BETWEEN ? AND ?")
        arguments += [range.lowerBound, range.upperBound, limit]
        let sql = Self.select(conditions, newestFirst: newestFirst)
        let rows = try kept.query(sql, db, sql)
        try rows.bind(arguments)
        return rows
    }

    /// Rows without a filter, which whoever follows the events asks for at each commit.
    private func plainRows(
        in range: ClosedRange<Int64>, newestFirst: Bool, limit: Int, _ db: Database
    ) throws -> ColumnRows {
        let rows = try kept.query(
            newestFirst ? "events, newest first" : "events", db,
            Self.select(
                Self.conditions(of: EventFilter()).0 + ["id BETWEEN ? AND ?"],
                newestFirst: newestFirst))
        rows.bind(range.lowerBound, to: 1)
        rows.bind(range.upperBound, to: 2)
        rows.bind(Int64(limit), to: 3)
        return rows
    }

    /// The newest event's identifier; 0 before the first.
    public func newestEvent() throws -> Int64 {
        try askAlone { db in
            try Int64.fetchOne(try db.cachedStatement(sql: "SELECT max(id) FROM event")) ?? 0
        }
    }

    /// The first event received at a time or later; one more than the newest when there is none.
    ///
    /// Received times never go back, so this halves the range instead of reading it.
    public func firstEvent(receivedFrom time: EventTime) throws -> Int64 {
        try query { db in
            guard
                let ends = try Row.fetchOne(
                    db, sql: "SELECT min(id) AS low, max(id) AS high FROM event"),
                var low = ends["low"] as Int64?, let newest = ends["high"] as Int64?
            else { return 1 }
            var high = newest + 1
            while low < high {
                let middle = low + (high - low) / 2
                let row = try Row.fetchOne(
                    try db.cachedStatement(
                        sql: "SELECT id, received_at FROM event WHERE id >= ? ORDER BY id LIMIT 1"),
                    arguments: [middle])
                if let row, (row["received_at"] as Int64) >= time.milliseconds {
                    high = middle
                } else {
                    low = (row?["id"] as Int64? ?? newest) + 1
                }
            }
            return low
        }
    }

    private static func conditions(of filter: EventFilter) -> ([String], StatementArguments) {
        var conditions: [String] = []
        var arguments = StatementArguments()
        func anyOf(_ column: String, _ values: [String]) {
            let places = values.map { _ in "?" }.joined(separator: ", ")
            conditions.append("\(column) IN (\(places))")
            arguments += StatementArguments(values)
        }
        for (field, values) in filter.values.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            switch field {
            case .vehicle:
                let patterns = values.map { VehiclePattern($0) }
                conditions.append(
                    "(" + patterns.map(\.condition).joined(separator: " OR ") + ")")
                for pattern in patterns { arguments += pattern.arguments }
            case .kind:
                let kinds = values.map {
                    $0 == "ticket"
                        ? "(kind = 'ticket' OR effect IN ('opened', 'raised'))" : "kind = '\($0)'"
                }
                conditions.append("(" + kinds.joined(separator: " OR ") + ")")
            case .ticket:
                conditions.append(
                    "ticket IN (" + values.map { "\(Int64($0) ?? 0)" }.joined(separator: ", ") + ")"
                )
            case .rule, .mode, .severity, .state, .effect: anyOf(field.rawValue, values)
            }
        }
        if filter.values[.effect] == nil, filter.values[.rule] == nil {
            // That messages come through is no news.
            conditions.append("effect IS NOT 'canary'")
        }
        if let severities = filter.severities {
            anyOf("severity", severities.map(\.name).sorted())
        }
        if let since = filter.since {
            conditions.append("received_at >= ?")
            arguments += [since.milliseconds]
        }
        if let until = filter.until {
            conditions.append("received_at <= ?")
            arguments += [until.milliseconds]
        }
        return (conditions, arguments)
    }

    private static func event(_ row: ColumnRows) -> StoredEvent {
        StoredEvent(
            id: row.integer(0), kind: row.text(1) ?? "",
            received: EventTime(milliseconds: row.integer(2)),
            position: UInt64(bitPattern: row.integer(3)), at: row.time(4), vehicle: row.text(5),
            rule: row.text(6), mode: row.text(7),
            severity: row.text(8).flatMap { Severity(name: $0) }, state: row.text(9),
            effect: row.text(10), ticket: row.isNull(11) ? nil : row.integer(11),
            body: row.text(12) ?? "",
            topic: row.isNull(13) ? nil : row.read(13) { $0.withUnsafeBytes { [UInt8]($0) } })
    }
}

/// A vehicle as people name it: whole, or its beginning and end with `…`, `...` or `*` between, as
/// it is shown when it is masked.
public struct VehiclePattern: Hashable, Sendable {
    public let first: String
    /// What stands behind the gap; `nil` when the identifier is whole.
    public let last: String?

    /// Reads a name; the case of letters does not count.
    public init(_ text: String) {
        let text = text.uppercased()
        for gap in ["…", "...", "*"] {
            guard let range = text.firstRange(of: gap) else { continue }
            first = String(text[..<range.lowerBound])
            last = String(text[range.upperBound...])
            return
        }
        first = text
        last = nil
    }

    /// What somebody may mean by a name: the one vehicle that is called so, where it can be a whole
    /// name, and otherwise those that match any of the others.
    static func meant(by name: String) -> (exact: VehiclePattern?, others: [VehiclePattern]) {
        let pattern = VehiclePattern(name)
        guard pattern.last == nil else { return (nil, [pattern]) }
        return (pattern, [VehiclePattern("*" + name), VehiclePattern(name + "*")])
    }

    /// Whether an identifier is meant.
    public func matches(_ vehicle: String) -> Bool {
        guard let last else { return vehicle == first }
        return vehicle.hasPrefix(first) && vehicle.hasSuffix(last)
    }

    var condition: String {
        guard last != nil else { return "vehicle = ?" }
        return "(substr(vehicle, 1, length(?)) = ? AND"
            + " substr(vehicle, 1 + max(0, length(vehicle) - length(?))) = ?)"
    }

    var arguments: StatementArguments {
        guard let last else { return [first] }
        return [first, first, last, last]
    }
}
