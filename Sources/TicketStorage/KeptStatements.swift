import GRDB
import GRDBSQLite

/// The statements of one connection, read by SQLite once and kept: reading one takes longer than
/// running it, and so does looking for one by its text.
///
/// Unchecked: only whoever has the connection touches it, and the database serializes them.
final class KeptStatements: @unchecked Sendable {
    private struct Key: Hashable {
        var row: StoredRow
        var rows: Int
    }

    /// One row a run, by kind.
    private var single: [RowStatement?] = StoredRow.allCases.map { _ in nil }
    private var several: [Key: RowStatement] = [:]
    private var queries: [String: ColumnRows.Kept] = [:]

    /// Rows that are written with one run where there are so many: what is the same for each run of
    /// a statement is about half of what a row costs.
    static let rowsARun = 8

    /// A statement about to be run.
    ///
    /// - Parameter rows: how many rows each run writes.
    func binder(_ row: StoredRow, rows: Int = 1, _ db: Database) throws -> Binder {
        if rows == 1 {
            if let known = single[row.rawValue] { return Binder(known) }
            let made = try RowStatement(row, rows: 1, db)
            single[row.rawValue] = made
            return Binder(made)
        }
        let key = Key(row: row, rows: rows)
        if let known = several[key] { return Binder(known) }
        let made = try RowStatement(row, rows: rows, db)
        several[key] = made
        return Binder(made)
    }

    /// Writes rows in order.
    ///
    /// - Parameters:
    ///   - rowsARun: rows that are written with one run where there are so many.
    ///   - bind: binds the row at a place.
    func write(
        _ row: StoredRow, count: Int, rowsARun: Int = KeptStatements.rowsARun, _ db: Database,
        _ bind: (Int, inout Binder) throws -> Void
    ) throws {
        var done = 0
        while done < count {
            let rows = count - done < rowsARun ? 1 : rowsARun
            var binder = try binder(row, rows: rows, db)
            for place in done..<done + rows { try bind(place, &binder) }
            try binder.run(db)
            done += rows
        }
    }

    /// Runs a statement that takes nothing.
    func run(_ row: StoredRow, _ db: Database) throws { try binder(row, db).run(db) }

    /// A query that is kept under its name.
    func query(_ name: String, _ db: Database, _ sql: @autoclosure () -> String) throws
        -> ColumnRows
    {
        if let known = queries[name] { return ColumnRows(known) }
        let made = ColumnRows.Kept(try db.makeStatement(sql: sql()))
        queries[name] = made
        return ColumnRows(made)
    }

    /// Lets go of all of them, without which a connection cannot be closed.
    func forget() {
        for place in single.indices { single[place] = nil }
        several = [:]
        queries = [:]
    }
}

/// A statement that writes rows, with room for their texts.
final class RowStatement {
    /// Owns what ``handle`` names.
    private let statement: Statement
    let handle: SQLiteStatement
    /// Where texts are bound from: SQLite would ask for memory for each of them, as it does for one
    /// that finds no room.
    let room: UnsafeMutableRawPointer
    /// Bytes of ``room``.
    let size: Int
    /// Which places have something bound to them that is not null: it stays bound from run to run.
    let isBound: UnsafeMutableBufferPointer<Bool>

    init(_ row: StoredRow, rows: Int, _ db: Database) throws {
        statement = try db.makeStatement(sql: row.sql(rows: rows))
        handle = statement.sqliteStatement
        size = rows * row.room
        room = .allocate(byteCount: size, alignment: 16)
        isBound = .allocate(capacity: Int(sqlite3_bind_parameter_count(handle)))
        isBound.initialize(repeating: false)
    }

    deinit {
        // Nothing may be bound from room that is given back.
        sqlite3_clear_bindings(handle)
        room.deallocate()
        isBound.deallocate()
    }
}
