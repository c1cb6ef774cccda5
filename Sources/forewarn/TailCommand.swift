import ArgumentParser
import Glibc
import StoreText
import TerminalText
import TicketStorage
import VehicleFaults

/// `forewarn tail`
struct TailCommand: ParsableCommand {
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case short, json, cat
        case shortFull = "short-full"
        case jsonPretty = "json-pretty"
    }

    static let configuration = CommandConfiguration(
        commandName: "tail", abstract: "Show findings, tickets and dead letters as they come.",
        discussion: """
            FIELD is vehicle, rule, mode, severity, kind (finding, ticket, dead_letter),
            ticket, state (raised, cleared) or effect (opened, joined, raised, cleared,
            none). Values of one field are alternatives; different fields must all match.

              forewarn tail -f -p S2
              forewarn tail --since -1h kind=ticket
              forewarn tail -f -C 1 -W 30s ticket=T-42 state=cleared
            """)

    @Flag(name: [.short, .long], help: "Wait for more.")
    var follow = false

    @Option(
        name: [.customShort("n"), .long],
        help: "Show the newest N only, or 'all'; 10 with --follow.")
    var lines: String?

    @Option(name: [.customShort("S"), .long], help: "From this time on: 2026-11-21, 22:05, -1h.")
    var since: String?

    @Option(name: [.customShort("U"), .long], help: "Up to this time.")
    var until: String?

    @Option(name: [.short, .long], help: "This severity and graver ones, or a range: S1..S3.")
    var priority: String?

    @Option(
        name: [.short, .long],
        help: "Lines that match a regular expression; in lower case, case does not count.")
    var grep: String?

    @Option(name: .short, help: "Output: short, short-full, json, json-pretty or cat.")
    var output = Format.short

    @Option(name: .long, help: "Start after the event named in this file, and keep it up to date.")
    var cursorFile: String?

    @Option(name: [.customShort("C"), .long], help: "End after so many lines.")
    var count: Int?

    @Option(name: [.customShort("W"), .long], help: "Wait at most so long, with exit code 124.")
    var wait: String?

    @Flag(name: [.short, .long], help: "Newest first.")
    var reverse = false

    @Flag(name: [.customShort("x"), .long], help: "Show evidence and rule below each line.")
    var explain = false

    @OptionGroup var store: StoreOptions
    @OptionGroup var style: OutputOptions

    @Argument(help: "FIELD=VALUE")
    var matches: [String] = []

    func validate() throws {
        if reverse, follow || cursorFile != nil {
            throw ValidationError("--reverse goes with neither --follow nor --cursor-file")
        }
        if let count, count < 1 { throw ValidationError("--count must be 1 or more") }
        if wait != nil, !follow { throw ValidationError("--wait needs --follow") }
        _ = try wantedLines()
        _ = try filter()
        _ = try patience()
        _ = try pattern()
    }

    func run() throws {
        // Whatever is printed has been sent, and the cursor written: there is nothing to tidy.
        signal(SIGINT) { _ in _exit(FailureCode.interrupted.rawValue) }
        let tail = try Tail(self)
        try tail.run()
    }

    /// How many of the newest lines; `nil` for all.
    func wantedLines() throws -> Int? {
        guard let lines else { return follow ? 10 : nil }
        if lines == "all" { return nil }
        guard let number = Int(lines), number >= 0 else {
            throw ValidationError("--lines must be a number or 'all', not '\(lines.visible)'")
        }
        return number
    }

    func patience() throws -> Duration? {
        guard let wait else { return nil }
        do throws(DurationText.Failure) {
            return .milliseconds(try DurationText.parse(wait))
        } catch { throw ValidationError("--wait: \(error)") }
    }

    /// The expression of `--grep`.
    func pattern() throws -> Regex<AnyRegexOutput>? {
        guard let grep else { return nil }
        do {
            let pattern = try Regex(grep)
            return grep == grep.lowercased() ? pattern.ignoresCase() : pattern
        } catch { throw ValidationError("--grep: '\(grep.visible)' is no regular expression") }
    }

    func filter() throws -> EventFilter {
        var filter = EventFilter()
        filter.since = try since.map { try Arguments.time($0, "--since") }
        filter.until = try until.map { try Arguments.time($0, "--until") }
        filter.severities = try priority.map(Arguments.severities)
        for match in matches {
            let (field, value) = try Arguments.match(match)
            filter.values[field, default: []].append(value)
        }
        return filter
    }
}
