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

    /// Breaks a paragraph into lines: at blanks, and beside a wide character, but so that no line
    /// begins with a mark that closes something or ends with one that opens it.
    ///
    /// - Parameter width: columns of the terminal; `nil` leaves the paragraph as it is.
    public static func paragraph(_ text: String, width: Int?) -> String {
        guard let width, text.displayWidth > width else { return text }
        var (result, column) = ("", 0)
        // What must stay together, and whether a blank comes before it.
        var (piece, room, isAfterBlank) = ("", 0, false)
        func put() {
            guard !piece.isEmpty else { return }
            let gap = isAfterBlank && column > 0 ? 1 : 0
            if column > 0, column + gap + room > width {
                result += "\n"
                column = 0
            } else if gap > 0 {
                result += " "
                column += 1
            }
            result += piece
            column += room
            (piece, room) = ("", 0)
        }
        var last: Character = " "
        for character in text {
            if character == " " {
                put()
                isAfterBlank = true
            } else {
                let columns = String(character).displayWidth
                let mayBreak = columns == 2 || String(last).displayWidth == 2
                if mayBreak, !closing.contains(character), !opening.contains(last), last != " " {
                    put()
                    isAfterBlank = false
                }
                piece.append(character)
                room += columns
            }
            last = character
        }
        put()
        return result
    }

    private static let closing: Set<Character> = [
        "，", "。", "；", "：", "、", "！", "？", "）", "”", "’", "》", "」", "％", "%", ".", ",",
        ")",
    ]
    private static let opening: Set<Character> = ["（", "“", "‘", "《", "「", "("]
}

extension String {
    fileprivate var trailingBlanksRemoved: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}
