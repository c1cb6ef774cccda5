import SpecialFunctions
import VehicleFaults

/// One signal or code of one vehicle, watched for going further than is harmless: 88 bytes with the
/// trend that leads to its limit.
///
/// The hypothesis that evidence speaks against is not that nothing has changed but that whatever
/// has changed is of no concern, so a signal that moves a little and stays there opens nothing,
/// however long it stays. It is opened only when the vehicle's own readings first say that it may be
/// otherwise, and what comes after that is weighed: each reading is bet upon with what those before
/// it say of the present, so a sound vehicle stakes nothing and loses nothing.
@frozen
public struct DriftCheck: Equatable, Sendable {
    var mean = 0.0
    var variance: Float = 0
    /// Readings learned, at most 16,000; buckets seen where codes are counted.
    var count: UInt32 = 0
    /// How many of them the own level rests upon no more, because they came before a repair.
    var forgotten: UInt32 = 0
    /// What the next reading is expected by, and how well that does; or two circumstances of a reading.
    var past = RecentPast()
    /// What the last readings say of the present: a whitened deviate, its square, or a share.
    var present: Float = 0
    /// ln of the e-value; 0 before a hypothesis is open.
    var evidence: Float = 0
    /// Readings that were held against the past, at most 65,535.
    public internal(set) var judged: UInt32 = 0
    /// Readings since a visit to a workshop that was not settled yet, and 1; 0 when there is none.
    var visit: UInt32 = 0
    /// What was believed of the present before that visit, in 128ths of a deviate.
    var before: Int32 = 0
    /// A cumulative sum that says since when.
    var sum: Float = 0
    var since: UInt32 = 0
    /// Readings since the sum left 0, at most 8,191.
    var length: UInt16 = 0
    /// Whether the past is left alone because something may be under way, until the sum is back at 0.
    /// Learning whenever the sum is low would choose readings by what came before them.
    public internal(set) var isSuspicious = false
    /// Whether the reading before was learned, so that its product with the next one may be.
    var hasLearned = false
    /// Whether what is harmless has been called into question.
    public internal(set) var isOpen = false
    /// Readings gathered for the bucket under way.
    var gathered: UInt16 = 0
    /// The mean of the bucket under way, and when it began in whole seconds.
    var gatheredMean: Float = 0
    var bucket: UInt32 = 0
    public internal(set) var trend = TrendCheck()

    /// Nothing known yet.
    public init() {}

    /// Readings that the own level rests upon.
    var levelCount: UInt32 { count - forgotten }
    /// Readings before anything is said where only the level is learned anew.
    private static let few = 8.0

    /// Whether there is a past to hold readings against.
    func knowsLevel(_ settings: DriftSettings) -> Bool {
        let isAnew = forgotten > 0 && settings.kind == .level
        return variance > 0 && Double(levelCount) >= (isAnew ? Self.few : settings.warmUp)
    }

    /// ln of the e-value of the hypothesis that is open; 0 before.
    public var logEvidence: Double { Double(evidence) }
    /// The signal's own usual level, in its unit.
    public var ownLevel: Double { mean }
    /// The signal's own usual scatter as a standard deviation, in its unit.
    public var ownDeviation: Double { Double(variance).squareRoot() }
    /// The logarithm of the scatter, nearly, as a whole number that can be added up over vehicles:
    /// the variance's bits, which are linear between powers of two and so within 6 % of it.
    public var scatterNumber: Int64 { Int64(variance.bitPattern) }
    /// The deviation whose ``scatterNumber`` is the mean of `count` that come to `total`.
    public static func deviation(total: Int64, count: Int64) -> Double {
        count > 0 ? Double(Float(bitPattern: UInt32(clamping: total / count))).squareRoot() : 0
    }
    /// By how many whitened deviates a lasting shift of one own deviation shows.
    public var response: Double { whitening.response }
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

    /// How readings hang together with those before them, as far as that is known.
    var whitening: Whitening { past.whitening(count: Double(count)) }

    /// Adds the reading of one bucket; a rise must be towards the side on which the signal fails.
    ///
    /// - Parameters:
    ///   - common: what the vehicle's kind has in common now, in deviations.
    ///   - usual: how far readings of its kind usually scatter, as a standard deviation in the signal's
    ///     unit; 0 when nobody knows.
    ///   - hasCode: whether the code of a pair came with it; only then is evidence drawn.
    /// - Returns: the distance from the own level in own deviations, before what is common was
    ///   taken off; `nil` during the warm-up.
    public mutating func add(
        _ reading: Double, common: Double = 0, usual: Double = 0, hasCode: Bool = true,
        at time: EventTime, follows: Bool, _ settings: DriftSettings
    ) -> Double? {
        let deviation = ownDeviation
        let cleaned = reading - common * deviation
        if sum > Float(settings.suspicion) {
            isSuspicious = true
        } else if sum == 0 {
            isSuspicious = false
        }
        let isCase = settings.kind == .pair && hasCode
        let mayLearn = !isSuspicious && !isCase && visit == 0
        var raw: Double?
        let whitening = whitening
        if knowsLevel(settings) {
            raw = (reading - mean) / deviation
            if settings.kind != .pair || hasCode {
                judge(cleaned, whitening, usual: usual, at: time, settings)
                if visit > 0 { look(deviation, whitening, settings) }
            }
        }
        // Before the first reading there is no level to be away from; `look` may have moved it.
        let distance = levelCount == 0 ? 0 : cleaned - mean
        if mayLearn {
            learn(cleaned, distance, settings)
        } else if settings.kind == .scatter {
            mean += Self.pull * believed(distance, settings)
        }
        hasLearned = mayLearn
        // What a code brought with it says nothing of the readings after it: what was expected stands for it.
        remember(isCase ? past.forecast(whitening) * ownDeviation : distance, settings)
        if follows, levelCount >= 2, variance > 0 {
            trend.add(
                cleaned, at: time, variance: Double(variance) * whitening.variance,
                count: levelCount, TrendSettings())
        }
        return raw
    }

    private mutating func remember(_ distance: Double, _ settings: DriftSettings) {
        guard variance > 0 else { return }
        // A wild reading must not be expected again; one that is where evidence is looked for must.
        let most =
            levelCount < 4
            ? .infinity
            : (settings.kind == .level ? settings.harmless : 0) / ownDeviation + settings.cut
        past.remember(min(max(distance / ownDeviation, -most), most))
    }

    /// How far the level follows a reading where only scatter matters: a new sensor shows another level
    /// and scatters no more than the old one.
    static let pull = 0.15

    private func believed(_ distance: Double, _ settings: DriftSettings) -> Double {
        guard count >= 10, levelCount > 0 else { return distance }
        let reach = settings.reach * ownDeviation
        return min(max(distance, -reach), reach)
    }

    private mutating func learn(
        _ reading: Double, _ distance: Double, _ settings: DriftSettings
    ) {
        let seen = believed(distance, settings)
        let was = Double(variance)
        // How far readings scatter is not learned from a level that hardly anybody knows yet.
        let isKnown = forgotten == 0 || levelCount >= 10
        if isKnown, count < Self.mostCounted {
            count += 1
        } else if forgotten > 0 {
            forgotten -= 1
        }
        let share = 1 / min(Double(count), settings.memory)
        let levelShare = 1 / min(Double(levelCount), settings.memory)
        let step = levelCount == 1 ? reading - mean : seen
        // What the cut leaves of a normal deviate's variance.
        let kept = count > 10 ? 0.995 : 1
        mean += (settings.kind == .scatter ? max(levelShare, Self.pull) : levelShare) * step
        guard isKnown else { return }
        if count > 1 {
            variance = Float(
                (1 - share) * Double(variance) + (1 - levelShare) * share * step * step / kept)
        }
        guard hasLearned, was > 0, variance > 0 else { return }
        let deviation = was.squareRoot()
        past.learn(
            seen / deviation, reach: count > 10 ? settings.reach : .infinity, share: share,
            scale: was / Double(variance), kept: kept)
    }

    // MARK: - Results

    /// The way to a limit that lies `limit` above the own level, as the trend knows it now.
    public func life(limit: Double) -> RemainingLife {
        trend.life(
            to: mean + limit, isUpper: true, variance: Double(variance) * whitening.variance,
            TrendSettings())
    }

    /// How far the readings since the onset lie off on the mean: in the signal's unit, or as a ratio
    /// of scatters.
    public func size(_ settings: DriftSettings) -> Double {
        let mean = Double(sum) / Double(max(length, 1))
        switch settings.kind {
        case .level: return (0.5 + mean) * ownDeviation / whitening.response
        case .pair: return (0.5 + mean) * ownDeviation * whitening.variance.squareRoot()
        case .scatter: return (2 + 4 * mean).squareRoot()
        case .share: return Double(gathered) / Double(max(length, 1))
        }
    }

    // MARK: - Learning what readings depend on

    static let learner = UInt16.max

    /// Whether what is here are not the results of checks but the last reading and circumstances.
    public var isLearner: Bool { gathered == Self.learner }

    /// Remembers a reading with its circumstances, up to three, while nobody knows yet how the one
    /// depends on the others.
    ///
    /// - Returns: by how much all of them changed since the reading before.
    public mutating func learn(_ reading: Double, with others: [Double]) -> (
        Double, [Double]
    )? {
        let was: (Double, [Float])? =
            isLearner ? (mean, [variance, past.numbers.0, past.numbers.1]) : nil
        self = DriftCheck()
        gathered = Self.learner
        mean = reading
        let kept = others.prefix(3).map { Float($0) }
        if kept.count > 0 { variance = kept[0] }
        past.numbers = (kept.count > 1 ? kept[1] : 0, kept.count > 2 ? kept[2] : 0)
        guard let was else { return nil }
        return (
            reading - was.0,
            kept.indices.map { Double(kept[$0]) - Double(was.1[$0]) }
        )
    }

    // MARK: - As words

    static let longest: UInt16 = 0x1FFF
    static let mostCounted: UInt32 = 16_000
    static let mostJudged: UInt32 = 0xFFFF
    /// Marks words in which readings are counted in fewer bits than they once were.
    private static let form: UInt32 = 1 << 31
    /// Marks words that expect the next reading by two numbers, not by the trail alone.
    private static let formOfPast: UInt32 = 1 << 28

    /// The 88 bytes.
    public var words: InlineArray<11, UInt64> {
        func pair(_ a: UInt32, _ b: UInt32) -> UInt64 { UInt64(a) | UInt64(b) << 32 }
        let tail = trend.words
        let flags: UInt32 =
            (isSuspicious ? 0x8000 : 0) | (hasLearned ? 0x4000 : 0) | (isOpen ? 0x2000 : 0)
        return [
            mean.bitPattern,
            pair(variance.bitPattern, Self.form | Self.formOfPast | count | forgotten << 14),
            past.word,
            pair(present.bitPattern, evidence.bitPattern),
            pair(
                judged | visit << 16 | UInt32(bitPattern: before) << 21, sum.bitPattern),
            pair(since, UInt32(length) | flags | UInt32(gathered) << 16),
            pair(gatheredMean.bitPattern, bucket), tail[0], tail[1], tail[2], tail[3],
        ]
    }

    /// What ``words`` said. Words of zero are nothing known.
    public init(words: InlineArray<11, UInt64>) {
        self.init()
        func low(_ place: Int) -> UInt32 { UInt32(truncatingIfNeeded: words[place]) }
        func high(_ place: Int) -> UInt32 { UInt32(truncatingIfNeeded: words[place] >> 32) }
        mean = Double(bitPattern: words[0])
        variance = Float(bitPattern: low(1))
        if high(1) & Self.form != 0 {
            (count, forgotten) = (high(1) & 0x3FFF, high(1) >> 14 & 0x3FFF)
            (judged, visit) = (low(4) & 0xFFFF, low(4) >> 16 & 0x1F)
            before = Int32(bitPattern: low(4)) >> 21
        } else {
            count = min(high(1), Self.mostCounted)
            judged = min(low(4), Self.mostJudged)
        }
        (present, evidence) = (Float(bitPattern: low(3)), Float(bitPattern: high(3)))
        sum = Float(bitPattern: high(4))
        since = low(5)
        length = UInt16(truncatingIfNeeded: high(5)) & Self.longest
        isSuspicious = high(5) & 0x8000 != 0
        hasLearned = high(5) & 0x4000 != 0
        isOpen = high(5) & 0x2000 != 0
        gathered = UInt16(truncatingIfNeeded: high(5) >> 16)
        (gatheredMean, bucket) = (Float(bitPattern: low(6)), high(6))
        past =
            high(1) & Self.formOfPast != 0 || isLearner
            ? RecentPast(word: words[2])
            : RecentPast(
                ofTrail: variance > 0 ? Double(Float(bitPattern: high(2)) / variance) : 0)
        // The form before kept another number in the upper half of the third word.
        let third = high(1) & Self.form != 0 ? words[9] : words[9] & 0xFFFF_FFFF
        trend = TrendCheck(words: [words[7], words[8], third, words[10]])
    }

    /// What ``count(hasCode:at:_:)`` does with a message that the code did not come with, where nothing
    /// is under way: nearly every message of nearly every vehicle, for which reading all words and writing
    /// them again would take longer than the rest of it.
    ///
    /// - Parameters:
    ///   - pace: ``DriftSettings/pace``; so are harmless and bar what the settings say.
    /// - Returns: whether it is the first message that was judged; `nil` when nothing was done.
    public static func passOver(
        _ words: inout InlineArray<11, UInt64>, at time: EventTime, pace: Double,
        harmless usual: Double, bar: Double
    ) -> Bool? {
        let flags: UInt64 = 0x2000 << 32
        guard words[1] >> 63 == 1, words[4] >> 32 == 0, words[5] & flags == 0 else { return nil }
        let seconds = UInt32(clamping: time.milliseconds / 1000)
        // Not from before a repair.
        guard time.milliseconds / 1000 >= Int64(words[5] & 0xFFFF_FFFF) else { return nil }
        var present = Float(bitPattern: UInt32(truncatingIfNeeded: words[3]))
        present += Float(pace) * (0 - present)
        // Numbers below the normal ones take a processor a hundred times as long.
        if present < .leastNormalMagnitude { present = 0 }
        let seen = Double(present)
        guard seen * (1 - usual) <= bar * usual * (1 - seen) else { return nil }
        words[3] = words[3] & (0xFFFF_FFFF << 32) | UInt64(present.bitPattern)
        let judged = words[4] & UInt64(mostJudged)
        if judged < UInt64(mostJudged) { words[4] += 1 }
        if words[1] >> 32 & 0x3FFF < UInt64(mostCounted) { words[1] += 1 << 32 }
        // Neither readings since an onset nor codes in them.
        words[5] = words[5] & (0xC000 << 32) | UInt64(seconds)
        return judged == 0
    }
}
