import ArgumentParser
import FleetWatch
import ForewarnDaemon
import Foundation
import TicketStorage

/// Asks the daemon to do something, or does it with the same core when none runs.
struct Request {
    let folder: StateFolder
    let kind: String
    /// What the kind of request needs: a word, or a JSON object of texts.
    let argument: String
    /// Who asks; `nil` for the user of the machine.
    var actor: String?

    /// Carries the request out and says what came of it.
    ///
    /// - Throws: ``CommandFailure`` with the answer when it was refused.
    func perform() throws -> String {
        let answer = try answer()
        guard answer.isDone else { throw CommandFailure(code: .no, message: answer.answer) }
        return answer.answer
    }

    /// Carries the request out, or says that it was refused.
    func answer() throws -> CommandAnswer {
        guard FileManager.default.fileExists(atPath: folder.database) else {
            throw TicketStore.Unusable(path: folder.database, reason: "there is no such file")
        }
        let store = try TicketStore(path: folder.database, access: .write(.full))
        let lock = try folder.lock()
        let command = try store.ask(
            kind, argument, actor: actor ?? ProcessInfo.processInfo.userName,
            at: Arguments.now.milliseconds)
        if lock != nil { try performAlone(store) }
        let patience = ContinuousClock.now + .seconds(30)
        while ContinuousClock.now < patience {
            if let answer = try store.answer(to: command) { return answer }
            Thread.sleep(forTimeInterval: 0.02)
        }
        throw CommandFailure(
            code: .unreachable, message: "the daemon did not answer within 30 seconds",
            hint: "the request stays and will be carried out; see forewarn doctor")
    }

    /// No daemon holds the lock, so this process is the writer.
    private func performAlone(_ store: TicketStore) throws {
        let state = try store.state()
        guard let recorded = try store.rules(at: state.row) else {
            throw CommandFailure(
                code: .no, message: "this store has never run with rules",
                hint: "start forewarn run once")
        }
        let desk = try ServiceDesk(store: store, rules: RuleSet(recorded: recorded.body))
        var batch = EntryBatch()
        let work = try CommandInbox.work(
            for: store.askedCommands(), store: store, after: desk.received,
            now: Arguments.now.milliseconds, appendingTo: &batch)
        if batch.entries.isEmpty {
            _ = try store.finish(dropping: work.dropped, answers: work.answers)
        } else {
            _ = try desk.take(batch, work)
        }
        _ = try desk.carryOut(work.controls)
        // There is nobody who could read anything again.
        _ = try store.finish(
            answers: work.reloads.map {
                CommandAnswer(command: $0.id, isDone: false, answer: "no daemon runs")
            })
    }
}

/// Which dead letters a command is about.
struct DeadLetterOptions: ParsableArguments {
    @OptionGroup var store: StoreOptions
    @Argument(help: "The dead letter's number, or all.") var letter: String

    /// Asks for something to be done with them.
    func perform(_ kind: String, done: String) throws {
        let count = try Request(
            folder: StateFolder(path: store.folder), kind: kind, argument: letter
        ).perform()
        try Output.write("\(count) \(done)\n")
    }
}

/// `forewarn dlq replay`: gives dead letters another try.
struct DeadLetterReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Decide dead letters again, as if they had just come.",
        discussion: "One that still cannot be understood becomes a dead letter again.")

    @OptionGroup var letters: DeadLetterOptions

    func run() throws { try letters.perform("dlq.replay", done: "replayed") }
}

/// `forewarn dlq drop`: deletes dead letters.
struct DeadLetterDropCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drop", abstract: "Delete dead letters for good.")

    @OptionGroup var letters: DeadLetterOptions
    @Flag(name: .long, help: "Needed to delete all.") var yes = false

    func validate() throws {
        if letters.letter == "all", !yes { throw ValidationError("to delete all, say --yes") }
    }

    func run() throws { try letters.perform("dlq.drop", done: "dropped") }
}

/// `forewarn db backup`: a copy of the store while the daemon runs.
struct DatabaseBackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Copy the store to a new file while the daemon runs.")

    @OptionGroup var store: StoreOptions
    @Argument(help: "The new file.") var file: String

    func run() throws {
        let source = try store.open()
        try source.backUp(to: file)
        try Output.write("\(file)\n")
    }
}

/// `forewarn db vacuum`: gives freed space back.
struct DatabaseVacuumCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vacuum", abstract: "Give space that is no longer used back to the disk.",
        discussion: "The daemon must be stopped, and as much space again must be free.")

    @OptionGroup var store: StoreOptions

    func run() throws {
        let folder = StateFolder(path: store.folder)
        guard FileManager.default.fileExists(atPath: folder.database) else {
            throw TicketStore.Unusable(path: folder.database, reason: "there is no such file")
        }
        guard let lock = try folder.lock() else {
            throw CommandFailure(
                code: .no, message: "a daemon writes this store",
                hint: "stop it first: systemctl stop forewarn")
        }
        let open = try TicketStore(path: folder.database, access: .write(.full))
        try open.vacuum()
        try open.close()
        withExtendedLifetime(lock) {}
    }
}
