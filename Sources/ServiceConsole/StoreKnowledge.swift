import Dispatch
import Foundation
import ForewarnDaemon
import Glibc
import StoreText
import Synchronization
import TicketStorage

/// What takes too long to find out for every page: the rules in force, what codes are called, how much
/// of the fleet can be seen.
final class StoreKnowledge: Sendable {
    /// How much of the fleet could be seen at a time, and what else takes long to count.
    struct View: Sendable {
        var sight: Sight?
        /// What the store held, the rows of the journal counted.
        var facts: StoreFacts
        /// When it was looked, in milliseconds of the machine's steady clock.
        fileprivate var looked: Int64

        /// What `doctor` says of it.
        var diagnoses: [Diagnosis] {
            StoreCheckup.diagnoses(sight, falseCodes: facts.falseCodes)
        }
    }

    /// Rules that were put in force.
    struct InForce: Sendable {
        /// The journal row that did it.
        var row: Int64
        /// `nil` when this program cannot read them.
        var rules: RuleSet?
        /// The journal row up to which no newer ones were found.
        fileprivate var upTo: Int64
    }

    private struct State {
        var inForce: InForce?
        var codes: (changed: Int64, codes: CodeCatalogue)?
        var view: View?
        var isLooking = false
    }

    private let folder: String
    private let database: String
    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "forewarn.console.sight", qos: .utility)
    /// How old a view may be, in milliseconds. Looking reads every vehicle's lane.
    private static let lasting: Int64 = 30_000

    init(folder: String, database: String) {
        self.folder = folder
        self.database = database
    }

    /// The rules in force, and since which journal row; `nil` before the first.
    ///
    /// Looks only at journal rows that are newer than at the last time: of a daemon that commits two
    /// hundred times a second, there are millions.
    func rules(_ store: TicketStore) throws -> InForce? {
        let newest = try store.newestRow()
        let known = state.withLock(\.inForce)
        // A store that was restored from a backup is younger than what is known.
        let seen = known.map { $0.upTo <= newest ? $0.upTo : 0 } ?? 0
        guard let row = try store.rulesChange(after: seen, upTo: newest) else {
            guard seen > 0 else { return nil }
            state.withLock { $0.inForce?.upTo = newest }
            return known
        }
        let recorded = try store.rules(at: row)
        let found = InForce(
            row: row, rules: recorded.flatMap { try? RuleSet(recorded: $0.body) }, upTo: newest)
        state.withLock { $0.inForce = found }
        return found
    }

    /// What the site calls its codes, read again when the file has changed.
    func codes() -> CodeCatalogue {
        var status = stat()
        let path = CodeCatalogue.path(in: folder)
        guard stat(path, &status) == 0 else { return CodeCatalogue() }
        let changed = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
        return state.withLock { state in
            if let known = state.codes, known.changed == changed { return known.codes }
            let codes = CodeCatalogue(folder: folder)
            state.codes = (changed, codes)
            return codes
        }
    }

    /// How much of the fleet can be seen, as it was at most a while ago; `nil` while that is found out
    /// for the first time, which takes some seconds for a hundred thousand vehicles.
    ///
    /// - Parameter patience: milliseconds to wait for the first answer.
    func view(patience: Int = 100) -> View? {
        let now = Self.steady()
        let (known, looks) = state.withLock { state in
            let isFresh = state.view.map { now - $0.looked < Self.lasting } ?? false
            let looks = !isFresh && !state.isLooking
            if looks { state.isLooking = true }
            return (state.view, looks)
        }
        let done = DispatchSemaphore(value: 0)
        if looks {
            queue.async {
                self.look()
                done.signal()
            }
        }
        guard known == nil, looks else { return known }
        _ = done.wait(timeout: .now() + .milliseconds(patience))
        return state.withLock(\.view)
    }

    private func look() {
        var view: View?
        // A connection of its own: pages do not wait for it.
        if let store = try? TicketStore(path: database, access: .read),
            let facts = try? store.facts()
        {
            let rules = (try? rules(store))??.rules
            let sight = (try? Sight(store, rules: rules, at: nil)) ?? nil
            view = View(sight: sight, facts: facts, looked: Self.steady())
        }
        state.withLock { state in
            state.isLooking = false
            if let view { state.view = view }
        }
    }

    private static func steady() -> Int64 {
        Int64(DispatchTime.now().uptimeNanoseconds / 1_000_000)
    }
}
