import Foundation
@testable import Recordings
import Testing

struct ConversionTests {
    static let own = """
        {"v":1,"at":"2026-11-21T22:05:06.120456789Z","topic":"v1/车/ev","qos":1,"retain":true,"payload":"{\\"rpm\\":812}"}
        {"v":1,"topic":"raw/bin","qos":0,"retain":false,"payload_hex":"5902fb"}

        """

    @Test("own lines come back byte by byte, down to the nanosecond and without a time") func own()
        throws
    {
        let same = try converted(Array(Self.own.utf8), to: .own)
        #expect(String(decoding: same.bytes, as: UTF8.self) == Self.own)
        #expect(same.conversion.isLossless)
    }

    @Test(
        "says what each format has no place for",
        arguments: [
            (RecordingFormat.mosquittoHex, 1, [2], 0, 1, 1), (.mosquittoJSON, 1, [2], 0, 0, 0),
            (.mosquittoText, 1, [2], 1, 1, 1), (.native, 1, [2], 1, 1, 1),
            (.candump, 0, [1, 2], 0, 0, 0),
        ])
    func losses(
        format: RecordingFormat, written: Int, left: [Int], times: Int, qualities: Int, marks: Int
    ) throws {
        let there = try converted(Array(Self.own.utf8), to: format).conversion
        #expect(there.messages == written)
        #expect(there.left == left)
        #expect(there.lostTimes == times)
        #expect(there.lostQualities == qualities)
        #expect(there.lostRetentions == marks)
        #expect(!there.isLossless)
    }

    @Test("what mosquitto_sub writes gives the same messages in each of its ways") func mosquitto()
        throws
    {
        let hex = "1795298998.076581456 a/b 7b2272706d223a3831327d\n"
        let json = try converted(Array(hex.utf8), to: .mosquittoJSON)
        #expect(
            String(decoding: json.bytes, as: UTF8.self)
                == #"{"tst":"2026-11-21T22:09:58.076581456Z","topic":"a/b","qos":0,"retain":0,"payloadlen":11,"payload":"{\"rpm\":812}"}"#
                + "\n")
        let back = try converted(json.bytes, to: .mosquittoHex)
        #expect(String(decoding: back.bytes, as: UTF8.self) == hex)
        let text = try converted(json.bytes, to: .mosquittoText)
        #expect(String(decoding: text.bytes, as: UTF8.self) == "a/b {\"rpm\":812}\n")
        let own = try converted(text.bytes, to: .own)
        #expect(
            String(decoding: own.bytes, as: UTF8.self)
                == #"{"v":1,"topic":"a/b","qos":0,"retain":false,"payload":"{\"rpm\":812}"}"# + "\n"
        )
    }

    @Test("a line break inside a payload of -v costs that message only") func brokenText() throws {
        let recording = try WholeRecording(of: "a/b {\n}\na/c 1\nfoo\n")
        #expect(
            recording.messages.map { String(decoding: $0.payload, as: UTF8.self) } == ["{", "1"])
        #expect(recording.refused.map(\.line) == [2, 4])
    }

    @Test("native lines take their topic from themselves or from the caller") func nativeTopics()
        throws
    {
        let lines = "{\"topic\":\"v1\\/A\",\"rpm\":1}\n{\"rpm\":2}\n"
        let text = try converted(Array(lines.utf8), to: .mosquittoText, topic: "v1/B")
        #expect(
            String(decoding: text.bytes, as: UTF8.self)
                == "v1/A {\"topic\":\"v1\\/A\",\"rpm\":1}\nv1/B {\"rpm\":2}\n")
        #expect(try converted(Array(lines.utf8), to: .mosquittoText).conversion.left == [2])
    }

    // `printf 'a/b 1\n' | gzip -n`
    static let packed: [UInt8] = [
        0x1F, 0x8B, 0x08, 0, 0, 0, 0, 0, 0, 0x03, 0x4B, 0xD4, 0x4F, 0x52, 0x30, 0xE4, 0x02, 0, 0x4D,
        0x52, 0x11, 0xBE, 0x06, 0, 0, 0,
    ]

    @Test(
        "reads what gzip packed, also joined files, whatever the chunk size",
        arguments: [1, 7, 4096])
    func gzip(size: Int) throws {
        let twice = try WholeRecording(of: Self.packed + Self.packed + [0, 0], chunkSize: size)
        #expect(twice.messages.map(\.line) == [1, 2])
        #expect(twice.messages.map(\.payload) == [[0x31], [0x31]])
    }

    @Test("says so when gzip's file is cut short or damaged, after what could be read")
    func damagedGzip() throws {
        for end in 4..<Self.packed.count {
            try withRecording(Self.packed + Self.packed[..<end]) { path in
                var reader = try RecordingReader(path: path)
                var chunk = RecordedChunk()
                #expect(try reader.next(into: &chunk))
                #expect(chunk.messages.count >= 1)
                let failure = RecordingFailure(path: path, problem: .packingCutShort)
                #expect(throws: failure) { while try reader.next(into: &chunk) {} }
            }
        }
        var bent = Self.packed
        bent[20] ^= 1
        try withRecording(bent) { path throws in
            _ = #expect(throws: RecordingFailure(path: path, problem: .damagedPacking)) {
                _ = try WholeRecording(path: path)
            }
        }
    }

    /// A frame of zstd (RFC 8878) with its bytes as they are, a block for each of `size`.
    static func zstandard(_ bytes: [UInt8], blocks size: Int) -> [UInt8] {
        // One segment, no checksum, and the content's size in eight bytes.
        var frame: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0xE0]
        for shift in 0..<8 { frame.append(UInt8(truncatingIfNeeded: bytes.count >> (8 * shift))) }
        for start in stride(from: 0, to: bytes.count, by: size) {
            let block = bytes[start..<min(start + size, bytes.count)]
            let header = block.count << 3 | (block.endIndex == bytes.count ? 1 : 0)
            for shift in 0..<3 { frame.append(UInt8(truncatingIfNeeded: header >> (8 * shift))) }
            frame += block
        }
        return frame
    }

    private static let lines = Array("a/b 1\na/b 2\na/b 3\n".utf8)

    @Test("reads what zstd packed where the system has its library, and else says what to do")
    func zstandard() throws {
        try withRecording(Self.zstandard(Self.lines, blocks: 7)) { path throws in
            guard Unzstd() != nil else {
                let failure = RecordingFailure(path: path, problem: .packedAsZstandard)
                _ = #expect(throws: failure) { _ = try WholeRecording(path: path) }
                return
            }
            let read = try WholeRecording(path: path)
            #expect(read.messages.map(\.payload) == [[0x31], [0x32], [0x33]])
        }
        let failure = RecordingFailure(path: "a.zst", problem: .packedAsZstandard)
        #expect(failure.description.contains("zstd -dc"))
    }

    @Test(
        "joined, cut or damaged files of zstd, whatever the chunk size",
        .enabled(if: Unzstd() != nil), arguments: [1, 5, 4096])
    func zstandardFiles(size: Int) throws {
        let packed = Self.zstandard(Self.lines, blocks: 4)
        let twice = try WholeRecording(of: packed + packed, chunkSize: size)
        #expect(twice.messages.map(\.line) == [1, 2, 3, 4, 5, 6])
        // Cut within the first frame, after which nothing is whole.
        for end in stride(from: 5, to: packed.count, by: 3) {
            try withRecording(Array(packed[..<end])) { path throws in
                _ = #expect(throws: RecordingFailure(path: path, problem: .packingCutShort)) {
                    _ = try WholeRecording(path: path)
                }
            }
        }
        var bent = packed
        bent[13] |= 6  // A kind of block that is reserved.
        try withRecording(bent) { path throws in
            _ = #expect(throws: RecordingFailure(path: path, problem: .damagedPacking)) {
                _ = try WholeRecording(path: path)
            }
        }
    }
}
