import FaultDecoding
import FaultRules
import FleetWatch
import ServiceTickets
import Testing
import VehicleFaults

@Suite("How it is told that codes were cleared with a tool") struct ClearedCodesTests {
    /// Answers of an engine, each with its minute: service 01 and a parameter.
    struct Row: Sendable, CustomTestStringConvertible {
        var name: String
        var said: [(minute: Int64, text: String)]
        /// Minutes at which it is told.
        var told: [Int64]
        var testDescription: String { name }

        init(_ name: String, _ said: [(Int64, String)], told: [Int64] = []) {
            self.name = name
            self.said = said.map { (minute: $0.0, text: $0.1) }
            self.told = told
        }
    }

    static let rows: [Row] = [
        Row(
            "distance since clear drops (31), the lamp is off",
            [(0, "41 01 00 07 FF 00"), (1, "41 31 04 B0"), (2, "41 31 00 02")], told: [2]),
        Row("warm-ups since clear drop (30)", [(0, "41 30 28"), (1, "41 30 00")], told: [1]),
        Row("minutes since clear drop (4E)", [(0, "41 4E 10 00"), (1, "41 4E 00 03")], told: [1]),
        Row(
            "codes are gone and monitors not complete (01)",
            [(0, "41 01 83 07 FF 00"), (1, "41 01 00 07 FF 21")], told: [1]),
        Row(
            "codes are gone, monitors complete",
            [(0, "41 01 83 07 FF 00"), (1, "41 01 00 07 FF 00")]),
        Row(
            "the lamp is on", [(0, "41 01 83 07 FF 00"), (1, "41 31 04 B0"), (2, "41 31 00 02")]),
        Row(
            "they only grow",
            [(0, "41 31 04 B0"), (1, "41 31 04 B1"), (2, "41 30 28"), (3, "41 30 29")]),
        Row(
            "one clear shows in several answers",
            [
                (0, "41 31 04 B0"), (1, "41 30 28"), (2, "41 31 00 00"), (3, "41 30 00"),
                (4, "41 31 00 01"),
            ],
            told: [2]),
        Row(
            "twice within a day",
            [(0, "41 31 04 B0"), (1, "41 31 00 00"), (2, "41 31 00 05"), (3, "41 31 00 00")],
            told: [1, 3]),
        Row(
            "two units that count apart take turns",
            [
                (0, "41 31 04 B0"), (1, "41 31 00 20"), (2, "41 31 04 B0"), (3, "41 31 00 20"),
                (4, "41 31 04 B1"), (5, "41 31 00 20"),
            ],
            told: [1]),
        Row(
            "two units that are named count apart",
            [
                (0, "7E8 04 41 31 04 B0"), (1, "7E9 04 41 31 00 20"), (2, "7E8 04 41 31 04 B0"),
                (3, "7E9 04 41 31 00 20"), (4, "7E8 04 41 31 04 B1\r7E9 04 41 31 00 21"),
                (5, "7E9 04 41 31 00 21\r7E8 04 41 31 04 B1"),
            ]),
        Row(
            "two units, the other counters",
            [
                (0, "7E8 03 41 30 28"), (1, "7E9 03 41 30 05"), (2, "7E8 04 41 4E 10 00"),
                (3, "7E9 04 41 4E 00 40"),
            ]),
        Row(
            "the codes of one unit and the monitors of another",
            [(0, "7E8 06 41 01 03 07 FF 00"), (1, "7E9 06 41 01 00 07 FF 21")]),
        Row(
            "one clear of two units is one event",
            [
                (0, "7E8 04 41 31 04 B0"), (1, "7E9 04 41 31 04 00"), (2, "7E8 04 41 31 00 01"),
                (3, "7E9 04 41 31 00 01"), (4, "7E8 04 41 31 00 02"),
            ], told: [2]),
        Row(
            "each unit is cleared on a day of its own",
            [
                (0, "7E8 04 41 31 04 B0"), (1, "7E9 04 41 31 04 00"), (2, "7E8 04 41 31 00 01"),
                (2000, "7E9 04 41 31 00 01"),
            ], told: [2, 2000]),
        Row(
            "twice within a day, of two units",
            [
                (0, "7E8 04 41 31 04 B0"), (1, "7E9 04 41 31 04 00"), (2, "7E8 04 41 31 00 01"),
                (3, "7E9 04 41 31 00 01"), (60, "7E8 04 41 31 00 09"), (61, "7E8 04 41 31 00 00"),
                (62, "7E9 04 41 31 00 00"),
            ], told: [2, 61]),
    ]

    @Test("units beyond sixteen are passed over, and fill no memory") func manyUnits() throws {
        var watch = try watch()
        var said: [(minute: Int64, text: String)] = []
        for minute in Int64(0)..<40 {
            let unit = String(minute + 16, radix: 16, uppercase: true)
            said.append((minute, "18DAF1\(unit) 04 41 31 04 B0"))
        }
        _ = take(said, "obd/V1", &watch)
        let known = take([(50, "18DAF110 04 41 31 00 00")], "obd/V1", &watch)
        #expect(told(known) == [50])
        let passed = take([(51, "18DAF137 04 41 31 00 00")], "obd/V1", &watch)
        #expect(told(passed) == [])
    }

    private func watch(_ checks: [Check] = [Check("coolant_c > 200")]) throws -> FleetWatch {
        FleetWatch(
            program: try program(checks),
            subscriptions: [
                Subscription(
                    template: try TopicTemplate("obd/{vehicle}"),
                    format: try #require(PayloadFormat(rawValue: "obd"))),
                Subscription(
                    template: try TopicTemplate("can/{vehicle}"),
                    format: try #require(PayloadFormat(rawValue: "j1939"))),
            ])
    }

    private func take(
        _ said: [(minute: Int64, text: String)], _ topic: String, _ watch: inout FleetWatch
    ) -> [(minute: Int64, decision: Decision)] {
        var result: [(minute: Int64, decision: Decision)] = []
        for message in said {
            var batch = EntryBatch()
            batch.bytes += topic.utf8
            let start = batch.bytes.count
            batch.bytes += message.text.utf8
            batch.entries.append(
                Entry(
                    received: Traffic.start + message.minute * 60_000, topic: 0..<start,
                    payload: start..<batch.bytes.count))
            _ = watch.open(batch)
            result += watch.close(row: Int64(watch.position)).decisions
                .map { (message.minute, $0) }
        }
        return result
    }

    private func told(_ decisions: [(minute: Int64, decision: Decision)]) -> [Int64] {
        decisions.compactMap { if case .maintenance = $0.decision { $0.minute } else { nil } }
    }

    @Test("by service 01", arguments: rows) func obd(row: Row) throws {
        var watch = try watch()
        #expect(told(take(row.said, "obd/V1", &watch)) == row.told)
    }

    @Test("by DM5, the readiness of J1939") func dm5() throws {
        var watch = try watch()
        let said: [(minute: Int64, text: String)] = [
            // Two active codes, all monitors complete; then none, and one to run again.
            (0, "18FECE00#0200140703FF0000"), (1, "18FECE00#0000140773FF2000"),
        ]
        #expect(told(take(said, "can/V1", &watch)) == [1])
    }

    static let requests: [Row] = [
        Row("DM11 is asked of the engine", [(0, "18EA00F9#D3FE00")], told: [0]),
        Row("DM3 is asked of all", [(0, "18EAFFF9#CCFE00")], told: [0]),
        Row("the active codes are asked for, and no more", [(0, "18EAFFF9#CAFE00")]),
        Row("the engine says that it did", [(0, "18E8FFF9#00FFFFFFF9D3FE00")], told: [0]),
        Row("the engine acknowledges something else", [(0, "18E8FF00#00FFFFFFF9CAFE00")]),
        Row("the engine refuses", [(0, "18EA00F9#D3FE00\n18E8FF00#01FFFFFFF9D3FE00")]),
        Row("another unit refuses", [(0, "18EA00F9#D3FE00\n18E8FF03#01FFFFFFF9D3FE00")], told: [0]),
        Row(
            "both groups of two units in one visit",
            [
                (0, "18EA00F9#D3FE00"), (1, "18E8FF00#00FFFFFFF9D3FE00"), (2, "18EA00F9#CCFE00"),
                (3, "18EA03F9#D3FE00"), (4, "18FECE00#0200140703FF0000"),
                (5, "18FECE00#0000140773FF2000"),
            ], told: [0]),
        Row("two visits", [(0, "18EA00F9#D3FE00"), (30, "18EA00F9#D3FE00")], told: [0, 30]),
    ]

    @Test("by what a tool asks on J1939, and what the unit answers", arguments: requests)
    func tool(row: Row) throws {
        var watch = try watch()
        #expect(told(take(row.said, "can/V1", &watch)) == row.told)
    }

    @Test("a list that is empty then does not say that the fault is gone") func ticket() throws {
        var watch = try watch([Check(#"code "P0301""#, until: #"not code "P0301""#)])
        let decisions = take(
            [
                (0, "43 01 03 01"), (1, "41 31 04 B0"), (2, "41 31 00 00"), (3, "43 00"),
            ], "obd/V1", &watch)
        let text = decisions.map(\.decision.text)
        #expect(
            text.contains {
                $0.hasPrefix(
                    #"{"v":1,"kind":"maintenance","what":"codes_cleared","vehicle":"V1","at":"#)
                    && $0.contains(#""signal":"clear_km","value":0.0"#)
            })
        #expect(text.contains { $0.contains(#""event":"codes_cleared""#) })
        let open = try #require(watch.book[1])
        #expect(!open.symptomGone && open.isClearedByTool)
    }
}
