import FaultRules
import FleetWatch
import ForewarnDaemon
import StoreText
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

    func text(_ presentation: Presentation) -> String {
        let words = presentation.words
        var text = VehicleFactsText(presentation: presentation).size(summary) + "\n"
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
