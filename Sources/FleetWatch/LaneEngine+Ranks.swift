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

extension LaneEngine {
    /// Shows a message to a check that goes by ranks.
    mutating func applyRank(
        _ index: Int, _ raw: Double, at moment: Moment, place: Int, lane: inout Lane
    ) {
        var check = RankCheck(words: lane.memory.checkWords(at: place))
        guard !check.drift.isBeforeRepair(moment.time) else { return }
        let was = check.drift
        let kind = CohortWork.kind(of: lane.vehicle)
        let plan = trends.plans[index]
        var scatter: Double?
        let number = trends.published[index].ranks.number
        if let (distance, time) = check.takeWaiting(published: number),
            let others = trends.published[index].ranks.distances(of: kind)
        {
            scatter = check.judge(distance, among: others, at: time, harmless: plan.rule.harmless)
        }
        if let cleaned = adjusted(index, raw, &check.drift),
            let full = check.drift.gather(
                cleaned * plan.rule.direction, at: moment.time, width: plan.rule.bucket),
            let distance = check.distance(of: full.reading)
        {
            let told = check.wait(distance, at: full.at, published: number)
            if trends.feeds {
                trends.harvest[index].ranks[kind, default: QuantileSketch()].add(told)
            }
        }
        lane.memory.setCheckWords(check.words, at: place)
        guard let scatter else { return }
        tell(
            index, RankCheck.settings(harmless: plan.rule.harmless, scatter: scatter), raw,
            at: moment,
            lane.vehicle, check.drift, was: was, unit: scatter)
    }
}
