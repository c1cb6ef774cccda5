import ArgumentParser
import ServiceTickets
import StoreText
import TerminalText
import TicketStorage

/// `forewarn ticket next`
struct TicketNext: ParsableCommand {
    enum Format: String, CaseIterable, ExpressibleByArgument { case text, json }

    static let configuration = CommandConfiguration(
        commandName: "next", abstract: "Say what can be done with a ticket now, and what it needs.")

    @Argument(help: "T-12 or 12.")
    var ticket: String

    @Option(help: "Only what this role may do.")
    var role: String?

    @Option(name: .short, help: "Output: text or json.")
    var output = Format.text

    @OptionGroup var store: StoreOptions
    @OptionGroup var style: OutputOptions

    func validate() throws { _ = try Arguments.ticket(ticket) }

    func run() throws {
        let store = try store.open()
        let number = try Arguments.ticket(ticket)
        guard let found = try store.foldedTicket(number) else {
            throw CommandFailure(code: .no, message: "there is no ticket T-\(number)")
        }
        let steps = found.possibleSteps.filter { step in
            role.map { name in step.roles.contains { $0.rawValue == name } } ?? true
        }
        guard output == .text else {
            for step in steps { try Output.write(json(step, found).json + "\n") }
            return
        }
        try Output.write(text(steps, found, style.presentation()))
    }

    private func text(
        _ steps: [PossibleStep], _ ticket: Ticket, _ presentation: Presentation
    ) -> String {
        let words = presentation.words
        let painter = presentation.painter
        var text =
            painter.paint("T-\(ticket.number)", .strong) + "  \(words.text(of: ticket.state))\n"
        for isForward in [true, false] {
            let group = steps.filter { $0.isForward == isForward }
            guard !group.isEmpty else { continue }
            text += "\n" + painter.paint(words[isForward ? .onward : .aside], .strong) + "\n"
            for step in group { text += self.text(step, ticket, presentation, isForward) }
        }
        return text
    }

    private func text(
        _ possible: PossibleStep, _ ticket: Ticket, _ presentation: Presentation, _ isWhole: Bool
    ) -> String {
        let words = presentation.words
        let step = possible.step
        var text =
            "  forewarn ticket \(step.verb) T-\(ticket.number)  \(words.text(of: step))\n"
        guard isWhole else { return text }
        let who =
            Set(possible.roles) == Role.people
            ? words.language == .chinese ? "任何人" : "anyone"
            : possible.roles.map { "\(words.text(of: $0)) (\($0.rawValue))" }
                .joined(separator: words.comma)
        text += "    \(words[.by]): \(who)\(possible.level > 0 ? " L\(possible.level)+" : "")\n"
        if let obstacle = possible.obstacle {
            let sentence = Refusal(obstacle, ticket: ticket.course.mergedInto)
                .text(words.language == .chinese)
            text += "    \(words[.obstacle]): \(presentation.painter.paint(sentence, .plan))\n"
        }
        for (title, fields) in [
            (words[.needs], possible.required), (words[.optional], possible.optional),
        ] where !fields.isEmpty {
            text += "    \(title):\n"
            for field in fields {
                text += "      \(field.usage(in: step))  \(words.text(of: field))\n"
            }
        }
        return text
    }

    private func json(_ possible: PossibleStep, _ ticket: Ticket) -> JSONObject {
        let step = possible.step
        var object = JSONObject()
        object.append("v", 1)
        object.append("ticket", ticket.number)
        object.append("verb", step.verb)
        object.append("step", step.rawValue)
        object.append("onward", possible.isForward)
        var roles = JSONArray()
        for role in possible.roles { roles.append(role.rawValue) }
        object.append("roles", roles)
        object.append("level", possible.level)
        for (name, fields) in [
            ("required", possible.required), ("optional", possible.optional),
        ] {
            var list = JSONArray()
            for field in fields {
                var item = JSONObject()
                item.append("field", field.rawValue)
                item.append("option", "--\(field.option)")
                if case .choice(let names) = field.form(in: step) {
                    var choices = JSONArray()
                    for name in names { choices.append(name) }
                    item.append("choices", choices)
                }
                list.append(item)
            }
            object.append(name, list)
        }
        object.append("obstacle", possible.obstacle?.rawValue)
        return object
    }
}
