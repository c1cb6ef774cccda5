import FaultDecoding
import FaultRules
import VehicleFaults

/// A message that a test sends again and again: `repeat 40 every 12h {"vin":"V1","ts":"…","signals":{…}}`.
struct RepeatedMessage {
    /// How it is written, for those who wrote it otherwise.
    static let form: Saying =
        "a repeated message is: repeat COUNT every DURATION {…}, with \"ts\" as 2026-03-01T08:00:00Z"

    /// The messages, each later than the one before; `nil` when the line makes no sense.
    let messages: [String]?

    /// - Returns: `nil` for a line that does not begin with `repeat`.
    init?(_ line: String) {
        let words = line.split(separator: " ", maxSplits: 4)
        guard words.first == "repeat" else { return nil }
        guard words.count == 5, words[2] == "every", words[4].hasPrefix("{"),
            let count = Int(words[1]),
            (1...RuleTestReader.mostMessages).contains(count),
            let step = Self.milliseconds(words[3]),
            let rest = Self.rest(of: words[4])
        else {
            messages = nil
            return
        }
        guard let end = rest.firstIndex(of: "\""),
            let start = EventTime(rfc3339: String(rest[..<end]))
        else {
            messages = nil
            return
        }
        let (before, after) = (words[4][..<rest.startIndex], rest[end...])
        messages = (0..<count).map { number in
            before + start.advanced(by: Int64(number) * step).text() + after
        }
    }

    /// What follows `"ts":"`.
    private static func rest(of text: Substring) -> Substring? {
        var rest = text
        while !rest.isEmpty {
            if rest.hasPrefix("\"ts\":\"") { return rest.dropFirst(6) }
            rest.removeFirst()
        }
        return nil
    }

    private static func milliseconds(_ text: Substring) -> Int64? {
        var reader = NodeReader()
        let place = SourcePosition(file: "", line: 1, column: 1)
        return reader.duration(SourceNode(.scalar(String(text), lines: []), at: place), "every")
    }
}
