import FleetSimulation
import Testing

@testable import TerminalText

struct DurationTextTests {
    @Test(
        "reads durations",
        arguments: [
            ("90s", 90_000), ("10m", 600_000), ("24h", 86_400_000), ("30d", 2_592_000_000),
            ("7d", 604_800_000), ("1h30m", 5_400_000), ("500ms", 500), ("2w", 1_209_600_000),
            ("0s", 0), ("1w2d3h4m5s6ms", 788_645_006), ("1H30M", 5_400_000),
        ])
    func reads(text: String, milliseconds: Int64) throws {
        #expect(try DurationText.parse(text) == milliseconds)
    }

    @Test(
        "says where a text is no duration",
        arguments: [
            ("", DurationText.Failure.Reason.noNumber, 0), ("h", .noNumber, 0),
            ("-1h", .noNumber, 0),
            ("90", .noUnit, 2), ("1h30", .noUnit, 4), ("3x", .unknownUnit("x"), 1),
            ("1h 30m", .unknownUnit("h "), 1), ("1.5h", .unknownUnit("."), 1),
            ("30m1h", .outOfOrder("h"), 3), ("1h1h", .outOfOrder("h"), 2),
            ("5分", .unknownUnit("分"), 1),
            ("9999999999999999999s", .tooLong, 0), ("99999999999999999w", .tooLong, 0),
            ("٣s", .noNumber, 0),
        ])
    func refuses(text: String, reason: DurationText.Failure.Reason, offset: Int) {
        let failure = DurationText.Failure(reason: reason, offset: offset)
        #expect(throws: failure) { try DurationText.parse(text) }
    }

    @Test("explains itself") func explains() {
        let failure = DurationText.Failure(reason: .unknownUnit("x"), offset: 1)
        #expect(
            failure.description == "'x' at character 2 is no unit; units are ms, s, m, h, d and w")
    }

    @Test(
        "writes durations",
        arguments: [
            (0, Int.max, "0s"), (90_000, .max, "1m30s"), (86_400_000, .max, "1d"),
            (2_592_000_000, .max, "30d"), (500, .max, "500ms"), (93_784_005, .max, "1d2h3m4s5ms"),
            (93_784_005, 2, "1d2h"), (86_460_000, 2, "1d"), (-5_400_000, .max, "-1h30m"),
            (999, 1, "999ms"),
        ])
    func writes(milliseconds: Int64, parts: Int, text: String) {
        #expect(DurationText.text(milliseconds, parts: parts) == text)
    }

    @Test("reads back what it writes") func law() throws {
        for seed in UInt64(0)..<2000 {
            var random = SeededRandom(seed)
            let milliseconds = Int64(random.next() >> (1 + UInt64(random.whole(below: 62))))
            #expect(
                try DurationText.parse(DurationText.text(milliseconds)) == milliseconds,
                "seed \(seed)")
        }
    }

    @Test("Chinese readers are told days, hours and minutes") func chinese() {
        #expect(DurationText.chinese(0) == "0秒")
        #expect(DurationText.chinese(90_000) == "1分钟30秒")
        #expect(DurationText.chinese((264 * 24 + 17) * 3_600_000 + 59_000, parts: 2) == "264天17小时")
        #expect(DurationText.chinese(-7_200_001) == "-2小时1毫秒")
        #expect(DurationText.chinese(14 * 86_400_000) == "14天")
    }
}
