/// Swift source with comments and string literals blanked, line for line, so that a search finds
/// code and nothing else.
struct SourceText {
    /// The lines as written.
    let written: [String]
    /// The same lines with every comment and every literal's content turned into spaces.
    let code: [String]

    init(_ text: String) {
        written = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        var blanker = Blanker(text: Array(text))
        code = blanker.blanked().split(separator: "\n", omittingEmptySubsequences: false)
            .map(String.init)
    }

    /// The modules that the code imports, each with its line number.
    ///
    /// Knows attributes (`@testable`), access levels (`public import`), kinds (`import struct A.B`)
    /// and submodules, whose first component is the module.
    var imports: [(module: String, line: Int)] {
        var found: [(module: String, line: Int)] = []
        for (index, line) in code.enumerated() {
            for statement in line.split(separator: ";") {
                var words = statement.split(whereSeparator: \.isWhitespace).map(String.init)
                while let first = words.first,
                    first.hasPrefix("@") || Self.accessLevels.contains(first)
                {
                    words.removeFirst()
                }
                guard words.first == "import", words.count > 1 else { continue }
                let name =
                    Self.importKinds.contains(words[1]) && words.count > 2 ? words[2] : words[1]
                found.append((String(name.prefix { $0 != "." }), index + 1))
            }
        }
        return found
    }

    /// The numbers of the lines whose code holds `word`, not as a part of a longer word.
    func lines(withWord word: String) -> [Int] {
        code.indices.filter { Self.holds(code[$0], word: word) }.map { $0 + 1 }
    }

    private static func holds(_ line: String, word: String) -> Bool {
        var rest = line[...]
        while let place = rest.firstRange(of: word) {
            let before =
                place.lowerBound == line.startIndex
                ? nil : line[line.index(before: place.lowerBound)]
            let after = place.upperBound == line.endIndex ? nil : line[place.upperBound]
            let startsWord = word.first.map(isNameCharacter) ?? false
            let endsWord = word.last.map(isNameCharacter) ?? false
            let free =
                !(startsWord && (before.map(isNameCharacter) ?? false))
                && !(endsWord && (after.map(isNameCharacter) ?? false))
            if free { return true }
            rest = line[place.upperBound...]
        }
        return false
    }

    private static func isNameCharacter(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || character == "_"
    }

    private static let accessLevels: Set<String> = [
        "public", "package", "internal", "fileprivate", "private",
    ]
    private static let importKinds: Set<String> = [
        "struct", "class", "enum", "protocol", "func", "var", "let", "typealias", "actor",
    ]
}

/// Walks over source once and blanks what is not code.
private struct Blanker {
    let text: [Character]
    var place = 0
    var output = ""

    init(text: [Character]) {
        self.text = text
        output.reserveCapacity(text.count)
    }

    mutating func blanked() -> String {
        while place < text.count {
            if sees("//") {
                while place < text.count, text[place] != "\n" { blank() }
            } else if sees("/*") {
                comment()
            } else if let pounds = literalAhead() {
                literal(pounds: pounds)
            } else {
                output.append(text[place])
                place += 1
            }
        }
        return output
    }

    private func sees(_ word: String, at offset: Int = 0) -> Bool {
        let start = place + offset
        return start + word.count <= text.count
            && text[start..<(start + word.count)].elementsEqual(word)
    }

    private mutating func blank(_ count: Int = 1) {
        for _ in 0..<count where place < text.count {
            output.append(text[place] == "\n" ? "\n" : " ")
            place += 1
        }
    }

    private mutating func comment() {
        var depth = 0
        repeat {
            if sees("/*") {
                depth += 1
                blank(2)
            } else if sees("*/") {
                depth -= 1
                blank(2)
            } else {
                blank()
            }
        } while depth > 0 && place < text.count
    }

    /// How many `#` stand before the quote of a literal that begins here; `nil` where none begins.
    private func literalAhead() -> Int? {
        var pounds = 0
        while sees("#", at: pounds) { pounds += 1 }
        return sees("\"", at: pounds) ? pounds : nil
    }

    private mutating func literal(pounds: Int) {
        let marks = String(repeating: "#", count: pounds)
        blank(pounds)
        let quote = sees("\"\"\"") ? "\"\"\"" : "\""
        blank(quote.count)
        while place < text.count {
            if sees(quote + marks) {
                blank(quote.count + pounds)
                return
            }
            // A quote that is never closed on its line is a regular expression's, not a literal's.
            if quote == "\"", text[place] == "\n" { return }
            if sees("\\" + marks) {
                blank(1 + pounds)
                if sees("(") { interpolation() } else { blank() }
            } else {
                blank()
            }
        }
    }

    /// Blanks the code of an interpolation too: no import, crash or clock hides in one usefully.
    private mutating func interpolation() {
        var depth = 0
        repeat {
            if let pounds = literalAhead() {
                literal(pounds: pounds)
                continue
            }
            if sees("(") { depth += 1 }
            if sees(")") { depth -= 1 }
            blank()
        } while depth > 0 && place < text.count
    }
}
