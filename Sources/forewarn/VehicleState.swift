import FaultRules
import FleetWatch
import ForewarnDaemon
import TerminalText
import TicketStorage

/// What a vehicle costs to remember, and how far its statistical checks have come.
struct VehicleState {
    private let summary: LaneSummary
    private let checks: [(rule: String, text: String, check: LaneSummary.Check)]

    /// - Throws: ``CommandFailure`` when nothing of the vehicle is stored yet.
    init(_ vehicle: StoredVehicle, _ store: TicketStore) throws {
        guard let summary = vehicle.summary else {
            throw CommandFailure(
                code: .no, message: "nothing of this vehicle is stored yet",
                hint: "it is written behind; look again later")
        }
        self.summary = summary
        let program = try RuleSet(inForce: store)?.program
        checks = summary.checks.compactMap { check in
            guard let program,
                let trend = program.trends.first(where: { $0.meaning == check.meaning })
            else { return nil }
            let rule = program.rules[trend.rule]
            return (rule.id, rule.whenText, check)
        }
    }

    /// How much is remembered of a vehicle, and how much of that is the statistical checks'.
    static func size(_ summary: LaneSummary, _ words: Words) -> String {
        let (bytes, checks) = (summary.bytes, summary.checks.count)
        guard checks > 0 else { return words.say("\(bytes) bytes", "\(bytes) 字节") }
        let count = words.say(
            checks == 1 ? "1 statistical check" : "\(checks) statistical checks", "\(checks) 项统计检查")
        return words.say(
            "\(bytes) bytes, \(summary.checkBytes) of them for \(count)",
            "\(bytes) 字节，其中 \(summary.checkBytes) 字节用于 \(count)")
    }

    func text(_ presentation: Presentation) -> String {
        let words = presentation.words
        var text = Self.size(summary, words) + "\n"
        let width = checks.map(\.rule.displayWidth).max() ?? 0
        for (rule, _, check) in checks {
            var state = words.say("too short a past", "历史尚短")
            if check.judged > 0 {
                let evidence = shortNumber(check.logEvidence)
                state = words.say(
                    "\(check.judged) readings judged, evidence \(evidence)",
                    "已判断 \(check.judged) 个读数，证据 \(evidence)")
                if check.isSuspicious {
                    state += words.comma + words.say("something may be under way", "可能正在变化")
                }
            }
            text += "  \(rule.visible.padded(to: width))  \(state)\n"
        }
        return text
    }

    var object: JSONObject {
        var object = JSONObject()
        object.append("bytes", summary.bytes)
        object.append("check_bytes", summary.checkBytes)
        var list = JSONArray()
        for (rule, text, check) in checks {
            var one = JSONObject()
            one.append("rule", rule)
            one.append("condition", text)
            one.append("judged", Int(check.judged))
            one.append("log_evidence", check.logEvidence)
            one.append("suspicious", check.isSuspicious)
            list.append(one)
        }
        object.append("checks", list)
        return object
    }
}
