import FaultRules
import FaultTrends

/// The words of a cell: what is remembered of a quantity over a window, or of its own past.
///
/// A window moves in steps: a step that began more than a window's length ago is forgotten whole,
/// so that what counts reaches back between 31/32 of the window and the whole of it.
struct CellState {
    let place: Int
    let cell: Cell
    let steps: Int
    let stepWords: Int
    let stepLength: Double

    init(_ cell: Cell, at place: Int) {
        self.place = place
        self.cell = cell
        steps = cell.stepCount
        stepWords = cell.stepWords
        stepLength = (cell.window?.length ?? 1) / Double(max(steps, 1))
    }

    // The head: readings taken, newest step, origin, newest reading.
    private var taken: Int { place }
    private var newest: Int { place + 1 }
    private var origin: Int { place + 2 }
    private var last: Int { place + 3 }

    private func step(of clock: Double) -> Int64 {
        let quotient = (clock / stepLength).rounded(.down)
        return quotient.magnitude < 1e18 ? Int64(quotient) : 0
    }

    private func slot(_ step: Int64) -> Int {
        let count = Int64(steps)
        return place + Cell.head + Int(((step % count) + count) % count) * stepWords
    }

    // MARK: - Taking a reading

    /// Takes a reading.
    ///
    /// - Parameters:
    ///   - clock: where the window's clock stands; `nil` when it is not known.
    ///   - trip: the trip's number.
    func take(
        _ value: Double, at time: Int64, clock: Double?, trip: UInt64, memory: inout LaneMemory
    ) {
        switch cell.function {
        case .change, .rate: takeStep(value, at: time, memory: &memory)
        case .start:
            guard memory[place] != trip else { return }
            memory[place] = trip
            memory.set(place + 1, value)
        case .baseline(let weight, _), .score(let weight, _):
            learn(value, memory: weight, &memory)
        default:
            if let clock { take(value, clock: clock, memory: &memory) }
        }
    }

    /// Two readings: time and value of the newer, then of the older.
    private func takeStep(_ value: Double, at time: Int64, memory: inout LaneMemory) {
        if memory.integer(place) != time || memory[place + 1] == 0 {
            memory[place + 2] = memory[place]
            memory[place + 3] = memory[place + 1]
        }
        memory.set(place, time)
        memory[place + 1] = Self.packed(value)
    }

    /// A value that is never zero bits, which stand for none.
    private static func packed(_ value: Double) -> UInt64 { ~value.bitPattern }
    private static func unpacked(_ word: UInt64) -> Double { Double(bitPattern: ~word) }

    /// Three words of the past with the newest reading, three without it.
    private func learn(_ value: Double, memory weight: Double, _ memory: inout LaneMemory) {
        var past = RunningBaseline(
            mean: memory.double(place), variance: memory.double(place + 1),
            count: memory.double(place + 2))
        for word in 0..<2 { memory[place + 3 + word] = memory[place + word] }
        // The reading itself takes the place of the older count, which is one less.
        memory.set(place + 5, value)
        past.learn(value, memory: weight)
        memory.set(place, past.mean)
        memory.set(place + 1, past.variance)
        memory.set(place + 2, past.count)
    }

    private func take(_ value: Double, clock: Double, memory: inout LaneMemory) {
        let step = step(of: clock)
        if memory[taken] == 0 {
            memory.set(newest, step)
            memory.set(origin, value)
        } else if step > memory.integer(newest) {
            forget(from: memory.integer(newest) &+ 1, to: step, memory: &memory)
            memory.set(newest, step)
        }
        guard memory.integer(newest) &- step < Int64(steps) else { return }
        memory[taken] &+= 1
        memory.set(last, value)
        let start = slot(step)
        switch cell.function {
        case .minimum, .maximum, .delta: takeOne(value, start, &memory)
        case .percentile:
            if memory[start] == 0 { memory[start] = Self.packed(value) }
        case .count: memory[start] &+= 1
        case .mean: add([1, value], start, &memory)
        case .deviation:
            let distance = value - memory.double(origin)
            add([1, distance, distance * distance], start, &memory)
        default:
            // In steps since the step began, so that no sum loses digits to a large clock.
            let x = clock / stepLength - Double(step)
            let y = value - memory.double(origin)
            add([1, x, y, x * x, x * y], start, &memory)
        }
    }

    private func takeOne(_ value: Double, _ start: Int, _ memory: inout LaneMemory) {
        let isFirst = memory[start] == 0
        memory[start] = 1
        let isBetter =
            switch cell.function {
            case .minimum: value < memory.double(start + 1)
            case .maximum: value > memory.double(start + 1)
            default: false
            }
        if isFirst || isBetter { memory.set(start + 1, value) }
    }

    private func add(_ values: [Double], _ start: Int, _ memory: inout LaneMemory) {
        for (index, value) in values.enumerated() {
            memory.set(start + index, memory.double(start + index) + value)
        }
    }

    private func forget(from first: Int64, to last: Int64, memory: inout LaneMemory) {
        for step in max(first, last &- Int64(steps) &+ 1)...last {
            let start = slot(step)
            for word in 0..<stepWords { memory[start + word] = 0 }
        }
    }

    // MARK: - The value

    /// What it tells, or `nil` when too little is known.
    func value(clock: Double?, trip: UInt64, memory: borrowing LaneMemory) -> Double? {
        switch cell.function {
        case .change, .rate:
            guard memory[place + 1] != 0, memory[place + 3] != 0 else { return nil }
            let change = Self.unpacked(memory[place + 1]) - Self.unpacked(memory[place + 3])
            guard cell.function == .rate else { return change }
            let milliseconds = memory.integer(place) &- memory.integer(place + 2)
            return milliseconds > 0 ? change / (Double(milliseconds) / 1000) : nil
        case .start: return trip != 0 && memory[place] == trip ? memory.double(place + 1) : nil
        case .baseline(_, let warmUp):
            return memory.double(place + 2) > Double(warmUp) ? memory.double(place + 3) : nil
        case .score(_, let warmUp):
            let past = RunningBaseline(
                mean: memory.double(place + 3), variance: memory.double(place + 4),
                count: memory.double(place + 2) - 1)
            return past.standardised(memory.double(place + 5), warmUp: warmUp)
        default:
            guard let clock else { return nil }
            return windowed(clock, memory)
        }
    }

    /// The places of the steps that count, oldest first, with how many steps ago each began.
    private func living(_ clock: Double, _ memory: borrowing LaneMemory) -> [(start: Int, age: Int)]
    {
        guard memory[taken] > 0 else { return [] }
        let now = max(step(of: clock), memory.integer(newest))
        let oldest = now &- Int64(steps) &+ 1
        var result: [(start: Int, age: Int)] = []
        var step = max(oldest, memory.integer(newest) &- Int64(steps) &+ 1)
        while step <= memory.integer(newest) {
            let start = slot(step)
            if memory[start] != 0 { result.append((start, Int(now &- step))) }
            step += 1
        }
        return result
    }

    private func windowed(_ clock: Double, _ memory: borrowing LaneMemory) -> Double? {
        let living = living(clock, memory)
        if cell.function == .count {
            return living.reduce(0.0) { $0 + Double(memory[$1.start]) }
        }
        guard let oldest = living.first else { return nil }
        switch cell.function {
        case .minimum:
            return living.reduce(.infinity) { min($0, memory.double($1.start + 1)) }
        case .maximum:
            return living.reduce(-.infinity) { max($0, memory.double($1.start + 1)) }
        case .delta: return memory.double(last) - memory.double(oldest.start + 1)
        case .percentile(let share):
            return Self.percentile(share, living.map { Self.unpacked(memory[$0.start]) })
        case .mean:
            let count = sum(living, 0, memory)
            return sum(living, 1, memory) / count
        case .deviation:
            let count = sum(living, 0, memory)
            let mean = sum(living, 1, memory) / count
            return max(0, sum(living, 2, memory) / count - mean * mean).squareRoot()
        default: return line(living, clock, memory)
        }
    }

    private func sum(
        _ living: [(start: Int, age: Int)], _ word: Int, _ memory: borrowing LaneMemory
    ) -> Double {
        var result = 0.0
        for step in living { result += memory.double(step.start + word) }
        return result
    }

    /// Linear between the two nearest ranks (Hyndman and Fan 1996, definition 7).
    static func percentile(_ share: Double, _ values: [Double]) -> Double? {
        guard !values.isEmpty else { return nil }
        let sorted = values.sorted()
        let rank = share / 100 * Double(sorted.count - 1)
        let low = Int(rank.rounded(.down))
        guard low + 1 < sorted.count else { return sorted[sorted.count - 1] }
        return sorted[low] + (rank - Double(low)) * (sorted[low + 1] - sorted[low])
    }

    /// The least-squares line through the readings: its slope, or how far it is from a limit.
    private func line(
        _ living: [(start: Int, age: Int)], _ clock: Double, _ memory: borrowing LaneMemory
    ) -> Double? {
        var (n, x, y, xx, xy) = (0.0, 0.0, 0.0, 0.0, 0.0)
        for step in living {
            // Moved from the step's beginning to that of the present one.
            let count = memory.double(step.start)
            let sumX = memory.double(step.start + 1)
            let sumY = memory.double(step.start + 2)
            let shift = -Double(step.age)
            n += count
            x += sumX + shift * count
            y += sumY
            xx += memory.double(step.start + 3) + 2 * shift * sumX + shift * shift * count
            xy += memory.double(step.start + 4) + shift * sumY
        }
        let spread = xx - x * x / n
        guard n >= 3, spread > 1e-9 else { return nil }
        let slope = (xy - x * y / n) / spread
        let unit = stepLength / (cell.window?.kind.wholeUnit ?? 1)
        guard case .reach(let limit) = cell.function else { return slope / unit }
        guard slope != 0 else { return nil }
        let now = clock / stepLength - (clock / stepLength).rounded(.down)
        let present = memory.double(origin) + y / n + slope * (now - x / n)
        let distance = (limit - present) / slope
        // Met within the window it is met; before that, the line only leads away from it.
        if distance < 0 { return -distance <= Double(steps) ? 0 : nil }
        return distance * unit
    }
}

extension Window.Kind {
    /// The clock's measure of what slopes are told in: a day has so many milliseconds.
    var wholeUnit: Double { self == .time ? 86_400_000 : 1 }
}
