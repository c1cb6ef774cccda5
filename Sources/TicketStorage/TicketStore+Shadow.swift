import FleetWatch
import GRDB

/// What a replay stores: decisions and lanes, in long transactions, since its recording is its
/// journal and a replay that dies is run again.
extension TicketStore {
    /// Adds the decisions of a batch to the running transaction.
    public func addShadow(_ commit: Commit) throws {
        try writeAlone { db in
            if !db.isInsideTransaction { try db.beginTransaction() }
            try insertDecisions(commit, db)
        }
    }

    /// Adds lanes to the running transaction.
    public func addShadow(_ lanes: [StoredLane]) throws {
        try writeAlone { db in
            if !db.isInsideTransaction { try db.beginTransaction() }
            try storeLanes(lanes, db)
        }
    }

    /// Ends the running transaction.
    ///
    /// - Parameters:
    ///   - newest: the newest batch, whose decisions were added before.
    ///   - sum: what the batches since the last end came to.
    public func commitShadow(_ newest: Commit, sum: Outcome) throws {
        try writeAlone { db in
            if !db.isInsideTransaction { try db.beginTransaction() }
            try storeFacts(newest, sum: sum, journaled: 0, db)
            try db.commit()
        }
    }
}
