/// One line that shows how far a long job is, and removes itself.
///
/// It writes nothing: each call returns what to write to standard error, or `nil`. Where that is
/// no terminal it never returns anything.
///
/// ```text
/// stream.jsonl [#########...........]  45%  412 MB/s  12s left
/// ```
public struct ProgressBar: Sendable {
    /// What is counted, which decides how the rate is written.
    public enum Unit: Sendable {
        /// Bytes, as `412 MB/s`.
        case bytes
        /// Things of this name, as `5.2M events/s`.
        case things(String)
    }

    /// The language in which the remaining time is told.
    public enum Words: Sendable {
        /// `1m12s left`
        case english
        /// `剩余 1分钟12秒`
        case chinese

        fileprivate func left(_ milliseconds: Int64) -> String {
            switch self {
            case .english: DurationText.text(milliseconds, parts: 2) + " left"
            case .chinese: "剩余 " + DurationText.chinese(milliseconds, parts: 2)
            }
        }
    }

    private let label: String
    private let total: Int?
    private let unit: Unit
    private let words: Words
    private let width: Int
    private let isTerminal: Bool
    private let interval: Int64
    private var lastShown: (time: Int64, done: Int)?
    private var perSecond: Double?
    private var isShown = false

    /// A bar that was not shown yet.
    ///
    /// - Parameters:
    ///   - label: what is being done; made visible.
    ///   - total: how much there is to do; `nil` when unknown, and only the rate is shown.
    ///   - unit: what is counted.
    ///   - words: the words of the reader's language.
    ///   - width: how many columns the terminal has.
    ///   - isTerminal: whether standard error is one.
    ///   - interval: how many milliseconds pass between two lines.
    public init(
        label: String, total: Int?, unit: Unit = .bytes, words: Words = .english, width: Int = 80,
        isTerminal: Bool, interval: Int64 = 100
    ) {
        self.label = label.visible
        self.total = total
        self.unit = unit
        self.words = words
        self.width = width
        self.isTerminal = isTerminal
        self.interval = interval
    }

    /// Tells the bar how far the job is.
    ///
    /// - Parameters:
    ///   - done: how much is done.
    ///   - time: milliseconds of a clock that never goes back.
    /// - Returns: what to write, or `nil` when the last line is recent enough.
    public mutating func update(done: Int, at time: Int64) -> String? {
        guard isTerminal else { return nil }
        guard let last = lastShown else {
            // The first call starts the clock: there is no rate yet, and short jobs show nothing.
            lastShown = (time, done)
            return nil
        }
        let passed = time - last.time
        guard passed >= interval, passed > 0 else { return nil }
        lastShown = (time, done)
        let current = Double(done - last.done) * 1000 / Double(passed)
        // The older a rate is, the less it says: after five seconds half of it is forgotten.
        let share = Double(passed) / Double(passed + 5000)
        perSecond = perSecond.map { $0 + (current - $0) * share } ?? current
        isShown = true
        return "\r" + line(done: done) + "\u{1B}[K"
    }

    /// Removes the line; to be called before anything else is written, and at the end.
    ///
    /// - Returns: what to write, or `nil` when no line is shown.
    public mutating func erase() -> String? {
        guard isShown else { return nil }
        isShown = false
        return "\r\u{1B}[K"
    }

    private func line(done: Int) -> String {
        var parts: [String] = []
        let share = total.map { $0 > 0 ? min(1, max(0, Double(done) / Double($0))) : 1 }
        if let share { parts.append("\(Int(share * 100))%".padded(to: 4, .right)) }
        if let perSecond {
            parts.append(rate(perSecond))
            if let total, perSecond > 0, done < total {
                let left = Double(total - done) / perSecond
                // Beyond a hundred days the number says only that the job does not move.
                if left < 8_640_000 {
                    parts.append(words.left(Int64(left.rounded(.up)) * 1000))
                }
            }
        }
        // The last column stays free, because some terminals go to the next line behind it.
        let limit = max(0, width - 1)
        let figures = parts.joined(separator: "  ")
        let free = limit - figures.displayWidth - label.displayWidth - 5
        if let share, free >= 8 {
            let cells = min(free, 40)
            let filled = Int(share * Double(cells))
            let bar =
                String(repeating: "#", count: filled)
                + String(repeating: ".", count: cells - filled)
            return "\(label) [\(bar)]  \(figures)"
        }
        let room = limit - figures.displayWidth - 2
        guard room >= 4 else { return figures.truncated(to: limit) }
        return "\(label.truncated(to: room))  \(figures)"
    }

    private func rate(_ perSecond: Double) -> String {
        let prefixes = ["", "k", "M", "G", "T"]
        var value = max(0, perSecond)
        var index = 0
        while value >= 999.5, index < prefixes.count - 1 {
            value /= 1000
            index += 1
        }
        let tenths = Int((value * 10).rounded())
        let number =
            value < 9.95 && index > 0 ? "\(tenths / 10).\(tenths % 10)" : "\(Int(value.rounded()))"
        switch unit {
        case .bytes: return "\(number) \(prefixes[index])B/s"
        case .things(let name): return "\(number)\(prefixes[index]) \(name)/s"
        }
    }
}
