import FleetWatch
import Foundation
import GRDB
import ServiceTickets
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

/// When a vehicle was heard, and what is to be done on it.
public struct HeardVehicle: Sendable {
    public var vehicle: VehicleID
    /// When a message of it was last received; `nil` when its lane has not been stored yet, or cannot
    /// be read.
    public var lastHeard: EventTime?
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
            let rows = try ColumnRows(
                db,
                """
                SELECT substr(state, 1, \(LaneSummary.longestBeginning)) FROM lane
                WHERE \(Self.isAboutVehicle)
                """, [])
            while try rows.next(db) {
                let heard = rows.bytes(0).flatMap {
                    try? LaneSummary.lastHeard(beginning: Array($0))
                }
                if let heard { result.append(heard) }
            }
            return result
        }
    }

    /// All vehicles that are remembered or that a ticket is about, in the order of their identifiers.
    public func heardVehicles() throws -> [HeardVehicle] {
        try query { db in
            var found: [VehicleID: HeardVehicle] = [:]
            // In the order of the tables: the order of identifiers would jump about in them.
            let lanes = try ColumnRows(
                db, "SELECT vehicle, substr(state, 1, \(LaneSummary.longestBeginning)) FROM lane",
                [])
            while try lanes.next(db) {
                guard let vehicle = lanes.vehicle(0) else { continue }
                let heard = lanes.bytes(1).flatMap {
                    try? LaneSummary.lastHeard(beginning: Array($0))
                }
                found[vehicle] = HeardVehicle(vehicle: vehicle, lastHeard: heard, openTickets: 0)
            }
            for vehicle in try VehicleID.all(db, "SELECT DISTINCT vehicle FROM ticket")
            where found[vehicle] == nil {
                found[vehicle] = HeardVehicle(vehicle: vehicle, openTickets: 0)
            }
            let open = "SELECT vehicle FROM ticket WHERE state IN (\(Self.openStates))"
            for vehicle in try VehicleID.all(db, open) { found[vehicle]?.openTickets += 1 }
            found[.wholeFleet] = nil
            found[.canary] = nil
            return found.values.sorted { $0.vehicle < $1.vehicle }
        }
    }

    /// The names of the states of tickets that are still to be dealt with, for SQL.
    static let openStates = TicketState.allCases.filter { !$0.isFinal }
        .map { "'\($0.rawValue)'" }.joined(separator: ", ")

    /// The vehicles whose identifier matches, in its order: those that are remembered, and those that
    /// a ticket is about.
    ///
    /// - Parameter name: whole, or as ``VehiclePattern`` reads it; `nil` for all.
    public func vehicles(_ name: VehiclePattern? = nil) throws -> [StoredVehicle] {
        let (condition, arguments) = (name?.condition ?? "TRUE", name?.arguments ?? [])
        return try query { db in
            var tickets: [String: Int] = [:]
            let counts = try ColumnRows(
                db,
                """
                SELECT vehicle, count(*) FROM ticket WHERE state IN (\(Self.openStates)) AND \(condition)
                GROUP BY vehicle
                """, arguments)
            while try counts.next(db) {
                if let vehicle = counts.text(0) { tickets[vehicle] = Int(counts.integer(1)) }
            }
            let rows = try ColumnRows(
                db,
                """
                SELECT vehicle, lane.applied_row, lane.state
                FROM (SELECT vehicle FROM lane WHERE \(Self.isAboutVehicle) AND \(condition)
                    UNION SELECT vehicle FROM ticket WHERE \(Self.isAboutVehicle) AND \(condition))
                LEFT JOIN lane USING (vehicle) ORDER BY vehicle
                """, arguments + arguments)
            var result: [StoredVehicle] = []
            while try rows.next(db) {
                guard let vehicle = rows.text(0) else { continue }
                let summary = rows.bytes(2).flatMap { bytes in
                    VehicleID(vehicle).flatMap {
                        try? LaneSummary(vehicle: $0, bytes: Array(bytes))
                    }
                }
                result.append(
                    StoredVehicle(
                        vehicle: vehicle, summary: summary, appliedRow: rows.integer(1),
                        openTickets: tickets[vehicle] ?? 0))
            }
            return result
        }
    }

    /// The vehicles that somebody may mean by a name: the one that is called so, else those whose
    /// identifier begins or ends with it, or that match it as ``VehiclePattern`` reads it.
    public func vehicles(like name: String) throws -> [StoredVehicle] {
        let meant = VehiclePattern.meant(by: name)
        if let exact = try meant.exact.flatMap({ try vehicles($0).first }) { return [exact] }
        var matches: [StoredVehicle] = []
        for pattern in meant.others {
            for match in try vehicles(pattern)
            where !matches.contains(where: { $0.vehicle == match.vehicle }) {
                matches.append(match)
            }
        }
        return matches
    }

    /// The identifiers of the vehicles that ``vehicles(like:)`` would find, without what is known of
    /// them; the first of them in their order.
    public func vehicleNames(like name: String, limit: Int) throws -> [String] {
        let meant = VehiclePattern.meant(by: name)
        if let exact = try meant.exact.flatMap({ try vehicleNames($0, limit: 1).first }) {
            return [exact]
        }
        var found: [String] = []
        for pattern in meant.others {
            found += try vehicleNames(pattern, limit: limit).filter { !found.contains($0) }
        }
        return Array(found.prefix(limit))
    }

    private func vehicleNames(_ name: VehiclePattern, limit: Int) throws -> [String] {
        try query { db in
            try String.fetchAll(
                db,
                sql: """
                    SELECT vehicle FROM lane WHERE \(Self.isAboutVehicle) AND \(name.condition)
                    UNION SELECT vehicle FROM ticket
                    WHERE \(Self.isAboutVehicle) AND \(name.condition)
                    ORDER BY vehicle LIMIT ?
                    """, arguments: name.arguments + name.arguments + [limit])
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

extension VehicleID {
    /// What a query of one column gives.
    fileprivate static func all(_ db: Database, _ sql: String) throws -> [VehicleID] {
        let rows = try ColumnRows(db, sql, [])
        var result: [VehicleID] = []
        while try rows.next(db) {
            if let vehicle = rows.vehicle(0) {
                result.append(vehicle)
            }
        }
        return result
    }
}
