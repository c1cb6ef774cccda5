/// The targets of Package.swift, read as text so that no second SwiftPM has to run inside a test.
struct PackageText {
    struct Target {
        var name: String
        var isTest: Bool
        var dependencies: [String]
        var line: Int
    }

    let targets: [Target]

    init(_ text: String) {
        let lines = SourceText(text)
        // Names stand in literals, which `code` blanks: find the calls in the code, and read their
        // arguments from the same place of the text as written.
        let code = Array(lines.code.joined(separator: "\n"))
        let written = Array(lines.written.joined(separator: "\n"))
        var targets: [Target] = []
        for kind in [".target(", ".executableTarget(", ".testTarget(", ".systemLibrary("] {
            for start in Self.places(of: kind, in: code) {
                let body = start + kind.count
                let end = Self.closing("(", ")", from: body, in: code)
                // `.target(name:)` inside a dependency list names a target and declares none.
                let declares = Self.depth(at: start, in: code) <= Self.declarationDepth
                guard declares, let name = Self.literals(in: written[body..<end]).first else {
                    continue
                }
                var dependencies: [String] = []
                if let list = Self.places(of: "dependencies:", in: Array(code[body..<end])).first {
                    let open = (body + list..<end).first { code[$0] == "[" } ?? end
                    let close = Self.closing("[", "]", from: min(open + 1, end), in: code)
                    dependencies = Self.dependencies(
                        code: code, written: written, range: min(open + 1, close)..<close)
                }
                // What lives under Tests serves tests and is no module of the product.
                let isFixture = Self.literals(in: written[body..<end]).contains {
                    $0.hasPrefix("Tests/")
                }
                targets.append(
                    Target(
                        name: name, isTest: kind == ".testTarget(" || isFixture,
                        dependencies: dependencies,
                        line: code[..<start].count { $0 == "\n" } + 1))
            }
        }
        self.targets = targets.sorted { $0.line < $1.line }
    }

    /// `Package(` and its `targets: [` are two levels; a list kept in a variable is one.
    private static let declarationDepth = 2

    /// The first literal of each element: `"A"`, `.target(name: "A")`, `.product(name: "A", …)`.
    private static func dependencies(
        code: [Character], written: [Character], range: Range<Int>
    ) -> [String] {
        var names: [String] = []
        var depth = 0
        var start = range.lowerBound
        for place in range {
            switch code[place] {
            case "(", "[": depth += 1
            case ")", "]": depth -= 1
            case "," where depth == 0:
                names += literals(in: written[start..<place]).prefix(1)
                start = place + 1
            default: break
            }
        }
        return names + literals(in: written[start..<range.upperBound]).prefix(1)
    }

    private static func literals(in text: ArraySlice<Character>) -> [String] {
        text.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
            .filter { !$0.offset.isMultiple(of: 2) }.map { String($0.element) }
    }

    private static func places(of word: String, in text: [Character]) -> [Int] {
        let word = Array(word)
        guard text.count >= word.count else { return [] }
        return (0...(text.count - word.count)).filter { text[$0..<($0 + word.count)] == word[...] }
    }

    private static func closing(
        _ open: Character, _ close: Character, from start: Int, in text: [Character]
    ) -> Int {
        var depth = 1
        for place in start..<text.count {
            if text[place] == open { depth += 1 }
            if text[place] == close { depth -= 1 }
            if depth == 0 { return place }
        }
        return text.count
    }

    private static func depth(at end: Int, in text: [Character]) -> Int {
        text[..<end].reduce(0) { depth, character in
            switch character {
            case "(", "[": depth + 1
            case ")", "]": depth - 1
            default: depth
            }
        }
    }
}
