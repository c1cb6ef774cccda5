import VehicleFaults

// Which shard a vehicle's lane is in. It changes no decision.
extension FleetWatch {
    func box(of vehicle: VehicleID) -> ShardBox {
        boxes[Self.shard(of: vehicle.mixed, among: boxes.count)]
    }

    /// Shards for each of several workers: one that shares its processor with another thread then does
    /// fewer of them, and nobody waits for it.
    static let shardsAWorker = 4

    @inline(__always) static func shard(of hash: UInt64, among count: Int) -> Int {
        // A share of the hash's top 24 bits, without a division.
        Int(truncatingIfNeeded: ((hash &>> 40) &* UInt64(truncatingIfNeeded: count)) &>> 24)
    }
}
