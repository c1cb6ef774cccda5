import FleetSimulation
import Testing
import VehicleFaults

@testable import TerminalText

struct TimeTextTests {
    /// 2026-11-21T22:05:06.120Z, in Shanghai already the 22nd.
    static let now = EventTime(milliseconds: 1_795_298_706_120)
    static let shanghai = TimeText(now: now) { _ in 480 }

    @Test(
        "reads the forms of --since and --until",
        arguments: [
            ("2026-11-21T22:05:06.120Z", "2026-11-21T22:05:06.120Z"),
            ("2026-11-21t22:05:06z", "2026-11-21T22:05:06.000Z"),
            ("2026-11-21T22:05:06.1239+08:00", "2026-11-21T14:05:06.123Z"),
            ("2026-11-21 22:05:06-0330", "2026-11-22T01:35:06.000Z"),
            ("2026-11-21", "2026-11-20T16:00:00.000Z"),
            ("2026-11-21 22:05", "2026-11-21T14:05:00.000Z"),
            ("2026-11-21T22:05:06.5", "2026-11-21T14:05:06.500Z"),
            ("22:05", "2026-11-22T14:05:00.000Z"),
            ("2026-06-30T23:59:60Z", "2026-07-01T00:00:00.000Z"),
            ("now", "2026-11-21T22:05:06.120Z"),
            ("today", "2026-11-21T16:00:00.000Z"), ("Yesterday", "2026-11-20T16:00:00.000Z"),
            ("tomorrow", "2026-11-22T16:00:00.000Z"), ("-1h", "2026-11-21T21:05:06.120Z"),
            ("+90s", "2026-11-21T22:06:36.120Z"), ("1h30m ago", "2026-11-21T20:35:06.120Z"),
            ("2w ago", "2026-11-07T22:05:06.120Z"), ("@1795298706", "2026-11-21T22:05:06.000Z"),
            ("@1795298706.12", "2026-11-21T22:05:06.120Z"),
            ("2028-02-29", "2028-02-28T16:00:00.000Z"),
        ])
    func reads(text: String, expected: String) throws {
        #expect(try Self.shanghai.parse(text).text() == expected)
    }

    @Test(
        "says where a text is no time",
        arguments: [
            ("", TimeText.Failure.Reason.notATime, 0), ("noon", .notATime, 0),
            ("2026", .notATime, 4),
            ("2026-13-01", .noSuch(.month), 5), ("2026-02-29", .noSuch(.day), 8),
            ("2026-11-21 24:00", .noSuch(.hour), 11), ("2026-11-21T22:60Z", .noSuch(.minute), 14),
            ("2026-11-21T22:05:61Z", .noSuch(.second), 17),
            ("2026-11-21T22:05:06+24:00", .noSuch(.zone), 20),
            ("2026-11-21T22:05:06Zx", .unexpected("x"), 20), ("2026-11-21_", .unexpected("_"), 10),
            ("2026-1-21", .notATime, 5), ("2026-11-21T22:05:06.", .notATime, 20),
            ("-1x", .duration(.unknownUnit("x")), 2), ("5 ago", .duration(.noUnit), 1),
            ("@", .notATime, 1),
            ("@179529870612345", .unexpected("2345"), 12), ("1969-12-31T00:00:00Z", .outOfRange, 0),
            ("@4102444800", .outOfRange, 0), ("-100000d", .outOfRange, 0),
        ])
    func refuses(text: String, reason: TimeText.Failure.Reason, offset: Int) {
        let failure = TimeText.Failure(reason: reason, offset: offset)
        #expect(throws: failure) { try Self.shanghai.parse(text) }
    }

    /// Central Europe in 2026: one hour east, two from 29 March to 25 October, 01:00 UTC.
    static let berlin = TimeText(now: now) { time in
        (1_774_746_000_000..<1_792_890_000_000).contains(time.milliseconds) ? 120 : 60
    }

    @Test(
        "finds its way around clock changes",
        arguments: [
            ("2026-03-29 01:59", "2026-03-29T00:59:00.000Z"),
            ("2026-03-29 03:00", "2026-03-29T01:00:00.000Z"),
            ("2026-03-29 02:30", "2026-03-29T01:30:00.000Z"),
            ("2026-10-25 01:59", "2026-10-24T23:59:00.000Z"),
            ("2026-10-25 02:30", "2026-10-25T00:30:00.000Z"),
            ("2026-10-25 03:00", "2026-10-25T02:00:00.000Z"),
            ("2026-10-26", "2026-10-25T23:00:00.000Z"), ("2026-07-01", "2026-06-30T22:00:00.000Z"),
        ])
    func clockChanges(text: String, expected: String) throws {
        #expect(try Self.berlin.parse(text).text() == expected)
    }

    @Test("writes local time for people and UTC for programs") func writes() {
        #expect(Self.shanghai.text(Self.now, isTerminal: true) == "2026-11-22T06:05:06.120+08:00")
        #expect(Self.shanghai.text(Self.now, isTerminal: false) == "2026-11-21T22:05:06.120Z")
    }

    @Test("reads back what it writes") func law() throws {
        for seed in UInt64(0)..<1000 {
            var random = SeededRandom(seed)
            let time = EventTime(milliseconds: Int64(random.whole(below: 4_102_444_799_999)))
            let offset = random.whole(below: 1700) - 850
            let times = TimeText(now: Self.now) { _ in offset }
            for isTerminal in [true, false] {
                #expect(
                    try times.parse(times.text(time, isTerminal: isTerminal)) == time,
                    "seed \(seed)")
            }
        }
    }

    @Test("any text is a time or refused within itself") func isTotal() {
        for seed in UInt64(0)..<2000 {
            var random = SeededRandom(seed)
            var characters = Array("2026-11-21T22:05:06.120+08:00")
            for _ in 0..<1 + random.whole(below: 4) {
                let piece = random.text(upTo: 1).first ?? "9"
                characters[random.whole(below: characters.count)] = piece
            }
            let text = String(characters)
            do throws(TimeText.Failure) { _ = try Self.shanghai.parse(text) } catch {
                #expect((0...text.utf8.count).contains(error.offset), "seed \(seed)")
            }
        }
    }

    @Test("the local zone is within a day of UTC") func local() {
        #expect(abs(LocalOffset.minutes(at: Self.now)) < 1440)
    }
}
