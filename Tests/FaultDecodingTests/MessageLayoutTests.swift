import FaultDecoding
import Testing
import VehicleFaults

/// Messages whose values are as wide as those of an earlier one are read by the places of these. What
/// is read must be what a decoder reads that has seen nothing.
@Suite("layouts of messages") struct MessageLayoutTests {
    /// What stands beside messages that are read where they are.
    private static let others = "\n{\"vin\":\"B\"}"

    /// Digits as a number, most often one that JSON allows.
    private func number(_ random: inout SeededRandom) -> String {
        var text = random.below(8) == 0 ? "-" : ""
        let whole = [1, 2, 3, 3, 5, 7, 8, 9][random.below(8)]
        for _ in 0..<whole { text += "\(random.below(10))" }
        if whole > 1, text.first == "0", random.below(4) > 0 { text = "1" + text.dropFirst() }
        let places = [0, 0, 1, 1, 2, 2, 3, 6][random.below(8)]
        if places > 0 {
            text += "."
            for _ in 0..<places { text += "\(random.below(10))" }
        }
        return random.below(60) == 0 ? text + "e1" : text
    }

    private func name(_ random: inout SeededRandom, _ counts: [Int]) -> String {
        let letters = Array(
            "0123456789ABCDEFGHXYZ0123456789ABCDEFGHXYZ0123456789ABCDEFGHXYZ:;<=>?@[#^_`az~-./ \\\"é\u{7F}"
        )
        let usual = 60
        let count = counts[random.below(counts.count)]
        return String(
            (0..<count).map { _ in
                letters[random.below(random.below(500) == 0 ? letters.count : usual)]
            })
    }

    private func time(_ random: inout SeededRandom) -> String {
        let odd = random.below(60) == 0
        func two(_ most: Int) -> String {
            let value = random.below(odd ? most + 3 : most)
            return value < 10 ? "0\(value)" : "\(value)"
        }
        let day = random.below(4) == 0 ? two(29) : "11"
        let minute = random.below(4) == 0 ? two(60) : "59"
        return
            "2026-02-\(day)T0\(random.below(10)):\(minute):\(two(60)).\(random.below(10))\(two(60))Z"
    }

    private func message(_ random: inout SeededRandom) -> String {
        let vehicle = name(
            &random, [1, 7, 8, 9, 16, 17, 17, 17, 17, 17, 17, 24, 25, 17, 17, 17, 0])
        switch random.below(6) {
        case 0:
            return
                #"{"vehicle":"\#(vehicle)","seq":\#(random.below(9) == 0 ? number(&random) : "7\(random.below(9_999_999))"),"odo_km":\#(number(&random)),"#
                + #""x":\#(number(&random)),"signals":{"coolant_c":\#(number(&random)),"#
                + #""y":"\#(name(&random, [3]))"}}"#
        case 1:
            return
                #"{"v":1,"ts":"\#(time(&random))","vin":"\#(vehicle)","complete":true,"ecu":"ABS","#
                + #""dtcs":\#(random.below(9) == 0 ? #"["P0301"]"# : "[]"),"engine_h":\#(number(&random))}"#
        default:
            return #"{"topic":"v1/\#(vehicle)/ev","vin":"\#(vehicle)","ts":"\#(time(&random))","#
                + #""odo_km":\#(number(&random)),"engine_h":\#(number(&random)),"dtcs":[],"signals":"#
                + #"{"coolant_c":\#(number(&random)),"batt_v":\#(number(&random))}}"#
        }
    }

    @Test("values of any width read as if nobody had seen their places", arguments: [true, false])
    func anyWidths(inPlace: Bool) {
        var used = MessageDecoder.native
        var random = SeededRandom(23)
        var taken = 0
        for round in 0..<4_000 {
            // Each one again with other digits, so that the second often has the places of the first.
            let first = message(&random)
            for turn in 0..<8 {
                var text = first
                if turn > 1 {
                    text = String(
                        first.map { character in
                            character.isASCII && character.isNumber && random.below(3) == 0
                                ? Character("\(random.below(10))") : character
                        })
                }
                let expected = MessageDecoder.freshOutcome(text)
                let read = used.outcome(text, among: inPlace ? Self.others : nil)
                if expected.hasPrefix("[") { taken += 1 }
                guard read == expected else {
                    Issue.record("round \(round): \(text)\nread \(read)\nnot \(expected)")
                    return
                }
            }
        }
        #expect(taken > 10_000 && taken < 30_000, "\(taken) of 32000 messages were taken")
    }

    /// A list of faults, most often one that a message may have.
    private func faults(_ random: inout SeededRandom) -> String {
        let digit = random.below(10)
        let lists = [
            #"["P0301"]"#, #"[{"code":"P0\#(digit)20","status":"pending","fmi":null}]"#,
            #"[{"code":"P0420","status":["active","permanent"],"oc":-\#(digit),"ecu":"TCM"},{"spn":1208,"fmi":3}]"#,
            #"[{"code":"U0\#(digit)00","x":[1,{"y":"]"}]}, {"code":"C0035"}]"#,
            #"[{"code":"P0171","freeze":{"coolant_c":88.\#(digit),"z":1}}]"#,
            #"[{"code":"P0171","freeze":{"coolant_c":8,"coolant_c":1}}]"#,
            #"[{"code":"B1318","x":"é"}]"#, #"[{"code":"P03\u0030\#(digit)"}]"#, "[ ]", "null",
            #"["P0301"}"#, #"["P0301"]]"#, #"[["P0301"]]"#, "[1]", "[", "[\"P0301",
            #"[{"code":"P0301","status":"odd"}]"#, #"["P0301"],"seq":1"#,
        ]
        return lists[random.below(random.below(4) == 0 ? lists.count : 9)]
    }

    @Test("faults in a message that is else like one without read as if nobody had seen that")
    func anyFaults() {
        let forms = [
            #"{"vin":"LSV0APA4K37556888","ts":"2026-03-01T00:00:00.000Z","odo_km":198556.5,"#
                + #""seq":12,"engine_h":49.25,"dtcs":[],"signals":{"coolant_c":91.47}}"#,
            #"{"dtcs":[],"v":1,"signals":{"batt_v":0.5},"vin":"LSV0APA4K37556888","ecu":"ABS","#
                + #""seq":17,"engine_h":0.5,"odo_km":8.25,"ts":"2026-03-01T00:00:00.000Z"}"#,
        ]
        var used = MessageDecoder.native
        var random = SeededRandom(29)
        var taken = 0
        for round in 0..<4_000 {
            let form = forms[random.below(2)]
            _ = used.outcome(form, among: Self.others)
            let text = form.replacing("[]", with: faults(&random))
            let expected = MessageDecoder.freshOutcome(text)
            let read = used.outcome(text, among: Self.others)
            if expected.hasPrefix("[") { taken += 1 }
            guard read == expected else {
                Issue.record("round \(round): \(text)\nread \(read)\nnot \(expected)")
                return
            }
        }
        #expect(taken > 2_000 && taken < 3_900, "\(taken) of 4000 messages were taken")
    }

    @Test("a byte that its place does not allow is judged by reading in full")
    func anyByte() {
        let list = #"["P0301",{"x":" z","code":"U0100","status":"pending","y":"_"}]"#
        let texts = [
            #"{"topic":"v1/A1!z/ev","vin":"LSV0APA4K37556888","ts":"2026-03-01T00:00:00.000Z","#
                + #""odo_km":198556.5,"engine_h":-4963,"seq":12,"dtcs":[],"u":"a b","w":true,"#
                + #""signals":{"coolant_c":91.47,"batt_v":0.5,"z":12.5}}"#,
            #"{"vehicle":"VAN-7","dtcs":[],"complete":false,"signals":{"batt_v":-13.450}} "#,
            #"{"dtcs":[],"odo_km":5.25,"ts":"2026-03-01T00:00:00.000Z","vin":"LSV0APA4K37556888"}"#,
        ]
        for (index, text) in (texts + texts).enumerated() {
            var known = MessageDecoder.native
            for _ in 0..<3 { _ = known.outcome(text, among: Self.others) }
            let text = index < texts.count ? text : text.replacing("[]", with: list)
            let bytes = Array(text.utf8)
            for place in bytes.indices {
                for byte in UInt8(0)...0xFF {
                    var changed = bytes
                    changed[place] = byte
                    var used = known
                    var fresh = MessageDecoder.native
                    var (read, expected) = (ReportBuffer(), ReportBuffer())
                    var failures: [DecodingFailure?] = [nil, nil]
                    do throws(DecodingFailure) { try fresh.decode(changed, into: &expected) } catch
                    {
                        failures[0] = error
                    }
                    do throws(DecodingFailure) {
                        try used.decode(changed, among: [0x7D], into: &read)
                    } catch { failures[1] = error }
                    guard failures[0] == failures[1], read.everything == expected.everything else {
                        Issue.record("byte \(byte) at \(place) of \(text)")
                        return
                    }
                }
            }
        }
    }

    @Test("what is like another message only in part is judged by reading in full")
    func partsOfOthers() {
        let texts = [
            #"{"vin":"A","abcd":12,"dtcs":[]}"#, #"{"vin":"A","dtcs":[],"abcd":12}"#,
            #"{"vin":"A","abcd":["P0301"],"dtcs":[]}"#,
            #"{"vin":"A","abcd":["P0301"],"dtcs":["P0301"]}"#,
            #"{"vin":"A","abcd":12,"dtcs":["P0301"]}}"#, #"{"vin":"A","abcd":12,"dtcs":["P0301"]"#,
            #"{"vin":"A","dtcs":[{"code":"P0171","freeze":{"batt_v":8}}],"abcd":1234}"#,
        ]
        var used = MessageDecoder.native
        for text in [texts[0], texts[1], texts[0], texts[1]] + texts {
            let expected = MessageDecoder.freshOutcome(text)
            let read = used.outcome(text, among: Self.others)
            #expect(read == expected, "\(text)")
        }
    }

    @Test(
        "a vehicle that the topic names must be the one of the payload, in a known form as well",
        arguments: [true, false])
    func vehicleOfTopic(inPlace: Bool) throws {
        let template = try TopicTemplate("v1/{vehicle}/{ecu}")
        var decoder = MessageDecoder(
            subscriptions: [Subscription(template: template, format: .native, list: .delta)],
            names: SignalNames(signalNames))
        func read(_ topic: String, _ text: String) throws(DecodingFailure) -> String {
            var buffer = ReportBuffer()
            let (topic, text) = (Array(topic.utf8), Array(text.utf8))
            guard inPlace else {
                try decoder.decode(topic: topic.span, payload: text.span, into: &buffer)
                return buffer.source
            }
            let other = Array("v1/Z/TCM".utf8)
            let (start, end) = (other.count, other.count + topic.count)
            let bytes = other + topic + text + [UInt8](repeating: 0, count: MessageDecoder.padding)
            try decoder.decode(
                topic: start..<end, payload: end..<end + text.count, of: bytes.span, into: &buffer)
            return buffer.source
        }
        for _ in 0..<5 {
            #expect(try read("v1/A/ABS", #"{"vin":"A","dtcs":[]}"#) == "A ABS delta")
            #expect(try read("v1/B/ECM", #"{"vin":"B","dtcs":[]}"#) == "B ECM delta")
            #expect(try read("v1/B/ECM", #"{"dtcs":[],"seq":4}"#) == "B ECM delta")
            #expect(throws: DecodingFailure(reason: .vehicleMismatch, offset: 8)) {
                try read("v1/B/ABS", #"{"vin":"A","dtcs":[]}"#)
            }
            #expect(throws: DecodingFailure(reason: .topicUnexpected, offset: 0)) {
                try read("v2/B/ABS", #"{"vin":"B","dtcs":[]}"#)
            }
        }
    }

    @Test("a message that nothing stands behind is not read beyond its end") func noPadding() throws
    {
        var used = MessageDecoder.native
        let text = Array(#"{"vin":"A","ts":"2026-03-01T00:00:00.000Z","odo_km":1.5}"#.utf8)
        let behind = [[], [0x20], [UInt8](repeating: 0, count: MessageDecoder.padding - 1), text]
        for round in 0..<12 {
            let bytes = text + behind[round % 4]
            var (read, expected) = (ReportBuffer(), ReportBuffer())
            var fresh = MessageDecoder.native
            try fresh.decode(text, into: &expected)
            try used.decode(topic: 0..<0, payload: 0..<text.count, of: bytes.span, into: &read)
            #expect(read.everything == expected.everything)
        }
    }
}
