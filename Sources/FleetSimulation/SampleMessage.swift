import VehicleFaults

/// One message of the sample fleet, as a broker would have handed it over.
public struct SampleMessage: Equatable, Sendable {
    /// What became of it on its way.
    public enum Delivery: String, CaseIterable, Sendable {
        /// Under a second old, and whole.
        case regular
        /// Two to twenty minutes old, after newer messages of the same vehicle.
        case late
        /// The same bytes once more, as QoS 1 allows.
        case duplicate
        /// Cut short or never a message at all: no reader can make sense of it.
        case malformed
    }

    /// When it reached the broker.
    public var received: EventTime
    /// `v1/<VIN>/ev`.
    public var topic: String
    /// One JSON object, unless ``delivery`` says otherwise.
    public var payload: [UInt8]
    /// What became of it; a reader of messages is not told.
    public var delivery: Delivery
}

extension SampleMessage {
    /// Adds the message to `bytes` as one line of a recording, newline included.
    ///
    /// The payload is a JSON string when it is UTF-8, else it is given in hex.
    public func appendRecordingLine(to bytes: inout [UInt8]) {
        var text = PayloadText()
        text.open()
        text.whole("v", 1)
        text.string("at", received.text())
        text.string("topic", topic)
        text.whole("qos", 1)
        text.raw("retain", "false")
        if let whole = String(validating: payload, as: UTF8.self) {
            text.string("payload", whole)
        } else {
            text.string("payload_hex", Self.hex(payload))
        }
        text.close()
        bytes += text.bytes
        bytes.append(0x0A)
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        let text = bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        return String(decoding: text, as: UTF8.self)
    }
}
