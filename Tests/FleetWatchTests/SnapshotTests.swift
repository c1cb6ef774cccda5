import FaultDecoding
import FaultRules
import FleetWatch
import Testing
import VehicleFaults

/// What lists of codes and repeated messages come to, whatever device they are from.
@Suite("snapshots, news and repetitions") struct SnapshotTests {
    /// A message under a topic, so many minutes after the start.
    struct Said {
        var minute: Int64
        var topic: String
        var payload: String
        var isRetained = false

        init(_ minute: Int64, _ topic: String, _ payload: String, isRetained: Bool = false) {
            self.minute = minute
            self.topic = topic
            self.payload = payload
            self.isRetained = isRetained
        }
    }

    /// The minutes at which a rule was raised, and at which it was over as negative numbers.
    private func decide(_ said: [Said], _ check: Check) throws -> [String] {
        let formats: [(String, Envelope, DiagnosticCodec?, FaultList)] = [
            ("obd/{vehicle}", .raw, .obd, .delta), ("autopi/{vehicle}/#", .autopi, nil, .delta),
            ("gbt/+/#", .gbt32960EMQX, nil, .delta), ("v1/{vehicle}/ev", .native, nil, .delta),
            ("list/{vehicle}", .raw, .textCodes, .snapshot),
        ]
        var watch = FleetWatch(
            program: try program([check]),
            subscriptions: try formats.map {
                Subscription(
                    template: try TopicTemplate($0.0),
                    format: try #require(
                        PayloadFormat(
                            rawValue: $0.2.map(\.rawValue) ?? $0.1.rawValue)), list: $0.3)
            })
        var result: [String] = []
        for (index, message) in said.enumerated() {
            var batch = EntryBatch()
            batch.bytes += message.topic.utf8
            let start = batch.bytes.count
            batch.bytes += message.payload.utf8
            batch.entries.append(
                Entry(
                    received: Traffic.start + message.minute * 60_000, topic: 0..<start,
                    payload: start..<batch.bytes.count, isRetained: message.isRetained))
            _ = watch.open(batch)
            let outcome = watch.close(row: Int64(index + 1))
            #expect(outcome.deadLetters == 0, "\(message)")
            for case .finding(let settled) in outcome.decisions {
                result.append("\(settled.finding.kind) \(message.minute)")
            }
        }
        return result
    }

    private static func obd(_ minute: Int64, _ payload: String) -> Said {
        Said(minute, "obd/V1", payload)
    }

    private static func gbt(
        _ minute: Int64, of happened: Int64? = nil, _ command: Int, flags: Int
    ) -> Said {
        // The start is 2026-02-25 14:13:20 in Beijing.
        let happened = happened ?? minute
        let time = 13 + happened
        return Said(
            minute, "gbt/V1/upstream",
            #"{"Cmd":\#(command),"Vin":"V1","Data":{"Time":{"Year":26,"Month":2,"Day":25,"Hour":\#(14 + time / 60),"Minute":\#(time % 60),"Second":20},"Infos":[{"Type":"Alarm","GeneralAlarmFlag":\#(flags)}]}}"#
        )
    }

    static let rows: [(name: String, check: Check, said: [Said], found: [String])] = [
        (
            "a list ends what it does not name",
            Check("code \"P0301\"", until: "not code \"P0301\""),
            [obd(0, "7E8 04 43 01 03 01"), obd(1, "7E8 02 43 00")], ["raised 0", "cleared 1"]
        ),
        (
            "a list of another unit ends nothing",
            Check("code \"P0301\"", until: "not code \"P0301\""),
            [obd(0, "7E8 04 43 01 03 01"), obd(1, "7E9 02 43 00")], ["raised 0"]
        ),
        (
            "a list of confirmed codes ends no pending one",
            Check("code \"P0301\"", until: "not code \"P0301\""),
            [obd(0, "7E8 04 47 01 03 01"), obd(1, "7E8 02 43 00"), obd(2, "7E8 02 47 00")],
            ["raised 0", "cleared 2"]
        ),
        (
            "a refusal, a silence and a freeze frame end nothing",
            Check("code \"P0301\"", until: "not code \"P0301\""),
            [
                obd(0, "7E8 04 43 01 03 01"), obd(1, "NO DATA"),
                obd(2, "7E8 03 7F 03 11\r7E9 02 43 00"), obd(3, "42 02 00 01 43"),
            ], ["raised 0"]
        ),
        (
            "news ends nothing", Check("code \"P0301\"", until: "not code \"P0301\""),
            [
                Said(0, "autopi/V1/obd/dtc", #"{"_type":"dtc","values":[{"code":"P0301"}]}"#),
                Said(1, "autopi/V1/obd/dtc", #"{"_type":"dtc","values":[{"code":"P0420"}]}"#),
                Said(2, "autopi/V1/obd/dtc", #"{"_type":"dtc","values":[]}"#),
            ], ["raised 0"]
        ),
        (
            "what every list repeats was seen once", Check("code \"P0301\" 2 times within 1h"),
            (0..<5).map { obd($0, "7E8 04 43 01 03 01") }, []
        ),
        (
            "what comes again after it was gone was seen twice",
            Check("code \"P0301\" 2 times within 1h"),
            [
                obd(0, "7E8 04 43 01 03 01"), obd(1, "7E8 02 43 00"),
                obd(2, "7E8 04 43 01 03 01"),
            ], ["raised 2"]
        ),
        (
            "news that comes again was seen again", Check("code \"P0301\" 2 times within 1h"),
            (0..<2).map {
                Said($0, "autopi/V1/obd/dtc", #"{"_type":"dtc","values":[{"code":"P0301"}]}"#)
            }, ["raised 1"]
        ),
        (
            "a list that a broker kept and sends again is no news",
            Check("code \"P0301\" 2 times within 1h"),
            [
                Said(0, "list/V1", "P0301"), Said(1, "list/V1", "P0301", isRetained: true),
                Said(2, "list/V1", "P0301", isRetained: true),
            ], []
        ),
        (
            "news without a time that a broker kept and sends again, to whoever subscribes, is none",
            Check("code \"P0301\" 2 times within 1h"),
            (0..<4).map {
                Said(
                    $0, "autopi/V1/obd/dtc", #"{"_type":"dtc","values":[{"code":"P0301"}]}"#,
                    isRetained: $0 > 0)
            }, []
        ),
        (
            "a message with its own time that a broker sends again is no news",
            Check("code \"P0301\" 2 times within 1h"),
            [0, 5, 9].map {
                Said(
                    $0, "v1/V1/ev", #"{"ts":\#(Traffic.start),"dtcs":["P0301"]}"#,
                    isRetained: $0 > 0)
            }, []
        ),
        (
            "data that a terminal sends again late raises nothing twice",
            Check("code \"GB ALARM 11\" 2 times within 1h"),
            [
                gbt(0, 2, flags: 2048), gbt(1, 2, flags: 0), gbt(5, of: 0, 3, flags: 2048),
            ], []
        ),
        (
            "nor does it make a code present that is gone since",
            Check("code \"GB ALARM 11\"", until: "not code \"GB ALARM 11\""),
            [
                gbt(0, 2, flags: 2048), gbt(1, 2, flags: 0), gbt(5, of: 0, 3, flags: 2048),
            ], ["raised 0", "cleared 1"]
        ),
        (
            "data that was never sent before counts, however late",
            Check("code \"GB ALARM 11\""), [gbt(1, 2, flags: 0), gbt(5, of: 0, 3, flags: 2048)],
            ["raised 5"]
        ),
        (
            "codes that a tool cleared are told by the meter that starts again",
            Check("change(clear_km) < 0 km"),
            [
                obd(0, "41 31 01 00"), obd(1, "41 31 01 40"), obd(2, "41 31 00 00"),
                obd(3, "41 31 00 05"),
            ], ["raised 2"]
        ),
        (
            "and are no repair before the vehicle has driven without them",
            Check("code \"P0301\"", until: "not code \"P0301\" and clear_km > 50 km"),
            [
                obd(0, "7E8 04 43 01 03 01"), obd(1, "41 31 01 00"), obd(2, "41 31 00 00"),
                obd(2, "7E8 02 43 00"), obd(3, "41 31 00 20"), obd(4, "41 31 00 40"),
            ], ["raised 0", "cleared 4"]
        ),
    ]
    @Test("come to what they say", arguments: rows)
    func comeTo(name: String, check: Check, said: [Said], found: [String]) throws {
        #expect(try decide(said, check) == found, "\(name)")
    }
}
