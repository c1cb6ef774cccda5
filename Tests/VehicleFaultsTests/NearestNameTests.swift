import Testing

@testable import VehicleFaults

struct NearestNameTests {
    @Test(
        "finds the name that was meant",
        arguments: [
            ("a swap", "tikcet", "ticket"), ("a letter too many", "replayy", "replay"),
            ("a letter missing", "bcktest", "backtest"), ("case", "TAIL", "tail"),
            ("another word", "frobnicate", nil),
            ("nothing", "", nil), ("one letter", "x", nil), ("the name itself", "rule", "rule"),
            ("a short name", "ru", "run"), ("two slips", "vehcile", "vehicle"),
        ])
    func find(name: String, typed: String, expected: String?) {
        let names = ["run", "rule", "ticket", "tail", "replay", "report", "backtest", "vehicle"]
        #expect(NearestName.find(typed, among: names) == expected, "\(name)")
    }

    @Test(
        "counts slips",
        arguments: [
            ("", "", 0), ("abc", "", 3), ("ab", "ba", 1), ("ca", "abc", 3),
            ("kitten", "sitting", 3),
        ])
    func distance(a: String, b: String, slips: Int) {
        #expect(NearestName.distance(Array(a), Array(b)) == slips)
        #expect(NearestName.distance(Array(b), Array(a)) == slips)
    }
}
