import RuleTrials
import TerminalText
import VehicleFaults

/// Why a rule did not fire, as lines and JSON.
struct WhyNotText {
    let answer: WhyNot
    let vehicle: VehicleID

    func text(_ presentation: Presentation) -> String {
        let painter = presentation.painter
        let name = presentation.vehicle("\(vehicle)")
        let messages = answer.messages == 1 ? "1 message" : "\(answer.messages) messages"
        if let firing = answer.firing {
            return "\(answer.rule.id) did fire for \(name), "
                + (answer.count == 1 ? "once" : "\(answer.count) times")
                + " in \(messages): first \(text(firing, presentation))\n"
        }
        var text = painter.paint(answer.rule.id, .strong)
        text += " did not fire for \(name) in \(messages)\n"
        text += "  when  \(answer.rule.whenText.visible)\n\n"
        for part in answer.parts { text += self.text(part, presentation) }
        if let nearest = answer.changes.first {
            text +=
                "\nnearest: \(nearest.place.text) -> "
                + painter.paint(nearest.text, .strong)
                + " (\(share(nearest))) would have fired \(self.text(nearest.firing, presentation))\n"
        } else if !answer.parts.contains(where: { $0.firingWithout != nil }) {
            text += "\nno change of one part would have been enough\n"
        }
        return text
    }

    private func text(_ firing: WhyNot.Firing, _ presentation: Presentation) -> String {
        "at \(presentation.time(firing.at)) (message \(firing.position))"
    }

    private func share(_ change: WhyNot.Change) -> String {
        let percent = change.share * 100
        let text =
            percent >= 10 ? "\(Int(percent.rounded()))" : shortNumber((percent * 10).rounded() / 10)
        return "\(text) % " + (change.value > change.place.number.value ? "more" : "less")
    }

    private func text(_ part: WhyNot.Part, _ presentation: Presentation) -> String {
        let failed = part.isNegated ? !part.wasFalse : !part.wasTrue
        let state =
            switch (part.wasTrue, part.wasFalse) {
            case (true, true): "true at times"
            case (true, false): "always true"
            case (false, _): "never true"
            }
        var text =
            "  " + presentation.painter.paint(failed ? "failed" : "met   ", failed ? .plan : nil)
        text += "  " + (part.isNegated ? "not " : "") + "\(part.text.visible)  (\(state))\n"
        for change in part.changes.sorted(by: { $0.share < $1.share }) {
            text +=
                "          \(change.place.text) -> \(change.text) (\(share(change))) would have "
                + "fired \(self.text(change.firing, presentation))\n"
        }
        if let firing = part.firingWithout {
            text += "          without it, it would have fired \(self.text(firing, presentation))\n"
        }
        return text
    }

    var json: String {
        var object = JSONObject()
        object.append("v", 1)
        object.append("vehicle", "\(vehicle)")
        object.append("rule", answer.rule.id)
        object.append("when", answer.rule.whenText)
        object.append("messages", answer.messages)
        object.append("fired", answer.count)
        object.append("first", answer.firing.map(Self.json))
        var parts = JSONArray()
        for part in answer.parts {
            var entry = JSONObject()
            entry.append("text", part.text)
            entry.append("negated", part.isNegated)
            entry.append("was_true", part.wasTrue)
            entry.append("was_false", part.wasFalse)
            entry.append("without", part.firingWithout.map(Self.json))
            var changes = JSONArray()
            for change in part.changes {
                var item = Self.json(change.firing)
                item.append("from", change.place.number.value)
                item.append("to", change.value)
                item.append("unit", change.place.number.unit)
                item.append("share", change.share)
                changes.append(item)
            }
            entry.append("changes", changes)
            parts.append(entry)
        }
        object.append("parts", parts)
        return object.json
    }

    private static func json(_ firing: WhyNot.Firing) -> JSONObject {
        var object = JSONObject()
        object.append("at", firing.at.text())
        object.append("position", firing.position)
        return object
    }
}
