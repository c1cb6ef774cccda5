import FaultRules
import ServiceTickets
import TerminalText
import VehicleFaults

/// How things are shown: colours, language, zone, width and what is masked.
package struct Presentation: Sendable {
    package var painter: Painter
    package var words: Words
    package var isTerminal: Bool
    package var showsLocalTime: Bool
    /// Whether vehicle identifiers are shown whole.
    package var showsWhole: Bool
    /// Whether times have milliseconds.
    package var showsMilliseconds = true
    /// Columns of the terminal; `nil` for as many as it takes.
    package var width: Int?
    /// What the site calls its codes.
    package var codes = CodeCatalogue()
    /// What components are called, by their ids.
    package var components: [String: BilingualText] = [:]
    /// What failure modes are called, by their ids.
    package var modes: [String: BilingualText] = [:]

    package init(
        painter: Painter, words: Words, isTerminal: Bool, showsLocalTime: Bool, showsWhole: Bool,
        width: Int? = nil
    ) {
        self.painter = painter
        self.words = words
        self.isTerminal = isTerminal
        self.showsLocalTime = showsLocalTime
        self.showsWhole = showsWhole
        self.width = width
    }

    /// A time: local with its offset or UTC, with milliseconds where they are shown.
    package func time(_ time: EventTime) -> String {
        let exact = exactTime(time)
        guard !showsMilliseconds else { return exact }
        return exact.prefix(10) + " " + exact.dropFirst(11).prefix(8)
            + (exact.hasSuffix("Z") ? " UTC" : " " + exact.suffix(6))
    }

    /// A time of a stored decision, which is its own text where it is no time.
    package func time(stored text: String) -> String {
        EventTime(rfc3339: text).map(time) ?? text.visible
    }

    /// A time with milliseconds: local with its offset on a terminal, else UTC.
    private func exactTime(_ time: EventTime) -> String {
        time.text(offset: showsLocalTime ? LocalOffset.minutes(at: time) : 0)
    }

    /// A time without its year and fractions: `11-21 22:05:06+08:00`.
    package func shortTime(_ time: EventTime) -> String {
        let text = exactTime(time)
        return String(text.dropFirst(5).prefix(14).replacing("T", with: " ") + text.dropFirst(23))
    }

    /// A date and time for tables, to the minute; the zone stands in the heading.
    package func minute(_ time: EventTime) -> String {
        let text = exactTime(time).utf8
        return String(
            decoding: text.prefix(10) + [0x20] + text.dropFirst(11).prefix(5), as: UTF8.self)
    }

    /// The zone of ``minute(_:)``: `UTC` or `+08:00`.
    package func zone(at time: EventTime) -> String {
        let text = exactTime(time)
        return text.hasSuffix("Z") ? "UTC" : String(text.suffix(6))
    }

    /// A vehicle's identifier, masked unless it may be seen.
    package func vehicle(_ text: String) -> String {
        if VehicleID.isWholeFleet(text) { return words.say("fleet", "车队") }
        guard !showsWhole else { return text.visible }
        return VehicleID(text)?.masked ?? "…"
    }

    /// A name in the language of the output.
    package func name(_ name: (en: String, zh: String)) -> String {
        (words.language == .english || name.zh.isEmpty ? name.en : name.zh).visible
    }

    /// A component's name with its id, or the id alone where nobody has named it.
    package func component(_ id: String) -> String {
        guard let known = components[id] else { return id.visible }
        return "\(name((known.en, known.zh))) (\(id.visible))"
    }

    /// A skill group's name with its id, or the id alone where it is the site's own.
    package func skill(_ id: String) -> String {
        guard let known = SkillGroup.name(of: id) else { return id.visible }
        return "\(name(known)) (\(id))"
    }

    /// The colour of a severity.
    package func colour(_ severity: Severity) -> Colour {
        switch severity {
        case .s1, .s2: .actNow
        case .s3: .plan
        case .s4: .information
        }
    }

    /// A severity's own spelling in its colour, the gravest also bold.
    package func paint(_ severity: Severity, _ text: String? = nil) -> String {
        let painted = painter.paint(text ?? severity.name, colour(severity))
        return severity == .s1 ? painter.paint(painted, .strong) : painted
    }
}
