import Foundation
import Testing

@Suite struct EvaluateTests {
    /// A small fleet in a folder of its own, removed at the end.
    final class Fleet {
        let folder = NSTemporaryDirectory() + "forewarn-fleet-\(UUID().uuidString)"

        init(_ preset: String, vehicles: Int = 40, days: Int = 40) throws {
            let made = try Program.run([
                "simulate", "--preset", preset, "--vehicles", "\(vehicles)", "--days", "\(days)",
                "--seed", "5", "--out", folder,
            ])
            #expect(made.code == 0, "\(made.errors)")
        }

        deinit { try? FileManager.default.removeItem(atPath: folder) }

        var truth: String { folder + "/truth.jsonl" }

        func lines(_ kind: String) throws -> [[String: Any]] {
            try String(contentsOfFile: truth, encoding: .utf8).split(separator: "\n")
                .map { try object(String($0)) }.filter { $0["kind"] as? String == kind }
        }

        func evaluate(_ tickets: String, _ more: [String] = []) throws -> [String: Any] {
            let result = try Program.run(
                ["evaluate", truth, "-", "-o", "json"] + more, input: tickets)
            #expect(result.code == 0 && result.lines.count == 1, "\(result.errors)")
            return try object(result.output)
        }
    }

    @Test("the oracle's tickets, handed in as tickets, get the oracle's figures")
    func oracle() throws {
        let fleet = try Fleet("easy")
        var tickets = ""
        for line in try fleet.lines("failure") + fleet.lines("look-alike") {
            guard let oracle = line["oracle"] as? [String: Any], let at = oracle["at"] as? String,
                let vehicle = line["vin"] as? String, let mode = line["mode"] as? String
            else { continue }
            tickets += #"{"vehicle":"\#(vehicle)","mode":"\#(mode)","opened_at":"\#(at)"}"# + "\n"
        }
        let score = try fleet.evaluate(tickets, ["--stream", fleet.folder + "/stream.jsonl"])
        let own = try #require(score["tickets"] as? [String: Any])
        let best = try #require(score["oracle"] as? [String: Any])
        for key in ["right", "false", "found", "failures", "lead_days_median", "recall"] {
            #expect(own[key] as? Double == best[key] as? Double, "\(key)")
        }
        #expect(own["right"] as? Int ?? 0 > 0)
        #expect(score["thresholds"] is [String: Any])
        #expect(
            Set(score.keys) == [
                "v", "preset", "seed", "vehicles", "days", "slack_ms", "breakdown_cost",
                "repair_cost", "inspection_cost", "without_vehicle", "tickets", "oracle",
                "thresholds", "way_to_oracle",
            ])
        #expect(
            Set(own.keys) == [
                "right", "repeated", "late", "false", "expected_false", "failures", "found",
                "visible", "visible_found", "precision", "recall", "visible_recall", "f1",
                "false_share", "false_per_1000_vehicle_months", "lead_days_q10",
                "lead_days_median", "lead_days_q90", "cost", "saving", "coverage",
                "intervals_right", "intervals_wrong", "intervals_open", "not_withheld",
                "withheld", "families", "false_by",
            ])
    }

    @Test("a recording of the fleet is replayed, and its database scored") func replay() throws {
        let fleet = try Fleet("nuisance")
        let rules = fleet.folder + "/rules.yaml"
        try """
        version: 1
        pack: low-battery
        rules:
          - id: low-battery
            mode: battery-weak
            severity: S4
            advice: A3
            component: battery
            skill: ELE
            when: code "P0562"
        """.write(toFile: rules, atomically: true, encoding: .utf8)
        let database = fleet.folder + "/tickets.db"
        let replayed = try Program.run([
            "replay", fleet.folder + "/stream.jsonl", "--rules", rules, "--db", database, "-o",
            "json",
        ])
        #expect(replayed.code == 0, "\(replayed.errors)")
        let opened = try #require(try object(replayed.output)["tickets"] as? Int)
        #expect(opened > 0)
        let scored = try Program.run(["evaluate", fleet.truth, database, "-o", "json"])
        let score = try #require(try object(scored.output)["tickets"] as? [String: Any])
        #expect(score["false"] as? Int == opened)
        #expect(score["recall"] is NSNull)
        let reasons = try #require(score["false_by"] as? [String: Int])
        #expect(reasons["chronic-low-battery"] ?? 0 > 0)
        let table = try Program.run(["evaluate", fleet.truth, database])
        #expect(table.code == 0 && table.output.contains("false share"))
    }

    @Test("what is no truth, no ticket or not there is refused with its place") func refusals()
        throws
    {
        let fleet = try Fleet("null", vehicles: 3, days: 2)
        let noTicket = try Program.run(
            ["evaluate", fleet.truth, "-"], input: "{}\n{\"vehicle\":3}\n")
        #expect(noTicket.code == 4 && noTicket.errors.contains("-:2: no ticket"))
        let noTruth = try Program.run(["evaluate", "-", fleet.truth], input: "{\"v\":1}\n")
        #expect(noTruth.code == 4 && noTruth.errors.contains("-:1: no line"))
        #expect(try Program.run(["evaluate", "/nonexistent", "-"], input: "").code == 3)
        #expect(try Program.run(["evaluate", "-", "-"], input: "").code == 2)
        #expect(
            try Program.run(["evaluate", fleet.truth, "-", "--slack", "x"], input: "").code == 2)
        let empty = try fleet.evaluate("")
        #expect((empty["tickets"] as? [String: Any])?["false"] as? Int == 0)
    }
}
