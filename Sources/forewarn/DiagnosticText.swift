import FaultRules
import ForewarnDaemon
import TerminalText

/// Files that were read, so that what is wrong with them can be shown with its line.
struct SourceTexts {
    private var lines: [String: [Substring]] = [:]

    mutating func add(_ file: RuleSet.File) {
        lines[file.name] = file.text.split(separator: "\n", omittingEmptySubsequences: false)
    }

    /// A diagnostic with the line it speaks of and a caret under the place.
    func shown(_ problem: Diagnostic, _ painter: Painter) -> String {
        let colour: Colour = problem.severity == .error ? .actNow : .plan
        let place = problem.position
        var text =
            "\(place.file):\(place.line):\(place.column): "
            + painter.paint(problem.severity.rawValue, colour) + ": \(problem.message.visible)"
        if let suggestion = problem.suggestion {
            text += "; did you mean \"\(suggestion.visible)\"?"
        }
        guard let lines = lines[place.file], place.line >= 1, place.line <= lines.count else {
            return text
        }
        let line = String(lines[place.line - 1])
        let before = String(String.UnicodeScalarView(line.unicodeScalars.prefix(place.column - 1)))
        return text + "\n    \(line.visible)\n    "
            + String(repeating: " ", count: before.visible.displayWidth)
            + painter.paint("^", colour)
    }
}
