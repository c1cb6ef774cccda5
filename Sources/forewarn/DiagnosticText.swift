import FaultRules
import ForewarnDaemon
import StoreText
import TerminalText

/// Files that were read, so that what is wrong with them can be shown with its line.
struct SourceTexts {
    private var lines: [String: [Substring]] = [:]

    mutating func add(_ file: RuleSet.File) {
        lines[file.name] = file.text.split(separator: "\n", omittingEmptySubsequences: false)
    }

    /// A diagnostic with the line it speaks of and a caret under the place.
    func shown(_ problem: Diagnostic, _ painter: Painter, _ words: Words) -> String {
        let colour: Colour = problem.severity == .error ? .actNow : .plan
        let place = problem.position
        var text =
            "\(place.file):\(place.line):\(place.column): "
            + painter.paint(Self.name(of: problem.severity, words), colour)
            + words.say(": ", "：") + words.text(of: problem.message).visible
        if let suggestion = problem.suggestion?.visible {
            text += words.say("; did you mean \"\(suggestion)\"?", "；是否想写 \"\(suggestion)\"？")
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

    private static func name(of severity: Diagnostic.Severity, _ words: Words) -> String {
        switch severity {
        case .error: words.say("error", "错误")
        case .warning: words.say("warning", "警告")
        }
    }
}

extension Presentation {
    /// A diagnostic as ``SourceTexts/shown(_:_:_:)`` shows it.
    func shown(_ problem: Diagnostic, in texts: SourceTexts) -> String {
        texts.shown(problem, painter, words)
    }
}
