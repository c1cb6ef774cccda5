/// What a check saw, as one line of a ticket's chain of evidence.
public struct Evidence: Hashable, Sendable {
    /// The message it was read from: its place in the journal or recording, counted from 1.
    public var position: UInt64
    /// The vehicle's time of that message.
    public var at: EventTime
    public var content: Content

    public enum Content: Hashable, Sendable {
        case code(FaultCode, FaultStatus)
        case reading(signal: String, value: Double)
        /// A statistic that passed its limit, by name, with the reading that moved it.
        case statistic(name: String, signal: String, reading: Double, value: Double, limit: Double)
        /// What a check that knows its own error saw of a signal or code.
        case trend(TrendEvidence)
        /// No message for this long, in milliseconds.
        case silence(milliseconds: Int64)
    }

    public init(position: UInt64, at: EventTime, content: Content) {
        self.position = position
        self.at = at
        self.content = content
    }
}

/// What came of evaluating a rule on a vehicle: its condition was met, or its clear condition was.
public struct Finding: Hashable, Sendable {
    public enum Kind: UInt8, Sendable {
        case raised = 1
        case cleared = 2
        /// Not of a rule: somebody cleared the vehicle's fault codes with a tool.
        case codesCleared = 3
    }

    public var kind: Kind
    public var vehicle: VehicleID
    /// The rule's place in its program; -1 where it is none's.
    public var rule: Int
    /// The message or tick that completed the evidence: the last message at that moment.
    public var position: UInt64
    /// The vehicle's time at which the condition was met.
    public var at: EventTime
    /// Oldest first; the newest is what completed it.
    public var evidence: [Evidence]

    public init(
        kind: Kind, vehicle: VehicleID, rule: Int, position: UInt64, at: EventTime,
        evidence: [Evidence]
    ) {
        self.kind = kind
        self.vehicle = vehicle
        self.rule = rule
        self.position = position
        self.at = at
        self.evidence = evidence
    }
}
