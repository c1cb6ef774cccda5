import VehicleFaults

/// One thing that may change a decision, in the order of the journal.
public struct Entry: Sendable {
    public enum Kind: UInt8, Sendable {
        case message = 0
        /// A point of the tick grid has passed; nothing else tells the core that time goes on.
        case tick = 1
        /// Something a person asks; the payload says what, as JSON.
        case command = 2
    }

    public var kind: Kind
    /// When the daemon received it, in milliseconds since 1970; `nil` for a recording that does
    /// not say, where the message's own time stands in.
    public var received: Int64?
    /// Where the topic stands in the batch's bytes.
    public var topic: Range<Int>
    /// Where the payload stands in the batch's bytes.
    public var payload: Range<Int>
    /// Whether the broker had kept the message from earlier.
    public var isRetained: Bool

    public init(
        kind: Kind = .message, received: Int64?, topic: Range<Int> = 0..<0,
        payload: Range<Int> = 0..<0, isRetained: Bool = false
    ) {
        self.kind = kind
        self.received = received
        self.topic = topic
        self.payload = payload
        self.isRetained = isRetained
    }
}

/// Entries with the bytes they point into. Where a batch is cut means nothing.
public struct EntryBatch: Sendable {
    public var bytes: [UInt8]
    public var entries: [Entry]

    public init(bytes: [UInt8] = [], entries: [Entry] = []) {
        self.bytes = bytes
        self.entries = entries
    }
}

/// The grid of received time on which ticks lie, in milliseconds.
public enum TickGrid {
    public static let interval: Int64 = 10_000

    /// The newest tick that is not after `time`.
    public static func latest(upTo time: Int64) -> Int64 {
        time.floored(dividedBy: interval) * interval
    }
}

/// What the core may be told about its work; anything here can change decisions.
public struct WatchSettings: Hashable, Sendable {
    /// How long a vehicle's messages wait for one that is older, in milliseconds of its own time.
    public var reorderWindow: Int64
    /// A vehicle's clock that is further ahead of the received time than this is not believed.
    public var clockTolerance: Int64
    /// How often the fleet decides on statistical findings, in milliseconds of received time; a
    /// multiple of the tick grid.
    public var epoch: Int64
    /// The largest share of false ones among statistical findings.
    public var falseShare: Double
    /// By which rule they are chosen.
    public var decision: DecisionRule

    public init(
        reorderWindow: Int64 = 0, clockTolerance: Int64 = 600_000, epoch: Int64 = 86_400_000,
        falseShare: Double = 0.05, decision: DecisionRule = .evidence
    ) {
        self.reorderWindow = reorderWindow
        self.clockTolerance = clockTolerance
        self.epoch = epoch
        self.falseShare = falseShare
        self.decision = decision
    }
}
