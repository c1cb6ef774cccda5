import Foundation
import Recordings

/// A message as bytes of its own, to be compared.
struct PlainMessage: Equatable, CustomStringConvertible {
    var topic: [UInt8]
    var payload: [UInt8]
    var milliseconds: Int64?
    var qos: UInt8 = 0
    var isRetained = false
    var line: Int

    var description: String {
        let topic = String(decoding: topic, as: UTF8.self)
        let payload = String(decoding: payload, as: UTF8.self)
        return
            "\(line): \(topic.debugDescription) \(payload.debugDescription) \(milliseconds ?? -1)"
    }
}

/// A refused line as bytes of its own, to be compared.
struct PlainRefusal: Equatable {
    var line: Int
    var reason: RefusedLine.Reason
    var offset: Int
    var raw: [UInt8]
}

/// All that a recording holds.
struct WholeRecording: Equatable {
    var messages: [PlainMessage] = []
    var refused: [PlainRefusal] = []

    init(
        path: String, format: RecordingFormat? = nil, chunkSize: Int = 256 << 10,
        longestLine: Int = RecordingReader.longestLine
    ) throws {
        var reader = try RecordingReader(
            path: path, format: format, chunkSize: chunkSize, longestLine: longestLine)
        var chunk = RecordedChunk()
        while try reader.next(into: &chunk) {
            for message in chunk.messages {
                messages.append(
                    PlainMessage(
                        topic: Array(chunk.bytes[message.topic]),
                        payload: Array(chunk.bytes[message.payload]),
                        milliseconds: message.receivedMilliseconds, qos: message.qos,
                        isRetained: message.isRetained, line: message.line))
            }
            for line in chunk.refused {
                refused.append(
                    PlainRefusal(
                        line: line.line, reason: line.reason, offset: line.offset,
                        raw: Array(chunk.bytes[line.raw])))
            }
        }
    }

    init(
        of bytes: [UInt8], format: RecordingFormat? = nil, chunkSize: Int = 256 << 10,
        longestLine: Int = RecordingReader.longestLine
    ) throws {
        self = try withRecording(bytes) { path in
            try WholeRecording(
                path: path, format: format, chunkSize: chunkSize, longestLine: longestLine)
        }
    }

    init(of text: String, format: RecordingFormat? = nil) throws {
        try self.init(of: Array(text.utf8), format: format)
    }
}

/// Runs `body` with the path of a file that holds `bytes`; with `nil`, of one that does not exist.
func withRecording<Result>(
    _ bytes: [UInt8]?, _ body: (String) throws -> Result
) throws -> Result {
    let name = "forewarn-recording-\(UUID().uuidString)"
    let file = FileManager.default.temporaryDirectory.appendingPathComponent(name)
    if let bytes { try Data(bytes).write(to: file) }
    defer { try? FileManager.default.removeItem(at: file) }
    return try body(file.path)
}

/// All bytes of a file.
func contents(of path: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: path)))
}
