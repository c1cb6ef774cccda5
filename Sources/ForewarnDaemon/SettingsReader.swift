import Configuration
import FaultDecoding
import FaultRules
import FleetWatch
import Foundation
import MQTTIntake
import TicketStorage
import VehicleFaults
import YAMLSource

/// Joins flags, environment and file into settings, and says where a wrong value stands.
public struct SettingsReader {
    private var problems: [String] = []
    private var values: [String: (text: String, place: String)] = [:]
    private var subscriptions: [Subscription] = []

    private init() {}

    /// Reads the settings.
    ///
    /// - Parameters:
    ///   - flags: values given on the command line, by key; a list is joined by commas.
    ///   - topics: `--topic` flags, in place of the file's subscriptions.
    ///   - environment: all variables; those that begin with `FOREWARN_` count.
    ///   - file: the path of the configuration file, or `nil` for none.
    /// - Throws: ``SettingsFailure`` with everything that is wrong.
    public static func read(
        flags: [String: String], topics: [String], environment: [String: String], file: String?
    ) throws(SettingsFailure) -> Settings {
        var reader = SettingsReader()
        var inFile: [String: (text: String, position: SourcePosition)] = [:]
        if let file { inFile = reader.readFile(file) }
        reader.collect(flags: flags, environment: environment, inFile: inFile)
        if !topics.isEmpty {
            reader.subscriptions = topics.compactMap {
                reader.subscription(topic: $0, format: nil, list: nil, place: "--topic")
            }
        }
        let settings = reader.settings()
        guard reader.problems.isEmpty else { throw SettingsFailure(reader.problems) }
        return settings
    }

    // MARK: - Where values come from

    private mutating func collect(
        flags: [String: String], environment: [String: String],
        inFile: [String: (text: String, position: SourcePosition)]
    ) {
        func provider(_ name: String, _ values: [String: String]) -> InMemoryProvider {
            InMemoryProvider(
                name: name,
                values: Dictionary(
                    uniqueKeysWithValues: values.map {
                        (
                            AbsoluteConfigKey(
                                "forewarn.\($0.key)".split(separator: ".").map(String.init)),
                            ConfigValue(.string($0.value), isSecret: false)
                        )
                    }))
        }
        let reader = ConfigReader(providers: [
            provider("flags", flags),
            EnvironmentVariablesProvider(environmentVariables: environment),
            provider("file", inFile.mapValues(\.text)),
        ])
        for key in Settings.keys {
            guard
                let text = reader.string(
                    forKey: ConfigKey("forewarn.\(key)".split(separator: ".").map(String.init)))
            else { continue }
            let variable = "FOREWARN_" + key.uppercased().replacing(".", with: "_")
            let place =
                if flags[key] != nil {
                    "--" + (Self.flagNames[key] ?? key)
                } else if environment[variable] != nil {
                    variable
                } else if let position = inFile[key]?.position {
                    "\(position.file):\(position.line):\(position.column)"
                } else {
                    key
                }
            values[key] = (text, place)
        }
    }

    private static let flagNames = [
        "broker.url": "broker", "broker.client_id": "client-id", "rules": "rules",
        "roster": "roster",
        "state": "state", "watch.reorder_window": "reorder-window",
    ]

    private mutating func readFile(_ path: String)
        -> [String: (text: String, position: SourcePosition)]
    {
        guard let data = FileManager.default.contents(atPath: path) else {
            problems.append("\(path): error: the file cannot be read")
            return [:]
        }
        var result: [String: (text: String, position: SourcePosition)] = [:]
        do throws(Diagnostic) {
            let root = try YAMLSource.parse(String(decoding: data, as: UTF8.self), file: path)
            flatten(root, under: "", into: &result)
        } catch {
            problems.append(error.description)
        }
        return result
    }

    private mutating func flatten(
        _ node: SourceNode, under prefix: String,
        into result: inout [String: (text: String, position: SourcePosition)]
    ) {
        guard case .mapping(let pairs) = node.content else {
            say(node, "expected keys and values, found \(node.kind)")
            return
        }
        for (key, value) in pairs {
            let name = prefix + (key.text ?? "")
            if name == "subscriptions" {
                readSubscriptions(value)
            } else if Settings.keys.contains(name) {
                switch value.content {
                // An empty value is a key that is there and says nothing, so the default holds.
                case .scalar(let text, _):
                    if !text.isEmpty { result[name] = (text, value.position) }
                case .sequence(let items):
                    result[name] = (items.compactMap(\.text).joined(separator: ","), value.position)
                case .mapping: say(value, "\"\(name)\" must be a value, not a mapping")
                }
            } else if Settings.keys.contains(where: { $0.hasPrefix(name + ".") }) {
                if case .mapping = value.content {
                    flatten(value, under: name + ".", into: &result)
                } else if value.text?.isEmpty != true {
                    say(value, "\"\(name)\" must be a mapping, not \(value.kind)")
                }
            } else {
                let near = Self.nearest(name)
                say(
                    key,
                    "\"\(name)\" is not a key of the configuration"
                        + (near.map { "; did you mean \"\($0)\"?" } ?? ""))
            }
        }
    }

    private static func nearest(_ name: String) -> String? {
        let last = name.split(separator: ".").last.map(String.init) ?? name
        return (Settings.keys + ["subscriptions"]).first {
            $0.hasSuffix(last) || $0.commonPrefix(with: name).count >= max(4, name.count - 2)
        }
    }

    private mutating func readSubscriptions(_ node: SourceNode) {
        guard case .sequence(let items) = node.content else {
            say(node, "\"subscriptions\" must be a list, not \(node.kind)")
            return
        }
        for item in items {
            guard case .mapping(let pairs) = item.content else {
                say(item, "a subscription is { topic, format, list, options }, not \(item.kind)")
                continue
            }
            var fields: [String: String] = [:]
            for (key, value) in pairs {
                guard let name = key.text, Self.subscriptionKeys.contains(name)
                else {
                    say(
                        key,
                        "\"\(key.text ?? "")\" is not a key of a subscription "
                            + "(\(Self.subscriptionKeys.joined(separator: ", ")))"
                    )
                    continue
                }
                fields[name] = value.text ?? ""
            }
            guard let topic = fields["topic"] else {
                say(item, "a subscription needs a topic")
                continue
            }
            guard let format = format(of: fields, item) else { continue }
            let place = "\(item.position.file):\(item.position.line):\(item.position.column)"
            if let subscription = subscription(
                topic: topic, format: format, list: fields["list"],
                options: fields["options"], place: place)
            {
                subscriptions.append(subscription)
            }
        }
    }

    private static let subscriptionKeys = [
        "topic", "format", "envelope", "codec", "list", "options",
    ]

    /// The name of the format: as it stands, or joined from envelope and codec.
    private mutating func format(of fields: [String: String], _ item: SourceNode) -> String? {
        guard fields["envelope"] != nil || fields["codec"] != nil else {
            return fields["format"] ?? "native"
        }
        guard fields["format"] == nil else {
            say(item, "a subscription has either a format or an envelope and a codec")
            return nil
        }
        let names = [fields["envelope"], fields["codec"]].compactMap(\.self)
            .filter { $0 != Envelope.raw.rawValue }
        return names.joined(separator: "+")
    }

    private mutating func subscription(
        topic: String, format: String?, list: String?, options: String? = nil, place: String
    ) -> Subscription? {
        guard let format = PayloadFormat(rawValue: format ?? "native") else {
            let known = PayloadFormat.allCases.map(\.rawValue).joined(separator: ", ")
            problems.append("\(place): error: \"\(format ?? "")\" is not a format (\(known))")
            return nil
        }
        let lists: [String: FaultList] = ["delta": .delta, "snapshot": .snapshot]
        guard let list = lists[list ?? "delta"] else {
            problems.append(
                "\(place): error: \"\(list ?? "")\" is not a kind of list (delta, snapshot)")
            return nil
        }
        var read = CodecOptions()
        do throws(CodecOptions.Malformed) {
            read = try CodecOptions(options ?? "")
        } catch {
            problems.append(
                "\(place): error: \"\(error.word)\" is not an option "
                    + "(spn=1@3, did=4711:5, ext=01:2, dtc=02)")
            return nil
        }
        do {
            return Subscription(
                template: try TopicTemplate(topic), format: format, list: list, options: read)
        } catch {
            problems.append("\(place): error: in the topic \"\(topic)\": \(error)")
            return nil
        }
    }

    private mutating func say(_ node: SourceNode, _ message: String) {
        problems.append(Diagnostic(.error, at: node.position, "\(message)").description)
    }

    // MARK: - What values mean

    private mutating func settings() -> Settings {
        var settings = Settings()
        text("broker.url") { settings.brokerURL = $0 }
        text("broker.client_id") { settings.clientID = $0 }
        choice("broker.protocol", ["5": .v5, "3.1.1": .v311]) { settings.protocolVersion = $0 }
        text("broker.username") { settings.username = $0 }
        text("broker.password_file") { settings.passwordFile = $0 }
        text("broker.ca_file") { settings.security.authorityFile = $0 }
        text("broker.cert_file") { settings.security.certificateFile = $0 }
        text("broker.key_file") { settings.security.keyFile = $0 }
        duration("broker.keep_alive", 5_000...65_535_000) { settings.keepAlive = .milliseconds($0) }
        duration("broker.session_expiry", 1_000...Int64(UInt32.max) * 1000) {
            settings.sessionExpiry = .milliseconds($0)
        }
        text("site") { settings.site = $0 }
        text("service") { settings.serviceFile = $0.isEmpty ? nil : $0 }
        text("rules") { settings.rulePaths = $0.split(separator: ",").map(String.init) }
        text("failure_modes") {
            settings.modePaths = $0.split(separator: ",").map(String.init)
        }
        text("roster") { settings.rosterPaths = $0.split(separator: ",").map(String.init) }
        text("state") { settings.state = $0 }
        duration("intake.linger", 0...1_000) { settings.linger = .milliseconds($0) }
        number("intake.batch_messages", 1...65_535) { settings.batchMessages = $0 }
        number("intake.batch_bytes", 1024...(256 << 20)) { settings.batchBytes = $0 }
        number("intake.max_message_bytes", 64...(256 << 20)) { settings.maxMessageBytes = $0 }
        duration("watch.reorder_window", 0...86_400_000) { settings.reorderWindow = $0 }
        duration("watch.epoch", TickGrid.interval...31 * 86_400_000) { settings.epoch = $0 }
        if settings.epoch % TickGrid.interval != 0 {
            wrong("watch.epoch", "is a multiple of 10s, on which ticks lie")
        }
        share("watch.false_share") { settings.falseShare = $0 }
        choice(
            "watch.decision",
            Dictionary(uniqueKeysWithValues: DecisionRule.allCases.map { ($0.rawValue, $0) })
        ) { settings.decision = $0 }
        number("watch.threads", 0...256) { settings.threads = $0 }
        number("watch.lanes_in_memory", 16...(1 << 30)) { settings.lanesInMemory = $0 }
        choice("store.synchronous", ["full": .full, "normal": .normal]) {
            settings.synchronous = $0
        }
        duration("store.retain_for", 0...Int64.max) { settings.retention.milliseconds = $0 }
        number("store.retain_bytes", 1 << 20...Int.max) { settings.retention.bytes = Int64($0) }
        choice("alerts.enabled", ["true": true, "false": false]) { settings.announces = $0 }
        text("alerts.topic_prefix") { settings.topicPrefix = $0 }
        duration("canary.every", 0...7 * 86_400_000) { settings.canaryInterval = $0 }
        if 1..<1000 ~= settings.canaryInterval {
            wrong("canary.every", "is a second or more, or 0s for never")
        }
        let levels = ["error", "warning", "notice", "info", "debug"]
        choice("log.level", Dictionary(uniqueKeysWithValues: levels.map { ($0, $0) })) {
            settings.logLevel = $0
        }
        choice("log.format", ["auto": "auto", "text": "text", "json": "json"]) {
            settings.logFormat = $0
        }
        settings.subscriptions = subscriptions
        if subscriptions.isEmpty, problems.isEmpty,
            let usual = subscription(
                topic: Settings.usualTopic, format: nil, list: nil, place: "the default")
        {
            settings.subscriptions = [usual]
        }
        if settings.canaryInterval > 0, problems.isEmpty,
            let own = subscription(
                topic: Canary.topic(settings), format: nil, list: nil, place: "canary.every")
        {
            settings.subscriptions.append(own)
        }
        for (key, name) in [("site", settings.site), ("alerts.topic_prefix", settings.topicPrefix)]
        where name.isEmpty || name.contains(where: { "+#".contains($0) }) {
            problems.append(
                "\(values[key]?.place ?? key): error: \"\(key)\" becomes part of a topic, so it holds no \"+\" or \"#\""
            )
        }
        do throws(BrokerAddressFailure) {
            _ = try BrokerAddress(settings.brokerURL)
        } catch {
            problems.append(
                "\(values["broker.url"]?.place ?? "broker.url"): error: \(error)")
        }
        return settings
    }

    private func text(_ key: String, _ use: (String) -> Void) {
        if let value = values[key] { use(value.text) }
    }

    private mutating func choice<Value>(
        _ key: String, _ choices: [String: Value], _ use: (Value) -> Void
    ) {
        guard let value = values[key] else { return }
        guard let choice = choices[value.text] else {
            wrong(key, "is one of " + choices.keys.sorted().joined(separator: ", "))
            return
        }
        use(choice)
    }

    private mutating func number(_ key: String, _ range: ClosedRange<Int>, _ use: (Int) -> Void) {
        guard let value = values[key] else { return }
        guard let number = Int(value.text), range.contains(number) else {
            wrong(key, "is a whole number from \(range.lowerBound) to \(range.upperBound)")
            return
        }
        use(number)
    }

    /// A share above 0 and at most a half.
    private mutating func share(_ key: String, _ use: (Double) -> Void) {
        guard let value = values[key] else { return }
        guard let share = Double(value.text), share > 0, share <= 0.5 else {
            wrong(key, "is a share such as 0.05, above 0 and at most 0.5")
            return
        }
        use(share)
    }

    private mutating func duration(
        _ key: String, _ range: ClosedRange<Int64>, _ use: (Int64) -> Void
    ) {
        guard let value = values[key] else { return }
        let units: [(String, Int64)] = [
            ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
        ]
        let digits = value.text.prefix { $0.isNumber }
        guard let count = Int64(digits),
            let unit = units.first(where: { $0.0 == value.text.dropFirst(digits.count) })?.1,
            !count.multipliedReportingOverflow(by: unit).overflow, range.contains(count * unit)
        else {
            wrong(key, "is a duration as 5ms, 90s, 10m, 24h or 30d within its limits")
            return
        }
        use(count * unit)
    }

    private mutating func wrong(_ key: String, _ message: String) {
        guard let value = values[key] else { return }
        problems.append("\(value.place): error: \"\(key)\" \(message), not \"\(value.text)\"")
    }
}
