import Testing
import VehicleFaults

@Suite("Markup") struct MarkupTests {
    static let texts: [(name: String, text: String, escaped: String)] = [
        ("plain words", "Kühlmittel 冷却液", "Kühlmittel 冷却液"),
        (
            "every mark", "<a href=\"x\" title='y'>&",
            "&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;"
        ),
        ("marks with accents", "\"\u{301}<\u{338}&\u{300}", "&quot;\u{301}&lt;\u{338}&amp;\u{300}"),
        ("lines and columns", "a\tb\nc", "a\tb\nc"),
        (
            "what XML does not allow", "a\u{0}\u{1B}\r\u{FFFE}\u{FFFF}",
            "a\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}"
        ),
        ("characters that begin like those two", "，\u{FFFD}", "，\u{FFFD}"),
        ("a line end of two characters", "a\r\nb", "a\u{FFFD}\nb"),
        ("beyond the first plane", "🚐\u{1FFFE}", "🚐\u{1FFFE}"),
    ]
    @Test("leaves no mark of HTML or XML", arguments: texts)
    func escapes(name: String, text: String, escaped: String) {
        #expect(Markup.escaped(text) == escaped, "\(name)")
        #expect(Markup.escaped(text[...]) == escaped, "\(name)")
    }
}
