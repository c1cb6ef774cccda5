/// Words of others inside HTML and XML.
public enum Markup {
    private static let marks = Array("&<>\"'".utf8)

    /// A text as HTML and XML 1.0 read it, in elements and in attributes.
    ///
    /// What XML allows nowhere, not even escaped, becomes U+FFFD: controls other than tabs and line
    /// ends, and the two characters that are none.
    public static func escaped(_ words: some StringProtocol) -> String {
        // 0xEF begins the two characters, and others.
        let isPlain = words.utf8.allSatisfy { $0 >= 0x20 && $0 != 0xEF && !marks.contains($0) }
        if isPlain { return String(words) }
        var result = ""
        // By scalars: a quote with an accent is one character, and ends an attribute all the same.
        for scalar in words.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            case "\n", "\t": result.unicodeScalars.append(scalar)
            case "\0"..<" ", "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
