import Foundation
import VehicleFaults

/// Rows of a CSV file with a column timestamp and a column value, as its bytes arrive.
struct SeriesTable {
    /// What could not be read, and in which line.
    struct Failure: Error, Equatable {
        var line: Int
        var reason: String
    }

    /// One row; both cells also as they were written.
    struct Row: Equatable {
        var timestamp: ArraySlice<UInt8>
        var written: ArraySlice<UInt8>
        /// Seconds since the start of 1970 by the clock that wrote them, whatever its offset.
        var second: Int64
        /// `nil` for an empty cell or one that says it is no number.
        var value: Double?
    }

    /// No line of a series is longer; a file without line breaks is not one.
    static let longestLine = 1 << 16

    private var waiting: [UInt8] = []
    private var line = 0
    private var columns: (timestamp: Int, value: Int)?

    /// Adds bytes and hands on the rows that they complete.
    mutating func add(_ bytes: some Collection<UInt8>, each: (Row) -> Void) throws {
        waiting += bytes
        var start = 0
        while let end = waiting[start...].firstIndex(of: 0x0A) {
            try read(waiting[start..<end], each: each)
            start = end + 1
        }
        waiting.removeFirst(start)
        guard waiting.count <= Self.longestLine else {
            throw Failure(line: line + 1, reason: "a line longer than \(Self.longestLine) bytes")
        }
    }

    /// Reads a last line that no break ends.
    mutating func finish(each: (Row) -> Void) throws {
        let last = waiting
        waiting = []
        if !last.isEmpty { try read(last[...], each: each) }
        guard columns != nil else { throw Failure(line: 1, reason: "the file is empty") }
    }

    private mutating func read(_ bytes: ArraySlice<UInt8>, each: (Row) -> Void) throws {
        line += 1
        var bytes = bytes
        if bytes.last == 0x0D { bytes = bytes.dropLast() }
        if line == 1, bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
        if bytes.isEmpty { return }
        let cells = bytes.split(separator: 0x2C, omittingEmptySubsequences: false)
        guard let columns else {
            let names = cells.map { String(decoding: $0, as: UTF8.self).lowercased() }
            guard let time = names.firstIndex(of: "timestamp"),
                let value = names.firstIndex(of: "value")
            else {
                throw Failure(
                    line: line, reason: "no columns timestamp and value in the first line")
            }
            columns = (time, value)
            return
        }
        guard cells.count > max(columns.timestamp, columns.value) else {
            throw Failure(line: line, reason: "\(cells.count) cells are too few")
        }
        let written = cells[columns.value]
        let timestamp = cells[columns.timestamp]
        guard let second = Self.second(of: timestamp) else {
            throw Failure(
                line: line, reason: "no time: \(String(decoding: timestamp, as: UTF8.self))")
        }
        each(
            Row(
                timestamp: timestamp, written: written, second: second,
                value: try number(in: written)))
    }

    private func number(in cell: ArraySlice<UInt8>) throws -> Double? {
        if cell.isEmpty { return nil }
        guard let value = Double(String(decoding: cell, as: UTF8.self)) else {
            throw Failure(line: line, reason: "no number: \(String(decoding: cell, as: UTF8.self))")
        }
        return value.isFinite ? value : nil
    }

    /// The written clock's seconds: `2014-02-14 14:30`, with a T, with seconds, with whatever follows
    /// them; or a number of seconds, or of milliseconds above 1e11.
    static func second(of cell: ArraySlice<UInt8>) -> Int64? {
        let text = String(decoding: cell, as: UTF8.self)
        if let number = Double(text) {
            guard number.magnitude < 1e15 else { return nil }
            return Int64((number.magnitude > 1e11 ? number / 1000 : number).rounded(.down))
        }
        let bytes = Array(cell)
        func digits(_ place: Int, _ count: Int) -> Int? {
            guard place + count <= bytes.count else { return nil }
            var value = 0
            for byte in bytes[place..<place + count] {
                guard byte &- 0x30 < 10 else { return nil }
                value = value * 10 + Int(byte - 0x30)
            }
            return value
        }
        guard let year = digits(0, 4), let month = digits(5, 2), let day = digits(8, 2),
            bytes[4] == 0x2D, bytes[7] == 0x2D, (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        var second = EventTime.days(year: year, month: month, day: day) * 86_400
        guard bytes.count > 10 else { return Int64(second) }
        guard bytes[10] == 0x20 || bytes[10] == 0x54, let hour = digits(11, 2), hour < 24,
            let minute = digits(14, 2), minute < 60, bytes[13] == 0x3A
        else { return nil }
        second += hour * 3600 + minute * 60
        if bytes.count > 16, bytes[16] == 0x3A {
            guard let last = digits(17, 2), last < 61 else { return nil }
            second += last
        }
        return Int64(second)
    }
}
