import FaultDecoding
import Testing
import VehicleFaults

/// A decoder that has seen a message of the same form reads values only. What it reads must be what
/// a decoder reads that has seen nothing.
@Suite("forms of messages") struct MessageFormTests {
    /// What may stand beside a message, so that a value which does not end would go on.
    private static let others = [
        "", "\n", "}", "}}", "5", "\"", ",\"vin\":\"X\"}", "e5,", "]}", "\u{7F}é",
    ]

    /// Values as devices send them, and as none should.
    private static let values = [
        "1", "-1", "0", "-0", "12.50", "1234567.8", "12345678901234567890", "1e3", "-4.5e-2",
        "1e400",
        "1e301", "01", "1.", "-", "+1", ".5", "null", "nul", "true", "false", "NaN", "\"\"",
        "\"ABC-7\"", "\"abc\"", "\"LSV0APA4K37556888\"", "\"LSV0APA4K3755688\"", "\"Öl\"",
        "\"a\\n\"",
        "\"a", "\"2026-03-01T00:00:00.000Z\"", "\"2026-03-01T01:00:00+01:00\"",
        "\"2026-02-30T00:00\"",
        "1772323200000", "{}", "[]", "[1,2]", "{\"a\":[1,{\"b\":\"c\"}]}", "[[[[[[[]]]]]]]",
        "[\"P0301\"]",
        "[{\"code\":\"P0301\",\"status\":\"pending\",\"freeze\":{\"coolant_c\":1,\"other\":2}}]",
        "",
        " 5", "5 ", "5,\"seq\":7", "5}", "\u{1}",
    ]

    private static let forms = [
        [
            "{\"topic\":", ",\"vin\":", ",\"ts\":", ",\"odo_km\":", ",\"engine_h\":", ",\"dtcs\":",
            ",\"signals\":{\"coolant_c\":", ",\"batt_v\":",
            ",\"unknown_a_rather_long_name_of_a_signal\":",
            "}}",
        ],
        [
            "{ \"v\": 1, \"vehicle\": ", ", \"ts\": ", ", \"seq\": ",
            ", \"complete\": true, \"ecu\": \"ECM\"",
            ", \"dtcs\": ", ", \"gps\": ", ", \"signals\": {\"oil_pressure_front_kpa\": ",
            ", \"batt_v\": null, \"coolant_c\": ", "}}\n",
        ],
        ["{\"complete\":false,\"vin\":\"ABC\",\"dtcs\":", ",\"v\":", ",\"ecu\":", ",\"t\":", "}"],
    ]

    /// What stands in the gaps of a form of a message that is taken.
    private static let good = [
        [
            "\"v1/x/ev\"", "\"LSV0APA4K37556888\"", "\"2026-03-01T00:00:00.000Z\"", "1.5", "2",
            "[]",
            "91.47", "13.450", "7",
        ],
        [
            "\"van-7\"", "1772323200000", "12", "", "[{\"code\":\"P0301\"}]", "{\"lat\":1}", "1",
            "2",
        ],
        ["[\"P0301\"]", "1", "\"ABS\"", "5"],
    ]

    private func text(_ form: Int, _ values: [String]) -> String {
        var text = ""
        for (index, part) in Self.forms[form].enumerated() {
            text += part + (index < values.count ? values[index] : "")
        }
        return text
    }

    @Test("any values in known forms read as if nobody had seen the form")
    func valuesInForms() {
        var used = MessageDecoder.native
        var usedInPlace = MessageDecoder.native
        var taken = 0
        for seed in UInt64(0)..<20_000 {
            var random = SeededRandom(seed)
            let form = random.below(Self.forms.count)
            var values = Self.good[form]
            // The message before the changed one has the form, so that it is known.
            if seed % 4 == 0 {
                let known = used.outcome(text(form, values))
                #expect(known.hasPrefix("["), "\(known)")
                _ = usedInPlace.outcome(text(form, values), among: "\n")
            }
            for _ in 0...random.below(2) {
                values[random.below(values.count)] = random.one(of: Self.values)
            }
            let message = text(form, values)
            let expected = MessageDecoder.freshOutcome(message)
            let read = used.outcome(message)
            let others = random.one(of: Self.others)
            let readInPlace = usedInPlace.outcome(message, among: others)
            if expected.hasPrefix("[") { taken += 1 }
            guard read == expected, readInPlace == expected else {
                Issue.record(
                    """
                    seed \(seed): \(message)
                    read \(read)
                    in place \(readInPlace) among \(others)
                    not \(expected)
                    """)
                return
            }
        }
        #expect(taken > 2_000 && taken < 18_000, "\(taken) of 20000 messages were taken")
    }

    @Test("no byte between the values may differ") func fixedBytes() {
        for form in Self.forms.indices {
            let message = Array(text(form, Self.good[form]).utf8)
            // The first message gives the form, the second one the places of its values.
            var known = MessageDecoder.native
            for _ in 0..<3 { _ = known.outcome(String(decoding: message, as: UTF8.self)) }
            for place in message.indices {
                for byte in [
                    0x20, 0x22, 0x2C, 0x2D, 0x2E, 0x30, 0x41, 0x5C, 0x65, 0x7D, message[place] ^ 1,
                ] {
                    var used = known
                    var changed = message
                    changed[place] = UInt8(byte)
                    let text = String(decoding: changed, as: UTF8.self)
                    let expected = MessageDecoder.freshOutcome(text)
                    let read = [used.outcome(text), used.outcome(text, among: "}")]
                    #expect(read == [expected, expected], "\(text)")
                }
            }
        }
    }

    @Test("messages of many forms in turn read as alone") func manyForms() {
        var used = MessageDecoder.native
        var random = SeededRandom(11)
        // More forms than are kept, for longer than the decoder goes on trying.
        let names = (0..<12).map { "field_\($0)" }
        for round in 0..<6_000 {
            let few = round / 500 % 2 == 0 ? 3 : 12
            let name = names[random.below(few)]
            let message =
                #"{"vin":"A","\#(name)":\#(round),"signals":{"batt_v":\#(random.below(99))}}"#
            let read = used.outcome(message)
            #expect(read == MessageDecoder.freshOutcome(message), "round \(round)")
        }
    }
}
