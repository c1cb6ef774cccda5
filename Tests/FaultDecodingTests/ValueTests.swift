import FaultDecoding
import Testing
import VehicleFaults

@Suite("numbers and times") struct ValueTests {
    /// The number that a decoder makes of a text.
    private func number(_ text: String, _ decoder: inout MessageDecoder) throws -> Double {
        var buffer = ReportBuffer()
        try decoder.decode(Array(#"{"vin":"A","odo_km":\#(text)}"#.utf8), into: &buffer)
        return buffer.reports[0].odometerKilometres
    }

    static let numbers = [
        "0", "-0", "0.0", "-0.0", "1", "-1", "10", "1234567", "12345678", "123456.5", "1234567.5",
        "0.1", "0.01", "0.001", "0.3", "91.47", "13.450", "4963.98", "-40", "-273.15", "1e3", "1E3",
        "1e-3", "1.5e+3", "9007199254740991", "9007199254740992", "9007199254740993",
        "90071992547409930", "9007199254740993e-22", "123456789012345678901234567890",
        "0.1234567890123456789012345678901234567890", "1e22", "1e23", "-1e23", "8.5e22", "1e-22",
        "1e-23", "4.9e-324", "2.4703282292062327e-324", "2.4703282292062328e-324",
        "2.2250738585072011e-308", "2.2250738585072014e-308", "1.7976931348623157e308",
        "6.02214076e23", "0.000000000000000000000000000000000000001", "1e-400", "0e400",
        "7.2057594037927933e16", "179769313486231570000000000000000000000e270",
        "100000000000000000000000000000000000000", "0.30000000000000004", "5e-1", "1.0", "1.10",
        "1234.567", "12345.67", "123.4567", "1.234567", "0.123456", "1.2345678",
    ]
    @Test("numbers are those of Double, bit for bit", arguments: numbers)
    func exact(text: String) throws {
        var decoder = MessageDecoder.native
        let value = try number(text, &decoder)
        #expect(value.bitPattern == Double(text)?.bitPattern, "\(text)")
    }

    @Test("any decimal is that of Double, bit for bit") func anyDecimal() throws {
        var random = SeededRandom(1)
        var decoder = MessageDecoder.native
        func digits(_ count: Int) -> String {
            String(
                decoding: (0..<count).map { _ in UInt8(0x30 + random.below(10)) }, as: UTF8.self)
        }
        for row in 0..<20_000 {
            var text = random.happens(0.2) ? "-" : ""
            let long = random.happens(0.2)
            let whole = digits(random.below(long ? 25 : 8))
            let trimmed = whole.drop { $0 == "0" }
            text += trimmed.isEmpty ? "0" : trimmed
            if random.happens(0.8) { text += "." + digits(1 + random.below(long ? 30 : 8)) }
            if random.happens(long ? 0.5 : 0.1) {
                text += random.one(of: ["e", "E", "e+", "e-"]) + "\(random.below(long ? 290 : 30))"
            }
            guard let expected = Double(text), expected.isFinite else { continue }
            let value = try number(text, &decoder)
            guard value.bitPattern == expected.bitPattern else {
                Issue.record("row \(row): \(text) is \(expected), not \(value)")
                return
            }
        }
    }

    @Test("any Double survives its own text") func anyDouble() throws {
        var random = SeededRandom(2)
        var decoder = MessageDecoder.native
        for _ in 0..<20_000 {
            let value = Double(bitPattern: random.next())
            guard value.isFinite else { continue }
            #expect(try number("\(value)", &decoder).bitPattern == value.bitPattern, "\(value)")
        }
    }

    static let times: [(name: String, json: String, time: String)] = [
        ("milliseconds", #""2026-03-01T00:00:01.209Z""#, "2026-03-01T00:00:01.209Z"),
        ("no fraction", #""2026-03-01T23:59:59Z""#, "2026-03-01T23:59:59.000Z"),
        ("one digit", #""2026-03-01T00:00:00.5Z""#, "2026-03-01T00:00:00.500Z"),
        ("nine digits, cut", #""2026-03-01T00:00:00.123999999Z""#, "2026-03-01T00:00:00.123Z"),
        ("east", #""2026-03-01T05:30:00+05:30""#, "2026-03-01T00:00:00.000Z"),
        ("west, the day before", #""2026-02-28T19:00:00.001-05:00""#, "2026-03-01T00:00:00.001Z"),
        ("lower case and a blank", #""2026-03-01 00:00:00z""#, "2026-03-01T00:00:00.000Z"),
        ("a leap day", #""2024-02-29T12:00:00.000Z""#, "2024-02-29T12:00:00.000Z"),
        ("the leap day of 2000", #""2000-02-29T00:00:00.000Z""#, "2000-02-29T00:00:00.000Z"),
        ("a leap second", #""2016-12-31T23:59:60Z""#, "2016-12-31T23:59:59.999Z"),
        (
            "a leap second with milliseconds", #""2016-12-31T23:59:60.500Z""#,
            "2016-12-31T23:59:59.999Z"
        ),
        ("the epoch", #""1970-01-01T00:00:00.000Z""#, "1970-01-01T00:00:00.000Z"),
        ("the last moment", #""2099-12-31T23:59:59.999Z""#, "2099-12-31T23:59:59.999Z"),
        ("a number", "1772323201209", "2026-03-01T00:00:01.209Z"),
        ("a number with a fraction", "1772323201209.9", "2026-03-01T00:00:01.209Z"),
        ("a number with an exponent", "1.772323201209e12", "2026-03-01T00:00:01.209Z"),
        ("an escape", #""2026-03-01T00:00:01.209\u005a""#, "2026-03-01T00:00:01.209Z"),
    ]
    @Test("a time is read", arguments: times)
    func time(name: String, json: String, time: String) throws {
        let buffer = try read(#"{"vin":"A","ts":\#(json)}"#)
        #expect(buffer.reports[0].claimed?.description == time, "\(name)")
    }

    static let noTimes = [
        "2026-02-29T00:00:00.000Z", "2100-02-29T00:00:00.000Z", "2026-04-31T00:00:00.000Z",
        "2026-13-01T00:00:00.000Z", "2026-00-01T00:00:00.000Z", "2026-01-00T00:00:00.000Z",
        "2026-01-32T00:00:00.000Z", "2026-01-01T24:00:00.000Z", "2026-01-01T00:60:00.000Z",
        "2026-01-01T00:00:61.000Z", "2026-01-01T00:00:00.000", "2026-01-01T00:00:00,000Z",
        "2026-01-01", "2026-1-1T00:00:00Z", "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00+0530",
        "2026-01-01T00:00:00+24:00", "2026-01-01T00:00:00.000ZZ", " 2026-01-01T00:00:00Z", "",
        "2026-01-01T00:00Z", "202a-01-01T00:00:00.000Z", "2026-01-01T00:00:00.00aZ",
        "2026/01/01T00:00:00.000Z", "2026-01-01T00:00:00.000z\u{E9}", "2026-01-01T00:00:0é.00Z",
    ]
    @Test("what the calendar does not have is refused", arguments: noTimes)
    func noTime(text: String) {
        #expect(
            refusal(Array(#"{"vin":"A","ts":"\#(text)"}"#.utf8))
                == DecodingFailure(reason: .timeMalformed, offset: 17))
    }

    @Test("any moment survives its own text, in any zone") func anyMoment() throws {
        var random = SeededRandom(3)
        for _ in 0..<5_000 {
            let time = EventTime(milliseconds: Int64(random.below(4_102_444_800_000)))
            let text = time.text(offset: random.happens(0.5) ? 0 : random.below(1_680) - 840)
            #expect(try read(#"{"vin":"A","ts":"\#(text)"}"#).reports[0].claimed == time, "\(text)")
        }
    }
}
