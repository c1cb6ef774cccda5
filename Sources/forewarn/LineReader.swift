import Foundation
import TicketStorage

/// Reads a file line by line in bounded memory.
struct LineReader {
    private let path: String
    private let handle: FileHandle?
    private let lines: [String]

    /// Opens a file, or standard input for `-`.
    ///
    /// - Parameter store: gives the lines of a file that is a ticket store.
    init(path: String, store: ((_ path: String) throws -> [String])? = nil) throws {
        self.path = path
        if path == "-" {
            handle = .standardInput
            lines = []
            return
        }
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw CommandFailure(code: .unreachable, message: "\(path) cannot be read")
        }
        if let store {
            let magic = Data("SQLite format 3\0".utf8)
            if try handle.read(upToCount: magic.count) == magic {
                self.handle = nil
                lines = try store(path)
                return
            }
            try handle.seek(toOffset: 0)
        }
        self.handle = handle
        lines = []
    }

    /// Calls `body` with each line that is not empty, and its number from 1.
    func forEach(_ body: (_ number: Int, _ bytes: ArraySlice<UInt8>) throws -> Void) throws {
        guard let handle else {
            for (index, line) in lines.enumerated() { try body(index + 1, Array(line.utf8)[...]) }
            return
        }
        var rest: [UInt8] = []
        var number = 0
        while true {
            let piece = try handle.read(upToCount: 1 << 20) ?? Data()
            rest += piece
            if piece.isEmpty, !rest.isEmpty { rest.append(0x0A) }
            var start = 0
            while let end = rest[start...].firstIndex(of: 0x0A) {
                number += 1
                if end > start { try body(number, rest[start..<end]) }
                start = end + 1
            }
            rest.removeFirst(start)
            if piece.isEmpty { return }
        }
    }
}

extension StoreOptions {
    /// Every ticket of a store, as `ticket ls --all -o json` prints them.
    static func ticketLines(path: String) throws -> [String] {
        var filter = TicketFilter()
        filter.isOpen = false
        return try TicketStore(path: path, access: .read).tickets(filter).map {
            TicketJSON.object($0).json
        }
    }
}
