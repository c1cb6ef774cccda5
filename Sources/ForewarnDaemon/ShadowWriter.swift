import DequeModule
import FleetWatch
import Foundation
import ServiceTickets
import Synchronization
import TicketStorage

/// Decides about a replay's tickets, and puts decisions into words, digests and stores them: two kinds of work
/// for a crew, each in the order of the batches, while lanes take the next messages.
///
/// Unchecked: what changes is touched at one of the crew's two stations only, where one thread is at a time,
/// apart from `queues` and `failure`, which have their own locks, and after ``finish()`` only by the one caller.
final class ShadowWriter: @unchecked Sendable {
    /// A batch that lanes have taken.
    struct Piece: Sendable {
        var row: Int64
        var received: Int64
        var firstPosition: UInt64
        var batch: EntryBatch
        var lanes: LaneOutcome
    }

    /// What waits to be decided.
    private enum Undecided {
        case piece(Piece)
        /// What the ticket stage remembers besides tickets; once, since it changes at each storm.
        case memory
        /// What has only to wait its turn.
        case decided(Decided)
    }

    /// What waits to be stored.
    private enum Decided {
        case commit(Commit)
        case memory([MemoryRow])
        case lanes([StoredLane])
        case end
    }

    private struct Queues {
        var undecided: Deque<Undecided> = []
        var decided: Deque<Decided> = []
        /// Whatever waits, or is in somebody's hands.
        var count = 0
    }

    private let crew: Crew
    private let queues = Mutex(Queues())
    private let failure = Mutex<(any Error)?>(nil)
    /// What waits at most; whoever has one more helps until there is room.
    private static let room = 64

    // The station that decides.
    private var stage: TicketStage
    private(set) var findings = 0

    // The station that stores.
    /// Opened when its first turn comes, while the first pieces of the recording are decided.
    private var store: TicketStore?
    private var open: (@Sendable () throws -> TicketStore)?
    /// Whether there is a store.
    let isStoring: Bool
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

    /// Tickets opened so far.
    var tickets: Int { Int(stage.book.nextNumber - 1) }

    /// - Parameters:
    ///   - crew: gets the two kinds of work.
    ///   - open: makes the store, and stores what it begins with; `nil` stores nothing.
    init(tickets stage: TicketStage, crew: Crew, open: (@Sendable () throws -> TicketStore)?) {
        self.stage = stage
        self.crew = crew
        self.open = open
        isStoring = open != nil
        crew.add { [weak self] in self?.decideOne() ?? false }
        crew.add { [weak self] in self?.storeOne() ?? false }
    }

    /// Takes what lanes made of a batch.
    ///
    /// - Throws: the reason why an earlier one could not be stored.
    func add(_ piece: consuming Piece) throws { try put(.piece(piece)) }

    /// Stores lanes as well, after what was added before.
    func store(_ lanes: [StoredLane]) throws { try put(.decided(.lanes(lanes))) }

    /// Stores what the ticket stage remembers besides tickets.
    func storeTicketMemory() throws { try put(.memory) }

    private func put(_ item: consuming Undecided) throws {
        try throwFailure()
        crew.work(.fromFirst) { queues.withLock { $0.count < Self.room } }
        queues.withLock { queues in
            queues.count += 1
            queues.undecided.append(item)
        }
        crew.changed()
    }

    /// Returns when everything is stored, and closes the store.
    func finish() throws {
        try put(.decided(.end))
        crew.work(.fromLast) { queues.withLock { $0.count == 0 } }
        try throwFailure()
    }

    private func throwFailure() throws {
        if let error = failure.withLock({ $0 }) { throw error }
    }

    private func perform(_ work: () throws -> Void) {
        guard failure.withLock({ $0 == nil }) else { return }
        do { try work() } catch { failure.withLock { $0 = error } }
    }

    /// Decides about the tickets of one batch.
    private func decideOne() -> Bool {
        guard let item = queues.withLock({ $0.undecided.popFirst() }) else { return false }
        var decided: Decided?
        perform {
            switch item {
            case .piece(let piece): decided = .commit(decide(piece))
            case .memory: decided = .memory(stage.takeMemory())
            case .decided(let item): decided = item
            }
        }
        queues.withLock { queues in
            if let decided { queues.decided.append(decided) } else { queues.count -= 1 }
        }
        return true
    }

    private func decide(_ piece: Piece) -> Commit {
        let outcome = stage.decide(piece.lanes)
        findings += outcome.findings
        return Commit(
            row: piece.row, received: piece.received, firstPosition: piece.firstPosition,
            batch: piece.batch, outcome: outcome, texts: DecisionTexts(), lanes: [],
            checkpoint: piece.row + 1, digest: DecisionDigest())
    }

    /// Words, digests and stores what was decided about one batch.
    private func storeOne() -> Bool {
        if let open {
            self.open = nil
            perform { store = try open() }
            return true
        }
        guard let item = queues.withLock({ $0.decided.popFirst() }) else { return false }
        perform {
            switch item {
            case .commit(let commit): try store(commit)
            case .memory(let memory):
                if !memory.isEmpty { try store?.addShadow(memory) }
            case .lanes(let lanes): try store?.addShadow(lanes)
            case .end:
                try commit()
                try store?.close()
            }
        }
        queues.withLock { $0.count -= 1 }
        return true
    }

    private func store(_ decided: Commit) throws {
        var commit = decided
        texts.removeAll()
        for decision in commit.outcome.decisions { texts.add(decision) }
        digest.add(texts)
        guard let store else { return }
        sum.add(countsOf: commit.outcome)
        commit.texts = texts
        commit.digest = digest
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
