import FaultRules
import HeapModule
import ServiceTickets
import VehicleFaults

/// The lanes of some of the vehicles. Which vehicles share a shard changes no decision.
struct Shard: ~Copyable {
    var engine: LaneEngine
    private(set) var lanes = LaneTable()
    /// Lanes with something to do at a tick: one entry that counts for a lane, at or before the time
    /// at which it is due. Most messages put that off, and leave the entry where it is.
    private var due = Heap<Due>()
    /// For each lane the time of the entry that counts; `Int64.max` for none. Empty until a lane is
    /// due for the first time.
    private var awaited: ContiguousArray<Int64> = []
    /// Lanes whose stored state is behind.
    private var dirty = DirtyLanes()
    /// The room that a vehicle's first message left its lane with, where that was much: most vehicles send
    /// the same, and a lane that grows group by group is moved for each.
    private var firstRoom = 0
    /// Lanes that have counted what the fleet was not told of.
    private var untold = UntoldLanes()
    /// For each finding of ``LaneEngine/findings``, what decides its place among all shards'.
    private(set) var keys: [FindingKey] = []
    /// What lanes become bytes with.
    private var writer = ByteWriter()
    /// Of no meaning; see ``warm(_:)``.
    private var touched: UInt64 = 0

    struct Due: Comparable {
        var time: Int64
        var vehicle: VehicleID
        var lane: Int
        static func < (a: Due, b: Due) -> Bool { (a.time, a.vehicle) < (b.time, b.vehicle) }
    }

    init(engine: consuming LaneEngine) { self.engine = engine }

    // MARK: - Lanes

    /// Adds a lane for a vehicle that was never heard.
    mutating func add(_ vehicle: VehicleID) -> Int {
        lanes.add(Lane(vehicle: vehicle, room: max(engine.layout.usualWords, firstRoom)))
    }

    mutating func add(_ lane: consuming Lane) -> Int {
        let (time, vehicle) = (lane.due, lane.vehicle)
        let index = lanes.add(lane)
        engine.tellCounts(of: &lanes[index], isTold: true)
        noteDue(index, vehicle, at: time)
        return index
    }

    mutating func replace(_ index: Int, with lane: consuming Lane) {
        let (time, vehicle) = (lane.due, lane.vehicle)
        engine.letGoCodes(of: lanes[index])
        lanes[index] = lane
        engine.tellCounts(of: &lanes[index], isTold: true)
        noteDue(index, vehicle, at: time)
    }

    /// Tells the fleet what lanes have counted since it was told last.
    mutating func tellFleet() {
        for index in untold.take() { engine.tellCounts(of: &lanes[index]) }
    }

    /// Notes that a lane has counted something.
    @inline(never) private mutating func noteCounts(_ index: Int) {
        engine.trends.hasCounted = false
        if engine.trends.feeds {
            untold.note(index)
        } else {
            engine.tellCounts(of: &lanes[index], isTold: true)
        }
    }

    /// Sees to it that a lane is looked at when it is due.
    private mutating func noteDue(_ lane: Int, _ vehicle: VehicleID, at time: Int64) {
        guard time != .max else { return }
        while awaited.count <= lane { awaited.append(.max) }
        guard time < awaited[lane] else { return }
        awaited[lane] = time
        due.insert(Due(time: time, vehicle: vehicle, lane: lane))
    }

    // MARK: - Work

    mutating func beginBatch() {
        engine.findings.removeAll(keepingCapacity: true)
        keys.removeAll(keepingCapacity: true)
        engine.duplicates = 0
        engine.late = 0
        engine.forgotten = 0
        engine.ignored = 0
        engine.census.heard.removeAll(keepingCapacity: true)
    }

    /// Brings the lanes that the next reports need from memory into the cache, all at once: taken
    /// one by one, each would be waited for.
    @inline(__always)
    mutating func warm(_ lane: Int) { touched |= lanes.touch(lane) }

    /// Asks for the many words of a lane that is not yet, but soon, worked on.
    @inline(__always) func hintAll(_ lane: Int) { lanes.hintAll(lane) }

    /// Asks for what the lane of the newest report is found by, and for what was found of those
    /// that came a few reports earlier, so that all of it is near when the batch is decided.
    @inline(__always)
    func hint(_ traces: inout ContiguousArray<Trace>) {
        // Of a message with several reports only the last is asked for; the others are searched.
        let newest = traces.count &- 1
        guard newest >= 0 else { return }
        lanes.hintSlot(traces[newest].hash)
        let second = newest &- Self.hintDistance
        guard second >= 0 else { return }
        let lane = lanes.guess(traces[second].hash)
        if lane >= 0 {
            traces[second].guess = Int32(truncatingIfNeeded: lane)
            lanes.hint(lane)
        }
        let third = second &- Self.hintDistance
        if third >= 0, traces[third].guess >= 0 { lanes.hintWords(Int(traces[third].guess)) }
    }

    /// Reports that are decoded while memory is waited for.
    private static let hintDistance = 4

    /// Applies a report to a lane that is here.
    @inline(__always)
    mutating func accept(
        _ report: Int, in buffer: borrowing ReportBuffer, lane index: Int, received: Int64,
        position: UInt64, entry: Int, row: Int64
    ) {
        let news = Self.accept(
            report, in: buffer, received: received, position: position, row: row,
            lane: &lanes[index], engine: &engine)
        if news.isDirty { dirty.add(index, since: row) }
        if let time = news.due { noteDue(index, lanes[index].vehicle, at: time) }
        if engine.trends.hasCounted { noteCounts(index) }
        if lanes[index].messages == 1 { firstRoom = lanes[index].memory.roomOfMany }
        while keys.count < engine.findings.count {
            keys.append(FindingKey(entry: entry, due: .max, vehicle: nil))
        }
    }

    /// - Returns: whether the lane has just fallen behind what is stored, and when it must be looked
    ///   at if that has changed.
    @inline(__always)
    private static func accept(
        _ report: Int, in buffer: borrowing ReportBuffer, received: Int64, position: UInt64,
        row: Int64, lane: inout Lane, engine: inout LaneEngine
    ) -> (isDirty: Bool, due: Int64?) {
        guard lane.appliedRow < row else { return (false, nil) }
        let before = lane.due
        engine.accept(
            buffer[report: report], in: buffer, received: received, position: position,
            lane: &lane)
        let isDirty = lane.dirtySince == 0
        if isDirty { lane.dirtySince = row }
        // What is put off is found by the entry that counts already, unless it is overdue.
        let isKnown = lane.due == before || before > received && before < lane.due
        return (isDirty, isKnown || lane.due == .max ? nil : lane.due)
    }

    private mutating func touch(_ index: Int, row: Int64) {
        guard lanes[index].dirtySince == 0 else { return }
        lanes[index].dirtySince = row
        dirty.add(index, since: row)
    }

    /// Lets checks of a vehicle that was repaired begin anew.
    mutating func renew(
        _ checks: [Int], after repair: ConfirmedRepair, at time: EventTime, row: Int64
    ) {
        guard let index = lanes.find(repair.vehicle), lanes[index].appliedRow < row else { return }
        // A part's life is told before it ends.
        engine.tellCounts(of: &lanes[index], isTold: !engine.trends.feeds)
        guard engine.renew(checks, after: repair, at: time, lane: &lanes[index]) else { return }
        touch(index, row: row)
    }

    /// Does what is due at a tick.
    mutating func tick(at now: Int64, entry: Int, row: Int64) {
        while let next = due.min, next.time <= now {
            _ = due.popMin()
            guard awaited[next.lane] == next.time else { continue }
            awaited[next.lane] = .max
            guard lanes[next.lane].due == next.time else {
                // It was put off meanwhile.
                noteDue(next.lane, next.vehicle, at: lanes[next.lane].due)
                continue
            }
            guard lanes[next.lane].appliedRow < row else { continue }
            // A grid point that was passed over stands for all that lie before it, so that silence
            // brings about the same whether ticks come one by one or a message comes at last.
            let grid = TickGrid.latest(upTo: next.time &+ TickGrid.interval &- 1)
            engine.tick(at: grid, lane: &lanes[next.lane])
            if engine.trends.hasCounted { noteCounts(next.lane) }
            touch(next.lane, row: row)
            noteDue(next.lane, next.vehicle, at: lanes[next.lane].due)
            while keys.count < engine.findings.count {
                keys.append(FindingKey(entry: entry, due: grid, vehicle: next.vehicle))
            }
        }
    }

    // MARK: - Storing

    /// The first journal row that some stored lane lacks, or `nil` when all are complete.
    var oldestDirtyRow: Int64? { dirty.oldest }

    var dirtyCount: Int { dirty.count }

    /// Puts the lanes to store into the order of their vehicles.
    mutating func sortDirty() { dirty.sort { lanes[$0].vehicle } }

    /// Takes the next lane to store: the one that fell behind first.
    mutating func takeDirty(applied row: Int64) -> StoredLane? {
        guard let index = dirty.takeFirst() else { return nil }
        lanes[index].appliedRow = row
        let time = lanes[index].due
        return StoredLane(
            vehicle: lanes[index].vehicle, appliedRow: row, due: time == .max ? nil : time,
            bytes: engine.encode(lanes[index], with: &writer))
    }

    /// Forgets the lanes that were silent longest, of those whose stored state is complete.
    mutating func forget(downTo count: Int) {
        guard lanes.count > count else { return }
        tellFleet()
        let clean = (0..<lanes.count).filter { lanes[$0].dirtySince == 0 }
            .sorted { lanes[$0].latestReceived < lanes[$1].latestReceived }
        let victims = clean.prefix(lanes.count - count)
        for index in victims { engine.letGoCodes(of: lanes[index]) }
        lanes.remove(Set(victims))
        due = Heap()
        awaited.removeAll(keepingCapacity: true)
        for lane in 0..<lanes.count { noteDue(lane, lanes[lane].vehicle, at: lanes[lane].due) }
        dirty.removeAll()
        let behind = (0..<lanes.count).filter { lanes[$0].dirtySince != 0 }
            .map { (lane: $0, since: lanes[$0].dirtySince) }.sorted { $0.since < $1.since }
        for (lane, since) in behind { dirty.add(lane, since: since) }
    }
}

/// Orders findings of different shards as one shard would have made them.
struct FindingKey: Comparable {
    var entry: Int
    /// The tick, or `Int64.max` for what the entry's message led to: the ticks that time passed on
    /// the way to a message come before it.
    var due: Int64
    /// Set for findings made at a tick, where no message gives an order.
    var vehicle: VehicleID?

    static func < (a: FindingKey, b: FindingKey) -> Bool {
        if a.entry != b.entry { return a.entry < b.entry }
        if a.due != b.due { return a.due < b.due }
        if let first = a.vehicle, let second = b.vehicle { return first < second }
        return false
    }
}

/// A lane as it is stored.
public struct StoredLane: Sendable {
    public var vehicle: VehicleID
    /// The journal row whose effects the bytes include.
    public var appliedRow: Int64
    /// Received time at which the lane must be looked at; `nil` for never.
    public var due: Int64?
    public var bytes: [UInt8]

    public init(vehicle: VehicleID, appliedRow: Int64, due: Int64?, bytes: [UInt8]) {
        self.vehicle = vehicle
        self.appliedRow = appliedRow
        self.due = due
        self.bytes = bytes
    }
}
