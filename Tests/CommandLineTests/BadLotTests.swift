import Foundation
import Testing

/// A bad lot, from the making of the fleet to the ticket, by the commands of docs/detection.md.
@Suite("Bad lots of a simulated fleet") struct BadLotTests {
    private static let rules = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Samples/simulated-lots").path

    /// The campaign tickets of a replay under a roster.
    private static func campaigns(_ workshop: Workshop, roster: String) throws -> [[String: Any]] {
        let store = workshop.path(roster + ".db")
        let replayed = try Program.run([
            "replay", "-q", workshop.path("stream.jsonl"), "--rules", rules, "--roster",
            workshop.path(roster), "--db", store,
        ])
        #expect(replayed.code == 0, "\(replayed.errors)")
        let listed = try Program.run([
            "ticket", "ls", "--campaigns", "-o", "json", "--state", store,
        ])
        return try listed.lines.map { line in
            let number = try #require(try object(line)["id"] as? String)
            let shown = try Program.run([
                "ticket", "show", number, "-o", "json", "--state", store,
            ])
            return try object(shown.output)
        }
    }

    @Test("is one ticket with its vehicles that still run, and dealt to others it is none")
    func lot() throws {
        let workshop = try Workshop()
        let made = try Program.run([
            "simulate", "-q", "--preset", "easy", "--vehicles", "400", "--days", "60", "--seed",
            "4", "--lot-size", "30", "--bad-lot", "40", "--out", workshop.folder,
        ])
        #expect(made.code == 0, "\(made.errors)")
        let truth = try workshop.text("truth.jsonl").split(separator: "\n")
            .map { try object(String($0)) }
        let bad = truth.filter { $0["kind"] as? String == "bad-lot" }
            .compactMap { $0["lot"] as? String }
        #expect(bad.count == 1)
        // So small a fleet is compared within its models only: a lot is most of what a year brought.
        let heading = try #require(
            try workshop.text("roster.csv").split(separator: "\n").first?.split(separator: ","))
        let kept = heading.indices.filter { !["year", "build_month"].contains(heading[$0]) }
        let rows = try workshop.text("roster.csv").split(separator: "\n").map {
            let cells = $0.split(separator: ",").map(String.init)
            return kept.map { cells[$0] }
        }
        func write(_ rows: [[String]], to name: String) throws {
            let text = rows.map { $0.joined(separator: ",") }.joined(separator: "\n") + "\n"
            try workshop.write(text, to: name)
        }
        try write(rows, to: "known.csv")
        let found = try Self.campaigns(workshop, roster: "known.csv")
        #expect(found.count == 1)
        let ticket = try #require(found.first)
        let causes = try #require(ticket["explained_by"] as? [[String: Any]])
        let names = causes.compactMap { $0["value"] as? String }
        #expect(names.contains { bad.contains($0) }, "\(names) of \(bad)")
        #expect(causes.allSatisfy { ($0["q"] as? Double ?? 1) <= 0.05 })
        // Who has the attribute that explains most and not the fault is named.
        let column = try #require(rows[0].firstIndex(of: causes[0]["attribute"] as? String ?? ""))
        let exposed = rows.dropFirst().filter { $0[column] == names[0] }.map { $0[0] }
        let healthy = try #require(ticket["exposed_healthy"] as? [String])
        #expect(!healthy.isEmpty && Set(healthy).isSubset(of: exposed))
        #expect(healthy.count + (causes[0]["faulty"] as? Int ?? 0) == exposed.count)
        // The model stays; lots and region go to other vehicles.
        for stride in [67, 131] {
            var dealt = rows
            for place in 1..<rows.count {
                let other = 1 + (place * stride) % (rows.count - 1)
                dealt[place] = Array(rows[place][..<2] + rows[other][2...])
            }
            try write(dealt, to: "dealt-\(stride).csv")
            #expect(
                try Self.campaigns(workshop, roster: "dealt-\(stride).csv").isEmpty,
                "dealt by \(stride)")
        }
    }
}
