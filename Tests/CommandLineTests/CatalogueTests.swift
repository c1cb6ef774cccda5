import Foundation
import GRDB
import StoreText
import Testing
import VehicleFaults

@testable import forewarn

@Suite("catalogues of codes") struct CatalogueTests {
    private func file(_ name: String, _ text: String) throws -> String {
        let path = FileManager.default.temporaryDirectory.path + "/\(UUID().uuidString)-\(name)"
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    private func read(_ name: String, _ text: String) throws -> CatalogueReader {
        let path = try file(name, text)
        defer { try? FileManager.default.removeItem(atPath: path) }
        var reader = CatalogueReader()
        try reader.read(path: path)
        return reader
    }

    static let forms: [(name: String, text: String, texts: [String])] = [
        ("a comma", "code,description\nP0301,Misfire\n", ["P0301 Misfire"]),
        (
            "a semicolon, an alias, lower case and a quoted comma",
            "DTC;Title\r\np0420;\"weak, or \"\"dead\"\"\"\r\n", [#"P0420 weak, or "dead""#]
        ),
        ("tabs", "fault_code\tmeaning\nU0100\tlost\n", ["U0100 lost"]),
        ("SPN and FMI", "spn,fmi,text\n100,1,no oil\n", ["SPN 100 FMI 1 no oil"]),
        ("a list in JSON", #"[{"code":"P0301","definition":"x"}]"#, ["P0301 x"]),
        ("texts by code", #"{"P0301":"x","P0302":"y"}"#, ["P0301 x", "P0302 y"]),
        ("lines", "P0001 - valve\nP0002 - valve again\n", ["P0001 valve", "P0002 valve again"]),
        ("no header", "P0301;x\nP0302;y", ["P0301 x", "P0302 y"]),
        ("empty lines and cells", "code,text\n\n,\nP0301,x\n", ["P0301 x"]),
    ]
    @Test("a table is read in each form", arguments: forms)
    func form(name: String, text: String, texts: [String]) throws {
        let reader = try read("table", text)
        #expect(reader.entries.map { "\($0.code) \($0.text)" } == texts, "\(name)")
        #expect(reader.problems.isEmpty)
    }

    @Test("an SQLite file gives the first table that will do") func database() throws {
        let path = FileManager.default.temporaryDirectory.path + "/\(UUID().uuidString).db"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try DatabaseQueue(path: path).write { db in
            try db.execute(
                sql: """
                    CREATE TABLE a (x);
                    CREATE TABLE dtc (code, manufacturer, description, locale);
                    INSERT INTO dtc VALUES ('P0301', 'GENERIC', 'Misfire', 'en'),
                        ('P1457', 'Acme', 'Purge', 'en');
                    """)
        }
        var reader = CatalogueReader()
        try reader.read(path: path)
        #expect(reader.entries.map(\.code) == ["P0301", "P1457"])
        #expect(reader.entries.map(\.manufacturer) == ["", "Acme"])
    }

    @Test("repetitions are counted, contradictions and useless rows named with their line")
    func conflicts() throws {
        let reader = try read(
            "c.csv",
            "code,text,make\nP0301,a,\np0301,a,\nP0301,b,\nP0301,c,Acme\nnothing here at all,x,\nP0302,,\n"
        )
        #expect(reader.entries.map(\.text) == ["a", "c"])
        #expect(reader.duplicates == 1)
        #expect(reader.conflicts.map(\.line) == [4])
        #expect(reader.problems.map(\.line) == [6, 7])
    }

    @Test("what is no table is refused") func unreadable() throws {
        for text in ["", "a,b\n1,2\n", "{\"P0301\":7}", "[1]x"] {
            #expect(throws: CatalogueReader.Unreadable.self, "\(text)") { try read("x", text) }
        }
    }

    @Test("a text is found by language, maker and failure type") func lookup() {
        var catalogue = CodeCatalogue()
        catalogue.set(.init(code: "P0301", text: "one", locale: "en"))
        catalogue.set(.init(code: "P0301", text: "yi", locale: "zh-Hans"))
        catalogue.set(.init(code: "P1457", text: "purge", manufacturer: "Acme"))
        catalogue.set(.init(code: "P1458", text: "a", manufacturer: "Acme"))
        catalogue.set(.init(code: "P1458", text: "b", manufacturer: "Bolt"))
        #expect(catalogue.text(of: "P0301", .english) == "one")
        #expect(catalogue.text(of: "P0301", .chinese) == "yi")
        #expect(catalogue.text(of: "P0301-1A", .english) == "one")
        #expect(catalogue.text(of: "P1457", .chinese) == "purge (Acme)")
        #expect(catalogue.text(of: "P1458", .english) == nil)
        #expect(catalogue.text(of: "P0999", .english) == nil)
    }

    @Test("an imported text is shown in tail, tickets and explain, and decides nothing")
    func shown() throws {
        let state = try SampleState.usual()
        let digest = try Program.run(["db", "stats", "-o", "json"], state: state).output
        let path = try file("ours.csv", "code,text\nP0301,zylinder eins\nP0301,anders\n")
        defer { try? FileManager.default.removeItem(atPath: path) }
        let imported = try Program.run(["catalog", "import", path, "-o", "json"], state: state)
        #expect(imported.code == 0, "\(imported.errors)")
        let report = try object(imported.lines[0])
        #expect(report["taken"] as? Int == 1)
        #expect((report["conflicts"] as? [Any])?.count == 1)
        for arguments in [
            ["tail"], ["tail", "-x"], ["ticket", "show", "1"], ["explain", "T-1"],
            ["catalog", "show", "p0301"],
        ] {
            let shown = try Program.run(
                arguments, state: state, environment: ["COLUMNS": "200"])
            #expect(shown.output.contains("zylinder eins"), "\(arguments): \(shown.output)")
        }
        #expect(try Program.run(["db", "stats", "-o", "json"], state: state).output == digest)
    }

    @Test("codes of the rule packs have wording in both languages") func ownWording() throws {
        let state = try SampleState.usual()
        for (language, text) in [("en", "misfire in cylinder 1"), ("zh-Hans", "1 缸失火")] {
            let shown = try Program.run(
                ["ticket", "show", "1", "--lang", language], state: state)
            #expect(shown.output.contains(text), "\(shown.output)")
        }
        #expect(try Program.run(["catalog", "show", "X"], state: state).code != 0)
        let unknown = try Program.run(["catalog", "show", "BMS_17"], state: state)
        #expect(unknown.code == 1 && unknown.errors.contains("catalog import"))
    }
}
