import Foundation
import GRDB
import GRDBSQLite
import VehicleFaults

/// Rows of a statement, read column by column: a hundred thousand are asked for at once, and a row
/// that knows its columns by name takes many times as long.
struct ColumnRows {
    /// A query that is asked again and again.
    final class Kept {
        fileprivate let statement: Statement
        init(_ statement: Statement) { self.statement = statement }
    }

    private let statement: Statement
    private let row: OpaquePointer

    /// - Parameter arguments: what stands for the question marks.
    init(_ db: Database, _ sql: String, _ arguments: StatementArguments) throws {
        statement = try db.makeStatement(sql: sql)
        try statement.setArguments(arguments)
        row = statement.sqliteStatement
    }

    /// Asks a kept query again; what it takes is bound afterwards.
    init(_ kept: Kept) {
        statement = kept.statement
        row = statement.sqliteStatement
        sqlite3_reset(row)
    }

    /// Binds a number to a question mark, counted from 1.
    func bind(_ value: Int64, to place: Int32) { sqlite3_bind_int64(row, place, value) }

    /// Binds all that stands for the question marks.
    func bind(_ arguments: StatementArguments) throws { try statement.setArguments(arguments) }

    /// Goes to the next row; `false` after the last.
    func next(_ db: Database) throws -> Bool {
        switch sqlite3_step(row) {
        case SQLITE_ROW: return true
        case SQLITE_DONE:
            sqlite3_reset(row)
            return false
        case let code:
            sqlite3_reset(row)
            throw DatabaseError(
                resultCode: ResultCode(rawValue: code), message: db.lastErrorMessage)
        }
    }

    func isNull(_ place: Int32) -> Bool { sqlite3_column_type(row, place) == SQLITE_NULL }

    func integer(_ place: Int32) -> Int64 { sqlite3_column_int64(row, place) }

    func number(_ place: Int32) -> Double { sqlite3_column_double(row, place) }

    func bytes(_ place: Int32) -> UnsafeBufferPointer<UInt8>? {
        guard let start = sqlite3_column_text(row, place) else { return nil }
        return UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(row, place)))
    }

    /// Calls `body` with a blob where it lies.
    func read<Value>(_ place: Int32, _ body: (Span<UInt8>) -> Value) -> Value {
        let start = sqlite3_column_blob(row, place)?.assumingMemoryBound(to: UInt8.self)
        let bytes = UnsafeBufferPointer(
            start: start, count: start == nil ? 0 : Int(sqlite3_column_bytes(row, place)))
        return body(bytes.span)
    }

    func vehicle(_ place: Int32) -> VehicleID? { read(place) { VehicleID($0) } }

    func text(_ place: Int32) -> String? {
        bytes(place).map { String(decoding: $0, as: UTF8.self) }
    }

    func time(_ place: Int32) -> EventTime? {
        isNull(place) ? nil : EventTime(milliseconds: integer(place))
    }

    func choice<Choice: RawRepresentable<String>>(_ place: Int32) -> Choice? {
        text(place).flatMap { Choice(rawValue: $0) }
    }
}
