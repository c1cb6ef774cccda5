import FaultDecoding
import Testing
import VehicleFaults

@Suite("lists of codes as text") struct TextCodeTests {
    static let lists: [(name: String, text: String, codes: [String])] = [
        ("blanks", "P0299 P0675", ["P0299", "P0675"]),
        ("commas", "P0299,P0675", ["P0299", "P0675"]),
        ("commas and blanks", " P0299, P0675 ", ["P0299", "P0675"]),
        ("semicolons and lines", "P0299;P0675\r\nU0100", ["P0299", "P0675", "U0100"]),
        ("a list in JSON", #"["P0301", "P0420-11"]"#, ["P0301", "P0420-11"]),
        ("lower case", "p538f,u029f", ["P538F", "U029F"]),
        (
            "a failure type in each form",
            "P0301-1A,P0302:1A,P03031A,0x03041A,03051A,P0306 1A,P0307",
            ["P0301-1A", "P0302-1A", "P0303-1A", "P0304-1A", "P0305-1A", "P0306-1A", "P0307"]
        ),
        (
            "suspect parameters", "SPN 110 FMI 0,SPN 91 FMI 3 P0301",
            ["SPN 110 FMI 0", "SPN 91 FMI 3", "P0301"]
        ),
        ("a maker's own", "E-1234 BMS_17", ["E-1234", "BMS_17"]),
        ("hex letters are legal", "P2BAC", ["P2BAC"]),
        ("twice is once", "P0301,P0301", ["P0301"]),
        ("one", "P0301", ["P0301"]),
    ]
    @Test("a list gives its codes", arguments: lists)
    func list(name: String, text: String, codes: [String]) throws {
        let read = try CodecReading(.textCodes, text)
        #expect(read.buffer.sightings.map { "\($0.code)" } == codes, "\(name)")
        #expect(read.buffer.reports.map(\.list) == [.unstated])
    }

    static let nothing = [
        "", "[]", "null", "NO DATA", "No fault codes detected", "no fault codes detected.", "none",
        "[ ]", "{}", "-", "\"\"", "OK", "P0000", " \r\n",
    ]
    @Test("there are many ways to say that there is none", arguments: nothing)
    func none(text: String) throws {
        let read = try CodecReading(.textCodes, text)
        #expect(read.buffer.sightings.isEmpty)
        #expect(read.buffer.reports.count == 1)
        #expect(read.traps == [.noFault])
    }

    @Test("a missing failure type is not failure type 00") func failureType() throws {
        let bare = try CodecReading(.textCodes, "P0301")
        #expect(bare.buffer.sightings[0].code.failureType == nil)
        #expect(bare.buffer.sightings[0].code != FaultCode(uds: 0x0301, failureType: 0))
        #expect(bare.traps == [.failureTypeUnknown])
    }

    static let refused: [RefusedRow] = [
        ("a count is no list", "0", .notAnAnswer, 0),
        ("another count", "3", .notAnAnswer, 0),
        ("a sentence without a code", "P0301 andsomethingverylongthatnocodeis", .codeMalformed, 6),
        ("a letter that no code has", "P0301 P030é", .codeMalformed, 6),
    ]
    @Test("what is no list is refused", arguments: refused)
    func refuses(name: String, text: String, reason: DecodingFailure.Reason, offset: Int) {
        #expect(
            refusal(.textCodes, Array(text.utf8))
                == DecodingFailure(reason: reason, offset: offset), "\(name)")
    }

    @Test("codes that were written read as they were") func roundTrip() throws {
        for seed in UInt64(0)..<2_000 {
            var random = SeededRandom(seed)
            var codes: [FaultCode] = []
            for _ in 0..<1 + random.below(10) {
                let number = UInt16(1 + random.below(65_535))
                let code =
                    switch random.below(3) {
                    case 0: FaultCode(obd: number)
                    case 1: FaultCode(uds: number, failureType: UInt8(random.below(256)))
                    default: FaultCode(spn: UInt32(number), fmi: UInt8(random.below(32)))
                    }
                if !codes.contains(code) { codes.append(code) }
            }
            let separator = random.one(of: [",", ", ", ";", "\n", "|"])
            let text = codes.map(\.description).joined(separator: separator)
            #expect(
                try CodecReading(.textCodes, text).buffer.sightings.map(\.code) == codes,
                "seed \(seed)")
        }
    }
}

@Suite("paths of the vehicle signal specification") struct VSSTests {
    static let shapes: [(name: String, text: String, lines: [String])] = [
        ("flat", #"{"Vehicle.OBD.CoolantTemperature": 83}"#, ["coolant_c=83.0"]),
        ("slashes", #"{"Vehicle/OBD/CoolantTemperature": 83}"#, ["coolant_c=83.0"]),
        (
            "a tree", #"{"Vehicle":{"OBD":{"CoolantTemperature":83,"EngineSpeed":812.5}}}"#,
            ["coolant_c=83.0 rpm=812.5"]
        ),
        (
            "a tree of datapoints",
            #"{"Vehicle":{"Speed":{"value":80,"timestamp":"2026-03-01T00:00:00Z"}}}"#,
            ["speed_kmh=80.0 at=2026-03-01T00:00:00.000Z"]
        ),
        (
            "a datapoint, whose value is a text",
            #"{"path":"Vehicle.OBD.CoolantTemperature","dp":{"value":"83","ts":"2026-03-01T00:00:00Z"}}"#,
            ["coolant_c=83.0 at=2026-03-01T00:00:00.000Z"]
        ),
        (
            "several datapoints, of which the last is the newest",
            #"{"path":"Vehicle.Speed","dp":[{"value":"70","ts":"2026-03-01T00:00:00Z"},{"value":"80","ts":"2026-03-01T00:00:01Z"}]}"#,
            ["speed_kmh=80.0 at=2026-03-01T00:00:01.000Z"]
        ),
        (
            "a list of datapoints",
            #"[{"path":"Vehicle.Speed","dp":{"value":"80"}},{"path":"Vehicle.OBD.EngineLoad","dp":{"value":"50"}}]"#,
            ["speed_kmh=80.0 load_pct=50.0"]
        ),
        (
            "an answer of a VISS server",
            #"{"action":"get","requestId":"8","data":{"path":"Vehicle.Speed","dp":{"value":"80","ts":"2026-03-01T00:00:00Z"}},"ts":"2026-03-01T00:00:05Z"}"#,
            ["speed_kmh=80.0 at=2026-03-01T00:00:00.000Z"]
        ),
        (
            "Kuksa's entry",
            #"{"entry":{"path":"Vehicle.OBD.CoolantTemperature","value":{"timestamp":"2026-03-01T00:00:00Z","float":83}}}"#,
            ["coolant_c=83.0 at=2026-03-01T00:00:00.000Z"]
        ),
        (
            "the list of codes of the OBD overlay", #"{"Vehicle.OBD.DTCList":["P0301","P0420"]}"#,
            ["- snapshot active P0301 P0420"]
        ),
        (
            "the list of codes of the main catalogue",
            #"{"Vehicle.Diagnostics.DTCList":["P0301","U010087"]}"#,
            ["- snapshot active P0301 U0100-87"]
        ),
        (
            "both lists",
            #"{"Vehicle.OBD.DTCList":["P0301"],"Vehicle.Diagnostics.DTCList":["P0301","P0420"]}"#,
            ["- snapshot active P0301 P0420"]
        ),
        ("an empty list", #"{"Vehicle.OBD.DTCList":[]}"#, ["- snapshot active"]),
        ("no list", #"{"Vehicle.OBD.DTCList":null}"#, ["- snapshot active"]),
        (
            "a list in one text",
            #"{"path":"Vehicle.Diagnostics.DTCList","dp":{"value":"P0301, P0420"}}"#,
            ["- snapshot active P0301 P0420"]
        ),
        (
            "the other paths of OBD",
            #"{"Vehicle.OBD":{"Status":{"DTCCount":2,"IsMILOn":true},"ShortTermFuelTrim1":1.5,"ControlModuleVoltage":14,"RunTime":2265,"DistanceWithMIL":4643,"DistanceSinceDTCClear":200,"WarmupsSinceDTCClear":7,"FreezeDTC":"P0301"}}"#,
            [
                "dtc_count=2.0 mil_on=1.0 trim_short1_pct=1.5 batt_v=14.0 run_s=2265.0 mil_km=4643.0 clear_km=200.0 clear_warmups=7.0"
            ]
        ),
        (
            "service",
            #"{"Vehicle.Service":{"IsServiceDue":false,"DistanceToService":1200,"TimeToService":864000},"Vehicle.Diagnostics.DTCCount":1}"#,
            ["service_due=0.0 service_km=1200.0 service_s=864000.0 dtc_count=1.0"]
        ),
        (
            "who it is",
            #"{"Vehicle.VehicleIdentification.VIN":"1M8GDM9AXKP042788","Vehicle.TraveledDistance":48211.4}"#,
            ["odo=48211.4 of=1M8GDM9AXKP042788"]
        ),
        ("a path of the maker's", #"{"Vehicle.Private.Wear": 0.4}"#, ["Vehicle.Private.Wear=0.4"]),
        ("a text that is not kept", #"{"Vehicle.Cabin.Seat":"left"}"#, [""]),
    ]
    @Test("a message gives its codes and readings", arguments: shapes)
    func shape(name: String, text: String, lines: [String]) throws {
        let read = try CodecReading(.vss, text).lines
        #expect(read == lines, "\(name)")
    }

    @Test("a bad value spoils itself alone") func partial() throws {
        let text =
            #"{"Vehicle.OBD.CoolantTemperature":"warm","Vehicle.Speed":80,"Vehicle.OBD.EngineSpeed":99999}"#
        let read = try CodecReading(.vss, text)
        #expect(read.lines == ["speed_kmh=80.0"])
        #expect(read.trace.refusals.map(\.reason) == [.wrongType, .numberOutOfRange])
        // A count where a list should be leaves open which codes there are.
        let count = try CodecReading(.vss, #"{"Vehicle.OBD.DTCList":[3,"P0301"]}"#)
        #expect(count.lines == ["- delta active P0301"])
    }

    static let refused: [RefusedRow] = [
        ("no JSON", "P0301", .notJSON, 0), ("cut short", #"{"Vehicle.Speed":8"#, .truncated, 18),
        ("no path", "{}", .notAnAnswer, 0), ("a number", "8", .wrongType, 0),
        ("something behind it", "{} x", .notJSON, 3),
    ]
    @Test("what is no message is refused", arguments: refused)
    func refuses(name: String, text: String, reason: DecodingFailure.Reason, offset: Int) {
        #expect(
            refusal(.vss, Array(text.utf8)) == DecodingFailure(reason: reason, offset: offset),
            "\(name)")
    }

    /// Paths and what they are read as.
    private static let known: [(path: String, signal: String)] = [
        ("OBD.CoolantTemperature", "coolant_c"), ("OBD.EngineSpeed", "rpm"),
        ("OBD.ControlModuleVoltage", "batt_v"), ("OBD.EngineLoad", "load_pct"),
        ("Diagnostics.DTCCount", "dtc_count"),
    ]

    @Test("values that were written read as they were, in every shape") func roundTrip() throws {
        for seed in UInt64(0)..<400 {
            var random = SeededRandom(seed)
            var values: [(path: String, text: String, expected: String)] = []
            for known in Self.known where random.happens(0.6) {
                let value = Double(random.below(900)) / 10
                values.append((known.path, "\(value)", "\(known.signal)=\(value)"))
            }
            let codes = (0..<random.below(4)).map { "P0\(100 + $0 * 7 + random.below(7))" }
            let list = "[" + codes.map { "\"\($0)\"" }.joined(separator: ",") + "]"
            values.append(("OBD.DTCList", list, ""))
            let text: String
            switch random.below(4) {
            case 0:
                text =
                    "{" + values.map { "\"Vehicle.\($0.path)\":\($0.text)" }.joined(separator: ",")
                    + "}"
            case 1:
                text =
                    "{"
                    + values.map { "\"Vehicle/\($0.path.replacing(".", with: "/"))\":\($0.text)" }
                    .joined(separator: ",") + "}"
            case 2:
                text =
                    "["
                    + values.map {
                        let isList = $0.text.hasPrefix("[")
                        let value = isList ? $0.text : "\"\($0.text)\""
                        return "{\"path\":\"Vehicle.\($0.path)\",\"dp\":{\"value\":\(value)}}"
                    }.joined(separator: ",") + "]"
            default:
                let branches = values.map { value in
                    let parts = value.path.split(separator: ".")
                    return "\"\(parts[0])\":{\"\(parts[1])\":{\"value\":\(value.text)}}"
                }
                text = "[" + branches.map { "{\"Vehicle\":{\($0)}}" }.joined(separator: ",") + "]"
            }
            let expected =
                (["- snapshot active"] + codes + values.map(\.expected).filter { !$0.isEmpty })
                .joined(separator: " ")
            let lines = try CodecReading(.vss, text).lines
            demand(lines == [expected], "seed \(seed): \(text) gives \(lines), not \(expected)")
        }
    }

    @Test("depth and number of values are capped") func caps() {
        let deep = String(repeating: #"{"a":"#, count: 40) + "1" + String(repeating: "}", count: 40)
        #expect(refusal(.vss, Array(deep.utf8))?.reason == .tooDeep)
        let wide = "[" + String(repeating: "0,", count: 70_000) + "0]"
        #expect(refusal(.vss, Array(wide.utf8))?.reason == .tooManySignals)
    }
}
