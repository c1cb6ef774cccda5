import VehicleFaults

/// Tables with a comma between cells, as spreadsheets write them (RFC 4180), with places.
public enum CommaText {
    /// Reads a table with a heading; each row gives its cells by the name of their column.
    ///
    /// Quotation marks around a cell allow commas, line ends and doubled marks in it. Empty lines are
    /// skipped, and so is a byte order mark. Blanks around a cell that is not quoted do not count.
    ///
    /// - Parameters:
    ///   - required: columns that there must be.
    ///   - known: columns that there may be; `nil` allows any.
    /// - Throws: the first thing that is wrong, with its place.
    public static func table(
        _ text: String, file: String, required: [String], known: [String]? = nil
    ) throws(Diagnostic) -> [[String: SourceNode]] {
        var reader = Reader(text, file: file)
        let start = SourcePosition(file: file, line: 1, column: 1)
        guard let heading = try reader.row() else {
            throw Diagnostic(.error, at: start, "the table is empty")
        }
        var names: [String] = []
        for cell in heading {
            let name = cell.text ?? ""
            if let known, !known.contains(name) {
                throw Diagnostic(
                    .error, at: cell.position, "\"\(name)\" is not a column of this table",
                    suggestion: NearestName.find(name, among: known))
            }
            guard !name.isEmpty, !names.contains(name) else {
                throw Diagnostic(
                    .error, at: cell.position,
                    name.isEmpty ? "a column has no name" : "the column \"\(name)\" is there twice")
            }
            names.append(name)
        }
        for name in required where !names.contains(name) {
            throw Diagnostic(
                .error, at: start, "the table needs the column \"\(name)\"")
        }
        var rows: [[String: SourceNode]] = []
        while let row = try reader.row() {
            guard row.count == names.count else {
                throw Diagnostic(
                    .error, at: row.first?.position ?? start,
                    "a row of \(row.count) cells, where the heading has \(names.count)")
            }
            rows.append(Dictionary(zip(names, row), uniquingKeysWith: { first, _ in first }))
        }
        return rows
    }

    /// The cells of a table's first row; none when the table is empty.
    ///
    /// - Throws: what is wrong with the row, with its place.
    public static func heading(_ text: String, file: String) throws(Diagnostic) -> [SourceNode] {
        var reader = Reader(text, file: file)
        return try reader.row() ?? []
    }

    private struct Reader {
        private let scalars: [Unicode.Scalar]
        private let file: String
        private var place = 0
        private var line = 1
        private var column = 1

        init(_ text: String, file: String) {
            scalars = Array(text.unicodeScalars.drop { $0 == "\u{FEFF}" })
            self.file = file
        }

        private var position: SourcePosition {
            SourcePosition(file: file, line: line, column: column)
        }

        private var current: Unicode.Scalar? { place < scalars.count ? scalars[place] : nil }

        private mutating func step() {
            if scalars[place] == "\n" {
                line += 1
                column = 1
            } else {
                column += 1
            }
            place += 1
        }

        /// The next row that is not empty; `nil` at the end.
        mutating func row() throws(Diagnostic) -> [SourceNode]? {
            while let next = current, next == "\n" || next == "\r" { step() }
            guard current != nil else { return nil }
            var cells: [SourceNode] = []
            while true {
                cells.append(try cell())
                guard current == "," else { break }
                step()
            }
            return cells
        }

        private mutating func cell() throws(Diagnostic) -> SourceNode {
            while current == " " || current == "\t" { step() }
            let start = position
            var text = String.UnicodeScalarView()
            if current == "\"" {
                step()
                while true {
                    guard let next = current else {
                        throw Diagnostic(.error, at: start, "a cell without its closing mark")
                    }
                    step()
                    if next == "\"" {
                        guard current == "\"" else { break }
                        step()
                    }
                    text.append(next)
                }
                while let next = current, next == " " || next == "\t" || next == "\r" { step() }
                guard current == nil || current == "," || current == "\n" else {
                    throw Diagnostic(.error, at: position, "text after a cell's closing mark")
                }
            } else {
                while let next = current, next != ",", next != "\n" {
                    text.append(next)
                    step()
                }
                while let last = text.last, last.properties.isWhitespace { text.removeLast() }
            }
            return SourceNode(
                .scalar(String(text), lines: [.init(offset: 0, position: start)]), at: start)
        }
    }
}
