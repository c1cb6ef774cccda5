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
    /// The rise at which the part is worn out, in the signal's unit; `nil` when nobody knows.
    public var limit: Double?
    /// Readings that the past spans, above 100.
    public var memory = 4000.0
    /// Readings before anything is said.
    public var warmUp = 20.0
    /// How much of the newest reading goes into what is believed of the present.
    public var pace: Double
    /// How far beyond what is harmless the present must seem before a hypothesis is opened: in whitened
    /// deviates, as a ratio of variances, or as a ratio of odds.
    public var bar: Double
    /// The most that is staked on one reading: a shift in deviates, a ratio of variances, or a share.
    public var boldest: Double
    /// Variance of a whitened deviate that is allowed for, as a ratio: whitening removes dependence
    /// only as well as it is known. Where little is known of much dependence, more is allowed for.
    public var allowance = 1.05
    /// Where a deviate is cut beyond what is harmless, so that a single wild reading opens nothing.
    public var cut = 4.0
    /// Where a distance is cut before it is learned, in deviations.
    public var reach = 3.0
    /// Cumulative sum above which the past is left alone, until the sum is back at 0.
    public var suspicion = 8.0
    /// The least way from harmless to the limit on which evidence can come before the part has failed, in
    /// deviations: the own ones or those of its kind, whichever are larger. Where it is shorter the check sees nothing and opens no hypothesis.
    public var sight = 1.4

    @inlinable public init(_ kind: Kind, harmless: Double, limit: Double? = nil) {
        (self.kind, self.harmless, self.limit) = (kind, harmless, limit)
        switch kind {
        case .level: (pace, bar, boldest) = (0.15, 0.4, 2)
        // With a code, each reading is a case of its own, and there are few.
        case .pair:
            (pace, bar, boldest) = (0.5, 0.4, 2)
            allowance = 1
        case .scatter:
            (pace, bar, boldest) = (0.06, 1.15, 3)
            allowance = 1.1
        // A code that comes ever more often is met best by what the last messages say.
        case .share: (pace, bar, boldest) = (0.15, 2.3, 0.95)
        }
    }
}
