/// Decides when the pages of SQLite's log are copied to the database, and by whom; touches no file.
///
/// Copying takes milliseconds, so most of it is done aside, while commits go on. The log can begin
/// over only when all of it has been copied at the moment a transaction begins, and whoever copies
/// aside is always a few commits late: so whoever commits copies those last pages.
struct LogPlan: Sendable {
    /// What whoever has just committed does next.
    enum Step: Equatable, Sendable {
        case goOn
        /// Asks the other thread to copy what is there.
        case copyAside
        /// Copies what is left before going on.
        case copyHere
    }

    /// Pages of the log at which copying begins.
    var goal = 2000
    /// Pages that are few enough to be copied between two commits.
    var rest = 64
    /// How many more pages make another attempt worthwhile.
    var pause = 250
    /// Pages of the log from which on no commit passes by what is not copied: 64 MB.
    var bound = 16_000

    private enum State {
        case waiting(until: Int)
        case copyingAside
        /// The pages up to here have been copied aside.
        case copied(Int)
        /// All was copied when the log had so many pages: it begins over, unless somebody reads it.
        case finished(Int)
    }
    private var state = State.waiting(until: 0)

    /// Notes that a commit has left so many pages in the log.
    mutating func committed(pages: Int) -> Step {
        if pages >= bound {
            if case .copyingAside = state {} else { state = .finished(pages) }
            return .copyHere
        }
        switch state {
        case .copyingAside: return .goOn
        case .waiting(let until):
            guard pages >= max(goal, until) else {
                if pages < goal { state = .waiting(until: goal) }
                return .goOn
            }
            state = .copyingAside
            return .copyAside
        case .copied(let done):
            guard pages >= done else { break }
            guard pages - done <= rest else {
                state = .copyingAside
                return .copyAside
            }
            state = .finished(pages)
            return .copyHere
        case .finished(let before):
            guard pages > before else { break }
            state = .waiting(until: pages + pause)
            return .goOn
        }
        state = .waiting(until: goal)
        return .goOn
    }

    /// Notes that the other thread has done what it could.
    ///
    /// - Parameters:
    ///   - pages: what the log held; `nil` when it could not be copied.
    ///   - done: how many of them are in the database now.
    mutating func copiedAside(pages: Int?, done: Int) {
        guard let pages else {
            state = .waiting(until: goal)
            return
        }
        // Somebody reads what was there before: nobody can copy more until he is done.
        state = pages - done <= rest ? .copied(done) : .waiting(until: pages + pause)
    }
}
