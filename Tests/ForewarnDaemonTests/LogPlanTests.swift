import Testing

@testable import TicketStorage

/// When the log is copied to the database, and by whom.
@Suite struct LogPlanTests {
    /// A log as SQLite keeps it: it begins over when all of it is copied and nobody reads it.
    private struct Log {
        var pages = 0
        var copied = 0
        /// What a reader of an old state still needs: pages after that are not copied.
        var reader: Int?
        var starts = 0

        mutating func write(_ count: Int) {
            if copied == pages, pages > 0, reader == nil {
                (pages, copied) = (0, 0)
                starts += 1
            }
            pages += count
        }

        mutating func copy(upTo end: Int) { copied = max(copied, min(end, reader ?? end)) }
    }

    private static let plan: LogPlan = {
        var plan = LogPlan()
        (plan.goal, plan.rest, plan.pause, plan.bound) = (100, 10, 25, 400)
        return plan
    }()

    @Test("where nobody reads it a log begins over, stays below its bound, is mostly copied aside")
    func bounds() {
        for seed in UInt64(0)..<500 {
            var numbers = SeededNumbers(seed)
            var plan = Self.plan
            var log = Log()
            // Commits that copying takes, and what it had found when it began.
            var aside: (left: Int, pages: Int)?
            let largest = 1 + numbers.below(40)
            let slowness = 1 + numbers.below(12)
            var (copiedHere, written, most) = (0, 0, 0)
            for _ in 0..<2000 {
                let count = 1 + numbers.below(largest)
                log.write(count)
                written += count
                if let running = aside {
                    aside = running.left > 0 ? (running.left - 1, running.pages) : nil
                    if running.left == 0 {
                        log.copy(upTo: min(running.pages, log.pages))
                        plan.copiedAside(pages: running.pages, done: log.copied)
                    }
                }
                switch plan.committed(pages: log.pages) {
                case .goOn: break
                case .copyAside:
                    #expect(aside == nil, "seed \(seed)")
                    aside = (numbers.below(slowness), log.pages)
                case .copyHere:
                    let left = log.pages - log.copied
                    #expect(left <= Self.plan.rest || log.pages >= Self.plan.bound, "seed \(seed)")
                    copiedHere += left
                    log.copy(upTo: log.pages)
                }
                most = max(most, log.pages)
            }
            #expect(log.starts > 2, "seed \(seed)")
            #expect(most < Self.plan.bound + largest, "seed \(seed): \(most) pages")
            // Where copying keeps up with commits.
            if largest * slowness < Self.plan.rest {
                #expect(copiedHere * 4 < written, "seed \(seed): \(copiedHere) of \(written)")
                #expect(most < Self.plan.goal + 4 * Self.plan.rest, "seed \(seed): \(most) pages")
            }
        }
    }

    @Test("while somebody reads nobody copies at each commit, and then the log begins over")
    func readers() {
        // An old state, of which pages are needed; and the newest, which only keeps the log.
        for reader in [30, Int.max] {
            var plan = Self.plan
            var log = Log()
            log.reader = reader
            var copies = 0
            func commit() {
                log.write(5)
                switch plan.committed(pages: log.pages) {
                case .goOn: return
                case .copyAside:
                    log.copy(upTo: log.pages)
                    plan.copiedAside(pages: log.pages, done: log.copied)
                case .copyHere: log.copy(upTo: log.pages)
                }
                copies += 1
            }
            while log.pages < 350 { commit() }
            #expect(copies <= 2 + 2 * 250 / Self.plan.pause, "\(reader)")
            log.reader = nil
            while log.starts == 0, log.pages < 1000 { commit() }
            #expect(log.starts == 1 && log.pages < Self.plan.bound, "\(reader)")
        }
    }

    @Test("a disk that takes no copy is tried again, and from the bound on by each commit")
    func failures() {
        var plan = Self.plan
        var steps: [LogPlan.Step] = []
        for pages in stride(from: 10, through: 500, by: 10) {
            let step = plan.committed(pages: pages)
            if step == .copyAside { plan.copiedAside(pages: nil, done: 0) }
            steps.append(step)
        }
        #expect(steps.prefix(9).allSatisfy { $0 == .goOn })
        #expect(steps.contains(.copyAside))
        #expect(steps.suffix(11).allSatisfy { $0 == .copyHere })
    }
}
