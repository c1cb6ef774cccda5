import FleetWatch
import Foundation
import Recordings
import ServiceTickets
import TicketStorage
import VehicleFaults

/// Runs a recording through the core: same entries, same decisions as live, nobody told.
public struct Replay {
    /// What a replay came to.
    public struct Summary: Sendable {
        public var messages = 0
        public var deadLetters = 0
        public var duplicates = 0
        public var late = 0
        public var findings = 0
        public var tickets = 0
        public var refusedLines = 0
        public var digest = DecisionDigest()
        public var seconds = 0.0
    }

    public private(set) var summary = Summary()
    private var watch: FleetWatch
    private let store: TicketStore?
    private let window: Int64
    private var row: Int64 = 0
    /// Batches that are decided and not yet stored.
    private var pending: [Commit] = []
    private var pendingDecisions = 0

    /// Decisions that are stored in one transaction: each one costs pages all over the database.
    private static let decisionsACommit = 1000

    /// Prepares a replay.
    ///
    /// - Parameter store: a shadow store for the decisions, or `nil` to count and digest them only.
    public init(rules: RuleSet, store: TicketStore?, workers: Workers) throws {
        watch = FleetWatch(
            program: rules.program, subscriptions: rules.subscriptions, limits: rules.limits,
            settings: rules.settings, workers: workers)
        window = rules.settings.reorderWindow
        self.store = store
        if let store {
            row = 1
            try store.changeRules(
                row: row, received: 0, position: 0, body: rules.recorded, lanes: [],
                texts: rules.texts)
        }
    }

    /// Decides a piece of the recording.
    public mutating func take(_ chunk: inout RecordedChunk) throws {
        // The bytes travel into the batch and back, so that nothing is copied.
        var batch = EntryBatch()
        swap(&batch.bytes, &chunk.bytes)
        batch.entries.reserveCapacity(chunk.messages.count)
        for message in chunk.messages {
            batch.entries.append(
                Entry(
                    received: message.receivedMilliseconds, topic: message.topic,
                    payload: message.payload, isRetained: message.isRetained))
        }
        summary.refusedLines += chunk.refused.count
        try decide(batch)
        swap(&batch.bytes, &chunk.bytes)
    }

    /// Lets time go on after the last message, until nothing waits for older messages any more, and
    /// stores the rest.
    public mutating func finish() throws {
        if watch.received > .min, window > 0 {
            try decide(
                EntryBatch(entries: [
                    Entry(kind: .tick, received: watch.received + window + TickGrid.interval)
                ]))
        }
        try storePending()
    }

    private mutating func decide(_ batch: EntryBatch) throws {
        let first = watch.position + 1
        row += 1
        _ = watch.open(batch)
        let outcome = watch.close(row: row)
        let texts = outcome.decisions.map(\.text)
        for text in texts { summary.digest.add(text) }
        summary.messages += outcome.messages
        summary.deadLetters += outcome.deadLetters
        summary.duplicates += outcome.duplicates
        summary.late += outcome.late
        summary.findings += outcome.findings
        summary.tickets = Int(watch.book.nextNumber - 1)
        guard store != nil else { return }
        // The bytes are only needed for dead letters, and the caller uses their storage again.
        pending.append(
            Commit(
                row: row, received: max(watch.received, 0), firstPosition: first,
                batch: outcome.deadLetters > 0 ? batch : EntryBatch(), outcome: outcome,
                texts: texts, lanes: [], checkpoint: row + 1, digest: summary.digest))
        pendingDecisions += texts.count
        if pendingDecisions >= Self.decisionsACommit || pending.count >= 1000 { try storePending() }
    }

    private mutating func storePending() throws {
        try store?.commitShadow(pending)
        pending.removeAll(keepingCapacity: true)
        pendingDecisions = 0
    }

    /// The lanes, for a shadow store that should also answer questions about vehicles.
    public mutating func storeLanes() throws {
        guard let store else { return }
        let lanes = watch.takeUnstoredLanes(before: .max, limit: .max, row: row)
        try store.storeAll(lanes, checkpoint: row + 1)
    }
}

/// Decides a daemon's own journal again and compares, decision by decision.
public struct Verification {
    public struct Summary: Sendable {
        public var messages = 0
        public var decisions = 0
        public var digest = DecisionDigest()
        /// The first decision that came out otherwise, or `nil` when none did.
        public var difference: Difference?
    }

    public struct Difference: Sendable {
        public var event: Int64
        public var stored: String?
        public var decided: String?
    }

    /// Why a journal cannot be verified.
    public struct Impossible: Error, CustomStringConvertible {
        public var description: String

        init(_ description: String) { self.description = description }

        init(missing rows: ClosedRange<Int64>) {
            description =
                "journal rows \(rows.lowerBound) to \(rows.upperBound) are no longer kept, "
                + "and without them nothing can be decided again"
        }
    }

    /// Decides the whole journal of `store` again.
    ///
    /// - Parameter progress: called now and then with the number of messages so far.
    /// - Throws: ``Impossible`` when the journal's beginning is gone.
    public static func run(
        _ store: TicketStore, workers: Workers, progress: (Int) -> Void = { _ in }
    ) throws -> Summary {
        var summary = Summary()
        var watch: FleetWatch?
        var lanes: [VehicleID: StoredLane] = [:]
        var events = try store.eventTexts(from: 1)
        var nextRow: Int64 = 1
        try store.forEachRow(from: 1) { journaled in
            guard journaled.row == nextRow else {
                throw Impossible(missing: nextRow...(journaled.row - 1))
            }
            nextRow += 1
            if journaled.kind == .rules {
                let rules = try RuleSet(recorded: journaled.body)
                var old = watch
                for lane in old?.takeUnstoredLanes(before: .max, limit: .max, row: journaled.row)
                    ?? []
                {
                    lanes[lane.vehicle] = lane
                }
                watch = FleetWatch(
                    program: rules.program, subscriptions: rules.subscriptions,
                    limits: rules.limits, settings: rules.settings, book: old?.book ?? TicketBook(),
                    position: journaled.first - 1, received: old?.received ?? .min,
                    workers: workers)
                return
            }
            guard var core = watch else {
                throw Impossible("the journal does not begin with its rules")
            }
            watch = nil
            let batch = try JournalBody.decode(journaled.body)
            var wanted = core.open(batch)
            if let tick = core.newestTick {
                wanted += lanes.values.filter {
                    ($0.due ?? .max) <= tick && !core.holds($0.vehicle)
                }
                .map(\.vehicle)
            }
            for vehicle in wanted {
                if let lane = lanes[vehicle] { try core.adopt(lane) }
            }
            let outcome = core.close(row: journaled.row)
            watch = core
            summary.messages += outcome.messages
            for decision in outcome.decisions {
                let text = decision.text
                summary.digest.add(text)
                summary.decisions += 1
                let stored = try events.next()
                if stored?.body != text, summary.difference == nil {
                    summary.difference = Difference(
                        event: stored?.id ?? 0, stored: stored?.body, decided: text)
                }
            }
            progress(summary.messages)
        }
        let newest = try store.state().row
        guard nextRow > newest else { throw Impossible(missing: nextRow...newest) }
        if summary.difference == nil, let rest = try events.next() {
            summary.difference = Difference(event: rest.id, stored: rest.body, decided: nil)
        }
        return summary
    }
}
