extension StringProtocol {
    /// How many columns a terminal gives to this text on one line.
    ///
    /// Chinese, Japanese and Korean characters and emoji take two, marks that combine with the
    /// character before them take none. Controls take none: make them visible first
    /// (``visible``).
    public var displayWidth: Int {
        CharacterWidths.ofPlain(self) ?? reduce(0) { $0 + CharacterWidths.columns(of: $1) }
    }

    /// This text with blanks added until it has `width` columns; unchanged when it has them.
    public func padded(to width: Int, _ alignment: Alignment = .left) -> String {
        let blanks = String(repeating: " ", count: Swift.max(0, width - displayWidth))
        return alignment == .left ? self + blanks : blanks + self
    }

    /// This text cut to at most `width` columns; an ellipsis takes the place of what was cut.
    ///
    /// Characters are never cut apart, so the result may be a column narrower than allowed.
    public func truncated(to width: Int) -> String {
        guard displayWidth > width else { return String(self) }
        guard width > 0 else { return "" }
        var used = 0
        var end = startIndex
        for index in indices {
            used += CharacterWidths.columns(of: self[index])
            guard used < width else { break }
            end = self.index(after: index)
        }
        return self[..<end] + "…"
    }
}

/// To which side text is put in a column.
public enum Alignment: Sendable {
    /// Blanks behind it: words.
    case left
    /// Blanks before it: numbers.
    case right
}
