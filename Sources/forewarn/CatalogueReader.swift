import Foundation
import StoreText
import TicketStorage
import VehicleFaults

/// Reads tables of fault codes in the forms that people have them: CSV, TSV, JSON, SQLite, and lines
/// as `P0301 - text`.
struct CatalogueReader {
    /// What is wrong with a row.
    struct Problem: Equatable {
        var line: Int
        var message: String
    }

    private(set) var entries: [CodeCatalogue.Entry] = []
    private(set) var problems: [Problem] = []
    /// Rows that say once more what another has said.
    private(set) var duplicates = 0
    /// Rows that say something else than an earlier one, which is kept.
    private(set) var conflicts: [Problem] = []
    private var seen: [CodeCatalogue.Entry.Key: (line: Int, text: String)] = [:]
    private let manufacturer: String
    private let locale: String

    /// The file cannot be read as a table at all.
    struct Unreadable: Error { var message: String }

    /// - Parameters:
    ///   - manufacturer: of rows that name none.
    ///   - locale: of rows that name none.
    init(manufacturer: String = "", locale: String = "") {
        self.manufacturer = manufacturer
        self.locale = locale
    }

    private enum Column: CaseIterable {
        case code, spn, fmi, text, manufacturer, locale, system, severity, action

        var names: [String] {
            switch self {
            case .code: ["code", "dtc", "fault_code", "faultcode", "dtc_code"]
            case .spn: ["spn"]
            case .fmi: ["fmi"]
            case .text:
                ["description", "title", "text", "definition", "meaning", "name", "desc"]
            case .manufacturer: ["manufacturer", "make", "maker", "brand"]
            case .locale: ["locale", "lang", "language"]
            case .system: ["system", "sys", "type"]
            case .severity: ["severity"]
            case .action: ["action", "remedy"]
            }
        }
    }

    /// Which column holds what; `nil` without codes or texts.
    private static func columns(_ header: [String]) -> [Column: Int]? {
        var found: [Column: Int] = [:]
        let names = header.map {
            $0.trimmingCharacters(in: .whitespaces.union(["\u{FEFF}"])).lowercased()
        }
        for column in Column.allCases {
            // The names stand in order of preference.
            for name in column.names where found[column] == nil {
                found[column] = names.firstIndex(of: name)
            }
        }
        let hasCode = found[.code] != nil || found[.spn] != nil
        return hasCode && found[.text] != nil ? found : nil
    }

    /// Reads a file, whatever it is.
    mutating func read(path: String) throws {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Unreadable(message: "\(path) cannot be read")
        }
        if ForeignTable.isDatabase(data.prefix(16)) {
            do {
                let table = try ForeignTable(path: path) { Self.columns($0) != nil }
                guard let columns = Self.columns(table.columns) else { return }
                for (index, row) in table.rows.enumerated() {
                    add(row, columns, line: index + 1)
                }
            } catch let error as ForeignTable.Unreadable {
                throw Unreadable(message: "\(path): \(error.description)")
            }
            return
        }
        guard let text = String(data: data, encoding: .utf8) else {
            throw Unreadable(message: "\(path) is neither UTF-8 nor an SQLite database")
        }
        let first = text.first { !$0.isWhitespace && $0 != "\u{FEFF}" }
        if first == "{" || first == "[" {
            try read(json: data, path)
        } else {
            try read(table: text, path)
        }
    }

    // MARK: - JSON

    /// A list of objects, or an object of texts by code.
    private mutating func read(json: Data, _ path: String) throws {
        let value: Any
        do {
            value = try JSONSerialization.jsonObject(with: json)
        } catch { throw Unreadable(message: "\(path) is no JSON") }
        if let list = value as? [[String: Any]] {
            for (index, object) in list.enumerated() {
                let names = object.keys.sorted()
                guard let columns = Self.columns(names) else {
                    problems.append(.init(line: index + 1, message: "no code or no text"))
                    continue
                }
                add(names.map { "\(object[$0] ?? "")" }, columns, line: index + 1)
            }
        } else if let texts = value as? [String: String] {
            for (index, code) in texts.keys.sorted().enumerated() {
                add([code, texts[code] ?? ""], [.code: 0, .text: 1], line: index + 1)
            }
        } else {
            throw Unreadable(
                message: "\(path) is neither a list of objects nor an object of texts")
        }
    }

    // MARK: - Tables

    private mutating func read(table text: String, _ path: String) throws {
        let lines = DelimitedText.rows(of: text)
        guard let first = lines.first else { throw Unreadable(message: "\(path) is empty") }
        if let columns = Self.columns(first.cells) {
            for row in lines.dropFirst() { add(row.cells, columns, line: row.line) }
            return
        }
        // No header: a code and its text, apart by the separator or by " - ".
        for row in lines {
            var cells = row.cells
            if cells.count == 1, let dash = cells[0].range(of: " - ") {
                cells = [
                    String(cells[0][..<dash.lowerBound]), String(cells[0][dash.upperBound...]),
                ]
            }
            guard cells.count >= 2, row.line > first.line || Self.isStandard(cells[0]) else {
                throw Unreadable(
                    message:
                        "\(path):\(row.line): a column with codes and one with texts are needed")
            }
            add(
                [cells[0], cells[1...].joined(separator: ", ")], [.code: 0, .text: 1],
                line: row.line)
        }
    }

    /// Whether a cell is a code for certain; a maker's own may be any word.
    private static func isStandard(_ text: String) -> Bool {
        code(text).flatMap { FaultCode(text: $0) }.map { $0.scheme != .vendor } ?? false
    }

    private static func code(_ text: String) -> String? {
        let trimmed = text.trimmingCharacters(in: .whitespaces).uppercased()
        return FaultCode(text: trimmed).map(\.description)
    }

    private mutating func add(_ cells: [String], _ columns: [Column: Int], line: Int) {
        func cell(_ column: Column) -> String {
            guard let place = columns[column], place < cells.count else { return "" }
            return cells[place].trimmingCharacters(in: .whitespacesAndNewlines)
        }
        if cells.allSatisfy({ $0.trimmingCharacters(in: .whitespaces).isEmpty }) { return }
        var code = cell(.code)
        if code.isEmpty, !cell(.spn).isEmpty {
            guard !cell(.fmi).isEmpty else {
                problems.append(.init(line: line, message: "an SPN without its FMI"))
                return
            }
            code = "SPN \(cell(.spn)) FMI \(cell(.fmi))"
        }
        guard let code = Self.code(code) else {
            problems.append(
                .init(line: line, message: code.isEmpty ? "no code" : "\"\(code)\" is no code"))
            return
        }
        let text = cell(.text)
        guard !text.isEmpty else {
            problems.append(.init(line: line, message: "\(code) has no text"))
            return
        }
        func given(_ column: Column) -> String? { cell(column).isEmpty ? nil : cell(column) }
        let maker = cell(.manufacturer)
        let isStandard = ["", "generic", "all", "null"].contains(maker.lowercased())
        let entry = CodeCatalogue.Entry(
            code: code, text: text, manufacturer: isStandard ? manufacturer : maker,
            locale: given(.locale) ?? locale, system: given(.system), severity: given(.severity),
            action: given(.action))
        if let before = seen[entry.key] {
            if before.text == text {
                duplicates += 1
            } else {
                conflicts.append(
                    .init(
                        line: line,
                        message: "\(code) is \"\(before.text)\" in line \(before.line) and"
                            + " \"\(text)\" here; the first counts"))
            }
            return
        }
        seen[entry.key] = (line, text)
        entries.append(entry)
    }
}

/// Rows of text with a separator between cells: comma, semicolon or tab, whichever the first line
/// has most of; quotes around cells that hold one (RFC 4180).
enum DelimitedText {
    static func rows(of text: String) -> [(line: Int, cells: [String])] {
        let bytes = Array(text.utf8)
        let head = bytes.prefix { $0 != 0x0A }
        let separator =
            [0x09, 0x3B, 0x2C].max { a, b in
                head.count { $0 == a } < head.count { $0 == b }
            } ?? 0x2C
        var rows: [(line: Int, cells: [String])] = []
        var cells: [String] = []
        var cell: [UInt8] = []
        var (line, start) = (1, 1)
        var isQuoted = false
        var index = 0
        func finishCell() {
            cells.append(String(decoding: cell, as: UTF8.self))
            cell = []
        }
        func finishRow() {
            finishCell()
            if cells != [""] { rows.append((start, cells)) }
            cells = []
        }
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if isQuoted {
                if byte == 0x22, index < bytes.count, bytes[index] == 0x22 {
                    cell.append(byte)
                    index += 1
                } else if byte == 0x22 {
                    isQuoted = false
                } else {
                    if byte == 0x0A { line += 1 }
                    cell.append(byte)
                }
                continue
            }
            switch byte {
            case 0x22 where cell.isEmpty: isQuoted = true
            case separator: finishCell()
            case 0x0D: continue
            case 0x0A:
                finishRow()
                line += 1
                start = line
            default: cell.append(byte)
            }
        }
        finishRow()
        return rows
    }
}
