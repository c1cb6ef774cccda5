import SpecialFunctions

/// From which age on a part is due for inspection, as the lives of a fleet's parts tell it.
///
/// This is a forecast and no test: nothing of the vehicle but the part's age speaks in it. Of parts
/// that are due, about as many fail within the span as the chance says, and the others do not.
public struct WearForecast: Equatable, Sendable {
    public var fit: LifeFit
    /// The stretch that is looked ahead, in the unit of ages.
    public var span: Double
    /// The age at which the chance of failing within the span is reached, even by the lower end of its
    /// interval of 90 %.
    public var dueAge: Double

    /// Fewer failures say too little of when parts wear out.
    public static let enoughFailures = 5
    /// What bounds of chances and shapes hold with.
    public static let confidence = 0.9

    /// - Parameters:
    ///   - span: above 0.
    ///   - chance: of failing within the span from which on a part is due; between 0 and 1.
    /// - Returns: `nil` below five failures, when parts are not shown to wear (the bounds of the shape
    ///   hold 1), and when no age is reached at which the chance is.
    public init?(_ fit: LifeFit, span: Double, chance: Double) {
        guard fit.failures >= Self.enoughFailures,
            fit.interval(Self.confidence).shape.lowerBound > 1
        else { return nil }
        func isDue(_ age: Double) -> Bool {
            fit.intervalOfChance(within: span, atAge: age, Self.confidence).lowerBound >= chance
        }
        // The bound need not grow for ever, since old ages are known worst: the first age counts.
        guard
            let bin = (0..<LifeHistogram.bins).first(where: { isDue(LifeHistogram.end(of: $0)) })
        else { return nil }
        var (below, above) = (
            bin > 0 ? LifeHistogram.end(of: bin - 1) : 0, LifeHistogram.end(of: bin)
        )
        for _ in 0..<40 {
            let middle = 0.5 * (below + above)
            if isDue(middle) { above = middle } else { below = middle }
        }
        (self.fit, self.span, dueAge) = (fit, span, above)
    }

    /// Takes back what was published.
    public init(fit: LifeFit, span: Double, dueAge: Double) {
        (self.fit, self.span, self.dueAge) = (fit, span, dueAge)
    }

    /// The chance of failing within the span at an age, and its interval of 90 %.
    public func chance(atAge age: Double) -> (chance: Double, interval: ClosedRange<Double>) {
        (
            fit.life.chanceOfFailure(within: span, atAge: age),
            fit.intervalOfChance(within: span, atAge: age, Self.confidence)
        )
    }
}

/// How old one part of one vehicle is, by its odometer or hour meter: 88 bytes with the others.
@frozen
public struct WearWatch: Equatable, Sendable {
    /// What the meter showed when the part was new: 0, or its reading at the last confirmed repair.
    var base = 0.0
    /// The age up to which the part's life has been counted, in whole units; `nil` when it was never seen.
    public var reached: Int? { isSeen ? Int(counted) : nil }
    var counted: Int64 = 0
    /// The age up to which the fleet was told of it; in memory only.
    public var reported: Int = 0
    /// Where ``words`` have that.
    public static let reportedPlace = 7
    /// Whether the part was seen at all.
    var isSeen = false
    /// The age at which it was told to be due; `nil` while it was not.
    public internal(set) var told: Double?
    /// Whether there is a forecast for it.
    public internal(set) var isForecast = false

    /// Nothing known yet.
    public init() {}

    /// Takes in what the meter shows.
    ///
    /// - Returns: the part's age, and the stretch of ages that is new. Where watching begins is where the
    ///   first stretch does, since nobody knows what was before. `nil` for a meter that shows less
    ///   than before.
    public mutating func run(to meter: Double) -> (age: Double, from: Int, to: Int)? {
        let age = meter - base
        guard age >= 0, age < 1e9, !isSeen || age >= Double(counted) else { return nil }
        let whole = Int64(age)
        let from = isSeen ? counted : whole
        if !isSeen { reported = Int(whole) }
        (counted, isSeen) = (whole, true)
        return (age, Int(from), Int(whole))
    }

    /// What ``run(to:)`` and ``becomesDue(at:_:)`` do while there is no forecast, for a part that was seen
    /// before and of which nothing was told.
    ///
    /// - Returns: whether ``reached`` is another than before; `nil` when nothing was done.
    public static func passOver(_ words: inout InlineArray<11, UInt64>, meter: Double) -> Bool? {
        guard words[5] >> 32 & 0x5000 == 0x4000 else { return nil }
        let age = meter - Double(bitPattern: words[0])
        let counted = Int64(bitPattern: words[2])
        guard age >= 0, age < 1e9, age >= Double(counted) else { return nil }
        let whole = Int64(age)
        words[2] = UInt64(bitPattern: whole)
        words[4] = 0
        return whole > counted
    }

    /// Whether the part is due and that was not told yet, or so long ago that the span is over.
    public mutating func becomesDue(at age: Double, _ forecast: WearForecast?) -> Bool {
        isForecast = forecast != nil
        guard let forecast, age >= forecast.dueAge,
            told.map({ age >= $0 + forecast.span }) ?? true
        else { return false }
        told = age
        return true
    }

    /// Puts a new part in the place of the old one.
    ///
    /// - Parameter meter: what it shows.
    /// - Returns: the age that the old part reached; `nil` when it was never seen.
    public mutating func replace(at meter: Double) -> Int? {
        let reached = reached
        self = WearWatch()
        base = meter
        return reached
    }

    /// The 88 bytes. Whether there is a forecast stands where ``DriftCheck`` counts what it judged.
    public var words: InlineArray<11, UInt64> {
        let flags: UInt64 = (isSeen ? 0x4000 : 0) | (told != nil ? 0x1000 : 0)
        return [
            base.bitPattern, 1 << 63, UInt64(bitPattern: counted), 0, isForecast ? 1 : 0,
            flags << 32, (told ?? 0).bitPattern, UInt64(reported), 0, 0, 0,
        ]
    }

    /// What ``words`` said. Words of zero are nothing known.
    public init(words: InlineArray<11, UInt64>) {
        base = Double(bitPattern: words[0])
        counted = Int64(bitPattern: words[2])
        isForecast = words[4] & 1 != 0
        reported = Int(truncatingIfNeeded: words[Self.reportedPlace])
        isSeen = words[5] >> 32 & 0x4000 != 0
        told = words[5] >> 32 & 0x1000 != 0 ? Double(bitPattern: words[6]) : nil
    }
}
