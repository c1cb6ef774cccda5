/// How much a single message may hold; a decoder refuses more before it costs anything.
public struct DecodingLimits: Sendable, Equatable {
    /// Longest payload, in bytes.
    public var bytes: Int
    /// Deepest nesting of arrays and objects; the message itself is the first level.
    public var depth: Int {
        didSet { depth = Self.bounded(depth) }
    }
    /// Most fault codes in one message.
    public var faults: Int
    /// Most members of one object of signals, known or not.
    public var signals: Int

    /// The limits of a message.
    ///
    /// - Parameters:
    ///   - bytes: longest payload.
    ///   - depth: deepest nesting; brought into 4 (what a message itself needs) to 64.
    ///   - faults: most fault codes.
    ///   - signals: most members of one object of signals.
    public init(
        bytes: Int = 256 * 1024, depth: Int = 32, faults: Int = 512, signals: Int = 1024
    ) {
        self.bytes = bytes
        self.depth = Self.bounded(depth)
        self.faults = faults
        self.signals = signals
    }

    // Open containers are remembered as the bits of one word.
    private static func bounded(_ depth: Int) -> Int { min(max(depth, 4), 64) }
}
