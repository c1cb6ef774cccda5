/// Rows and columns for a terminal, as plain text without lines drawn around them.
///
/// Cells are made visible, so text from devices can be given as it is. Where the terminal is too narrow,
/// titles first go on several lines, then columns that may give way are cut, and if that is not enough
/// the columns are shown in bands, one below the other, each beginning with those that name its rows.
public struct Table: Sendable {
    /// One column.
    public struct Column: Sendable {
        /// What stands above it.
        public var title: String
        /// To which side its cells are put.
        public var alignment: Alignment
        /// The width below which it is not shrunk; `nil` when it is never shrunk.
        public var narrowest: Int?

        /// Whether its cells go on several lines in place of being cut.
        var wraps = false

        /// A column that is never shrunk, such as a VIN or a number.
        public init(_ title: String, _ alignment: Alignment = .left) {
            self.title = title
            self.alignment = alignment
            narrowest = nil
        }

        /// A column that gives way where the terminal is narrow.
        public static func flexible(_ title: String, narrowest: Int = 8) -> Column {
            var column = Column(title)
            column.narrowest = narrowest
            return column
        }

        /// A column that gives way where the terminal is narrow, and whose cells are told whole on
        /// several lines.
        public static func wrapping(_ title: String, narrowest: Int = 20) -> Column {
            var column = Column(title)
            (column.narrowest, column.wraps) = (narrowest, true)
            return column
        }
    }

    /// One cell.
    public struct Cell: Sendable, ExpressibleByStringInterpolation {
        /// What it says.
        public var text: String
        /// Its colour, when colours are on.
        public var colour: Colour?

        /// A cell in a colour.
        public init(_ text: String, _ colour: Colour? = nil) {
            self.text = text
            self.colour = colour
        }

        public init(stringLiteral text: String) { self.init(text) }
    }

    /// The columns, from left to right.
    public let columns: [Column]
    /// The cells of all rows, one after the other.
    private var cells: [Shown] = []
    /// Where each row's cells end.
    private var ends: [Int] = []
    /// What is said below a row, by its place.
    private var notes: [Int: String] = [:]
    /// The widest cell of each column, without its title.
    private var widest: [Int]

    private static let gap = 2

    /// A table without rows.
    public init(_ columns: [Column]) {
        self.columns = columns
        widest = columns.map { _ in 0 }
    }

    /// Adds a row; it may be shorter than there are columns.
    ///
    /// - Parameter note: a line below it, as it is.
    public mutating func append(_ row: [Cell], note: String? = nil) {
        notes[ends.count] = note
        precondition(row.count <= columns.count, "a row has no more cells than there are columns")
        for (index, cell) in row.enumerated() {
            let shown = Shown(cell.text.visible, cell.colour)
            widest[index] = max(widest[index], shown.width)
            cells.append(shown)
        }
        ends.append(cells.count)
    }

    /// The table as lines, each with its line end and without blanks at its end.
    ///
    /// - Parameters:
    ///   - width: how many columns the terminal has; `nil` for as wide as it takes. A band whose
    ///     columns cannot be shrunk enough is wider.
    ///   - painter: colours the cells; the header is strong.
    public func text(width: Int?, painter: Painter) -> String {
        let layout = layout(within: width)
        var bytes: [UInt8] = []
        for (number, band) in layout.bands.enumerated() {
            if number > 0 { bytes.append(0x0A) }
            bytes += heading(band, painter)
            bytes += lines(band, painter)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Columns that stand side by side, with their widths.
    public struct Band: Hashable, Sendable {
        var columns: [Int]
        var widths: [Int]

        var width: Int { widths.reduce(Table.gap * (widths.count - 1), +) }
    }

    /// How a table is shown on a terminal.
    public struct Layout: Hashable, Sendable {
        /// One where the terminal is wide enough.
        public var bands: [Band]
    }

    /// How this table and `others` of the same columns are shown together.
    ///
    /// A long table is made in several, so that each processor does its share.
    public func layout(with others: [Table] = [], within limit: Int?) -> Layout {
        var cells = widest
        for other in others {
            for (index, width) in other.widest.enumerated() {
                cells[index] = max(cells[index], width)
            }
        }
        var all = Band(
            columns: Array(columns.indices),
            widths: zip(columns, cells).map { max($0.title.displayWidth, $1) })
        guard let limit, all.width > limit else { return Layout(bands: [all]) }
        Self.shrink(
            &all, within: limit,
            least: zip(columns, cells).map { max(Self.narrowest(title: $0.title), $1) })
        var cut = all
        let least = columns.indices.map { index in
            columns[index].narrowest.map { min(max(1, $0), all.widths[index]) }
                ?? all.widths[index]
        }
        Self.shrink(&cut, within: limit, least: least)
        return Layout(
            bands: cut.width > limit ? bands(all, within: limit, least: least) : [cut])
    }

    /// Columns one below the other, each band beginning with the columns that name the rows: those
    /// on the left that are no numbers, as far as they leave room.
    private func bands(_ all: Band, within limit: Int, least: [Int]) -> [Band] {
        let room = limit * 3 / 5
        var keys = Band(columns: [0], widths: [max(least[0], min(all.widths[0], room))])
        for index in columns.indices.dropFirst().dropLast() {
            guard columns[index].alignment == .left,
                keys.width + Self.gap + all.widths[index] <= room
            else { break }
            keys.columns.append(index)
            keys.widths.append(all.widths[index])
        }
        var bands: [Band] = []
        var band = keys
        for index in columns.indices.dropFirst(keys.columns.count) {
            let free = limit - keys.width - Self.gap
            let width = max(least[index], min(all.widths[index], free))
            if band.columns.count > keys.columns.count, band.width + Self.gap + width > limit {
                bands.append(band)
                band = keys
            }
            band.columns.append(index)
            band.widths.append(width)
        }
        return bands + [band]
    }

    /// Takes from the widest column that is wider than its least, until all fit or nothing is left
    /// to take.
    private static func shrink(_ band: inout Band, within limit: Int, least: [Int]) {
        var excess = band.width - limit
        while excess > 0 {
            let open = band.widths.indices.filter { band.widths[$0] > least[$0] }
            guard let widest = open.max(by: { band.widths[$0] < band.widths[$1] }) else { return }
            let next = open.filter { $0 != widest }.map { band.widths[$0] }.max() ?? 0
            let spare = band.widths[widest] - least[widest]
            let taken = min(excess, spare, max(1, band.widths[widest] - next))
            band.widths[widest] -= taken
            excess -= taken
        }
    }

    /// The width of a title's widest piece that must stay together, its indent among them.
    private static func narrowest(title: String) -> Int {
        lines(of: title, width: 1).map(\.displayWidth).max() ?? 0
    }

    /// A title on as many lines as it takes.
    private static func lines(of title: String, width: Int) -> [String] {
        guard title.displayWidth > width else { return [title] }
        let indent = title.prefix { $0 == " " }
        return Flow.paragraph(
            String(title.dropFirst(indent.count)), width: max(1, width - indent.count)
        ).split(separator: "\n").map { String(indent + $0) }
    }

    /// The lines above the rows; short titles stand on the last.
    public func heading(_ band: Band, _ painter: Painter) -> [UInt8] {
        let titles = zip(band.columns, band.widths).map { index, width in
            Self.lines(of: columns[index].title, width: width)
        }
        let height = titles.map(\.count).max() ?? 0
        var bytes: [UInt8] = []
        for number in 0..<height {
            let cells = titles.map { lines in
                let place = number - height + lines.count
                return Shown(place < 0 ? "" : lines[place], .strong)
            }
            line(of: cells, band, painter, to: &bytes)
        }
        return bytes
    }

    /// The rows of a band without its heading.
    public func lines(_ band: Band, _ painter: Painter) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(ends.count * (band.width + Self.gap + 1))
        let isWhole = band.columns.count == columns.count
        let isPlain = isWhole && !columns.contains(where: \.wraps)
        var start = 0
        for (number, end) in ends.enumerated() {
            let row = cells[start..<end]
            start = end
            if isPlain {
                line(of: row, band, painter, to: &bytes)
            } else {
                let shown = band.columns.map { index in
                    index < row.count ? row[row.startIndex + index] : Shown("", nil)
                }
                for part in parts(of: shown, band) { line(of: part, band, painter, to: &bytes) }
            }
            if !notes.isEmpty, let note = notes[number] {
                bytes += note.utf8
                bytes.append(0x0A)
            }
        }
        return bytes
    }

    /// The lines of a row, of which cells that are told whole may need several.
    private func parts(of row: [Shown], _ band: Band) -> [[Shown]] {
        let pieces = zip(row, band.columns.indices).map { cell, place in
            columns[band.columns[place]].wraps && cell.width > band.widths[place]
                ? Flow.paragraph(cell.text, width: band.widths[place]).split(separator: "\n").map {
                    Shown(String($0), cell.colour)
                } : [cell]
        }
        return (0..<(pieces.map(\.count).max() ?? 0)).map { number in
            pieces.map { number < $0.count ? $0[number] : Shown("", nil) }
        }
    }

    /// A cell with its width, which takes a while to find.
    private struct Shown {
        var text: String
        var colour: Colour?
        var width: Int

        init(_ text: String, _ colour: Colour?) {
            self.text = text
            self.colour = colour
            width = text.displayWidth
        }
    }

    private func line(
        of cells: some Sequence<Shown>, _ band: Band, _ painter: Painter, to bytes: inout [UInt8]
    ) {
        var blanks = 0
        for (place, cell) in zip(band.widths.indices, cells) {
            let width = band.widths[place]
            let isCut = cell.width > width
            let text = isCut ? cell.text.truncated(to: width) : cell.text
            let missing = width - (isCut ? text.displayWidth : cell.width)
            let isRight = columns[band.columns[place]].alignment == .right
            if !text.isEmpty {
                let before = blanks + (isRight ? missing : 0)
                for _ in 0..<before { bytes.append(0x20) }
                bytes += painter.paint(text, cell.colour).utf8
                blanks = isRight ? 0 : missing
            } else {
                blanks += missing
            }
            blanks += Self.gap
        }
        bytes.append(0x0A)
    }
}
