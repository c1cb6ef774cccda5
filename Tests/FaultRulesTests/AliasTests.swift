import Testing
import YAMLSource

@testable import FaultRules

/// Rule packs in which a few lines stand for more values than any memory holds.
@Suite("Aliases in rule files") struct AliasTests {
    /// Lists of lists, each of nine times the one before.
    private static func bomb(_ levels: Int) -> String {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        for level in 1...levels {
            let inner = repeatElement("*a\(level - 1)", count: 9).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(inner)]\n"
        }
        return text
    }

    private static let rules = """
        version: 1
        pack: p
        rules:
          - { id: a, mode: a, severity: S3, advice: A3, component: c, skill: E, when: rpm > 5 }

        """

    static let bombs: [(name: String, text: String, says: String)] = [
        ("as values of keys that nobody knows", bomb(12) + rules, "unfolds to too many values"),
        ("as a rule", rules + "  - *a9\n" + bomb(9), "undefined alias"),
        ("as a key that is named", bomb(12) + "? *a12\n: 1\n" + rules, "must be a text"),
        ("as a key by an alias alone", bomb(12) + "*a12 : 1\n" + rules, "must be a text"),
        ("as a key that is a list", bomb(12) + "[*a12]: 1\n" + rules, "must be a text"),
        ("as a key within a mapping", bomb(12) + "b: { {c: *a12}: 1 }\n" + rules, "must be a text"),
        ("as a key on a line of its own", bomb(12) + "?\n  *a12\n: 1\n" + rules, "must be a text"),
    ]

    @Test(
        "a bomb is refused with its place, and unfolds no further than a file may", arguments: bombs
    )
    func refused(name: String, text: String, says: String) {
        #expect {
            try YAMLSource.parse(text, file: "r.yaml")
        } throws: { error in
            guard let problem = error as? Diagnostic else { return false }
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false).count
            return "\(problem.message)".contains(says) && problem.position.file == "r.yaml"
                && (1...lines).contains(problem.position.line)
        }
    }

    @Test("an alias where there is need of one is read") func usual() throws {
        let text = """
            version: 1
            pack: p
            params:
              hot: &limit { value: 100, unit: °C }
              hotter: *limit
            rules:
              - { id: a, mode: a, severity: S3, advice: A3, component: c, skill: E,
                  when: "coolant_c > $hot", until: "coolant_c < $hotter" }

            """
        var reader = RulePackReader()
        reader.add(file: try YAMLSource.parse(text, file: "r.yaml"))
        reader.finish()
        #expect(reader.diagnostics.map(\.description) == [])
        #expect(reader.program.rules.count == 1)
    }
}
