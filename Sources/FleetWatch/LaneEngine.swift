import FaultRules
import FaultTrends
import VehicleFaults

/// Applies reports to lanes: order and duplicates first, then codes, then readings, then clears.
///
/// It cannot be copied, since each copy would count the references of its many fields.
struct LaneEngine: ~Copyable {
    let program: RuleProgram
    var layout: LaneLayout
    let settings: WatchSettings
    /// The signals that rules speak of, then those by which Forewarn itself goes.
    let names: SignalNames
    /// For each of them, which sign of ``ClearSigns`` it is, or none.
    let clearSigns: ContiguousArray<Int8>
    /// Whether one of them is among the signals that are read together.
    let signsAreTogether: Bool
    let measures: MeasureTable
    /// By cell.
    let shapes: OwnedNumbers<CellShape>
    let roster: VehicleRoster
    let falseCodes: [FalseCode]
    /// For each rule, whether its `when` is one atom and nothing else.
    let asksOne: [Bool]
    /// For each atom that time alone can make true, the rules that speak of it.
    let rulesLasting: [Int: Set<Int>]
    var codes: CodeTable
    var scratch: Scratch
    var trends: TrendWork
    var cohorts: CohortWork
    var census: Census
    /// What the lanes found, in the order of the work.
    var findings: [Finding] = []
    var duplicates = 0
    var late = 0
    /// Kept only for tools that ask which parts of conditions held.
    var sightings: AtomSightings?
    /// Codes that made room for others.
    var forgotten = 0
    /// Sightings of codes that mean nothing on their vehicle.
    var ignored = 0
    /// Of no use in itself. A struct with an existential in it is always passed by its address; this
    /// one has many fields, and would else be copied at most calls that only look at it.
    private let anchor: any Sendable = ()

    init(
        program: RuleProgram, settings: WatchSettings, roster: VehicleRoster = VehicleRoster(),
        falseCodes: [FalseCode] = []
    ) {
        self.program = program
        self.settings = settings
        self.roster = roster
        self.falseCodes = falseCodes
        asksOne = program.rules.map { if case .atom = $0.when { true } else { false } }
        rulesLasting = Self.rulesLasting(in: program)
        let names = Self.names(of: program)
        self.names = names
        let signs = ContiguousArray(
            names.names.map { name in
                Int8(ClearSigns.signals.firstIndex { $0.name == name } ?? -1)
            })
        clearSigns = signs
        measures = MeasureTable(program)
        shapes = OwnedNumbers(program.cells.map { CellShape($0.cell) })
        scratch = Scratch(program)
        trends = TrendWork(program)
        cohorts = CohortWork(program)
        census = Census(length: settings.epoch)
        let layout = LaneLayout(program)
        self.layout = layout
        signsAreTogether = layout.members.contains { signs[$0.signal] >= 0 }
        codes = CodeTable(program)
    }

    private static func rulesLasting(in program: RuleProgram) -> [Int: Set<Int>] {
        guard program.hasTimers else { return [:] }
        var result: [Int: Set<Int>] = [:]
        for (number, rule) in program.rules.enumerated() {
            for atom in program.everyAtom(of: rule) {
                switch program.atoms[atom] {
                case .silence: result[atom, default: []].insert(number)
                case .signal(let hold):
                    if hold.elapsesInSilence { result[atom, default: []].insert(number) }
                default: break
                }
            }
        }
        return result
    }

    /// The signals that decoders keep for lanes under some rules.
    static func names(of program: RuleProgram) -> SignalNames {
        var names = program.signals
        for signal in ClearSigns.signals { _ = names.insert(Array(signal.name.utf8).span) }
        return names
    }

    /// Where a report stands in time and in the journal.
    struct Moment {
        var at: Int64
        var received: Int64
        var position: UInt64

        var time: EventTime { EventTime(milliseconds: at) }
    }

    /// Takes a report that has just arrived.
    ///
    /// - Parameter report: one of the buffer's, looked at where it lies: a report is large.
    @inline(__always)
    mutating func accept(
        _ report: Report, in buffer: borrowing ReportBuffer, received: Int64,
        position: UInt64, lane: inout Lane
    ) {
        scratch.groups.forget()
        let claimed = report.claimed?.milliseconds
        if claimed != nil || report.sequence != nil {
            // A claim beyond all earlier ones is new; only otherwise are the digests searched.
            if claimed.map({ $0 <= lane.newestClaimed }) ?? true,
                recall(report.digest, in: lane)
            {
                lane.duplicates &+= 1
                duplicates += 1
                return
            }
            remember(report.digest, received: received, in: &lane)
        } else if report.isRetained || !report.sightings.isEmpty && report.list != .snapshot {
            // News without a time or number counts each time it is said, but not when it is only
            // the broker that says it again, to whoever subscribes.
            if report.isRetained, recall(report.digest, in: lane) {
                lane.duplicates &+= 1
                duplicates += 1
                return
            }
            remember(report.digest, received: received, in: &lane)
        }
        lane.messages &+= 1
        if census.isTaken {
            census.note(lane.vehicle, latest: lane.latestReceived, received: received)
        }
        var moment = Moment(at: received, received: received, position: position)
        let applied = lane.newestApplied
        if let claimed {
            if claimed >= EventTime.earliestCredible.milliseconds,
                claimed &- received <= settings.clockTolerance
            {
                moment.at = claimed
            } else {
                lane.unbelieved &+= 1
            }
        }
        // With a window, what is applied is known only once its turn has come.
        let isAtOnce = settings.reorderWindow <= 0
        lane.setTimes(
            claimed: max(lane.newestClaimed, claimed ?? .min),
            applied: isAtOnce ? max(applied, moment.at) : applied,
            received: max(lane.latestReceived, received),
            skew: claimed.map { $0 &- received } ?? lane.skew)
        guard !isAtOnce else {
            apply(report, in: buffer, at: moment, isLate: moment.at < applied, lane: &lane)
            if program.hasTimers { lane.due = nextDue(of: lane) }
            return
        }
        wait(report, in: buffer, at: moment, lane: &lane)
        release(upTo: newestKnown(lane) &- settings.reorderWindow, lane: &lane)
        lane.due = nextDue(of: lane)
    }

    /// Applies a report whose turn has come.
    ///
    /// - Parameter isLate: whether a newer one was applied before.
    mutating func apply(
        _ report: Report, in buffer: borrowing ReportBuffer, at moment: Moment, isLate: Bool,
        lane: inout Lane
    ) {
        scratch.vehicle = lane.vehicle
        if isLate {
            lane.late &+= 1
            late += 1
        }
        if !measures.isIdle {
            prepare(report, in: buffer, at: moment, isLate: isLate, lane: &lane)
        }
        // An empty list says something only when it is a snapshot.
        if report.list != .absent, !report.sightings.isEmpty || report.list == .snapshot {
            applyCodes(in: buffer, of: report, at: moment, lane: &lane)
        }
        if !report.readings.isEmpty {
            applyReadings(of: report, in: buffer, at: moment, lane: &lane)
            if scratch.clears.isAny {
                settleClears(of: report.ecu, at: moment, isLate: isLate, lane: &lane)
            }
        }
        if !measures.isIdle {
            applyMeters(of: report, at: moment, lane: &lane)
            applyMeasures(at: moment, lane: &lane)
            applySilence(at: moment, isLate: isLate, lane: &lane)
        }
        if !trends.plans.isEmpty {
            if scratch.takeVisit() { noteVisit(at: moment, lane: &lane) }
            if !isLate { applyTrends(of: report, in: buffer, at: moment, lane: &lane) }
        }
        if !cohorts.plans.isEmpty, !isLate {
            applyCohorts(of: report, in: buffer, at: moment, lane: &lane)
        }
        if !scratch.events.isEmpty || !scratch.news.isEmpty {
            settleNews(at: moment, lane: &lane)
        }
        if program.hasClears { settleEpisodes(at: moment, lane: &lane) }
        if sightings != nil { lookAtAtoms(at: moment, lane: lane) }
    }

    // MARK: - Duplicates

    // The ring: pairs of digest and received time; the group's own number is the next place.

    /// How many digests a lane that is seldom heard keeps.
    static let fewestDigests = 2
    /// The most it keeps: more than a broker may hold unacknowledged on one connection.
    static let mostDigests = 4096
    /// Digests younger than this, in milliseconds, are not overwritten while the ring may grow.
    static let digestLifetime: Int64 = 600_000

    private func recall(_ digest: UInt64, in lane: borrowing Lane) -> Bool {
        guard let place = lane.memory.find(LaneMemory.key(.recent, 0)) else { return false }
        for slot in 0..<(lane.memory.length(at: place) / 2)
        where lane.memory[place + 2 * slot] == digest {
            return true
        }
        return false
    }

    private func remember(_ digest: UInt64, received: Int64, in lane: inout Lane) {
        let key = LaneMemory.key(.recent, 0)
        guard let place = lane.memory.find(key) else {
            let place = lane.memory.add(key, length: 2 * Self.fewestDigests)
            lane.memory[own: place] = 1
            lane.memory[place] = digest
            lane.memory.set(place + 1, received)
            return
        }
        let header = lane.memory[place &- 1]
        let capacity = LaneMemory.length(header) / 2
        let next = LaneMemory.own(header)
        let slot = place + 2 * next
        let isFree = lane.memory[slot] == 0
        if !isFree, capacity < Self.mostDigests,
            received &- lane.memory.integer(slot + 1) < Self.digestLifetime
        {
            // The oldest is still young: a larger ring takes over, oldest first.
            let old = (0..<capacity).map { place + 2 * ((next + $0) % capacity) }
                .map { (lane.memory[$0], lane.memory[$0 + 1]) }
            lane.memory.drop(at: place)
            let larger = lane.memory.add(key, length: 4 * capacity)
            for (index, pair) in old.enumerated() {
                lane.memory[larger + 2 * index] = pair.0
                lane.memory[larger + 1 + 2 * index] = pair.1
            }
            lane.memory[larger + 2 * capacity] = digest
            lane.memory.set(larger + 1 + 2 * capacity, received)
            lane.memory[own: larger] = (capacity + 1) % (2 * capacity)
            return
        }
        lane.memory[slot] = digest
        lane.memory.set(slot + 1, received)
        lane.memory[place &- 1] = LaneMemory.header(
            header, own: next + 1 == capacity ? 0 : next + 1)
    }
}
