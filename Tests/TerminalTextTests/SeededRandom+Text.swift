import FleetSimulation

extension SeededRandom {
    /// Text of all kinds that names, topics and payloads have been seen to hold.
    mutating func text(upTo longest: Int) -> String {
        let pieces = [
            "a", "Z", "0", " ", "车", "辆", "ｶ", "Ａ", "é", "e\u{301}", "😀", "👨‍👩‍👧", "🇨🇳", "❤️", "1️⃣",
            "ก็", "한", "\u{1112}\u{1161}\u{11AB}", "\u{1B}", "\n", "\u{202E}", "\u{200B}", "\"",
            "\\",
            "\u{0}", "\u{7F}", "\u{9B}", "नि", "…", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "[P0301]",
        ]
        var text = ""
        for _ in 0..<whole(below: longest + 1) { text += pieces[whole(below: pieces.count)] }
        return text
    }
}
