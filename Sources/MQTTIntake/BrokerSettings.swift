/// What a connection to a broker needs to be told.
public struct BrokerSettings: Sendable, CustomStringConvertible {
    /// The version of MQTT to speak.
    public enum ProtocolVersion: Hashable, Sendable {
        /// MQTT 5, which says why a broker hangs up.
        case v5
        /// MQTT 3.1.1, for brokers that know nothing newer.
        case v311
    }

    /// How an `mqtts` broker proves who it is, and how we do. The broker is always verified.
    public struct TransportSecurity: Hashable, Sendable {
        /// PEM file of authorities to trust; with neither file nor directory, the system's are.
        public var authorityFile: String?
        /// Directory of hashed PEM files of authorities to trust.
        public var authorityDirectory: String?
        /// PEM file of our own certificate, for brokers that ask for one.
        public var certificateFile: String?
        /// PEM file of the key of our own certificate, without a passphrase.
        public var keyFile: String?

        /// Names the files; they are read anew at each connection.
        public init(
            authorityFile: String? = nil, authorityDirectory: String? = nil,
            certificateFile: String? = nil, keyFile: String? = nil
        ) {
            self.authorityFile = authorityFile
            self.authorityDirectory = authorityDirectory
            self.certificateFile = certificateFile
            self.keyFile = keyFile
        }
    }

    /// A retained message that says whether we are there.
    public struct Status: Hashable, Sendable {
        /// The topic it is kept under.
        public var topic: String
        /// Published at each connection.
        public var online: [UInt8]
        /// Published at an orderly end, and by the broker as our will at any other.
        public var offline: [UInt8]

        /// Names the topic and both payloads.
        public init(topic: String, online: [UInt8], offline: [UInt8]) {
            self.topic = topic
            self.online = online
            self.offline = offline
        }
    }

    /// Where the broker listens.
    public var address: BrokerAddress
    /// The name under which the broker keeps our session; it must stay the same over restarts.
    public var clientID: String
    /// The version of MQTT to speak.
    public var version = ProtocolVersion.v5
    /// Who we are; `nil` takes the user of the address.
    public var username: String?
    /// What proves it; never shown in `description`.
    public var password: String?
    /// Certificates for an `mqtts` address.
    public var security = TransportSecurity()
    /// Silence after which the broker is asked whether it is there, in whole seconds, 5 at least.
    public var keepAlive = Duration.seconds(30)
    /// How long the broker keeps our session while we are away (MQTT 5; an older one decides).
    public var sessionExpiry = Duration.seconds(7 * 24 * 3600)
    /// Messages that the broker may send before the first of them is acknowledged (MQTT 5).
    public var receiveMaximum = 1000
    /// Topic filters to subscribe to, all with QoS 1.
    public var subscriptions: [String] = []
    /// The retained message about ourselves, if any.
    public var status: Status?
    /// Whether the broker keeps messages while we are away; `false` for clients that come once.
    public var keepsSession = true
    /// Whether the first failure before the link was ever up ends all dialling.
    public var failsFast = false

    /// Settings with the defaults above.
    public init(address: BrokerAddress, clientID: String) {
        self.address = address
        self.clientID = clientID
    }

    /// The settings for a log line, without the password.
    public var description: String {
        "\(address) as \(clientID), \(subscriptions.count) subscriptions"
    }
}

extension BrokerSettings: CustomReflectable {
    /// Only the description, so that `dump` and string interpolation cannot show the password.
    public var customMirror: Mirror { Mirror(self, children: ["settings": description]) }
}
