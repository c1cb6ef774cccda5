import FaultDecoding
import Testing
import VehicleFaults

@Suite("laws of decoding") struct NativeLawTests {
    static let samples = [
        """
        {"topic":"v1/LSV0APA4K37556888/ev","vin":"LSV0APA4K37556888",\
        "ts":"2026-03-01T00:00:00.000Z","odo_km":198556.5,"engine_h":4963.98,"dtcs":[],\
        "signals":{"coolant_c":91.47,"batt_v":13.450,"oil_pressure_front_kpa":288.9}}
        """,
        """
        {"v":1,"vehicle":"van-7","ts":"2026-03-01T01:00:00+01:00","seq":12,"complete":true,\
        "ecu":"ECM","dtcs":[{"code":"P0301-1A","status":["pending","active"],"oc":3,"ecu":16,\
        "freeze":{"coolant_c":-4.5e1,"x":null}},"U0100",{"spn":110,"fmi":0,"status":"active"}],\
        "signals":{"batt_v":null,"coolant_c":true},"gps":{"lat":[1.5,-2e-7],"fix":"3D \\u00e9\\n"}}
        """,
        """
         { "vin" : "Öl" , "x" : [ { } , [ ] , "\\"" , null , false ] }
        """,
    ]

    /// Decodes into a buffer that holds something, and checks what must always hold.
    private func check(
        _ bytes: [UInt8], _ decoder: inout MessageDecoder, _ name: @autoclosure () -> String
    ) -> DecodingFailure? {
        var buffer = ReportBuffer()
        buffer.unknownFields = 3
        buffer.sightings.append(FaultSighting(code: FaultCode(obd: 1)))
        buffer.readings.append(Reading(signal: SignalID(index: 0), value: 1))
        let before = buffer.everything
        do throws(DecodingFailure) {
            try decoder.decode(bytes, into: &buffer)
            if buffer.reports.count != 1 { Issue.record("\(name()): no report") }
            return nil
        } catch {
            if !(0...bytes.count).contains(error.offset) { Issue.record("\(name()): \(error)") }
            if buffer.everything != before { Issue.record("\(name()): the buffer has changed") }
            return error
        }
    }

    @Test("any bytes decode, or say where they stop making sense") func isTotal() {
        var decoder = MessageDecoder.native
        for seed in UInt64(0)..<6_000 {
            var random = SeededRandom(seed)
            _ = check(random.bytes(upTo: 64), &decoder, "seed \(seed)")
        }
    }

    @Test("any JSON-like text decodes, or says where it stops making sense") func isTotalOnTokens()
    {
        let tokens = [
            "{", "}", "[", "]", ":", ",", " ", "\"", "\\", "\\u00", "\"vin\"", "\"A\"", "\"dtcs\"",
            "\"signals\"", "\"batt_v\"", "\"code\"", "\"P0301\"", "\"freeze\"", "\"ts\"", "1",
            "-", "1.5", "e9", "null", "true", "fals", "NaN", "é", "\u{0}", "\"seq\":1",
            "\"vin\":\"A\"",
        ]
        var decoder = MessageDecoder.native
        for seed in UInt64(0)..<6_000 {
            var random = SeededRandom(seed)
            var text = random.happens(0.9) ? "{" : ""
            for _ in 0..<random.below(24) { text += random.one(of: tokens) }
            _ = check(Array(text.utf8), &decoder, "seed \(seed)")
        }
    }

    @Test("every beginning of a message is refused as cut short", arguments: samples.indices)
    func truncations(sample: Int) {
        let bytes = Array(Self.samples[sample].utf8)
        var decoder = MessageDecoder.native
        for count in 0..<bytes.count - 1 {
            let cut = Array(bytes[..<count])
            let failure = check(cut, &decoder, "\(count) bytes")
            let expected: Set<DecodingFailure.Reason> =
                count == 0
                ? [.emptyPayload] : [.truncated, .invalidUTF8, .vehicleMalformed]
            #expect(failure.map { expected.contains($0.reason) } == true, "\(count) bytes")
            if failure?.reason == .truncated { #expect(failure?.offset == count) }
        }
    }

    @Test("no change to a message upsets a decoder, and none is remembered") func mutations() {
        var used = MessageDecoder.native
        let samples = Self.samples.map { Array($0.utf8) }
        for seed in UInt64(0)..<10_000 {
            var random = SeededRandom(seed)
            var bytes = random.one(of: samples)
            for _ in 0...random.below(3) {
                let place = random.below(bytes.count)
                switch random.below(5) {
                case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
                case 1: bytes[place] = random.one(of: Array("{}[]\",:0.-eE\\ntu ".utf8))
                case 2: bytes.remove(at: place)
                case 3: bytes.insert(bytes[random.below(bytes.count)], at: place)
                default:
                    bytes.insert(contentsOf: bytes[place...].prefix(random.below(30)), at: place)
                }
                if bytes.isEmpty { break }
            }
            let failure = check(bytes, &used, "seed \(seed)")
            // What a decoder has seen before may save it time, and must change nothing.
            guard seed % 8 == 0 else { continue }
            var fresh = MessageDecoder.native
            #expect(failure == check(bytes, &fresh, "seed \(seed)"), "seed \(seed)")
        }
    }

    @Test("a decoder that has seen other messages reads the same") func seenOthers() throws {
        var used = MessageDecoder.native
        var random = SeededRandom(5)
        for round in 0..<2_000 {
            let (text, _) = RandomMessage(&random).written(&random)
            var buffer = ReportBuffer()
            try used.decode(Array(text.utf8), into: &buffer)
            #expect(buffer.everything == (try read(text)).everything, "round \(round)")
        }
        for blank in [" ", "\n"] {
            let text = #"{"vin":"A","seq":1,"signals":{"batt_v":2}}"#
                .replacing(":", with: ":" + blank)
            for message in [text, text.replacing(blank, with: ""), text] {
                var buffer = ReportBuffer()
                try used.decode(Array(message.utf8), into: &buffer)
                #expect(buffer.readings.map(\.value) == [2])
            }
        }
        // A known key must not stand in for the comma before it, or for the brace.
        for text in [
            #"{"vin":"A" "seq":1}"#, #"{"vin":"A"{"vin":"A"}"#, #"{,"vin":"A"}"#,
            #"{"vin":"A"  "seq":1}"#,
        ] {
            for warm in [
                #"{"vin":"A", "seq":1}"#, #"{"vin":"A","seq":1}"#, #"{ "vin":"A" ,"seq":1}"#,
            ] {
                var decoder = MessageDecoder.native
                var buffer = ReportBuffer()
                try decoder.decode(Array(warm.utf8), into: &buffer)
                #expect(check(Array(text.utf8), &decoder, text)?.reason == .notJSON)
            }
        }
    }

    @Test("an object of many members reads the same each time") func manyMembers() throws {
        let names = (0..<80).map { "s\($0)" }
        var decoder = MessageDecoder(names: SignalNames(names))
        let members = names.enumerated().map { "\"\($1)\":\($0)" }
        let text = #"{"vin":"A","signals":{\#(members.joined(separator: ","))}}"#
        for _ in 0..<3 {
            var buffer = ReportBuffer()
            try decoder.decode(Array(text.utf8), into: &buffer)
            #expect(buffer.readings.map(\.value) == (0..<80).map(Double.init))
        }
        // Without its comma, a member must not pass for the first.
        let broken = text.replacing(#","s32":32"#, with: #"{"s0":0"#)
        #expect(check(Array(broken.utf8), &decoder, "broken")?.reason == .notJSON)
    }

    @Test("a written report reads as it was") func roundTrip() throws {
        var decoder = MessageDecoder.native
        for seed in UInt64(0)..<3_000 {
            var random = SeededRandom(seed)
            let message = RandomMessage(&random)
            let (text, expected) = message.written(&random)
            var buffer = ReportBuffer()
            try decoder.decode(Array(text.utf8), into: &buffer)
            buffer.reports[0].digest = 0
            guard buffer.everything == expected.everything else {
                Issue.record("seed \(seed): \(text)")
                return
            }
        }
    }
}
