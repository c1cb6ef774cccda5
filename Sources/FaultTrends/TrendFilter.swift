import SpecialFunctions

/// How a level and its slope wander between readings.
@frozen
public struct TrendNoise: Equatable, Sendable {
    /// Variance that the level gains per unit of time.
    public var level: Double
    /// Variance that the slope gains per unit of time.
    public var slope: Double
    /// Variance of a reading about the level.
    public var reading: Double

    @inlinable public init(level: Double, slope: Double, reading: Double) {
        (self.level, self.slope, self.reading) = (level, slope, reading)
    }

    /// How much a slope that wanders adds to the level's wandering over a gap.
    @frozen public enum Gap: Sendable {
        /// The slope changes all the time (Harvey 1989).
        case continuous
        /// The slope changes once per step (Harvey 1989).
        case stepwise
    }
}

/// A level and its slope with their uncertainty: the local linear trend as a Kalman filter
/// (Harvey 1989).
@frozen
public struct TrendFilter: Equatable, Sendable {
    public var level: Double
    /// Per unit of time.
    public var slope: Double
    public var levelVariance: Double
    public var covariance: Double
    public var slopeVariance: Double

    @inlinable public init(
        level: Double = 0, slope: Double = 0, levelVariance: Double, covariance: Double = 0,
        slopeVariance: Double
    ) {
        (self.level, self.slope) = (level, slope)
        (self.levelVariance, self.covariance, self.slopeVariance) =
            (levelVariance, covariance, slopeVariance)
    }

    /// What a reading told.
    @frozen public struct Innovation: Equatable, Sendable {
        /// The reading less what was expected.
        public var distance: Double
        /// The variance that was expected of it.
        public var variance: Double
    }

    /// Lets time pass.
    public mutating func advance(
        by gap: Double, _ noise: TrendNoise, _ kind: TrendNoise.Gap = .continuous
    ) {
        level += slope * gap
        levelVariance += gap * (2 * covariance + gap * slopeVariance) + noise.level * gap
        covariance += gap * slopeVariance
        if kind == .continuous {
            levelVariance += noise.slope * gap * gap * gap / 3
            covariance += 0.5 * noise.slope * gap * gap
        }
        slopeVariance += noise.slope * gap
    }

    /// Takes a reading; one beyond `reach` deviations counts as less certain by the square of its
    /// excess (Huber's weight on the innovation; Masreliez and Martin 1977).
    @discardableResult
    public mutating func observe(_ reading: Double, _ noise: TrendNoise, reach: Double = .infinity)
        -> Innovation
    {
        let distance = reading - level
        let expected = levelVariance + noise.reading
        let limit = reach * expected.squareRoot()
        var uncertainty = noise.reading
        if distance.magnitude > limit {
            let excess = distance / limit
            uncertainty *= excess * excess
        }
        let variance = levelVariance + uncertainty
        level += levelVariance / variance * distance
        slope += covariance / variance * distance
        // Written so that no variance can come out negative for want of digits.
        let determinant = max(0, levelVariance * slopeVariance - covariance * covariance)
        slopeVariance = (slopeVariance * uncertainty + determinant) / variance
        covariance *= uncertainty / variance
        levelVariance *= uncertainty / variance
        return Innovation(distance: distance, variance: expected)
    }

    /// The chance that the level lies beyond `limit` after `time`, when the slope stays as it is.
    public func chanceBeyond(_ limit: Double, after time: Double) -> Double {
        let distance = level + slope * time - limit
        let variance = levelVariance + time * (2 * covariance + time * slopeVariance)
        return NormalDistribution.cdf(distance / variance.squareRoot())
    }

    /// The chance that the slope is above 0.
    public var chanceOfRise: Double {
        NormalDistribution.cdf(slope / slopeVariance.squareRoot())
    }
}
