/// Finds the name that was probably meant.
public enum NearestName {
    /// The known name nearest to what was typed, for "did you mean".
    ///
    /// - Parameters:
    ///   - typed: what was typed; case does not count.
    ///   - names: what there is; of equally near ones the first is taken.
    /// - Returns: `nil` when none is near: more than one slip in three characters.
    public static func find(_ typed: String, among names: some Sequence<String>) -> String? {
        let word = Array(typed.lowercased())
        var best: (name: String, distance: Int)?
        for name in names {
            let other = Array(name.lowercased())
            let limit = max(1, max(word.count, other.count) / 3)
            guard abs(word.count - other.count) <= limit else { continue }
            let distance = distance(word, other)
            if distance <= limit, distance < min(word.count, other.count),
                distance < best?.distance ?? .max
            {
                best = (name, distance)
            }
        }
        return best?.name
    }

    /// How many slips lie between two words: a letter too many, missing, wrong, or two swapped.
    ///
    /// This is the restricted Damerau-Levenshtein distance, in which no letter is touched twice.
    static func distance(_ a: [Character], _ b: [Character]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...b.count)
        for row in 0..<a.count {
            var current = [row + 1]
            for column in 0..<b.count {
                var best = min(last[column + 1], current[column]) + 1
                best = min(best, last[column] + (a[row] == b[column] ? 0 : 1))
                if row > 0, column > 0, a[row] == b[column - 1], a[row - 1] == b[column] {
                    best = min(best, beforeLast[column - 1] + 1)
                }
                current.append(best)
            }
            beforeLast = last
            last = current
        }
        return last[b.count]
    }
}
