import Foundation
import GRDB
import Testing

/// The sample quarter: taken in whole, told in both languages, and counted again with SQL.
@Suite struct SampleQuarterTests {
    static let samples = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Samples/quarter").path

    /// A store that the sample's history was taken into, once for all tests.
    static let state: Result<Workshop, any Error> = Result {
        let workshop = try Workshop()
        let result = try Program.run([
            "ticket", "import", samples + "/history.jsonl", "--rules", samples + "/rules.yaml",
            "--state", workshop.path("state"),
        ])
        #expect(result.code == 0, "\(result.errors)")
        return workshop
    }

    static let reports = [
        "kpi", "sla", "faults", "staffing", "parts", "suppliers", "training", "quality",
        "feedback", "quarter",
    ]

    func report(_ name: String, _ more: [String] = []) throws -> Program.Result {
        let result = try Program.run(
            [
                "report", name, "--state", Self.state.get().path("state"), "--data",
                Self.samples + "/data", "--quarter", "2026Q3",
            ] + more, environment: ["TZ": "Asia/Shanghai"])
        #expect(result.code == 0, "\(result.errors)")
        return result
    }

    @Test("trainings that another system names are judged by the store's repairs")
    func trainings() throws {
        let workshop = try Workshop([
            "trainings.csv": "date,name,skill,mode\n2026-08-15,diagnosis,ENG,\n"
        ])
        let result = try Program.run(
            [
                "report", "training", "--state", Self.state.get().path("state"), "--data",
                workshop.folder, "--quarter", "2026Q3", "-o", "csv",
            ], environment: ["TZ": "Asia/Shanghai"])
        #expect(result.code == 0, "\(result.errors)")
        let rows = result.output.components(separatedBy: "diagnosis,2026-08-15,ENG,").dropFirst()
        #expect(rows.map { $0.prefix(5) } == ["Fixed", "Over ", "Satis"], "\(result.output)")
        #expect(result.output.contains("Satisfaction,4.1875,16,3.91"))
    }

    @Test(
        "the sample's own trainings are told of, in the review as well",
        arguments: ["training", "quarter"])
    func ownTrainings(name: String) throws {
        let found = try object(try #require(try report(name, ["-o", "json"]).lines.first))
        let effects = try rows(found, "training_effect")
        #expect(
            Set(effects.compactMap { $0["training"] as? String }) == ["ENG-12", "ELE-04", "CHS-03"])
        // Nothing in the simulation follows from a training.
        #expect(effects.contains { ($0["verdict"] as? String) == "within chance" })
    }

    @Test("the sample is what the simulation writes") func isGenerated() throws {
        let workshop = try Workshop()
        let result = try Program.run([
            "simulate", "--preset", "quarter", "--seed", "7", "--out", workshop.folder,
        ])
        #expect(result.code == 0, "\(result.errors)")
        let made = try FileManager.default.subpathsOfDirectory(atPath: workshop.folder).sorted()
        let kept = try FileManager.default.subpathsOfDirectory(atPath: Self.samples).sorted()
        #expect(made == kept)
        for name in made where name.contains(".") {
            let isSame = FileManager.default.contentsEqual(
                atPath: workshop.path(name), andPath: Self.samples + "/" + name)
            #expect(isSame, "\(name)")
        }
    }

    @Test("moving tickets to quiet hours is not praised where it saves nothing")
    func nothingSaved() throws {
        // One seat at the peak either way, and an hour more over the day.
        let text = try report("staffing").output.replacing("\n", with: " ")
        #expect(text.contains("would take no fewer seats") && !text.contains(" seats instead of "))
    }

    @Test("every figure and table with SQL is counted again to the same", arguments: reports)
    func sql(name: String) throws {
        let text = try report(name, ["--sql"]).output
        let found = try object(try #require(try report(name, ["-o", "json"]).lines.first))
        var figures: [String: [String: Any]] = [:]
        for figure in found["figures"] as? [[String: Any]] ?? [] {
            if let id = figure["id"] as? String { figures[id] = figure }
        }
        let tables = found["tables"] as? [String: [[String: Any]]] ?? [:]
        let parts = text.components(separatedBy: "\n\n-- ")
        let path = try Self.state.get().path("state/forewarn.db")
        var checked = 0
        // A command that ends folds the log into the database, and holds it for that long.
        var configuration = Configuration()
        configuration.busyMode = .timeout(10)
        try DatabaseQueue(path: path, configuration: configuration).writeWithoutTransaction { db in
            try db.execute(sql: parts[0])
            for part in parts.dropFirst() {
                let lines = part.split(separator: "\n", maxSplits: 1).map(String.init)
                let id = String(try #require(lines[0].split(separator: ":").first))
                guard lines.count == 2, !lines[1].hasPrefix("--") else { continue }
                let rows = try Row.fetchAll(db, sql: lines[1])
                checked += 1
                if let figure = figures[id] {
                    let row = try #require(rows.first, "\(id)")
                    let value = (figure["value"] as? NSNumber)?.doubleValue
                    let counted = row[0] as Double?
                    #expect((value == nil) == (counted == nil), "\(id): \(lines[1])")
                    #expect(abs((value ?? 0) - (counted ?? 0)) < 1e-9, "\(id): \(lines[1])")
                    #expect(row[1] as Int? == figure["n"] as? Int, "\(id)")
                } else {
                    try compare(rows, try #require(tables[id], "\(id)"), id)
                }
            }
        }
        #expect(checked > 0 || ["parts", "suppliers"].contains(name))
    }

    /// A table's rows agree with a statement's, as far as the statement has columns.
    private func compare(_ rows: [Row], _ table: [[String: Any]], _ id: String) throws {
        let keys: [String]
        switch id {
        case "modes": keys = ["mode", "tickets", "vehicles", "confirmed"]
        case "time_in_state": keys = ["tickets", "hours"]
        case "complaints": keys = ["n"]
        case "told": keys = ["ticket", "text"]
        case let id where id.hasSuffix(".causes"): keys = ["cause", "n"]
        case "repairs_by_component": keys = ["component", "repairs"]
        case "missed": keys = ["ticket"]
        case "missed_by_most": keys = ["ticket", "beyond"]
        case let id where id.hasPrefix("by_"): keys = ["group", "tickets"]
        case let id where id.hasSuffix(".rules"): keys = ["confirmed", "refuted"]
        case let id where id.hasSuffix(".outcome"): keys = ["n"]
        case "desk_hours":
            for row in rows {
                let hour = table[row[0] as Int]
                let rate = try #require(hour["arrivals"] as? NSNumber).doubleValue
                #expect(abs(rate - (row[1] as Double)) < 1e-9, "\(id)")
            }
            return
        case "training":
            for row in rows {
                let same = table.first {
                    $0["skill"] as? String == row[0] as String
                        && $0["mode"] as? String == row[1] as String
                }
                #expect((same?["repairs"] as? NSNumber)?.intValue == row[2] as Int, "\(id)")
                let missed = (same?["missed"] as? NSNumber)?.doubleValue ?? -1
                #expect(abs(missed - (row[3] as Double)) < 1e-9, "\(id)")
            }
            return
        default:
            Issue.record("nobody compares \(id)")
            return
        }
        #expect(rows.count == table.count, "\(id)")
        for (row, line) in zip(rows, table) {
            // A name that is rendered is not compared, what is counted is.
            let first = row.count - keys.count
            for (place, key) in keys.enumerated() {
                if let text = line[key] as? String {
                    #expect(text == row[first + place] as String, "\(id)")
                } else {
                    let number = (line[key] as? NSNumber)?.doubleValue ?? .nan
                    #expect(abs(number - (row[first + place] as Double)) < 1e-6, "\(id)")
                }
            }
        }
    }

    @Test("every report is told in Chinese, and no English word is left", arguments: reports)
    func chinese(name: String) throws {
        var text = try report(name, ["--lang", "zh-Hans", "-o", "md"]).output
        // What people wrote into tickets stays as they wrote it.
        let found = try object(try #require(try report(name, ["-o", "json"]).lines.first))
        for (id, rows) in found["tables"] as? [String: [[String: Any]]] ?? [:]
        where id == "told" || id.hasSuffix(".causes") {
            for row in rows {
                for key in ["text", "cause", "correction", "part"] {
                    guard let written = row[key] as? String else { continue }
                    text = text.replacing("| \(written) |", with: "|  |")
                }
            }
        }
        #expect(Self.english(in: text) == [], "\(name)")
    }

    /// What the sample calls things, and whose formulas there are.
    private static let names: Set<Substring> = [
        "Brier", "Erlang", "Croston", "Beijing", "Chengdu", "Suzhou", "Huaxin", "Parts", "Kestrel",
        "City", "Depot", "km", "battery", "alternator", "turbocharger", "local", "movable",
        "presence", "utilisation", "shrinkage", "service", "ack", "season", "csv",
    ]

    /// Words of Latin letters that are neither names nor codes: a code has a digit, a dash or a low
    /// line, or is in capitals.
    private static func english(in text: String) -> Set<Substring> {
        let words = text.split {
            !($0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)))
        }
        return Set(
            words.filter { word in
                let letters = word.filter(\.isLetter)
                return letters.count > 1 && word.allSatisfy(\.isLetter)
                    && letters != letters.uppercased() && !names.contains(word)
            })
    }
}
