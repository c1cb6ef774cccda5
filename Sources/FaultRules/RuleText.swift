/// Words and numbers as rules write them.
enum RuleText {
    /// Milliseconds of each unit of time.
    static let durations: [(unit: String, milliseconds: Double)] = [
        ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
        ("w", 604_800_000),
    ]

    /// A number without a needless fraction.
    static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : String(value)
    }

    /// A duration in the largest unit that is whole.
    static func duration(_ milliseconds: Int64) -> String {
        for (unit, size) in durations.reversed() where unit != "w" {
            if milliseconds % Int64(size) == 0 { return "\(milliseconds / Int64(size))\(unit)" }
        }
        return "\(milliseconds)ms"
    }

    /// The candidate that is nearest to `word`, or `nil` when none is near.
    static func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
        // A longer word is no slip of the keyboard, and would cost its length squared.
        guard word.utf8.count <= 64 else { return nil }
        var best: (distance: Int, word: String)?
        for candidate in candidates {
            let distance = distance(Array(word.utf8), Array(candidate.utf8))
            if distance <= max(1, word.utf8.count / 3), distance < (best?.distance ?? .max) {
                best = (distance, candidate)
            }
        }
        return best?.word
    }

    /// Edits between two words (Levenshtein 1966), neighbours swapped counting as one.
    static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        var rows = [Array(0...b.count)]
        for i in 0..<a.count {
            var row = [i + 1]
            for j in 0..<b.count {
                var cost = min(rows[i][j + 1] + 1, row[j] + 1, rows[i][j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
                    cost = min(cost, rows[i - 1][j - 1] + 1)
                }
                row.append(cost)
            }
            rows.append(row)
        }
        return rows[a.count][b.count]
    }
}
