import ArgumentParser
import FaultRules
import ServiceTickets
import TerminalText
import VehicleFaults

extension ColourChoice: ExpressibleByArgument {}

extension Language: ExpressibleByArgument {
    init?(argument: String) { self.init(name: argument) }
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
    private func maySeeWhole(_ words: Words) -> Bool {
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
            showsWhole: full && maySeeWhole(words),
            width: Terminal.columns(of: 1) ?? columns)
    }
}

/// How things are shown: colours, language, zone, width and what is masked.
struct Presentation: Sendable {
    var painter: Painter
    var words: Words
    var isTerminal: Bool
    var showsLocalTime: Bool
    /// Whether vehicle identifiers are shown whole.
    var showsWhole: Bool
    /// Columns of the terminal; `nil` for as many as it takes.
    var width: Int?
    /// What the site calls its codes.
    var codes = CodeCatalogue()
    /// What components are called, by their ids.
    var components: [String: BilingualText] = [:]

    /// A time with milliseconds: local with its offset on a terminal, else UTC.
    func time(_ time: EventTime) -> String {
        time.text(offset: showsLocalTime ? LocalOffset.minutes(at: time) : 0)
    }

    /// A time without its year and fractions: `11-21 22:05:06+08:00`.
    func shortTime(_ time: EventTime) -> String {
        let text = self.time(time)
        return String(text.dropFirst(5).prefix(14).replacing("T", with: " ") + text.dropFirst(23))
    }

    /// A date and time for tables, to the minute; the zone stands in the heading.
    func minute(_ time: EventTime) -> String {
        let text = self.time(time).utf8
        return String(
            decoding: text.prefix(10) + [0x20] + text.dropFirst(11).prefix(5), as: UTF8.self)
    }

    /// The zone of ``minute(_:)``: `UTC` or `+08:00`.
    func zone(at time: EventTime) -> String {
        let text = self.time(time)
        return text.hasSuffix("Z") ? "UTC" : String(text.suffix(6))
    }

    /// A vehicle's identifier, masked unless it may be seen.
    func vehicle(_ text: String) -> String {
        if VehicleID.isWholeFleet(text) { return words.say("fleet", "车队") }
        guard !showsWhole else { return text.visible }
        return VehicleID(text)?.masked ?? "…"
    }

    /// A name in the language of the output.
    func name(_ name: (en: String, zh: String)) -> String {
        (words.language == .english || name.zh.isEmpty ? name.en : name.zh).visible
    }

    /// A component's name with its id, or the id alone where nobody has named it.
    func component(_ id: String) -> String {
        guard let known = components[id] else { return id.visible }
        return "\(name((known.en, known.zh))) (\(id.visible))"
    }

    /// A skill group's name with its id, or the id alone where it is the site's own.
    func skill(_ id: String) -> String {
        guard let known = SkillGroup.name(of: id) else { return id.visible }
        return "\(name(known)) (\(id))"
    }

    /// The colour of a severity.
    func colour(_ severity: Severity) -> Colour {
        switch severity {
        case .s1, .s2: .actNow
        case .s3: .plan
        case .s4: .information
        }
    }

    /// A severity's own spelling in its colour, the gravest also bold.
    func paint(_ severity: Severity, _ text: String? = nil) -> String {
        let painted = painter.paint(text ?? severity.name, colour(severity))
        return severity == .s1 ? painter.paint(painted, .strong) : painted
    }
}
