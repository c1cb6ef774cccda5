import FleetWatch
import Foundation
import GRDB
import ServiceTickets
import VehicleFaults

/// What vehicles know together, and what that says of a ticket.
extension TicketStore {
    /// Stores it in the transaction of the lanes that have added to it.
    func storeFleet(_ bytes: [UInt8]?, _ db: Database) throws {
        guard let bytes else { return }
        try bytes.withUnsafeBytes {
            var binder = try kept.binder(.fleet, db)
            binder.bind(lastingBlob: $0)
            try binder.run(db)
        }
    }

    static func fleet(_ db: Database) throws -> [UInt8]? {
        try Data.fetchOne(db, sql: "SELECT body FROM fleet_state WHERE id = 1").map { [UInt8]($0) }
    }

    /// What the fleet knew at the last commit that stored a lane; `nil` when no rule asked for it.
    public func fleet() throws -> FleetTrends? {
        let bytes = try query { db in
            // A store that only an older version has written has no such table.
            try db.tableExists("fleet_state") ? try Self.fleet(db) : nil
        }
        return try bytes.map { try FleetTrends(bytes: $0) }
    }
}

extension TicketStore {
    /// The vehicles that have had a fault, of those of which the roster says anything, in their order.
    public func cases(of mode: String) throws -> [VehicleID] {
        try query { db in
            try String.fetchAll(
                db,
                sql: """
                    SELECT key FROM ticket_memory WHERE kind = 'case'
                        AND key >= ?1 || char(9) AND key < ?1 || char(10) ORDER BY key
                    """, arguments: [mode]
            ).compactMap { VehicleID($0.dropFirst(mode.count + 1)) }.sorted()
        }
    }
}

/// What technicians said of a rule's tickets.
public struct RuleVerdicts: Hashable, Sendable {
    /// The suspicion was right, whether of this part or another, in time or not.
    public var confirmed = 0
    /// Nothing was the matter, or a sensor or the data was.
    public var refuted = 0
    /// Closed without an answer: declined, gone by itself, unknown.
    public var silent = 0
    /// Not closed yet.
    public var open = 0

    public init() {}
}

extension TicketStore {
    /// What became of the tickets of each rule; a ticket that several rules rest on counts for each.
    public func verdicts() throws -> [String: RuleVerdicts] {
        try query { db in
            var result: [String: RuleVerdicts] = [:]
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT rules, state, disposition, cancel_reason FROM ticket
                    WHERE source = 'rule' AND merged_into IS NULL
                    """)
            while let row = try rows.next() {
                let rules: String = row[0]
                for rule in rules.split(separator: "\n") {
                    result[String(rule), default: RuleVerdicts()].count(
                        state: row[1], disposition: row[2], cancelled: row[3])
                }
            }
            return result
        }
    }
}

extension RuleVerdicts {
    fileprivate mutating func count(state: String, disposition: String?, cancelled: String?) {
        guard state == "closed" || state == "cancelled" else {
            open += 1
            return
        }
        let said = disposition.flatMap { Disposition(rawValue: $0) }
        switch (said, cancelled.flatMap { CancelReason(rawValue: $0) }) {
        case (.confirmed, _), (.otherComponent, _), (.early, _), (.brokeDown, _): confirmed += 1
        case (.noTroubleFound, _), (.sensorFault, _), (.dataFault, _), (_, .falseAlarm),
            (_, .dataFault):
            refuted += 1
        default: silent += 1
        }
    }
}
