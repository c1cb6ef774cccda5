import FleetSimulation
import Testing

@testable import TerminalText

struct DisplayWidthTests {
    @Test(
        "counts the columns that a terminal uses",
        arguments: [
            ("nothing", "", 0), ("a VIN", "LFV3B28R8A3025310", 17), ("an accent", "é", 1),
            ("an accent of its own", "e\u{301}", 1), ("Chinese", "车辆故障", 8),
            ("Chinese and Latin", "P0301 缺火", 10), ("full-width Latin", "ＡＢ", 4),
            ("half-width kana", "ｶﾅ", 2), ("Chinese comma and stop", "，。", 4), ("Korean", "한국", 4),
            ("Korean in parts", "\u{1112}\u{1161}\u{11AB}", 2), ("an emoji", "😀", 2),
            ("a family", "👨‍👩‍👧", 2), ("a flag", "🇨🇳", 2), ("a heart as a picture", "❤\u{FE0F}", 2),
            ("a heart as text", "❤", 1), ("a keycap", "1️⃣", 2), ("a skin tone", "👍🏽", 2),
            ("no width", "\u{200B}\u{FEFF}\u{2060}", 0), ("a control", "\u{1B}\u{7F}\u{9B}", 0),
            ("Thai with marks", "ก็", 1), ("Greek and Cyrillic", "ΩЖ", 2), ("lines", "─│", 2),
            ("a rare ideograph", "\u{20000}", 2), ("an ellipsis", "…", 1),
            ("a soft hyphen", "\u{AD}", 1),
        ])
    func columns(name: String, text: String, width: Int) {
        #expect(text.displayWidth == width, "\(name)")
    }

    @Test(
        "cuts text at a column, with an ellipsis",
        arguments: [
            ("fits", "P0301", 5, "P0301"), ("one too long", "P0301", 4, "P03…"),
            ("nothing allowed", "P0301", 0, ""), ("only the ellipsis", "P0301", 1, "…"),
            ("Chinese fits", "车辆", 4, "车辆"), ("Chinese cut to an odd width", "车辆故障", 5, "车辆…"),
            ("Chinese cut to an even width", "车辆故障", 4, "车…"),
            ("marks stay with their letter", "e\u{301}e\u{301}e\u{301}", 2, "e\u{301}…"),
            ("a family is not cut apart", "👨‍👩‍👧x", 2, "…"), ("nothing to cut", "", 0, ""),
        ])
    func cuts(name: String, text: String, width: Int, expected: String) {
        #expect(text.truncated(to: width) == expected, "\(name)")
    }

    @Test("fills text with blanks on either side") func pads() {
        #expect("车".padded(to: 4) == "车  ")
        #expect("7".padded(to: 3, .right) == "  7")
        #expect("车辆".padded(to: 3) == "车辆")
    }

    @Test("cut and padded text has exactly the columns it should") func laws() {
        for seed in UInt64(0)..<2000 {
            var random = SeededRandom(seed)
            let text = random.text(upTo: 12).visible
            let width = random.whole(below: 30)
            let cut = text.truncated(to: width)
            #expect(cut.displayWidth <= width, "seed \(seed)")
            #expect(cut.padded(to: width).displayWidth == width, "seed \(seed)")
            #expect(text.displayWidth > width || cut == text, "seed \(seed)")
            #expect(
                text.displayWidth <= width || cut.displayWidth >= width - 1 || width == 0,
                "seed \(seed)")
        }
    }
}

struct VisibleTextTests {
    @Test(
        "shows what must not reach a terminal",
        arguments: [
            ("plain text", "v1/X/ev [P0301] \\n", "v1/X/ev [P0301] \\n"), ("Chinese", "车辆", "车辆"),
            ("clear the screen", "\u{1B}[2J", #"\x1b[2J"#), ("line ends", "a\r\n\tb", #"a\r\n\tb"#),
            ("zero and delete", "\u{0}\u{7F}", #"\x00\x7f"#),
            ("a control of eight bits", "\u{9B}2J", #"\u{9b}2J"#),
            ("text turned round", "a\u{202E}b\u{2066}", #"a\u{202e}b\u{2066}"#),
            ("no width", "a\u{200B}\u{FEFF}", #"a\u{200b}\u{feff}"#),
            ("a line separator", "\u{2028}", #"\u{2028}"#),
            ("a family keeps its joiners", "👨‍👩‍👧", "👨‍👩‍👧"), ("an Arabic sign", "\u{600}", "\u{600}"),
        ])
    func shows(name: String, text: String, expected: String) {
        #expect(text.visible == expected, "\(name)")
        #expect(VisibleText.text(of: Array(text.utf8).span) == expected, "\(name)")
    }

    @Test("shows bytes that are no text") func bytes() {
        let bytes: [UInt8] = [0x59, 0x02, 0xFB, 0x12, 0xE8, 0xBD, 0xA6, 0xE8, 0xBD]
        #expect(VisibleText.text(of: bytes.span) == #"Y\x02\xfb\x12车\xe8\xbd"#)
    }

    @Test("what was shown once is shown the same again, on one line") func laws() {
        for seed in UInt64(0)..<500 {
            var random = SeededRandom(seed)
            let shown = random.text(upTo: 20).visible
            #expect(shown.visible == shown, "seed \(seed)")
            #expect(
                !shown.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F },
                "seed \(seed)")
        }
    }
}
