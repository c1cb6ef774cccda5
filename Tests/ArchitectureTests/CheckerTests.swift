import Testing

/// A check that never fails checks nothing: each law is shown an offence and must name its place.
@Suite("The architecture's checker") struct CheckerTests {
    let table: ModuleTable

    init() throws {
        table = try ModuleTable(
            markdown: """
                | Module | Layer | Holds | May import |
                |---|---|---|---|
                | `Nouns` | core | words | nothing |
                | `Rules` | core | rules | `Nouns` |
                | `Store` | shell | rows | `Nouns`, `Glibc`, `GRDB` |
                """)
    }

    static let importing: [(name: String, text: String, refused: [String])] = [
        ("a file", "import Foundation\n", ["f.swift:1: Rules may not import Foundation"]),
        (
            "a socket after a comment", "// import Nouns\n\nimport Glibc\n",
            ["f.swift:3: Rules may not import Glibc"]
        ),
        (
            "with an attribute", "@_exported public import GRDB\n",
            ["f.swift:1: Rules may not import GRDB"]
        ),
        (
            "one type of it", "import struct Dispatch.DispatchTime\n",
            ["f.swift:1: Rules may not import Dispatch"]
        ),
        (
            "behind a semicolon", "import Nouns; import Logging\n",
            ["f.swift:1: Rules may not import Logging"]
        ),
        (
            "the shell", "private import Store\n", ["f.swift:1: Rules may not import Store"]
        ),
        ("what is allowed", "import Nouns\n", []),
        (
            "inside comments and literals",
            "/* /* import A */\nimport B */ let a = \"\\(b[\"import C\"])\"\nlet s = \"\"\"\nimport D\n\"\"\"\n",
            []
        ),
    ]
    @Test("refuses a forbidden import", arguments: importing)
    func refusesImport(name: String, text: String, refused: [String]) {
        let found = Laws.forbiddenImports(
            in: SourceText(text), path: "f.swift", module: "Rules", table: table)
        #expect(found == refused, "\(name)")
    }

    @Test("refuses a module that has no row") func refusesUnknownModule() {
        let found = Laws.forbiddenImports(
            in: SourceText("let a = 1\n"), path: "f.swift", module: "Utils", table: table)
        #expect(found == ["f.swift:1: docs/architecture.md has no row for Utils"])
    }

    static let impure: [(name: String, text: String, lines: [Int])] = [
        ("a clock", "let now =\n    ContinuousClock().now\n", [2]),
        ("a random number", "let a = Int.random(in: 0..<9)\n", [1]),
        ("a seeded one", "let a = Int.random(\n    in: 0..<9, using: &generator)\n", []),
        ("output", "print(1)\n", [1]),
        ("a suspension", "func f() async {}\n", [1]),
        ("an actor", "let x = 1\npublic actor Desk {}\n", [2]),
        ("whoever acts", "let actor: Actor = actor(named: actor.name)\n", []),
        ("longer words", "let fingerprint = asyncCount; pretty.printed()\n", []),
        ("a word of a text", "let a = \"await\" // Task\n", []),
    ]
    @Test("finds what the core may not use", arguments: impure)
    func findsImpurity(name: String, text: String, lines: [Int]) {
        let found = Laws.impurities(in: SourceText(text), path: "f.swift")
        #expect(
            found.map { String($0.prefix { $0 != " " }) } == lines.map { "f.swift:\($0):" },
            "\(name)")
    }

    static let loose: [(name: String, text: String, found: [String])] = [
        ("try!", "let a = try! f()\n", ["f.swift:1: try!"]),
        ("fatalError", "\nfatalError(\"no\")\n", ["f.swift:2: fatalError"]),
        ("a note", "// TO" + "DO: later\n", ["f.swift:1: TO" + "DO"]),
        ("in a literal", "let a = \"try! fatalError(\"\n", []),
        (
            "451 lines", String(repeating: "let a = 1\n", count: 451),
            ["f.swift:451: 451 lines, at most 450"]
        ),
        ("450 lines", String(repeating: "let a = 1\n", count: 450), []),
    ]
    @Test("finds loose ends", arguments: loose)
    func findsLooseEnd(name: String, text: String, found: [String]) {
        #expect(Laws.looseEnds(in: SourceText(text), path: "f.swift") == found, "\(name)")
    }

    @Test("refuses a core row with an impure module, and a library with two owners")
    func refusesRows() throws {
        let table = try ModuleTable(
            markdown: """
                | Module | Layer | Holds | May import |
                |---|---|---|---|
                | `Rules` | core | rules | `Glibc`, `RealModule` |
                | `Store` | shell | rows | `GRDB`, `Logging` |
                | `Daemon` | shell | wires | `GRDB`, `Logging`, `Store` |
                """)
        #expect(
            Laws.impureCoreRows(of: table)
                == ["docs/architecture.md:3: Rules is core, Glibc is not"])
        #expect(
            Laws.librariesWithSeveralOwners(of: table)
                == ["docs/architecture.md:5: GRDB belongs to Store already"])
    }

    @Test("says where the table cannot be read") func refusesTable() {
        let text =
            "| Module | Layer | Holds | May import |\n|---|---|---|---|\n| `A` | attic | x | nothing |\n"
        do throws(ModuleTable.Unreadable) {
            _ = try ModuleTable(markdown: text)
            Issue.record("the table was taken")
        } catch { #expect(error.line == 3 && error.reason == "attic is no layer") }
    }

    @Test("compares Package.swift with the table") func comparesPackage() {
        let package = PackageText(
            """
            let package = Package(
                name: "p", dependencies: [.package(url: "https://example.com/g.git", from: "1.0.0")],
                targets: [
                    .target(name: "Nouns"),
                    .target(
                        name: "Rules", dependencies: ["Nouns", .product(name: "GRDB", package: "g")]),
                    .target(name: "Attic", dependencies: [.target(name: "Nouns")]),
                    .testTarget(name: "RulesTests", dependencies: ["Rules"]),
                ])
            """)
        #expect(
            Laws.disagreements(of: package, with: table) == [
                "Package.swift:5: Rules may not depend on GRDB",
                "Package.swift:7: Attic has no row in the table",
                "docs/architecture.md:5: Package.swift has no target Store",
            ])
    }
}
