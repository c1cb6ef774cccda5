import FaultDecoding
import Testing
import VehicleFaults

/// A payload, and where it is refused.
typealias RefusedRow = (name: String, text: String, reason: DecodingFailure.Reason, offset: Int)

@Suite("refusals") struct RefusalTests {
    static let syntax: [RefusedRow] = [
        ("nothing", "", .emptyPayload, 0),
        ("blanks", "  ", .truncated, 2),
        ("no JSON", "hello", .notJSON, 0),
        ("an array", "[1]", .wrongType, 0),
        ("a string", #""P0301""#, .wrongType, 0),
        ("null", "null", .wrongType, 0),
        ("half a null", "nul", .truncated, 3),
        ("an open brace", "{", .truncated, 1),
        ("no name", #"{vin:"A"}"#, .notJSON, 1),
        ("no colon", #"{"vin" "A"}"#, .notJSON, 7),
        ("no comma", #"{"vin":"A" "seq":1}"#, .notJSON, 11),
        ("a comma too many", #"{"vin":"A",}"#, .notJSON, 11),
        ("two objects", #"{"vin":"A"}{"vin":"A"}"#, .notJSON, 11),
        ("a NUL at the end", "{\"vin\":\"A\"}\0", .notJSON, 11),
        ("a NUL inside", "{\"vin\":\"A\0\"}", .notJSON, 9),
        ("a line break in a string", "{\"vin\":\"A\n\"}", .notJSON, 9),
        ("a bad escape", #"{"vin":"A","x":"\x"}"#, .notJSON, 17),
        ("a bad escape in digits", #"{"vin":"A","x":"\u00G0"}"#, .notJSON, 20),
        ("half a surrogate", #"{"vin":"\uD800"}"#, .notJSON, 8),
        ("a bracket for a brace", #"{"vin":"A","x":{"a":1]}"#, .notJSON, 21),
        ("a brace for a bracket", #"{"vin":"A","x":[1}"#, .notJSON, 17),
        ("a leading zero", #"{"vin":"A","odo_km":01.5}"#, .notJSON, 21),
        ("a leading zero, unknown", #"{"vin":"A","x":-01}"#, .notJSON, 17),
        ("no digit after the point", #"{"vin":"A","odo_km":1.}"#, .notJSON, 22),
        ("no digit before the point", #"{"vin":"A","odo_km":.5}"#, .notJSON, 20),
        ("a plus", #"{"vin":"A","odo_km":+5}"#, .notJSON, 20),
        ("no digit in the exponent", #"{"vin":"A","odo_km":1e}"#, .notJSON, 22),
        ("only a minus", #"{"vin":"A","odo_km":-}"#, .notJSON, 20),
        ("a comma for a point", #"{"vin":"A","odo_km":1,5}"#, .notJSON, 22),
        ("NaN", #"{"vin":"A","odo_km":NaN}"#, .notANumber, 20),
        ("nan of a signal", #"{"vin":"A","signals":{"batt_v":nan}}"#, .notANumber, 31),
        ("Infinity", #"{"vin":"A","x":[Infinity]}"#, .notANumber, 16),
        ("-Infinity", #"{"vin":"A","engine_h":-Infinity}"#, .notANumber, 22),
        ("a number that is none, cut", #"{"vin":"A","engine_h":-Infin"#, .truncated, 28),
    ]
    @Test("broken JSON is refused where it breaks", arguments: syntax)
    func breaks(name: String, text: String, reason: DecodingFailure.Reason, offset: Int) {
        #expect(
            refusal(Array(text.utf8)) == DecodingFailure(reason: reason, offset: offset), "\(name)")
    }

    static let meaning: [RefusedRow] = [
        ("no vehicle", #"{"seq":1}"#, .noVehicle, 8),
        ("an empty vehicle", #"{"vin":""}"#, .vehicleMalformed, 8),
        ("a blank in a vehicle", #"{"vin":"VAN 7"}"#, .vehicleMalformed, 8),
        (
            "41 characters", #"{"vin":"01234567890123456789012345678901234567890"}"#,
            .vehicleMalformed, 8
        ),
        ("an umlaut", #"{"vin":"Ö1"}"#, .vehicleMalformed, 8),
        ("17 bytes with an umlaut", #"{"vin":"WVWZZZ1JZXW0000Ö"}"#, .vehicleMalformed, 8),
        ("an escaped NUL", #"{"vin":"\u0000"}"#, .vehicleMalformed, 8),
        ("two vehicles", #"{"vin":"A","vehicle":"B"}"#, .vehicleMismatch, 22),
        ("a voltage for a VIN", #"{"vin":28.05}"#, .wrongType, 7),
        ("another version", #"{"v":2,"vin":"A"}"#, .versionUnsupported, 5),
        ("a version in words", #"{"v":"1","vin":"A"}"#, .wrongType, 5),
        ("a name twice", #"{"vin":"A","vin":"A"}"#, .duplicateKey, 11),
        ("an escaped name twice", #"{"vin":"A","v\u0069n":"A"}"#, .duplicateKey, 11),
        ("a null and a value", #"{"vin":"A","seq":null,"seq":1}"#, .duplicateKey, 22),
        ("a signal twice", #"{"vin":"A","signals":{"batt_v":1,"batt_v":1}}"#, .duplicateKey, 33),
        (
            "a null signal twice", #"{"vin":"A","signals":{"batt_v":null,"batt_v":1}}"#,
            .duplicateKey, 36
        ),
        (
            "a fault's field twice", #"{"vin":"A","dtcs":[{"code":"P0301","code":"P0301"}]}"#,
            .duplicateKey, 35
        ),
        (
            "a reading of a freeze frame twice",
            #"{"vin":"A","dtcs":[{"freeze":{"batt_v":1,"batt_v":1}}]}"#, .duplicateKey, 41
        ),
        ("seconds in words", #"{"vin":"A","ts":"yesterday"}"#, .timeMalformed, 17),
        ("a time before 1970", #"{"vin":"A","ts":-1}"#, .timeOutOfRange, 16),
        ("a time after 2099", #"{"vin":"A","ts":4102444800000}"#, .timeOutOfRange, 16),
        (
            "a time of the year 2100", #"{"vin":"A","ts":"2100-01-01T00:00:00.000Z"}"#,
            .timeOutOfRange, 17
        ),
        ("a bool for a time", #"{"vin":"A","ts":true}"#, .wrongType, 16),
        ("a negative sequence", #"{"vin":"A","seq":-1}"#, .numberOutOfRange, 17),
        (
            "a sequence of 65 bits", #"{"vin":"A","seq":18446744073709551616}"#, .numberOutOfRange,
            17
        ),
        ("a broken sequence", #"{"vin":"A","seq":1.5}"#, .wrongType, 17),
        (
            "a watched signal beyond numbers", #"{"vin":"A","signals":{"coolant_c":1e400}}"#,
            .numberOutOfRange, 34
        ),
        (
            "an unwatched signal beyond numbers", #"{"vin":"A","signals":{"q":-1e400}}"#,
            .numberOutOfRange, 26
        ),
        ("an unknown field beyond numbers", #"{"vin":"A","x":[1E+999]}"#, .numberOutOfRange, 16),
        ("an odometer beyond numbers", #"{"vin":"A","odo_km":1e400}"#, .numberOutOfRange, 20),
        ("an odometer in words", #"{"vin":"A","odo_km":"12"}"#, .wrongType, 20),
        ("a list in words", #"{"vin":"A","dtcs":"P0301 P0302"}"#, .wrongType, 18),
        ("a number in the list", #"{"vin":"A","dtcs":[301]}"#, .wrongType, 19),
        ("an empty code", #"{"vin":"A","dtcs":[""]}"#, .codeMalformed, 20),
        ("a code too long", #"{"vin":"A","dtcs":["P0301 misfire in 1"]}"#, .codeMalformed, 20),
        ("no code", #"{"vin":"A","dtcs":[{}]}"#, .codeMalformed, 20),
        ("an SPN alone", #"{"vin":"A","dtcs":[{"spn":91}]}"#, .codeMalformed, 26),
        ("an SPN of 20 bits", #"{"vin":"A","dtcs":[{"spn":524288,"fmi":1}]}"#, .codeMalformed, 26),
        ("an FMI of 6 bits", #"{"vin":"A","dtcs":[{"spn":91,"fmi":32}]}"#, .codeMalformed, 26),
        (
            "an unknown status", #"{"vin":"A","dtcs":[{"code":"P0301","status":"bad"}]}"#,
            .statusUnknown, 45
        ),
        (
            "half a status", #"{"vin":"A","dtcs":[{"code":"P0301","status":"active|"}]}"#,
            .statusUnknown, 45
        ),
        (
            "a status by number", #"{"vin":"A","dtcs":[{"code":"P0301","status":8}]}"#, .wrongType,
            44
        ),
        ("an ECU's name too long", #"{"vin":"A","ecu":"12345678901234567"}"#, .ecuMalformed, 17),
        ("an ECU below zero", #"{"vin":"A","ecu":-1}"#, .ecuMalformed, 17),
        ("a list for signals", #"{"vin":"A","signals":[]}"#, .wrongType, 21),
        ("a word for complete", #"{"vin":"A","complete":"yes"}"#, .wrongType, 22),
        ("an unknown word for complete", #"{"vin":"A","complete":yes}"#, .notJSON, 22),
    ]
    @Test("a message that makes no sense is refused where it stops", arguments: meaning)
    func stops(name: String, text: String, reason: DecodingFailure.Reason, offset: Int) {
        #expect(
            refusal(Array(text.utf8)) == DecodingFailure(reason: reason, offset: offset), "\(name)")
    }

    static let encodings: [(name: String, bytes: [UInt8], offset: Int)] = [
        ("a lone byte", [0xFF], 16),
        ("an overlong slash", [0xC0, 0xAF], 16),
        ("a surrogate", [0xED, 0xA0, 0x80], 16),
        ("a cut character", [0xE6, 0xB2], 16),
        ("beyond Unicode", [0xF4, 0x90, 0x80, 0x80], 16),
        ("after a good one", [0xC3, 0x96, 0x80], 18),
    ]
    @Test(
        "text that is not UTF-8 is refused, even in a field that is skipped", arguments: encodings)
    func encoding(name: String, bytes: [UInt8], offset: Int) {
        let payload = Array(#"{"vin":"A","x":""#.utf8) + bytes + Array(#""}"#.utf8)
        #expect(
            refusal(payload) == DecodingFailure(reason: .invalidUTF8, offset: offset), "\(name)")
    }

    @Test("nesting costs no stack") func depth() {
        for open in ["[", #"{"a":"#] {
            let text = #"{"vin":"A","x":"# + String(repeating: open, count: 10_000)
            #expect(
                refusal(Array(text.utf8))
                    == DecodingFailure(reason: .tooDeep, offset: 15 + 31 * open.utf8.count))
        }
        let deepest = String(repeating: "[", count: 31) + String(repeating: "]", count: 31)
        #expect(refusal(Array(#"{"vin":"A","x":\#(deepest)}"#.utf8)) == nil)
    }

    @Test("limits hold to the last one") func limits() {
        let limits = DecodingLimits(bytes: 200, depth: 1, faults: 2, signals: 2)
        #expect(limits.depth == 4, "what a message needs")
        let decoder = MessageDecoder(names: SignalNames(signalNames), limits: limits)
        let rows: [(String, DecodingFailure?)] = [
            (#"{"vin":"A","dtcs":["P1","P2"]}"#, nil),
            (#"{"vin":"A","dtcs":["P1","P2","P3"]}"#, .init(reason: .tooManyFaults, offset: 29)),
            (#"{"vin":"A","signals":{"a":1,"b":2}}"#, nil),
            (
                #"{"vin":"A","signals":{"a":1,"b":2,"c":3}}"#,
                .init(reason: .tooManySignals, offset: 34)
            ),
            (#"{"vin":"A"}"# + String(repeating: " ", count: 189), nil),
            (
                #"{"vin":"A"}"# + String(repeating: " ", count: 190),
                .init(reason: .tooLarge, offset: 200)
            ),
        ]
        for (text, failure) in rows { #expect(refusal(Array(text.utf8), decoder) == failure) }
        let huge = [UInt8](repeating: 0x5B, count: 10_000_000)
        #expect(refusal(huge) == DecodingFailure(reason: .tooLarge, offset: 262_144))
    }

    @Test("a refused message leaves the buffer as it was, and the decoder fit") func rollBack()
        throws
    {
        var decoder = MessageDecoder.native
        var buffer = ReportBuffer()
        let good = Array(#"{"vin":"A","dtcs":["P0301"],"signals":{"batt_v":1,"x":2}}"#.utf8)
        try decoder.decode(good, into: &buffer)
        let before = buffer.everything
        let bad = Array(
            #"""
            {"vin":"A","y":1,"dtcs":[{"code":"P0301","freeze":{"batt_v":1}}],
            "signals":{"batt_v":1,"coolant_c":"x"},"seq":-1}
            """#.utf8)
        #expect(throws: DecodingFailure.self) { try decoder.decode(bad, into: &buffer) }
        #expect(buffer.everything == before)
        var again = ReportBuffer()
        try decoder.decode(good, into: &again)
        #expect(again.everything == before)
    }

    @Test("reasons keep their names") func names() {
        for reason in DecodingFailure.Reason.allCases {
            #expect(reason.rawValue.allSatisfy { $0.isLowercase || $0 == "_" || $0 == "8" })
        }
        #expect(DecodingFailure.Reason.invalidUTF8.rawValue == "invalid_utf8")
        #expect(DecodingFailure.Reason.notJSON.rawValue == "not_json")
    }
}
