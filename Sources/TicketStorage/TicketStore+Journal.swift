import Foundation
import GRDB
import VehicleFaults

extension TicketStore {
    /// The first journal row whose newest message was received at a time or later; one more than the
    /// newest when there is none.
    public func firstRow(receivedFrom time: EventTime) throws -> Int64 {
        try query { db in
            let found = try Int64.fetchOne(
                db, sql: "SELECT min(row) FROM journal WHERE received_at >= ?",
                arguments: [time.milliseconds])
            let newest = try Int64.fetchOne(db, sql: "SELECT max(row) FROM journal")
            return found ?? (newest ?? 0) + 1
        }
    }
}
