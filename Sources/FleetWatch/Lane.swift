import VehicleFaults

/// Everything that is remembered of one vehicle.
struct Lane: ~Copyable {
    var vehicle: VehicleID
    /// Beside the vehicle, because the two are read first.
    var memory: LaneMemory
    /// The newest time the vehicle has claimed: a message that claims a later one is no duplicate.
    var newestClaimed = Int64.min
    /// The vehicle's time of the newest message that was applied.
    var newestApplied = Int64.min
    /// When that, or any later, message was received.
    var latestReceived = Int64.min
    /// How far the vehicle's clock was from the received time at its last message, milliseconds.
    var skew: Int64 = 0
    var messages: UInt32 = 0
    var duplicates: UInt32 = 0
    /// Messages older than one that was applied before.
    var late: UInt32 = 0
    /// Messages whose time was not believed.
    var unbelieved: UInt32 = 0
    /// Received time at which something happens without a message; `Int64.max` for never.
    var due = Int64.max
    /// The journal row up to which the state was applied when the stored state is complete, 0 before
    /// the first; less than 0 when it is behind.
    private var stored: Int64 = 0
    /// Reports that wait for older ones, oldest first.
    var waiting: [WaitingReport] = []

    /// The first journal row that the stored state lacks; 0 when the stored state is complete.
    var dirtySince: Int64 {
        get { stored < 0 ? -stored : 0 }
        set { stored = -newValue }
    }

    /// The newest journal row that must not be applied again. One that is not stored yet is never
    /// read a second time, so the row before it will do.
    var appliedRow: Int64 {
        get { stored < 0 ? -stored - 1 : stored }
        set { stored = newValue }
    }

    /// A lane that remembers nothing, with room for `words` words.
    init(vehicle: VehicleID, room words: Int) {
        self.vehicle = vehicle
        memory = LaneMemory(room: words)
    }
}

/// A report that waits for the vehicle's watermark to pass.
struct WaitingReport {
    var report: Report
    var sightings: [FaultSighting]
    var readings: [Reading]
    /// The freeze frames of the sightings, one after the other.
    var freeze: [Reading]
    var at: Int64
    var received: Int64
    var position: UInt64
}
