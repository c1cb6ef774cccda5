import FaultRules
import RuleTrials
import StoreText
import TerminalText
import VehicleFaults

/// What tests came to, as lines.
struct RuleTestReport {
    let presentation: Presentation

    private var painter: Painter { presentation.painter }
    private var words: Words { presentation.words }

    /// `FAIL file:line:column: name`, then the differences.
    func failure(_ result: RuleTestResult) -> [String] {
        let place = result.test.position
        return [
            painter.paint(words.say("FAIL", "失败"), .actNow)
                + "  \(place.file):\(place.line):\(place.column): \(result.test.name.visible)"
        ] + differences(result).map { "      " + $0 }
    }

    func success(_ result: RuleTestResult) -> String {
        let place = result.test.position
        return painter.paint(words.say("ok  ", "通过"), .cleared)
            + "  \(place.file):\(place.line):\(place.column): \(result.test.name.visible)"
    }

    /// The differences, a line for each field.
    func differences(_ result: RuleTestResult) -> [String] {
        result.differences.flatMap { difference -> [String] in
            switch difference {
            case .missing(let ticket): [label("missing", "缺少") + text(ticket)]
            case .unexpected(let ticket): [label("unexpected", "多出") + text(ticket)]
            case .differs(let ticket, let fields):
                [label("ticket", "工单") + text(ticket)] + lines(fields)
            case .deadLetters(let expected, let got, let first):
                [
                    words.say(
                        "unreadable messages: expected \(expected), got \(got)",
                        "无法读取的消息：预期 \(expected) 条，实际 \(got) 条")
                        + (first.map { " (\($0))" } ?? "")
                ]
            }
        }
    }

    private func label(_ english: String, _ chinese: String) -> String {
        words.say(english, chinese).padded(to: 12)
    }

    private func lines(_ fields: [RuleTestResult.Field]) -> [String] {
        let name = fields.map(\.name.count).max() ?? 0
        let expected = fields.map(\.expected.displayWidth).max() ?? 0
        return fields.map { field in
            let late = field.late.map { "  (\(lateness($0)))" } ?? ""
            return "  \(field.name.padded(to: name))  \(words.say("expected", "预期")) "
                + "\(field.expected.padded(to: expected))  \(words.say("got", "实际")) "
                + painter.paint(field.got, .strong) + late
        }
    }

    private func lateness(_ milliseconds: Int64) -> String {
        let time = words.duration(abs(milliseconds))
        return milliseconds > 0
            ? words.say("\(time) later", "晚 \(time)") : words.say("\(time) earlier", "早 \(time)")
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
            line += state(entry.fired, ("fired", "已触发"), ("never fired", "从未触发"), 13)
            if let cleared = entry.cleared {
                line += state(cleared, ("cleared", "已消除"), ("never cleared", "从未消除"), 15)
            } else {
                line += words.say("no until", "无 until").padded(to: 15)
            }
            let all = 2 * entry.parts.count
            lines.append(line + words.say("branches \(seen) of \(all)", "分支 \(seen)/\(all)"))
            for part in entry.parts where !(part.wasTrue && part.wasFalse) {
                let missing =
                    [
                        part.wasTrue ? nil : words.say("never true", "从未为真"),
                        part.wasFalse ? nil : words.say("never false", "从未为假"),
                    ].compactMap(\.self).joined(separator: words.comma)
                lines.append(
                    "    \(part.key)  \(part.text.visible)  " + painter.paint(missing, .plan))
            }
        }
        let (fired, rules) = (coverage.firedRules, coverage.entries.count)
        let (seen, all) = (coverage.seenBranches, coverage.branches)
        let share = all > 0 ? 100 * seen / all : 100
        lines.append(
            words.say(
                "coverage: \(fired) of \(rules) rules fired, \(seen) of \(all) branches (\(share) %)",
                "覆盖率：\(rules) 条规则中触发 \(fired) 条，分支 \(seen)/\(all)（\(share) %）"))
        return lines
    }

    /// A state in columns, in colour where it is missing.
    private func state(
        _ isMet: Bool, _ met: (en: String, zh: String), _ missing: (en: String, zh: String),
        _ width: Int
    ) -> String {
        let text = isMet ? words.say(met.en, met.zh) : words.say(missing.en, missing.zh)
        let blanks = String(repeating: " ", count: max(0, width - text.displayWidth))
        return (isMet ? text : painter.paint(text, .plan)) + blanks
    }

    /// A change of a rule that no test noticed.
    func survivor(_ mutation: RuleMutation) -> String {
        let place = mutation.place
        return painter.paint(words.say("survived", "未察觉"), .plan)
            + "  \(place.position.file):\(place.position.line):\(place.position.column): "
            + "\(place.rule) \(place.key): \(place.text) -> \(mutation.text)"
    }
}
