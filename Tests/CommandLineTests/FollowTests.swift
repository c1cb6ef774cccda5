import Foundation
import Testing

@Suite struct FollowTests {
    @Test("prints what is committed later, and ends with the count") func follows() throws {
        let state = try SampleState.usual()
        let tail = try Program.Running(
            ["tail", "-f", "-n", "1", "-C", "2", "-W", "30s", "-o", "json"], state: state)
        #expect(tail.awaitLines(1).count == 1)
        try state.take([SampleState.misfire(at: 20)], at: 20)
        let result = tail.finish()
        #expect(result.code == 0, "\(result.errors)")
        #expect(result.lines.count == 2)
        let last = try object(try #require(result.lines.last))
        #expect(last["effect"] as? String == "joined")
    }

    @Test("waits for a store that is not there yet") func waits() throws {
        let name = UUID().uuidString
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("forewarn-test-\(name)").path
        let tail = try Program.Running(
            ["tail", "-f", "-C", "1", "-W", "30s", "--state", folder])
        let state = try SampleState(named: name)
        for minute: Int64 in 0..<3 { try state.take([SampleState.misfire(at: minute)], at: minute) }
        let result = tail.finish()
        #expect(result.code == 0, "\(result.errors)")
        #expect(result.output.contains("T-1 opened"))
    }

    @Test("says 124 when the wait runs out, with what came so far") func runsOut() throws {
        let state = try SampleState.usual()
        let result = try Program.run(
            ["tail", "-f", "-n", "2", "-C", "5", "-W", "50ms"], state: state)
        #expect(result.code == 124)
        #expect(result.lines.count == 2)
        #expect(result.errors.contains("2 of 5"))
    }

    @Test("Ctrl-C is 130") func interrupted() throws {
        let state = try SampleState.usual()
        let tail = try Program.Running(["tail", "-f", "-n", "1", "-W", "30s"], state: state)
        #expect(tail.awaitLines(1).count == 1)
        tail.interrupt()
        #expect(tail.finish().code == 130)
    }

    @Test("is quiet when nobody reads any more") func closed() throws {
        let state = try SampleState.usual()
        let tail = try Program.Running(
            ["tail", "-f", "-n", "1", "-C", "9", "-W", "30s"], state: state)
        #expect(tail.awaitLines(1).count == 1)
        tail.closeOutput()
        try state.take([SampleState.misfire(at: 20)], at: 20)
        let result = tail.finish(reads: false)
        #expect(result.errors.isEmpty)
        #expect(result.code == 0)
    }

    @Test("a cursor resumes without loss or repetition, however the reading is cut")
    func cursor() throws {
        let state = try SampleState.usual()
        let file = state.folder + "/cursor"
        var seen: [Int] = []
        func read(_ more: [String]) throws {
            let result = try Program.run(
                ["tail", "-o", "json", "--cursor-file", file] + more, state: state)
            #expect(result.code == 0, "\(result.errors)")
            for line in result.lines {
                seen.append(try #require(try object(line)["event"] as? Int))
            }
        }
        try read(["-C", "2"])
        try read(["-f", "-C", "1", "-W", "30s"])
        try read([])
        try read([])
        try state.take([SampleState.misfire(at: 20)], at: 20)
        try read(["-f", "-C", "1", "-W", "30s"])
        try read([])
        #expect(seen == Array(1...6), "\(seen)")
        try "nonsense".write(toFile: file, atomically: true, encoding: .utf8)
        #expect(try Program.run(["tail", "--cursor-file", file], state: state).code == 4)
    }

    static let filters: [(name: String, arguments: [String], events: [Int])] = [
        ("all", [], [1, 2, 3, 4, 5]),
        ("the newest", ["-n", "2"], [4, 5]),
        ("newest first", ["-r", "-n", "3"], [5, 4, 3]),
        ("a severity and graver", ["-p", "S2"], [3]),
        ("a range of severities", ["-p", "S3..S4"], [1, 5]),
        ("tickets", ["kind=ticket"], [1, 3]),
        ("dead letters", ["kind=dead_letter"], [2, 4]),
        ("one field twice is or", ["kind=ticket", "kind=dead_letter"], [1, 2, 3, 4]),
        ("two fields are and", ["kind=ticket", "severity=s1"], [3]),
        ("a ticket", ["ticket=T-1"], [1, 5]),
        ("a vehicle as it is masked", ["vehicle=LGA…0043"], [3]),
        ("a vehicle in lower case", ["vehicle=lgag1a2b3c4d00043"], [3]),
        ("a state", ["state=cleared"], [5]),
        ("an expression", ["-g", "coolant"], [3]),
        ("an expression in upper case", ["-g", "COOLANT"], []),
        ("since", ["--since", "2026-11-21T14:15:00Z"], [3, 4, 5]),
        ("until", ["--until", "2026-11-21T14:15:00Z"], [1, 2]),
    ]

    @Test("shows what was asked for", arguments: filters)
    func filtered(name: String, arguments: [String], events: [Int]) throws {
        let state = try SampleState.usual()
        let result = try Program.run(["tail", "-o", "json"] + arguments, state: state)
        #expect(result.code == 0, "\(result.errors)")
        let found = try result.lines.map { try object($0)["event"] as? Int }
        #expect(found == events, "\(name)")
    }
}
