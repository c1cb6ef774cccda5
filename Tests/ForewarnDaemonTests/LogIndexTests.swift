import Foundation
import Testing

@testable import TicketStorage

/// Whether something was committed, as its readers see it.
@Suite struct LogIndexTests {
    @Test("the index of a log says of each commit that there was one, and of nothing else")
    func index() throws {
        let folder = try ScratchFolder()
        let store = try LogCopierTests.store(in: folder)
        let reader = try TicketStore(path: folder.database, access: .read)
        let index = try #require(LogIndex(reader))
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
