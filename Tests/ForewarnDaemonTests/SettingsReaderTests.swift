import Foundation
import ForewarnDaemon
import Testing

@Suite struct SettingsReaderTests {
    private func read(
        flags: [String: String] = [:], topics: [String] = [], environment: [String: String] = [:],
        file text: String? = nil
    ) throws -> Settings {
        var path: String?
        if let text {
            path = NSTemporaryDirectory() + "settings-\(UUID().uuidString).yaml"
            try text.write(toFile: path ?? "", atomically: true, encoding: .utf8)
        }
        defer { if let path { try? FileManager.default.removeItem(atPath: path) } }
        return try SettingsReader.read(
            flags: flags, topics: topics, environment: environment, file: path)
    }

    private func problems(file: String, environment: [String: String] = [:]) -> [String] {
        do {
            _ = try read(environment: environment, file: file)
            return []
        } catch let error as SettingsFailure {
            return error.problems
        } catch {
            return ["\(error)"]
        }
    }

    @Test("flags go before the environment, that before the file, that before defaults")
    func precedence() throws {
        let file =
            "site: file\nlog: {level: debug}\nbroker:\n  client_id: from-file\n  keep_alive: 60s\n"
        let settings = try read(
            flags: ["broker.client_id": "from-flag"],
            environment: ["FOREWARN_BROKER_CLIENT_ID": "from-env", "FOREWARN_SITE": "env"],
            file: file + "watch: {decision: lord++}\n")
        #expect(settings.decision == .levels)
        #expect(settings.clientID == "from-flag")
        #expect(settings.site == "env")
        #expect(settings.logLevel == "debug")
        #expect(settings.keepAlive == .seconds(60))
        #expect(settings.batchMessages == 1000)
    }

    @Test("without a subscription the usual topic is heard, and --topic goes before the file")
    func subscriptions() throws {
        #expect(try read().subscriptions.map(\.template.filter) == ["v1/+/ev"])
        let file =
            "subscriptions:\n- {topic: 'a/{vehicle}', list: snapshot}\n- {topic: b/#, format: obd}\n"
        let fromFile = try read(file: file).subscriptions
        #expect(fromFile.map(\.template.filter) == ["a/+", "b/#"])
        #expect(fromFile.map(\.list) == [.snapshot, .delta])
        #expect(fromFile.map(\.format) == [.native, .obd])
        #expect(
            try read(topics: ["c/+"], file: file).subscriptions.map(\.template.filter) == ["c/+"])
    }

    static let mistakes: [(file: String, place: String, words: String)] = [
        ("brocker: {url: x}", ":1:1:", "\"brocker\" is not a key of the configuration"),
        ("broker:\n  urll: x\n", ":2:3:", "did you mean \"broker.url\"?"),
        ("intake: {linger: 5}", ":1:18:", "\"intake.linger\" is a duration"),
        ("intake: {batch_messages: 0}", ":1:26:", "a whole number from 1 to 65535"),
        ("store: {synchronous: off}", ":1:22:", "is one of full, normal"),
        ("watch: {decision: saffron}", ":1:19:", "is one of e-bh, lord++"),
        ("broker: {url: 'http://x'}", ":1:15:", "http"),
        ("site: 'a/+/b'", ":1:7:", "becomes part of a topic"),
        ("subscriptions: [{topic: 'a/#/b'}]", ":1:17:", "a/#/b"),
        (
            "subscriptions: [{topic: a, envelope: wican, format: obd}]", ":1:17:", "either"
        ),
        (
            "subscriptions: [{topic: a, format: semaphore}]", ":1:17:",
            "\"semaphore\" is not a format (native, wican, ovms,"
        ),
        ("- a\n- b\n", ":1:1:", "expected keys and values, found a list"),
        ("site: [", ":", "error:"),
    ]

    @Test("envelope and codec name a format in two keys") func envelopeAndCodec() throws {
        let file =
            "subscriptions:\n- {topic: a, envelope: wican, codec: uds}\n- {topic: b, codec: j1939}\n"
            + "- {topic: c, envelope: raw, codec: obd}\n- {topic: d, envelope: traccar}\n"
        #expect(
            try read(file: file).subscriptions.map(\.format.rawValue) == [
                "wican+uds", "j1939", "obd", "traccar",
            ])
    }

    @Test("a mistake is told with file, line and column", arguments: mistakes)
    func refuses(file: String, place: String, words: String) throws {
        let first = try #require(problems(file: file).first)
        #expect(first.contains(place), "\(first)")
        #expect(first.contains(words), "\(first)")
    }

    @Test("a mistake in the environment names the variable") func environment() {
        let found = problems(file: "site: x\n", environment: ["FOREWARN_WATCH_THREADS": "many"])
        #expect(
            found == [
                "FOREWARN_WATCH_THREADS: error: \"watch.threads\" is a whole number from 0 to 256, not \"many\""
            ])
    }

    @Test("the shipped configuration says what the defaults are") func shippedFile() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let text = try String(
            contentsOf: root.appendingPathComponent("deploy/forewarn.yaml"), encoding: .utf8)
        let shipped = try read(file: text)
        let usual = Settings()
        #expect(shipped.brokerURL == usual.brokerURL)
        #expect(shipped.clientID == usual.clientID)
        #expect(shipped.site == usual.site)
        #expect(shipped.reorderWindow == usual.reorderWindow)
        // The canary flies, and is listened to, once somebody has set the daemon up.
        #expect(shipped.canaryInterval == 3_600_000)
        #expect(
            shipped.subscriptions.map(\.template.text)
                == [Settings.usualTopic, "forewarn/main/canary"])
    }
}
