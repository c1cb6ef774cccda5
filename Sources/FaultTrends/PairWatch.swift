import VehicleFaults

/// A code of one vehicle with up to three signals, one of which may say what the code means: 88 bytes.
///
/// A *case* begins when the code comes, with what was off about the signals at that moment, and
/// ends with the failure or when its time is over without one. What is off lies 2.5 usual deviations
/// from the vehicle's own level, in one direction. The fleet counts cases for each signal and
/// direction; see ``PairRecord``.
@frozen
public struct PairWatch: Equatable, Sendable {
    /// Of each signal: its own level and variance, the newest deviate, and when that was, in
    /// whole seconds.
    var mean = SIMD3<Float>.zero
    var variance = SIMD3<Float>.zero
    var deviate = SIMD3<Float>.zero
    var at = SIMD3<UInt32>.zero
    /// Readings that levels rest upon, at most 200.
    var counts = SIMD3<UInt16>.zero
    /// What was off when the case under way began, by ``place(of:isAbove:)``; 0 for nothing.
    var off: UInt8 = 0
    /// When it began, in whole seconds; 0 when there is none.
    var began: UInt32 = 0
    /// Whether it was told.
    public internal(set) var isTold = false
    /// Whether the fleet has seen cases enough to tell anything.
    public var isInformed = false

    /// Nothing known yet.
    public init() {}

    /// The most signals beside a code.
    public static let mostSignals = 3
    /// Signals and directions that there are, and one for cases in which nothing was off.
    public static let places = 2 * mostSignals + 1
    /// Own deviations from which on a signal is off.
    private static let limit: Float = 2.5
    /// Readings before a vehicle's level is known, and those that it spans.
    private static let (warmUp, memory): (UInt16, UInt16) = (20, 200)
    /// How long a deviate says how a signal is, in seconds.
    private static let fresh: UInt32 = 86_400

    /// Where a signal that is off upwards or downwards is counted.
    public static func place(of signal: Int, isAbove: Bool) -> Int {
        2 * signal + (isAbove ? 1 : 0)
    }

    /// When the case under way began; `nil` when there is none.
    public var onset: EventTime? {
        began > 0 ? EventTime(milliseconds: Int64(began) * 1000) : nil
    }

    /// Takes in a reading.
    ///
    /// - Parameter hasCode: whether the code came with it, of which nothing is learned.
    public mutating func read(_ reading: Double, of signal: Int, hasCode: Bool, at time: EventTime)
    {
        var level = Level(mean: mean[signal], variance: variance[signal], count: counts[signal])
        deviate[signal] = level.deviate(of: reading)
        at[signal] = UInt32(clamping: time.milliseconds / 1000)
        guard !hasCode else { return }
        level.learn(reading)
        (mean[signal], variance[signal], counts[signal]) = (level.mean, level.variance, level.count)
    }

    /// What is usual of a signal.
    private struct Level {
        var mean: Float
        var variance: Float
        /// Readings that it rests upon, at most ``PairWatch/memory``.
        var count: UInt16

        private var isKnown: Bool { count >= warmUp }

        /// How far a reading lies from it, in own deviations; 0 while it is not known.
        func deviate(of reading: Double) -> Float {
            let deviation = variance.squareRoot()
            return isKnown && deviation > 0 ? (Float(reading) - mean) / deviation : 0
        }

        mutating func learn(_ reading: Double) {
            let (distance, most) = (Float(reading) - mean, 3 * variance.squareRoot())
            // One that is off is learned cut, or a fault would soon be usual.
            let step = isKnown ? min(max(distance, -most), most) : distance
            count = min(count + 1, memory)
            let share = 1 / Float(count)
            mean += share * step
            variance = (1 - share) * (variance + share * step * step)
        }
    }

    /// Whether ``words`` are of a vehicle with no case under way, so that a message that the code did not
    /// come with is but read by ``passOver(_:_:of:at:)``.
    public static func isQuiet(_ words: InlineArray<11, UInt64>) -> Bool {
        words[8] & 0xFFFF_FFFF == 0 && words[5] & (0x8000 << 32) == 0
    }

    /// What ``read(_:of:hasCode:at:)`` does in ``words`` where the code did not come: reading all of them and
    /// writing them again would take longer than the rest of it.
    public static func passOver(
        _ words: inout InlineArray<11, UInt64>, _ reading: Double, of signal: Int,
        at time: EventTime
    ) {
        let place = signal == 2 ? 6 : 2 * signal
        let (low, shift): (UInt64, UInt64) = (0xFFFF_FFFF, UInt64(32 + 8 * signal))
        var level = Level(
            mean: Float(bitPattern: UInt32(truncatingIfNeeded: words[place])),
            variance: Float(bitPattern: UInt32(truncatingIfNeeded: words[place] &>> 32)),
            count: UInt16(truncatingIfNeeded: words[1] &>> shift) & 0xFF)
        let deviate = level.deviate(of: reading)
        level.learn(reading)
        words[place] = UInt64(level.mean.bitPattern) | UInt64(level.variance.bitPattern) << 32
        words[place + 1] = words[place + 1] & ~low | UInt64(deviate.bitPattern)
        words[1] = words[1] & ~(0xFF &<< shift) | UInt64(level.count) &<< shift
        let now = UInt64(UInt32(clamping: time.milliseconds / 1000))
        switch signal {
        case 0: words[4] = words[4] & low | now << 32
        case 1: words[5] = words[5] & ~low | now
        default: words[7] = words[7] & low | now << 32
        }
    }

    /// Marks ``words`` as a check's and with whether the fleet has seen cases enough.
    public static func mark(_ words: inout InlineArray<11, UInt64>, isInformed: Bool) {
        words[1] |= 1 << 63
        words[4] = words[4] & ~1 | (isInformed ? 1 : 0)
    }

    /// Where what is off now is counted, one bit each.
    func offNow(at time: EventTime) -> UInt8 {
        let now = UInt32(clamping: time.milliseconds / 1000)
        var bits: UInt8 = 0
        for signal in 0..<Self.mostSignals
        where deviate[signal].magnitude >= Self.limit && at[signal] <= now
            && now - at[signal] <= Self.fresh
        {
            bits |= 1 << UInt8(Self.place(of: signal, isAbove: deviate[signal] > 0))
        }
        return bits
    }

    /// The case that time ends, without a failure.
    ///
    /// - Parameter span: milliseconds in which a failure must follow.
    /// - Returns: where it counts; empty when none has ended.
    public mutating func expire(at time: EventTime, within span: Int64) -> [Int] {
        guard let onset, time.milliseconds > onset.milliseconds + span else { return [] }
        return end()
    }

    /// Ends the case under way.
    ///
    /// - Returns: where it counts; empty when there is none.
    public mutating func end() -> [Int] {
        guard began > 0 else { return [] }
        defer { (began, off, isTold) = (0, 0, false) }
        let places = (0..<Self.places - 1).filter { off & 1 << UInt8($0) != 0 }
        return places.isEmpty ? [Self.places - 1] : places
    }

    /// Takes in the code.
    ///
    /// - Returns: where what is off with it now is counted.
    public mutating func see(at time: EventTime) -> [Int] {
        let now = offNow(at: time)
        if began == 0 {
            (began, off) = (max(UInt32(clamping: time.milliseconds / 1000), 1), now)
        }
        return (0..<Self.places - 1).filter { now & 1 << UInt8($0) != 0 }
    }

    /// Notes that the case was told, which is done once.
    public mutating func tell() { isTold = true }

    /// How a signal is: its newest deviate, and its own usual deviation.
    public func state(of signal: Int) -> (deviate: Double, deviation: Double) {
        (Double(deviate[signal]), Double(variance[signal].squareRoot()))
    }

    /// Forgets what is usual, since the part is another one.
    public mutating func forgetLevels() {
        (mean, variance, deviate) = (.zero, .zero, .zero)
        (at, counts) = (.zero, .zero)
    }

    // MARK: - As words

    /// The 88 bytes. Whether the fleet knows enough stands where ``DriftCheck`` has what it judged, and
    /// nothing where it has evidence, for those who know no more than that they are a check's.
    public var words: InlineArray<11, UInt64> {
        func pair(_ a: UInt32, _ b: UInt32) -> UInt64 { UInt64(a) | UInt64(b) << 32 }
        func counted(_ signal: Int) -> UInt32 { UInt32(counts[signal]) }
        return [
            pair(mean.x.bitPattern, variance.x.bitPattern),
            pair(deviate.x.bitPattern, 1 << 31 | counted(0) | counted(1) << 8 | counted(2) << 16),
            pair(mean.y.bitPattern, variance.y.bitPattern), pair(deviate.y.bitPattern, 0),
            pair((isInformed ? 1 : 0) | UInt32(off) << 16, at.x),
            pair(at.y, isTold ? 0x8000 : 0), pair(mean.z.bitPattern, variance.z.bitPattern),
            pair(deviate.z.bitPattern, at.z), UInt64(began), 0, 0,
        ]
    }

    /// What ``words`` said. Words of zero are nothing known.
    public init(words: InlineArray<11, UInt64>) {
        func low(_ place: Int) -> UInt32 { UInt32(truncatingIfNeeded: words[place]) }
        func high(_ place: Int) -> UInt32 { UInt32(truncatingIfNeeded: words[place] >> 32) }
        func floats(_ x: UInt32, _ y: UInt32, _ z: UInt32) -> SIMD3<Float> {
            SIMD3(Float(bitPattern: x), Float(bitPattern: y), Float(bitPattern: z))
        }
        mean = floats(low(0), low(2), low(6))
        variance = floats(high(0), high(2), high(6))
        deviate = floats(low(1), low(3), low(7))
        at = SIMD3(high(4), low(5), high(7))
        for signal in 0..<Self.mostSignals {
            counts[signal] = UInt16(high(1) >> UInt32(8 * signal) & 0xFF)
        }
        (isInformed, off) = (low(4) & 1 != 0, UInt8(low(4) >> 16 & 0xFF))
        isTold = high(5) & 0x8000 != 0
        began = low(8)
    }
}
