import FaultRules
import FaultTrends
import VehicleFaults

/// How often a code comes to the vehicles of a fleet, by kind.
struct RecurrenceKnowledge: FleetPart, Sendable {
    /// Of all vehicles ever heard, each with all its events.
    private var sums: [UInt64: KindSums] = [:]
    /// What was published: events in a unit of the clock that are allowed, for kinds with an opinion of
    /// their own, and for all others.
    var allowed: [UInt64: Double] = [:]
    /// All of ``sums``, and the kinds whose sums changed since they were last published. Both follow from
    /// the rest.
    private var whole = RecurrenceSums()
    private var changed: [UInt64] = []
    /// For lanes: what kinds without an opinion of their own are allowed.
    private var general: Double?

    /// What a kind has counted, and whether it stands among those that ``changed``.
    private struct KindSums {
        var sums = RecurrenceSums()
        var isListed = false
    }

    mutating func add(_ changes: [CountChange]) {
        for one in changes {
            let wasListed = Self.add(one, to: &sums[one.kind, default: KindSums()])
            whole.add(one)
            if !wasListed { changed.append(one.kind) }
        }
    }

    private static func add(_ change: CountChange, to kind: inout KindSums) -> Bool {
        defer { kind.isListed = true }
        kind.sums.add(change)
        return kind.isListed
    }

    /// A kind with few vehicles or events is allowed what the whole fleet is.
    mutating func publish() {
        guard let rate = whole.allowedRate else { return }
        for kind in changed {
            allowed[kind] = sums[kind]?.sums.allowedRate
            sums[kind]?.isListed = false
        }
        changed = []
        allowed[CohortWork.everyKind] = rate
    }

    /// What lanes go by.
    var forLanes: Self {
        var one = Self()
        one.allowed = allowed
        one.general = one.allowed.removeValue(forKey: CohortWork.everyKind)
        return one
    }

    /// What a vehicle is allowed, of what lanes go by; `nil` when the fleet has no opinion yet.
    func rate(of vehicle: VehicleID) -> Double? {
        // Often there is one for all.
        if !allowed.isEmpty, let own = allowed[CohortWork.kind(of: vehicle)] { return own }
        return general ?? allowed[CohortWork.everyKind]
    }

    static func == (a: Self, b: Self) -> Bool {
        a.allowed == b.allowed && a.sums.count == b.sums.count
            && a.sums.allSatisfy { $0.value.sums == b.sums[$0.key]?.sums }
    }

    func write(_ out: inout ByteWriter) {
        out.word(UInt64(sums.count))
        for (kind, sum) in sums.mapValues(\.sums).sorted(by: { $0.key < $1.key }) {
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
            sums[kind] = KindSums(sums: sum, isListed: true)
            whole.merge(sum)
            changed.append(kind)
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
        let look = trends.looks[index]
        guard let clock = clock(look.clock, at: moment.at, memory: lane.memory),
            let trip = tripNumber(lane.memory)
        else { return }
        let fleet = trends.published[index].recurrence.rate(of: lane.vehicle)
        let allowed = max(look.harmless, fleet ?? 0)
        if !hasCode,
            let passed = RecurrenceWatch.passOver(
                &lane.memory[check: place], clock: clock, allowed: allowed, at: moment.time)
        {
            if passed.hasCounted { trends.hasCounted = true }
            if passed.isFirst, trends.feeds { trends.harvest[index].watched += 1 }
            return
        }
        var watch = RecurrenceWatch(words: lane.memory[check: place])
        guard !watch.isBeforeRepair(moment.time) else { return }
        let was = watch
        watch.see(
            hasCode: hasCode, clock: clock, trip: trip, at: moment.time,
            allowed: allowed > 0 ? allowed : nil)
        lane.memory[check: place] = watch.words
        if watch.counted != was.counted { trends.hasCounted = true }
        guard trends.feeds, tells(index, lane.vehicle, watch, was: was) else { return }
        trends.harvest[index].suspects[lane.vehicle] = Suspect(
            logEvidence: watch.logEvidence, position: moment.position, at: moment.at,
            since: watch.onset.milliseconds, reading: Double(watch.spell.events + 2),
            size: watch.ratio, deviation: watch.growth)
    }
}
