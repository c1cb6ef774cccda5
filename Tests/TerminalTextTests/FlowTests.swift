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
