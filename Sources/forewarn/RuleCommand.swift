import ArgumentParser
import FaultRules
import ForewarnDaemon
import ServiceTickets
import StoreText
import TerminalText
import TicketStorage
import VehicleFaults

/// `forewarn rule`: the rules that run, and how they take part.
struct RuleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rule",
        abstract: "Show the rules that run; put one in shadow, or switch it off.",
        subcommands: [
            RuleListCommand.self, RuleShowCommand.self, RuleEnableCommand.self,
            RuleDisableCommand.self, RuleShadowCommand.self,
        ])
}

/// The rules in force, as the journal has them.
struct RunningRules {
    let rules: RuleSet
    let activity: [String: RuleActivity]

    init(_ store: TicketStore) throws {
        guard let rules = try RuleSet(inForce: store) else {
            throw CommandFailure(
                code: .no, message: "this store has never run with rules",
                hint: "start forewarn run once")
        }
        self.rules = rules
        activity = try store.ruleActivity()
    }

    /// A rule by its id, or an end that names the nearest.
    func rule(_ id: String) throws -> Rule {
        if let rule = rules.program.rules.first(where: { $0.id == id }) { return rule }
        let near = NearestName.find(id, among: rules.program.rules.map(\.id))
        throw CommandFailure(
            code: .no, message: "no rule that runs is '\(id.visible)'",
            hint: near.map { "did you mean \($0)?" } ?? "see forewarn rule ls")
    }

    func json(_ rule: Rule) -> JSONObject {
        let done = activity[rule.id] ?? RuleActivity()
        var object = JSONObject()
        object.append("v", 1)
        object.append("rule", rule.id)
        object.append("state", rules.controls.state(of: rule.id).rawValue)
        object.append("severity", rule.severity.name)
        object.append("mode", rule.mode)
        object.append("findings", done.findings)
        object.append("tickets", done.tickets)
        object.append("shadow", done.shadow)
        object.append("silenced", done.silenced)
        object.append("latest_at", done.latest?.text())
        return object
    }

    static func text(_ state: RuleControls.State, _ words: Words) -> String {
        switch state {
        case .enabled: words.say("enabled", "启用")
        case .shadow: words.say("shadow", "试运行")
        case .disabled: words.say("disabled", "停用")
        }
    }

    func text(_ rule: Rule) -> TicketStore.RuleText? { rules.texts.first { $0.rule == rule.id } }
}

/// `forewarn rule ls`
struct RuleListCommand: ParsableCommand {
    enum Format: String, ExpressibleByArgument, CaseIterable { case table, json }

    static let configuration = CommandConfiguration(
        commandName: "ls", abstract: "List the rules that run, with what they did so far.")

    @Option(name: .short, help: "Output: table or json.")
    var output = Format.table

    @OptionGroup var store: StoreOptions
    @OptionGroup var style: OutputOptions

    func run() throws {
        let running = try RunningRules(store.open())
        if output == .json {
            for rule in running.rules.program.rules {
                try Output.write(running.json(rule).json + "\n")
            }
            return
        }
        let presentation = style.presentation()
        let words = presentation.words
        var table = Table([
            .flexible(words.say("RULE", "规则"), narrowest: 14), .init(words[.state]),
            .init(words[.severity]), .flexible(words[.mode]),
            .init(words.say("FINDINGS", "异常发现"), .right),
            .init(words.say("TICKETS", "工单"), .right), .init(words[.latest]),
        ])
        for rule in running.rules.program.rules {
            let done = running.activity[rule.id] ?? RuleActivity()
            let state = running.rules.controls.state(of: rule.id)
            table.append([
                .init(rule.id),
                .init(RunningRules.text(state, words), state == .enabled ? nil : .suppressed),
                .init(rule.severity.name), .init(rule.mode), .init("\(done.findings)"),
                .init("\(done.tickets)"), .init(done.latest.map(presentation.minute) ?? "-"),
            ])
        }
        try Output.write(table.text(width: presentation.width, painter: presentation.painter))
    }
}

/// `forewarn rule show`
struct RuleShowCommand: ParsableCommand {
    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a rule as it runs, and what it did so far.")

    @Argument(help: "The rule's id.")
    var rule: String

    @Option(name: .short, help: "Output: text or json.")
    var output = Format.text

    @OptionGroup var store: StoreOptions
    @OptionGroup var style: OutputOptions

    func run() throws {
        let running = try RunningRules(store.open())
        let rule = try running.rule(rule)
        let text = running.text(rule)
        if output == .json {
            var object = running.json(rule)
            object.append("hash", text?.hash)
            object.append("when", rule.whenText)
            object.append("until", rule.untilText)
            object.append("workshop", rule.conduct.opensInWorkshop ? "open" : "attach")
            if let waits = rule.conduct.backOff { object.append("back_off_ms", waits) }
            object.append("source", text?.source)
            return try Output.write(object.json + "\n")
        }
        let presentation = style.presentation()
        let done = running.activity[rule.id] ?? RuleActivity()
        let state = running.rules.controls.state(of: rule.id)
        let words = presentation.words
        func line(_ english: String, _ chinese: String, _ value: String) -> String {
            "  " + words.say(english, chinese).padded(to: 10) + value
        }
        var lines = [
            presentation.painter.paint(rule.id, .strong) + "  \(presentation.paint(rule.severity))"
                + "  \(RunningRules.text(state, words))",
            presentation.name((rule.name.en, rule.name.zh)), "",
            line("mode", "失效模式", rule.mode), line("when", "when", rule.whenText.visible),
        ]
        if let until = rule.untilText { lines.append(line("until", "until", until.visible)) }
        if rule.conduct.opensInWorkshop {
            lines.append(
                line("workshop", "在修车辆", words.say("opens a ticket all the same", "照常开单")))
        }
        if let waits = rule.conduct.backOff {
            let text = waits.map { words.duration($0, parts: .max) }.joined(separator: ", ")
            lines.append(
                line("back-off", "误报静默", waits.isEmpty ? words.say("off", "不静默") : text))
        }
        lines.append(line("meaning", "含义摘要", text?.hash ?? ""))
        lines.append(line("source", "来源", (text?.source ?? "").visible))
        lines.append(
            line(
                "findings", "异常发现",
                words.say(
                    "\(done.findings), of which \(done.tickets) opened a ticket, "
                        + "\(done.shadow) in shadow, \(done.silenced) silenced",
                    "\(done.findings) 条，其中开单 \(done.tickets) 条，试运行 \(done.shadow) 条，"
                        + "静默 \(done.silenced) 条")))
        if let latest = done.latest {
            lines.append(line("latest", "最近", presentation.time(latest)))
        }
        try Output.write(lines.joined(separator: "\n") + "\n")
    }
}

/// Which rule a command is about.
struct RuleOptions: ParsableArguments {
    @OptionGroup var store: StoreOptions
    @OptionGroup var style: OutputOptions
    @Argument(help: "The rule's id.") var rule: String

    func perform(_ kind: String, _ state: RuleControls.State) throws {
        _ = try Request(
            folder: StateFolder(path: store.folder), kind: kind, argument: rule
        ).perform()
        let words = style.presentation().words
        try Output.write("\(rule.visible) \(RunningRules.text(state, words))\n")
    }
}

/// `forewarn rule enable`
struct RuleEnableCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enable", abstract: "Let a rule open tickets.")

    @OptionGroup var options: RuleOptions

    func run() throws { try options.perform("rule.enable", .enabled) }
}

/// `forewarn rule disable`
struct RuleDisableCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "disable", abstract: "Hear nothing of a rule; its windows go on.")

    @OptionGroup var options: RuleOptions

    func run() throws { try options.perform("rule.disable", .disabled) }
}

/// `forewarn rule shadow`
struct RuleShadowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shadow", abstract: "Evaluate and count a rule, and open nothing.")

    @OptionGroup var options: RuleOptions

    func run() throws { try options.perform("rule.shadow", .shadow) }
}
