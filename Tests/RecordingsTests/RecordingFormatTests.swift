import Recordings
import Testing

struct RecordingFormatTests {
    struct Row: CustomTestStringConvertible {
        var name: String
        var line: String
        var topic = ""
        var payload = ""
        var milliseconds: Int64?
        var testDescription: String { name }
    }

    static let own = #"{"v":1,"at":"2026-11-21T22:05:06.120Z","topic":"#

    @Test(
        "reads a line of each format, however it was written",
        arguments: [
            Row(
                name: "a native line is its own payload", line: #"{"topic":"v1/X/ev","vin":"X"}"#,
                payload: #"{"topic":"v1/X/ev","vin":"X"}"#),
            Row(
                name: "own, plain", line: own + #""a/b","qos":1,"retain":false,"payload":"x"}"#,
                topic: "a/b", payload: "x", milliseconds: 1_795_298_706_120),
            Row(
                name: "own, in hexadecimal", line: own + #""a","payload_hex":"4A6b00"}"#,
                topic: "a", payload: "Jk\0", milliseconds: 1_795_298_706_120),
            Row(
                name: "own, with escapes and members of tomorrow",
                line: own + #""\u8f66\/\ud83d\ude00","x":[{"}":"\"]"}],"payload":"a\nb\\"}"#,
                topic: "车/😀", payload: "a\nb\\", milliseconds: 1_795_298_706_120),
            Row(
                name: "seconds, topic, hexadecimal",
                line: "1795298998.076581456 raw/bin 5902fb1234",
                topic: "raw/bin", payload: "Y\u{2}", milliseconds: 1_795_298_998_076),
            Row(
                name: "a topic with blanks", line: "1795298998.5 a 12 b 78", topic: "a 12 b",
                payload: "x", milliseconds: 1_795_298_998_500),
            Row(
                name: "no payload behind a topic that ends like one", line: "1795298998 a 78 ",
                topic: "a 78", payload: "", milliseconds: 1_795_298_998_000),
            Row(
                name: "mosquitto_sub 2.0.11 in London",
                line: #"{"tst":"2026-11-21T22:09:58.077410Z+0000","topic":"t","qos":0,"retain":0,"#
                    + #""payloadlen":3,"payload":"\"x\""}"#,
                topic: "t", payload: #""x""#, milliseconds: 1_795_298_998_077),
            Row(
                name: "mosquitto_sub 2.0.11 in Shanghai, whose Z is not one",
                line: #"{"tst":"2026-11-22T06:09:58.077410Z+0800","topic":"t","qos":1,"mid":7,"#
                    + #""retain":1,"payloadlen":0,"payload":""}"#,
                topic: "t", payload: "", milliseconds: 1_795_298_998_077),
            Row(
                name: "later versions, with an offset",
                line: #"{"tst":"2026-11-21T23:09:58.077410+01:00","topic":"t","payloadlen":0}"#,
                topic: "t", payload: "", milliseconds: 1_795_298_998_077),
            Row(
                name: "mosquitto_sub 1.6, in whole seconds",
                line: #"{"tst":1795298998,"topic":"t","payloadlen":1,"payload":"x"}"#,
                topic: "t", payload: "x", milliseconds: 1_795_298_998_000),
            Row(
                name: "%J, its payload as it came",
                line: #"{"tst":1795298998,"topic":"t","payloadlen":9,"payload":{"rpm":8}}"#,
                topic: "t", payload: #"{"rpm":8}"#, milliseconds: 1_795_298_998_000),
            Row(
                name: "a payload of null is none",
                line: #"{"tst":1795298998,"topic":"t","payloadlen":0,"payload":null}"#,
                topic: "t", payload: "", milliseconds: 1_795_298_998_000),
        ])
    func reads(row: Row) throws {
        let recording = try WholeRecording(of: row.line + "\n")
        #expect(recording.refused.isEmpty)
        let message = try #require(recording.messages.first)
        #expect(String(decoding: message.topic, as: UTF8.self) == row.topic)
        if row.name != "seconds, topic, hexadecimal" {
            #expect(String(decoding: message.payload, as: UTF8.self) == row.payload)
        } else {
            #expect(message.payload == [0x59, 0x02, 0xFB, 0x12, 0x34])
        }
        #expect(message.milliseconds == row.milliseconds)
    }

    @Test("keeps bytes that are no text, as mosquitto_sub 2.0.11 writes them") func rawBytes()
        throws
    {
        let start =
            #"{"tst":"2026-11-21T22:09:58.088486Z+0000","topic":"raw/bin","qos":0,"retain":0,"#
        let line =
            Array((start + #""payloadlen":7,"payload":"Y\u0002"#).utf8) + [0xFB]
            + Array(#"\u00124V "}"#.utf8)
        let message = try #require(try WholeRecording(of: line).messages.first)
        #expect(message.payload == [0x59, 0x02, 0xFB, 0x12, 0x34, 0x56, 0x20])
    }

    struct Refusal: CustomTestStringConvertible {
        var name: String
        var format: RecordingFormat
        var line: String
        var reason: RefusedLine.Reason
        var offset: Int
        var testDescription: String { name }
    }

    @Test(
        "refuses a bad line with its reason and place, and reads on",
        arguments: [
            Refusal(
                name: "cut short", format: .own, line: #"{"v":1,"at":"2026"#,
                reason: .notAnObject, offset: 17),
            Refusal(
                name: "two objects", format: .own, line: own + #""a","payload":""}{}"#,
                reason: .notAnObject, offset: 64),
            Refusal(
                name: "no time at all", format: .own,
                line: #"{"v":1,"at":"","topic":"a","payload":""}"#,
                reason: .unreadableTime, offset: 13),
            Refusal(
                name: "no payload", format: .own, line: own + #""a"}"#, reason: .missingMember,
                offset: 51),
            Refusal(
                name: "from the future", format: .own, line: own.replacing("1", with: "2") + "1}",
                reason: .unknownVersion, offset: 5),
            Refusal(
                name: "the 30th of February", format: .own,
                line: #"{"v":1,"at":"2026-02-30T22:05:06.120Z","topic":"a","payload":""}"#,
                reason: .unreadableTime, offset: 13),
            Refusal(
                name: "a time without a zone", format: .own,
                line: #"{"v":1,"at":"2026-02-20T22:05:06.120","topic":"a","payload":""}"#,
                reason: .unreadableTime, offset: 13),
            Refusal(
                name: "a number for a topic", format: .own, line: own + #"12,"payload":""}"#,
                reason: .unexpectedValue, offset: 47),
            Refusal(
                name: "half of a pair", format: .own, line: own + #""a","payload":"x\ud83dx"}"#,
                reason: .unexpectedValue, offset: 63),
            Refusal(
                name: "odd hexadecimal", format: .own, line: own + #""a","payload_hex":"4a6"}"#,
                reason: .damagedHex, offset: 69),
            Refusal(
                name: "only seconds", format: .mosquittoHex, line: "1795298998.5",
                reason: .notThreeFields, offset: 12),
            Refusal(
                name: "a payload lost with its blank", format: .mosquittoHex,
                line: "1795298998.5 topic", reason: .notThreeFields, offset: 18),
            Refusal(
                name: "a date for seconds", format: .mosquittoHex,
                line: "2026-11-21T22:09:58+0000 a 78", reason: .unreadableTime, offset: 0),
            Refusal(
                name: "no hexadecimal", format: .mosquittoHex, line: "1795298998.5 a 7x",
                reason: .damagedHex, offset: 16),
            Refusal(
                name: "cut at a NUL byte by mosquitto", format: .mosquittoJSON,
                line: #"{"tst":1795298998,"topic":"t","payloadlen":7,"payload":"a"}"#,
                reason: .damagedPayload, offset: 56),
            Refusal(
                name: "%J, written anew by mosquitto", format: .mosquittoJSON,
                line: #"{"tst":1795298998,"topic":"t","payloadlen":10,"payload":{"rpm":8}}"#,
                reason: .damagedPayload, offset: 56),
            Refusal(
                name: "no length to check by", format: .mosquittoJSON,
                line: #"{"tst":1795298998,"topic":"t","payload":"a"}"#, reason: .missingMember,
                offset: 44),
            Refusal(
                name: "a quality of service of three", format: .mosquittoJSON,
                line: #"{"tst":1795298998,"topic":"t","qos":3,"payloadlen":1,"payload":"a"}"#,
                reason: .unexpectedValue, offset: 36),
        ])
    func refuses(row: Refusal) throws {
        let recording = try WholeRecording(
            of: "\n" + row.line + "\r\n" + row.line, format: row.format)
        #expect(recording.messages.isEmpty)
        let raw = Array(row.line.utf8)
        #expect(
            recording.refused == [
                PlainRefusal(line: 2, reason: row.reason, offset: row.offset, raw: raw),
                PlainRefusal(line: 3, reason: row.reason, offset: row.offset, raw: raw),
            ])
    }

    @Test(
        "tells the format from the first line that is not empty",
        arguments: [
            (#"{"vin":"X","v":2}"#, RecordingFormat.native), ("{}", .native),
            (own + #""a","pay"#, .own), (#"{"tst":"2026"#, .mosquittoJSON),
            ("1795298998.07 a b ", .mosquittoHex), ("1795298998.07 a 7x", .mosquittoHex),
            ("v1/X/ev {}", .mosquittoText), ("(1543509533.000838) can0 10FDA300#FF", .candump),
            (" (000.1)  can0  123   [1]  11", .candump), ("date Sat Nov 21 2026", .vector),
            ("// version 9.0.0", .vector), ("base hex  timestamps absolute", .vector),
            ("timestamp,arbitration_id,extended,remote,error,dlc,data", .pythonCAN),
            ("1520429823.042 1R11 7E8 03", .crtd), ("169.971 CXX comment", .crtd),
            ("ENGINE_RPM ();SPEED (km/h);", .csv), ("time,rpm", .csv),
        ])
    func detects(line: String, format: RecordingFormat) throws {
        #expect(RecordingFormat.detect(in: Array(line.utf8).span) == format)
        var chunk = RecordedChunk()
        try withRecording(Array("\r\n \n\(line)\n".utf8)) { path in
            var reader = try RecordingReader(path: path)
            #expect(reader.format == nil)
            _ = try reader.next(into: &chunk)
            #expect(reader.format == format)
        }
    }

    @Test(
        "says where no format fits",
        arguments: [
            "2026-11-21T22:09:58+0000 0 0 a {}", "{\"a\":", "[1]", "PK\u{3}", "1,2,3", "alone",
            "(noon) can0 123#", "a,,b",
        ])
    func doesNotDetect(line: String) throws {
        try withRecording(Array("\n\n\(line)\n".utf8)) { path in
            let failure = RecordingFailure(
                path: path, problem: .unknownFormat(line: 3, tried: RecordingFormat.allCases))
            #expect(throws: failure) { try WholeRecording(path: path) }
            #expect(failure.description.hasPrefix("\(path):3: not a recording in any known format"))
        }
    }

    @Test("knows formats by name") func names() {
        #expect(RecordingFormat(name: "mosquitto-hex") == .mosquittoHex)
        #expect(RecordingFormat(name: "blf") == nil)
        for format in RecordingFormat.allCases {
            #expect(RecordingFormat(name: format.name) == format)
        }
    }
}
