import GRDB
import GRDBSQLite
import VehicleFaults

/// Values bound by place, without boxing each in a database value.
///
/// Texts are copied beside the statement and bound where they lie until it has run, so two binders of
/// one statement must not be in use at once.
struct Binder {
    private let row: RowStatement
    private let statement: SQLiteStatement
    private var place: CInt = 0
    /// Where the room for texts goes on, and how much of it is left.
    private var free: UnsafeMutableRawPointer
    private var left: Int

    init(_ row: RowStatement) {
        self.row = row
        statement = row.handle
        free = row.room
        left = row.size
    }

    /// Goes to the next place, to which something is bound.
    private mutating func next() {
        row.isBound[Int(place)] = true
        place += 1
    }

    mutating func bind(_ value: Int64) {
        next()
        sqlite3_bind_int64(statement, place, value)
    }

    mutating func bind(_ value: Int64?) {
        if let value { return bind(value) }
        bindNull()
    }

    mutating func bind(_ value: Double) {
        next()
        sqlite3_bind_double(statement, place, value)
    }

    mutating func bindNull() {
        place += 1
        guard row.isBound[Int(place) - 1] else { return }
        row.isBound[Int(place) - 1] = false
        sqlite3_bind_null(statement, place)
    }

    mutating func bind(_ value: UInt64) { bind(Int64(bitPattern: value)) }

    mutating func bind(_ value: String) {
        let isDone: Void? = value.utf8.withContiguousStorageIfAvailable {
            bind(copying: UnsafeRawBufferPointer($0))
        }
        guard isDone == nil else { return }
        var text = value
        text.withUTF8 { bind(copying: UnsafeRawBufferPointer($0)) }
    }

    mutating func bind(_ value: String?) {
        if let value { bind(value) } else { bindNull() }
    }

    /// Binds a text that is always there.
    mutating func bind(lasting value: StaticString) {
        value.withUTF8Buffer { bind(lasting: UnsafeRawBufferPointer($0)) }
    }

    /// Binds UTF-8 that stays where it is until the statement has run, and is not copied.
    mutating func bind(lasting value: UnsafeRawBufferPointer) {
        next()
        // No bytes may have no address, which would bind a null.
        guard let base = value.bindMemory(to: CChar.self).baseAddress, !value.isEmpty else {
            _ = sqlite3_bind_text(statement, place, "", 0, Self.transient)
            return
        }
        _ = sqlite3_bind_text(statement, place, base, CInt(value.count), nil)
    }

    private mutating func bind(copying value: UnsafeRawBufferPointer) {
        if let kept = keep(value) { return bind(lasting: kept) }
        next()
        _ = sqlite3_bind_text(
            statement, place, value.bindMemory(to: CChar.self).baseAddress, CInt(value.count),
            Self.transient)
    }

    mutating func bind(_ vehicle: VehicleID) {
        withUnsafeBytes(of: vehicle.textWords) { words in
            bind(copying: UnsafeRawBufferPointer(rebasing: words.prefix(vehicle.count)))
        }
    }

    /// Binds bytes that stay where they are until the statement has run, and are not copied.
    mutating func bind(lastingBlob value: UnsafeRawBufferPointer) {
        next()
        if value.isEmpty {
            _ = sqlite3_bind_zeroblob(statement, place, 0)
        } else {
            _ = sqlite3_bind_blob64(
                statement, place, value.baseAddress, UInt64(value.count), nil)
        }
    }

    mutating func bind(_ value: ArraySlice<UInt8>) {
        value.withUnsafeBytes { bytes in
            if let kept = keep(bytes) { return bind(lastingBlob: kept) }
            next()
            _ = sqlite3_bind_blob64(
                statement, place, bytes.baseAddress, UInt64(bytes.count), Self.transient)
        }
    }

    /// Copies bytes to where they stay until the statement has run; `nil` when there is no room.
    private mutating func keep(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        guard bytes.count <= left, let base = bytes.baseAddress else { return nil }
        free.copyMemory(from: base, byteCount: bytes.count)
        defer {
            free += bytes.count
            left -= bytes.count
        }
        return UnsafeRawBufferPointer(start: free, count: bytes.count)
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
