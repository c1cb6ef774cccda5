/// Pieces of text one after the other, on as many lines as a terminal needs for them.
public enum Flow {
    /// Joins pieces, and begins a new line before one that would pass the edge.
    ///
    /// A piece is never broken, so one that is wider than the terminal passes the edge alone.
    ///
    /// - Parameters:
    ///   - separator: stands between two pieces; its blanks at the end are left out at the end of a
    ///     line.
    ///   - indent: blanks before each line.
    ///   - width: columns of the terminal; `nil` puts everything on one line.
    public static func text(
        _ pieces: [String], separator: String, indent: Int, width: Int?
    ) -> String {
        let margin = String(repeating: " ", count: indent)
        var (result, column) = (margin, indent)
        let gap = separator.displayWidth
        let last = separator.trailingBlanksRemoved
        for (index, piece) in pieces.enumerated() {
            // What stands at the end of a line needs room as well.
            let after = index < pieces.count - 1 ? last.displayWidth : 0
            if index > 0 {
                if let width, column + gap + piece.displayWidth + after > width {
                    result += last + "\n" + margin
                    column = indent
                } else {
                    result += separator
                    column += gap
                }
            }
            result += piece
            column += piece.displayWidth
        }
        return result
    }
}

extension String {
    fileprivate var trailingBlanksRemoved: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}
