import FaultDecoding
import VehicleFaults

/// Comma-separated values with a header (RFC 4180), read where they lie: an export of a year has
/// hundreds of thousands of fields, most of which nobody asks for.
struct CSVTable {
    /// A file that is no table, with the row where that shows; the header is row 1.
    struct Unreadable: Error, CustomStringConvertible {
        enum Reason { case openQuote, fields(Int, of: Int), sameColumn(String), notText, tooLong }
        var row: Int
        var reason: Reason

        var description: String {
            switch reason {
            case .openQuote: "row \(row): a quote is never closed"
            case .fields(let count, let columns):
                "row \(row): \(count) fields, where the header names \(columns)"
            case .sameColumn(let name): "row \(row): two columns are called \"\(name.visible)\""
            case .notText: "row \(row): not UTF-8"
            case .tooLong: "a table is 4 GB at most"
            }
        }
    }

    /// The names of the columns, in order. They are few, so that looking at all is faster than hashing.
    let columns: [String]
    private let bytes: [UInt8]
    /// Where a field begins and ends; in quotes, the quotes too.
    private struct Field {
        var start, end: UInt32

        var range: Range<Int> { Int(start)..<Int(end) }
        var isEmpty: Bool { start == end }
    }

    /// Row after row without the header.
    private let fields: [Field]

    /// Rows below the header.
    var count: Int { columns.isEmpty ? 0 : fields.count / columns.count }

    init(_ bytes: [UInt8]) throws(Unreadable) {
        guard bytes.count <= Int(UInt32.max) else { throw Unreadable(row: 1, reason: .tooLong) }
        self.bytes = bytes
        var fields: [Field] = []
        var columns: [String] = []
        var header: [Field]?
        var row = 1
        // Spreadsheets put a mark of byte order in front.
        var place = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        while place < bytes.count {
            let first = fields.count
            place = try Self.read(bytes, from: place, row: row, into: &fields)
            let read = fields.count - first
            // An empty line is no row; most files end with one.
            if read == 1, fields[first].isEmpty {
                fields.removeLast()
            } else if header == nil {
                header = fields
                for field in fields {
                    guard let name = Self.text(bytes, field.range) else {
                        throw Unreadable(row: row, reason: .notText)
                    }
                    guard !columns.contains(name) else {
                        throw Unreadable(row: row, reason: .sameColumn(name))
                    }
                    columns.append(name)
                }
                // Rows are much as long as the first.
                let next = place
                let rows = (bytes.count - next) / max(1, Self.lineLength(bytes, from: next)) + 1
                fields = []
                fields.reserveCapacity(rows * columns.count)
            } else if read != columns.count {
                throw Unreadable(row: row, reason: .fields(read, of: columns.count))
            }
            row += 1
        }
        self.fields = fields
        self.columns = columns
    }

    /// A time as exports write it, or `nil` where the field is anything else.
    func time(row: Int, column: Int) -> EventTime? {
        EventTime(rfc3339: bytes.span.extracting(fields[row * columns.count + column].range))
    }

    /// A field, or `nil` where it is not UTF-8.
    func text(row: Int, column: Int) -> String? {
        Self.text(bytes, fields[row * columns.count + column].range)
    }

    /// Reads one row.
    ///
    /// - Returns: where the next one begins.
    private static func read(
        _ bytes: [UInt8], from start: Int, row: Int, into fields: inout [Field]
    ) throws(Unreadable) -> Int {
        var place = start
        while true {
            let begin = place
            if place < bytes.count, bytes[place] == UInt8(ascii: "\"") {
                place += 1
                while true {
                    guard place < bytes.count else {
                        throw Unreadable(row: row, reason: .openQuote)
                    }
                    if bytes[place] == UInt8(ascii: "\"") {
                        place += 1
                        guard place < bytes.count, bytes[place] == UInt8(ascii: "\"") else { break }
                    }
                    place += 1
                }
            }
            while place < bytes.count, bytes[place] != UInt8(ascii: ","), bytes[place] != 0x0A {
                place += 1
            }
            var end = place
            let isLast = place == bytes.count || bytes[place] == 0x0A
            if isLast, end > begin, bytes[end - 1] == 0x0D { end -= 1 }
            fields.append(
                Field(
                    start: UInt32(truncatingIfNeeded: begin), end: UInt32(truncatingIfNeeded: end)))
            place += 1
            if isLast { return place }
        }
    }

    private static func lineLength(_ bytes: [UInt8], from start: Int) -> Int {
        (bytes[start...].firstIndex(of: 0x0A) ?? bytes.count) + 1 - start
    }

    private static func text(_ bytes: [UInt8], _ field: Range<Int>) -> String? {
        let slice = bytes[field]
        guard slice.first == UInt8(ascii: "\"") else {
            // Telling ASCII is much faster than telling UTF-8.
            return slice.allSatisfy { $0 < 0x80 }
                ? String(decoding: slice, as: UTF8.self)
                : String(validating: slice, as: UTF8.self)
        }
        var plain: [UInt8] = []
        var isQuote = false
        for byte in slice.dropFirst() {
            if byte == UInt8(ascii: "\""), !isQuote {
                isQuote = true
            } else {
                plain.append(byte)
                isQuote = false
            }
        }
        return String(validating: plain, as: UTF8.self)
    }
}
