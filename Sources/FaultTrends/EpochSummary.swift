import SpecialFunctions

/// A fault the fleet could have, named by numbers that are the same on every machine: which check,
/// which signal or code, which cohort.
@frozen
public struct FleetKey: Hashable, Comparable, Sendable {
    public var check: UInt32
    public var subject: UInt32
    public var cohort: UInt32

    @inlinable public init(check: UInt32, subject: UInt32, cohort: UInt32) {
        (self.check, self.subject, self.cohort) = (check, subject, cohort)
    }

    @inlinable public static func < (a: FleetKey, b: FleetKey) -> Bool {
        if a.check != b.check { return a.check < b.check }
        return a.subject != b.subject ? a.subject < b.subject : a.cohort < b.cohort
    }
}

/// What one shard of vehicles adds to the fleet's knowledge between two ticks of the journal.
///
/// Everything in it is a count or a sum of whole numbers, so that shards merge in any order, and on
/// any number of threads, to the same bytes. Nothing here is read before the tick that merges it.
public struct EpochSummary: Equatable, Sendable {
    /// What a cohort's vehicles read of a signal.
    public private(set) var readings: [FleetKey: QuantileSketch] = [:]
    /// How far vehicles of a cohort lie from it, for conformal chances.
    public private(set) var distances: [FleetKey: QuantileSketch] = [:]
    public private(set) var seasons: [FleetKey: SeasonalStrength] = [:]
    public private(set) var recurrences: [FleetKey: RecurrenceSums] = [:]
    public private(set) var lives: [FleetKey: LifeHistogram] = [:]
    public private(set) var pairs: [FleetKey: PairRecord] = [:]
    /// Of the hypotheses that are open at the tick.
    public private(set) var evidence = EvidenceHistogram()

    public init() {}

    /// Whether nothing was added.
    public var isEmpty: Bool { self == EpochSummary() }

    public mutating func addReading(_ value: Double, to key: FleetKey) {
        readings[key, default: QuantileSketch()].add(value)
    }

    public mutating func addDistance(_ value: Double, to key: FleetKey) {
        distances[key, default: QuantileSketch()].add(value)
    }

    public mutating func addSeason(_ deviation: Double, hour: Int, to key: FleetKey) {
        seasons[key, default: SeasonalStrength()].add(deviation, hour: hour)
    }

    public mutating func addRecurrence(events: Int, exposure: Int, to key: FleetKey) {
        recurrences[key, default: RecurrenceSums()].add(events: events, exposure: exposure)
    }

    public mutating func addLife(from start: Int, to end: Int, hasFailed: Bool, key: FleetKey) {
        lives[key, default: LifeHistogram()].add(from: start, to: end, hasFailed: hasFailed)
    }

    public mutating func addPair(hasFailed: Bool, to key: FleetKey) {
        pairs[key, default: PairRecord()].merge(PairRecord(cases: 1, failures: hasFailed ? 1 : 0))
    }

    /// Counts an open hypothesis, also one without evidence, since e-BH counts them all.
    public mutating func addHypothesis(logEvidence: Double) {
        evidence.add(logEvidence: logEvidence)
    }

    /// Adds what another shard saw.
    public mutating func merge(_ other: EpochSummary) {
        for (key, one) in other.readings { readings[key, default: QuantileSketch()].merge(one) }
        for (key, one) in other.distances { distances[key, default: QuantileSketch()].merge(one) }
        for (key, one) in other.seasons { seasons[key, default: SeasonalStrength()].merge(one) }
        for (key, one) in other.recurrences {
            recurrences[key, default: RecurrenceSums()].merge(one)
        }
        for (key, one) in other.lives { lives[key, default: LifeHistogram()].merge(one) }
        for (key, one) in other.pairs { pairs[key, default: PairRecord()].merge(one) }
        evidence.merge(other.evidence)
    }
}
