import ArgumentParser
import ForewarnDaemon
import TerminalText

/// `forewarn reload`: asks the daemon to read its configuration and rules again.
struct ReloadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload", abstract: "Have the daemon read its configuration and rules again.",
        discussion: """
            Waits for the outcome and shows what changed. When the files are wrong, the old
            rules run on, what is wrong is shown, and the exit code is 1. State is kept for
            every condition whose meaning did not change.
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var style: OutputOptions

    func run() throws {
        let folder = StateFolder(path: store.folder)
        if let lock = try folder.lock() {
            withExtendedLifetime(lock) {}
            throw CommandFailure(
                code: .unreachable, message: "no daemon runs on \(store.folder)",
                hint: "it reads its rules when it starts")
        }
        let answer = try Request(
            folder: folder, kind: "reload",
            argument: style.presentation().words.language.rawValue
        ).perform()
        try Output.write(answer.visible + "\n")
    }
}
