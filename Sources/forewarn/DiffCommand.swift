import ArgumentParser
import FaultRules
import ForewarnDaemon
import RuleTrials
import TerminalText
import VehicleFaults

/// `forewarn diff`: what a change of rules changes, in tickets and in work.
struct DiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Show what other rules would change on past traffic.",
        discussion: """
            Both begin with empty windows and baselines. Exits with 0 when no ticket differs and 1
            when one does. Nothing is written, and nobody is told.
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
        let painter = presentation.painter
        let rules = try [old, new].map { try TrialRules.read([$0], painter) }
        let modes = try work.readModes(painter)
        let breakdowns = try work.readBreakdowns(painter)
        let source = try traffic.open()
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
        let painter = lines.presentation.painter
        var text = ""
        for ticket in comparison.removed {
            text += painter.paint("-", .strong) + " \(lines.ticket(ticket))\n"
        }
        for ticket in comparison.added {
            text += painter.paint("+", .strong) + " \(lines.ticket(ticket))\n"
        }
        for moved in comparison.moved { text += "~ \(lines.ticket(moved.new))  \(note(moved))\n" }
        if !text.isEmpty { text += "\n" }
        text +=
            "tickets     \(old.count) -> \(new.count)  (+\(comparison.added.count) "
            + "-\(comparison.removed.count) ~\(comparison.moved.count), \(comparison.same) the same)\n"
        if let modes {
            let (before, after) = (TicketWork(old, modes), TicketWork(new, modes))
            text +=
                "labour      \(TrialText.hours(before.hours)) -> "
                + "\(TrialText.hours(after.hours))\n"
            let parts = after.parts.merging(before.parts.mapValues { -$0 }) { $0 + $1 }
                .filter { $0.value != 0 }
            if !parts.isEmpty { text += "parts       \(change(parts))\n" }
            if after.unknown + before.unknown > 0 {
                text +=
                    "unknown     \(before.unknown) -> \(after.unknown) tickets of modes "
                    + "without hours\n"
            }
        }
        if gained + lost > 0 {
            text +=
                "warning     \(DurationText.text(gained, parts: 2)) gained, "
                + "\(DurationText.text(lost, parts: 2)) lost\n"
        }
        guard let scores else { return text }
        let count = scores[0].caught.count + scores[0].missed.count
        text +=
            "breakdowns  \(scores[0].caught.count) -> \(scores[1].caught.count) of \(count) "
            + "caught\n"
        for breakdown in newlyCaught { text += "  now caught  \(lines.breakdown(breakdown))\n" }
        for breakdown in newlyMissed {
            text += "  " + painter.paint("now missed", .plan) + "  \(lines.breakdown(breakdown))\n"
        }
        return text
    }

    private func note(_ moved: TrialComparison.Moved) -> String {
        var notes: [String] = []
        if moved.gained != 0 {
            notes.append(
                "\(DurationText.text(Int64(moved.gained.magnitude), parts: 2)) "
                    + (moved.gained > 0 ? "earlier" : "later"))
        }
        if moved.old.severity != moved.new.severity {
            notes.append("was \(moved.old.severity.name)")
        }
        return notes.joined(separator: ", ")
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
