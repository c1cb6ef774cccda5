import VehicleFaults

// Lanes on their way to the store, and out of memory.
extension FleetWatch {
    /// Lanes in memory.
    public var laneCount: Int { boxes.reduce(0) { $0 + $1.shard.lanes.count } }

    /// Fault codes that the lanes in memory remember, counted once in each shard.
    public var codeCount: Int { boxes.reduce(0) { $0 + $1.shard.engine.codes.count } }

    /// Whether a vehicle's lane is in memory.
    public func holds(_ vehicle: VehicleID) -> Bool {
        box(of: vehicle).shard.lanes.find(vehicle) != nil
    }

    /// The first journal row that recovery must read again, or `nil` when every lane is stored.
    public var oldestUnstoredRow: Int64? { boxes.compactMap { $0.shard.oldestDirtyRow }.min() }

    /// Lanes whose stored state is behind.
    public var unstoredLanes: Int { boxes.reduce(0) { $0 + $1.shard.dirtyCount } }

    /// Puts the lanes to store into the order of their vehicles, in each shard: where all are stored at once,
    /// their rows then go to the end of an index and not all over it.
    public mutating func sortUnstoredLanes() {
        for box in boxes { box.shard.sortDirty() }
    }

    /// Takes lanes to store with the journal row `row`: those that fell behind first.
    ///
    /// - Parameters:
    ///   - before: lanes that fell behind at this row or later stay in memory only.
    ///   - limit: the most that are taken.
    ///   - most: as many as may stay behind; where there are more, the rest is taken whatever the limit.
    public mutating func takeUnstoredLanes(
        before: Int64, limit: Int, leaving most: Int = .max, row: Int64
    ) -> [StoredLane] {
        var result: [StoredLane] = []
        take(before: before, limit: limit, row, into: &result)
        take(
            before: .max, limit: result.count + max(0, unstoredLanes - most), row, into: &result)
        return result
    }

    private mutating func take(
        before: Int64, limit: Int, _ row: Int64, into result: inout [StoredLane]
    ) {
        while result.count < limit {
            guard
                let box = boxes.min(by: {
                    ($0.shard.oldestDirtyRow ?? .max) < ($1.shard.oldestDirtyRow ?? .max)
                }), let oldest = box.shard.oldestDirtyRow, oldest < before,
                let lane = box.shard.takeDirty(applied: row)
            else { break }
            result.append(lane)
        }
    }

    /// Forgets lanes that are stored, those silent longest first, until at most `count` are left.
    ///
    /// - Parameter most: where there are no more than these, none is forgotten.
    public mutating func forgetLanes(downTo count: Int, above most: Int = 0) {
        guard laneCount > most else { return }
        for box in boxes { box.shard.forget(downTo: count / boxes.count) }
    }
}
