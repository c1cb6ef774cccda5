import GRDB
import GRDBSQLite
import VehicleFaults

/// Values bound by place, without boxing each in a database value.
struct Binder {
    private let statement: SQLiteStatement
    private var place: CInt = 0

    init(_ statement: Statement) {
        self.statement = statement.sqliteStatement
        sqlite3_reset(self.statement)
    }

    mutating func bind(_ value: Int64) {
        place += 1
        sqlite3_bind_int64(statement, place, value)
    }

    mutating func bind(_ value: Int64?) {
        if let value { return bind(value) }
        bindNull()
    }

    mutating func bind(_ value: Double) {
        place += 1
        sqlite3_bind_double(statement, place, value)
    }

    mutating func bindNull() {
        place += 1
        sqlite3_bind_null(statement, place)
    }

    mutating func bind(_ value: UInt64) { bind(Int64(bitPattern: value)) }

    mutating func bind(_ value: String) {
        place += 1
        var text = value
        text.withUTF8 { bytes in
            if bytes.isEmpty {
                _ = sqlite3_bind_text(statement, place, "", 0, Self.transient)
            } else {
                bytes.withMemoryRebound(to: CChar.self) { characters in
                    _ = sqlite3_bind_text(
                        statement, place, characters.baseAddress, CInt(characters.count),
                        Self.transient)
                }
            }
        }
    }

    /// Binds a text that is always there.
    mutating func bind(lasting value: StaticString) {
        place += 1
        value.withUTF8Buffer { bytes in
            bytes.withMemoryRebound(to: CChar.self) { characters in
                _ = sqlite3_bind_text(
                    statement, place, characters.baseAddress, CInt(characters.count), nil)
            }
        }
    }

    /// Binds UTF-8 that stays where it is until the statement has run, and is not copied.
    mutating func bind(lasting value: UnsafeRawBufferPointer) {
        place += 1
        // No bytes may have no address, which would bind a null.
        guard let base = value.bindMemory(to: CChar.self).baseAddress, !value.isEmpty else {
            _ = sqlite3_bind_text(statement, place, "", 0, Self.transient)
            return
        }
        _ = sqlite3_bind_text(statement, place, base, CInt(value.count), nil)
    }

    mutating func bind(_ vehicle: VehicleID) {
        place += 1
        withUnsafeBytes(of: vehicle.textWords) { words in
            _ = sqlite3_bind_text(
                statement, place, words.bindMemory(to: CChar.self).baseAddress,
                CInt(vehicle.count), Self.transient)
        }
    }

    mutating func bind(_ value: ArraySlice<UInt8>) {
        place += 1
        value.withUnsafeBytes { bytes in
            if bytes.isEmpty {
                _ = sqlite3_bind_zeroblob(statement, place, 0)
            } else {
                _ = sqlite3_bind_blob64(
                    statement, place, bytes.baseAddress, UInt64(bytes.count), Self.transient)
            }
        }
    }

    /// Runs the statement, which must return no row.
    func run(_ db: Database) throws {
        let code = sqlite3_step(statement)
        sqlite3_reset(statement)
        guard code == SQLITE_DONE else {
            throw DatabaseError(
                resultCode: ResultCode(rawValue: code), message: db.lastErrorMessage)
        }
    }

    /// Tells SQLite to copy what is bound, since it does not outlive the call.
    private static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
}
