import ArgumentParser
import FaultDecoding
import StoreText
import TerminalText
import TicketStorage
import VehicleFaults

/// `forewarn dlq`
struct DeadLetterCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dlq", abstract: "Look at messages that could not be read.",
        subcommands: [
            DeadLetterList.self, DeadLetterShow.self, DeadLetterReplayCommand.self,
            DeadLetterDropCommand.self,
        ])
}

/// `forewarn dlq ls`
struct DeadLetterList: ParsableCommand {
    enum Format: String, CaseIterable, ExpressibleByArgument { case table, json }

    static let configuration = CommandConfiguration(
        commandName: "ls", abstract: "List dead letters, newest first.")

    @Option(name: [.customShort("n"), .long], help: "At most so many.")
    var lines: Int?

    @Option(help: "Only those with this reason, as not_json.")
    var reason: String?

    @Option(name: .short, help: "Output: table or json.")
    var output = Format.table

    @OptionGroup var store: StoreOptions
    @OptionGroup var style: OutputOptions

    func validate() throws {
        if let lines, lines < 0 { throw ValidationError("--lines must not be negative") }
        let known = DecodingFailure.Reason.allCases.map(\.rawValue)
        guard let reason, !known.contains(reason) else { return }
        let near = NearestName.find(reason, among: known)
        throw ValidationError(
            "there is no reason '\(reason.visible)'" + (near.map { "; did you mean \($0)?" } ?? ""))
    }

    func run() throws {
        let letters = try store.open().deadLetters(reason: reason, limit: lines)
        guard output == .table else {
            for letter in letters {
                try Output.write(DeadLetterJSON.object(letter, isWhole: false).json + "\n")
            }
            return
        }
        let presentation = style.presentation()
        let words = presentation.words
        guard let newest = letters.first else {
            if !style.quiet { Output.talk(words[.noDeadLetters]) }
            return
        }
        let zone = presentation.zone(at: newest.received)
        var table = Table([
            .init(words[.id], .right), .init("\(words[.time]) \(zone)"),
            .flexible(words[.reason], narrowest: 12), .init(words[.offset], .right),
            .flexible(words[.topic], narrowest: 16), .init(words[.state]),
        ])
        for letter in letters {
            table.append([
                "\(letter.id)", .init(presentation.minute(letter.received)),
                .init(words.reason(letter.reason), .plan), "\(letter.offset)",
                .init(Payload.topic(letter.topic, presentation)),
                .init(words.stored(letter.state), letter.state == "kept" ? nil : .suppressed),
            ])
        }
        try Output.write(table.text(width: presentation.width, painter: presentation.painter))
    }
}

/// `forewarn dlq show`
struct DeadLetterShow: ParsableCommand {
    enum Format: String, CaseIterable, ExpressibleByArgument { case text, json, raw }

    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a dead letter, and where it stops making sense.",
        discussion: "With -o raw, the payload's bytes are written as they came.")

    @Argument(help: "Its number, as forewarn dlq ls shows it.")
    var id: Int64

    @Option(name: .short, help: "Output: text, json or raw.")
    var output = Format.text

    @OptionGroup var store: StoreOptions
    @OptionGroup var style: OutputOptions

    func run() throws {
        let store = try store.open()
        guard let letter = try store.deadLetter(id) else {
            let newest = try store.deadLetters(limit: 1).first
            throw CommandFailure(
                code: .no, message: "there is no dead letter \(id)",
                hint: newest.map { "the newest one is \($0.id)" } ?? "there are none")
        }
        switch output {
        case .raw: Output.write(letter.payload)
        case .json: try Output.write(DeadLetterJSON.object(letter, isWhole: true).json + "\n")
        case .text: try Output.write(text(letter, style.presentation()))
        }
    }

    private func text(_ letter: StoredDeadLetter, _ presentation: Presentation) -> String {
        let words = presentation.words
        let topic = Payload.topic(letter.topic, presentation)
        let reason = presentation.painter.paint(words.reason(letter.reason).visible, .plan)
        let place = words.comma + words.atByte(letter.offset)
        let facts = [
            (words[.topic].lowercased(), topic),
            (words[.reason].lowercased(), "\(reason) (\(letter.reason.visible))\(place)"),
            (words[.received], presentation.time(letter.received)),
            (words[.message], "\(letter.position)"),
            (words[.payload], "\(letter.payload.count) B"),
        ]
        let width = facts.map(\.0.displayWidth).max() ?? 0
        let title = "\(words[.deadLetter]) \(letter.id)"
        var text = presentation.painter.paint(title, .strong)
        text += "  \(words.stored(letter.state))\n"
        for (name, value) in facts { text += "  \(name.padded(to: width))  \(value)\n" }
        guard !letter.payload.isEmpty else { return text }
        let excerpt = Payload.excerpt(letter.payload, at: letter.offset) {
            Payload.masked($0, presentation)
        }
        return text + "\n  \(excerpt[0])\n  \(presentation.painter.paint(excerpt[1], .plan))\n"
    }
}

/// Dead letters as JSON.
enum DeadLetterJSON {
    /// - Parameter isWhole: whether the payload is in it.
    static func object(_ letter: StoredDeadLetter, isWhole: Bool) -> JSONObject {
        var object = JSONObject()
        object.append("v", 1)
        object.append("dead_letter", letter.id)
        object.append("state", letter.state)
        object.append("received_at", letter.received.text())
        object.append("position", letter.position)
        object.append("topic", String(decoding: letter.topic, as: UTF8.self))
        object.append("reason", letter.reason)
        object.append("offset", letter.offset)
        object.append("bytes", letter.payload.count)
        if isWhole { Payload.append(letter.payload, to: &object) }
        return object
    }
}
