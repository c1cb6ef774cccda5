import SpecialFunctions

/// What the fleet knew at the last tick: published to all lanes, changed by none.
///
/// A lane may read it and nothing else of the fleet, so vehicles stay independent between ticks. It
/// is made from an `EpochSummary` and the baseline before, by the same arithmetic everywhere.
public struct FleetBaseline: Equatable, Sendable {
    /// A cohort's reading of a signal.
    @frozen public struct Cohort: Equatable, Sendable {
        public var median: Double
        /// The quartiles' distance over 1.349.
        public var deviation: Double
        public var vehicles: Int64

        @inlinable public init(median: Double, deviation: Double, vehicles: Int64) {
            (self.median, self.deviation, self.vehicles) = (median, deviation, vehicles)
        }
    }

    /// Fewer vehicles than this say nothing of their cohort; its parent is asked.
    public static let enoughVehicles: Int64 = 200

    /// Ticks so far; part of the journal's law that a decision names what it was made with.
    public private(set) var epoch: UInt64 = 0
    public private(set) var cohorts: [FleetKey: Cohort] = [:]
    public private(set) var distances: [FleetKey: QuantileSketch] = [:]
    public private(set) var isSeasonal: [FleetKey: Bool] = [:]
    public private(set) var priors: [FleetKey: RecurrencePrior] = [:]
    public private(set) var lives: [FleetKey: LifeFit] = [:]
    public private(set) var provenPairs: Set<FleetKey> = []
    /// The least ln e-value that becomes a ticket; `nil` while none does.
    public private(set) var threshold: Double?

    // Sums that grow over the epochs; what was published follows from them.
    private var recurrences: [FleetKey: RecurrenceSums] = [:]
    private var histograms: [FleetKey: LifeHistogram] = [:]
    private var pairs: [FleetKey: PairRecord] = [:]
    private var seasons: [FleetKey: SeasonalStrength] = [:]

    public init() {}

    /// The next baseline, from what all shards saw since this one.
    ///
    /// Medians and distances are those of the epoch alone, because they are there to take off what
    /// moves all vehicles today; counts of failures and codes are kept for good.
    ///
    /// - Parameters:
    ///   - summary: of all shards, merged.
    ///   - target: the largest share of false tickets, such as 0.05.
    public func next(after summary: EpochSummary, target: Double) -> FleetBaseline {
        var next = self
        next.epoch += 1
        next.cohorts = summary.readings.compactMapValues { sketch in
            sketch.robustMoments.map {
                Cohort(median: $0.median, deviation: $0.deviation, vehicles: sketch.count)
            }
        }
        next.distances = summary.distances
        for (key, one) in summary.seasons {
            next.seasons[key, default: SeasonalStrength()].merge(one)
            if let share = next.seasons[key]?.share {
                next.isSeasonal[key] = share > SeasonalStrength.enough
            }
        }
        for (key, one) in summary.recurrences {
            next.recurrences[key, default: RecurrenceSums()].merge(one)
            next.priors[key] = next.recurrences[key]?.prior
        }
        for (key, one) in summary.lives {
            next.histograms[key, default: LifeHistogram()].merge(one)
            next.lives[key] = next.histograms[key]?.fit
        }
        for (key, one) in summary.pairs {
            next.pairs[key, default: PairRecord()].merge(one)
            if next.pairs[key]?.isProven == true {
                next.provenPairs.insert(key)
            } else {
                next.provenPairs.remove(key)
            }
        }
        next.threshold = summary.evidence.threshold(target: target)
        return next
    }

    /// A cohort's reading, or that of the first of its parents that has vehicles enough.
    public func cohort(_ keys: [FleetKey]) -> Cohort? {
        for key in keys {
            if let found = cohorts[key], found.vehicles >= Self.enoughVehicles { return found }
        }
        return nil
    }
}

/// One hypothesis through the epochs: the most evidence it ever had, which decides whether it becomes
/// a ticket and never takes one back: 8 bytes.
@frozen
public struct OpenHypothesis: Equatable, Sendable {
    /// ln of the largest e-value so far.
    public private(set) var logMaximum = 0.0

    @inlinable public init() {}

    public mutating func saw(logEvidence: Double) { logMaximum = max(logMaximum, logEvidence) }

    /// What e-BH is given: it only grows.
    public var logEvidence: Double { Calibrator.lookBack(logMaximum: logMaximum) }

    /// Whether it is a ticket at a baseline's threshold.
    public func isChosen(by baseline: FleetBaseline) -> Bool {
        baseline.threshold.map { logEvidence >= $0 } ?? false
    }
}
