import VehicleFaults

/// How a signal's trend is followed; one for all vehicles.
@frozen
public struct TrendSettings: Equatable, Sendable {
    /// Readings over which the wandering of the level is averaged.
    public var memory = 200.0
    /// Variance that the slope gains a day, as a share of a reading's variance, while it stays as it is.
    public var slopeShare = 3e-6
    /// How much of the newest innovation goes into the mean of the last ones, by which a slope that
    /// has changed is known.
    public var pace = 0.2
    /// Deviations of that mean beyond which the slope is taken for another one.
    public var turn = 2.5
    /// The least variance that the level gains a day, as a share of a reading's variance.
    public var levelShare = 1e-3
    /// Deviations beyond which a reading loses weight.
    public var reach = 3.0

    @inlinable public init() {}
}

/// One signal of one vehicle, followed towards a limit: 32 bytes. Time counts in days.
@frozen
public struct TrendCheck: Equatable, Sendable {
    private var level: Float = 0
    private var slope: Float = 0
    private var levelVariance: Float = 0
    private var covariance: Float = 0
    private var slopeVariance: Float = 0
    /// The last innovation, for what neighbouring ones have in common, in 4096ths of what was expected
    /// of it as a deviation.
    private var previous: Int16 = 0
    /// The mean of the last innovations, in 8192ths of such deviations.
    private var bias: Int16 = 0
    /// Variance that the level gains a day, as estimated so far.
    private var wander: Float = 0
    /// Whole seconds; 0 before the first reading.
    private var last: UInt32 = 0

    public init() {}

    /// The 32 bytes.
    var words: InlineArray<4, UInt64> {
        func pair(_ a: UInt32, _ b: UInt32) -> UInt64 { UInt64(a) | UInt64(b) << 32 }
        return [
            pair(level.bitPattern, slope.bitPattern),
            pair(levelVariance.bitPattern, covariance.bitPattern),
            pair(
                slopeVariance.bitPattern,
                UInt32(UInt16(bitPattern: previous)) | UInt32(UInt16(bitPattern: bias)) << 16),
            pair(wander.bitPattern, last),
        ]
    }

    /// What ``words`` said.
    init(words: InlineArray<4, UInt64>) {
        func low(_ place: Int) -> UInt32 { UInt32(truncatingIfNeeded: words[place]) }
        func high(_ place: Int) -> UInt32 { UInt32(truncatingIfNeeded: words[place] >> 32) }
        (level, slope) = (Float(bitPattern: low(0)), Float(bitPattern: high(0)))
        levelVariance = Float(bitPattern: low(1))
        covariance = Float(bitPattern: high(1))
        slopeVariance = Float(bitPattern: low(2))
        previous = Int16(truncatingIfNeeded: high(2))
        bias = Int16(truncatingIfNeeded: high(2) >> 16)
        (wander, last) = (Float(bitPattern: low(3)), high(3))
    }

    /// The filter with all its digits.
    public var filter: TrendFilter {
        TrendFilter(
            level: Double(level), slope: Double(slope), levelVariance: Double(levelVariance),
            covariance: Double(covariance), slopeVariance: Double(slopeVariance))
    }

    private static let secondsADay = 86_400.0
    /// How far the estimate of the wandering follows one innovation, before averaging.
    private static let gain = 0.2

    /// Adds the reading of one bucket.
    ///
    /// - Parameters:
    ///   - variance: of a reading about its level, from the signal's own past; above 0.
    ///   - count: readings so far, this one included.
    public mutating func add(
        _ reading: Double, at time: EventTime, variance: Double, count: UInt32,
        _ settings: TrendSettings
    ) {
        let second = UInt32(clamping: time.milliseconds / 1000)
        var filter = self.filter
        if last == 0 {
            filter = TrendFilter(
                level: reading, levelVariance: variance, slopeVariance: 1e6 * variance)
        } else {
            // Readings are handed on in order; two in one second still take a moment.
            let gap = max(Double(second) - Double(last), 1) / Self.secondsADay
            let noise = noise(variance: variance, settings)
            filter.advance(by: gap, noise)
            if count > 10 { turn(&filter, reading, noise, gap: gap, settings) }
            let told = filter.observe(reading, noise, reach: settings.reach)
            // In a filter that knows its noise, innovations have the variance it expects and nothing
            // in common (Mehra 1970). What they have more is wandering that was not
            // expected, so the estimate is moved until nothing is left (Robbins and Monro 1951).
            let deviation = told.variance.squareRoot()
            let limit = settings.reach * deviation
            let distance = min(max(told.distance, -limit), limit)
            let share = 1 / min(max(Double(count), 2), settings.memory)
            let before = Double(previous) / 4096 * deviation
            let excess = distance * (distance + 2 * before) - told.variance
            let move = Self.gain * share * min(excess, 9 * told.variance) / max(gap, 1e-3)
            wander = Float(max(0, Double(wander) + move))
            previous = Int16((4096 * distance / deviation).rounded())
        }
        (level, slope) = (Float(filter.level), Float(filter.slope))
        levelVariance = Float(filter.levelVariance)
        covariance = Float(filter.covariance)
        slopeVariance = Float(filter.slopeVariance)
        last = max(second, 1)
    }

    /// Lets the slope be learned anew where the last readings all lie on one side of what it makes expect.
    ///
    /// A slope that changes seldom and much is not one that wanders: were it allowed to wander enough to
    /// follow a part that begins to fail, nothing could be said about one that goes on as it does. What
    /// is missing from it is what the mean innovation gained over the readings it is taken from.
    private mutating func turn(
        _ filter: inout TrendFilter, _ reading: Double, _ noise: TrendNoise, gap: Double,
        _ settings: TrendSettings
    ) {
        let expected = filter.levelVariance + noise.reading
        let distance = (reading - filter.level) / expected.squareRoot()
        let limit = settings.reach
        let mean =
            (1 - settings.pace) * Double(bias) / 8192
            + settings.pace * min(max(distance, -limit), limit)
        bias = Int16((8192 * mean).rounded())
        let usual = settings.turn * settings.turn * settings.pace / (2 - settings.pace)
        guard mean * mean > usual else { return }
        // In half a day nothing wears that would not have worn by the next.
        let rise = settings.pace / max(gap, 0.5)
        filter.slopeVariance += 1.25 * rise * rise * (mean * mean - usual) * expected
    }

    private func noise(variance: Double, _ settings: TrendSettings) -> TrendNoise {
        TrendNoise(
            level: max(Double(wander), settings.levelShare * variance),
            slope: settings.slopeShare * variance, reading: variance)
    }

    /// What is known of the way to a limit, from the last reading on; in days.
    ///
    /// - Parameters:
    ///   - limit: in the signal's unit.
    ///   - isUpper: whether the limit is met from below.
    ///   - variance: as given with the readings.
    public func life(
        to limit: Double, isUpper: Bool, variance: Double, _ settings: TrendSettings
    ) -> RemainingLife {
        let distance = limit - Double(level)
        return RemainingLife(
            distance: isUpper ? distance : -distance,
            drift: Double(isUpper ? slope : -slope),
            driftDeviation: Double(slopeVariance).squareRoot(),
            wander: noise(variance: variance, settings).level,
            distanceDeviation: Double(levelVariance).squareRoot(),
            covariance: -Double(covariance))
    }
}
