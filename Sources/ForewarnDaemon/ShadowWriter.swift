import Dispatch
import FleetWatch
import Foundation
import ServiceTickets
import Synchronization
import TicketStorage

/// Puts a replay's decisions into words, digests and stores them, on a thread of its own and in
/// their order, while the next ones are decided.
///
/// Unchecked: everything that changes is touched on `queue` only, apart from `failure`, which has
/// its own lock, and after ``finish(lanes:row:)`` only by the one caller.
final class ShadowWriter: @unchecked Sendable {
    private let store: TicketStore?
    private let queue = DispatchQueue(label: "shadow")
    /// Batches that may wait at once; whoever has one more waits too.
    private let room = DispatchSemaphore(value: 64)
    private let failure = Mutex<(any Error)?>(nil)

    private(set) var digest = DecisionDigest()
    private var texts = DecisionTexts()
    /// What was decided since the last commit, in numbers.
    private var sum = Outcome()
    private var newest: Commit?
    private var pending = PendingRows()
    private var uncommitted = 0
    private var committedAt = ContinuousClock.now

    /// A transaction ends after so many decisions, or a second, so that others can watch.
    private static let decisionsACommit = 10_000

    init(store: TicketStore?) { self.store = store }

    /// Takes what a batch led to.
    ///
    /// - Throws: the reason why an earlier one could not be stored.
    func add(_ commit: consuming Commit) throws {
        try throwFailure()
        room.wait()
        let commit = commit
        queue.async { [self] in
            defer { room.signal() }
            perform { try put(commit) }
        }
    }

    /// Returns when everything is stored.
    func finish() throws {
        queue.sync { perform(commit) }
        try throwFailure()
    }

    /// Stores the lanes as well, taking them piece by piece until there are no more.
    func store(_ next: () -> [StoredLane]) throws {
        guard let store else { return }
        while true {
            let lanes = next()
            guard !lanes.isEmpty else { return }
            room.wait()
            queue.async { [self] in
                defer { room.signal() }
                perform { try store.addShadow(lanes) }
            }
        }
    }

    /// Stores what the ticket stage remembers besides tickets; once, since it changes at each storm.
    func store(_ memory: [MemoryRow]) throws {
        guard let store, !memory.isEmpty else { return }
        queue.async { [self] in
            perform { try store.addShadow(memory) }
        }
    }

    private func throwFailure() throws {
        if let error = failure.withLock({ $0 }) { throw error }
    }

    private func perform(_ work: () throws -> Void) {
        guard failure.withLock({ $0 == nil }) else { return }
        do { try work() } catch { failure.withLock { $0 = error } }
    }

    private func put(_ taken: Commit) throws {
        var commit = taken
        texts.removeAll()
        for decision in commit.outcome.decisions { texts.add(decision) }
        digest.add(texts)
        guard let store else { return }
        sum.add(countsOf: commit.outcome)
        commit.digest = digest
        commit.texts = texts
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
