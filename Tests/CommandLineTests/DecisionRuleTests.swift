import Foundation
import Testing

/// The rule by which statistical findings are chosen, from the configuration to the report.
@Suite struct DecisionRuleTests {
    private static let samples = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Samples/simulated-trends").path

    /// What a replay of a fleet says under a configuration, without how long it took, and its store.
    private static func replay(
        _ fleet: EvaluateTests.Fleet, _ name: String, config: String, threads: Int
    ) throws -> (said: [String: String], database: String) {
        let (file, database) = ("\(fleet.folder)/\(name).yaml", "\(fleet.folder)/\(name).db")
        try config.write(toFile: file, atomically: true, encoding: .utf8)
        let result = try Program.run([
            "replay", fleet.folder + "/stream.jsonl", "--config", file, "--rules",
            samples + "/limits/easy.yaml", "--rules", samples + "/trends.yaml", "--threads",
            "\(threads)", "--db", database, "-o", "json",
        ])
        #expect(result.code == 0, "\(result.errors)")
        var said = try object(result.output).mapValues { "\($0)" }
        said["seconds"] = nil
        return (said, database)
    }

    @Test("LORD++ is asked for, decides alike on any number of threads, and the report tells")
    func levels() throws {
        let fleet = try EvaluateTests.Fleet("easy", vehicles: 150, days: 100)
        let config = "watch: {decision: lord++}\n"
        let one = try Self.replay(fleet, "one", config: config, threads: 1)
        let three = try Self.replay(fleet, "three", config: config, threads: 3)
        let usual = try Self.replay(fleet, "usual", config: "site: main\n", threads: 1)
        #expect(one.said == three.said)
        #expect(one.said["tickets"] != "0" && one.said["digest"] != usual.said["digest"])
        for (language, words) in [("en", "They are chosen by LORD++"), ("zh-Hans", "由 LORD++ 选出")] {
            func report(_ database: String) throws -> String {
                let result = try Program.run([
                    "report", "honesty", "--state", database, "--lang", language,
                ])
                #expect(result.code == 0, "\(result.errors)")
                return result.output
            }
            #expect(try report(one.database).contains(words), "\(language)")
            #expect(try !report(usual.database).contains("LORD++"), "\(language)")
        }
    }
}
