import Dispatch
import Foundation
import Synchronization

/// A few threads that share several kinds of work, each kind done by one of them at a time.
///
/// A thread for each kind leaves processors idle: the one with most to do is waited for, and where there are
/// more threads than processors the system moves them apart too seldom. Here whoever is free does what there is.
public final class Crew: Sendable {
    /// Does one piece of some work, if there is one and room for what it makes.
    ///
    /// - Returns: whether it did.
    public typealias Station = @Sendable () -> Bool

    /// Where a thread looks for work first.
    public enum Order: Sendable { case fromFirst, fromLast }

    private struct State {
        var stations: [Station] = []
        var isBusy: [Bool] = []
        /// Counts what may have made work for others.
        var changes: UInt64 = 0
        /// A bell for each that sleeps.
        var sleepers: [DispatchSemaphore] = []
        var isOver = false

        /// - Returns: the station at a place, if there is one and nobody else is at it.
        mutating func enter(_ place: Int) -> Station? {
            guard place < stations.count, !isBusy[place] else { return nil }
            isBusy[place] = true
            return stations[place]
        }

        /// - Returns: who is to be woken.
        mutating func change() -> [DispatchSemaphore] {
            changes &+= 1
            guard !sleepers.isEmpty else { return [] }
            defer { sleepers = [] }
            return sleepers
        }
    }

    private let state = Mutex(State())
    private let helpers = DispatchGroup()

    public init() {}

    /// Adds a kind of work, behind those that are there or before them; before ``start(helpers:)``.
    public func add(isFirst: Bool = false, _ station: @escaping Station) {
        state.withLock { state in
            state.stations.insert(station, at: isFirst ? 0 : state.stations.count)
            state.isBusy.append(false)
        }
    }

    /// Lets threads of their own take part until ``stop(isAwaited:)``.
    ///
    /// Each second one looks for what comes last first, so that little is left over in the end.
    ///
    /// - Parameter count: how many; unless said, as many as there are processors besides the caller's, up to one
    ///   for each kind of work, and at least one.
    public func start(helpers count: Int? = nil) {
        let spare = ProcessInfo.processInfo.activeProcessorCount - 1
        let usual = state.withLock { max(1, min($0.stations.count, spare)) }
        for number in 0..<(count ?? usual) {
            let order = number.isMultiple(of: 2) ? Order.fromLast : .fromFirst
            DispatchQueue(label: "crew").async(group: helpers) { [self] in
                work(order) { state.withLock { $0.isOver } }
            }
        }
    }

    /// Ends the threads when they have done what they are at; the caller may go on alone.
    ///
    /// - Parameter isAwaited: whether to return only then, which may be never where one reads what does not come.
    public func stop(isAwaited: Bool = false) {
        let sleepers = state.withLock { state in
            state.isOver = true
            return state.change()
        }
        wake(sleepers)
        if isAwaited { helpers.wait() }
    }

    /// Says that there is work, or room, which was made outside of all stations.
    public func changed() { wake(state.withLock { $0.change() }) }

    /// Works, and sleeps where there is nothing to do, until a condition holds.
    ///
    /// - Parameter isMet: asked before each piece of work; what makes it true must be done at a station, or
    ///   followed by ``changed()``.
    public func work(_ order: Order, until isMet: () -> Bool) {
        while true {
            // Before the question, so that no change is missed between its answer and sleep.
            let seen = state.withLock { $0.changes }
            if isMet() { return }
            if !step(order) { sleep(unless: seen) }
        }
    }

    /// Does one piece of work, if there is any.
    private func step(_ order: Order) -> Bool {
        let count = state.withLock { $0.stations.count }
        for index in 0..<count {
            let place = order == .fromFirst ? index : count - 1 - index
            guard let station = state.withLock({ $0.enter(place) }) else { continue }
            let isDone = station()
            let sleepers = state.withLock { state in
                state.isBusy[place] = false
                return isDone ? state.change() : []
            }
            wake(sleepers)
            if isDone { return true }
        }
        return false
    }

    /// Sleeps until something changes, if nothing has since `seen`.
    private func sleep(unless seen: UInt64) {
        let bell = state.withLock { state -> DispatchSemaphore? in
            guard state.changes == seen else { return nil }
            let bell = DispatchSemaphore(value: 0)
            state.sleepers.append(bell)
            return bell
        }
        bell?.wait()
    }

    private func wake(_ sleepers: [DispatchSemaphore]) {
        for bell in sleepers { bell.signal() }
    }
}
