import FaultDecoding
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
    /// Who shares the work; without helpers whoever calls does all of it.
    public let crew = Crew()
    private let writer: ShadowWriter
    private let window: Int64
    private var row: Int64 = 0

    /// Prepares a replay.
    ///
    /// The workers apply messages to lanes; deciding about tickets, and wording, digesting and storing what
    /// was decided, is work for ``crew``.
    ///
    /// - Parameter store: opens a shadow store for the decisions, on the thread that writes it, and
    ///   while the first of them are made; `nil` counts and digests them only.
    public init(
        rules: RuleSet, workers: Workers, store: (@Sendable () throws -> TicketStore)? = nil
    ) {
        var policy = rules.policy
        // A recording holds no people, so nobody could keep a promise or be told of a broken one.
        policy.escalates = false
        watch = FleetWatch(
            program: rules.program, subscriptions: rules.subscriptions, limits: rules.limits,
            settings: rules.settings, roster: rules.roster, falseCodes: rules.falseCodes,
            controls: rules.controls, book: TicketBook(policy: policy), workers: workers)
        window = rules.settings.reorderWindow
        guard let store else {
            writer = ShadowWriter(tickets: watch.tickets, crew: crew, open: nil)
            return
        }
        row = 1
        writer = ShadowWriter(tickets: watch.tickets, crew: crew) { [row] in
            let store = try store()
            try store.changeRules(
                row: row, received: 0, position: 0, body: rules.recorded, lanes: [],
                texts: rules.texts)
            return store
        }
    }

    /// Room for a piece of the recording, to be filled and prepared on any thread.
    public func makePiece() -> ReplayPiece { ReplayPiece(decoded: watch.makeDecodedBatch()) }

    /// Decides a piece of the recording.
    public mutating func take(_ piece: ReplayPiece) throws {
        if !piece.isPrepared { piece.prepare() }
        piece.isPrepared = false
        summary.refusedLines += piece.chunk.refused.count
        // The bytes travel into the batch and back, so that nothing is copied.
        swap(&piece.batch.bytes, &piece.chunk.bytes)
        defer { swap(&piece.batch.bytes, &piece.chunk.bytes) }
        try decide(piece.batch, decoded: piece.decoded)
    }

    /// Lets time go on after the last message, until nothing waits for older messages any more, and
    /// stores the rest: the lanes as well, so that a shadow store can be asked about vehicles. Then
    /// the store is closed.
    public mutating func finish() throws {
        if watch.received > .min, window > 0 {
            try decide(
                EntryBatch(entries: [
                    Entry(kind: .tick, received: watch.received + window + TickGrid.interval)
                ]))
        }
        if writer.isStoring { try storeRest() }
        try writer.finish()
        summary.digest = writer.digest
        summary.findings = writer.findings
        summary.tickets = writer.tickets
    }

    private mutating func storeRest() throws {
        try writer.storeTicketMemory()
        watch.sortUnstoredLanes()
        while true {
            let lanes = watch.takeUnstoredLanes(before: .max, limit: Self.lanesAPiece, row: row)
            guard !lanes.isEmpty else { break }
            try writer.store(lanes)
        }
    }

    private static let lanesAPiece = 1000

    private mutating func decide(_ batch: EntryBatch, decoded: DecodedBatch? = nil) throws {
        let first = watch.position + 1
        row += 1
        if let decoded {
            _ = watch.open(batch, decoded: decoded)
        } else {
            _ = watch.open(batch)
        }
        let lanes = watch.closeLanes(row: row)
        summary.messages += lanes.counts.messages
        summary.deadLetters += lanes.counts.deadLetters
        summary.duplicates += lanes.counts.duplicates
        summary.late += lanes.counts.late
        // The bytes are only needed for dead letters, and the caller uses their storage again.
        try writer.add(
            ShadowWriter.Piece(
                row: row, received: max(watch.received, 0), firstPosition: first,
                batch: lanes.counts.deadLetters > 0 ? batch : EntryBatch(), lanes: lanes))
    }
}

/// A piece of a recording on its way to be decided: read, then decoded, then decided, each of them
/// while others are at another station.
///
/// Unchecked: whoever has it hands it on and keeps nothing, so one thread at a time touches it.
public final class ReplayPiece: @unchecked Sendable {
    public var chunk = RecordedChunk()
    fileprivate var batch = EntryBatch()
    fileprivate let decoded: DecodedBatch?
    fileprivate var isPrepared = false

    fileprivate init(decoded: DecodedBatch?) { self.decoded = decoded }

    /// A piece that is decoded when its turn comes.
    public init() { decoded = nil }

    /// Whether the piece's bytes are still to be read; not those of one that was prepared and made no
    /// dead letters.
    public var needsBytes: Bool { !isPrepared || !(decoded?.isWhole ?? false) }

    /// Does what can be done before the piece's turn comes.
    public func prepare() {
        batch.entries.removeAll(keepingCapacity: true)
        batch.entries.append(addingCapacity: chunk.messages.count) { entries in
            for message in chunk.messages {
                entries.append(
                    Entry(
                        received: message.receivedMilliseconds, topic: message.topic,
                        payload: message.payload, isRetained: message.isRetained))
            }
        }
        swap(&batch.bytes, &chunk.bytes)
        decoded?.decode(batch)
        swap(&batch.bytes, &chunk.bytes)
        isPrepared = true
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
    /// - Parameters:
    ///   - progress: called now and then with the number of messages so far.
    ///   - compared: called with each decision, its text, and what is stored in its place.
    /// - Throws: ``Impossible`` when the journal's beginning is gone.
    public static func run(
        _ store: TicketStore, workers: Workers, progress: (Int) -> Void = { _ in },
        compared: (Decision, String, (id: Int64, body: String)?) -> Void = { _, _, _ in }
    ) throws -> Summary {
        var summary = Summary()
        var watch: FleetWatch?
        var lanes: [VehicleID: StoredLane] = [:]
        var before: RuleSet?
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
                _ = old?.takeFleet()
                var book = old?.book ?? TicketBook()
                if let before {
                    book.join(
                        try rules.join(since: before, row: journaled.row, lanes: &lanes) { _ in nil
                        })
                }
                before = rules
                book.policy = rules.policy
                watch = FleetWatch(
                    program: rules.program, subscriptions: rules.subscriptions,
                    limits: rules.limits, settings: rules.settings, roster: rules.roster,
                    falseCodes: rules.falseCodes, controls: rules.controls, book: book,
                    position: journaled.first - 1, received: old?.received ?? .min,
                    fleet: old?.fleet ?? FleetTrends(),
                    aliases: old?.aliases ?? SparkplugAliases(), workers: workers)
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
                compared(decision, text, stored)
                if stored?.body != text, summary.difference == nil {
                    summary.difference = Difference(
                        event: stored?.id ?? 0, stored: stored?.body, decided: text)
                }
            }
            progress(summary.messages)
        }
        let newest = try store.newestRow()
        guard nextRow > newest else { throw Impossible(missing: nextRow...newest) }
        if summary.difference == nil, let rest = try events.next() {
            summary.difference = Difference(event: rest.id, stored: rest.body, decided: nil)
        }
        return summary
    }
}
