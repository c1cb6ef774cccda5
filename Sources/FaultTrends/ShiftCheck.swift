import SpecialFunctions
import VehicleFaults

/// How a signal is watched for shifts; one for all vehicles.
@frozen
public struct ShiftSettings: Equatable, Sendable {
    /// Readings that the past spans, above 100.
    public var memory = 4000.0
    /// Independent readings before anything is said; readings that depend on each other count for
    /// less, down to one in a hundred.
    public var warmUp = 20.0
    /// Whether readings depend on the one before and that dependence is to be taken out.
    public var isWhitening = true
    /// The shift looked for, in deviations.
    public var shift = 1.0
    /// Where one reading's deviate is cut, so that a single wild reading opens nothing.
    public var cut = 4.0
    /// Cumulative sum above which the past is not touched. Lower limits make what is learned a
    /// selection: at 2.5 the mean run length at a dependence of 0.5 falls from 465 to 222.
    public var suspicion = 8.0

    @inlinable public init() {}
}

/// One signal of one vehicle, watched for a shift of its level: 56 bytes.
///
/// A reading per aggregation bucket, the cohort's median already taken off. It is standardised by
/// the vehicle's own past, freed of its dependence on the reading before, and summed as evidence; a
/// cumulative sum says since when and by how much. While a shift is suspected the past is left alone.
@frozen
public struct ShiftCheck: Equatable, Sendable {
    public var baseline = SelfStartingBaseline()
    /// The last reading's distance from the mean.
    var previous: Float = 0
    /// The mean product of neighbouring distances.
    var covariance: Float = 0
    var rise: Float = 0
    var fall: Float = 0
    var logRise: Float = -.infinity
    var logFall: Float = -.infinity
    var riseSince: UInt32 = 0
    var fallSince: UInt32 = 0
    /// Readings since the rising sum left 0 and since the falling one did, 12 bits each, and the
    /// quarter of the reading after which evidence was first counted, 8 bits.
    private var packed: UInt32 = 0

    private static let longest = 4095

    private var riseLength: Int {
        get { Int(packed & 0xFFF) }
        set { packed = packed & ~0xFFF | UInt32(min(newValue, Self.longest)) }
    }

    private var fallLength: Int {
        get { Int(packed >> 12 & 0xFFF) }
        set { packed = packed & ~0xFF_F000 | UInt32(min(newValue, Self.longest)) << 12 }
    }

    /// Learned readings when evidence began; 0 before it did.
    private var start: UInt32 {
        get { (packed >> 24) * 4 }
        set { packed = packed & 0xFF_FFFF | min(newValue / 4, 255) << 24 }
    }

    /// Nothing known yet; also what remains after a confirmed repair.
    public init() {}

    /// What one reading changed.
    @frozen
    public struct Step: Equatable, Sendable {
        /// The reading as a standard normal deviate, not yet cut.
        public var deviate: Double
        /// ln of the e-value for a shift either way.
        public var logEvidence: Double
    }

    /// A shift as the cumulative sum sees it.
    @frozen
    public struct Shift: Equatable, Sendable {
        /// Deviations, negative for a fall (Montgomery 2013, chapter 9).
        public var size: Double
        /// When the sum last left 0, in whole seconds.
        public var since: EventTime
        /// Readings since then.
        public var readings: Int
        /// The cumulative sum itself.
        public var sum: Double
    }

    /// Whether the past is left alone because a shift may be under way.
    public func isSuspicious(_ settings: ShiftSettings) -> Bool {
        max(rise, fall) > Float(settings.suspicion)
    }

    /// How much of a reading's distance carries over to the next one, -0.5 to 0.98.
    public func dependence(_ settings: ShiftSettings) -> Double {
        guard settings.isWhitening, baseline.count >= 3, baseline.variance > 0 else { return 0 }
        // Few readings underestimate it (Kendall 1954: by (1 + 3φ)/n).
        let n = Double(baseline.count)
        let raw = Double(covariance) / baseline.variance
        return min(max((raw * n + 1) / (n - 3 < 1 ? 1 : n - 3), -0.5), 0.98)
    }

    /// Adds the reading of one bucket.
    ///
    /// - Returns: `nil` during the warm-up and for a signal that never moves.
    public mutating func add(_ reading: Double, at time: EventTime, _ settings: ShiftSettings)
        -> Step?
    {
        // Decided before the reading is seen, so that what is learned is not a selection.
        let mayLearn = !isSuspicious(settings)
        let result = judge(reading, at: time, mayStart: mayLearn, settings)
        // Before the first reading there is no level to be away from.
        let distance = baseline.count == 0 ? 0 : reading - baseline.mean
        if mayLearn {
            let kept = SelfStartingBaseline.reach(count: baseline.count).kept
            let product = baseline.cut(distance) * baseline.cut(Double(previous)) / kept
            let share = baseline.learn(reading, memory: settings.memory)
            covariance = Float((1 - share) * (Double(covariance) + share * product))
        }
        previous = Float(distance)
        return result
    }

    /// Whether the past says enough. Dependence is judged by its upper end, because too little of it
    /// seen early would be taken for shifts without end.
    private func isWarm(_ settings: ShiftSettings) -> Bool {
        let n = Double(baseline.count)
        guard n >= max(settings.warmUp, 4) else { return false }
        guard settings.isWhitening, n < 1020 else { return true }
        let phi = dependence(settings)
        let upper = min(phi + ((1 - phi * phi) / n).squareRoot(), 0.99)
        return n * (1 - upper) / (1 + upper) >= settings.warmUp
    }

    private mutating func judge(
        _ reading: Double, at time: EventTime, mayStart: Bool, _ settings: ShiftSettings
    ) -> Step? {
        guard baseline.variance > 0 else { return nil }
        if start == 0 {
            guard isWarm(settings) else { return nil }
            start = baseline.count
        }
        let deviate = whitened(reading, settings)
        let cut = min(max(deviate, -settings.cut), settings.cut)
        let number = Double(baseline.count - start) + 1
        var up = ChangePointEvidence(logRatio: Double(logRise))
        var down = ChangePointEvidence(logRatio: Double(logFall))
        up.add(cut, number: number, size: settings.shift, mayStart: mayStart)
        down.add(cut, number: number, size: -settings.shift, mayStart: mayStart)
        (logRise, logFall) = (Float(up.logRatio), Float(down.logRatio))
        sum(cut, at: time, slack: 0.5 * settings.shift)
        return Step(
            deviate: deviate,
            logEvidence: ChangePointEvidence.logMean(
                up.logValue(after: number), down.logValue(after: number)))
    }

    /// The reading as a normal deviate given the one before: the recursive residual of an
    /// autoregression (Brown, Durbin and Evans 1975), which without dependence is Hawkins'
    /// self-starting deviate.
    private func whitened(_ reading: Double, _ settings: ShiftSettings) -> Double {
        let n = baseline.weight(memory: settings.memory)
        let phi = dependence(settings)
        let deviation = (baseline.variance * n / (n - 1)).squareRoot()
        let before = phi == 0 ? 0 : Double(previous) / deviation
        let distance = (reading - baseline.mean) / deviation - phi * before
        let leverage = 1 + (1 + before * before) / n
        let t = distance / ((1 - phi * phi) * leverage).squareRoot()
        return SelfStartingBaseline.normalDeviate(t, degrees: settings.isWhitening ? n - 2 : n - 1)
    }

    private mutating func sum(_ deviate: Double, at time: EventTime, slack: Double) {
        let second = UInt32(clamping: time.milliseconds / 1000)
        let (wasRising, wasFalling) = (rise > 0, fall > 0)
        rise = Float(max(0, Double(rise) + deviate - slack))
        fall = Float(max(0, Double(fall) - deviate - slack))
        if !wasRising { (riseSince, riseLength) = (second, 0) }
        if !wasFalling { (fallSince, fallLength) = (second, 0) }
        if rise > 0 { riseLength += 1 }
        if fall > 0 { fallLength += 1 }
    }

    /// The larger of the two sums; `nil` while both are 0.
    public func shift(_ settings: ShiftSettings) -> Shift? {
        guard rise > 0 || fall > 0 else { return nil }
        let rises = rise >= fall
        let sum = Double(rises ? rise : fall)
        let length = rises ? riseLength : fallLength
        let size = 0.5 * settings.shift + sum / Double(max(length, 1))
        return Shift(
            size: rises ? size : -size,
            since: EventTime(milliseconds: Int64(rises ? riseSince : fallSince) * 1000),
            readings: length, sum: sum)
    }

    /// ln of the e-value for a rise and for a fall alone.
    public var logEvidence: (rise: Double, fall: Double) {
        guard start > 0 else { return (0, 0) }
        let seen = Double(baseline.count - start)
        return (
            ChangePointEvidence(logRatio: Double(logRise)).logValue(after: seen),
            ChangePointEvidence(logRatio: Double(logFall)).logValue(after: seen)
        )
    }
}
