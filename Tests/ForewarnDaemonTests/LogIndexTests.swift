import Dispatch
import FaultDecoding
import Foundation
import Glibc
import Synchronization
import Testing

@testable import FleetWatch
@testable import TicketStorage

/// Whether something was committed, as its readers see it.
@Suite struct LogIndexTests {
    private let folder: ScratchFolder
    private let store: TicketStore
    private let reader: TicketStore
    private let index: LogIndex

    init() throws {
        folder = try ScratchFolder()
        store = try LogCopierTests.store(in: folder)
        reader = try TicketStore(path: folder.database, access: .read)
        index = try #require(LogIndex(reader))
    }

    @Test(
        "whoever sleeps on the index of a log is woken by each commit of a decision, and by no other"
    )
    func waking() throws {
        let isAwake = DispatchSemaphore(value: 0)
        for number in 0..<20 {
            let mark = index.mark
            let sleeper = Mutex("")
            Thread.detachNewThread { [index] in
                let thread = try? FileManager.default.destinationOfSymbolicLink(
                    atPath: "/proc/thread-self")
                sleeper.withLock { $0 = thread ?? "" }
                while index.mark == mark { index.wait(past: mark, atMost: .seconds(3600)) }
                isAwake.signal()
            }
            while !Self.sleeps(sleeper.withLock { $0 }) { sched_yield() }
            try store.commit(Self.batch(2 * number, isRefused: false))
            try LogCopierTests.commit(number, to: store)
            try #require(isAwake.wait(timeout: .now()) == .timedOut, "commit \(number)")
            try store.commit(Self.batch(2 * number + 1, isRefused: true))
            try #require(isAwake.wait(timeout: .now() + 60) == .success, "commit \(number)")
        }
        try store.close()
    }

    /// A batch of one message, which became a dead letter or nothing.
    private static func batch(_ number: Int, isRefused: Bool) -> Commit {
        let letter = DeadLetter(
            position: UInt64(number + 1), entry: 0,
            failure: DecodingFailure(reason: .emptyPayload, offset: 0))
        var outcome = Outcome()
        if isRefused { outcome.decisions = [.deadLetter(letter)] }
        outcome.messages = 1
        var batch = EntryBatch()
        batch.bytes = Array("v1/x".utf8)
        batch.entries = [Entry(received: 0, topic: 0..<4, payload: 4..<4)]
        return Commit(
            row: Int64(number + 1), received: 0, firstPosition: UInt64(number + 1), batch: batch,
            outcome: outcome, texts: DecisionTexts(outcome.decisions), lanes: [],
            checkpoint: Int64(number + 2), digest: DecisionDigest())
    }

    /// Whether a thread, by its name under `/proc`, sleeps.
    private static func sleeps(_ thread: String) -> Bool {
        let state = try? String(contentsOfFile: "/proc/\(thread)/stat", encoding: .utf8)
        return state?.contains(") S ") ?? false
    }

    @Test("the index of a log says of each commit that there was one, and of nothing else")
    func commits() throws {
        var mark = index.mark
        for number in 0..<500 {
            try LogCopierTests.commit(number, to: store)
            #expect(index.mark != mark, "\(number)")
            mark = index.mark
            _ = try reader.fact("number")
            #expect(index.mark == mark)
        }
        try store.close()
        // A copy that only lies there has no log, and none is made.
        let shadow = try ScratchFolder()
        try TicketStore(path: shadow.database, access: .shadow).close()
        #expect(LogIndex(try TicketStore(path: shadow.database, access: .read)) == nil)
        #expect(try FileManager.default.contentsOfDirectory(atPath: shadow.path).count == 1)
    }
}
