import Foundation
import StoreText
import TerminalText
import TicketStorage
import VehicleFaults

/// One run of `forewarn tail`.
final class Tail {
    private let command: TailCommand
    private let filter: EventFilter
    private let pattern: Regex<AnyRegexOutput>?
    private let printer: EventPrinter
    private let cursor: CursorFile?
    private let end: ContinuousClock.Instant?
    /// The newest event that was looked at.
    private var last: Int64 = 0
    private var printed = 0

    private static let page = 1000

    init(_ command: TailCommand) throws {
        self.command = command
        filter = try command.filter()
        pattern = try command.pattern()
        var presentation = command.style.presentation()
        presentation.codes = CodeCatalogue(folder: command.store.catalogueFolder)
        printer = EventPrinter(
            presentation: presentation, format: command.output,
            isExplained: command.explain)
        cursor = command.cursorFile.map(CursorFile.init)
        end = try command.patience().map { ContinuousClock.now + $0 }
    }

    private var isDone: Bool { command.count.map { printed >= $0 } ?? false }

    func run() throws {
        let start = try cursor?.read()
        guard command.follow else {
            return try history(of: command.store.open(), after: start)
        }
        var follower = EventFollower(command.store)
        if command.style.verbose { Output.talk("forewarn: following \(command.store.path)") }
        guard var store = try follower.open(until: end) else { throw waitRanOut }
        try history(of: store, after: start)
        while !isDone {
            switch try follower.change(store, until: end) {
            case .committed: try news(in: store)
            case .timeOver: throw waitRanOut
            case .replaced:
                if !command.style.quiet {
                    Output.talk("forewarn: another store has taken the place of this one")
                }
                guard let next = try follower.open(until: end) else { throw waitRanOut }
                store = next
                last = min(last, try store.newestEvent())
            }
        }
    }

    private var waitRanOut: CommandFailure {
        guard !command.style.quiet, let count = command.count else {
            return CommandFailure(code: .waitRanOut)
        }
        return CommandFailure(
            code: .waitRanOut, message: "the time is over: \(printed) of \(count) events came")
    }

    /// Prints what is there already.
    private func history(of store: TicketStore, after start: Int64?) throws {
        let newest = try store.newestEvent()
        defer { last = newest }
        if let start {
            try forward(from: start + 1, to: newest, store)
            return
        }
        let first = try filter.since.map { try store.firstEvent(receivedFrom: $0) } ?? 1
        guard let wanted = try command.wantedLines() else {
            guard command.reverse else {
                try forward(from: first, to: newest, store)
                return
            }
            return try backward(from: newest, to: first, limit: .max, store) {
                try print($0, store)
            }
        }
        var events: [StoredEvent] = []
        try backward(from: newest, to: first, limit: wanted, store) { events.append($0) }
        var newestPrinted: Int64?
        for event in command.reverse ? events : events.reversed() where !isDone {
            try print(event, store)
            newestPrinted = event.id
        }
        try sent(newestPrinted)
    }

    /// Prints what was committed since.
    private func news(in store: TicketStore) throws {
        // Without a filter the events themselves say how far they go, which saves a query.
        let newest = filter.isEmpty ? Int64.max : try store.newestEvent()
        guard newest > last else { return }
        let end = try forward(from: last + 1, to: newest, store)
        last = filter.isEmpty ? end : newest
    }

    /// Reads page by page, so that no reader behind a pager keeps the log from being reused.
    ///
    /// - Returns: the newest event that was read, or the one before `first`.
    @discardableResult
    private func forward(from first: Int64, to newest: Int64, _ store: TicketStore) throws -> Int64
    {
        var next = first
        while next <= newest, !isDone {
            let events = try store.events(filter, in: next...newest, limit: Self.page)
            var newestPrinted: Int64?
            for event in events where !isDone && isWanted(event) {
                try print(event, store)
                newestPrinted = event.id
            }
            try sent(newestPrinted)
            if let end = events.last { next = end.id + 1 }
            if events.count < Self.page { break }
        }
        return next - 1
    }

    private func backward(
        from newest: Int64, to first: Int64, limit: Int, _ store: TicketStore,
        _ body: (StoredEvent) throws -> Void
    ) throws {
        var next = newest
        var count = 0
        while next >= first, count < limit, !isDone {
            let page = pattern == nil ? min(Self.page, limit - count) : Self.page
            let events = try store.events(filter, in: first...next, newestFirst: true, limit: page)
            for event in events where count < limit && !isDone && isWanted(event) {
                try body(event)
                count += 1
            }
            guard let end = events.last, events.count == page else { return }
            next = end.id - 1
        }
    }

    private func isWanted(_ event: StoredEvent) -> Bool {
        guard let pattern else { return true }
        return printer.plainLine(event).contains(pattern) || event.body.contains(pattern)
    }

    private func print(_ event: StoredEvent, _ store: TicketStore) throws {
        try Output.write(printer.text(event, rule: { try store.rule(hash: $0) }))
        printed += 1
    }

    /// What was printed leaves now; then, and not before, the cursor moves on.
    private func sent(_ newest: Int64?) throws {
        try Output.flush()
        if let newest { try cursor?.write(newest) }
    }
}

/// Where a reader left off, in a file of its own.
struct CursorFile {
    let path: String

    /// The event after which to go on; `nil` when there is no such file yet.
    func read() throws -> Int64? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw CommandFailure(code: .usage, message: "cannot read the cursor file \(path)")
        }
        let text = String(decoding: bytes, as: UTF8.self)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        guard let event = Int64(text), event >= 0 else {
            throw CommandFailure(
                code: .badData, message: "\(path) is no cursor file: it should hold one number",
                hint: "remove it to start again")
        }
        return event
    }

    /// Takes the place of what was there, wholly or not at all.
    func write(_ event: Int64) throws {
        do {
            try Data("\(event)\n".utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw CommandFailure(
                code: .usage, message: "cannot write the cursor file \(path)",
                hint: "its folder must exist and be writable")
        }
    }
}
