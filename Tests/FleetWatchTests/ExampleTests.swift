import FaultRules
import FleetWatch
import Testing
import VehicleFaults

/// Small cases with what must come of them.
@Suite struct ExampleTests {
    private static func message(_ minute: Int64, received: Int64? = nil, _ rest: String) -> Message
    {
        let start = Traffic.start
        return Message(
            vehicle: "V1", received: start + (received ?? minute) * 60_000,
            payload: "{\"vin\":\"V1\",\"ts\":\(start + minute * 60_000),\(rest)}")
    }

    private static func code(_ minute: Int64, received: Int64? = nil) -> Message {
        message(minute, received: received, "\"dtcs\":[{\"code\":\"P0301\"}]")
    }

    private static func coolant(_ minute: Int64, _ value: Double, received: Int64? = nil) -> Message
    {
        message(minute, received: received, "\"signals\":{\"coolant_c\":\(value)}")
    }

    static let cases: [(name: String, check: Check, messages: [Message], at: [Int64])] = [
        (
            "the third occurrence completes it", Check("code \"P0301\" 3 times within 1h"),
            [code(0), code(10), code(20)], [20]
        ),
        (
            "the first is too long ago", Check("code \"P0301\" 3 times within 1h"),
            [code(0), code(10), code(61)], []
        ),
        (
            "each further one completes it again", Check("same code \"*\" 2 times within 1h"),
            [code(0), code(10), code(20)], [10, 20]
        ),
        (
            "a late one still counts, at the time of the newest",
            Check("code \"P0301\" 3 times within 1h"),
            [code(0), code(20), code(10, received: 21)], [20]
        ),
        (
            "the same message again does not count", Check("code \"P0301\" 3 times within 1h"),
            [code(0), code(10), code(10, received: 11), code(0, received: 12)], []
        ),
        (
            "a hold ends where the reading falls", Check("coolant_c > 100 for 10m"),
            [coolant(0, 110), coolant(6, 90), coolant(12, 110), coolant(18, 110)], []
        ),
        (
            "a late reading ends no hold", Check("coolant_c > 100 for 10m"),
            [coolant(0, 110), coolant(6, 110), coolant(3, 90, received: 7), coolant(11, 110)], [11]
        ),
        (
            "a hold elapses in silence at the next tick",
            Check("coolant_c > 100 for 10m even if silent"),
            [coolant(0, 110), Message(received: Traffic.start + 700_000)], [10]
        ),
        (
            "silence proves nothing unless the rule says so", Check("coolant_c > 100 for 10m"),
            [coolant(0, 110), Message(received: Traffic.start + 700_000)], []
        ),
        (
            "an episode is raised once", Check("coolant_c > 100", until: "coolant_c < 90"),
            [coolant(0, 110), coolant(1, 95), coolant(2, 110), coolant(3, 80), coolant(4, 110)],
            [0, 3, 4]
        ),
    ]

    @Test("decides", arguments: cases)
    func decides(name: String, check: Check, messages: [Message], at: [Int64]) throws {
        let decided = decide(messages, try program([check]))
        #expect(
            decided.findings.map { ($0.at.milliseconds - Traffic.start) / 60_000 } == at, "\(name)")
    }

    @Test("late messages and duplicates are counted apart") func counts() throws {
        let messages = [
            Self.coolant(0, 90), Self.coolant(5, 91), Self.coolant(3, 90, received: 6),
            Self.coolant(5, 91, received: 7), Self.coolant(8, 92),
        ]
        let decided = decide(messages, try program([Check("coolant_c > 100")]))
        #expect(decided.late == 1)
        #expect(decided.duplicates == 1)
    }

    @Test("a recording that never says the time is decided as of 1970") func timeless() throws {
        let program = try program(ruleSets.flatMap(\.checks))
        var batch = EntryBatch([
            Message(received: 0, payload: "{\"vin\":\"V1\",\"dtcs\":[\"P0301\"]}")
        ])
        batch.entries[0].received = nil
        var watch = FleetWatch(
            program: program, settings: WatchSettings(reorderWindow: 1000))
        _ = watch.open(batch)
        #expect(watch.close(row: 1).messages == 1)
        #expect(watch.received == 0)
    }
}
