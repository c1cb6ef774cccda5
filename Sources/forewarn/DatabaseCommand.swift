import ArgumentParser
import StoreText
import TerminalText
import TicketStorage
import VehicleFaults

/// `forewarn db`
struct DatabaseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "db", abstract: "Look after the store.",
        subcommands: [
            DatabaseStats.self, DatabaseVerify.self, DatabaseBackupCommand.self,
            DatabaseVacuumCommand.self,
        ])
}

/// `forewarn db stats`
struct DatabaseStats: ParsableCommand {
    enum Format: String, CaseIterable, ExpressibleByArgument { case text, json }

    static let configuration = CommandConfiguration(
        commandName: "stats", abstract: "Say what the store holds, in numbers.")

    @Flag(help: "Check the store thoroughly, which reads all of it several times.")
    var deep = false

    @Option(name: .short, help: "Output: text or json.")
    var output = Format.text

    @OptionGroup var store: StoreOptions
    @OptionGroup var style: OutputOptions

    func run() throws {
        let store = try store.open()
        let facts = try store.facts()
        let integrity = try store.integrity(isDeep: deep)
        if output == .json {
            try Output.write(json(facts, integrity).json + "\n")
        } else {
            try Output.write(text(facts, integrity))
        }
        if integrity != "ok" {
            throw CommandFailure(
                code: .no, message: "the store is damaged: \(integrity.visible)",
                hint: "copy the folder away, then restore the last backup")
        }
    }

    private func json(_ facts: StoreFacts, _ integrity: String) -> JSONObject {
        var object = JSONObject()
        object.append("v", 1)
        object.append("messages", facts.messages)
        object.append("dead_letters", facts.deadLetters)
        object.append("findings", facts.findings)
        object.append("tickets", facts.tickets)
        object.append("open_tickets", facts.openTickets)
        object.append("journal_seq", facts.journalRow)
        object.append("position", facts.position)
        object.append("duplicates", facts.duplicates)
        object.append("late", facts.late)
        object.append("unknown_fields", facts.unknownFields)
        object.append("refused_values", facts.refusedValues)
        object.append("false_codes", facts.falseCodes)
        object.append("received_at", facts.received?.text())
        object.append("integrity", integrity)
        object.append("digest", facts.digest)
        object.append("size_bytes", facts.bytes)
        return object
    }

    private func text(_ facts: StoreFacts, _ integrity: String) -> String {
        let presentation = style.presentation()
        let rows: [(String, String)] = [
            ("messages", "\(facts.messages)"), ("dead letters", "\(facts.deadLetters)"),
            ("findings", "\(facts.findings)"),
            ("tickets", "\(facts.tickets), \(facts.openTickets) open"),
            ("duplicates", "\(facts.duplicates)"), ("late", "\(facts.late)"),
            ("false codes", "\(facts.falseCodes)"),
            ("newest", facts.received.map(presentation.time) ?? "-"),
            ("journal", "row \(facts.journalRow), \(facts.journalRows ?? 0) kept"),
            ("position", "\(facts.position)"), ("digest", facts.digest),
            ("size", Bytes.text(facts.bytes)), ("integrity", integrity.visible),
        ]
        return rows.map { $0.0.padded(to: 12) + "  \($0.1)\n" }.joined()
    }
}

/// `forewarn db verify`
struct DatabaseVerify: ParsableCommand {
    enum Format: String, CaseIterable, ExpressibleByArgument { case text, json }

    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check that the store is sound and does not contradict itself.")

    @Option(name: .short, help: "Output: text or json.")
    var output = Format.text

    @OptionGroup var store: StoreOptions
    @OptionGroup var style: OutputOptions

    func run() throws {
        let store = try store.open()
        let integrity = try store.integrity(isDeep: true)
        // A damaged file contradicts itself in ways that mean nothing.
        let problems = integrity == "ok" ? try store.contradictions() : [integrity]
        if output == .json {
            var object = JSONObject()
            object.append("v", 1)
            object.append("ok", problems.isEmpty)
            object.append("problems", problems)
            try Output.write(object.json + "\n")
        } else {
            for problem in problems { try Output.write(problem.visible + "\n") }
            if problems.isEmpty { try Output.write("ok  \(store.path.visible)\n") }
        }
        guard problems.isEmpty else {
            throw CommandFailure(
                code: .no, message: "\(problems.count) problems in \(store.path.visible)",
                hint: "copy the folder away, then restore the last backup")
        }
    }
}
