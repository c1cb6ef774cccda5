import SpecialFunctions

/// Lives of a part by distance or hours: the Weibull distribution, S(t) = exp(-(t/η)^β).
@frozen
public struct LifeDistribution: Equatable, Sendable {
    /// β; above 1 for wear, below 1 for early failures.
    public var shape: Double
    /// η, the life that 37 % reach.
    public var scale: Double

    @inlinable public init(shape: Double, scale: Double) {
        (self.shape, self.scale) = (shape, scale)
    }

    /// The chance of failing within the next `span` at an age of `age`.
    public func chanceOfFailure(within span: Double, atAge age: Double) -> Double {
        -Elementary.expm1(
            Elementary.pow(age / scale, shape) - Elementary.pow((age + span) / scale, shape))
    }

    /// The age by which a share has failed.
    public func age(atShare share: Double) -> Double {
        scale * Elementary.pow(-Elementary.log1p(-share), 1 / shape)
    }

    /// η Γ(1 + 1/β).
    public var mean: Double { scale * Elementary.exp(GammaFunction.log(1 + 1 / shape)) }
}

/// One part's life as far as it was seen.
@frozen
public struct ObservedLife: Equatable, Sendable {
    /// The age at which watching began, below `end`; 0 for a part watched from new. Leaving it out
    /// makes parts look more durable when young than they are.
    public var start: Double
    /// The age at failure, or when last seen.
    public var end: Double
    public var hasFailed: Bool

    @inlinable public init(start: Double = 0, end: Double, hasFailed: Bool) {
        (self.start, self.end, self.hasFailed) = (start, end, hasFailed)
    }
}

/// A life distribution learned from lives, with its uncertainty.
@frozen
public struct LifeFit: Equatable, Sendable {
    public var life: LifeDistribution
    public var failures: Int
    public var logLikelihood: Double
    /// Variances and covariance of (ln β, ln η).
    public var shapeVariance: Double
    public var covariance: Double
    public var scaleVariance: Double
    /// Whether β was held to what such parts usually show, for want of failures.
    public var isShapeGiven = false

    /// What is expected of a part about which little is known: ln β ~ N(ln 2, ½²) (Abernethy 2006
    /// for the practice).
    public static let usualShape = (log: 0.693_147_180_559_945_3, deviation: 0.5)

    /// The likeliest distribution for lives that may have begun unwatched and may still go on.
    ///
    /// Below three failures β is held at its usual value, and below five it is drawn towards it.
    ///
    /// - Returns: `nil` without a failure or for lives without length.
    public init?(_ lives: [ObservedLife]) {
        // Powers of kilometres overflow, so ages are taken as shares of the longest.
        let unit = lives.reduce(0) { max($0, $1.end) }
        guard unit > 0 else { return nil }
        self.init(LifeSums(lives, unit: unit))
    }

    /// Takes back what was published.
    public init(
        _ life: LifeDistribution, failures: Int, logLikelihood: Double, shapeVariance: Double,
        covariance: Double, scaleVariance: Double
    ) {
        (self.life, self.failures, self.logLikelihood) = (life, failures, logLikelihood)
        (self.shapeVariance, self.covariance) = (shapeVariance, covariance)
        self.scaleVariance = scaleVariance
    }

    init?(_ sums: LifeSums) {
        guard sums.failures > 0 else { return nil }
        let isGiven = sums.failures < 3
        let prior: (log: Double, deviation: Double)? = sums.failures < 5 ? Self.usualShape : nil
        var shape = Elementary.exp(Self.usualShape.log)
        if !isGiven {
            guard let found = sums.likeliestShape(prior: prior) else { return nil }
            shape = found
        }
        self.init(shape: shape, sums: sums, isShapeGiven: isGiven, prior: prior)
    }

    private init(
        shape: Double, sums: LifeSums, isShapeGiven: Bool, prior: (log: Double, deviation: Double)?
    ) {
        let r = Double(sums.failures)
        let at = sums.powers(shape)
        let known = sums.failureLogs(shape)
        let logScale = (Elementary.log(at.sum) - Elementary.log(r)) / shape
        life = LifeDistribution(shape: shape, scale: Elementary.exp(logScale) * sums.unit)
        failures = sums.failures
        // Σ (t/η)^β is r at the fit.
        logLikelihood =
            sums.hazardLogs(shape) - r * (shape * logScale + Elementary.log(sums.unit) + 1)
        // The observed information in (ln β, ln η).
        let first = at.logSum / at.sum - logScale
        let second = at.squareSum / at.sum - 2 * logScale * at.logSum / at.sum + logScale * logScale
        let hazards = sums.stretches.contains { $0.failures > 0 } ? 0 : r
        let score = hazards + shape * (known.sum - r * logScale - r * first)
        var informationBB = shape * shape * (r * second - known.slope) + hazards - score
        if let prior { informationBB += 1 / (prior.deviation * prior.deviation) }
        let informationBE = -r * shape * shape * first
        let informationEE = r * shape * shape
        self.isShapeGiven = isShapeGiven
        if isShapeGiven {
            // The usual shape's own spread is what is not known of this one.
            shapeVariance = Self.usualShape.deviation * Self.usualShape.deviation
            let slope = -informationBE / informationEE
            covariance = slope * shapeVariance
            scaleVariance = 1 / informationEE + slope * slope * shapeVariance
        } else {
            let determinant = informationBB * informationEE - informationBE * informationBE
            shapeVariance = informationEE / determinant
            covariance = -informationBE / determinant
            scaleVariance = informationBB / determinant
        }
    }

    /// Bounds of β and η that hold with the chance `confidence` (Meeker and Escobar 1998).
    public func interval(_ confidence: Double) -> (
        shape: ClosedRange<Double>, scale: ClosedRange<Double>
    ) {
        let z = NormalDistribution.quantile(0.5 + 0.5 * confidence)
        func range(_ middle: Double, _ variance: Double) -> ClosedRange<Double> {
            let factor = Elementary.exp(z * variance.squareRoot())
            return middle / factor...middle * factor
        }
        return (range(life.shape, shapeVariance), range(life.scale, scaleVariance))
    }

    /// Bounds of the chance of failing within `span` at `age`, by the delta method on the logarithm
    /// of the hazard in that span.
    public func intervalOfChance(within span: Double, atAge age: Double, _ confidence: Double)
        -> ClosedRange<Double>
    {
        let (b, e) = (life.shape, life.scale)
        let (to, from) = (Elementary.pow((age + span) / e, b), Elementary.pow(age / e, b))
        let hazard = to - from
        let byScale = -b
        let logTo = Elementary.log((age + span) / e)
        let logFrom = age > 0 ? Elementary.log(age / e) : 0
        let byShape = b * (to * logTo - from * logFrom) / hazard
        let variance =
            byShape * byShape * shapeVariance + byScale * byScale * scaleVariance
            + 2 * byShape * byScale * covariance
        let factor = Elementary.exp(
            NormalDistribution.quantile(0.5 + 0.5 * confidence) * max(0, variance).squareRoot())
        return -Elementary.expm1(-hazard / factor) ... -Elementary.expm1(-hazard * factor)
    }
}
