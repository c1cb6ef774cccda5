import FaultDecoding
import FaultRules
import FleetWatch
import MQTTIntake
import TicketStorage

/// All that the daemon can be told, with the defaults that docs/reference/configuration.md lists.
public struct Settings: Sendable {
    public var brokerURL = "mqtt://127.0.0.1:1883"
    public var clientID = "forewarn"
    public var protocolVersion = BrokerSettings.ProtocolVersion.v5
    public var username: String?
    public var passwordFile: String?
    public var security = BrokerSettings.TransportSecurity()
    public var keepAlive = Duration.seconds(30)
    public var sessionExpiry = Duration.seconds(7 * 86_400)
    public var site = "main"
    public var subscriptions: [Subscription] = []
    public var rulePaths: [String] = []
    public var modePaths: [String] = []
    /// The file of calendars and promises; `nil` for the usual ones.
    public var serviceFile: String?
    public var rosterPaths: [String] = []
    public var state = "/var/lib/forewarn"
    public var linger = Duration.milliseconds(5)
    public var batchMessages = 1000
    /// Messages that the broker may have under way to us. Several batches, so that it goes on sending
    /// while one is committed; no more than a lane remembers digests of, since after a crash all of
    /// them may come again from one vehicle.
    public var receiveMaximum: Int { max(batchMessages, min(4 * batchMessages, 4000)) }
    public var batchBytes = 4 << 20
    public var maxMessageBytes = 1 << 20
    /// Milliseconds.
    public var reorderWindow: Int64 = 0
    /// How often the fleet decides on statistical findings, in milliseconds.
    public var epoch: Int64 = 86_400_000
    /// The largest share of false ones among statistical findings.
    public var falseShare = 0.05
    /// By which rule they are chosen.
    public var decision = DecisionRule.evidence
    /// 0 is one for each core.
    public var threads = 0
    public var lanesInMemory = 100_000
    public var synchronous = TicketStore.Synchronous.full
    public var retention = Retention(milliseconds: 30 * 86_400_000, bytes: 10 << 30)
    public var announces = true
    public var topicPrefix = "forewarn"
    /// How often the canary flies, in milliseconds; 0 for never.
    public var canaryInterval: Int64 = 0
    public var logLevel = "info"
    public var logFormat = "auto"

    public init() {}

    /// The default subscription, taken when none is configured.
    public static let usualTopic = "v1/{vehicle}/ev"

    /// Every key of the configuration but the list of subscriptions.
    public static let keys = [
        "broker.url", "broker.client_id", "broker.protocol", "broker.username",
        "broker.password_file", "broker.ca_file", "broker.cert_file", "broker.key_file",
        "broker.keep_alive", "broker.session_expiry", "site", "rules", "failure_modes", "roster",
        "service",
        "state",
        "intake.linger",
        "intake.batch_messages", "intake.batch_bytes", "intake.max_message_bytes",
        "watch.reorder_window", "watch.epoch", "watch.false_share", "watch.decision",
        "watch.threads",
        "watch.lanes_in_memory", "store.synchronous",
        "store.retain_for", "store.retain_bytes", "alerts.enabled", "alerts.topic_prefix",
        "canary.every",
        "log.level", "log.format",
    ]
}

/// The configuration cannot be used; one line for each thing that is wrong.
public struct SettingsFailure: Error, CustomStringConvertible {
    public var problems: [String]
    public var description: String { problems.joined(separator: "\n") }

    public init(_ problems: [String]) { self.problems = problems }
}
