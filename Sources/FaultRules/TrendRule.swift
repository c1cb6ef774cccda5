import VehicleFaults

/// What of a vehicle a statistical check watches, and which rule its findings belong to.
public struct TrendRule: Hashable, Sendable {
    /// What is looked for.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// The signal leaves its own level upwards or downwards.
        case rises, falls
        /// The signal scatters more than it used to.
        case scatters
        /// The code comes on a larger share of messages or buckets.
        case returns
    }

    public var kind: Kind
    /// The place of the rule in its program.
    public var rule: Int
    /// The signal's place in the program's names; `nil` where only a code is watched.
    public var signal: Int?
    /// The code that is watched, or with which the signal is.
    public var code: CodePattern?
    /// What the code's status must have in common with this; empty for any status.
    public var status: FaultStatus
    /// What is of no concern: a distance in the signal's unit, a ratio of scatters, or a share.
    public var harmless: Double
    /// The distance from the own level at which the part is worn out, in the signal's unit.
    public var limit: Double?
    /// Places of the signals whose influence is taken off.
    public var adjust: [Int]
    /// Milliseconds that one value stands for; 0 for each message.
    public var bucket: Int64
    /// A digest of what is watched, by which stored state finds it again.
    public var meaning: UInt64

    /// Whether the signal is only looked at when the code comes.
    public var isPair: Bool { signal != nil && code != nil }
    /// 1 when the side of the failure is upwards, -1 when it is downwards.
    public var direction: Double { kind == .falls ? -1 : 1 }
}
