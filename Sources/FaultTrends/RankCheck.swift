import SpecialFunctions
import VehicleFaults

/// One signal of one vehicle, held against what its kind does on the same day: 88 bytes.
///
/// What is ranked is not the reading but its distance from the vehicle's own first readings, among
/// the distances of its kind on that day. So a vehicle that has always stood apart shows nothing, and
/// neither does one that moves as all do. Its rank becomes the normal deviate that has as much above it,
/// and the deviates are watched like readings: whether they rise above their own usual level. That
/// takes care of vehicles that scatter more than others, and of days that hang together.
///
/// A day's rank is known when the day is over for all, so each value waits until the fleet has
/// published what the others showed.
@frozen
public struct RankCheck: Equatable, Sendable {
    /// What is known of the vehicle's usual deviate, and the evidence.
    public var drift = DriftCheck()
    /// The mean of the vehicle's first values, and how many there were.
    var level = 0.0
    var settled: UInt32 = 0
    /// The distance that waits for its rank, and when it was complete, in whole seconds.
    var waiting: Float = 0
    var complete: UInt32 = 0
    /// The publication that it waits for; 0 when none waits.
    var awaited: UInt32 = 0

    /// Nothing known yet.
    public init() {}

    /// Values that make the level which distances are from. How well they tell it does not matter, since
    /// what is left is in the usual deviate.
    private static let first: UInt32 = 10

    /// The distance of a value from the vehicle's first ones; `nil` for those themselves.
    public mutating func distance(of reading: Double) -> Double? {
        guard settled < Self.first else { return reading - level }
        settled += 1
        level += (reading - level) / Double(settled)
        return nil
    }

    /// Takes the distance that waits, when its time has come or gone.
    ///
    /// - Parameter number: of publications so far.
    /// - Returns: the distance, when it is among those that were published last.
    public mutating func takeWaiting(published number: UInt32) -> (distance: Double, at: EventTime)?
    {
        guard awaited != 0, number >= awaited else { return nil }
        defer { awaited = 0 }
        guard number == awaited else { return nil }
        return (Double(waiting), EventTime(milliseconds: Int64(complete) * 1000))
    }

    /// Lets a distance wait for the next publication, unless one waits already.
    ///
    /// - Returns: the distance as it will be looked for, to be told to the fleet.
    public mutating func wait(_ distance: Double, at time: EventTime, published number: UInt32)
        -> Double
    {
        let kept = Float(distance)
        if awaited == 0 {
            (waiting, awaited) = (kept, number + 1)
            complete = UInt32(clamping: time.milliseconds / 1000)
        }
        return Double(kept)
    }

    /// How a check of a vehicle's deviates is set, when its kind scatters as it does.
    ///
    /// - Parameters:
    ///   - harmless: in the signal's unit.
    ///   - scatter: of the kind's distances on the day, in the same unit.
    public static func settings(harmless: Double, scatter: Double) -> DriftSettings {
        DriftSettings(.level, harmless: scatter > 0 ? harmless / scatter : 0)
    }

    /// Judges the distance that has waited.
    ///
    /// - Parameters:
    ///   - distance: what ``takeWaiting(published:)`` gave.
    ///   - kind: the distances of the kind on that day, this one among them.
    /// - Returns: how far the kind's distances scatter; `nil` when nothing was judged, because they do
    ///   not.
    public mutating func judge(
        _ distance: Double, among kind: QuantileSketch, at time: EventTime, harmless: Double
    ) -> Double? {
        guard let scatter = kind.robustMoments?.deviation, scatter > 0 else { return nil }
        // Of N vehicles the highest has rank 1 of N + 1.
        let chance = Double(max(kind.count(atLeast: distance), 1)) / Double(kind.count + 1)
        _ = drift.add(
            -NormalDistribution.quantile(chance), at: time, follows: false,
            Self.settings(harmless: harmless, scatter: scatter))
        return scatter
    }

    /// Begins anew after a confirmed repair; see ``DriftCheck/beginAnew(at:_:)``.
    public mutating func beginAnew(at time: EventTime) {
        var next = RankCheck()
        next.drift = drift
        next.drift.beginAnew(at: time, Self.settings(harmless: 0, scatter: 1))
        self = next
    }

    /// Notes that the vehicle was in a workshop; see ``DriftCheck/noteVisit(at:_:)``.
    public mutating func noteVisit(at time: EventTime) {
        drift.noteVisit(at: time, Self.settings(harmless: 0, scatter: 1))
    }

    /// The 88 bytes.
    public var words: InlineArray<11, UInt64> {
        var words = drift.words
        words[7] = UInt64(waiting.bitPattern) | UInt64(complete) << 32
        words[8] = UInt64(awaited) | UInt64(settled) << 32
        words[9] = level.bitPattern
        words[10] = 0
        return words
    }

    /// What ``words`` said. Words of zero are nothing known.
    public init(words: InlineArray<11, UInt64>) {
        var own = words
        for word in 7...10 { own[word] = 0 }
        drift = DriftCheck(words: own)
        waiting = Float(bitPattern: UInt32(truncatingIfNeeded: words[7]))
        complete = UInt32(truncatingIfNeeded: words[7] >> 32)
        awaited = UInt32(truncatingIfNeeded: words[8])
        settled = UInt32(truncatingIfNeeded: words[8] >> 32)
        level = Double(bitPattern: words[9])
    }
}
