import FleetWatch
import Foundation
import GRDB
import VehicleFaults

/// A vehicle as the store knows it.
public struct StoredVehicle: Sendable {
    public var vehicle: String
    /// What is remembered of it; `nil` when its lane has not been stored yet, or cannot be read.
    public var summary: LaneSummary?
    /// The journal row up to which the summary counts; 0 without one.
    public var appliedRow: Int64
    public var openTickets: Int
}

/// A message that could not be read, as it came.
public struct StoredDeadLetter: Sendable {
    public var id: Int64
    public var position: UInt64
    public var received: EventTime
    public var topic: [UInt8]
    public var reason: String
    /// Bytes of the payload before the first one that made no sense.
    public var offset: Int
    public var payload: [UInt8]
    /// `kept` or `replayed`.
    public var state: String
}

extension TicketStore {
    /// When each vehicle whose lane is stored was last heard; those that never were are left out.
    public func lastHeard() throws -> [EventTime] {
        try query { db in
            var result: [EventTime] = []
            let rows = try Row.fetchCursor(db, sql: "SELECT vehicle, state FROM lane")
            while let row = try rows.next() {
                guard let id = VehicleID(row[0] as String) else { continue }
                let summary = try? LaneSummary(vehicle: id, bytes: [UInt8](row[1] as Data))
                if let heard = summary?.lastHeard { result.append(heard) }
            }
            return result
        }
    }

    /// The vehicles whose identifier matches, in its order.
    ///
    /// - Parameter name: whole, or as ``VehiclePattern`` reads it; `nil` for all.
    public func vehicles(_ name: VehiclePattern? = nil) throws -> [StoredVehicle] {
        try query { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT vehicle, lane.applied_row, lane.state,
                        (SELECT count(*) FROM ticket WHERE ticket.vehicle = known.vehicle
                            AND ticket.state NOT IN ('closed', 'cancelled')) AS tickets
                    FROM (SELECT vehicle FROM lane UNION SELECT vehicle FROM event
                        WHERE vehicle IS NOT NULL) AS known LEFT JOIN lane USING (vehicle)
                    \(name.map { "WHERE " + $0.condition } ?? "") ORDER BY vehicle
                    """, arguments: name?.arguments ?? []
            ).map { row in
                let id = VehicleID(row["vehicle"] as String)
                let summary = (row["state"] as Data?).flatMap { bytes in
                    id.flatMap { try? LaneSummary(vehicle: $0, bytes: [UInt8](bytes)) }
                }
                return StoredVehicle(
                    vehicle: row["vehicle"], summary: summary,
                    appliedRow: row["applied_row"] ?? 0, openTickets: row["tickets"])
            }
        }
    }

    /// Dead letters, newest first.
    public func deadLetters(reason: String? = nil, limit: Int? = nil) throws -> [StoredDeadLetter] {
        try query { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT * FROM dead_letter \(reason == nil ? "" : "WHERE reason = ?")
                    ORDER BY id DESC LIMIT \(limit ?? -1)
                    """, arguments: reason.map { [$0] } ?? []
            ).map(Self.deadLetter)
        }
    }

    /// A dead letter by its identifier, or `nil`.
    public func deadLetter(_ id: Int64) throws -> StoredDeadLetter? {
        try query { db in
            try Row.fetchOne(db, sql: "SELECT * FROM dead_letter WHERE id = ?", arguments: [id])
                .map(Self.deadLetter)
        }
    }

    private static func deadLetter(_ row: Row) -> StoredDeadLetter {
        StoredDeadLetter(
            id: row["id"], position: UInt64(bitPattern: row["position"] as Int64),
            received: EventTime(milliseconds: row["received_at"]),
            topic: [UInt8](row["topic"] as Data), reason: row["reason"], offset: row["offset"],
            payload: [UInt8](row["payload"] as Data), state: row["state"])
    }
}
