import ArgumentParser
import FaultRules
import ForewarnDaemon
import RuleTrials
import StoreText
import TerminalText
import VehicleFaults

/// `forewarn backtest`: what these rules would have done.
struct BacktestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backtest", abstract: "Show what rules would have done on past traffic.",
        discussion: """
            Windows and baselines begin empty. Nothing is written, and nobody is told.
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

    @Argument(help: "Rule files and folders.")
    var rules: [String]

    @OptionGroup var traffic: TrafficOptions
    @OptionGroup var work: WorkOptions

    @Option(name: .short, help: "Output: text or json.")
    var output = Format.text

    @OptionGroup var style: OutputOptions

    func run() throws {
        let presentation = style.presentation()
        let rules = try TrialRules.read(self.rules, presentation)
        let modes = try work.readModes(presentation)
        let breakdowns = try work.readBreakdowns(presentation)
        let source = try traffic.open(presentation)
        var trial = Trial(program: rules.program, settings: source.settings)
        try source.forEach { batch, _ in trial.take(batch) }
        trial.finish()
        let report = BacktestReport(
            rules: rules.program.rules, result: trial.result, modes: modes,
            score: work.breakdowns == nil
                ? nil
                : BreakdownScore(
                    breakdowns, trial.result.tickets, horizon: work.horizonMilliseconds))
        try Output.write(
            output == .json
                ? report.json + "\n" : report.text(TrialText(presentation: presentation)))
    }
}

/// What rules did in a trial.
struct BacktestReport {
    let rules: [Rule]
    let result: TrialResult
    let modes: FailureModeCatalogue?
    /// `nil` when no breakdowns were named.
    let score: BreakdownScore?

    private var days: Double {
        guard let first = result.firstReceived, let last = result.lastReceived else { return 0 }
        return Double(last - first) / 86_400_000
    }

    private func shortened(_ value: Double) -> Double { (value * 10).rounded() / 10 }

    func text(_ lines: TrialText) -> String {
        let presentation = lines.presentation
        let words = presentation.words
        func line(_ english: String, _ chinese: String, _ value: String) -> String {
            words.say(english, chinese).padded(to: 14) + value + "\n"
        }
        var span = ""
        if let first = result.firstReceived, let last = result.lastReceived {
            span =
                "  \(presentation.time(EventTime(milliseconds: first))) \(words.say("to", "至")) "
                + presentation.time(EventTime(milliseconds: last))
        }
        var text = line("messages", "消息", "\(result.messages - result.duplicates)\(span)")
        text += line("dead letters", "死信", "\(result.deadLetters.count)")
        text += line("findings", "异常发现", "\(result.findings)")
        var rate = ""
        if days >= 1 {
            let week = shortened(Double(result.tickets.count) / days * 7)
            rate = words.say("  \(week) a week", "  每周 \(week) 张")
        }
        text += line("tickets", "工单", "\(result.tickets.count)\(rate)")
        if let modes {
            let work = TicketWork(result.tickets, modes)
            text += line("labour", "工时", TrialText.hours(work.hours))
            if !work.parts.isEmpty { text += line("parts", "配件", TrialText.parts(work.parts)) }
            if work.unknown > 0 {
                text += line(
                    "unknown", "未知",
                    words.say(
                        "\(work.unknown) tickets of modes without hours",
                        "\(work.unknown) 张工单的失效模式没有标准工时"))
            }
        }
        if let score {
            let (caught, all) = (score.caught.count, score.caught.count + score.missed.count)
            var value = words.say("\(caught) of \(all) caught", "\(all) 次中提前发现 \(caught) 次")
            if let warning = score.medianWarning {
                value += words.say(", the middle warning ", "，预警提前量中位数 ")
                value += words.duration(warning)
            }
            text += line("breakdowns", "抛锚", value)
        }
        text += "\n" + table(presentation)
        guard let score else { return text }
        text += "\n"
        for caught in score.caught {
            let (warning, rule) = (words.duration(caught.warning), caught.ticket.rule)
            text +=
                words.say("caught", "已发现") + "  \(lines.breakdown(caught.breakdown))  "
                + words.say("\(warning) before, by \(rule)", "提前 \(warning)，规则 \(rule)") + "\n"
        }
        for missed in score.missed {
            text +=
                presentation.painter.paint(words.say("missed", "漏报  "), .plan)
                + "  \(lines.breakdown(missed))\n"
        }
        return text
    }

    private func table(_ presentation: Presentation) -> String {
        let words = presentation.words
        var table = Table([
            .init(words.say("RULE", "规则")), .init(words.say("FIRED", "触发"), .right),
            .init(words.say("CLEARED", "消除"), .right), .init(words.say("TICKETS", "工单"), .right),
        ])
        for rule in rules {
            let count = result.counts[rule.id] ?? .init()
            table.append([
                .init(rule.id), .init("\(count.raised)"),
                .init(rule.until == nil ? "-" : "\(count.cleared)"), .init("\(count.tickets)"),
            ])
        }
        return table.text(width: presentation.width, painter: presentation.painter)
    }

    var json: String {
        var object = JSONObject()
        object.append("v", 1)
        object.append("messages", result.messages - result.duplicates)
        object.append("dead_letters", result.deadLetters.count)
        object.append("findings", result.findings)
        object.append(
            "first_received_at",
            result.firstReceived.map { EventTime(milliseconds: $0).text() })
        object.append(
            "last_received_at", result.lastReceived.map { EventTime(milliseconds: $0).text() })
        if let modes {
            let work = TicketWork(result.tickets, modes)
            object.append("labour_hours", work.hours)
            object.append("parts", TrialText.json(work.parts))
            object.append("tickets_without_hours", work.unknown)
        }
        var tickets = JSONArray()
        for ticket in result.tickets { tickets.append(TrialText.json(ticket)) }
        object.append("tickets", tickets)
        var rules = JSONArray()
        for rule in self.rules {
            let count = result.counts[rule.id] ?? .init()
            var entry = JSONObject()
            entry.append("rule", rule.id)
            entry.append("fired", count.raised)
            entry.append("cleared", count.cleared)
            entry.append("tickets", count.tickets)
            rules.append(entry)
        }
        object.append("rules", rules)
        guard let score else { return object.json }
        var caught = JSONArray()
        for item in score.caught {
            var entry = TrialText.json(item.breakdown)
            entry.append("rule", item.ticket.rule)
            entry.append("warning_ms", item.warning)
            caught.append(entry)
        }
        object.append("caught", caught)
        var missed = JSONArray()
        for item in score.missed { missed.append(TrialText.json(item)) }
        object.append("missed", missed)
        return object.json
    }
}
