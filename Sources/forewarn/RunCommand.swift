import ArgumentParser
import FaultDecoding
import ForewarnDaemon
import Foundation
import Logging
import TicketStorage

/// Where the daemon's settings come from, for the commands that read them.
struct ConfigurationOptions: ParsableArguments {
    @Option(name: .long, help: "Configuration file; flags and FOREWARN_… variables go before it.")
    var config: String?

    @Option(
        name: .long, help: ArgumentHelp("Address of the broker.", valueName: "mqtt://host:port"))
    var broker: String?

    @Option(name: .customLong("client-id"), help: "Name under which the broker keeps the session.")
    var clientID: String?

    @Option(
        name: .long,
        help:
            "Topic filter; {vehicle} stands for the level that names the vehicle. May be repeated.")
    var topic: [String] = []

    @Option(name: .long, help: "Folder of the store.")
    var state: String?

    @Option(name: .long, help: "Rule file or folder. May be repeated.")
    var rules: [String] = []

    @Option(
        name: .long, help: "Roster of vehicles: a .csv table or YAML. May be repeated.")
    var roster: [String] = []

    @Option(
        name: .customLong("reorder-window"),
        help: "How long a vehicle's messages wait for an older one, as 30s.")
    var reorderWindow: String?

    @Option(name: .long, help: "Threads that decide; 0 is one for each core.")
    var threads: String?

    func settings() throws(SettingsFailure) -> Settings {
        var flags: [String: String] = [:]
        flags["broker.url"] = broker
        flags["broker.client_id"] = clientID
        flags["state"] = state
        flags["watch.reorder_window"] = reorderWindow
        flags["watch.threads"] = threads
        if !roster.isEmpty { flags["roster"] = roster.joined(separator: ",") }
        if !rules.isEmpty { flags["rules"] = rules.joined(separator: ",") }
        var environment = ProcessInfo.processInfo.environment
        // systemd names the folder it made for us; what was said on purpose goes before it.
        if environment["FOREWARN_STATE"] == nil, config == nil {
            environment["FOREWARN_STATE"] = environment["STATE_DIRECTORY"]
        }
        return try SettingsReader.read(
            flags: flags, topics: topic, environment: environment, file: config)
    }
}

/// `forewarn run`: the daemon.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Listen to the broker and open tickets, in the foreground.",
        discussion: """
            Stops in order on SIGTERM and Ctrl-C; reads configuration and rules again on
            SIGHUP, and keeps the old ones when the new ones are wrong. Exits 78 when the
            configuration is wrong.
            """)

    @OptionGroup var options: ConfigurationOptions

    @Flag(name: .long, help: "Check configuration and rules, then exit.")
    var check = false

    func run() throws {
        let environment = ProcessInfo.processInfo.environment
        let options = options
        do {
            let settings = try options.settings()
            if check {
                _ = try RuleSet(settings)
                return
            }
            let format = LogLines.format(named: settings.logFormat, environment: environment)
            let level = Logger.Level(rawValue: settings.logLevel) ?? .info
            let logger = Logger(label: "forewarn") { _ in LogLines(level: level, format: format) }
            let manager = ServiceManagerLink(
                environment: environment, processID: ProcessInfo.processInfo.processIdentifier)
            let folder = StateFolder(path: settings.state)
            try folder.make()
            guard let lock = try folder.lock() else {
                throw CommandFailure(
                    code: .unreachable,
                    message: "another forewarn writes the state folder \(settings.state)")
            }
            let daemon = try Daemon(
                settings: settings, loadSettings: { try options.settings() }, logger: logger,
                manager: manager, signals: SignalInbox())
            daemon.run()
            withExtendedLifetime(lock) {}
        } catch let error as SettingsFailure {
            throw CommandFailure(code: .configuration, message: error.description)
        } catch let error as RuleSet.Unusable {
            throw CommandFailure(code: .configuration, message: error.description)
        } catch let error as TicketStore.Unusable {
            throw CommandFailure(code: .unreachable, message: error.description)
        }
    }
}
