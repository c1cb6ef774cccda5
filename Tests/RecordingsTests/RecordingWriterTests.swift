import FleetSimulation
import Foundation
import Recordings
import Testing
import VehicleFaults

struct RecordingWriterTests {
    static func messages(seed: UInt64) -> [PlainMessage] {
        var random = SeededRandom(seed)
        return (1...20).map { line in
            PlainMessage(
                topic: random.mixedBytes(upTo: 12), payload: random.mixedBytes(upTo: 40),
                milliseconds: Int64(random.whole(below: 4_102_444_800_000)),
                qos: UInt8(random.whole(below: 3)), isRetained: random.next() % 2 == 0, line: line)
        }
    }

    static func write(
        _ messages: [PlainMessage], to path: String, _ format: RecordingFormat = .own,
        _ existing: RecordingWriter.Existing = .keep
    ) throws {
        var writer = try RecordingWriter(
            path: path, format: format, existing: existing, bufferSize: 100)
        for message in messages {
            try writer.append(
                topic: message.topic.span, payload: message.payload.span,
                received: EventTime(milliseconds: message.milliseconds ?? 0), qos: message.qos,
                isRetained: message.isRetained)
        }
        try writer.flush()
    }

    @Test("own lines give back any topic and payload") func ownRoundTrip() throws {
        for seed in UInt64(0)..<200 {
            let messages = Self.messages(seed: seed)
            let back = try withRecording(nil) { path in
                try Self.write(messages, to: path)
                return try WholeRecording(path: path)
            }
            #expect(back.messages == messages, "seed \(seed)")
            #expect(back.refused.isEmpty, "seed \(seed)")
        }
    }

    @Test("hexadecimal lines give back any payload, and any topic of one line")
    func hexRoundTrip() throws {
        for seed in UInt64(0)..<200 {
            let messages = Self.messages(seed: seed).map { message in
                var message = message
                message.topic.removeAll { $0 == 0x0A }
                message.qos = 0
                message.isRetained = false
                return message
            }
            let back = try withRecording(nil) { path in
                try Self.write(messages, to: path, .mosquittoHex)
                return try WholeRecording(path: path)
            }
            #expect(back.messages == messages, "seed \(seed)")
        }
    }

    @Test("writes lines that people and other programs can read") func looks() throws {
        let messages = [
            PlainMessage(
                topic: Array("v1/车".utf8), payload: Array("{\"rpm\":8}\n\u{1}".utf8),
                milliseconds: 1_795_298_706_120, qos: 1, line: 1),
            PlainMessage(
                topic: [0xFF], payload: [0x59, 0x02, 0xFB], milliseconds: 0, isRetained: true,
                line: 2),
        ]
        let text = try withRecording(nil) { path in
            try Self.write(messages, to: path)
            return String(decoding: try contents(of: path), as: UTF8.self)
        }
        #expect(
            text == #"""
                {"v":1,"at":"2026-11-21T22:05:06.120Z","topic":"v1/车","qos":1,"retain":false,"payload":"{\"rpm\":8}\n\u0001"}
                {"v":1,"at":"1970-01-01T00:00:00.000Z","topic_hex":"ff","qos":0,"retain":true,"payload_hex":"5902fb"}

                """#)
        let line = try withRecording(nil) { path in
            try Self.write(messages.suffix(1), to: path, .mosquittoHex)
            return try contents(of: path)
        }
        #expect(line == Array("0.000000000 ".utf8) + [0xFF] + Array(" 5902fb\n".utf8))
    }

    @Test("keeps, replaces or continues a file that exists, past a torn last line")
    func existing() throws {
        let message = PlainMessage(topic: [0x61], payload: [0x62], milliseconds: 5, line: 1)
        try withRecording(Array("{\"v\":1,\"at\":\"20".utf8)) { path in
            #expect(throws: RecordingFailure(path: path, problem: .cannotOpen(EEXIST))) {
                try Self.write([message], to: path)
            }
            try Self.write([message], to: path, .own, .append)
            try Self.write([message], to: path, .own, .append)
            let continued = try WholeRecording(path: path)
            #expect(continued.refused.map(\.line) == [1])
            #expect(continued.messages.map(\.line) == [2, 3])
            try Self.write([message], to: path, .own, .replace)
            #expect(try WholeRecording(path: path).messages == [message])
        }
    }

    @Test("says what it cannot write") func failures() throws {
        #expect(throws: RecordingFailure(path: "/dev/full", problem: .cannotWrite(ENOSPC))) {
            let message = PlainMessage(topic: [0x61], payload: [0x62], milliseconds: 5, line: 1)
            try Self.write([message], to: "/dev/full", .own, .append)
        }
        #expect(throws: RecordingFailure(path: "x", problem: .notWritable(.csv))) {
            _ = try RecordingWriter(path: "x", format: .csv)
        }
        try withRecording(nil) { path throws in
            let message = PlainMessage(topic: [0x0A], payload: [], milliseconds: 5, line: 1)
            #expect(throws: RecordingFailure(path: path, problem: .notExpressible(.mosquittoHex))) {
                try Self.write([message], to: path, .mosquittoHex)
            }
            #expect(try contents(of: path).isEmpty)
        }
    }

    @Test("a full disk leaves whole lines, and the rest is written when there is room")
    func fullDisk() throws {
        // A limit on the size of files stops a write half way, as a full disk does. It holds for the
        // whole process, so it is set where no other test comes near.
        let limit = 64 << 20
        try withRecording([]) { path in
            try FileHandle(forWritingTo: URL(fileURLWithPath: path))
                .truncate(atOffset: UInt64(limit - 250))
            signal(SIGXFSZ, SIG_IGN)
            try setFileSizeLimit(limit)
            var writer = try RecordingWriter(path: path, existing: .append)
            let topic: [UInt8] = [0x61]
            for number in 1...3 {
                let payload = [UInt8(number)]
                try writer.append(
                    topic: topic.span, payload: payload.span,
                    received: EventTime(milliseconds: 1))
            }
            var failure: RecordingFailure?
            do throws(RecordingFailure) { try writer.flush() } catch { failure = error }
            #expect(failure == RecordingFailure(path: path, problem: .cannotWrite(EFBIG)))
            let lines = "\n" + (1...2).map(Self.line).joined()
            #expect(try tail(of: path, from: limit - 250) == lines)
            try setFileSizeLimit(nil)
            try writer.flush()
            #expect(try tail(of: path, from: limit - 250) == lines + Self.line(3))
        }
    }

    static func line(_ number: Int) -> String {
        #"{"v":1,"at":"1970-01-01T00:00:00.001Z","topic":"a","qos":0,"retain":false,"#
            + #""payload":"\u000\#(number)"}"# + "\n"
    }

    private func tail(of path: String, from start: Int) throws -> String {
        let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        try file.seek(toOffset: UInt64(start))
        return String(decoding: try file.readToEnd() ?? Data(), as: UTF8.self)
    }

    private func setFileSizeLimit(_ bytes: Int?) throws {
        var limit = rlimit()
        try #require(unsafe getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
        limit.rlim_cur = bytes.map(rlim_t.init) ?? limit.rlim_max
        try #require(unsafe setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
    }
}
