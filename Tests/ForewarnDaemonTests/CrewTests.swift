import Dispatch
import ForewarnDaemon
import Synchronization
import Testing

/// Kinds of work and who does them.
@Suite struct CrewTests {
    /// Numbers that pass through stations with little room between them.
    private final class Line: Sendable {
        struct State {
            /// What waits before each station, and behind the last.
            var waiting: [[Int]]
            var isAtWork: [Bool]
            /// How often two threads were at one station.
            var collisions = 0
            var steps = 0
        }

        let state: Mutex<State>
        let room: [Int]

        init(room: [Int]) {
            self.room = room
            state = Mutex(
                State(
                    waiting: Array(repeating: [], count: room.count + 1),
                    isAtWork: Array(repeating: false, count: room.count)))
        }

        /// Takes a number and hands it on, if there is one and room behind.
        func step(_ place: Int) -> Bool {
            let number = state.withLock { state -> Int? in
                if state.isAtWork[place] { state.collisions += 1 }
                state.isAtWork[place] = true
                let isLast = place + 1 == room.count
                guard !state.waiting[place].isEmpty,
                    isLast || state.waiting[place + 1].count < room[place + 1]
                else { return nil }
                return state.waiting[place].removeFirst()
            }
            return state.withLock { state in
                state.isAtWork[place] = false
                guard let number else { return false }
                state.steps += 1
                state.waiting[place + 1].append(number)
                return true
            }
        }

        func hasRoom() -> Bool { state.withLock { $0.waiting[0].count < room[0] } }
        func put(_ number: Int) { state.withLock { $0.waiting[0].append(number) } }
        func isDone(_ count: Int) -> Bool {
            state.withLock { $0.waiting[room.count].count == count }
        }
    }

    @Test(
        "all work is done in order and by one at a time, whoever helps and however little room there is",
        .timeLimit(.minutes(2)), arguments: 1...40 as ClosedRange<UInt64>)
    func order(seed: UInt64) {
        var numbers = SeededNumbers(seed)
        let line = Line(room: (0..<(1 + numbers.below(4))).map { _ in 1 + numbers.below(5) })
        let crew = Crew()
        for place in line.room.indices.dropFirst() { crew.add { line.step(place) } }
        crew.add(isFirst: true) { line.step(0) }
        crew.start(helpers: numbers.below(4))
        let count = 300
        for number in 0..<count {
            crew.work(numbers.below(2) == 0 ? .fromFirst : .fromLast) { line.hasRoom() }
            line.put(number)
            crew.changed()
        }
        crew.work(.fromLast) { line.isDone(count) }
        crew.stop(isAwaited: true)
        let state = line.state.withLock { $0 }
        #expect(state.waiting[line.room.count] == Array(0..<count), "seed \(seed)")
        #expect(state.collisions == 0, "seed \(seed)")
        #expect(state.steps == count * line.room.count, "seed \(seed)")
    }

    @Test("helpers do what there is while the caller does other things", .timeLimit(.minutes(1)))
    func helpers() {
        let line = Line(room: [100, 100])
        let crew = Crew()
        let done = DispatchSemaphore(value: 0)
        crew.add { line.step(0) }
        crew.add {
            let isStep = line.step(1)
            if line.isDone(100) { done.signal() }
            return isStep
        }
        crew.start(helpers: 1)
        for number in 0..<100 { line.put(number) }
        crew.changed()
        done.wait()
        crew.stop()
        #expect(line.isDone(100))
    }

    @Test("a crew whose helpers sleep ends", .timeLimit(.minutes(1))) func stop() {
        let crew = Crew()
        let asked = Atomic(0)
        crew.add {
            asked.add(1, ordering: .relaxed)
            return false
        }
        crew.start(helpers: 3)
        crew.stop(isAwaited: true)
        let count = asked.load(ordering: .relaxed)
        crew.changed()
        #expect(asked.load(ordering: .relaxed) == count)
    }

    @Test("a crew ends while a helper waits for what does not come", .timeLimit(.minutes(1)))
    func hanging() {
        let crew = Crew()
        let (isReading, more) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        crew.add {
            isReading.signal()
            more.wait()
            return false
        }
        crew.start(helpers: 1)
        isReading.wait()
        crew.stop()
        more.signal()
        crew.stop(isAwaited: true)
    }
}
