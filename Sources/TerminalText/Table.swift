/// Rows and columns for a terminal, as plain text without lines drawn around them.
///
/// Cells are made visible, so text from devices can be given as it is.
public struct Table: Sendable {
    /// One column.
    public struct Column: Sendable {
        /// What stands above it.
        public var title: String
        /// To which side its cells are put.
        public var alignment: Alignment
        /// The width below which it is not shrunk; `nil` when it is never shrunk.
        public var narrowest: Int?

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
    /// The widest cell of each column, its title among them.
    private var widest: [Int]

    private static let gap = 2

    /// A table without rows.
    public init(_ columns: [Column]) {
        self.columns = columns
        widest = columns.map(\.title.displayWidth)
    }

    /// Adds a row; it may be shorter than there are columns.
    public mutating func append(_ row: [Cell]) {
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
    ///   - width: how many columns the terminal has; `nil` for as wide as it takes. A table whose
    ///     columns cannot be shrunk enough is wider.
    ///   - painter: colours the cells; the header is strong.
    public func text(width: Int?, painter: Painter) -> String {
        let widths = widths(within: width)
        return String(
            decoding: heading(widths, painter) + lines(widths, painter), as: UTF8.self)
    }

    /// How wide the columns are that this table and `others` of the same columns need.
    ///
    /// A long table is made in several, so that each processor does its share.
    public func widths(with others: [Table] = [], within limit: Int?) -> [Int] {
        var widths = widest
        for other in others {
            for (index, width) in other.widest.enumerated() {
                widths[index] = max(widths[index], width)
            }
        }
        guard let limit else { return widths }
        var excess = widths.reduce(Self.gap * (columns.count - 1), +) - limit
        while excess > 0, let step = shrinkingStep(widths) {
            let taken = min(excess, step.amount)
            widths[step.column] -= taken
            excess -= taken
        }
        return widths
    }

    /// The line above the rows.
    public func heading(_ widths: [Int], _ painter: Painter) -> [UInt8] {
        var bytes: [UInt8] = []
        line(of: columns.map { Shown($0.title, .strong) }[...], widths, painter, to: &bytes)
        return bytes
    }

    /// The rows without the heading.
    public func lines(_ widths: [Int], _ painter: Painter) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(ends.count * (widths.reduce(0, +) + Self.gap * columns.count + 1))
        var start = 0
        for end in ends {
            line(of: cells[start..<end], widths, painter, to: &bytes)
            start = end
        }
        return bytes
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
        of cells: ArraySlice<Shown>, _ widths: [Int], _ painter: Painter, to bytes: inout [UInt8]
    ) {
        var blanks = 0
        for (index, cell) in zip(columns.indices, cells) {
            let isCut = cell.width > widths[index]
            let text = isCut ? cell.text.truncated(to: widths[index]) : cell.text
            let missing = widths[index] - (isCut ? text.displayWidth : cell.width)
            let isRight = columns[index].alignment == .right
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

    /// The widest column that can give way, and how much until another is as wide.
    private func shrinkingStep(_ widths: [Int]) -> (column: Int, amount: Int)? {
        let flexible = columns.indices.filter { index in
            columns[index].narrowest.map { widths[index] > max(1, $0) } ?? false
        }
        guard let widest = flexible.max(by: { widths[$0] < widths[$1] }),
            let narrowest = columns[widest].narrowest
        else { return nil }
        let next = flexible.filter { $0 != widest }.map { widths[$0] }.max() ?? 0
        let spare = widths[widest] - max(1, narrowest)
        return (widest, min(spare, max(1, widths[widest] - next)))
    }
}
