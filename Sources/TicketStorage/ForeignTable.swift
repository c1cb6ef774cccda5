import Foundation
import GRDB

/// A table of somebody else's SQLite file, as texts.
public struct ForeignTable: Sendable {
    public var columns: [String]
    public var rows: [[String]]

    /// The most rows that are read.
    public static let most = 2_000_000

    /// The file is no SQLite database, or none of its tables will do.
    public struct Unreadable: Error, CustomStringConvertible {
        public var description: String
    }

    /// Whether a file's first bytes are those of an SQLite database.
    public static func isDatabase(_ bytes: some Sequence<UInt8>) -> Bool {
        bytes.starts(with: "SQLite format 3\0".utf8)
    }

    /// Reads the first table whose columns will do; the file is never written.
    ///
    /// - Parameter fits: whether a table has the columns that are needed, by their names.
    public init(path: String, where fits: ([String]) -> Bool) throws {
        var configuration = Configuration()
        configuration.readonly = true
        do {
            let found = try DatabaseQueue(path: path, configuration: configuration).read { db in
                let tables = try String.fetchAll(
                    db,
                    sql: """
                        SELECT name FROM sqlite_master WHERE type IN ('table', 'view')
                        AND name NOT LIKE 'sqlite_%' ORDER BY name
                        """)
                for table in tables {
                    let columns = try db.columns(in: table).map(\.name)
                    guard fits(columns) else { continue }
                    let rows = try Row.fetchAll(
                        db,
                        sql: "SELECT * FROM \(table.quotedDatabaseIdentifier) LIMIT \(Self.most)")
                    return (
                        columns,
                        rows.map { row in
                            columns.map { name in
                                let value: DatabaseValue = row[name]
                                return String.fromDatabaseValue(value)
                                    ?? Int64.fromDatabaseValue(value).map(String.init) ?? ""
                            }
                        }
                    )
                }
                throw Unreadable(description: "no table has a column with codes and one with texts")
            }
            (columns, rows) = found
        } catch let error as DatabaseError {
            throw Unreadable(description: "\(error.message ?? "it cannot be read")")
        }
    }
}
