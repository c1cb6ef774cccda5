import ArgumentParser
import Glibc
import StoreText
import TicketStorage

/// The command line: one file a subcommand, arguments in, exit code out.
@main
struct Forewarn: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forewarn",
        abstract: "Opens service tickets from what vehicles report, before something breaks.",
        discussion: """
            Exit codes: 0 ok, 1 the answer is no, 2 usage or configuration, 3 broker or
            store out of reach, 4 data refused, 5 authentication or TLS, 124 --wait ran
            out, 130 Ctrl-C.
            """,
        version: ProductVersion.text,
        subcommands: commands.commands())

    private static let commands = CommandList(entries: [
        .init("run", RunCommand.self),
        .init("tail", TailCommand.self),
        .init("ticket", TicketCommand.self),
        .init("vehicle", VehicleCommand.self),
        .init("dlq", DeadLetterCommand.self),
        .init("check", CheckCommand.self),
        .init("replay", ReplayCommand.self),
        .init("record", RecordCommand.self),
        .init("convert", ConvertCommand.self),
        .init("simulate", SimulateCommand.self),
        .init("evaluate", EvaluateCommand.self),
        .init("score", ScoreCommand.self),
        .init("decode", DecodeCommand.self),
        .init("catalog", CatalogCommand.self),
        .init("doctor", DoctorCommand.self),
        .init("db", DatabaseCommand.self),
        .init("test", TestCommand.self),
        .init("explain", ExplainCommand.self),
        .init("backtest", BacktestCommand.self),
        .init("diff", DiffCommand.self),
        .init("reload", ReloadCommand.self),
        .init("rule", RuleCommand.self),
        .init("silence", SilenceCommand.self),
        .init("console", ConsoleCommand.self),
        .init("report", ReportCommand.self),
        .init("price-list", PriceListCommand.self),
        .init("miss", MissCommand.self),
        .init("trace", TraceCommand.self),
        .init("privacy", PrivacyCommand.self),
        .init("version", VersionCommand.self),
        .init("completion", CompletionCommand.self),
    ])

    static let _errorPrefix = "forewarn: "

    static func main() {
        // A reader that went away shows as a failed write, which can be told from others.
        signal(SIGPIPE, SIG_IGN)
        // A program that blocks signals hands that on to what it starts, and Ctrl-C would be lost.
        var none = sigset_t()
        sigemptyset(&none)
        sigprocmask(SIG_SETMASK, &none, nil)
        Glibc.exit(run(Array(CommandLine.arguments.dropFirst())))
    }

    /// Runs one command and says what its exit code is.
    private static func run(_ arguments: [String]) -> Int32 {
        do {
            var command = try parseAsRoot(arguments)
            try command.run()
            try Output.flush()
            return 0
        } catch is OutputClosed {
            return 0
        } catch {
            // What was written before the failure belongs before its message.
            try? Output.flush()
            return report(error)
        }
    }

    private static func report(_ error: any Error) -> Int32 {
        if let failure = CommandFailure(from: error) {
            failure.write()
            return failure.code.rawValue
        }
        let code = exitCode(for: error)
        let text = fullMessage(for: error)
        if code == .success {
            try? Output.write(text + "\n")
            try? Output.flush()
            return 0
        }
        if !text.isEmpty { Output.talk(text) }
        // The library's own code for a wrong usage is 64, that of sysexits.h.
        return code == .validationFailure ? FailureCode.usage.rawValue : code.rawValue
    }
}

/// What the program is called in bug reports.
enum ProductVersion {
    static let text = "0.1.0"
}
