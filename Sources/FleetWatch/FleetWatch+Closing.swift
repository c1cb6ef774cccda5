import FaultDecoding
import VehicleFaults

// The second step of a batch: what its messages are to lanes, and what that is to tickets.
extension FleetWatch {
    /// Decides what the opened batch means.
    ///
    /// - Parameter row: the journal row of the batch, above all earlier ones.
    public mutating func close(row: Int64) -> Outcome {
        tickets.decide(
            closeLanes(row: row), messages: BatchMessages(slices: slices, times: times))
    }

    /// As ``close(row:)``, but for tickets: what it returns is for the ticket stage, which may be elsewhere.
    public mutating func closeLanes(row: Int64) -> LaneOutcome {
        // Whoever has the batch can then use its room again.
        defer { entries = [] }
        let ticks = ticks()
        if program.asksFleet {
            for box in boxes { box.shard.engine.trends.feeds = row > fleet.row }
            defer { fleet.row = max(fleet.row, row) }
            let epochs = epochPoints()
            if !epochs.isEmpty || !renewals.isEmpty {
                return settle(close(row: row, ticks, epochs: epochs))
            }
        }
        let (boxes, slices) = (boxes, slices)
        let (times, positions) = (times, positions)
        share(boxes.count) { index in
            let box = boxes[index]
            var tick = 0
            for (slice, work) in zip(slices, box.work) {
                Self.decide(
                    work.span, slice.slice, ticks.span, &tick,
                    times: times.span, positions: positions.span, row: row, &box.shard)
            }
            for tick in ticks[tick...] {
                box.shard.tick(at: tick.time, entry: tick.entry, row: row)
            }
        }
        return settle([])
    }

    /// Reports whose lanes are brought into the cache together.
    private static let block = 32
    /// Reports that are applied while the many words of a lane are waited for.
    private static let ahead = 2

    /// Applies a slice's reports, and the ticks before them, from the place `tick` on.
    private static func decide(
        _ work: Span<Work>, _ slice: borrowing Slice,
        _ ticks: Span<Tick>, _ tick: inout Int, times: Span<Int64>, positions: Span<UInt64>,
        row: Int64,
        _ shard: inout Shard
    ) {
        let (buffer, traces) = (slice.buffer, slice.traces.span)
        for start in stride(from: 0, to: work.count, by: block) {
            let end = min(start + block, work.count)
            for item in start..<end { shard.warm(Int(work[item].lane)) }
            for item in start..<end {
                if item &+ ahead < work.count { shard.hintAll(Int(work[item &+ ahead].lane)) }
                let report = Int(work[item].report)
                let entry = Int(traces[report].entry)
                while tick < ticks.count, ticks[tick].entry <= entry {
                    shard.tick(at: ticks[tick].time, entry: ticks[tick].entry, row: row)
                    tick += 1
                }
                shard.accept(
                    report, in: buffer, lane: Int(work[item].lane),
                    received: times[entry], position: positions[entry], entry: entry, row: row)
            }
        }
    }

    /// The ticks of the batch, each before the entry it stands beside: those that were journaled,
    /// and the points of the grid that received time has passed.
    private func ticks() -> ContiguousArray<Tick> {
        guard hasTicks else { return [] }
        var result: ContiguousArray<Tick> = []
        for (index, entry) in entries.enumerated() {
            let grid = TickGrid.latest(upTo: times[index])
            let previous = index > 0 ? times[index - 1] : lastReceivedBeforeBatch
            if entry.kind == .tick || previous == .min || grid > TickGrid.latest(upTo: previous) {
                result.append(Tick(entry: index, time: grid))
            }
        }
        return result
    }

    /// The points of the grid that received time passes in the batch.
    private func gridPoints() -> [Tick] {
        guard let newest = times.last else { return [] }
        let before = lastReceivedBeforeBatch
        // Most batches lie between two ticks.
        if before > .min, TickGrid.latest(upTo: newest) == TickGrid.latest(upTo: before) {
            return []
        }
        var result: [Tick] = []
        var passed = before == .min ? Int64.min : TickGrid.latest(upTo: before)
        for (index, time) in times.enumerated() {
            let grid = TickGrid.latest(upTo: time)
            guard grid > passed else { continue }
            passed = grid
            result.append(Tick(entry: index, time: grid))
        }
        return result
    }

    /// Joins what the shards found, in journal order.
    ///
    /// - Parameter further: what the fleet found.
    private mutating func settle(_ further: [(key: FindingKey, finding: Finding)]) -> LaneOutcome {
        var result = LaneOutcome()
        result.counts.position = position
        result.counts.messages = entries.count { $0.kind == .message }
        for slice in slices {
            result.counts.unknownFields += slice.slice.buffer.unknownFields
            result.counts.refusedValues += slice.slice.buffer.refusedValues
            result.letters += slice.slice.failures.map {
                DeadLetter(position: positions[$0.entry], entry: $0.entry, failure: $0.failure)
            }
        }
        result.counts.deadLetters = result.letters.count
        var found: [(key: FindingKey, finding: Finding)] = []
        for box in boxes {
            result.counts.duplicates += box.shard.engine.duplicates
            result.counts.late += box.shard.engine.late
            result.counts.forgottenCodes += box.shard.engine.forgotten
            result.counts.ignoredCodes += box.shard.engine.ignored
            found += zip(box.shard.keys, box.shard.engine.findings).map { (key: $0, finding: $1) }
        }
        found += further
        if boxes.count > 1 || found.contains(where: { $0.key.vehicle != nil }) {
            // Stable: findings of one message stay in the order in which they were made.
            let order = found.indices.sorted { a, b in
                found[a].key < found[b].key || !(found[b].key < found[a].key) && a < b
            }
            found = order.map { found[$0] }
        }
        result.found = found.map {
            LaneOutcome.Found(
                entry: $0.key.entry, received: times[$0.key.entry], finding: $0.finding)
        }
        result.ticks = gridPoints()
        result.commands = commands.map {
            LaneOutcome.Command(entry: $0.entry, received: times[$0.entry], payload: $0.payload)
        }
        result.heard = takeCensus()
        lastReceivedBeforeBatch = received
        return result
    }
}
