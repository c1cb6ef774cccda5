import VehicleFaults

/// Two or three signals of a vehicle that belong together, held against how they go together on others:
/// 88 bytes.
///
/// Each message's signals are taken as one point, and its distance from the mean of the vehicle's own
/// first ones is measured in units of how the fleet's vehicles usually move (Mahalanobis 1936). So a
/// point that is far away in a direction in which all of them move is near, and one that lies where
/// the others never are is far, though no signal is unusual by itself. A day's mean of these distances
/// is ranked among the kind's by ``RankCheck``.
@frozen
public struct SubsystemCheck: Equatable, Sendable {
    /// The distances' ranks, and the evidence.
    public var rank = RankCheck()
    /// The means of the first messages' signals, and how many there were.
    var centre = SIMD3<Float>.zero
    var seen: UInt16 = 0

    /// Nothing known yet.
    public init() {}

    /// The most signals that are taken together.
    public static let mostSignals = 3
    /// Messages that make the centre. How well they tell it does not matter, since ranks are of how
    /// distances change.
    private static let first: UInt16 = 20

    /// How far a message's signals lie from the vehicle's own first ones.
    ///
    /// - Parameters:
    ///   - signals: two or three.
    ///   - covariance: of the fleet's readings about their vehicle's own level, row by row of its upper
    ///     triangle.
    /// - Returns: `nil` for the first messages, and for signals of which one follows from the others.
    public mutating func distance(of signals: [Double], covariance: [Double]) -> Double? {
        let size = min(signals.count, Self.mostSignals)
        guard seen >= Self.first else {
            seen += 1
            for place in 0..<size {
                centre[place] += (Float(signals[place]) - centre[place]) / Float(seen)
            }
            return nil
        }
        return CohortDistance.squaredDistance(
            (0..<size).map { signals[$0] - Double(centre[$0]) },
            covariance: CohortDistance.shrunk(covariance, size: size), size: size
        )?.squareRoot()
    }

    /// The distance of a day's mean from the vehicle's first days'; see ``RankCheck/distance(of:)``.
    public mutating func change(of mean: Double) -> Double? {
        let change = rank.distance(of: mean)
        // Kept as it will be read back.
        rank.level = Double(Float(rank.level))
        return change
    }

    /// Begins anew after a confirmed repair.
    public mutating func beginAnew(at time: EventTime) {
        rank.beginAnew(at: time)
        (centre, seen) = (.zero, 0)
    }

    /// The 88 bytes.
    public var words: InlineArray<11, UInt64> {
        func pair(_ a: Float, _ b: Float) -> UInt64 {
            UInt64(a.bitPattern) | UInt64(b.bitPattern) << 32
        }
        var words = rank.words
        words[8] |= UInt64(seen) << 48
        words[9] = pair(Float(rank.level), centre.x)
        words[10] = pair(centre.y, centre.z)
        return words
    }

    /// What ``words`` said. Words of zero are nothing known.
    public init(words: InlineArray<11, UInt64>) {
        func float(_ place: Int, _ shift: UInt64) -> Float {
            Float(bitPattern: UInt32(truncatingIfNeeded: words[place] >> shift))
        }
        var own = words
        own[8] &= 0xFFFF_FFFF_FFFF
        rank = RankCheck(words: own)
        rank.level = Double(float(9, 0))
        centre = SIMD3(float(9, 32), float(10, 0), float(10, 32))
        seen = UInt16(words[8] >> 48)
    }
}
