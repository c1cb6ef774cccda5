import FaultRules
import HeapModule
import VehicleFaults

/// The lanes of some of the vehicles. Which vehicles share a shard changes no decision.
struct Shard {
    var engine: LaneEngine
    private(set) var lanes: ContiguousArray<Lane> = []
    /// Open addressing: place in ``lanes`` plus one, 0 for free.
    private var table: ContiguousArray<UInt32>
    private var mask: Int
    /// Lanes with something to do at a tick; entries that no longer hold are skipped.
    private var due = Heap<Due>()
    /// Lanes whose stored state is behind, in the order in which they fell behind.
    private var dirty: [(lane: Int, since: Int64)] = []
    private var dirtyHead = 0
    /// For each finding of ``LaneEngine/findings``, what decides its place among all shards'.
    private(set) var keys: [FindingKey] = []

    struct Due: Comparable {
        var time: Int64
        var vehicle: VehicleID
        var lane: Int
        static func < (a: Due, b: Due) -> Bool { (a.time, a.vehicle) < (b.time, b.vehicle) }
    }

    init(engine: LaneEngine) {
        self.engine = engine
        table = ContiguousArray(repeating: 0, count: 1024)
        mask = 1023
    }

    // MARK: - Finding lanes

    func find(_ vehicle: VehicleID) -> Int? {
        // The top bits of the hash choose the shard, so the table uses the low ones.
        var place = Int(truncatingIfNeeded: vehicle.mixed) & mask
        while table[place] != 0 {
            let lane = Int(table[place]) - 1
            if lanes[lane].vehicle == vehicle { return lane }
            place = (place + 1) & mask
        }
        return nil
    }

    mutating func add(_ lane: Lane) -> Int {
        if lanes.count * 2 > mask { rebuild(capacity: (mask + 1) * 2) }
        lanes.append(lane)
        enter(lanes.count - 1)
        if lane.due != .max {
            due.insert(Due(time: lane.due, vehicle: lane.vehicle, lane: lanes.count - 1))
        }
        return lanes.count - 1
    }

    mutating func replace(_ index: Int, with lane: Lane) {
        lanes[index] = lane
        if lane.due != .max {
            due.insert(Due(time: lane.due, vehicle: lane.vehicle, lane: index))
        }
    }

    private mutating func enter(_ lane: Int) {
        var place = Int(truncatingIfNeeded: lanes[lane].vehicle.mixed) & mask
        while table[place] != 0 { place = (place + 1) & mask }
        table[place] = UInt32(lane + 1)
    }

    private mutating func rebuild(capacity: Int) {
        table = ContiguousArray(repeating: 0, count: capacity)
        mask = capacity - 1
        for lane in lanes.indices { enter(lane) }
    }

    // MARK: - Work

    mutating func beginBatch() {
        engine.findings.removeAll(keepingCapacity: true)
        keys.removeAll(keepingCapacity: true)
        engine.duplicates = 0
        engine.late = 0
    }

    /// Applies a report to a lane that is here.
    @inline(__always)
    mutating func accept(
        _ report: Report, in buffer: borrowing ReportBuffer, lane index: Int, received: Int64,
        position: UInt64, entry: Int, row: Int64
    ) {
        guard lanes[index].appliedRow < row else { return }
        let before = lanes[index].due
        engine.accept(
            report, in: buffer, received: received, position: position, lane: &lanes[index])
        touch(index, row: row)
        note(before, index)
        while keys.count < engine.findings.count {
            keys.append(FindingKey(entry: entry, due: 0, vehicle: nil))
        }
    }

    private mutating func touch(_ index: Int, row: Int64) {
        guard lanes[index].dirtySince == 0 else { return }
        lanes[index].dirtySince = row
        dirty.append((index, row))
    }

    private mutating func note(_ before: Int64, _ index: Int) {
        let now = lanes[index].due
        if now != before, now != .max {
            due.insert(Due(time: now, vehicle: lanes[index].vehicle, lane: index))
        }
    }

    /// Does what is due at a tick.
    mutating func tick(at now: Int64, entry: Int, row: Int64) {
        while let next = due.min, next.time <= now {
            _ = due.popMin()
            guard lanes[next.lane].due == next.time, lanes[next.lane].appliedRow < row else {
                continue
            }
            engine.tick(at: now, lane: &lanes[next.lane])
            touch(next.lane, row: row)
            if lanes[next.lane].due != .max {
                due.insert(Due(time: lanes[next.lane].due, vehicle: next.vehicle, lane: next.lane))
            }
            // A grid point that was passed over stands for all that lie before it.
            let grid = TickGrid.latest(upTo: next.time &+ TickGrid.interval &- 1)
            while keys.count < engine.findings.count {
                keys.append(FindingKey(entry: entry, due: grid, vehicle: next.vehicle))
            }
        }
    }

    // MARK: - Storing

    /// The first journal row that some stored lane lacks, or `nil` when all are complete.
    var oldestDirtyRow: Int64? { dirtyHead < dirty.count ? dirty[dirtyHead].since : nil }

    var dirtyCount: Int { dirty.count - dirtyHead }

    /// Takes the next lane to store: the one that fell behind first.
    mutating func takeDirty(applied row: Int64) -> StoredLane? {
        guard dirtyHead < dirty.count else { return nil }
        let index = dirty[dirtyHead].lane
        dirtyHead += 1
        if dirtyHead == dirty.count {
            dirty.removeAll(keepingCapacity: true)
            dirtyHead = 0
        } else if dirtyHead > 4096, dirtyHead * 2 > dirty.count {
            dirty.removeFirst(dirtyHead)
            dirtyHead = 0
        }
        lanes[index].dirtySince = 0
        lanes[index].appliedRow = row
        let lane = lanes[index]
        return StoredLane(
            vehicle: lane.vehicle, appliedRow: row, due: lane.due == .max ? nil : lane.due,
            bytes: engine.encode(lane))
    }

    /// Forgets the lanes that were silent longest, of those whose stored state is complete.
    mutating func forget(downTo count: Int) {
        guard lanes.count > count else { return }
        let clean = lanes.indices.filter { lanes[$0].dirtySince == 0 }
            .sorted { lanes[$0].latestReceived < lanes[$1].latestReceived }
        let victims = Set(clean.prefix(lanes.count - count))
        var kept = ContiguousArray<Lane>()
        kept.reserveCapacity(lanes.count - victims.count)
        for index in lanes.indices where !victims.contains(index) { kept.append(lanes[index]) }
        lanes = kept
        rebuild(capacity: mask + 1)
        due = Heap(
            lanes.indices.filter { lanes[$0].due != .max }.map {
                Due(time: lanes[$0].due, vehicle: lanes[$0].vehicle, lane: $0)
            })
        dirty = lanes.indices.filter { lanes[$0].dirtySince != 0 }
            .map { ($0, lanes[$0].dirtySince) }.sorted { $0.since < $1.since }
        dirtyHead = 0
    }
}

/// Orders findings of different shards as one shard would have made them.
struct FindingKey: Comparable {
    var entry: Int
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
