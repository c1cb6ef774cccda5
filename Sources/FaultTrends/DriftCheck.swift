import SpecialFunctions
import VehicleFaults

/// How a signal or code is watched on the side on which it would fail; one for all vehicles.
@frozen
public struct DriftSettings: Equatable, Sendable {
    /// What is looked for.
    @frozen public enum Kind: UInt8, Sendable {
        /// The level rises.
        case level
        /// The scatter grows.
        case scatter
        /// A code comes in a larger share of the buckets.
        case share
        /// The level is raised whenever a code comes.
        case pair
    }

    public var kind: Kind
    /// What is of no concern: a rise in the signal's unit, a ratio of scatters, or a share.
    public var harmless: Double
    /// Readings that the past spans, above 100.
    public var memory = 4000.0
    /// Independent readings before anything is said.
    public var warmUp = 8.0
    /// The rise looked for beyond the harmless one, in deviations.
    public var shift = 1.0
    /// Variance of a whitened deviate that is allowed for, as a ratio: dependence that lasts longer
    /// than an autoregression of one step explains makes runs of them scatter more than they should.
    public var allowance = 1.5
    /// Where a deviate is cut, so that a single wild reading opens nothing.
    public var cut = 4.0
    /// Where a distance is cut before it is learned, and what that leaves of a normal deviate's
    /// variance.
    public var reach = 3.0
    /// Cumulative sum above which the past is left alone, until the sum is back at 0.
    public var suspicion = 8.0

    @inlinable public init(_ kind: Kind, harmless: Double) {
        (self.kind, self.harmless) = (kind, harmless)
        // With a code, each reading is a case of its own.
        if kind == .pair { (shift, allowance) = (2, 1) }
    }
}

/// One signal or code of one vehicle, watched for going further than is harmless: 88 bytes with the
/// trend that leads to its limit.
///
/// The hypothesis that evidence speaks against is not that nothing has changed but that whatever
/// has changed is of no concern, so a signal that moves a little and stays there opens nothing,
/// however long it stays. Readings are standardised by the vehicle's own past and freed of their
/// dependence on the one before, as in ``ShiftCheck``.
@frozen
public struct DriftCheck: Equatable, Sendable {
    var mean = 0.0
    var variance: Float = 0
    /// Readings learned; buckets seen where codes are counted.
    var count: UInt32 = 0
    /// Readings that evidence was drawn from.
    public private(set) var judged: UInt32 = 0
    var previous: Float = 0
    var covariance: Float = 0
    /// A cumulative sum that says since when.
    var sum: Float = 0
    var since: UInt32 = 0
    /// Readings since the sum left 0, at most 16,383.
    var length: UInt16 = 0
    /// Whether the past is left alone because something may be under way, until the sum is back at 0.
    /// Learning whenever the sum is low would choose readings by what came before them.
    public private(set) var isSuspicious = false
    /// Whether the reading before was learned, so that its product with the next one may be.
    private var hasLearned = false
    /// Readings gathered for the bucket under way.
    var gathered: UInt16 = 0
    var logRatio: Float = -.infinity
    /// ln of the largest e-value so far.
    public private(set) var logMaximum: Float = 0
    /// The mean of the bucket under way, and when it began in whole seconds.
    var gatheredMean: Float = 0
    var bucket: UInt32 = 0
    public internal(set) var trend = TrendCheck()

    /// Nothing known yet; also what remains after a confirmed repair.
    public init() {}

    var past: SelfStartingBaseline {
        SelfStartingBaseline(mean: mean, variance: Double(variance), count: count)
    }

    /// The signal's own usual level, in its unit.
    public var ownLevel: Double { mean }
    /// The signal's own usual scatter as a standard deviation, in its unit.
    public var ownDeviation: Double { Double(variance).squareRoot() }
    /// When what is suspected began, in whole seconds.
    public var onset: EventTime { EventTime(milliseconds: Int64(since) * 1000) }

    // MARK: - Buckets

    /// Gathers readings that fall into one bucket of time.
    ///
    /// - Parameter width: of a bucket, in milliseconds; 0 hands on each reading as it is.
    /// - Returns: the mean of the bucket that this reading ends, and the moment it ended.
    public mutating func gather(_ reading: Double, at time: EventTime, width: Int64) -> (
        reading: Double, at: EventTime
    )? {
        guard width > 0 else { return (reading, time) }
        let start = UInt32(clamping: time.milliseconds / width * width / 1000)
        var full: (Double, EventTime)?
        if gathered > 0, start != bucket {
            full = (
                Double(gatheredMean),
                EventTime(milliseconds: Int64(bucket) * 1000 + width)
            )
            gathered = 0
        }
        if gathered == 0 { (bucket, gatheredMean) = (start, 0) }
        if gathered < Self.learner - 1 { gathered += 1 }
        gatheredMean += (Float(reading) - gatheredMean) / Float(gathered)
        return full
    }

    // MARK: - Signals

    /// How much of a reading's distance carries over to the next one, -0.5 to 0.98, with Kendall's
    /// (1954) correction for few readings.
    public var dependence: Double {
        guard count >= 3, variance > 0 else { return 0 }
        let n = Double(count)
        let raw = Double(covariance) / Double(variance)
        return min(max((raw * n + 1) / max(n - 3, 1), -0.5), 0.98)
    }

    /// Adds the reading of one bucket; a rise must be towards the side on which the signal fails.
    ///
    /// - Parameters:
    ///   - common: what the vehicle's kind has in common now, in deviations.
    ///   - hasCode: whether the code of a pair came with it; only then is evidence drawn.
    /// - Returns: the distance from the own level in own deviations, before what is common was
    ///   taken off; `nil` during the warm-up.
    public mutating func add(
        _ reading: Double, common: Double = 0, hasCode: Bool = true, at time: EventTime,
        follows: Bool, _ settings: DriftSettings
    ) -> Double? {
        let deviation = ownDeviation
        let cleaned = reading - common * deviation
        if sum > Float(settings.suspicion) {
            isSuspicious = true
        } else if sum == 0 {
            isSuspicious = false
        }
        let mayLearn = !isSuspicious && !(settings.kind == .pair && hasCode)
        var raw: Double?
        if variance > 0, judged > 0 || isWarm(settings) {
            raw = (reading - mean) / deviation
            if settings.kind != .pair || hasCode { judge(cleaned, at: time, settings) }
        }
        // Before the first reading there is no level to be away from.
        let distance = count == 0 ? 0 : cleaned - mean
        if mayLearn { learn(cleaned, distance, settings) }
        hasLearned = mayLearn
        previous = Float(distance)
        if follows, count >= 2, variance > 0 {
            let phi = dependence
            trend.add(
                cleaned, at: time, variance: Double(variance) * (1 - phi * phi), count: count,
                TrendSettings())
        }
        return raw
    }

    private mutating func learn(
        _ reading: Double, _ distance: Double, _ settings: DriftSettings
    ) {
        let reach = count < 10 ? .infinity : settings.reach * ownDeviation
        func believed(_ distance: Double) -> Double { min(max(distance, -reach), reach) }
        let product = believed(distance) * believed(Double(previous))
        count = count < .max ? count + 1 : count
        let share = 1 / min(Double(count), settings.memory)
        let step = count == 1 ? reading : believed(distance)
        // What the cut leaves of a normal deviate's variance.
        let kept = count > 10 ? 0.995 : 1
        mean += share * step
        if count > 1 {
            variance = Float((1 - share) * (Double(variance) + share * step * step / kept))
        }
        if hasLearned { covariance = Float((1 - share) * (Double(covariance) + share * product)) }
    }

    /// Whether the past says enough: readings that depend on each other count for less.
    private func isWarm(_ settings: DriftSettings) -> Bool {
        let n = Double(count)
        guard n >= max(settings.warmUp, 4) else { return false }
        let phi = dependence
        return n * (1 - phi) / (1 + phi) >= settings.warmUp
    }

    private mutating func judge(
        _ reading: Double, at time: EventTime, _ settings: DriftSettings
    ) {
        let past = past
        let n = past.weight(memory: settings.memory)
        let phi = dependence
        let deviation = (past.variance * n / (n - 1)).squareRoot()
        let before = Double(previous) / deviation
        let distance = (reading - past.mean) / deviation - phi * before
        let leverage = 1 + (1 + before * before) / n
        let deviate = SelfStartingBaseline.normalDeviate(
            distance / ((1 - phi * phi) * leverage).squareRoot(), degrees: n - 2)
        switch settings.kind {
        case .level, .pair:
            // A rise of d deviations raises the whitened deviate by d times this.
            let share = settings.kind == .pair ? 1 : ((1 - phi) / (1 + phi)).squareRoot()
            // The own level is only known so well: 1.64 standard errors of it count as harmless too.
            let margin =
                settings.harmless > 0
                ? settings.harmless / deviation * share + 1.64 / n.squareRoot() : 0
            let beyond = min(max(deviate - margin, -settings.cut), settings.cut)
            let plain = min(max(deviate, -settings.cut), settings.cut)
            draw(
                settings.shift * beyond
                    - 0.5 * settings.shift * settings.shift * settings.allowance)
            follow(plain - 0.5 * settings.shift, at: time)
        case .scatter:
            // What is harmless enters as noise without memory, and weighs more once whitened.
            let extra = max(settings.harmless * settings.harmless - 1, 0)
            let bound = 1 + extra * (1 + phi * phi) / (1 - phi * phi)
            let square = min(deviate * deviate, 9 * bound)
            // A bet on the square: its mean is at most 1 when the variance is at most the bound,
            // whatever the distribution (Waudby-Smith and Ramdas 2024).
            draw(Elementary.log1p(Self.stake * (square / bound - 1)))
            follow(0.25 * (square - 2), at: time)
        case .share: break
        }
    }

    /// The share of the wealth that is staked on a larger variance.
    private static let stake = 0.3

    // MARK: - Codes

    /// Counts a bucket in which a code came or did not.
    public mutating func count(hasCode: Bool, at time: EventTime, _ settings: DriftSettings) {
        if count < .max { count += 1 }
        let usual = settings.harmless
        let raised = min(2.5 * usual, 0.5 * (1 + usual))
        let step =
            hasCode
            ? Elementary.log(raised / usual)
            : Elementary.log1p(-raised) - Elementary.log1p(-usual)
        draw(step)
        follow(step, at: time)
        if sum == 0 { gathered = 0 } else if hasCode, gathered < .max { gathered += 1 }
    }

    /// Gathers whether a code came in one bucket of time.
    ///
    /// - Parameter width: of a bucket, in milliseconds; 0 makes each message a bucket.
    /// - Returns: whether it came in the bucket that this message ends, and the moment it ended.
    public mutating func gather(hasCode: Bool, at time: EventTime, width: Int64) -> (
        hasCode: Bool, at: EventTime
    )? {
        guard width > 0 else { return (hasCode, time) }
        let start = UInt32(clamping: time.milliseconds / width * width / 1000)
        var full: (Bool, EventTime)?
        if bucket != start {
            if bucket != 0 {
                full = (
                    gatheredMean > 0, EventTime(milliseconds: Int64(bucket) * 1000 + width)
                )
            }
            (bucket, gatheredMean) = (start, 0)
        }
        if hasCode { gatheredMean = 1 }
        return full
    }

    // MARK: - Evidence

    /// Readings among which a change is equally likely at each.
    private static let block = 512.0
    /// Six over π squared, so that the blocks' chances add up to 1.
    private static let first = 0.607_927_101_854_026_7

    /// The chance that a change is yet to come after `n` readings: each block of readings has the
    /// first one's chance over the square of its number.
    private static func rest(after n: Double) -> Double {
        let full = (n / block).rounded(.down)
        guard full < 32 else {
            // The sum's tail (Euler 1755), and the part of the block that is over.
            func tail(_ middle: Double) -> Double {
                first * (1 / middle - 1 / (24 * middle * middle * middle))
            }
            return tail(full + 0.5 + (n / block - full))
        }
        var rest = 1.0
        var number = 1.0
        while number <= full {
            rest -= first / (number * number)
            number += 1
        }
        return rest - (n - full * block) / block * first / (number * number)
    }

    /// Multiplies the evidence by a likelihood ratio, given as its logarithm.
    private mutating func draw(_ step: Double) {
        let n = Double(judged)
        let (before, after) = (Self.rest(after: n), Self.rest(after: n + 1))
        if judged < .max { judged += 1 }
        let ratio =
            step
            + Elementary.logSumExp(Double(logRatio), Elementary.log(max(before - after, 1e-300)))
        logRatio = Float(ratio)
        let value = Elementary.logSumExp(ratio, Elementary.log(after))
        // Rounded down, so that storing it never adds evidence.
        logMaximum = max(logMaximum, Float(value).nextDown)
    }

    private static let longest: UInt16 = 0x3FFF

    private mutating func follow(_ step: Double, at time: EventTime) {
        let was = sum
        sum = Float(max(0, Double(sum) + step))
        if was == 0 { (since, length) = (UInt32(clamping: time.milliseconds / 1000), 0) }
        if sum > 0, length < Self.longest { length += 1 }
    }

    /// The way to a limit that lies `limit` above the own level, as the trend knows it now.
    public func life(limit: Double) -> RemainingLife {
        let phi = dependence
        return trend.life(
            to: mean + limit, isUpper: true, variance: Double(variance) * (1 - phi * phi),
            TrendSettings())
    }

    /// How far the readings since the onset lie off on the mean: in the signal's unit, or as a ratio
    /// of scatters.
    public func size(_ settings: DriftSettings) -> Double {
        let mean = Double(sum) / Double(max(length, 1))
        switch settings.kind {
        case .level:
            let phi = dependence
            return (0.5 * settings.shift + mean) * ownDeviation
                / ((1 - phi) / (1 + phi)).squareRoot()
        case .pair: return (0.5 * settings.shift + mean) * ownDeviation
        case .scatter: return (2 + 4 * mean).squareRoot()
        case .share: return Double(gathered) / Double(max(length, 1))
        }
    }

    // MARK: - Learning what readings depend on

    private static let learner = UInt16.max

    /// Whether what is here are not the results of checks but the last reading and circumstances.
    public var isLearner: Bool { gathered == Self.learner }

    /// Remembers a reading with its circumstances, up to three, while nobody knows yet how the one
    /// depends on the others.
    ///
    /// - Returns: by how much all of them changed since the reading before.
    public mutating func learn(_ reading: Double, with others: [Double]) -> (
        Double, [Double]
    )? {
        let was: (Double, [Float])? = isLearner ? (mean, [variance, previous, covariance]) : nil
        self = DriftCheck()
        gathered = Self.learner
        mean = reading
        let kept = others.prefix(3).map { Float($0) }
        if kept.count > 0 { variance = kept[0] }
        if kept.count > 1 { previous = kept[1] }
        if kept.count > 2 { covariance = kept[2] }
        guard let was else { return nil }
        return (
            reading - was.0,
            kept.indices.map { Double(kept[$0]) - Double(was.1[$0]) }
        )
    }

    // MARK: - As words

    /// The 88 bytes.
    public var words: InlineArray<11, UInt64> {
        func pair(_ a: UInt32, _ b: UInt32) -> UInt64 { UInt64(a) | UInt64(b) << 32 }
        let tail = trend.words
        return [
            mean.bitPattern, pair(variance.bitPattern, count),
            pair(judged, previous.bitPattern), pair(covariance.bitPattern, sum.bitPattern),
            pair(
                since,
                UInt32(length) | (isSuspicious ? 0x8000 : 0) | (hasLearned ? 0x4000 : 0)
                    | UInt32(gathered) << 16),
            pair(logRatio.bitPattern, logMaximum.bitPattern),
            pair(gatheredMean.bitPattern, bucket), tail[0], tail[1], tail[2], tail[3],
        ]
    }

    /// What ``words`` said. Words of zero are nothing known.
    public init(words: InlineArray<11, UInt64>) {
        self.init()
        func low(_ place: Int) -> UInt32 { UInt32(truncatingIfNeeded: words[place]) }
        func high(_ place: Int) -> UInt32 { UInt32(truncatingIfNeeded: words[place] >> 32) }
        mean = Double(bitPattern: words[0])
        (variance, count) = (Float(bitPattern: low(1)), high(1))
        (judged, previous) = (low(2), Float(bitPattern: high(2)))
        (covariance, sum) = (Float(bitPattern: low(3)), Float(bitPattern: high(3)))
        since = low(4)
        length = UInt16(truncatingIfNeeded: high(4)) & Self.longest
        isSuspicious = high(4) & 0x8000 != 0
        hasLearned = high(4) & 0x4000 != 0
        gathered = UInt16(truncatingIfNeeded: high(4) >> 16)
        // Before anything was judged there is no ratio, which is not the ratio 1.
        if judged > 0 {
            (logRatio, logMaximum) = (Float(bitPattern: low(5)), Float(bitPattern: high(5)))
        }
        (gatheredMean, bucket) = (Float(bitPattern: low(6)), high(6))
        trend = TrendCheck(words: [words[7], words[8], words[9], words[10]])
    }
}
