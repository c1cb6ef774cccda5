import FaultTrends
import VehicleFaults

/// Lanes that have counted what the fleet was not told of yet: how often a code came, and how far a part
/// has run.
///
/// Telling it with each message would look up a kind for each check. The fleet listens only at epochs
/// and when lanes are stored, so until then a lane that has counted something is but listed here. What
/// is added are whole numbers, which come to the same whenever it is done. What a lane has told is in
/// the words of its checks, but is not stored: where a lane is loaded, all of it was told.
struct UntoldLanes {
    private var lanes: ContiguousArray<Int> = []
    private var isListed: ContiguousArray<Bool> = []

    /// Notes that a lane has counted something.
    mutating func note(_ lane: Int) {
        while isListed.count <= lane { isListed.append(false) }
        guard !isListed[lane] else { return }
        isListed[lane] = true
        lanes.append(lane)
    }

    /// Takes the lanes that have counted something since the fleet was told.
    mutating func take() -> ContiguousArray<Int> {
        for lane in lanes { isListed[lane] = false }
        defer { lanes.removeAll(keepingCapacity: true) }
        return lanes
    }
}

/// What a vehicle has counted since the fleet was told of it, in place of what it had told.
struct CountChange: Equatable, Sendable {
    var kind: UInt64
    var events: Int64
    var exposure: Int64
    var oldEvents: Int64
    var oldExposure: Int64
}

/// Ages through which a part of a kind of vehicle has run, in whole units.
struct LifeStretch: Equatable, Sendable {
    var kind: UInt64
    var from: Int
    var to: Int
    /// Whether it failed at the end of them.
    var hasFailed: Bool
}

extension RecurrenceSums {
    mutating func add(_ change: CountChange) {
        add(
            events: change.events, exposure: change.exposure,
            inPlaceOf: (change.oldEvents, change.oldExposure))
    }
}

extension LaneEngine {
    /// Tells the fleet what a lane has counted since it was told last.
    ///
    /// - Parameter isTold: whether the fleet knows already, since the lane comes from where it was told.
    mutating func tellCounts(of lane: inout Lane, isTold: Bool = false) {
        for index in trends.counting {
            guard let place = lane.memory.findListed(LaneMemory.key(.trend, index)) else {
                continue
            }
            if trends.looks[index].form == .wear {
                tellLife(index, place, isTold, &lane)
            } else {
                tellRecurrence(index, place, isTold, &lane)
            }
        }
    }

    private mutating func tellRecurrence(
        _ index: Int, _ place: Int, _ isTold: Bool, _ lane: inout Lane
    ) {
        var watch = RecurrenceWatch(words: lane.memory[check: place])
        let (old, now) = (watch.told, watch.counted)
        guard (Int64(old.events), Int64(old.exposure)) != now else { return }
        watch.told = (UInt32(now.events), UInt32(now.exposure))
        lane.memory[check: place] = watch.words
        guard !isTold else { return }
        trends.harvest[index].recurrences.append(
            CountChange(
                kind: CohortWork.kind(of: lane.vehicle), events: now.events,
                exposure: now.exposure, oldEvents: Int64(old.events),
                oldExposure: Int64(old.exposure)))
    }

    private mutating func tellLife(
        _ index: Int, _ place: Int, _ isTold: Bool, _ lane: inout Lane
    ) {
        var watch = WearWatch(words: lane.memory[check: place])
        guard let reached = watch.reached, reached != watch.reported else { return }
        let from = watch.reported
        watch.reported = reached
        lane.memory[check: place] = watch.words
        guard !isTold else { return }
        trends.harvest[index].lives.append(
            LifeStretch(
                kind: CohortWork.kind(of: lane.vehicle), from: from, to: reached,
                hasFailed: false))
    }
}
