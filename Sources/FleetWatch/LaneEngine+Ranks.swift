import FaultRules
import FaultTrends
import VehicleFaults

/// How far the readings of a fleet's vehicles lie from their own first ones, by kind, for the ranks of
/// one epoch.
struct RankKnowledge: FleetPart, Sendable {
    /// Publications so far.
    var number: UInt32 = 0
    /// What was published last.
    var published: [UInt64: QuantileSketch] = [:]
    /// What is gathered now.
    var sums: [UInt64: QuantileSketch] = [:]

    /// Fewer values of a kind cannot tell a rare one; those of the whole fleet are asked.
    static let enough: Int64 = 50

    mutating func add(_ harvest: [UInt64: QuantileSketch]) {
        for (kind, sketch) in harvest { sums[kind, default: QuantileSketch()].merge(sketch) }
    }

    /// An epoch in which nothing was heard publishes nothing new.
    mutating func publish() {
        guard !sums.isEmpty else { return }
        number += 1
        published = sums.filter { $0.value.count >= Self.enough }
        if published.count < sums.count {
            var all = QuantileSketch()
            for sketch in sums.values { all.merge(sketch) }
            published[CohortWork.everyKind] = all
        }
        sums = [:]
    }

    /// What lanes go by.
    var forLanes: Self {
        var one = Self()
        (one.number, one.published) = (number, published)
        return one
    }

    /// What vehicles of a kind showed on the day that was published; `nil` when they were few.
    func distances(of kind: UInt64) -> QuantileSketch? {
        guard let sketch = published[kind] ?? published[CohortWork.everyKind],
            sketch.count >= Self.enough
        else { return nil }
        return sketch
    }

    func write(_ out: inout ByteWriter) {
        out.word(UInt64(number))
        for list in [published, sums] {
            out.word(UInt64(list.count))
            for (kind, sketch) in list.sorted(by: { $0.key < $1.key }) {
                out.word(kind)
                let buckets = sketch.buckets
                out.word(UInt64(buckets.count))
                for (bucket, count) in buckets {
                    out.integer(bucket)
                    out.integer(count)
                }
            }
        }
    }

    init() {}

    init(_ input: inout ByteReader) throws(LaneDamaged) {
        number = UInt32(truncatingIfNeeded: try input.word())
        published = try Self.sketches(&input)
        sums = try Self.sketches(&input)
    }

    private static func sketches(_ input: inout ByteReader) throws(LaneDamaged)
        -> [UInt64: QuantileSketch]
    {
        var list: [UInt64: QuantileSketch] = [:]
        for _ in 0..<(try input.word()) {
            let kind = try input.word()
            var sketch = QuantileSketch()
            for _ in 0..<(try input.word()) {
                let place = input.place
                let bucket = try input.integer()
                guard sketch.add(bucket: bucket, count: try input.integer()) else {
                    throw LaneDamaged(offset: place)
                }
            }
            list[kind] = sketch
        }
        return list
    }
}

extension SubsystemCheck: EvidenceCheck {
    var judged: UInt32 { rank.judged }
    var isOpen: Bool { rank.isOpen }
    var logEvidence: Double { rank.logEvidence }
}

extension LaneEngine {
    /// Shows a message to a check of signals that belong together.
    mutating func applySubsystem(
        _ index: Int, at moment: Moment, place: Int, lane: inout Lane
    ) {
        var check = SubsystemCheck(words: lane.memory[check: place])
        guard !check.rank.drift.isBeforeRepair(moment.time) else { return }
        let was = check.rank.drift
        let plan = trends.plans[index]
        let scatter = judgeWaiting(index, &check.rank, lane.vehicle)
        var distance = 0.0
        if let seen = self.distance(index, &check) {
            distance = seen
            if let full = check.rank.drift.gather(
                seen, at: moment.time, width: plan.rule.bucket),
                let change = check.change(of: full.reading)
            {
                wait(index, &check.rank, change, at: full.at, lane.vehicle)
            }
        }
        lane.memory[check: place] = check.words
        tellRank(index, check.rank, scatter, distance, at: moment, lane.vehicle, was: was)
    }

    /// How far a message's signals lie from the vehicle's own first ones; `nil` while that, or how
    /// they go together, is being learned.
    private mutating func distance(_ index: Int, _ check: inout SubsystemCheck) -> Double? {
        let signals = trends.plans[index].rule.signals.map { trends.value($0) ?? 0 }
        guard let covariance = trends.published[index].slopes else {
            if let change = check.rank.drift.learn(0, with: signals), trends.feeds {
                trends.harvest[index].adjustment.add(0, with: change.1)
            }
            return nil
        }
        if check.rank.drift.isLearner { check = SubsystemCheck() }
        return check.distance(of: signals, covariance: covariance)
    }

    /// Shows a message to a check that goes by ranks.
    mutating func applyRank(
        _ index: Int, at moment: Moment, place: Int, lane: inout Lane
    ) {
        var check = RankCheck(words: lane.memory[check: place])
        guard !check.drift.isBeforeRepair(moment.time) else { return }
        let was = check.drift
        let plan = trends.plans[index]
        let raw = plan.rule.signal.flatMap { trends.value($0) } ?? 0
        let scatter = judgeWaiting(index, &check, lane.vehicle)
        if let cleaned = adjusted(index, raw, &check.drift),
            let full = check.drift.gather(
                cleaned * plan.rule.direction, at: moment.time, width: plan.rule.bucket),
            let distance = check.distance(of: full.reading)
        {
            wait(index, &check, distance, at: full.at, lane.vehicle)
        }
        lane.memory[check: place] = check.words
        tellRank(index, check, scatter, raw, at: moment, lane.vehicle, was: was)
    }

    /// Judges the distance that has waited for its rank, if the fleet has published it.
    ///
    /// - Returns: how far its kind scatters; `nil` when nothing was judged.
    private func judgeWaiting(_ index: Int, _ check: inout RankCheck, _ vehicle: VehicleID)
        -> Double?
    {
        let known = trends.published[index].ranks
        guard let (distance, time) = check.takeWaiting(published: known.number),
            let others = known.distances(of: CohortWork.kind(of: vehicle))
        else { return nil }
        return check.judge(
            distance, among: others, at: time, harmless: trends.plans[index].rule.harmless)
    }

    /// Lets a distance wait for its rank, and tells the fleet of it.
    private mutating func wait(
        _ index: Int, _ check: inout RankCheck, _ distance: Double, at time: EventTime,
        _ vehicle: VehicleID
    ) {
        let told = check.wait(distance, at: time, published: trends.published[index].ranks.number)
        guard trends.feeds else { return }
        trends.harvest[index].ranks[
            CohortWork.kind(of: vehicle), default: QuantileSketch()
        ].add(told)
    }

    private mutating func tellRank(
        _ index: Int, _ check: RankCheck, _ scatter: Double?, _ raw: Double, at moment: Moment,
        _ vehicle: VehicleID, was: DriftCheck
    ) {
        guard let scatter else { return }
        let harmless = trends.plans[index].rule.harmless
        tell(
            index, RankCheck.settings(harmless: harmless, scatter: scatter), raw, at: moment,
            vehicle, check.drift, was: was, unit: scatter)
    }
}
