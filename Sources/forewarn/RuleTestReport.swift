import FaultRules
import RuleTrials
import TerminalText
import VehicleFaults

/// What tests came to, as lines.
struct RuleTestReport {
    let presentation: Presentation

    private var painter: Painter { presentation.painter }

    /// `FAIL file:line:column: name`, then the differences.
    func failure(_ result: RuleTestResult) -> [String] {
        let place = result.test.position
        return [
            painter.paint("FAIL", .actNow)
                + "  \(place.file):\(place.line):\(place.column): \(result.test.name.visible)"
        ] + differences(result).map { "      " + $0 }
    }

    func success(_ result: RuleTestResult) -> String {
        let place = result.test.position
        return painter.paint("ok", .cleared)
            + "    \(place.file):\(place.line):\(place.column): \(result.test.name.visible)"
    }

    /// The differences, a line for each field.
    func differences(_ result: RuleTestResult) -> [String] {
        result.differences.flatMap { difference -> [String] in
            switch difference {
            case .missing(let ticket): ["missing     \(text(ticket))"]
            case .unexpected(let ticket): ["unexpected  \(text(ticket))"]
            case .differs(let ticket, let fields):
                ["ticket      \(text(ticket))"] + lines(fields)
            case .deadLetters(let expected, let got, let first):
                [
                    "unreadable messages: expected \(expected), got \(got)"
                        + (first.map { " (\($0))" } ?? "")
                ]
            }
        }
    }

    private func lines(_ fields: [RuleTestResult.Field]) -> [String] {
        let name = fields.map(\.name.count).max() ?? 0
        let expected = fields.map(\.expected.displayWidth).max() ?? 0
        return fields.map { field in
            "  \(field.name.padded(to: name))  expected \(field.expected.padded(to: expected))  got "
                + painter.paint(field.got, .strong) + (field.note.map { "  (\($0))" } ?? "")
        }
    }

    private func text(_ ticket: ExpectedTicket) -> String {
        [
            ticket.rule ?? ticket.mode, ticket.vehicle.map { presentation.vehicle("\($0)") },
            ticket.at?.description, ticket.severity?.name,
        ].compactMap(\.self).joined(separator: "  ")
    }

    private func text(_ ticket: TrialTicket) -> String {
        "\(ticket.rule)  \(presentation.vehicle("\(ticket.vehicle)"))  \(ticket.at)  "
            + ticket.severity.name
    }

    // MARK: - Coverage

    /// A line for each rule, and below it the branches that no test has seen.
    func coverage(_ coverage: RuleCoverage) -> [String] {
        var lines: [String] = []
        let width = coverage.entries.map(\.rule.id.count).max() ?? 0
        for entry in coverage.entries {
            let seen = entry.parts.reduce(0) {
                $0 + ($1.wasTrue ? 1 : 0) + ($1.wasFalse ? 1 : 0)
            }
            var line = entry.rule.id.padded(to: width) + "  "
            line +=
                entry.fired
                ? "fired      " : painter.paint("never fired", .plan)
            if let cleared = entry.cleared {
                line += "  " + (cleared ? "cleared      " : painter.paint("never cleared", .plan))
            } else {
                line += "  no until     "
            }
            lines.append(line + "  branches \(seen) of \(2 * entry.parts.count)")
            for part in entry.parts where !(part.wasTrue && part.wasFalse) {
                let missing =
                    !part.wasTrue && !part.wasFalse
                    ? "never true, never false" : part.wasTrue ? "never false" : "never true"
                lines.append(
                    "    \(part.key)  \(part.text.visible)  " + painter.paint(missing, .plan))
            }
        }
        let share =
            coverage.branches > 0 ? 100 * coverage.seenBranches / coverage.branches : 100
        lines.append(
            "coverage: \(coverage.firedRules) of \(coverage.entries.count) rules fired, "
                + "\(coverage.seenBranches) of \(coverage.branches) branches (\(share) %)")
        return lines
    }

    /// A change of a rule that no test noticed.
    func survivor(_ mutation: RuleMutation) -> String {
        let place = mutation.place
        return painter.paint("survived", .plan)
            + "  \(place.position.file):\(place.position.line):\(place.position.column): "
            + "\(place.rule) \(place.key): \(place.text) -> \(mutation.text)"
    }
}
