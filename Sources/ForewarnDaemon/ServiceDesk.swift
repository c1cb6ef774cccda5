import FaultDecoding
import FleetWatch
import Foundation
import ServiceTickets
import TicketStorage
import VehicleFaults

/// Where batches become committed decisions: the core and its store, kept in step.
///
/// The only writer of a state folder. After any error the desk must be thrown away and opened
/// again, since the core may then be ahead of the store; the journal brings it back.
public final class ServiceDesk {
    public let store: TicketStore
    public private(set) var rules: RuleSet
    private var watch: FleetWatch
    private var row: Int64
    private var digest: DecisionDigest
    private let lanesInMemory: Int
    private let workers: Workers
    /// Whether the store holds a lane that is not in memory.
    private var storeHasLanes: Bool
    /// Messages that recovery read again when the desk was opened.
    public private(set) var recovered = 0

    /// Lanes that are stored with a batch at most, beyond those that must be.
    private static let lanesACommit = 256
    /// How many messages recovery may have to read again, or ``rowDistance`` more; 200,000 are
    /// decided in under a second.
    private static let longestRecovery: UInt64 = 200_000
    /// How many messages apart rows are remembered, at least.
    private static let rowDistance = longestRecovery / 200
    /// First positions of some of the rows that recovery still needs, with their rows, oldest first.
    private var recentRows: [(row: Int64, first: UInt64)] = []
    /// How long a lane may be stored behind, in milliseconds, up to twice as long for some: `doctor` and
    /// the console see what is stored only.
    private static let longestBehind: Int64 = 300_000
    /// The newest row, and its time, when that was looked at last.
    private var looked: (row: Int64, received: Int64) = (0, 0)
    /// Lanes that lack this row, or an older one, are due to be stored.
    private var dueRow: Int64 = 0

    /// Opens a store, brings the core to where the last commit ended, and puts `rules` in force.
    public init(
        store: TicketStore, rules: RuleSet, lanesInMemory: Int = 100_000,
        workers: Workers = .serial
    ) throws {
        self.store = store
        self.lanesInMemory = lanesInMemory
        self.workers = workers
        let state = try store.state()
        row = state.row
        digest = state.digest
        storeHasLanes = try store.hasLanes()
        let recorded = try store.rules(at: state.row)
        self.rules = try recorded.map { try RuleSet(recorded: $0.body) } ?? rules
        watch = Self.core(
            self.rules, book: Self.book(state, self.rules), position: state.position,
            received: state.received, fleet: state.fleet, aliases: state.aliases,
            workers: workers)
        try recover(state)
        // What people said about rules stands in the journal alone, and outlives every file.
        let wanted = try rules.with(controls: self.rules.controls)
        if recorded?.body != wanted.recorded { try change(to: wanted) }
    }

    private static func book(_ state: StoreState, _ rules: RuleSet) -> TicketBook {
        TicketBook(
            open: state.openTickets, nextNumber: state.nextTicket, policy: rules.policy,
            memory: state.memory)
    }

    private static func core(
        _ rules: RuleSet, book: TicketBook, position: UInt64, received: Int64,
        fleet: FleetTrends?, aliases: SparkplugAliases, workers: Workers
    ) -> FleetWatch {
        FleetWatch(
            program: rules.program, subscriptions: rules.subscriptions, limits: rules.limits,
            settings: rules.settings, roster: rules.roster,
            falseCodes: rules.falseCodes, controls: rules.controls, book: book, position: position,
            received: received, fleet: fleet ?? FleetTrends(), aliases: aliases,
            workers: workers)
    }

    /// The newest committed journal row.
    public var newestRow: Int64 { row }
    /// The digest over all committed decisions.
    public var decisions: DecisionDigest { digest }
    public var openTickets: Int { watch.book.openCount }
    /// All that is known of tickets, as of the last commit.
    public var book: TicketBook { watch.book }
    public var position: UInt64 { watch.position }
    /// The newest received time, in milliseconds.
    public var received: Int64 { watch.received }

    // MARK: - Recovery

    /// Applies the journal rows that stored lanes may lack. Their decisions are committed, so what
    /// comes of them is thrown away.
    private func recover(_ state: StoreState) throws {
        guard state.checkpoint <= state.row else { return }
        var replaying = watch
        var isFirst = true
        try store.forEachRow(from: state.checkpoint) { journaled in
            guard journaled.kind == .batch else { return }
            if isFirst {
                replaying = Self.core(
                    rules, book: TicketBook(), position: journaled.first - 1, received: .min,
                    fleet: state.fleet, aliases: state.aliases, workers: workers)
                isFirst = false
            }
            let batch = try JournalBody.decode(journaled.body)
            try bringLanes(to: &replaying, for: replaying.open(batch))
            _ = replaying.close(row: journaled.row)
            remember(journaled.row, first: journaled.first)
            recovered += journaled.messages
        }
        replaying.resume(
            book: Self.book(state, rules), position: state.position, received: state.received)
        watch = replaying
    }

    private func bringLanes(to core: inout FleetWatch, for vehicles: [VehicleID]) throws {
        guard storeHasLanes else { return }
        var wanted = vehicles
        if let tick = core.newestTick {
            wanted += try store.vehiclesDue(at: tick).filter { !core.holds($0) }
        }
        for lane in try store.lanes(of: wanted) { try core.adopt(lane) }
    }

    // MARK: - Batches

    /// Decides a batch and commits it with everything decided. When this returns, the messages may
    /// be acknowledged; when it throws, they must not be.
    ///
    /// - Parameter work: what commands ask, carried out and answered with the batch or not at all.
    public func take(_ batch: EntryBatch, _ work: CommandInbox.Work = CommandInbox.Work()) throws
        -> Outcome
    {
        let first = watch.position + 1
        try bringLanes(to: &watch, for: watch.open(batch))
        for number in watch.wantedTickets {
            if let ticket = try store.foldedTicket(number) { watch.adopt(ticket) }
        }
        let next = row + 1
        let epoch = watch.fleet.epoch
        let outcome = watch.close(row: next)
        remember(next, first: first)
        var committed = digest
        let texts = DecisionTexts(outcome.decisions)
        committed.add(texts)
        // What was published, or what births named, is needed to bring a lane up to date, and only
        // the newest is kept.
        let lanes =
            watch.fleet.epoch == epoch && watch.aliasChanges.isEmpty
            ? lanesToStore(with: next)
            : watch.takeUnstoredLanes(before: .max, limit: .max, row: next)
        var commit = Commit(
            row: next, received: watch.received, firstPosition: first, batch: batch,
            outcome: outcome, texts: texts, lanes: lanes,
            checkpoint: watch.oldestUnstoredRow ?? next + 1, digest: committed)
        commit.answers =
            work.answers
            + outcome.answers.map {
                CommandAnswer(command: $0.command, isDone: $0.isDone, answer: $0.answer)
            }
        commit.memory = watch.takeTicketMemory()
        commit.aliases = watch.aliasChanges
        if !lanes.isEmpty || watch.fleet.epoch != epoch { commit.fleet = watch.takeFleet() }
        commit.replayedLetters = work.replayed
        commit.droppedLetters = work.dropped
        try store.commit(commit)
        row = next
        digest = committed
        if !lanes.isEmpty { storeHasLanes = true }
        recentRows.removeAll { $0.row < commit.checkpoint }
        watch.forgetFinishedTickets()
        watch.forgetLanes(downTo: lanesInMemory * 3 / 4, above: lanesInMemory)
        return outcome
    }

    /// Lanes whose rows recovery would have to read too far back for or that are behind for long, and,
    /// near the memory bound, as many as make room.
    private func lanesToStore(with next: Int64) -> [StoredLane] {
        if watch.received - looked.received >= Self.longestBehind {
            dueRow = looked.row
            looked = (next, watch.received)
        }
        let horizon =
            watch.position > Self.longestRecovery ? watch.position - Self.longestRecovery : 0
        let before = max(recentRows.last { $0.first <= horizon }?.row ?? 0, dueRow) + 1
        return watch.takeUnstoredLanes(
            before: before, limit: Self.lanesACommit, leaving: lanesInMemory / 2, row: next)
    }

    /// Remembers where a row begins, for some of them: a small fleet fills one with each message.
    private func remember(_ row: Int64, first: UInt64) {
        if let newest = recentRows.last, first < newest.first + Self.rowDistance { return }
        recentRows.append((row, first))
    }

    /// Puts other rules in force between two batches; windows and baselines whose meaning is
    /// unchanged go on. What is known of devices that the new roster names joins their vehicles.
    ///
    /// - Returns: how many devices that had been heard it names.
    @discardableResult
    public func change(to rules: RuleSet) throws -> Int {
        let next = row + 1
        // Stored with the row of the change: the old rules have decided all before it.
        var taken: [VehicleID: StoredLane] = [:]
        for lane in watch.takeUnstoredLanes(before: .max, limit: .max, row: next) {
            taken[lane.vehicle] = lane
        }
        let joined = try rules.join(since: self.rules, row: next, lanes: &taken) {
            storeHasLanes ? try store.lanes(of: [$0]).first : nil
        }
        var book = watch.book
        book.join(joined)
        let lanes = taken.values.sorted { $0.vehicle < $1.vehicle }
        try store.changeRules(
            row: next, received: max(watch.received, 0), position: watch.position,
            body: rules.recorded, lanes: lanes, fleet: watch.takeFleet(), texts: rules.texts,
            joined: joined, memory: book.takeMemory())
        row = next
        if !lanes.isEmpty { storeHasLanes = true }
        recentRows.removeAll()
        self.rules = rules
        book.policy = rules.policy
        watch = Self.core(
            rules, book: book, position: watch.position, received: watch.received,
            fleet: watch.fleet, aliases: watch.aliases, workers: workers)
        return joined.count
    }

    /// Stores every lane, so that the next start has nothing to recover. An orderly end.
    public func close() throws {
        let lanes = watch.takeUnstoredLanes(before: .max, limit: .max, row: row)
        try store.storeAll(lanes, fleet: watch.takeFleet(), checkpoint: row + 1)
        try store.close()
    }
}
