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
        /// The code comes back sooner than the fleet's experience allows.
        case recurs
        /// The signal leaves, upwards or downwards, the distance that it used to have to those of similar
        /// vehicles, by its rank among them on the same day.
        case aboveKind = "above-kind"
        case belowKind = "below-kind"
        /// Two or three signals no longer go together as they do on similar vehicles.
        case unlikeKind = "unlike-kind"
        /// The part is as old as those that fail.
        case wearsOut = "wears-out"
        /// The code comes with a signal with which, in most cases so far, it meant the failure.
        case foretells

        /// Whether it goes by ranks among similar vehicles.
        var isRanked: Bool { self == .aboveKind || self == .belowKind || self == .unlikeKind }
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
    /// What is of no concern: a distance in the signal's unit, a ratio of scatters, a share, a rate, or a
    /// chance of failing.
    public var harmless: Double
    /// The distance from the own level at which the part is worn out, in the signal's unit; how far is
    /// looked ahead for parts that wear out.
    public var limit: Double?
    /// Places of two or three signals that are looked at together; empty where one is.
    public var signals: [Int] = []
    /// Places of the signals whose influence is taken off.
    public var adjust: [Int]
    /// Milliseconds that one value stands for; 0 for each message. Where a code foretells a failure, those in
    /// which it must follow.
    public var bucket: Int64
    /// What the rate of a code that recurs, or the age of a part, is counted by. The rate that is
    /// harmless is events per unit of it.
    public var clock = Window.Kind.trips
    /// A digest of what is watched, by which stored state finds it again.
    public var meaning: UInt64 = 0

    /// Whether it tells what the promise about false findings is about. That a part is due for inspection,
    /// or that a code means its failure, is a forecast, which says itself how often it comes true.
    public var isPromise: Bool { kind != .wearsOut && kind != .foretells }
    /// How far is looked ahead for parts that wear out, as people write it.
    public var span: String? {
        guard kind == .wearsOut, let limit else { return nil }
        let unit = clock == .engineHours ? "h" : "km"
        return "\(RuleText.number(limit)) \(unit)"
    }
    /// Whether the signal is only looked at when the code comes.
    public var isPair: Bool { signal != nil && code != nil }
    /// 1 when the side of the failure is upwards, -1 when it is downwards.
    public var direction: Double { kind == .falls || kind == .belowKind ? -1 : 1 }
}
