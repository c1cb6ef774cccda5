import ArgumentParser

/// The command line: one file a subcommand, arguments in, exit code out.
@main
struct Forewarn: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forewarn",
        abstract: "Opens service tickets from what vehicles report, before something breaks.",
        version: "0.1.0")
}
