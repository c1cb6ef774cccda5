/// The readings just before, and how much of them the next one takes over: 8 bytes.
///
/// The next reading is expected by two numbers: the distance of the last one from the own level, and the
/// *trail* of those before it, in which each weighs half as much as the one after it. A signal that takes over
/// a share of its last value is met by the first alone; a noisy sensor on something slow, of which a single
/// reading says little, by both.
@frozen
@usableFromInline struct RecentPast: Equatable, Sendable {
    /// The newest distance, and the trail with it, in 256ths of the own deviation.
    private var newest: Int16 = 0
    private var trail: Int16 = 0
    /// What a distance has in common with the one before it and with the trail before it, in 16384ths of
    /// the own variance.
    private var neighbours: Int16 = 0
    private var common: Int16 = 0

    @usableFromInline init() {}

    /// How the trail's weights fall from one reading to the one before it.
    static let fading = 0.5
    private static let distanceUnit = 256.0
    private static let shareUnit = 16384.0

    private static func kept(_ value: Double, _ unit: Double) -> Int16 {
        value.isNaN ? 0 : Int16(min(max(value * unit, -32767), 32767).rounded())
    }

    /// What the next distance is expected to be, in own deviations.
    func forecast(_ whitening: Whitening) -> Double {
        let last = Double(newest) / Self.distanceUnit
        let older = (Double(trail) / Self.distanceUnit - last) / Self.fading
        return whitening.last * last + whitening.trail * older
    }

    /// Takes in a distance, in own deviations.
    mutating func remember(_ distance: Double) {
        trail = Self.kept(
            Self.fading * Double(trail) / Self.distanceUnit + distance, Self.distanceUnit)
        newest = Self.kept(distance, Self.distanceUnit)
    }

    /// Learns what a distance has in common with those before it.
    ///
    /// - Parameters:
    ///   - distance: in own deviations, cut at `reach` of them.
    ///   - share: the weight of the newest reading.
    ///   - scale: what the variance was, over what it is now.
    ///   - kept: what the cut leaves of a normal deviate's variance.
    mutating func learn(
        _ distance: Double, reach: Double, share: Double, scale: Double, kept: Double
    ) {
        func cut(_ value: Int16, _ reach: Double) -> Double {
            min(max(Double(value) / Self.distanceUnit, -reach), reach)
        }
        // The weights of a trail come to 2.
        let products = (
            distance * cut(newest, reach), distance * cut(trail, reach / (1 - Self.fading))
        )
        func follow(_ number: Int16, _ product: Double) -> Int16 {
            let was = Double(number) / Self.shareUnit
            return Self.kept((1 - share) * (was + share * product / kept) * scale, Self.shareUnit)
        }
        neighbours = follow(neighbours, products.0)
        common = follow(common, products.1)
    }

    /// Forgets the readings, not how they hang together.
    mutating func forget() { (newest, trail) = (0, 0) }

    /// Measures the distances from another level, that much higher, in own deviations.
    mutating func move(by step: Double) {
        newest = Self.kept(Double(newest) / Self.distanceUnit - step, Self.distanceUnit)
        trail = Self.kept(
            Double(trail) / Self.distanceUnit - step / (1 - Self.fading), Self.distanceUnit)
    }

    /// The least-squares forecast (Yule 1927; Walker 1931, with the trail in place of readings further back).
    ///
    /// - Parameter count: readings that were learned.
    func whitening(count n: Double) -> Whitening {
        // Few readings say little of their dependence: it is drawn to a middling one.
        let prior = 10.0
        func drawn(_ number: Int16, _ to: Double) -> Double {
            (n * Double(number) / Self.shareUnit + prior * to) / (n + prior)
        }
        let near = min(max(drawn(neighbours, 0.4), -0.5), 0.98)
        let common = min(max(drawn(common, 0.5), -0.5), 1.95)
        let fading = Self.fading
        // The trail before the last reading: its variance, and what the next reading has in common with it.
        let spread = (1 + 2 * fading * common) / (1 - fading * fading)
        let older = (common - near) / fading
        let free = max(spread - common * common, 0.05)
        let last = (near * spread - common * older) / free
        let trail = (older - common * near) / free
        let left = max(1 - last * near - trail * older, 0.03)
        return Whitening(
            last: last, trail: trail, variance: left,
            response: (1 - last - trail / (1 - fading)) / left.squareRoot())
    }

    // MARK: - As a word

    var word: UInt64 {
        func bits(_ number: Int16) -> UInt64 { UInt64(UInt16(bitPattern: number)) }
        return bits(newest) | bits(trail) << 16 | bits(neighbours) << 32 | bits(common) << 48
    }

    init(word: UInt64) {
        func number(_ place: UInt64) -> Int16 {
            Int16(truncatingIfNeeded: word >> (16 * place))
        }
        (newest, trail, neighbours, common) = (number(0), number(1), number(2), number(3))
    }

    /// What is known where only what a distance has in common with the trail before it was kept: as if readings
    /// took over a share of the last one and nothing else.
    init(ofTrail common: Double) {
        let share = common / (1 + Self.fading * common)
        (neighbours, self.common) = (
            Self.kept(share, Self.shareUnit), Self.kept(common, Self.shareUnit)
        )
    }

    /// The same bits as two numbers of something else.
    var numbers: (Float, Float) {
        get {
            (
                Float(bitPattern: UInt32(truncatingIfNeeded: word)),
                Float(bitPattern: UInt32(truncatingIfNeeded: word >> 32))
            )
        }
        set {
            self = RecentPast(
                word: UInt64(newValue.0.bitPattern) | UInt64(newValue.1.bitPattern) << 32)
        }
    }
}

/// How readings hang together with those before them, and what that leaves of a shift.
struct Whitening {
    /// How much of the last distance is expected to carry over to the next reading, and of the trail before it.
    var last: Double
    var trail: Double
    /// The variance of what was not expected, as a ratio to that of readings.
    var variance: Double
    /// By how many whitened deviates a lasting shift of one deviation shows.
    var response: Double

    /// How much of noise without memory is left in a deviate, as a ratio to ``variance``, where the level
    /// follows each reading by the share `pull`.
    func fresh(pull: Double) -> Double {
        // A distance from such a level has the variance 1 + κ, and −κρ^(k−1) in common with the k-th before it.
        let (fading, kept) = (RecentPast.fading, 1 - pull)
        let excess = pull / (1 + kept)
        let squares = last * last + trail * trail / (1 - fading * fading)
        let withThese = last + trail * kept / (1 - fading * kept)
        let among =
            (last * trail + trail * trail * fading / (1 - fading * fading)) / (1 - fading * kept)
        return ((1 + excess) * (1 + squares) + 2 * excess * (withThese - among)) / variance
    }

    /// How many readings say as much of the level as one independent one would.
    var lasting: Double { 1 / max(response * response, 1e-4) }
}
