import TerminalText

/// Tables of many rows, of which each processor makes its share.
enum LongTable {
    private static let length = 4000

    /// Writes a table.
    ///
    /// - Parameters:
    ///   - empty: its columns.
    ///   - row: the cells of an item.
    static func write<Items: RandomAccessCollection & Sendable>(
        _ items: Items, _ empty: Table, width: Int?, painter: Painter,
        _ row: @escaping @Sendable (Items.Element) -> [Table.Cell]
    ) throws where Items.Index == Int, Items.SubSequence: Sendable {
        let parts = SideBySide().results(
            of: stride(from: items.startIndex, to: items.endIndex, by: length).map { start in
                {
                    var part = empty
                    for place in start..<min(start + length, items.endIndex) {
                        part.append(row(items[place]))
                    }
                    return part
                }
            })
        for (number, band) in empty.layout(with: parts, within: width).bands.enumerated() {
            if number > 0 { try Output.write("\n") }
            Output.write(empty.heading(band, painter))
            try Output.write(parts.map { part in Background { part.lines(band, painter) } })
        }
    }
}
