import FaultRules
import FaultTrends
import VehicleFaults

/// What the vehicles of a fleet know together: what is common to a kind, how signals follow load and
/// weather, and which suspicions are strong enough to compete for a ticket.
///
/// Lanes read what was published at the last epoch and add to what will be published at the next.
/// All that is added is a count, a sum of whole numbers or a vehicle's own, so that it comes to the
/// same bytes in whatever order it is added.
public struct FleetTrends: Equatable, Sendable {
    /// The point of received time at which the last epoch ended; `Int64.min` before the first.
    public internal(set) var epoch = Int64.min
    /// Epochs so far.
    public internal(set) var number = 0
    /// The newest journal row whose messages are in it.
    public internal(set) var row: Int64 = 0
    /// Hypotheses opened so far, a vehicle and a check each.
    public internal(set) var hypotheses = 0
    /// Those that could be: checks of vehicles that have a past to be held against.
    public internal(set) var watched = 0
    /// Those that became findings.
    public internal(set) var chosen = 0
    /// The least ln of evidence that e-BH chose at the last epoch; `nil` when there was none.
    public internal(set) var threshold: Double?
    /// What is asked of each hypothesis under LORD++; `nil` while e-BH decides.
    var levels: TestLevels?
    /// By the meaning of a check.
    var knowledge: [UInt64: TrendKnowledge] = [:]
    /// By the meaning of a check, then by vehicle.
    var suspects: [UInt64: [VehicleID: Suspect]] = [:]
    /// ln of the evidence of those that were chosen and have begun anew since, by the meaning of their
    /// check, in order: they count among what is chosen for ever.
    var past: [UInt64: [Double]] = [:]

    /// By the meaning of a signal.
    var cohorts: [UInt64: CohortKnowledge] = [:]

    public init() {}

    /// ln of the evidence that a suspicion must have had to be told: no ticket is opened below one over
    /// the share of false ones that is promised, which is more.
    static let floor = 1.0

    /// Forgets what no check of a program asks for any more.
    mutating func keep(for program: RuleProgram) {
        let known = Set(program.trends.map(\.meaning))
        knowledge = knowledge.filter { known.contains($0.key) }
        suspects = suspects.filter { known.contains($0.key) }
        past = past.filter { known.contains($0.key) }
        let asked = Set(program.cohorts.map(\.meaning))
        cohorts = cohorts.filter { asked.contains($0.key) }
    }

    /// Goes by a rule from now on. What was chosen stands; each change begins a promise of its own.
    mutating func decide(by rule: DecisionRule, target: Double) {
        switch rule {
        case .evidence: levels = nil
        case .levels:
            threshold = nil
            if levels == nil { levels = TestLevels(target: target, opened: hypotheses) }
            levels?.aim(at: target)
        }
    }

    /// Takes in what a shard gathered of the signal of this meaning.
    mutating func add(_ harvest: [UInt64: CohortSum], to meaning: UInt64) {
        for (kind, sum) in harvest {
            cohorts[meaning, default: CohortKnowledge()].sums[kind, default: CohortSum()].merge(sum)
        }
    }

    /// Takes out what is known for the check of this meaning, which is added to elsewhere.
    mutating func takeKnowledge(of meaning: UInt64) -> TrendKnowledge? {
        knowledge.removeValue(forKey: meaning)
    }

    mutating func put(_ one: TrendKnowledge?, of meaning: UInt64) { knowledge[meaning] = one }

    /// Takes in what a shard gathered for the check of this meaning, but for what is known of the fleet.
    mutating func add(_ harvest: TrendHarvest, to meaning: UInt64) {
        hypotheses += harvest.opened.count
        levels?.open(harvest.opened, of: meaning)
        watched += harvest.watched
        for (vehicle, isOver) in harvest.withdrawn {
            withdraw(vehicle, from: meaning, isOver: isOver)
        }
        // What was chosen stands as it was then, or the bound would not hold for it.
        for (vehicle, suspect) in harvest.suspects
        where suspects[meaning]?[vehicle]?.isChosen != true {
            suspects[meaning, default: [:]][vehicle] = suspect
        }
    }

    /// Forgets what a vehicle was suspected of.
    ///
    /// - Parameter isOver: whether its evidence was dropped. If not, it is told again with what is seen
    ///   next, and one that was chosen must not be chosen twice.
    private mutating func withdraw(_ vehicle: VehicleID, from meaning: UInt64, isOver: Bool) {
        if isOver { levels?.close(vehicle, of: meaning) }
        guard let one = suspects[meaning]?[vehicle], isOver || !one.isChosen else { return }
        suspects[meaning]?[vehicle] = nil
        if suspects[meaning]?.isEmpty == true { suspects[meaning] = nil }
        guard one.isChosen else { return }
        var list = past[meaning] ?? []
        list.append(one.logEvidence)
        list.sort()
        past[meaning] = list
    }

    /// A suspicion that has become a finding.
    struct Chosen {
        var trend: Int
        var vehicle: VehicleID
        var suspect: Suspect
        /// ln of the evidence that was asked of it.
        var needed: Double
    }

    /// Ends an epoch: publishes what was gathered and decides which suspicions become findings.
    ///
    /// - Parameter target: the largest share of false findings.
    /// - Returns: those that are new, in order of vehicle and check.
    mutating func end(at time: Int64, _ trends: [TrendRule], target: Double) -> [Chosen] {
        epoch = time
        number += 1
        for trend in trends { knowledge[trend.meaning]?.publish(trend) }
        for meaning in cohorts.keys { cohorts[meaning]?.publish() }
        if levels == nil { setThreshold(trends, target: target) } else { levels?.assign(trends) }
        var result: [Chosen] = []
        for (index, trend) in trends.enumerated() {
            for (vehicle, suspect) in suspects[trend.meaning, default: [:]] {
                guard !suspect.isChosen, let needed = needed(of: vehicle, trend),
                    suspect.logEvidence >= needed
                else { continue }
                suspects[trend.meaning]?[vehicle]?.isChosen = true
                result.append(
                    Chosen(trend: index, vehicle: vehicle, suspect: suspect, needed: needed))
                guard trend.isPromise else { continue }
                chosen += 1
                levels?.stream.find()
            }
        }
        return result.sorted { ($0.vehicle, $0.trend) < ($1.vehicle, $1.trend) }
    }

    /// ln of the evidence that is asked of a vehicle's suspicion now; `nil` for more than there is.
    private func needed(of vehicle: VehicleID, _ trend: TrendRule) -> Double? {
        // A forecast competes with nothing: what is due is told.
        guard trend.isPromise else { return -.infinity }
        return levels.map { $0.needed(of: vehicle, trend.meaning) } ?? threshold
    }

    private mutating func setThreshold(_ trends: [TrendRule], target: Double) {
        var evidence: [Double] = []
        for trend in trends where trend.isPromise {
            evidence += past[trend.meaning] ?? []
            for suspect in suspects[trend.meaning, default: [:]].values {
                evidence.append(suspect.logEvidence)
            }
        }
        threshold = FalseShare.threshold(
            logEvidence: evidence,
            hypotheses: FalseShare.divisor(
                opened: max(hypotheses, evidence.count), watched: watched), target: target)
    }
}

/// What a fleet knows for one check.
struct TrendKnowledge: Equatable, Sendable {
    /// How the signal follows what it is adjusted for, or how several of them go together; `nil` while
    /// that is being learned.
    var slopes: [Double]?
    /// What the vehicles of a kind had in common in the last epoch.
    var common: [UInt64: KindSummary] = [:]
    var adjustment = AdjustmentSums()
    var sums: [UInt64: CommonSum] = [:]
    /// How often a code comes.
    var recurrence = RecurrenceKnowledge()
    /// What is new in readings, for ranks.
    var ranks = RankKnowledge()
    /// How far parts run.
    var wear = WearKnowledge()
    /// What a code meant.
    var pairs = PairKnowledge()

    mutating func add(_ harvest: TrendHarvest) {
        wear.add(harvest.lives)
        pairs.add(harvest.pairs)
        ranks.add(harvest.ranks)
        adjustment.merge(harvest.adjustment)
        recurrence.add(harvest.recurrences)
        for (kind, sum) in harvest.common { sums[kind, default: CommonSum()].merge(sum) }
    }

    /// Readings of a kind that say what is common to it.
    private static let enough: Int64 = 200

    /// What lanes go by until the next epoch. Sums that grow are left out, or each would be copied at its
    /// first change.
    var forLanes: TrendKnowledge {
        var one = TrendKnowledge()
        (one.slopes, one.common) = (slopes, common)
        (one.recurrence, one.ranks) = (recurrence.forLanes, ranks.forLanes)
        (one.wear, one.pairs) = (wear.forLanes, pairs.forLanes)
        return one
    }

    mutating func publish(_ trend: TrendRule) {
        if slopes == nil, !trend.adjust.isEmpty, let found = adjustment.slopes {
            slopes = found
            adjustment = AdjustmentSums()
        }
        if slopes == nil, trend.kind == .unlikeKind, let found = adjustment.covariance {
            slopes = found
            adjustment = AdjustmentSums()
        }
        if trend.kind == .foretells { pairs.publish() }
        if trend.kind == .recurs { recurrence.publish() }
        if trend.kind == .wearsOut { wear.publish(trend) }
        ranks.publish()
        // An epoch in which nothing was heard says nothing new.
        guard !sums.isEmpty else { return }
        var all = CommonSum()
        for sum in sums.values { all.merge(sum) }
        let whole = all.count >= Self.enough ? all.summary : KindSummary()
        common = sums.mapValues { $0.count >= Self.enough ? $0.summary : whole }
        sums = [:]
    }
}

/// What vehicles of a kind have in common on a day.
struct KindSummary: Equatable, Sendable {
    /// How far they lie from their own levels, in their own deviations.
    var distance = 0.0
    /// How far their readings usually scatter, in the signal's unit; 0 when nobody knows.
    var deviation = 0.0
}

/// Distances of a kind's vehicles from their own levels, each cut at three deviations so that a few
/// faulty ones count for little, in 65,536ths of a deviation; and how far each scatters.
struct CommonSum: Equatable, Sendable {
    var count: Int64 = 0
    var total: Int64 = 0
    /// Of ``DriftCheck/scatterNumber``.
    var scatter: Int64 = 0

    mutating func add(_ distance: Double, scatter number: Int64) {
        count += 1
        total += Int64((min(max(distance, -3), 3) * 65_536).rounded())
        scatter += number
    }

    mutating func merge(_ other: CommonSum) {
        count += other.count
        total += other.total
        scatter += other.scatter
    }

    /// What is published; there must be some.
    var summary: KindSummary {
        KindSummary(
            distance: Double(total) / 65_536 / Double(count),
            deviation: DriftCheck.deviation(total: scatter, count: count))
    }
}

/// What a shard gathers for one check between two looks of the fleet.
struct TrendHarvest: Equatable, Sendable {
    /// Vehicles on which a hypothesis was opened; one that ended in between stands there twice.
    var opened: [VehicleID] = []
    var watched = 0
    var adjustment = AdjustmentSums()
    var common: [UInt64: CommonSum] = [:]
    var recurrences: [CountChange] = []
    var ranks: [UInt64: QuantileSketch] = [:]
    var lives: [LifeStretch] = []
    /// By ``PairWatch/place(of:isAbove:)``; empty for none.
    var pairs: [PairRecord] = []
    var suspects: [VehicleID: Suspect] = [:]
    /// Vehicles whose suspicion of before is no longer told, and whether it is over for good.
    var withdrawn: [VehicleID: Bool] = [:]

    mutating func withdraw(_ vehicle: VehicleID, isOver: Bool) {
        suspects[vehicle] = nil
        withdrawn[vehicle] = withdrawn[vehicle] == true || isOver
    }
}

/// A vehicle's evidence in one check, with what a ticket will say of it.
struct Suspect: Equatable, Sendable {
    /// ln of the e-value; once chosen, as it was then. The chance of failing where one is forecast.
    var logEvidence: Double
    /// The message that brought it there, and the vehicle's time then.
    var position: UInt64
    var at: Int64
    /// When it began.
    var since: Int64
    /// The reading itself, how far the level is from the vehicle's own, and its own deviation.
    var reading: Double
    var size: Double
    var deviation: Double
    /// The way to the limit, where there is one.
    var life: RemainingLife?
    /// Which of several signals it is about.
    var part = 0
    var isChosen = false
}
