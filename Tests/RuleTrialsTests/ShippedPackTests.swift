import FaultRules
import FleetWatch
import Foundation
import RuleTrials
import Testing
import VehicleFaults
import YAMLSource

/// The rules that are installed: `deploy/rules` and `deploy/failure-modes.yaml`.
@Suite("The shipped rule pack") struct ShippedPackTests {
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static func read(_ path: String) throws -> String {
        try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
    }

    static func node(_ path: String) throws -> SourceNode {
        try YAMLSource.parse(read(path), file: path)
    }

    static let names = [
        "engine", "aftertreatment", "electrical", "driveline", "chassis", "high-voltage", "data",
    ]

    /// Everything in the folder is named above, so that no pack is left out here.
    @Test("holds these files and no others") func files() throws {
        let found = try FileManager.default.contentsOfDirectory(
            atPath: Self.root.appendingPathComponent("deploy/rules").path)
        #expect(Set(found) == Set(Self.names.flatMap { ["\($0).yaml", "\($0).test.yaml"] }))
    }

    static func reader() throws -> RulePackReader {
        var reader = RulePackReader()
        for name in names { reader.add(file: try node("deploy/rules/\(name).yaml")) }
        reader.finish()
        return reader
    }

    static func catalogueReader() throws -> FailureModeReader {
        var reader = FailureModeReader()
        reader.add(file: try node("deploy/failure-modes.yaml"))
        reader.finish()
        return reader
    }

    static func isChinese(_ text: String) -> Bool {
        text.unicodeScalars.contains { $0.properties.isIdeographic }
    }

    static func isWhole(_ text: BilingualText?) -> Bool {
        guard let text else { return false }
        return isChinese(text.zh) && !isChinese(text.en) && !text.en.isEmpty
    }

    @Test("is read without an error or a warning") func strict() throws {
        let problems = try Self.reader().diagnostics + Self.catalogueReader().diagnostics
        #expect(problems.isEmpty, "\(problems.map(\.description))")
    }

    @Test("has 81 failure modes, each with a rule or with what it waits for") func modes() throws {
        let program = try Self.reader().program
        let catalogue = try Self.catalogueReader().catalogue
        #expect(catalogue.modes.count == 81)
        #expect(catalogue.check(program).isEmpty)
        let found = Set(program.rules.map(\.mode))
        for mode in catalogue.modes where !found.contains(mode.id) {
            #expect(!mode.waitsFor.isEmpty, "\(mode.id)")
        }
        for rule in program.rules {
            let mode = try #require(catalogue[rule.mode])
            #expect(rule.component == mode.component && rule.skill == mode.skill, "\(rule.id)")
        }
    }

    @Test("speaks both languages everywhere") func languages() throws {
        for rule in try Self.reader().program.rules {
            #expect(Self.isWhole(rule.name), "\(rule.id)")
        }
        let catalogue = try Self.catalogueReader().catalogue
        for mode in catalogue.modes {
            #expect(Self.isWhole(mode.name), "\(mode.id)")
            #expect(Self.isWhole(catalogue.componentNames[mode.component]), "\(mode.component)")
            #expect(Self.isWhole(mode.procedure), "\(mode.id)")
            #expect(Self.isWhole(mode.driverAdvice), "\(mode.id)")
            for part in mode.parts { #expect(Self.isWhole(part.name), "\(part.number)") }
        }
    }

    /// The severest words are for what cannot wait, and nobody may be told to drive on then.
    @Test("its advice is as grave as its severity") func advice() throws {
        let allowed: [Severity: Set<Advice>] = [
            .s1: [.a0, .a1], .s2: [.a2, .a3], .s3: [.a2, .a3], .s4: [.a3, .a4],
        ]
        for rule in try Self.reader().program.rules {
            #expect(allowed[rule.severity]?.contains(rule.advice) == true, "\(rule.id)")
        }
    }

    @Test("passes its own tests, of which each rule has all three kinds", arguments: names)
    func tests(name: String) throws {
        let path = "deploy/rules/\(name).test.yaml"
        let reader = RuleTestReader(try Self.node(path), name: path)
        #expect(reader.diagnostics.isEmpty, "\(reader.diagnostics.map(\.description))")
        let program = try RuleSource(files: [Self.node("deploy/rules/\(name).yaml")]).program()
        for test in reader.file.tests {
            guard case .lines(let lines) = test.traffic else {
                Issue.record("\(test.name): no messages")
                continue
            }
            let result = test.run(on: Pack.batch(lines.map(\.text)), program: program)
            #expect(result.passed, "\(test.name): \(result.differences)")
        }
        for rule in program.rules {
            for kind in ["fires", "is quiet", "lacks data"] {
                let count = reader.file.tests.count { $0.name.hasPrefix("\(rule.id) \(kind): ") }
                #expect(count > 0, "\(rule.id) has no test in which it \(kind)")
            }
            let fires = reader.file.tests.filter { $0.name.hasPrefix("\(rule.id) fires: ") }
            #expect(fires.allSatisfy { !$0.expected.isEmpty }, "\(rule.id)")
        }
    }

    @Test("is told as it is by its page") func page() throws {
        var rows: [String] = []
        let program = try Self.reader().program
        for mode in try Self.catalogueReader().catalogue.modes {
            let waits =
                mode.waitsFor.isEmpty
                ? "-" : mode.waitsFor.map { "`\($0.rawValue)`" }.joined(separator: ", ")
            let rules = program.rules.filter { $0.mode == mode.id }
            for rule in rules {
                rows.append(
                    "| `\(mode.id)` | `\(rule.id)` | \(rule.severity.name) \(rule.advice.name) | \(waits) |"
                )
            }
            if rules.isEmpty { rows.append("| `\(mode.id)` | - | - | \(waits) |") }
        }
        // What opens it is said in words, and is the fourth of five columns.
        let told = try Self.read("docs/reference/rule-pack.md").split(separator: "\n")
            .filter { $0.hasPrefix("| `") && $0.split(separator: "|").count == 5 }
            .map { line in
                let cells = line.split(separator: "|")
                #expect(cells[3].count > 5, "\(line)")
                return (cells[0...2] + [cells[4]]).map { "|\($0)" }.joined() + "|"
            }
        #expect(told == rows)
    }
}
