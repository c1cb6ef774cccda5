import Foundation
import Testing

@testable import forewarn

@Suite struct ScoreCommandTests {
    private func rows(_ text: String, pieces: Int = .max) throws -> [SeriesTable.Row] {
        var table = SeriesTable()
        var found: [SeriesTable.Row] = []
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            try table.add(rest.prefix(pieces)) { found.append($0) }
            rest = rest.dropFirst(pieces)
        }
        try table.finish { found.append($0) }
        return found
    }

    @Test("rows are the same however the bytes are cut") func pieces() throws {
        let text =
            "\u{FEFF}id,Timestamp,value\r\n1,1970-01-02 00:00:05,1.5\r\n2,1970-01-02T00:01,-2e3"
        let whole = try rows(text)
        #expect(whole.map(\.second) == [86_405, 86_460])
        #expect(whole.map(\.value) == [1.5, -2000])
        for size in 1...9 {
            let cut = try rows(text, pieces: size)
            #expect(cut.map(\.second) == whole.map(\.second))
            #expect(cut.map { Array($0.written) } == whole.map { Array($0.written) })
        }
    }

    static let times: [(text: String, second: Int64?)] = [
        ("2014-02-14 14:30:00", 1_392_388_200), ("2014-02-14T14:30:00Z", 1_392_388_200),
        ("2014-02-14 14:30:00.000000", 1_392_388_200), ("2014-02-14", 1_392_336_000),
        ("2014-02-14T14:30:00+05:00", 1_392_388_200), ("1392388200", 1_392_388_200),
        ("1392388200000", 1_392_388_200), ("14.02.2014", nil), ("", nil), ("2014-13-01", nil),
        ("2014-02-14 25:00:00", nil), ("1e300", nil),
    ]
    @Test("times are read as their clock wrote them", arguments: times)
    func time(text: String, second: Int64?) {
        #expect(SeriesTable.second(of: Array(text.utf8)[...]) == second)
    }

    static let refusals: [(text: String, line: Int, word: String)] = [
        ("", 1, "empty"), ("a,b\n", 1, "columns"), ("timestamp,value\n1,2\n3\n", 3, "too few"),
        ("timestamp,value\n1,warm\n", 2, "no number: warm"),
        ("timestamp,value\nx,1\n", 2, "no time: x"),
    ]
    @Test("what cannot be read is named with its line", arguments: refusals)
    func refuses(text: String, line: Int, word: String) throws {
        let failure = try #require(throws: SeriesTable.Failure.self) { try rows(text) }
        #expect(failure.line == line)
        #expect(failure.reason.contains(word), "\(failure.reason)")
    }

    @Test("a gap is no value") func gap() throws {
        let found = try rows("timestamp,value\n1,\n2,nan\n3,4\n")
        #expect(found.map(\.value) == [nil, nil, 4])
    }

    @Test("a folder is scored at the same paths, and one file alike") func folder() throws {
        let base = FileManager.default.temporaryDirectory.path + "/score-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: base) }
        try FileManager.default.createDirectory(
            atPath: base + "/in/deep", withIntermediateDirectories: true)
        var text = "timestamp,value\n"
        for row in 0..<400 { text += "\(row * 300),\(row == 390 ? 50 : row % 3)\n" }
        try text.write(toFile: base + "/in/deep/a.csv", atomically: true, encoding: .utf8)
        try "no series".write(toFile: base + "/in/notes.txt", atomically: true, encoding: .utf8)
        let result = try Program.run(["score", base + "/in", base + "/out"])
        #expect(result.code == 0, "\(result.errors)")
        let written = try String(contentsOfFile: base + "/out/deep/a.csv", encoding: .utf8)
        let lines = written.split(separator: "\n")
        #expect(lines.count == 401)
        #expect(lines.first == "timestamp,value,anomaly_score")
        #expect(lines[1] == "0,0,0.0")
        let scores = lines.dropFirst().compactMap { Double($0.split(separator: ",")[2]) }
        #expect(scores.firstIndex(of: scores.max() ?? 0) == 390)
        #expect(!FileManager.default.fileExists(atPath: base + "/out/notes.txt"))
        let one = try Program.run(["score", base + "/in/deep/a.csv", base + "/one.csv"])
        #expect(one.code == 0, "\(one.errors)")
        #expect(try String(contentsOfFile: base + "/one.csv", encoding: .utf8) == written)
    }

    @Test("wrong files end as they should") func wrongFiles() throws {
        let base = FileManager.default.temporaryDirectory.path + "/score-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: base) }
        try FileManager.default.createDirectory(atPath: base, withIntermediateDirectories: true)
        let path = base + "/a.csv"
        try "timestamp,value\n1,warm\n".write(toFile: path, atomically: true, encoding: .utf8)
        let bad = try Program.run(["score", path, base + "/b.csv"])
        #expect(bad.code == 4)
        #expect(bad.errors.contains("a.csv:2: no number: warm"), "\(bad.errors)")
        #expect(try Program.run(["score", path, path]).code == 2)
        #expect(try String(contentsOfFile: path, encoding: .utf8).hasSuffix("warm\n"))
        #expect(try Program.run(["score", base + "/none.csv", base + "/b.csv"]).code == 2)
        let empty = try Program.run(["score", "/usr/lib/locale", base + "/out"])
        #expect(empty.code == 2 || empty.code == 4)
    }
}
