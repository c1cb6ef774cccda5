import SpecialFunctions
import VehicleFaults

/// The time until a wandering level first meets a limit.
///
/// The level drifts at a rate that is itself uncertain and wanders as Brownian motion does, so the
/// time is inverse Gaussian for a known rate, and a mixture of those for an uncertain one
/// (Whitmore 1986; Tweedie 1957 for the known rate).
@frozen
public struct RemainingLife: Equatable, Sendable {
    /// From the level to the limit; above 0.
    public var distance: Double
    /// Per unit of time towards the limit.
    public var drift: Double
    /// The standard deviation of `drift`.
    public var driftDeviation: Double
    /// Variance that the level gains per unit of time by wandering; 0 for a straight line.
    public var wander: Double
    /// The standard deviation of `distance`.
    public var distanceDeviation: Double
    /// What the errors of `distance` and `drift` have in common. As a rule below 0: who believes the
    /// level too high believes that it rises too fast.
    public var covariance: Double

    @inlinable public init(
        distance: Double, drift: Double, driftDeviation: Double = 0, wander: Double,
        distanceDeviation: Double = 0, covariance: Double = 0
    ) {
        (self.distance, self.drift, self.wander) = (distance, drift, wander)
        (self.driftDeviation, self.distanceDeviation) = (driftDeviation, distanceDeviation)
        self.covariance = covariance
    }

    /// The chance that the limit has been met by `time`, when it has not been met now.
    ///
    /// A part that has met its limit has failed, and one that still runs has not. So of the distances
    /// that the last readings leave possible only those above 0 count (a truncated normal
    /// distribution), each with the drift that goes with it (Kalman filter's joint normal errors).
    /// Without a ``distanceDeviation`` the distance is what it is, and one of 0 or less has been met.
    public func chance(by time: Double) -> Double {
        guard distanceDeviation > 0 else { return chance(by: time, from: distance) }
        let nearest = max(-distance / distanceDeviation, -Self.reach)
        let farthest = max(nearest + 1, 0) + Self.reach
        let step = (farthest - nearest) / Double(Self.steps)
        let slope = covariance / distanceDeviation
        var given = self
        given.driftDeviation =
            max(0, driftDeviation * driftDeviation - slope * slope).squareRoot()
        var (sum, weights) = (0.0, 0.0)
        for number in 0..<Self.steps {
            let deviates = nearest + (Double(number) + 0.5) * step
            // Over the largest weight, so that none is lost where all are small.
            let least = max(nearest, 0)
            let weight = Elementary.exp(0.5 * (least * least - deviates * deviates))
            given.drift = drift + slope * deviates
            sum += weight * given.chance(by: time, from: distance + distanceDeviation * deviates)
            weights += weight
        }
        return sum / weights
    }

    /// Distances over which a chance is averaged, and how many deviations they reach.
    private static let steps = 64
    private static let reach = 5.0

    private func chance(by time: Double, from distance: Double) -> Double {
        guard distance > 0 else { return 1 }
        guard time > 0 else { return 0 }
        let spread = (driftDeviation * driftDeviation * time * time + wander * time).squareRoot()
        guard spread > 0 else { return drift * time >= distance ? 1 : 0 }
        let direct = NormalDistribution.cdf((drift * time - distance) / spread)
        guard wander > 0 else { return direct }
        // The reflected path. Its factor and its tail are too large and too small for a double, but
        // their logarithms add up to the exponent of the direct path, which is neither.
        let ratio = driftDeviation * driftDeviation / wander
        let reflected = (2 * ratio * distance * time + drift * time + distance) / spread
        if reflected > 0 {
            let ahead = (drift * time - distance) / spread
            return min(
                1,
                direct + 0.5 * Elementary.exp(-0.5 * ahead * ahead)
                    * ErrorFunction.scaledErfc(reflected * 0.707_106_781_186_547_5))
        }
        let logFactor = 2 * distance / wander * (drift + ratio * distance)
        return min(1, direct + Elementary.exp(logFactor + NormalDistribution.logCDF(-reflected)))
    }

    /// The time by which the limit is met with a chance of `probability`.
    ///
    /// - Returns: `nil` when it is not met that surely within `horizon`.
    public func time(atChance probability: Double, within horizon: Double) -> Double? {
        guard chance(by: horizon) >= probability else { return nil }
        var below = 0.0
        var above = horizon
        // Halving until neighbouring doubles are reached.
        for _ in 0..<200 {
            let middle = 0.5 * (below + above)
            if middle <= below || middle >= above { break }
            if chance(by: middle) < probability { below = middle } else { above = middle }
        }
        return above
    }

    /// The chance that the drift does not lead to the limit at all.
    public var chanceOfNoEnd: Double {
        guard driftDeviation > 0 else { return drift > 0 ? 0 : 1 }
        return NormalDistribution.cdf(-drift / driftDeviation)
    }

    /// The times from now between which the limit should be met nine times in ten.
    ///
    /// - Parameters:
    ///   - horizon: the furthest that the earlier one is looked for; the later one may be five times as far.
    ///   - chance: the largest ``chanceOfNoEnd`` with which anything is said.
    /// - Returns: `nil` where ``dates(within:chanceOfNoEnd:)`` says why there are none.
    public func interval(within horizon: Double, chanceOfNoEnd chance: Double) -> ClosedRange<
        Double
    >? {
        try? dates(within: horizon, chanceOfNoEnd: chance).get()
    }

    /// As ``interval(within:chanceOfNoEnd:)``, or why there are no such times.
    public func dates(within horizon: Double, chanceOfNoEnd chance: Double) -> Result<
        ClosedRange<Double>, Unknown
    > {
        guard distance > 0 else { return .failure(Unknown(reason: .limitMet)) }
        guard chanceOfNoEnd <= chance else { return .failure(Unknown(reason: .notProven)) }
        guard let early = time(atChance: 0.05, within: horizon) else {
            return .failure(Unknown(reason: .tooFar))
        }
        guard let late = time(atChance: 0.95, within: 5 * horizon) else {
            return .failure(Unknown(reason: .tooFlat))
        }
        return .success(min(early, late)...late)
    }

    /// That no times can be told.
    public struct Unknown: Error, Equatable {
        public var reason: NoServiceDate
    }
}
