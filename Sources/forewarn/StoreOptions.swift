import ArgumentParser
import Glibc
import TerminalText
import TicketStorage

/// Where the state folder is.
struct StoreOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The state folder, or a store's file.",
            discussion: "Else FOREWARN_STATE, STATE_DIRECTORY, /var/lib/forewarn.",
            valueName: "dir"))
    var state: String?

    static let usualFolder = "/var/lib/forewarn"

    /// What `--state` or the environment names.
    var folder: String {
        if let state { return state }
        for name in ["FOREWARN_STATE", "STATE_DIRECTORY"] {
            // systemd lists several folders with colons between them; the first is the service's.
            let value = Terminal.environment(name)?.split(separator: ":").first
            if let value { return String(value) }
        }
        return Self.usualFolder
    }

    /// The database's file.
    var path: String {
        var status = stat()
        if stat(folder, &status) == 0, status.st_mode & S_IFMT == S_IFREG { return folder }
        return (folder.hasSuffix("/") ? folder : folder + "/") + TicketStore.fileName
    }

    /// Opens the store for reading.
    func open() throws -> TicketStore { try TicketStore(path: path, access: .read) }

    func validate() throws {
        guard state?.isEmpty != true else {
            throw ValidationError("--state needs a folder")
        }
    }
}
