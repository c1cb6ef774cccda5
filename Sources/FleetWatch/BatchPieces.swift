import FaultDecoding
import VehicleFaults

// What the workers hand each other within a batch.

/// A shard in a place of its own.
///
/// Unchecked: box `i` is touched by piece `i` of a run of the workers and by nothing else until
/// the run has ended, and between runs only by the one owner of the `FleetWatch`.
final class ShardBox: @unchecked Sendable {
    var shard: Shard
    /// What this shard has to do in the batch: for each slice, its reports in order.
    var work: [ContiguousArray<Work>]
    /// Lanes made for this batch, to be looked up in the store.
    var newcomers: [VehicleID] = []
    init(_ shard: consuming Shard, slices: Int) {
        self.shard = shard
        work = Array(repeating: [], count: slices)
    }
}

/// A report that a shard must apply, by its place in its slice, and the lane it is for.
struct Work {
    var report: Int32
    var lane: Int32
}

/// A run of a batch's entries, decoded.
struct Slice {
    var decoder: MessageDecoder
    var buffer = ReportBuffer()
    /// The entries.
    var range = 0..<0
    /// For each report, where it comes from and where it may belong.
    var traces: ContiguousArray<Trace> = []
    var failures: [(entry: Int, failure: DecodingFailure)] = []
}

/// What is known of a report besides what it says.
struct Trace {
    /// The hash of its vehicle.
    var hash: UInt64
    var entry: Int32
    /// The lane that it is most likely for; -1 when nobody has looked, or there is none.
    var guess: Int32 = -1
}

/// A slice in a place of its own. Unchecked for the same reason: one piece writes it in one
/// run, others read it in a later one.
final class SliceBox: @unchecked Sendable {
    var slice: Slice
    init(_ slice: Slice) { self.slice = slice }
}

/// A point of the grid that received time passes just before an entry.
struct Tick {
    var entry: Int
    var time: Int64
}
