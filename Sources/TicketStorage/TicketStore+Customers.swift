import GRDB

// Customers: other systems' references, and the words that stand for them in tickets and journal.
extension TicketStore {
    /// The word that stands for a customer, `c12`; the same for the same reference until it is
    /// erased.
    ///
    /// - Parameter reference: another system's own, without personal data, as `CRM-0815`.
    public func customer(for reference: String) throws -> String {
        try write { db in
            try db.execute(
                sql: "INSERT INTO customer (ref) VALUES (?) ON CONFLICT (ref) DO NOTHING",
                arguments: [reference])
            let id = try Int64.fetchOne(
                db, sql: "SELECT id FROM customer WHERE ref = ?", arguments: [reference])
            return "c\(id ?? 0)"
        }
    }

    /// The word that stands for a customer; `nil` when there is none.
    public func knownCustomer(_ reference: String) throws -> String? {
        try query { db in
            try Int64.fetchOne(
                db, sql: "SELECT id FROM customer WHERE ref = ?", arguments: [reference]
            ).map { "c\($0)" }
        }
    }

    /// For whom a word stands; `nil` when it was erased.
    public func reference(of customer: String) throws -> String? {
        guard customer.hasPrefix("c"), let id = Int64(customer.dropFirst()) else { return nil }
        return try query { db in
            try String.fetchOne(db, sql: "SELECT ref FROM customer WHERE id = ?", arguments: [id])
        }
    }

    /// The tickets of a customer, in order.
    public func tickets(ofCustomer customer: String) throws -> [Int64] {
        try query { db in
            try Int64.fetchAll(
                db, sql: "SELECT number FROM ticket WHERE customer = ? ORDER BY number",
                arguments: [customer])
        }
    }

    /// Forgets for whom a word stands, in the file and in its log, overwriting what was there.
    ///
    /// - Returns: whether the log is clean too; it is not while another process reads in it.
    public func eraseCustomer(_ reference: String) throws -> Bool {
        try writeUndisturbed { db in
            try db.execute(sql: "PRAGMA secure_delete = ON")
            try db.execute(sql: "DELETE FROM customer WHERE ref = ?", arguments: [reference])
            return try Int64.fetchOne(db, sql: "PRAGMA wal_checkpoint(TRUNCATE)") == 0
        }
    }
}
