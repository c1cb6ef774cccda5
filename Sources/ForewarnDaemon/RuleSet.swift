import FaultDecoding
import FaultRules
import FleetWatch
import Foundation
import ServiceTickets
import TicketStorage
import VehicleFaults
import YAMLSource

/// Everything besides messages that can change a decision: rules, subscriptions, settings.
///
/// It is an entry of the journal, so that the journal alone can be decided again.
public struct RuleSet: Sendable {
    /// A rule file's name, for messages, and its text.
    public struct File: Codable, Hashable, Sendable {
        public var name: String
        public var text: String

        public init(name: String, text: String) {
            self.name = name
            self.text = text
        }
    }

    /// The form in which a rule set is journaled.
    private struct Recorded: Codable {
        struct Topic: Codable {
            var topic: String
            var format: String
            var list: UInt8
            /// Left out when there are none, as in rule sets of before there were any.
            var options: String?
        }
        var version = 1
        var files: [File]
        /// Absent where there are none, so that journals from before there were any keep their bytes.
        var modes: [File]?
        var controls: RecordedControls?
        /// Absent where there is none, as `modes`.
        var roster: [File]?
        var topics: [Topic]
        var reorderWindow: Int64
        var clockTolerance: Int64
        var maxMessageBytes: Int
        /// Left out in rule sets of before there were promises.
        var service: ServiceTerms?
        /// Left out where they are the usual ones.
        var epoch: Int64?
        var falseShare: Double?
        var decision: String?
    }

    public let program: RuleProgram
    public let files: [File]
    /// The files of failure modes; without any, a rule may name any mode.
    public let modeFiles: [File]
    /// The failure modes; `nil` when there are no files of them.
    public let catalogue: FailureModeCatalogue?
    /// The files of the vehicles that the site knows.
    public let rosterFiles: [File]
    /// What kind of vehicle each is.
    public let roster: VehicleRoster
    /// Codes that mean nothing on some vehicles.
    public let falseCodes: [FalseCode]
    /// What people said about rules since; the files know nothing of it.
    public let controls: RuleControls
    public let subscriptions: [Subscription]
    public let settings: WatchSettings
    public let limits: DecodingLimits
    /// What is promised to customers; `nil` for nothing, as in journals of before.
    public let service: ServiceTerms?
    /// The same, as the ticket stage goes by it.
    public let policy: TicketPolicy
    /// What is worth saying about the rules although they can be used.
    public let warnings: [Diagnostic]
    /// The journal's form; equal bytes mean equal decisions.
    public let recorded: [UInt8]

    /// The rules cannot be used; in order of file and line.
    public struct Unusable: Error, CustomStringConvertible {
        public var diagnostics: [Diagnostic]
        public var description: String {
            diagnostics.map(\.description).joined(separator: "\n")
        }
    }

    /// Checks rules.
    ///
    /// - Throws: ``Unusable`` when any of them is wrong.
    public init(
        files: [File], modes: [File] = [], roster: [File] = [],
        controls: RuleControls = RuleControls(), subscriptions: [Subscription],
        settings: WatchSettings, maxMessageBytes: Int, service: ServiceTerms? = nil
    ) throws {
        var reader = RulePackReader()
        var diagnostics: [Diagnostic] = []
        var packs: [SourceNode] = []
        var policy = TicketPolicy()
        do throws(Diagnostic) {
            if let service { policy = try service.policy() }
        } catch {
            diagnostics.append(error)
        }
        for file in files {
            do throws(Diagnostic) {
                let root = try YAMLSource.parse(file.text, file: file.name)
                // A site's parameters come before the packs, in whatever order the files are named.
                if RulePackReader.holdsParameters(root) {
                    reader.add(file: root)
                } else {
                    packs.append(root)
                }
            } catch {
                diagnostics.append(error)
            }
        }
        for pack in packs { reader.add(file: pack) }
        reader.finish()
        diagnostics += reader.diagnostics
        let catalogue = Self.catalogue(modes, &diagnostics)
        if let catalogue {
            diagnostics += catalogue.check(reader.program)
            // Journals from before there were promises were decided without causes, too.
            if service != nil { policy.modes = catalogue.causes }
        }
        let vehicles = Self.roster(roster)
        diagnostics += vehicles.diagnostics
        diagnostics.sort { $0.position < $1.position }
        guard !diagnostics.contains(where: { $0.severity == .error }) else {
            throw Unusable(diagnostics: diagnostics)
        }
        program = reader.program
        for rule in program.rules where rule.conduct != TicketConduct() {
            policy.conducts[rule.id] = rule.conduct
        }
        warnings = diagnostics
        self.files = files
        modeFiles = modes
        rosterFiles = roster
        self.roster = vehicles.roster
        falseCodes = vehicles.falseCodes
        self.controls = controls
        self.catalogue = catalogue
        self.subscriptions = subscriptions
        self.settings = settings
        var limits = DecodingLimits()
        limits.bytes = maxMessageBytes
        self.limits = limits
        self.service = service
        self.policy = policy
        let usual = WatchSettings()
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        recorded = [UInt8](
            try encoder.encode(
                Recorded(
                    files: files, modes: modes.isEmpty ? nil : modes,
                    controls: RecordedControls(controls),
                    roster: roster.isEmpty ? nil : roster,
                    topics: subscriptions.map {
                        .init(
                            topic: $0.template.text, format: $0.format.rawValue,
                            list: $0.list.rawValue,
                            options: $0.options == CodecOptions() ? nil : $0.options.text)
                    }, reorderWindow: settings.reorderWindow,
                    clockTolerance: settings.clockTolerance, maxMessageBytes: maxMessageBytes,
                    service: service,
                    epoch: settings.epoch == usual.epoch ? nil : settings.epoch,
                    falseShare: settings.falseShare == usual.falseShare
                        ? nil : settings.falseShare,
                    decision: settings.decision == usual.decision
                        ? nil : settings.decision.rawValue)))
    }

    /// Reads and checks the rules that `settings` name.
    ///
    /// - Parameter subscriptions: in place of the settings' own.
    public init(_ settings: Settings, subscriptions: [Subscription]? = nil) throws {
        let hasCanary = settings.canaryInterval > 0
        let modes = try Self.files(at: settings.modePaths)
        try self.init(
            files: try Self.files(at: settings.rulePaths) + (hasCanary ? [Canary.rules] : []),
            modes: modes + (hasCanary && !modes.isEmpty ? [Canary.modes] : []),
            roster: try Self.files(at: settings.rosterPaths),
            subscriptions: subscriptions ?? settings.subscriptions,
            settings: WatchSettings(
                reorderWindow: settings.reorderWindow, epoch: settings.epoch,
                falseShare: settings.falseShare, decision: settings.decision),
            maxMessageBytes: settings.maxMessageBytes,
            service: try ServiceTerms(file: settings.serviceFile))
    }

    /// The rules that a store ran with last; `nil` when it never ran with any.
    public init?(inForce store: TicketStore) throws {
        guard let recorded = try store.rulesInForce() else { return nil }
        try self.init(recorded: recorded.body)
    }

    /// Reads a rule set back from the journal.
    public init(recorded bytes: [UInt8]) throws {
        let recorded = try JSONDecoder().decode(Recorded.self, from: Data(bytes))
        try self.init(
            files: recorded.files, modes: recorded.modes ?? [], roster: recorded.roster ?? [],
            controls: try recorded.controls?.controls() ?? RuleControls(),
            subscriptions: try recorded.topics.map { topic in
                guard let format = PayloadFormat(rawValue: topic.format),
                    let list = FaultList(rawValue: topic.list)
                else { throw StoreDamaged("the journal names an unknown format") }
                return Subscription(
                    template: try TopicTemplate(topic.topic), format: format, list: list,
                    options: try CodecOptions(topic.options ?? ""))
            },
            settings: WatchSettings(
                reorderWindow: recorded.reorderWindow, clockTolerance: recorded.clockTolerance,
                epoch: recorded.epoch ?? WatchSettings().epoch,
                falseShare: recorded.falseShare ?? WatchSettings().falseShare,
                decision: try recorded.decision.map(Self.decision) ?? WatchSettings().decision),
            maxMessageBytes: recorded.maxMessageBytes, service: recorded.service)
    }

    private static func decision(_ name: String) throws -> DecisionRule {
        guard let rule = DecisionRule(rawValue: name) else {
            throw StoreDamaged("the journal names an unknown rule of decision")
        }
        return rule
    }

    /// Reads failure modes; `nil` when there are no files of them.
    private static func catalogue(_ files: [File], _ diagnostics: inout [Diagnostic])
        -> FailureModeCatalogue?
    {
        guard !files.isEmpty else { return nil }
        var reader = FailureModeReader()
        for file in files {
            do throws(Diagnostic) {
                reader.add(file: try YAMLSource.parse(file.text, file: file.name))
            } catch {
                diagnostics.append(error)
            }
        }
        reader.finish()
        diagnostics += reader.diagnostics
        return reader.catalogue
    }

    /// Reads rosters: tables by their name, anything else as YAML.
    public static func roster(_ files: [File]) -> RosterReader {
        var reader = RosterReader()
        for file in files {
            if RosterReader.isTable(file.name) {
                reader.add(table: file.text, file: file.name)
                continue
            }
            do throws(Diagnostic) {
                reader.add(file: try YAMLSource.parse(file.text, file: file.name))
            } catch {
                reader.note(error)
            }
        }
        return reader
    }

    /// Whether a file holds tests of rules, which stand beside them.
    public static func isTestFile(_ name: String) -> Bool {
        name.hasSuffix(".test.yaml") || name.hasSuffix(".test.yml")
    }

    /// Reads rule files, and the `*.yaml` and `*.yml` files of folders in order of name; tests are
    /// left out.
    ///
    /// - Throws: ``SettingsFailure`` when a path cannot be read.
    public static func files(at paths: [String]) throws(SettingsFailure) -> [File] {
        var result: [File] = []
        for path in paths {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
                throw SettingsFailure(["\(path): error: there is no such rule file or folder"])
            }
            var names = [path]
            if isFolder.boolValue {
                let inside = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
                names = inside.filter {
                    ($0.hasSuffix(".yaml") || $0.hasSuffix(".yml")) && !isTestFile($0)
                }.sorted()
                    .map { path.hasSuffix("/") ? path + $0 : "\(path)/\($0)" }
            }
            for name in names {
                guard let data = FileManager.default.contents(atPath: name) else {
                    throw SettingsFailure(["\(name): error: the file cannot be read"])
                }
                result.append(File(name: name, text: String(decoding: data, as: UTF8.self)))
            }
        }
        return result
    }

    /// The texts of the rules, for the store to show beside tickets.
    public var texts: [TicketStore.RuleText] {
        program.rules.map { rule in
            TicketStore.RuleText(
                hash: String(rule.meaning, radix: 16).leftPadded(to: 16), rule: rule.id,
                condition: rule.whenText, clear: rule.untilText,
                source: "\(rule.position.file):\(rule.position.line)")
        }
    }
}

extension String {
    func leftPadded(to count: Int) -> String {
        String(repeating: "0", count: max(0, count - self.count)) + self
    }
}
