import FleetSimulation
import Foundation
import Recordings
import Testing

struct RecordingReaderTests {
    /// Lines of one format, with the accidents that files have.
    static func recording(_ format: RecordingFormat, seed: UInt64) -> [UInt8] {
        var random = SeededRandom(seed)
        var bytes: [UInt8] = random.next() % 2 == 0 ? [] : [0xEF, 0xBB, 0xBF]
        for number in 0..<30 {
            let letters = String(repeating: "x", count: random.whole(below: 60))
            switch (random.next() % 8, format) {
            case (0, _) where number > 0: bytes += Array("\r\n \n".utf8)
            case (1, _) where number > 0: bytes += Array("{\"broken\":".utf8)
            case (2, _) where number > 0: bytes += Array(repeating: 0x61, count: 301)
            case (_, .native): bytes += Array(#"{"vin":"X","n":\#(number),"s":"\#(letters)"}"#.utf8)
            case (_, .own):
                bytes += Array(
                    (RecordingFormatTests.own + #""a\n","payload":"\#(letters)\t"}"#).utf8)
            case (_, .mosquittoHex):
                bytes += Array("179529\(number).5 a b \(letters.isEmpty ? "" : "78")".utf8)
            case (_, .mosquittoJSON):
                bytes += Array(
                    (#"{"tst":1795298998,"topic":"\u0041","payloadlen":\#(letters.count + 1),"#
                        + #""payload":"\#(letters)\\"}"#).utf8)
            case (_, .mosquittoText): bytes += Array("a/b {\"n\":\"\(letters)\"}".utf8)
            case (_, .candump):
                bytes += Array(
                    "(17952989.\(number)) can0 18FECA0\(number % 10)#03\(number % 2)0".utf8)
            case (_, .vector) where number == 0: bytes += Array("base dec timestamps relative".utf8)
            case (_, .vector): bytes += Array("0.\(number) 1 25\(number) Rx d 2 7 255".utf8)
            case (_, .pythonCAN):
                bytes += Array("1795298.\(number),0x7e8,0,0,0,2,Q\(number % 10)A=".utf8)
            case (_, .crtd): bytes += Array("1795298.\(number) 1R11 7E8 43 \(number)".utf8)
            case (_, .csv) where number == 0: bytes += Array("rpm;oil (C);".utf8)
            case (_, .csv): bytes += Array("\(number),5;82C;".utf8)
            }
            bytes += random.next() % 3 == 0 ? [0x0D, 0x0A] : [0x0A]
        }
        return bytes
    }

    @Test("finds the same messages whatever the chunk size", arguments: RecordingFormat.allCases)
    func chunksAreAnAccident(format: RecordingFormat) throws {
        for seed in UInt64(0)..<4 {
            let bytes = Self.recording(format, seed: seed)
            let whole = try WholeRecording(of: bytes, format: format, longestLine: 300)
            #expect(!whole.messages.isEmpty, "seed \(seed)")
            #expect(!whole.refused.isEmpty, "seed \(seed)")
            for size in [1, 16, 17, 64, 301, 1000] {
                let pieces = try WholeRecording(
                    of: bytes, format: format, chunkSize: size, longestLine: 300)
                #expect(pieces == whole, "seed \(seed), chunks of \(size)")
            }
        }
    }

    @Test(
        "reads whole lines of a file cut anywhere", arguments: [RecordingFormat.own, .mosquittoHex])
    func truncated(format: RecordingFormat) throws {
        let line =
            format == .own
            ? RecordingFormatTests.own + #""a","payload":"x"}"# + "\n" : "1795298998.5 a 7878\n"
        let bytes = Array((line + line).utf8)
        for end in line.utf8.count..<bytes.count {
            let recording = try WholeRecording(of: Array(bytes[..<end]), format: format)
            let count = recording.messages.count
            #expect(count + recording.refused.count == (end == line.utf8.count ? 1 : 2), "\(end)")
            #expect(recording.messages.first?.line == 1)
            if format == .own { #expect(count == (end >= bytes.count - 1 ? 2 : 1), "\(end)") }
        }
    }

    @Test("refuses a line that is too long, and reads the next", arguments: ["\n", "\r\n", ""])
    func tooLong(end: String) throws {
        let long = Array(repeating: UInt8(ascii: "y"), count: 9000)
        let bytes =
            Array("{\"a\":1}\n".utf8) + long + Array("\n{\"a\":2}\n".utf8) + long + Array(end.utf8)
        for size in [16, 5000, 1 << 20] {
            let recording = try WholeRecording(of: bytes, chunkSize: size, longestLine: 8999)
            #expect(recording.messages.map(\.line) == [1, 3])
            #expect(recording.refused.map(\.line) == [2, 4])
            for line in recording.refused {
                #expect(line.reason == .tooLong)
                #expect(line.offset == 8999)
                #expect(line.raw == Array(long[..<RecordingReader.keptOfLongLine]))
            }
        }
        #expect(try WholeRecording(of: bytes, longestLine: 9001).messages.count == 4)
    }

    @Test("an empty file has no messages", arguments: ["", "\n\n", "\r\n", " \t"])
    func empty(text: String) throws {
        let recording = try WholeRecording(of: text)
        #expect(recording.messages.isEmpty && recording.refused.isEmpty)
    }

    @Test("tells how far it is") func progress() throws {
        let bytes = Self.recording(.native, seed: 1)
        try withRecording(bytes) { path in
            var reader = try RecordingReader(path: path, format: .native, chunkSize: 100)
            #expect(reader.totalBytes == bytes.count)
            var chunk = RecordedChunk()
            var before = 0
            while try reader.next(into: &chunk) {
                #expect(reader.bytesRead > before || reader.bytesRead == bytes.count)
                before = reader.bytesRead
            }
            #expect(reader.bytesRead == bytes.count)
            #expect(reader.lines == bytes.filter { $0 == 0x0A }.count)
            #expect(try reader.next(into: &chunk) == false)
        }
    }

    @Test("says which file cannot be read, and why") func unreadable() throws {
        try withRecording(nil) { path in
            let failure = RecordingFailure(path: path, problem: .cannotOpen(ENOENT))
            #expect(throws: failure) { try WholeRecording(path: path) }
            #expect(failure.description == "\(path): cannot open: No such file or directory")
        }
        #expect(throws: RecordingFailure(path: "/", problem: .cannotRead(EISDIR))) {
            try WholeRecording(path: "/")
        }
    }

    @Test(
        "finds the topic in a native line",
        arguments: [
            (#"{"topic":"v1/X/ev","vin":"X"}"#, "v1/X/ev"),
            (#"{"vin":"X","s":{"topic":"no"},"topic":"a b"}"#, "a b"),
            (#"{"s":"\",\"topic\":\"no\"", "topic" : "yes" , "#, "yes"),
            (#"{"topic":"v1\/X"}"#, #"v1\/X"#), (#"{"topic":12}"#, nil), (#"{"vin":"X"}"#, nil),
            (#"{"vin":"#, nil), ("", nil), (#"{"topic":""}"#, ""),
        ])
    func topic(line: String, topic: String?) {
        let bytes = Array(line.utf8)
        let found = RecordingReader.topic(ofNativeLine: bytes.span)
        #expect(found.map { String(decoding: bytes[$0], as: UTF8.self) } == topic)
    }

    @Test("decodes the escapes of a topic") func unescapes() {
        #expect(RecordingReader.unescaped(Array(#"v1\/\u8f66"#.utf8).span) == Array("v1/车".utf8))
        #expect(RecordingReader.unescaped(Array(#"v1\x"#.utf8).span) == nil)
    }

    @Test("any bytes are read or refused, never fatal") func isTotal() throws {
        for seed in UInt64(0)..<300 {
            var random = SeededRandom(seed)
            let format = RecordingFormat.allCases[
                Int(seed) % RecordingFormat.allCases.count]
            var bytes = Self.recording(format, seed: seed)
            for _ in 0..<20 {
                bytes[random.whole(below: bytes.count)] = UInt8(truncatingIfNeeded: random.next())
            }
            let recording = try WholeRecording(of: bytes, format: format)
            #expect(recording.messages.count + recording.refused.count > 0, "seed \(seed)")
        }
    }
}
