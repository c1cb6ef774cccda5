import FleetWatch
import GRDB
import ServiceTickets

/// What a replay stores: decisions and lanes, in long transactions, since its recording is its
/// journal and a replay that dies is run again.
extension TicketStore {
    /// Adds the decisions of a batch to the running transaction.
    ///
    /// - Parameter pending: what waits to be written, of this batch and those before.
    public func addShadow(_ commit: Commit, _ pending: inout PendingRows) throws {
        try writeAlone { db in
            if !db.isInsideTransaction { try db.beginTransaction() }
            try insertDecisions(commit, &pending, db)
            // What waits for the end of a long transaction would else be written all at once, while
            // nobody works any more.
            if pending.isMuch { try flush(&pending, db) }
        }
    }

    /// Adds what the ticket stage remembers besides tickets.
    public func addShadow(_ memory: [MemoryRow]) throws {
        try writeAlone { db in
            if !db.isInsideTransaction { try db.beginTransaction() }
            try store(memory, db)
        }
    }

    /// Adds lanes to the running transaction; each of a vehicle that has none yet.
    public func addShadow(_ lanes: [StoredLane]) throws {
        try writeAlone { db in
            if !db.isInsideTransaction { try db.beginTransaction() }
            try storeLanes(lanes, areNew: true, db)
        }
    }

    /// Ends the running transaction.
    ///
    /// - Parameters:
    ///   - newest: the newest batch, whose decisions were added before.
    ///   - sum: what the batches since the last end came to.
    ///   - pending: what waited for the end.
    public func commitShadow(_ newest: Commit, sum: Outcome, _ pending: inout PendingRows) throws {
        try writeAlone { db in
            if !db.isInsideTransaction { try db.beginTransaction() }
            try flush(&pending, db)
            try storeFacts(newest, sum: sum, journaled: 0, db)
            try db.commit()
        }
    }
}
