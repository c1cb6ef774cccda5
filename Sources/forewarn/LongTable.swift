import TerminalText

/// Tables of many rows, of which each processor makes its share.
enum LongTable {
    private static let length = 4000

    /// Writes a table.
    ///
    /// - Parameters:
    ///   - empty: its columns.
    ///   - row: the cells of an item.
    static func write<Item: Sendable>(
        _ items: [Item], _ empty: Table, width: Int?, painter: Painter,
        _ row: @escaping @Sendable (Item) -> [Table.Cell]
    ) throws {
        let parts = try stride(from: 0, to: items.count, by: length).map { start in
            Background {
                items[start..<min(start + length, items.count)].reduce(into: empty) {
                    $0.append(row($1))
                }
            }
        }.map { try $0.value }
        let widths = empty.widths(with: parts, within: width)
        Output.write(empty.heading(widths, painter))
        let lines = parts.map { part in Background { part.lines(widths, painter) } }
        for lines in lines {
            Output.write(try lines.value)
            try Output.flush()
        }
    }
}
