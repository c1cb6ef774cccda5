import StoreText
import TerminalText

/// How far a long job is, on standard error where that is a terminal.
struct JobProgress {
    private var bar: ProgressBar
    private let start = ContinuousClock.now

    /// - Parameters:
    ///   - total: how much there is to do; `nil` when unknown.
    ///   - unit: what is counted, in the reader's language.
    init(
        _ label: String, total: Int?, isQuiet: Bool,
        unit: (Words) -> ProgressBar.Unit = { _ in .bytes }
    ) {
        let words = Words(language: .fromEnvironment(Terminal.environment))
        bar = ProgressBar(
            label: label, total: total, unit: unit(words), words: Self.words(words.language),
            width: Terminal.columns(of: 2) ?? 80, isTerminal: !isQuiet && Terminal.isTerminal(2))
    }

    static func words(_ language: Language) -> ProgressBar.Words {
        switch language {
        case .english: .english
        case .chinese: .chinese
        }
    }

    /// Shows how much is done, unless that was shown a moment ago.
    mutating func update(done: Int) {
        let elapsed = start.duration(to: .now).components
        let milliseconds = elapsed.seconds * 1000 + elapsed.attoseconds / 1_000_000_000_000_000
        if let line = bar.update(done: done, at: milliseconds) { Output.whisper(line) }
    }

    /// Removes the line; to be called before anything else is said.
    mutating func end() {
        if let line = bar.erase() { Output.whisper(line) }
    }
}
