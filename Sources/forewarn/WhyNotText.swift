import RuleTrials
import StoreText
import TerminalText
import VehicleFaults

/// Why a rule did not fire, as lines and JSON.
struct WhyNotText {
    let answer: WhyNot
    let vehicle: VehicleID

    func text(_ presentation: Presentation) -> String {
        let (painter, words) = (presentation.painter, presentation.words)
        let name = presentation.vehicle("\(vehicle)")
        let messages = words.say(
            answer.messages == 1 ? "1 message" : "\(answer.messages) messages",
            "\(answer.messages) 条消息")
        if let firing = answer.firing {
            let times = answer.count == 1 ? "once" : "\(answer.count) times"
            let first = self.text(firing, presentation)
            return words.say(
                "\(answer.rule.id) did fire for \(name), \(times) in \(messages): first \(first)\n",
                "\(answer.rule.id) 对 \(name) 触发过 \(answer.count) 次（\(messages)），首次\(first)\n")
        }
        var text = painter.paint(answer.rule.id, .strong)
        text += words.say(
            " did not fire for \(name) in \(messages)\n", " 对 \(name) 未触发（\(messages)）\n")
        text += "  when  \(answer.rule.whenText.visible)\n\n"
        for part in answer.parts { text += self.text(part, presentation) }
        if let nearest = answer.changes.first {
            let strong = painter.paint(nearest.text, .strong)
            text +=
                "\n" + words.say("nearest: ", "最接近的改动：")
                + "\(nearest.place.text) -> \(strong) (\(share(nearest, words))) "
                + self.fires(nearest.firing, presentation) + "\n"
        } else if !answer.parts.contains(where: { $0.firingWithout != nil }) {
            text += words.say(
                "\nno change of one part would have been enough\n", "\n仅改动一处都不足以触发\n")
        }
        return text
    }

    private func text(_ firing: WhyNot.Firing, _ presentation: Presentation) -> String {
        let time = presentation.time(firing.at)
        return presentation.words.say(
            "at \(time) (message \(firing.position))", "于 \(time)（消息 \(firing.position)）")
    }

    /// That another rule would have fired, and when.
    private func fires(_ firing: WhyNot.Firing, _ presentation: Presentation) -> String {
        let when = text(firing, presentation)
        return presentation.words.say("would have fired \(when)", "即会\(when)触发")
    }

    private func share(_ change: WhyNot.Change, _ words: Words) -> String {
        let percent = change.share * 100
        let text =
            percent >= 10 ? "\(Int(percent.rounded()))" : shortNumber((percent * 10).rounded() / 10)
        return change.value > change.place.number.value
            ? words.say("\(text) % more", "增大 \(text) %")
            : words.say("\(text) % less", "减小 \(text) %")
    }

    private func text(_ part: WhyNot.Part, _ presentation: Presentation) -> String {
        let words = presentation.words
        let failed = part.isNegated ? !part.wasFalse : !part.wasTrue
        let state =
            switch (part.wasTrue, part.wasFalse) {
            case (true, true): words.say("true at times", "有时为真")
            case (true, false): words.say("always true", "始终为真")
            case (false, _): words.say("never true", "从未为真")
            }
        let verdict = failed ? words.say("failed", "未满足") : words.say("met   ", "已满足")
        var text = "  " + presentation.painter.paint(verdict, failed ? .plan : nil)
        text += "  " + (part.isNegated ? "not " : "") + "\(part.text.visible)  (\(state))\n"
        for change in part.changes.sorted(by: { $0.share < $1.share }) {
            text +=
                "          \(change.place.text) -> \(change.text) (\(share(change, words))) "
                + "\(fires(change.firing, presentation))\n"
        }
        if let firing = part.firingWithout {
            let when = self.text(firing, presentation)
            text += words.say(
                "          without it, it would have fired \(when)\n",
                "          若无此条件，即会\(when)触发\n")
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
