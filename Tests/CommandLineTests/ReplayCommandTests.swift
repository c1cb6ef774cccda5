import FleetSimulation
import Foundation
import GRDB
import Testing

@Suite struct ReplayCommandTests {
    @Test(
        "each dead letter of a long recording keeps its own bytes",
        arguments: 1...3 as ClosedRange<UInt64>)
    func deadLetters(seed: UInt64) throws {
        // Some forty pieces, which is more than are under way at a time; some with letters and some not.
        var random = SeededRandom(seed)
        var recording = ""
        var letters: [Int64: String] = [:]
        let filler = String(repeating: "x", count: 600)
        for position in Int64(1)...12_000 {
            var line =
                #"{"vin":"V\#(position % 50)","ts":\#(1_772_000_000_000 + position * 1000),"#
                + #""signals":{"coolant_c":90},"note":"\#(filler)"}"#
            if random.whole(below: 300) == 0 {
                line = String(line.dropLast(1 + random.whole(below: 600)))
                letters[position] = line
            }
            recording += line + "\n"
        }
        let workshop = try Workshop(["r.jsonl": recording, "rules.yaml": Workshop.rules])

        let result = try workshop.run([
            "replay", "@r.jsonl", "--rules", "@rules.yaml", "--db", "@r.db", "-q", "-o", "json",
        ])
        #expect(result.code == 0, "\(result.errors)")
        #expect(result.output.contains(#""dead_letters":\#(letters.count),"#), "\(result.output)")
        let stored = try DatabaseQueue(path: workshop.path("r.db")).read { db in
            try Row.fetchAll(db, sql: "SELECT position, payload FROM dead_letter")
                .reduce(into: [Int64: String]()) { stored, row in
                    stored[row[0]] = String(decoding: row[1] as Data, as: UTF8.self)
                }
        }
        #expect(letters.count > 20 && stored == letters, "seed \(seed)")
    }
}
