/// When to use colour, as said with `--color`.
public enum ColourChoice: String, Sendable, CaseIterable {
    /// On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`.
    case auto
    /// Even into a file.
    case always
    /// Not at all.
    case never
}

/// What colour means in Forewarn; a word always says the same beside it.
public enum Colour: Sendable, CaseIterable {
    /// Red: act now.
    case actNow
    /// Yellow: plan a visit.
    case plan
    /// Cyan: good to know.
    case information
    /// Green: cleared or verified, and nothing else.
    case cleared
    /// Dim: suppressed.
    case suppressed
    /// Bold: what to look at first.
    case strong

    /// The parameter of the terminal's "select graphic rendition".
    var code: String {
        switch self {
        case .actNow: "31"
        case .plan: "33"
        case .information: "36"
        case .cleared: "32"
        case .suppressed: "2"
        case .strong: "1"
        }
    }
}

/// Paints text for a terminal, or leaves it as it is.
public struct Painter: Sendable {
    /// Whether it paints.
    public let isOn: Bool

    /// A painter that paints, or one that does not.
    public init(isOn: Bool) { self.isOn = isOn }

    /// A painter for one output.
    ///
    /// - Parameters:
    ///   - choice: what `--color` said.
    ///   - isTerminal: whether the output is a terminal.
    ///   - environment: looks up a variable of the environment.
    public init(choice: ColourChoice, isTerminal: Bool, environment: (String) -> String?) {
        switch choice {
        case .always: isOn = true
        case .never: isOn = false
        case .auto:
            // no-color.org: any value but the empty one.
            isOn =
                isTerminal && (environment("NO_COLOR") ?? "").isEmpty
                && environment("TERM") != "dumb"
        }
    }

    /// The text in a colour; `nil` leaves it as it is.
    ///
    /// Nothing in the text is taken for markup. Untrusted text must be made visible first.
    public func paint(_ text: String, _ colour: Colour?) -> String {
        guard isOn, let colour, !text.isEmpty else { return text }
        return "\u{1B}[\(colour.code)m\(text)\u{1B}[0m"
    }
}
