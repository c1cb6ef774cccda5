import Foundation
import GRDB
import Testing

@Suite struct MixedFleetTests {
    /// What a mechanic would call the fault of each device's first vehicle.
    static let planted = [
        "native": "cylinder-misfire", "wican": "cylinder-misfire", "ovms": "battery-weak",
        "autopi": "charge-air-leak", "traccar": "charge-air-leak",
        "teltonika-8e": "engine-overheating", "teltonika-json": "cylinder-misfire",
        "flespi": "supply-or-ground-loose", "j1939": "oil-pressure-low",
        "uds": "fuel-pressure-low", "gbt32960-emqx": "insulation-loss",
        "sparkplug-b": "engine-overheating", "inhand": "battery-weak",
    ]

    @Test("the mixed fleet's recording opens the tickets that its truth names, and no other")
    func tickets() throws {
        let samples = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Samples/mixed").standardizedFileURL.path
        let database = FileManager.default.temporaryDirectory.path + "/mixed-\(UUID().uuidString)"
        defer {
            for end in ["", "-wal", "-shm"] {
                try? FileManager.default.removeItem(atPath: database + end)
            }
        }
        let result = try Program.run([
            "replay", samples + "/recording.jsonl", "--config", samples + "/forewarn.yaml",
            "--rules", samples + "/rules.yaml", "--roster", samples + "/roster.csv", "--db",
            database, "-o", "json", "--quiet",
        ])
        #expect(result.code == 0, "\(result.errors)")
        let summary = try object(try #require(result.lines.first))
        #expect(summary["dead_letters"] as? Int == 2)
        #expect(summary["duplicates"] as? Int == 2)

        var expected: Set<String> = []
        let truth = try String(contentsOfFile: samples + "/truth.jsonl", encoding: .utf8)
        for line in truth.split(separator: "\n") {
            let label = try object(String(line))
            guard label["fault"] as? Bool == true else { continue }
            let source = try #require(label["vin"] as? String)
            let device = try #require(label["device"] as? String)
            expected.insert("\(source.uppercased()) \(try #require(Self.planted[device]))")
        }
        let found = try DatabaseQueue(path: database).read { db in
            try Row.fetchAll(db, sql: "SELECT vehicle, mode FROM ticket")
                .map { "\($0["vehicle"] as String) \($0["mode"] as String)" }
        }
        #expect(expected.count == 13)
        #expect(found.count == 13)
        #expect(Set(found) == expected)
    }
}
