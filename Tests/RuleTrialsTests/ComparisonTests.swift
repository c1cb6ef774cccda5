import FaultRules
import RuleTrials
import Testing
import VehicleFaults
import YAMLSource

@Suite("What a change of rules changes") struct ComparisonTests {
    static func tickets(_ rule: String, _ messages: [String]) throws -> [TrialTicket] {
        var trial = Trial(program: try Pack.source(rule).program())
        trial.take(Pack.batch(messages))
        trial.finish()
        return trial.result.tickets
    }

    static let heat = [
        Pack.message("08:00:00", on: "V1", [("coolant_c", 109)]),
        Pack.message("08:00:00", on: "V2", [("coolant_c", 112)]),
        Pack.message("08:05:00", on: "V1", [("coolant_c", 115)]),
    ]

    @Test("tickets are added, removed, moved or the same") func compares() throws {
        let low = try Self.tickets(Pack.rule("hot", when: "coolant_c > 108"), Self.heat)
        let high = try Self.tickets(Pack.rule("hot", when: "coolant_c > 114"), Self.heat)
        let stricter = TrialComparison(low, high)
        #expect(stricter.removed.map { "\($0.vehicle)" } == ["V2"])
        #expect(stricter.moved.map(\.gained) == [-300_000])
        #expect(stricter.added.isEmpty && stricter.same == 0)
        let looser = TrialComparison(high, low)
        #expect(looser.added.map { "\($0.vehicle)" } == ["V2"])
        #expect(looser.moved.map(\.gained) == [300_000])
        #expect(TrialComparison(low, low).isSame)
    }

    @Test("breakdowns are caught by the earliest ticket before them and within the horizon")
    func score() throws {
        let tickets = try Self.tickets(Pack.rule("hot", when: "coolant_c > 108"), Self.heat)
        func breakdown(_ vehicle: String, _ time: String, _ mode: String? = nil) throws -> Breakdown
        {
            Breakdown(
                vehicle: try #require(VehicleID(vehicle)),
                at: try #require(EventTime(rfc3339: Pack.time(time))), mode: mode)
        }
        let score = BreakdownScore(
            [
                try breakdown("V1", "10:00:00", "hot"), try breakdown("V1", "10:00:00", "other"),
                try breakdown("V2", "07:59:00"), try breakdown("V2", "12:00:00"),
                try breakdown("V2", "23:00:00"),
            ], tickets, horizon: 14_400_000)
        #expect(score.caught.map(\.warning) == [7_200_000, 14_400_000])
        #expect(score.missed.count == 3)
        #expect(score.medianWarning == 10_800_000)
    }

    static let catalogue = """
        version: 1
        failure_modes:
          - id: hot
            name: { en: Overheating, zh: 过热 }
            component: radiator
            skill: ENG
            hours: 2.5
            parts: [FAN-1, { part: SEAL-2, quantity: 3 }]

        """

    @Test("work is hours and parts of the catalogue, mode by mode") func work() throws {
        var reader = FailureModeReader()
        reader.add(file: try YAMLSource.parse(Self.catalogue, file: "modes.yaml"))
        reader.finish()
        #expect(reader.diagnostics.isEmpty)
        let tickets =
            try Self.tickets(Pack.rule("hot", when: "coolant_c > 108"), Self.heat)
            + Self.tickets(Pack.rule("cold", when: "coolant_c > 108"), Self.heat)
        let work = TicketWork(tickets, reader.catalogue)
        #expect(work.hours == 5)
        #expect(work.parts == ["FAN-1": 2, "SEAL-2": 6])
        #expect(work.unknown == 2)
    }

    static let tables: [(name: String, text: String, found: String)] = [
        (
            "breakdowns",
            "vehicle,at,mode\r\nV1,2026-03-01T08:00:00Z,hot\r\n\r\n\"v2\" , 2026-03-01T08:00:00Z ,\n",
            "V1 hot, V2 -"
        ),
        ("a byte order mark", "\u{FEFF}at,vehicle\n2026-03-01T08:00:00Z,V1", "V1 -"),
        ("nothing", "\n", "b.csv:1:1: error: the table is empty"),
        (
            "a wrong column", "vehicle,at,moed\n",
            "b.csv:1:12: error: \"moed\" is not a column of this table; did you mean \"mode\"?"
        ),
        ("no time", "vehicle,mode\n", "b.csv:1:1: error: the table needs the column \"at\""),
        (
            "a row too short", "vehicle,at\nV1\n",
            "b.csv:2:1: error: a row of 1 cells, where the heading has 2"
        ),
        (
            "an open mark", "vehicle,at\n\"V1,2\n",
            "b.csv:2:1: error: a cell without its closing mark"
        ),
        (
            "a wrong time", "vehicle,at\nV1,noon\n",
            "b.csv:2:4: error: \"at\" is a time as 2026-03-01T08:00:00.000Z"
        ),
    ]
    @Test("tables are read, or say where they are wrong", arguments: tables)
    func reads(name: String, text: String, found: String) {
        let reader = BreakdownReader(text, file: "b.csv")
        let result =
            reader.diagnostics.first?.description
            ?? reader.breakdowns.map { "\($0.vehicle) \($0.mode ?? "-")" }.joined(separator: ", ")
        #expect(result == found, "\(name)")
    }
}
