import ArgumentParser
import FaultRules
import ServiceTickets
import StoreText
import TerminalText
import VehicleFaults

extension ColourChoice: ExpressibleByArgument {}

extension Language: ExpressibleByArgument {
    package init?(argument: String) { self.init(name: argument) }
}

/// What every command that shows something understands.
struct OutputOptions: ParsableArguments {
    @Option(help: "Colours: auto, always or never.")
    var color = ColourChoice.auto

    @Flag(help: "Show vehicle identifiers whole instead of LGA…0042.")
    var full = false

    @Flag(help: "Show times in UTC, also on a terminal.")
    var utc = false

    @Option(
        help: "Language of the output: en or zh-Hans; LC_ALL, LC_MESSAGES and LANG decide else.")
    var lang: Language?

    @Flag(name: [.short, .long], help: "Say nothing on standard error but failures.")
    var quiet = false

    @Flag(name: [.short, .long], help: "Say more on standard error.")
    var verbose = false

    /// Whether the role in FOREWARN_ROLE may see identifiers whole; without one, whoever may read the
    /// store may see all of it.
    static func maySeeWhole(_ words: Words) -> Bool {
        guard let role = Terminal.environment("FOREWARN_ROLE").flatMap({ Role(rawValue: $0) }),
            !role.seesWhole
        else { return true }
        Output.talk(
            words.say(
                "forewarn: identifiers stay masked for the role \(role.rawValue)",
                "forewarn：角色 \(role.rawValue) 只能看到掩码后的标识"))
        return false
    }

    /// How to show things on this terminal, or to this pipe.
    func presentation() -> Presentation {
        let isTerminal = Terminal.isTerminal(1)
        let words = Words(language: lang ?? .fromEnvironment(Terminal.environment))
        let columns = Terminal.environment("COLUMNS").flatMap { Int($0) }
        return Presentation(
            painter: Painter(
                choice: color, isTerminal: isTerminal, environment: Terminal.environment),
            words: words, isTerminal: isTerminal, showsLocalTime: isTerminal && !utc,
            showsWhole: full && Self.maySeeWhole(words),
            width: Terminal.columns(of: 1) ?? columns)
    }
}
