import FaultDecoding
import FleetWatch
import GRDB
import ServiceTickets
import VehicleFaults

/// All that one batch changes, committed together or not at all.
public struct Commit: Sendable {
    public var row: Int64
    /// The newest received time, in milliseconds.
    public var received: Int64
    public var firstPosition: UInt64
    public var batch: EntryBatch
    public var outcome: Outcome
    /// The decisions as text, in order.
    public var texts: DecisionTexts
    public var lanes: [StoredLane]
    /// The first row that recovery will need after this commit.
    public var checkpoint: Int64
    /// The digest over all decisions up to and with this batch.
    public var digest: DecisionDigest
    /// What the vehicles know together; must be there when there are lanes, if rules ask for it.
    public var fleet: [UInt8]?
    /// Commands that this batch carries out, with what came of them.
    public var answers: [CommandAnswer] = []
    /// Dead letters that are given another try in this batch.
    public var replayedLetters: [Int64] = []
    /// Dead letters that are deleted with this batch.
    public var droppedLetters: [Int64] = []
    /// What the ticket stage remembers otherwise than before.
    public var memory: [MemoryRow] = []
    /// What numbers of Sparkplug B stand for otherwise than before.
    public var aliases: [SparkplugAliases.Change] = []

    public init(
        row: Int64, received: Int64, firstPosition: UInt64, batch: EntryBatch, outcome: Outcome,
        texts: DecisionTexts, lanes: [StoredLane], checkpoint: Int64, digest: DecisionDigest
    ) {
        self.row = row
        self.received = received
        self.firstPosition = firstPosition
        self.batch = batch
        self.outcome = outcome
        self.texts = texts
        self.lanes = lanes
        self.checkpoint = checkpoint
        self.digest = digest
    }
}

/// What came of a person's command.
public struct CommandAnswer: Sendable {
    public var command: Int64
    public var isDone: Bool
    public var answer: String

    public init(command: Int64, isDone: Bool, answer: String) {
        self.command = command
        self.isDone = isDone
        self.answer = answer
    }
}

extension TicketStore {
    /// Commits a batch with everything decided from it.
    ///
    /// - Throws: whatever SQLite says; then nothing of the batch is stored.
    public func commit(_ commit: Commit) throws {
        try write { db in try store(commit, journaled: insertJournal(commit, db), db) }
        // Most batches of most fleets decide nothing, and there is nothing that followers could read.
        if commit.texts.count > 0 { log?.wake() }
    }

    private func store(_ commit: Commit, journaled: Int, _ db: Database) throws {
        var pending = PendingRows()
        try insertDecisions(commit, &pending, db)
        try flush(&pending, db)
        try storeLanes(commit.lanes, db)
        try storeFleet(commit.fleet, db)
        try answer(commit, db)
        try storeFacts(commit, sum: commit.outcome, journaled: journaled, db)
    }

    /// - Parameter sum: what the batches since the last commit came to, `commit` being the newest.
    func storeFacts(_ commit: Commit, sum: Outcome, journaled: Int, _ db: Database) throws {
        let received = String(commit.received)
        try addToFacts(
            [
                ("messages", sum.messages - sum.duplicates - sum.canaries),
                ("duplicates", sum.duplicates), ("late", sum.late),
                ("dead_letters", sum.deadLetters), ("findings", sum.findings),
                ("unknown_fields", sum.unknownFields),
                ("refused_values", sum.refusedValues),
                ("forgotten_codes", sum.forgottenCodes), ("false_codes", sum.ignoredCodes),
                ("journal_bytes", journaled),
            ], db)
        // A row is also written when time has passed or somebody has done a step, and the canary is
        // the daemon's own: none of them tells that vehicles are heard.
        let heard = sum.messages > sum.canaries ? [(TicketStore.heard, received)] : []
        try setFacts(
            [
                ("position", String(commit.outcome.position)), ("row", String(commit.row)),
                ("checkpoint", String(commit.checkpoint)), ("digest", commit.digest.hex),
                ("received", received),
            ] + heard + commit.aliases.map { (TicketStore.aliases + $0.node, $0.names) }, db)
    }

    /// - Returns: the bytes that the row's body takes.
    private func insertJournal(_ commit: Commit, _ db: Database) throws -> Int {
        let body = JournalBody.encode(commit.batch)
        try body.withUnsafeBytes {
            var binder = try kept.binder(.journal, db)
            binder.bind(commit.row)
            binder.bind(commit.received)
            binder.bind(lasting: "batch")
            binder.bind(commit.firstPosition)
            binder.bind(Int64(commit.outcome.messages))
            binder.bind(lastingBlob: $0)
            try binder.run(db)
        }
        return body.count
    }

    func store(_ letter: DeadLetter, of commit: Commit, _ db: Database) throws {
        let entry = commit.batch.entries[letter.entry]
        var binder = try kept.binder(.deadLetter, db)
        binder.bind(letter.position)
        binder.bind(entry.received ?? commit.received)
        binder.bind(commit.batch.bytes[entry.topic])
        binder.bind(letter.failure.reason.rawValue)
        binder.bind(Int64(letter.failure.offset))
        binder.bind(commit.batch.bytes[entry.payload])
        try binder.run(db)
    }

    /// - Parameter areNew: whether no vehicle of any of them has a row yet.
    func storeLanes(_ lanes: [StoredLane], areNew: Bool = false, _ db: Database) throws {
        // Where rows may be there, several a run have SQLite copy each page first.
        try kept.write(
            areNew ? .newLane : .lane, count: lanes.count,
            rowsARun: areNew ? 16 : 1, db
        ) { place, binder in
            binder.bind(lanes[place].vehicle)
            binder.bind(lanes[place].appliedRow)
            binder.bind(lanes[place].due)
            binder.bind(lanes[place].bytes[...])
        }
    }

    private func answer(_ commit: Commit, _ db: Database) throws {
        for answer in commit.answers {
            try db.execute(
                sql: "UPDATE command SET state = ?, answer = ? WHERE id = ?",
                arguments: [answer.isDone ? "done" : "refused", answer.answer, answer.command])
        }
        for repair in commit.outcome.repairs {
            try db.execute(
                sql: """
                    INSERT INTO command (asked_at, actor, kind, argument, state)
                    VALUES (?, ?, ?, ?, 'asked')
                    """,
                arguments: [
                    commit.received, Actor.system.name, ConfirmedRepair.kind, repair.json,
                ])
        }
        for letter in commit.replayedLetters {
            try db.execute(
                sql: "UPDATE dead_letter SET state = 'replayed' WHERE id = ?", arguments: [letter])
        }
        for letter in commit.droppedLetters {
            try db.execute(sql: "DELETE FROM dead_letter WHERE id = ?", arguments: [letter])
        }
    }

    func addToFacts(_ changes: [(name: String, change: Int)], _ db: Database) throws {
        let changes = changes.filter { $0.change != 0 }
        try write(facts: changes.map { ($0.name, String($0.change)) }, .factChange, db)
    }

    func setFacts(_ facts: [(name: String, value: String)], _ db: Database) throws {
        try write(facts: facts, .fact, db)
    }

    private func write(
        facts: [(name: String, value: String)], _ row: StoredRow, _ db: Database
    ) throws {
        try kept.write(row, count: facts.count, rowsARun: max(1, facts.count), db) {
            place, binder in
            binder.bind(facts[place].name)
            binder.bind(facts[place].value)
        }
    }
}
