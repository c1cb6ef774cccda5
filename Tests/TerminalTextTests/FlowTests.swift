import FleetSimulation
import Testing

@testable import TerminalText

@Suite("Flowing text") struct FlowTests {
    @Test(
        "breaks between pieces only, where the terminal ends",
        arguments: [
            (["open", "closed"], nil, "  open › closed"),
            (["open", "closed"], 15, "  open › closed"),
            (["open", "closed"], 14, "  open ›\n  closed"),
            // The mark at the end of a line must fit as well.
            (["open", "done", "closed"], 15, "  open › done ›\n  closed"),
            (["open", "done", "closed"], 14, "  open ›\n  done ›\n  closed"),
            (["待受理", "已受理"], 17, "  待受理 › 已受理"),
            (["待受理", "已受理"], 16, "  待受理 ›\n  已受理"),
            (["much too wide for it"], 10, "  much too wide for it"),
            ([], 10, "  "),
        ] as [([String], Int?, String)])
    func breaks(_ pieces: [String], _ width: Int?, _ expected: String) {
        #expect(Flow.text(pieces, separator: " › ", indent: 2, width: width) == expected)
    }

    @Test(
        "a paragraph breaks at blanks and beside wide characters",
        arguments: [
            ("Net time leaves out holds.", 12, "Net time\nleaves out\nholds."),
            ("承诺未达成时建议扩编。", 12, "承诺未达成时\n建议扩编。"),
            // Neither a full stop nor a bracket may stand alone on the wrong side.
            ("承诺未达成时。", 12, "承诺未达成\n时。"),
            ("承诺未达成（净）", 12, "承诺未达成\n（净）"),
            ("高于 88 %，或确有", 10, "高于 88\n%，或确有"),
            ("short", 80, "short"),
        ])
    func paragraphs(_ text: String, _ width: Int, _ expected: String) {
        #expect(Flow.paragraph(text, width: width) == expected)
    }

    @Test("a paragraph keeps its characters and its width") func paragraphLaws() {
        var random = SeededRandom(9)
        let characters = ["a", "b", " ", "字", "词", "，", "（", "）", "%", "7"]
        for _ in 0..<500 {
            let text = (0..<random.whole(below: 60)).map { _ in
                characters[random.whole(below: characters.count)]
            }.joined()
            let width = 20 + random.whole(below: 30)
            let lines = Flow.paragraph(text, width: width).split(separator: "\n")
            #expect(
                lines.joined().filter { $0 != " " } == text.filter { $0 != " " }, "\(text)")
            // Marks that may not be parted can carry a line past the edge.
            let longest = text.split(separator: " ").map { String($0).displayWidth }.max() ?? 0
            for line in lines { #expect(String(line).displayWidth <= max(width, longest)) }
        }
    }

    @Test("no line passes the edge unless one piece does, and nothing is lost")
    func laws() {
        var random = SeededRandom(7)
        for _ in 0..<500 {
            let pieces = (0..<random.whole(below: 12)).map { _ in
                String(
                    repeating: random.whole(below: 3) == 0 ? "字" : "a",
                    count: 1 + random.whole(below: 14))
            }
            let width = 10 + random.whole(below: 40)
            let text = Flow.text(pieces, separator: "; ", indent: 4, width: width)
            let widest = 4 + 1 + (pieces.map { $0.displayWidth }.max() ?? 0)
            for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
                #expect(String(line).displayWidth <= max(width, widest))
            }
            let joined = text.split(separator: "\n").map { $0.dropFirst(4) }.joined(separator: " ")
            #expect(joined == pieces.joined(separator: "; "))
        }
    }
}
