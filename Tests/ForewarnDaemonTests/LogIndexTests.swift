import Dispatch
import Foundation
import Glibc
import Testing

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

    @Test("whoever sleeps on the index of a log is woken by each commit")
    func waking() throws {
        let isAwake = DispatchSemaphore(value: 0)
        for number in 0..<20 {
            let mark = index.mark
            Thread.detachNewThread { [index] in
                Thread.current.name = "sleeper \(number)"
                while index.mark == mark { index.wait(past: mark, atMost: .seconds(3600)) }
                isAwake.signal()
            }
            while !Self.sleeps("sleeper \(number)") { sched_yield() }
            try LogCopierTests.commit(number, to: store)
            try #require(isAwake.wait(timeout: .now() + 60) == .success, "commit \(number)")
        }
        try store.close()
    }

    /// Whether a thread of this process has this name and sleeps.
    private static func sleeps(_ name: String) -> Bool {
        let tasks = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
        return tasks.contains {
            let state = try? String(contentsOfFile: "/proc/self/task/\($0)/stat", encoding: .utf8)
            return state?.contains("(\(name)) S ") ?? false
        }
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
