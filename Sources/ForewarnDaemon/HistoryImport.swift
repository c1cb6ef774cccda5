import FaultDecoding
import FleetWatch
import Foundation
import ServiceTickets
import TicketStorage
import VehicleFaults

/// Takes what happened elsewhere into a store, as if it had happened in front of it: the same
/// journal, the same decisions, but the times are those of the history.
///
/// A line is one flat JSON object. A step has `at`, `verb`, `ticket` (`VEHICLE/MODE` or a number;
/// none to open one), `actor`, `role`, perhaps `level`, and the step's fields. A message has `at`,
/// `topic` and `payload`, as in a recording.
public struct HistoryImport {
    /// Why a line was not taken.
    public enum Problem: Equatable, Sendable {
        /// It is no flat JSON object.
        case notAnObject
        /// `at` is missing or no time.
        case noTime(String?)
        /// It is older than what the store already has.
        case tooOld(than: EventTime)
        /// A message without a payload, or a step without a verb.
        case incomplete(String)
        /// A field of a step that should be a time.
        case badTime(String)
        /// What the ticket stage says against the step.
        case refused(Refusal)
    }

    /// A line that was not taken.
    public struct RefusedLine: Equatable, Sendable {
        public var line: Int
        public var problem: Problem
    }

    /// Lines that were not taken, in order.
    public private(set) var refused: [RefusedLine] = []
    public private(set) var steps = 0
    public private(set) var messages = 0
    /// Messages that could not be understood; they are dead letters of the store.
    public private(set) var deadLetters = 0

    private let desk: ServiceDesk
    private var batch = EntryBatch()
    /// The newest time that was taken.
    private var newest: Int64

    /// Entries that are committed together.
    static let batchSize = 4096
    /// How often the clock is told to have gone on while nothing happened, in milliseconds.
    static let tick: Int64 = 600_000
    /// Gaps longer than this are crossed at once, in milliseconds.
    private static let longestGap: Int64 = 86_400_000 * 366

    public init(desk: ServiceDesk) {
        self.desk = desk
        newest = desk.received
    }

    /// Takes a line; it is decided and committed with those around it.
    ///
    /// - Parameter number: the line's place in its file, from 1.
    /// - Throws: what the store throws; then the history is not taken from the newest commit on.
    public mutating func add(line number: Int, _ text: String) throws {
        guard let pairs = FlatJSON.pairs(text) else { return refuse(number, .notAnObject) }
        func value(_ name: String) -> String? { pairs.first { $0.0 == name }?.1 }
        guard let at = value("at"), let time = Self.time(at) else {
            return refuse(number, .noTime(value("at")))
        }
        guard time >= newest else {
            return refuse(number, .tooOld(than: EventTime(milliseconds: newest)))
        }
        if value("topic") != nil {
            guard let topic = value("topic"), let payload = value("payload") else {
                return refuse(number, .incomplete("payload"))
            }
            append(.message, at: time, topic: topic, payload: payload)
            messages += 1
        } else {
            guard let verb = value("verb") else { return refuse(number, .incomplete("verb")) }
            var step = [("command", "-\(number)"), ("kind", "ticket.\(verb)")]
            var customer: Int?
            for (name, text) in pairs where !["at", "v", "verb", "command", "kind"].contains(name) {
                if name == TicketField.customer.rawValue { customer = step.count }
                guard let field = TicketField(rawValue: name), Self.isTime(field) else {
                    step.append((name, text))
                    continue
                }
                guard let instant = Self.time(text) else {
                    return refuse(number, .badTime(name))
                }
                step.append((name, "\(instant)"))
            }
            do throws(Refusal) { _ = try TicketRequest(pairs: step) } catch {
                return refuse(number, .refused(error))
            }
            // Another system's reference stays out of the journal and the tickets.
            if let customer {
                step[customer].1 = try desk.store.customer(for: step[customer].1)
            }
            append(.command, at: time, topic: "", payload: FlatJSON.text(step))
            steps += 1
        }
        if batch.entries.count >= Self.batchSize { try flush() }
    }

    /// Commits what is left.
    public mutating func finish() throws {
        while !batch.entries.isEmpty { try flush() }
        refused.sort { $0.line < $1.line }
    }

    private mutating func refuse(_ line: Int, _ problem: Problem) {
        refused.append(RefusedLine(line: line, problem: problem))
    }

    private mutating func append(
        _ kind: Entry.Kind, at time: Int64, topic: String, payload: String
    ) {
        // Promises run out and tickets close themselves while nobody does anything.
        if newest > 0, time - newest < Self.longestGap {
            var next = (newest / Self.tick + 1) * Self.tick
            while next < time {
                batch.entries.append(Entry(kind: .tick, received: next))
                next += Self.tick
            }
        }
        newest = time
        let start = batch.bytes.count
        batch.bytes += topic.utf8
        let middle = batch.bytes.count
        batch.bytes += payload.utf8
        batch.entries.append(
            Entry(
                kind: kind, received: time, topic: start..<middle,
                payload: middle..<batch.bytes.count))
    }

    private mutating func flush() throws {
        guard !batch.entries.isEmpty else { return }
        let outcome = try desk.take(batch)
        batch = EntryBatch()
        deadLetters += outcome.deadLetters
        if !outcome.repairs.isEmpty {
            // What vehicles send after a repair must find that it was told.
            let told = try desk.store.askedCommands().filter { $0.kind == ConfirmedRepair.kind }
            _ = try CommandInbox.work(
                for: told, store: desk.store, after: newest, now: newest, appendingTo: &batch)
        }
        for answer in outcome.answers where !answer.isDone {
            steps -= 1
            let refusal = Refusal(json: answer.answer) ?? Refusal(.unknownStep)
            refuse(Int(-answer.command), .refused(refusal))
        }
    }

    /// RFC 3339 or milliseconds since 1970.
    private static func time(_ text: String) -> Int64? {
        let time = Int64(text) ?? EventTime(rfc3339: text)?.milliseconds
        guard let time, time >= EventTime.earliestCredible.milliseconds,
            time <= EventTime.latestCredible.milliseconds
        else { return nil }
        return time
    }

    private static func isTime(_ field: TicketField) -> Bool {
        TicketStep.allCases.contains { field.form(in: $0) == .time }
    }
}
