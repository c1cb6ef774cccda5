import Testing

@testable import TerminalText

@Suite struct TableLayoutTests {
    private static let plain = Painter(isOn: false)

    private static func table(_ columns: [Table.Column], _ rows: [[String]]) -> Table {
        var table = Table(columns)
        for row in rows { table.append(row.map { .init($0) }) }
        return table
    }

    private func lines(_ table: Table, _ width: Int?) -> [String] {
        table.text(width: width, painter: Self.plain).split(
            separator: "\n", omittingEmptySubsequences: false
        ).dropLast().map(String.init)
    }

    static let seats = table(
        [
            .init("Hour", .right), .init("Answered in time", .right),
            .init("With one seat fewer", .right),
        ], [["9", "97.0 %", "72.8 %"], ["10", "–", "–"]])

    @Test("a table that fits is as wide as its cells and titles") func fits() {
        #expect(
            lines(Self.seats, nil) == [
                "Hour  Answered in time  With one seat fewer",
                "   9            97.0 %               72.8 %",
                "  10                 –                    –",
            ])
        #expect(lines(Self.seats, 43) == lines(Self.seats, nil))
    }

    @Test("titles go on several lines before anything is cut, short ones on the last")
    func titles() {
        #expect(
            lines(Self.seats, 26) == [
                "                  With one",
                "       Answered       seat",
                "Hour    in time      fewer",
                "   9     97.0 %     72.8 %",
                "  10          –          –",
            ])
        let chinese = Self.table(
            [.init("时", .right), .init("按时响应（含挂起）", .right)], [["9", "97.0 %"]])
        for line in lines(chinese, 10) { #expect(line.displayWidth <= 10, "\(line)") }
        #expect(lines(chinese, 10).last == " 9  97.0 %")
    }

    @Test("columns that may give way are cut next, and no number is") func cut() {
        let table = Self.table(
            [.flexible("Name", narrowest: 6), .init("Count", .right)],
            [["a name that is long", "12345678"]])
        #expect(lines(table, 20) == ["Name           Count", "a name th…  12345678"])
    }

    @Test("what is told whole goes on several lines, and a note stands below its row") func whole()
    {
        var table = Table([.init("Byte", .right), .wrapping("Meaning", narrowest: 8)])
        table.append(["0", "engine speed"])
        table.append(["2", "coolant is as warm as it gets"], note: "  ! not so")
        table.append(["3", "end"])
        #expect(
            lines(table, 20) == [
                "Byte  Meaning", "   0  engine speed", "   2  coolant is as",
                "      warm as it", "      gets", "  ! not so", "   3  end",
            ])
        #expect(lines(table, nil)[2] == "   2  coolant is as warm as it gets")
    }

    @Test("what still does not fit goes into bands that begin with the names of the rows")
    func bands() {
        let table = Self.table(
            [
                .init("Skill"), .init("n", .right), .init("Wait", .right), .init("Longest", .right),
                .flexible("Why"),
            ],
            [["ENG", "1234", "12.5 h", "123.5 h", "late"], ["HV", "7", "1.5 h", "3.5 h", ""]])
        #expect(
            lines(table, 20) == [
                "Skill     n    Wait", "ENG    1234  12.5 h", "HV        7   1.5 h", "",
                "Skill  Longest  Why", "ENG    123.5 h  late", "HV       3.5 h",
            ])
    }

    @Test("no band is wider than the terminal while its columns can be made to fit")
    func law() {
        for seed in UInt64(0)..<300 {
            var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
            func random(_ bound: Int) -> Int {
                state ^= state << 13
                state ^= state >> 7
                state ^= state << 17
                return Int(state >> 33) % bound
            }
            func word(_ length: Int) -> String {
                String((0..<length).map { _ in "abc def中文）(".randomElement(using: random) })
            }
            let columns = (0..<1 + random(9)).map { _ in
                random(2) == 0
                    ? Table.Column(word(1 + random(14)), random(2) == 0 ? .left : .right)
                    : .flexible(word(1 + random(14)), narrowest: 1 + random(8))
            }
            let rows = (0..<random(4)).map { _ in
                columns[...random(columns.count)].map { _ in word(random(12)) }
            }
            let table = Self.table(columns, rows)
            // Room for the first column and another at their widest.
            let width = 54 + random(60)
            for line in lines(table, width) {
                #expect(line.displayWidth <= width, "seed \(seed): \(line)")
            }
            // Every cell is somewhere, whole or cut.
            let bands = table.layout(within: width).bands
            let shown = bands.flatMap(\.columns)
            #expect(Set(shown) == Set(columns.indices), "seed \(seed)")
            #expect(bands.count == 1 || bands.allSatisfy { $0.columns[0] == 0 }, "seed \(seed)")
        }
    }
}

extension String {
    fileprivate func randomElement(using random: (Int) -> Int) -> Character {
        Array(self)[random(count)]
    }
}
