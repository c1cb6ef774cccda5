import FleetWatch
import ForewarnDaemon
import Foundation
import Logging
import MQTTIntake
import TicketStorage

/// A daemon with the one fault that `forewarn run` must never have: it acknowledges a batch before
/// it commits it. The tests that kill and trace daemons run it as well, and must catch it.
@main struct EarlyAcknowledger {
    static func main() throws {
        let settings = try SettingsReader.read(
            flags: flags(), topics: [], environment: ProcessInfo.processInfo.environment, file: nil)
        let folder = StateFolder(path: settings.state)
        try folder.make()
        let desk = try ServiceDesk(
            store: TicketStore(path: folder.database, access: .write(settings.synchronous)),
            rules: RuleSet(settings))
        var broker = BrokerSettings(
            address: try BrokerAddress(settings.brokerURL), clientID: settings.clientID)
        broker.subscriptions = settings.subscriptions.map(\.template.filter)
        let intake = BrokerIntake(
            settings: broker,
            limits: BatchLimits(messages: settings.batchMessages, linger: settings.linger),
            wake: try Wake(),
            logger: Logger(label: "early") { _ in LogLines(level: .info, format: .text) })
        while true {
            let messages = intake.gather(timeout: .milliseconds(500))
            intake.acknowledge()
            guard !messages.isEmpty else { continue }
            var batch = EntryBatch(bytes: messages.bytes)
            for message in messages.messages {
                batch.entries.append(
                    Entry(
                        received: max(desk.received, message.receivedMilliseconds),
                        topic: message.topic, payload: message.payload))
            }
            _ = try desk.take(batch)
        }
    }

    /// The flags of `forewarn run` that the tests use, by key of the configuration.
    private static func flags() -> [String: String] {
        let names = [
            "--broker": "broker.url", "--client-id": "broker.client_id", "--rules": "rules",
            "--state": "state",
        ]
        var flags: [String: String] = [:]
        var words = CommandLine.arguments.dropFirst()
        while let word = words.popFirst() {
            guard let key = names[word], let value = words.popFirst() else { continue }
            flags[key] = value
        }
        return flags
    }
}
