import FaultRules
import FaultTrends
import ServiceTickets
import VehicleFaults

/// What a code meant when it came with a signal that was off, as far as repairs told.
struct PairKnowledge: FleetPart, Sendable {
    /// By ``PairWatch/place(of:isAbove:)``; the last is of codes with which nothing was off.
    var records: [PairRecord] = []
    /// What was published, and whether there are cases enough in it to tell anything.
    var published: [PairRecord] = []
    private(set) var isInformed = false

    mutating func add(_ harvest: [PairRecord]) {
        guard !harvest.isEmpty else { return }
        if records.isEmpty { records = Self.none }
        for (place, one) in harvest.enumerated() { records[place].merge(one) }
    }

    mutating func publish() {
        published = records
        isInformed = published.contains { $0.cases >= PairRecord.enoughCases }
    }

    /// What lanes go by.
    var forLanes: Self {
        var one = Self()
        (one.published, one.isInformed) = (published, isInformed)
        return one
    }

    static func == (a: Self, b: Self) -> Bool {
        a.records == b.records && a.published == b.published
    }

    static let none = [PairRecord](repeating: PairRecord(), count: PairWatch.places)

    func write(_ out: inout ByteWriter) {
        for list in [records, published] {
            out.word(UInt64(list.count))
            for one in list {
                out.integer(one.cases)
                out.integer(one.failures)
            }
        }
    }

    init() {}

    init(_ input: inout ByteReader) throws(LaneDamaged) {
        records = try Self.list(&input)
        published = try Self.list(&input)
        isInformed = published.contains { $0.cases >= PairRecord.enoughCases }
    }

    private static func list(_ input: inout ByteReader) throws(LaneDamaged) -> [PairRecord] {
        let place = input.place
        let count = try input.word()
        guard count == 0 || count == UInt64(PairWatch.places) else {
            throw LaneDamaged(offset: place)
        }
        var list: [PairRecord] = []
        for _ in 0..<count {
            let place = input.place
            let (cases, failures) = (try input.integer(), try input.integer())
            guard failures >= 0, failures <= cases else { throw LaneDamaged(offset: place) }
            list.append(PairRecord(cases: cases, failures: failures))
        }
        return list
    }
}

extension LaneEngine {
    /// Shows a message to a check that learns what a code means when a signal is off with it.
    mutating func applyPair(
        _ index: Int, hasCode: Bool, at moment: Moment, place: Int, lane: inout Lane
    ) {
        if !hasCode, PairWatch.isQuiet(lane.memory[check: place]) {
            let partners = trends.looks[index].partners
            for number in partners.indices where partners[number] >= 0 {
                guard let value = trends.value(Int(partners[number])) else { continue }
                PairWatch.passOver(&lane.memory[check: place], value, of: number, at: moment.time)
            }
            PairWatch.mark(
                &lane.memory[check: place], isInformed: trends.published[index].pairs.isInformed)
            return
        }
        let plan = trends.plans[index]
        var watch = PairWatch(words: lane.memory[check: place])
        let wasTold = watch.isTold
        close(watch.expire(at: moment.time, within: plan.rule.bucket), index, hasFailed: false)
        if wasTold, !watch.isTold, trends.feeds {
            trends.harvest[index].withdraw(lane.vehicle, isOver: true)
        }
        for (place, signal) in plan.rule.signals.enumerated() {
            guard let value = trends.value(signal) else { continue }
            watch.read(value, of: place, hasCode: hasCode, at: moment.time)
        }
        defer { lane.memory[check: place] = watch.words }
        watch.isInformed = trends.published[index].pairs.isInformed
        guard hasCode else { return }
        let known = trends.published[index].pairs.published
        let seen = watch.see(at: moment.time)
        guard !known.isEmpty, !watch.isTold else { return }
        let proven = seen.filter { known[$0].isProven(beyond: plan.rule.harmless) }
        guard
            let best = proven.max(by: { known[$0].surePrecision < known[$1].surePrecision })
        else { return }
        watch.tell()
        guard trends.feeds else { return }
        let state = watch.state(of: best / 2)
        trends.harvest[index].suspects[lane.vehicle] = Suspect(
            logEvidence: known[best].surePrecision, position: moment.position, at: moment.at,
            since: (watch.onset ?? moment.time).milliseconds, reading: state.deviate,
            size: known[best].precision, deviation: Double(known[best].cases), part: best / 2)
    }

    private mutating func close(_ places: [Int], _ index: Int, hasFailed: Bool) {
        guard trends.feeds, !places.isEmpty else { return }
        if trends.harvest[index].pairs.isEmpty { trends.harvest[index].pairs = PairKnowledge.none }
        for place in places {
            trends.harvest[index].pairs[place].merge(
                PairRecord(cases: 1, failures: hasFailed ? 1 : 0))
        }
    }

    /// Ends a case with the failure that a repair confirms, or drops it when the part was changed for
    /// another reason.
    mutating func renewPair(
        _ index: Int, _ repair: ConfirmedRepair, at time: EventTime, place: Int, lane: inout Lane
    ) {
        guard repair.replacesPart else { return }
        let plan = trends.plans[index]
        var watch = PairWatch(words: lane.memory[check: place])
        let wasTold = watch.isTold
        close(watch.expire(at: time, within: plan.rule.bucket), index, hasFailed: false)
        let places = watch.end()
        if repair.isFailure, program.rules[plan.rule.rule].mode == repair.mode {
            close(places, index, hasFailed: true)
        }
        watch.forgetLevels()
        lane.memory[check: place] = watch.words
        if wasTold, trends.feeds {
            trends.harvest[index].withdraw(lane.vehicle, isOver: true)
        }
    }
}
