import FaultDecoding
import VehicleFaults

/// What the lanes made of a batch, on its way to the ticket stage: all that stage needs to know of it.
public struct LaneOutcome: Sendable {
    /// Something that was found, and when what completed it was received.
    struct Found {
        /// Its place in the batch.
        var entry: Int
        var received: Int64
        var finding: Finding
    }

    /// A person's command, by its place in the batch.
    struct Command {
        var entry: Int
        var received: Int64
        var payload: [UInt8]
    }

    /// What was counted; it decides nothing.
    public internal(set) var counts = Outcome()
    /// In the order of the journal, as what follows.
    var found: [Found] = []
    var letters: [DeadLetter] = []
    /// The points of the grid that received time passes in the batch.
    var ticks: [Tick] = []
    var commands: [Command] = []
    /// Vehicles that the batch's messages are the first of in an epoch, the earliest epoch first.
    var heard: ArraySlice<(vehicle: VehicleID, epoch: Int64)> = []
}

/// The messages of a batch, while it is open.
struct BatchMessages {
    var slices: [SliceBox]
    /// By entry.
    var times: ContiguousArray<Int64>
}
