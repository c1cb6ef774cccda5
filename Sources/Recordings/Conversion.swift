import VehicleFaults

/// Writes a recording anew in another format, and counts what the format has no place for.
public struct Conversion: Sendable, Equatable {
    /// Messages that were written.
    public var messages = 0
    /// Messages that the format cannot hold at all, by the number of their first line.
    public var left: [Int] = []
    /// Lines that could not be read.
    public var refusedLines = 0
    /// Messages that lost their time of reception.
    public var lostTimes = 0
    /// Messages that lost their topic.
    public var lostTopics = 0
    /// Messages that lost a quality of service above 0.
    public var lostQualities = 0
    /// Messages that lost the mark of being retained.
    public var lostRetentions = 0
    /// Frames that lost the name of their bus.
    public var lostBuses = 0
    /// Frames that lost that the recorder itself had sent them.
    public var lostDirections = 0

    /// The topic for messages that have none.
    private let topic: [UInt8]

    /// Nothing converted yet.
    ///
    /// - Parameter topic: the topic for messages that have none; empty to leave them so.
    public init(topic: String = "") { self.topic = Array(topic.utf8) }

    /// Whether anything was lost of what was read.
    public var isLossless: Bool {
        left.isEmpty && refusedLines == 0 && lostTimes == 0 && lostTopics == 0
            && lostQualities == 0 && lostRetentions == 0 && lostBuses == 0
            && lostDirections == 0
    }

    /// Writes the messages of a chunk.
    ///
    /// - Throws: when the file cannot be written.
    public mutating func take(
        _ chunk: RecordedChunk, into writer: inout RecordingWriter
    ) throws(RecordingFailure) {
        refusedLines += chunk.refused.count
        for message in chunk.messages {
            let payload = chunk.bytes.span.extracting(message.payload)
            var name = Array(chunk.bytes[message.topic])
            if name.isEmpty, let place = RecordingReader.topic(ofNativeLine: payload) {
                name = RecordingReader.unescaped(payload.extracting(place)) ?? []
            }
            if name.isEmpty { name = topic }
            do throws(RecordingFailure) {
                try writer.append(
                    topic: name.span, payload: payload,
                    received: message.receivedMilliseconds.map { EventTime(milliseconds: $0) },
                    nanoseconds: message.nanoseconds, qos: message.qos,
                    isRetained: message.isRetained)
            } catch {
                guard case .notExpressible = error.problem else { throw error }
                left.append(message.line)
                continue
            }
            count(message, name, writer.format)
        }
        lostBuses = writer.renamedBuses
        lostDirections = writer.lostDirections
    }

    private mutating func count(
        _ message: RecordedMessage, _ topic: [UInt8], _ format: RecordingFormat
    ) {
        messages += 1
        let keepsMarks = format == .own || format == .mosquittoJSON
        if !keepsMarks {
            lostQualities += message.qos > 0 ? 1 : 0
            lostRetentions += message.isRetained ? 1 : 0
        }
        switch format {
        case .own, .mosquittoJSON, .mosquittoHex: break
        case .mosquittoText: lostTimes += message.receivedMilliseconds == nil ? 0 : 1
        case .native:
            lostTimes += message.receivedMilliseconds == nil ? 0 : 1
            lostTopics += topic.isEmpty || message.topic.isEmpty ? 0 : 1
        default:
            // Frames carry their own times, and a topic of ours is made from them.
            lostTopics += topic.starts(with: Array("can/".utf8)) ? 0 : 1
        }
    }
}
