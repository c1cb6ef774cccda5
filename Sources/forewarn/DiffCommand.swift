import ArgumentParser
import FaultRules
import ForewarnDaemon
import RuleTrials
import StoreText
import TerminalText
import VehicleFaults

/// `forewarn diff`: what a change of rules changes, in tickets and in work.
struct DiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Show what other rules would change on past traffic.",
        discussion: """
            Both begin with empty windows and baselines. Exits with 0 when no ticket
            differs and 1 when one does. Nothing is written, and nobody is told.
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

    @Argument(help: "The rules now: a file or folder.")
    var old: String

    @Argument(help: "The rules in their place: a file or folder.")
    var new: String

    @OptionGroup var traffic: TrafficOptions
    @OptionGroup var work: WorkOptions

    @Option(name: .short, help: "Output: text or json.")
    var output = Format.text

    @OptionGroup var style: OutputOptions

    func run() throws {
        let presentation = style.presentation()
        let rules = try [old, new].map { try TrialRules.read([$0], presentation) }
        let modes = try work.readModes(presentation)
        let breakdowns = try work.readBreakdowns(presentation)
        let source = try traffic.open(presentation)
        var trials = rules.map { Trial(program: $0.program, settings: source.settings) }
        try source.forEach { batch, _ in
            for place in trials.indices { trials[place].take(batch) }
        }
        for place in trials.indices { trials[place].finish() }
        let tickets = trials.map(\.result.tickets)
        let report = DiffReport(
            old: tickets[0], new: tickets[1], modes: modes,
            scores: work.breakdowns == nil
                ? nil
                : tickets.map {
                    BreakdownScore(breakdowns, $0, horizon: work.horizonMilliseconds)
                })
        try Output.write(
            output == .json
                ? report.json + "\n" : report.text(TrialText(presentation: presentation)))
        if !report.comparison.isSame { throw CommandFailure(code: .no) }
    }
}

/// What a change of rules changed.
struct DiffReport {
    let old: [TrialTicket]
    let new: [TrialTicket]
    let modes: FailureModeCatalogue?
    /// Of the old rules and the new; `nil` when no breakdowns were named.
    let scores: [BreakdownScore]?

    let comparison: TrialComparison

    init(
        old: [TrialTicket], new: [TrialTicket], modes: FailureModeCatalogue?,
        scores: [BreakdownScore]?
    ) {
        self.old = old
        self.new = new
        self.modes = modes
        self.scores = scores
        comparison = TrialComparison(old, new)
    }

    /// Milliseconds of warning gained by tickets that both have.
    private var gained: Int64 { comparison.moved.reduce(0) { $0 + max(0, $1.gained) } }
    private var lost: Int64 { comparison.moved.reduce(0) { $0 + max(0, -$1.gained) } }

    private var newlyCaught: [Breakdown] {
        guard let scores else { return [] }
        let before = Set(scores[0].missed)
        return scores[1].caught.map(\.breakdown).filter { before.contains($0) }
    }

    private var newlyMissed: [Breakdown] {
        guard let scores else { return [] }
        let before = Set(scores[0].caught.map(\.breakdown))
        return scores[1].missed.filter { before.contains($0) }
    }

    func text(_ lines: TrialText) -> String {
        let (painter, words) = (lines.presentation.painter, lines.presentation.words)
        var text = ""
        for ticket in comparison.removed {
            text += painter.paint("-", .strong) + " \(lines.ticket(ticket))\n"
        }
        for ticket in comparison.added {
            text += painter.paint("+", .strong) + " \(lines.ticket(ticket))\n"
        }
        for moved in comparison.moved {
            text += "~ \(lines.ticket(moved.new))  \(note(moved, words))\n"
        }
        if !text.isEmpty { text += "\n" }
        func line(_ english: String, _ chinese: String, _ value: String) -> String {
            words.say(english, chinese).padded(to: 12) + value + "\n"
        }
        let same = words.say("\(comparison.same) the same", "\(comparison.same) 张不变")
        text += line(
            "tickets", "工单",
            "\(old.count) -> \(new.count)  (+\(comparison.added.count) "
                + "-\(comparison.removed.count) ~\(comparison.moved.count)\(words.comma)\(same))")
        if let modes {
            let (before, after) = (TicketWork(old, modes), TicketWork(new, modes))
            text += line(
                "labour", "工时",
                "\(TrialText.hours(before.hours)) -> \(TrialText.hours(after.hours))")
            let parts = after.parts.merging(before.parts.mapValues { -$0 }) { $0 + $1 }
                .filter { $0.value != 0 }
            if !parts.isEmpty { text += line("parts", "配件", change(parts)) }
            if after.unknown + before.unknown > 0 {
                let change = "\(before.unknown) -> \(after.unknown)"
                text += line(
                    "unknown", "未知",
                    words.say(
                        "\(change) tickets of modes without hours",
                        "\(change) 张工单的失效模式没有标准工时"))
            }
        }
        if gained + lost > 0 {
            let (more, less) = (
                words.duration(gained), words.duration(lost)
            )
            text += line(
                "warning", "提前量",
                words.say("\(more) gained, \(less) lost", "增加 \(more)，减少 \(less)"))
        }
        guard let scores else { return text }
        let count = scores[0].caught.count + scores[0].missed.count
        let change = "\(scores[0].caught.count) -> \(scores[1].caught.count)"
        text += line(
            "breakdowns", "抛锚",
            words.say("\(change) of \(count) caught", "\(count) 次中提前发现 \(change) 次"))
        for breakdown in newlyCaught {
            text += "  \(words.say("now caught", "新发现"))  \(lines.breakdown(breakdown))\n"
        }
        for breakdown in newlyMissed {
            text +=
                "  " + painter.paint(words.say("now missed", "新漏报"), .plan)
                + "  \(lines.breakdown(breakdown))\n"
        }
        return text
    }

    private func note(_ moved: TrialComparison.Moved, _ words: Words) -> String {
        var notes: [String] = []
        if moved.gained != 0 {
            let time = words.duration(Int64(moved.gained.magnitude))
            notes.append(
                moved.gained > 0
                    ? words.say("\(time) earlier", "提前 \(time)")
                    : words.say("\(time) later", "推后 \(time)"))
        }
        if moved.old.severity != moved.new.severity {
            let severity = moved.old.severity.name
            notes.append(words.say("was \(severity)", "原为 \(severity)"))
        }
        return notes.joined(separator: words.comma)
    }

    private func change(_ parts: [String: Int]) -> String {
        parts.sorted { $0.key < $1.key }
            .map { "\($0.key.visible) \($0.value > 0 ? "+" : "")\($0.value)" }
            .joined(separator: ", ")
    }

    var json: String {
        var object = JSONObject()
        object.append("v", 1)
        object.append("same", comparison.same)
        func list(_ tickets: [TrialTicket]) -> JSONArray {
            var array = JSONArray()
            for ticket in tickets { array.append(TrialText.json(ticket)) }
            return array
        }
        object.append("added", list(comparison.added))
        object.append("removed", list(comparison.removed))
        var moved = JSONArray()
        for item in comparison.moved {
            var entry = TrialText.json(item.new)
            entry.append("old_at", item.old.at.text())
            entry.append("old_severity", item.old.severity.name)
            entry.append("gained_ms", item.gained)
            moved.append(entry)
        }
        object.append("moved", moved)
        if let modes {
            for (name, tickets) in [("old", old), ("new", new)] {
                let work = TicketWork(tickets, modes)
                object.append("\(name)_labour_hours", work.hours)
                object.append("\(name)_parts", TrialText.json(work.parts))
            }
        }
        if scores != nil {
            for (name, breakdowns) in [
                ("now_caught", newlyCaught), ("now_missed", newlyMissed),
            ] {
                var array = JSONArray()
                for breakdown in breakdowns { array.append(TrialText.json(breakdown)) }
                object.append(name, array)
            }
        }
        return object.json
    }
}
