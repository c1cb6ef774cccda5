/// The module table of docs/architecture.md: which module may import which.
struct ModuleTable {
    enum Layer: String { case core, shell, library }

    struct Row {
        var module: String
        var layer: Layer
        var mayImport: [String]
        var line: Int
    }

    /// Why the table cannot be read, and where.
    struct Unreadable: Error { var line: Int, reason: String }

    private(set) var rows: [Row] = []

    /// Reads the table whose heading row begins with `Module` and ends with `May import`.
    init(markdown: String) throws(Unreadable) {
        var inside = false
        for (index, line) in markdown.split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated()
        {
            let cells = Self.cells(of: line)
            if cells.first == "Module", cells.last == "May import" {
                inside = true
            } else if cells.isEmpty {
                inside = false
            } else if inside, cells[0].contains(where: \.isLetter) {
                rows.append(try Self.row(cells, line: index + 1))
            }
        }
        guard !rows.isEmpty else {
            throw Unreadable(line: 1, reason: "no table with the columns Module and May import")
        }
    }

    subscript(module: String) -> Row? { rows.first { $0.module == module } }

    private static func row(_ cells: [String], line: Int) throws(Unreadable) -> Row {
        guard cells.count == 4 else { throw Unreadable(line: line, reason: "not four columns") }
        guard let module = names(in: cells[0]).first else {
            throw Unreadable(line: line, reason: "the module is not in backquotes")
        }
        guard let layer = Layer(rawValue: cells[1]) else {
            throw Unreadable(line: line, reason: "\(cells[1]) is no layer")
        }
        let allowed = names(in: cells[3])
        guard allowed.isEmpty == (cells[3] == "nothing") else {
            throw Unreadable(line: line, reason: "names in backquotes, or the word nothing")
        }
        return Row(module: module, layer: layer, mayImport: allowed, line: line)
    }

    static func cells(of line: some StringProtocol) -> [String] {
        guard line.hasPrefix("|"), line.hasSuffix("|"), line.count > 1 else { return [] }
        return line.dropFirst().dropLast().split(separator: "|", omittingEmptySubsequences: false)
            .map { cell in
                String(
                    cell.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace)
                        .reversed())
            }
    }

    static func names(in cell: String) -> [String] {
        cell.split(separator: "`", omittingEmptySubsequences: false).enumerated()
            .filter { !$0.offset.isMultiple(of: 2) }.map { String($0.element) }
    }
}
