import FaultRules
import VehicleFaults

/// What a vehicle remembers when a device that was heard under its own name turns out to sit in it.
extension LaneEngine {
    /// The stored lane of a device as that of its vehicle.
    ///
    /// A vehicle that was never heard takes the device's lane over as it is, so that everything goes
    /// on as if the messages had come under its name. Where both were heard, two pasts that ran side
    /// by side cannot be put into one order any more: what the vehicle has counted and averaged
    /// stays, and what only the device knows is added: its codes, signals, conditions and checks.
    ///
    /// - Parameter own: the vehicle's lane, if it has one.
    /// - Throws: when the bytes make no sense.
    mutating func join(
        _ device: StoredLane, to own: StoredLane?, as vehicle: VehicleID, row: Int64
    ) throws(LaneDamaged) -> StoredLane {
        var lane = try decode(vehicle, own?.bytes ?? device.bytes)
        if own != nil {
            var other = try decode(vehicle, device.bytes)
            part(&lane)
            part(&other)
            join(other, to: &lane)
        }
        lane.due = nextDue(of: lane)
        return StoredLane(
            vehicle: vehicle, appliedRow: row, due: lane.due == .max ? nil : lane.due,
            bytes: encode(lane))
    }

    private mutating func join(_ other: borrowing Lane, to lane: inout Lane) {
        lane.setTimes(
            claimed: max(lane.newestClaimed, other.newestClaimed),
            applied: max(lane.newestApplied, other.newestApplied),
            received: max(lane.latestReceived, other.latestReceived),
            skew: other.latestReceived > lane.latestReceived ? other.skew : lane.skew)
        lane.messages &+= other.messages
        lane.duplicates &+= other.duplicates
        lane.late &+= other.late
        lane.unbelieved &+= other.unbelieved
        if !other.waiting.isEmpty {
            lane.waiting = (lane.waiting + other.waiting)
                .sorted { ($0.at, $0.position) < ($1.at, $1.position) }
        }
        var codes = 0
        lane.memory.forEachGroup { kind, _, _ in codes += kind == .code ? 1 : 0 }
        var groups: [(kind: LaneMemory.Kind, key: UInt32, own: Int, words: [UInt64])] = []
        other.memory.forEachGroup { kind, number, content in
            groups.append(
                (
                    kind, LaneMemory.key(kind, number), other.memory[own: content.lowerBound],
                    content.map { other.memory[$0] }
                ))
        }
        for group in groups {
            if let place = lane.memory.find(group.key) {
                if group.kind == .recent { joinDigests(group.words, at: place, of: &lane) }
                continue
            }
            if group.kind == .code {
                guard codes < Self.mostCodes else { continue }
                codes += 1
            }
            let place = lane.memory.add(group.key, length: group.words.count)
            lane.memory.set(place, group.words)
            lane.memory[own: place] = group.own
        }
    }

    /// Joins the digests of recent messages, so that one that is sent again is still recognised.
    private func joinDigests(_ words: [UInt64], at place: Int, of lane: inout Lane) {
        let own = (place..<place + lane.memory.length(at: place)).map { lane.memory[$0] }
        let room = min((own.count + words.count) / 2, Self.mostDigests)
        let pairs = (Self.digests(own) + Self.digests(words)).sorted { $0.received < $1.received }
            .suffix(room)
        lane.memory.drop(at: place)
        let joined = lane.memory.add(LaneMemory.key(.recent, 0), length: 2 * room)
        lane.memory[own: joined] = pairs.count % room
        for (index, pair) in pairs.enumerated() {
            lane.memory[joined + 2 * index] = pair.digest
            lane.memory.set(joined + 1 + 2 * index, pair.received)
        }
    }

    private static func digests(_ ring: [UInt64]) -> [(digest: UInt64, received: Int64)] {
        stride(from: 0, to: ring.count, by: 2).compactMap { place in
            ring[place] == 0 ? nil : (ring[place], Int64(bitPattern: ring[place + 1]))
        }
    }
}

/// The devices that a change of the roster puts to vehicles, and what becomes of their lanes.
public struct HistoryJoining: ~Copyable {
    private var engine: LaneEngine

    /// Joins lanes as the rules need them that are in force from now on.
    public init(program: RuleProgram, settings: WatchSettings, roster: VehicleRoster) {
        engine = LaneEngine(program: program, settings: settings, roster: roster)
    }

    /// Moves the lanes of devices to their vehicles, in order of the devices.
    ///
    /// - Parameters:
    ///   - namings: whose the devices are.
    ///   - row: the journal row from which on this counts.
    ///   - lanes: lanes by vehicle; those of devices leave, those of their vehicles come.
    ///   - stored: finds a lane that is not among them.
    /// - Returns: the devices that had been heard.
    /// - Throws: ``LaneDamaged``, and what `stored` throws.
    public mutating func join(
        _ namings: [SourceRegistry.Naming], row: Int64, lanes: inout [VehicleID: StoredLane],
        stored: (VehicleID) throws -> StoredLane?
    ) throws -> [SourceRegistry.Naming] {
        var joined: [SourceRegistry.Naming] = []
        for naming in namings {
            guard let device = try lanes[naming.source] ?? stored(naming.source) else { continue }
            let own = try lanes[naming.vehicle] ?? stored(naming.vehicle)
            lanes[naming.vehicle] = try engine.join(device, to: own, as: naming.vehicle, row: row)
            lanes[naming.source] = nil
            joined.append(naming)
        }
        return joined
    }
}
