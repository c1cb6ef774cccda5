import FleetWatch
import Foundation
import ServiceTickets
import TicketStorage

/// What people asked for in the `command` table, carried out in order by the one writer.
public struct CommandInbox {
    /// What a turn of the loop has to do besides its messages.
    public struct Work {
        public var answers: [CommandAnswer] = []
        public var replayed: [Int64] = []
        public var dropped: [Int64] = []
        /// Commands that ask for a reload; it happens after the batch, and answers them.
        public var reloads: [AskedCommand] = []
        /// Commands about rules and silences; they are carried out after the batch.
        public var controls: [AskedCommand] = []
        public var isEmpty: Bool { answers.isEmpty }

        public init() {}
    }

    private var lastLook = ContinuousClock.now - .seconds(60)

    public init() {}

    /// Reads what waits, every tenth of a second at most, and adds the messages it leads to.
    mutating func take(
        from store: TicketStore, after newest: Int64, now: Int64,
        appendingTo batch: inout EntryBatch
    ) throws -> Work {
        let instant = ContinuousClock.now
        guard instant - lastLook > .milliseconds(100) else { return Work() }
        lastLook = instant
        return try Self.work(
            for: store.askedCommands(), store: store, after: newest, now: now,
            appendingTo: &batch)
    }

    /// Works out what commands mean.
    ///
    /// What the core decides becomes an entry of the journal, which answers it; the rest is done
    /// by the caller.
    ///
    /// - Parameters:
    ///   - newest: the newest received time, which no entry may go behind.
    ///   - now: the time of day, in milliseconds.
    public static func work(
        for commands: [AskedCommand], store: TicketStore, after newest: Int64, now: Int64,
        appendingTo batch: inout EntryBatch
    ) throws -> Work {
        var work = Work()
        for command in commands {
            if ServiceDesk.controlKinds.contains(command.kind) {
                work.controls.append(command)
                continue
            }
            if command.kind == "reload" {
                work.reloads.append(command)
                continue
            }
            if command.kind == ConfirmedRepair.kind {
                journal(command, at: max(newest, now), &batch)
                continue
            }
            if command.kind.hasPrefix("ticket.") {
                if let refusal = try obstacle(to: command, store) {
                    work.answers.append(
                        CommandAnswer(command: command.id, isDone: false, answer: refusal.json))
                    continue
                }
                journal(command, at: max(newest, now), &batch)
                continue
            }
            let id = command.argument == "all" ? nil : Int64(command.argument)
            guard command.kind == "dlq.replay" || command.kind == "dlq.drop",
                id != nil || command.argument == "all"
            else {
                work.answers.append(
                    CommandAnswer(
                        command: command.id, isDone: false, answer: "unknown command"))
                continue
            }
            let letters = try store.keptLetters(id).filter {
                !work.replayed.contains($0.id) && !work.dropped.contains($0.id)
            }
            if letters.isEmpty, id != nil {
                work.answers.append(
                    CommandAnswer(
                        command: command.id, isDone: false,
                        answer: "there is no such dead letter, or it was replayed already"))
                continue
            }
            if command.kind == "dlq.drop" {
                work.dropped += letters.map(\.id)
            } else {
                let received = batch.entries.last?.received ?? newest
                for letter in letters {
                    let start = batch.bytes.count
                    batch.bytes += letter.topic
                    let middle = batch.bytes.count
                    batch.bytes += letter.payload
                    batch.entries.append(
                        Entry(
                            received: max(received, letter.receivedMilliseconds),
                            topic: start..<middle, payload: middle..<batch.bytes.count))
                }
                work.replayed += letters.map(\.id)
            }
            work.answers.append(
                CommandAnswer(command: command.id, isDone: true, answer: String(letters.count)))
        }
        return work
    }

    /// Adds a command to the journal, as the core reads it.
    private static func journal(
        _ command: AskedCommand, at time: Int64, _ batch: inout EntryBatch
    ) {
        let pairs =
            [("command", "\(command.id)"), ("kind", command.kind), ("actor", command.actor)]
            + (FlatJSON.pairs(command.argument) ?? []).filter {
                !["command", "kind", "actor"].contains($0.0)
            }
        let start = batch.bytes.count
        batch.bytes += FlatJSON.text(pairs).utf8
        batch.entries.append(
            Entry(
                kind: .command, received: max(batch.entries.last?.received ?? .min, time),
                payload: start..<batch.bytes.count))
    }

    /// What only the store can say against a command: a split may take along what is there.
    private static func obstacle(to command: AskedCommand, _ store: TicketStore) throws
        -> Refusal?
    {
        guard let pairs = FlatJSON.pairs(command.argument) else {
            return Refusal(.unknownStep, detail: command.kind)
        }
        guard command.kind == "ticket.split",
            let text = pairs.first(where: { $0.0 == TicketField.findings.rawValue })?.1,
            let ticket = pairs.first(where: { $0.0 == "ticket" }).flatMap({ Int64($0.1) })
        else { return nil }
        let words = text.split { $0 == " " || $0 == "," }
        let wanted = words.compactMap { Int64($0) }
        let found = try store.findings(wanted, of: ticket)
        return found.count == words.count
            ? nil : Refusal(.notAllTheFindings, step: .split, fields: [.findings])
    }
}
