/// Messages that arrived together, in the order of their arrival, in one run of bytes.
///
/// The bytes are reused for the next batch unless a copy of this one is still held by then.
public struct MessageBatch: Sendable {
    /// One message: where its parts lie in `bytes`, and when it came.
    public struct Message: Hashable, Sendable {
        /// The topic's UTF-8 in `bytes`.
        public var topic: Range<Int>
        /// The payload in `bytes`; it may be empty.
        public var payload: Range<Int>
        /// When it was read, by the wall clock, in milliseconds since 1970-01-01T00:00:00Z.
        public var receivedMilliseconds: Int64
        /// Whether the broker had kept it from before we subscribed.
        public var retained: Bool
    }

    /// Topics and payloads, one after the other.
    public private(set) var bytes: [UInt8] = []
    /// The messages, first come first.
    public private(set) var messages: [Message] = []

    /// A batch with nothing in it.
    public init() {}

    /// Whether nothing arrived.
    public var isEmpty: Bool { messages.isEmpty }
    /// Messages in the batch.
    public var count: Int { messages.count }

    /// The topic as text; costs a copy, so the hot path uses `bytes` and the range.
    public func topic(of message: Message) -> String {
        String(decoding: bytes[message.topic], as: UTF8.self)
    }

    /// The payload, without a copy.
    public func payload(of message: Message) -> ArraySlice<UInt8> { bytes[message.payload] }

    /// Adds a message to the end.
    public mutating func append(
        topic: some Collection<UInt8>, payload: some Collection<UInt8>,
        receivedMilliseconds: Int64, retained: Bool = false
    ) {
        let start = bytes.count
        bytes.append(contentsOf: topic)
        let middle = bytes.count
        bytes.append(contentsOf: payload)
        messages.append(
            Message(
                topic: start..<middle, payload: middle..<bytes.count,
                receivedMilliseconds: receivedMilliseconds, retained: retained))
    }

    /// Empties the batch; memory beyond `bound` bytes, left by one huge message, is given back.
    mutating func reset(keepingUpTo bound: Int) {
        guard !messages.isEmpty else { return }
        bytes.removeAll(keepingCapacity: bytes.capacity <= bound)
        messages.removeAll(keepingCapacity: true)
    }
}
