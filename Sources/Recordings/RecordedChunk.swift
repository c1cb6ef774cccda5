/// The messages of one piece of a recording, and the bytes they point into.
///
/// One chunk is filled again and again, so that a recording of any length is read in bounded
/// memory and native lines are never copied. ``bytes`` begins with the text of the lines; behind
/// it stand the payloads and topics that had to be decoded. All ranges index ``bytes`` and hold
/// until the chunk is filled again.
///
/// Frames of a CAN bus become messages under `can/<bus>/<identifier>` whose payload is the frame as
/// a line of `candump -L`. The frames of a longer message are lines of one payload, together with
/// what stood between them.
public struct RecordedChunk: Sendable {
    /// Zeros behind the bytes, so that a message can be read where it is, several bytes at a time.
    public static let padding = 32

    /// The lines as they were read, then what was decoded from them, then ``padding`` zeros.
    public var bytes: [UInt8] = []
    /// The messages, in the order of their lines.
    public var messages: [RecordedMessage] = []
    /// The lines that could not be read as messages, in order.
    public var refused: [RefusedLine] = []

    /// A chunk that holds nothing yet.
    public init() {}

    mutating func clear() {
        bytes.removeAll(keepingCapacity: true)
        messages.removeAll(keepingCapacity: true)
        refused.removeAll(keepingCapacity: true)
    }
}

/// One recorded message, as ranges into the bytes of its chunk.
public struct RecordedMessage: Sendable, Equatable {
    /// The topic; empty for a native line, whose topic is found when someone must publish it
    /// (``RecordingReader/topic(ofNativeLine:)``).
    public var topic = 0..<0
    /// The payload; for a native line the line itself.
    public var payload = 0..<0
    /// When it was received, in milliseconds since the epoch; `nil` when the recording does not say.
    public var receivedMilliseconds: Int64?
    /// The quality of service it came with; 0 when the format does not say.
    public var qos: UInt8 = 0
    /// Whether the broker had retained it; `false` when the format does not say.
    public var isRetained = false
    /// What is left of the time of reception after its milliseconds, in nanoseconds.
    public var nanoseconds: Int32 = 0
    /// Its line, counted from 1; the first of several.
    public var line: Int

    init(line: Int) { self.line = line }
}

/// A line that is no message: data to be counted and kept, not an error of the recording.
public struct RefusedLine: Sendable, Equatable {
    /// Its number, counted from 1.
    public var line: Int
    /// What was wrong with it.
    public var reason: Reason
    /// How many bytes of the line come before the first that made no sense.
    public var offset: Int
    /// The line itself, in the bytes of the chunk; of a line that is too long, its beginning.
    public var raw: Range<Int>

    /// What can be wrong with a line; the raw value is the name used in output and metrics.
    public enum Reason: String, Sendable, CaseIterable {
        /// Longer than the reader's limit.
        case tooLong = "line_too_long"
        /// Not one whole JSON object: damaged, cut short or something else.
        case notAnObject = "not_an_object"
        /// A member that every line must have is missing.
        case missingMember = "missing_member"
        /// A member is there, but is not what it must be.
        case unexpectedValue = "unexpected_value"
        /// Written by a later Forewarn, in a way this one does not know.
        case unknownVersion = "unknown_version"
        /// The receive time is no time.
        case unreadableTime = "unreadable_time"
        /// No topic and payload with a blank between them.
        case notTwoFields = "not_two_fields"
        /// No seconds, topic and payload with blanks between them.
        case notThreeFields = "not_three_fields"
        /// Hexadecimal with an odd number of digits, or with something that is no digit.
        case damagedHex = "damaged_hex"
        /// No frame of a CAN bus where there should be one.
        case notAFrame = "not_a_frame"
        /// The payload does not have the length that was recorded with it.
        case damagedPayload = "payload_damaged"
    }
}

/// Why one line is refused; the reader adds where the line stands.
struct LineFailure: Error {
    var reason: RefusedLine.Reason
    var offset: Int
}
