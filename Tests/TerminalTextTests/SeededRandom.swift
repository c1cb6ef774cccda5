/// SplitMix64 (Steele, Lea, Flood 2014): the same numbers for the same seed on any machine.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func number(below limit: Int) -> Int { Int(next() % UInt64(limit)) }

    /// Text of all kinds that names, topics and payloads have been seen to hold.
    mutating func text(upTo longest: Int) -> String {
        let pieces = [
            "a", "Z", "0", " ", "车", "辆", "ｶ", "Ａ", "é", "e\u{301}", "😀", "👨‍👩‍👧", "🇨🇳", "❤️", "1️⃣",
            "ก็", "한", "\u{1112}\u{1161}\u{11AB}", "\u{1B}", "\n", "\u{202E}", "\u{200B}", "\"",
            "\\",
            "\u{0}", "\u{7F}", "\u{9B}", "नि", "…", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "[P0301]",
        ]
        var text = ""
        for _ in 0..<number(below: longest + 1) { text += pieces[number(below: pieces.count)] }
        return text
    }
}
