import Testing

@testable import TerminalText

struct PainterTests {
    struct Row: CustomTestStringConvertible {
        var name: String
        var choice = ColourChoice.auto
        var isTerminal = true
        var environment: [String: String] = [:]
        var paints: Bool
        var testDescription: String { name }
    }

    @Test(
        "paints when it should",
        arguments: [
            Row(name: "on a terminal", paints: true),
            Row(name: "into a file", isTerminal: false, paints: false),
            Row(name: "NO_COLOR", environment: ["NO_COLOR": "1"], paints: false),
            Row(name: "NO_COLOR without a value", environment: ["NO_COLOR": ""], paints: true),
            Row(name: "TERM=dumb", environment: ["TERM": "dumb"], paints: false),
            Row(name: "TERM=xterm", environment: ["TERM": "xterm"], paints: true),
            Row(name: "never", choice: .never, paints: false),
            Row(
                name: "always wins", choice: .always, isTerminal: false,
                environment: ["NO_COLOR": "1", "TERM": "dumb"], paints: true),
        ])
    func decides(row: Row) {
        let painter = Painter(choice: row.choice, isTerminal: row.isTerminal) {
            row.environment[$0]
        }
        #expect(painter.isOn == row.paints)
    }

    @Test("takes nothing in a text for markup") func brackets() {
        let painter = Painter(isOn: true)
        #expect(painter.paint("[P0301]", .actNow) == "\u{1B}[31m[P0301]\u{1B}[0m")
        #expect(painter.paint("[red]", nil) == "[red]")
        #expect(painter.paint("", .actNow) == "")
        #expect(Painter(isOn: false).paint("[P0301]", .actNow) == "[P0301]")
    }

    @Test("every meaning has a look of its own") func looks() {
        #expect(Set(Colour.allCases.map(\.code)).count == Colour.allCases.count)
    }
}

struct TableTests {
    static func table() -> Table {
        var table = Table([
            .init("TICKET"), .flexible("CAUSE"), .init("KM", .right),
            .flexible("SITE", narrowest: 4),
        ])
        table.append(["T-1042", "coolant rises faster than in its cohort", "88000", "上海浦东"])
        table.append([.init("T-7", .actNow), "a\u{1B}b", "9", ""])
        table.append(["T-8"])
        return table
    }

    @Test("lines its columns up") func wide() {
        #expect(
            Self.table().text(width: nil, painter: Painter(isOn: false)) == #"""
                TICKET  CAUSE                                       KM  SITE
                T-1042  coolant rises faster than in its cohort  88000  上海浦东
                T-7     a\x1bb                                       9
                T-8

                """#)
    }

    @Test("shrinks the widest column that may give way") func narrow() {
        #expect(
            Self.table().text(width: 40, painter: Painter(isOn: false)) == #"""
                TICKET  CAUSE               KM  SITE
                T-1042  coolant rises …  88000  上海浦东
                T-7     a\x1bb               9
                T-8

                """#)
    }

    @Test("is as wide as allowed, painted or not, until nothing can give way") func laws() {
        for width in 20...90 {
            let plain = Self.table().text(width: width, painter: Painter(isOn: false))
            let widest = plain.split(separator: "\n").map(\.displayWidth).max() ?? 0
            #expect(widest <= max(width, 6 + 8 + 5 + 4 + 6), "width \(width)")
            #expect(!plain.contains(" \n"), "width \(width)")
            let painted = Self.table().text(width: width, painter: Painter(isOn: true))
            let bare = painted.replacing(/\u{1B}\[[0-9]+m/, with: "")
            #expect(bare == plain, "width \(width)")
        }
    }

    @Test("a table without rows is its header") func empty() {
        #expect(
            Table([.init("A"), .init("B")]).text(width: 80, painter: Painter(isOn: false))
                == "A  B\n")
    }
}
