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

/// What is known for a check, while what shards gathered is added to it.
///
/// Unchecked, as ``ShardBox`` is: one piece of a run of the workers touches it.
final class KnowledgeBox: @unchecked Sendable {
    let meaning: UInt64
    private(set) var knowledge: TrendKnowledge?

    init(_ meaning: UInt64, _ knowledge: consuming TrendKnowledge?) {
        self.meaning = meaning
        self.knowledge = knowledge
    }

    func add(_ harvest: TrendHarvest) {
        guard harvest != TrendHarvest() else { return }
        if knowledge == nil { knowledge = TrendKnowledge() }
        knowledge?.add(harvest)
    }
}

/// A report that a shard must apply, by its place in its slice, and the lane it is for.
struct Work {
    var report: Int32
    var lane: Int32
}

extension ReportBuffer {
    /// A report where it lies, since it is large to copy.
    subscript(report index: Int) -> Report {
        @inline(__always) _read {
            precondition(index >= 0 && index < reports.count, "no such report")
            // Good while the buffer is looked at, for which it does not change.
            yield unsafe reports.withUnsafeBufferPointer {
                unsafe $0.baseAddress.unsafelyUnwrapped + index
            }.pointee
        }
    }
}

/// A run of a batch's entries, decoded. It has many parts, and no copy of it is ever made.
struct Slice: ~Copyable {
    var decoder: MessageDecoder
    var buffer = ReportBuffer()
    /// The entries.
    var range = 0..<0
    /// For each report, where it comes from and where it may belong.
    var traces: ContiguousArray<Trace> = []
    /// For each of several shards its reports, so that none has to look through those of others; empty
    /// when there is one.
    var own: [ContiguousArray<Int32>] = []
    var failures: [(entry: Int, failure: DecodingFailure)] = []

    init(decoder: MessageDecoder, shards: Int) {
        self.decoder = decoder
        if shards > 1 { own = Array(repeating: [], count: shards) }
    }
}

/// Decodes a batch ahead of its turn, on a thread of its own: what a message says does not depend on
/// what came before it.
///
/// Unchecked: whoever has it hands it on and keeps nothing, so one thread at a time touches it.
public final class DecodedBatch: @unchecked Sendable {
    var slice: Slice

    init(_ slice: consuming Slice) { self.slice = slice }

    /// Whether all of it could be read, so that nobody will ask for its bytes.
    public var isWhole: Bool { slice.failures.isEmpty }

    /// Decodes a batch, in place of what was decoded before.
    public func decode(_ batch: borrowing EntryBatch) { Self.decode(batch, into: &slice) }

    private static func decode(_ batch: borrowing EntryBatch, into slice: inout Slice) {
        slice.begin(0..<batch.entries.count)
        let bytes = batch.bytes.span
        for entry in slice.range where batch.entries[entry].kind == .message {
            slice.decode(batch.entries[entry], entry, bytes)
        }
        slice.list()
    }
}

extension Slice {
    /// Forgets what was decoded and keeps the storage.
    mutating func begin(_ entries: Range<Int>) {
        buffer.removeAll()
        range = entries
        traces.removeAll(keepingCapacity: true)
        failures.removeAll(keepingCapacity: true)
    }

    /// Lists the reports of each shard, when all are decoded.
    mutating func list() {
        guard !own.isEmpty else { return }
        let count = own.count
        for shard in 0..<count { own[shard].removeAll(keepingCapacity: true) }
        for report in traces.indices {
            own[FleetWatch.shard(of: traces[report].hash, among: count)]
                .append(Int32(truncatingIfNeeded: report))
        }
    }

    /// Decodes one entry.
    @inline(__always)
    mutating func decode(_ place: Entry, _ entry: Int, _ bytes: Span<UInt8>) {
        do throws(DecodingFailure) {
            try decoder.decode(
                topic: place.topic, payload: place.payload, of: bytes, into: &buffer)
            while traces.count < buffer.reports.count {
                let vehicle = buffer.reports[traces.count].vehicle
                if place.isRetained { buffer.reports[traces.count].isRetained = true }
                traces.append(Trace(hash: vehicle.mixed, entry: Int32(truncatingIfNeeded: entry)))
            }
        } catch {
            failures.append((entry, error))
        }
    }
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
    init(_ slice: consuming Slice) { self.slice = slice }
}

/// A point of the grid that received time passes just before an entry.
struct Tick {
    var entry: Int
    var time: Int64
}
