import FaultRules
import FaultTrends
import VehicleFaults

/// How often a code comes to the vehicles of a fleet, by kind.
struct RecurrenceKnowledge: FleetPart, Sendable {
    /// Of all vehicles ever heard, each with all its events.
    var sums: [UInt64: RecurrenceSums] = [:]
    /// What was published: events in a unit of the clock that are allowed.
    var allowed: [UInt64: Double] = [:]

    mutating func add(_ harvest: [UInt64: RecurrenceSums]) {
        for (kind, sum) in harvest { sums[kind, default: RecurrenceSums()].merge(sum) }
    }

    /// A kind with few vehicles or events is allowed what the whole fleet is.
    mutating func publish() {
        var all = RecurrenceSums()
        for sum in sums.values { all.merge(sum) }
        guard let whole = all.allowedRate else { return }
        allowed = sums.mapValues { $0.allowedRate ?? whole }
        allowed[CohortWork.everyKind] = whole
    }

    /// What a vehicle is allowed; `nil` when the fleet has no opinion yet.
    func rate(of vehicle: VehicleID) -> Double? {
        allowed[CohortWork.kind(of: vehicle)] ?? allowed[CohortWork.everyKind]
    }

    func write(_ out: inout ByteWriter) {
        out.word(UInt64(sums.count))
        for (kind, sum) in sums.sorted(by: { $0.key < $1.key }) {
            out.word(kind)
            for number in [sum.vehicles, sum.events, sum.exposure, sum.squaredEvents] {
                out.integer(number)
            }
            for number in [sum.squaredExposure, sum.eventsByExposure] {
                out.word(UInt64(truncatingIfNeeded: number))
                out.integer(Int64(truncatingIfNeeded: number >> 64))
            }
        }
        out.word(UInt64(allowed.count))
        for (kind, rate) in allowed.sorted(by: { $0.key < $1.key }) {
            out.word(kind)
            out.word(rate.bitPattern)
        }
    }

    init() {}

    init(_ input: inout ByteReader) throws(LaneDamaged) {
        func wide() throws(LaneDamaged) -> Int128 {
            let low = try input.word()
            return Int128(try input.integer()) << 64 | Int128(low)
        }
        for _ in 0..<(try input.word()) {
            let kind = try input.word()
            var sum = RecurrenceSums()
            sum.vehicles = try input.integer()
            sum.events = try input.integer()
            sum.exposure = try input.integer()
            sum.squaredEvents = try input.integer()
            sum.squaredExposure = try wide()
            sum.eventsByExposure = try wide()
            sums[kind] = sum
        }
        for _ in 0..<(try input.word()) {
            let kind = try input.word()
            allowed[kind] = Double(bitPattern: try input.word())
        }
    }
}

extension LaneEngine {
    /// Shows a message to a check of a code that recurs.
    mutating func applyRecurrence(
        _ index: Int, hasCode: Bool, at moment: Moment, place: Int, lane: inout Lane
    ) {
        let plan = trends.plans[index]
        guard let trip = tripNumber(lane),
            let clock = clock(plan.rule.clock, at: moment.at, lane: lane)
        else { return }
        var watch = RecurrenceWatch(words: lane.memory.checkWords(at: place))
        guard !watch.isBeforeRepair(moment.time) else { return }
        let was = watch
        let fleet = trends.published[index].recurrence.rate(of: lane.vehicle)
        let allowed = max(plan.rule.harmless, fleet ?? 0)
        watch.see(
            hasCode: hasCode, clock: clock, trip: trip, at: moment.time,
            allowed: allowed > 0 ? allowed : nil)
        lane.memory.setCheckWords(watch.words, at: place)
        guard trends.feeds else { return }
        if watch.counted != was.counted {
            trends.harvest[index].recurrences[
                CohortWork.kind(of: lane.vehicle), default: RecurrenceSums()
            ].add(
                events: watch.counted.events, exposure: watch.counted.exposure,
                inPlaceOf: was.counted)
        }
        guard tells(index, lane.vehicle, watch, was: was) else { return }
        trends.harvest[index].suspects[lane.vehicle] = Suspect(
            logEvidence: watch.logEvidence, position: moment.position, at: moment.at,
            since: watch.onset.milliseconds, reading: Double(watch.spell.events + 2),
            size: watch.ratio, deviation: watch.growth)
    }
}
