import ArgumentParser
import FaultRules
import ForewarnDaemon
import Foundation
import StoreText
import TerminalText

/// `forewarn check`: is this configuration, are these rules, fit to run?
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Check configuration and rule files without running them.",
        discussion: """
            A file with a key "rules" that holds rules, and every folder, is checked as
            rules, one with a key "failure_modes" as failure modes that the rules may name,
            a .csv table and a file with a key "vehicles" or "false_codes" as a roster; any
            other file as a configuration, with the rules, failure modes and roster it
            names.
            """)

    @Argument(help: "Rule files, folders of rule files, configuration files.")
    var files: [String]

    @Option(help: ArgumentHelp("Roster of vehicles. May be repeated.", valueName: "file"))
    var roster: [String] = []

    @Flag(name: .long, help: "Treat warnings as errors.")
    var strict = false

    @OptionGroup var output: OutputOptions

    func run() throws {
        let presentation = output.presentation()
        let (painter, words) = (presentation.painter, presentation.words)
        var rulePaths: [String] = []
        var modePaths: [String] = []
        var rosterPaths = roster
        for file in files {
            if RosterReader.isTable(file) {
                rosterPaths.append(file)
                continue
            }
            let keys = Self.keys(of: file)
            guard keys.contains(where: { Self.configurationKeys.contains($0) }) else {
                if keys.contains("failure_modes") {
                    modePaths.append(file)
                } else if keys.contains("vehicles") || keys.contains("false_codes") {
                    rosterPaths.append(file)
                } else {
                    rulePaths.append(file)
                }
                continue
            }
            do {
                let settings = try SettingsReader.read(
                    flags: [:], topics: [], environment: [:], file: file)
                rulePaths += settings.rulePaths
                modePaths += settings.modePaths
                rosterPaths += settings.rosterPaths
            } catch {
                throw CommandFailure(code: .usage, message: error.description)
            }
        }
        var warnings: [Diagnostic] = []
        var texts = SourceTexts()
        do {
            let sources = try RuleSet.files(at: rulePaths)
            let modes = try RuleSet.files(at: modePaths)
            let roster = try RuleSet.files(at: rosterPaths)
            for source in sources + modes + roster { texts.add(source) }
            let rules = try RuleSet(
                files: sources, modes: modes, roster: roster, subscriptions: [], settings: .init(),
                maxMessageBytes: 1 << 20)
            warnings = rules.warnings
            for warning in warnings { Output.talk(texts.shown(warning, painter, words)) }
            if !output.quiet {
                try Output.write(Self.summary(rules, sources.count, words))
                if !roster.isEmpty {
                    let (vehicles, codes) = (rules.roster.count, rules.falseCodes.count)
                    try Output.write(
                        words.say(
                            "\(vehicles) \(vehicles == 1 ? "vehicle" : "vehicles") and \(codes) "
                                + "false \(codes == 1 ? "code" : "codes") in "
                                + Self.files(roster.count),
                            "\(roster.count) 个文件中有 \(vehicles) 辆车，\(codes) 个无效故障码") + "\n")
                }
                if let catalogue = rules.catalogue {
                    try Output.write(Self.summary(catalogue, modes.count, words))
                }
            }
        } catch let error as RuleSet.Unusable {
            for problem in error.diagnostics { Output.talk(texts.shown(problem, painter, words)) }
            throw CommandFailure(code: .usage)
        } catch let error as SettingsFailure {
            throw CommandFailure(code: .usage, message: error.description)
        }
        if strict, !warnings.isEmpty { throw CommandFailure(code: .usage) }
    }

    private static func files(_ count: Int) -> String {
        "\(count) \(count == 1 ? "file" : "files")"
    }

    private static func summary(_ rules: RuleSet, _ files: Int, _ words: Words) -> String {
        let program = rules.program
        let (count, conditions, signals) = (
            program.rules.count, program.atoms.count, program.signals.count
        )
        let cost = program.cost
        var text = words.say(
            "\(count) \(count == 1 ? "rule" : "rules") in \(Self.files(files)), "
                + "\(conditions) conditions on \(signals) signals\ncost: \(cost)\n",
            "\(files) 个文件，\(count) 条规则，\(conditions) 个条件，\(signals) 个信号\n"
                + "开销：每个读数最多 \(cost.conditionsPerReading) 个条件，"
                + "每个故障码 \(cost.conditionsPerSighting) 个，每条消息 \(cost.conditionsPerMessage) 个；"
                + "每辆车 \(cost.bytesPerVehicle) 字节，每个故障码另加 \(cost.bytesPerCode) 字节\n")
        for rule in program.rulesWaiting {
            let id = program.rules[rule].id
            text += words.say(
                "\(id) compares with other vehicles: not before 30 were heard for an epoch\n",
                "\(id) 与同类车辆比较：至少 30 辆车上报满一个周期后才会为真\n")
        }
        return text
    }

    private static func summary(
        _ catalogue: FailureModeCatalogue, _ files: Int, _ words: Words
    ) -> String {
        let count = catalogue.modes.count
        var text = words.say(
            "\(count) failure \(count == 1 ? "mode" : "modes") in \(Self.files(files))\n",
            "\(files) 个文件，\(count) 个失效模式\n")
        for mode in catalogue.modes where !mode.waitsFor.isEmpty {
            let names = mode.waitsFor.map(\.rawValue).joined(separator: ", ")
            text += words.say("\(mode.id) waits for \(names)\n", "\(mode.id) 等待 \(names)\n")
        }
        return text
    }

    /// A configuration has keys that a rule file has not.
    private static let configurationKeys: Set<Substring> = [
        "broker", "site", "subscriptions", "state", "intake", "watch", "store", "alerts", "log",
    ]

    /// The keys at the beginning of a file's lines.
    private static func keys(of path: String) -> Set<Substring> {
        guard let data = FileManager.default.contents(atPath: path) else { return [] }
        return Set(
            String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline)
                .compactMap { line in
                    guard let first = line.first, first.isLetter else { return nil }
                    return Substring(String(line.prefix { $0 != ":" }))
                })
    }
}
