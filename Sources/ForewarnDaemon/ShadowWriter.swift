import Dispatch
import FleetWatch
import Foundation
import ServiceTickets
import Synchronization
import TicketStorage

/// Decides about a replay's tickets, puts decisions into words, digests and stores them, on a thread of its
/// own and in their order, while lanes take the next messages.
///
/// Unchecked: everything that changes is touched on `queue` only, apart from `hand`, which is the
/// caller's, and `failure`, which has its own lock, and after ``finish()`` only by the one caller.
final class ShadowWriter: @unchecked Sendable {
    /// Opened on `queue`, while the first pieces of the recording are decided.
    private var store: TicketStore?
    private let isStoring: Bool
    private let queue = DispatchQueue(label: "shadow")
    /// Handfuls that may wait at once; whoever has one more waits too.
    private let room = DispatchSemaphore(value: 4)
    private let failure = Mutex<(any Error)?>(nil)

    /// A batch that lanes have taken.
    struct Piece: Sendable {
        var row: Int64
        var received: Int64
        var firstPosition: UInt64
        var batch: EntryBatch
        var lanes: LaneOutcome
    }

    private var stage: TicketStage
    private(set) var digest = DecisionDigest()
    private(set) var findings = 0
    private var texts = DecisionTexts()
    /// What was decided since the last commit, in numbers.
    private var sum = Outcome()
    private var newest: Commit?
    private var pending = PendingRows()
    private var uncommitted = 0
    private var committedAt = ContinuousClock.now

    /// A transaction ends after so many decisions, or a second, so that others can watch.
    private static let decisionsACommit = 10_000

    /// Batches that are handed over together. A thread that is woken for each lets its processor
    /// idle so often and so shortly that the system leaves the others crowded on another.
    private static let batchesAHand = 16
    /// A batch waits so long for others at most, so that a slow replay is stored as it goes.
    private static let longestInHand = Duration.milliseconds(50)
    private var hand: [Piece] = []
    private var handedOverAt = ContinuousClock.now

    /// Tickets opened so far.
    var tickets: Int { Int(stage.book.nextNumber - 1) }

    /// - Parameter open: makes the store, and stores what it begins with; `nil` stores nothing.
    init(tickets stage: TicketStage, open: (@Sendable () throws -> TicketStore)?) {
        self.stage = stage
        isStoring = open != nil
        guard let open else { return }
        queue.async { [self] in
            perform { store = try open() }
        }
    }

    /// Takes what lanes made of a batch.
    ///
    /// - Throws: the reason why an earlier one could not be stored.
    func add(_ piece: consuming Piece) throws {
        hand.append(piece)
        if hand.count == Self.batchesAHand
            || handedOverAt.duration(to: .now) > Self.longestInHand
        {
            try handOver()
        }
    }

    private func handOver() throws {
        try throwFailure()
        room.wait()
        let pieces = hand
        hand.removeAll(keepingCapacity: true)
        handedOverAt = .now
        queue.async { [self] in
            defer { room.signal() }
            for piece in pieces { perform { try put(piece) } }
        }
    }

    /// Returns when everything is stored, and closes the store.
    func finish() throws {
        try handOver()
        queue.sync {
            perform {
                try commit()
                try store?.close()
            }
        }
        try throwFailure()
    }

    /// Stores the lanes as well, taking them piece by piece until there are no more.
    func store(_ next: () -> [StoredLane]) throws {
        guard isStoring else { return }
        try handOver()
        while true {
            let lanes = next()
            guard !lanes.isEmpty else { return }
            room.wait()
            queue.async { [self] in
                defer { room.signal() }
                perform { try store?.addShadow(lanes) }
            }
        }
    }

    /// Stores what the ticket stage remembers besides tickets; once, since it changes at each storm.
    func storeTicketMemory() throws {
        guard isStoring else { return }
        try handOver()
        queue.async { [self] in
            perform {
                let memory = stage.takeMemory()
                if !memory.isEmpty { try store?.addShadow(memory) }
            }
        }
    }

    private func throwFailure() throws {
        if let error = failure.withLock({ $0 }) { throw error }
    }

    private func perform(_ work: () throws -> Void) {
        guard failure.withLock({ $0 == nil }) else { return }
        do { try work() } catch { failure.withLock { $0 = error } }
    }

    private func put(_ piece: Piece) throws {
        let outcome = stage.decide(piece.lanes)
        findings += outcome.findings
        texts.removeAll()
        for decision in outcome.decisions { texts.add(decision) }
        digest.add(texts)
        guard let store else { return }
        sum.add(countsOf: outcome)
        var commit = Commit(
            row: piece.row, received: piece.received, firstPosition: piece.firstPosition,
            batch: piece.batch, outcome: outcome, texts: texts, lanes: [],
            checkpoint: piece.row + 1, digest: digest)
        if texts.count > 0 { try store.addShadow(commit, &pending) }
        uncommitted += texts.count
        // Kept for its row and position; the decisions are stored.
        commit.outcome.decisions = []
        commit.batch = EntryBatch()
        commit.texts = DecisionTexts()
        newest = commit
        if uncommitted >= Self.decisionsACommit
            || committedAt.duration(to: .now) > .seconds(1)
        {
            try self.commit()
        }
    }

    private func commit() throws {
        guard let store, let newest else { return }
        try store.commitShadow(newest, sum: sum, &pending)
        sum = Outcome()
        uncommitted = 0
        committedAt = .now
    }
}
