import FaultRules
import FaultTrends

/// What of a cell its words depend on, as plain numbers.
struct CellShape: Sendable {
    let function: Cell.Function
    /// What the window is measured by; `nil` without one.
    let clock: Window.Kind?
    let stepLength: Double
    // Small, since a shape is copied with each reading.
    private let stepCount: Int16
    private let wordsOfStep: Int16
    private let mask: Int16
    private let wordCount: Int32
    /// Whether it remembers the trip.
    let isOfTrip: Bool
    /// Whether the first word of the head tells which steps have something, a bit each.
    let isMapped: Bool
    var steps: Int { Int(stepCount) }
    var stepWords: Int { Int(wordsOfStep) }
    var words: Int { Int(wordCount) }
    /// What a step's number has in common with its turn; less than 0 unless ``steps`` is a power of two.
    var turnMask: Int { Int(mask) }

    init(_ cell: Cell) {
        function = cell.function
        clock = cell.window?.kind
        let steps = cell.stepCount
        stepCount = Int16(steps)
        wordsOfStep = Int16(cell.stepWords)
        stepLength = (cell.window?.length ?? 1) / Double(max(cell.stepCount, 1))
        wordCount = Int32(cell.words)
        isOfTrip = cell.function == .start
        isMapped = cell.words > Cell.head && steps > 0 && steps <= CellState.mostMapped
        mask = steps > 0 && steps & (steps - 1) == 0 ? Int16(steps - 1) : -1
    }
}

/// The words of a cell: what is remembered of a quantity over a window, or of its own past.
///
/// A window moves in steps: a step that began more than a window's length ago is forgotten whole,
/// so that what counts reaches back between 31/32 of the window and the whole of it.
struct CellState {
    let place: Int
    let shape: CellShape

    init(_ shape: CellShape, at place: Int) {
        self.place = place
        self.shape = shape
    }

    // The head: readings taken, newest step, origin, newest reading. Above the readings taken, which
    // have the low half of their word, a bit tells of each step whether it has something, so that
    // empty ones need not be looked at. The bits are made anew when a lane is loaded.

    /// Steps that have a bit.
    static let mostMapped = 32
    private static let mapShift: UInt64 = 32
    private static let counted: UInt64 = 0xFFFF_FFFF

    private var taken: Int { place }
    private var newest: Int { place + 1 }
    private var origin: Int { place + 2 }
    private var last: Int { place + 3 }

    @inline(__always) private func step(of clock: Double) -> Int64 {
        let quotient = clock / shape.stepLength
        guard quotient.magnitude < 1e18 else { return 0 }
        // Towards zero and then down: rounding down first is a call.
        let whole = Int64(quotient)
        return Double(whole) > quotient ? whole &- 1 : whole
    }

    /// Which of the kept steps a step is.
    @inline(__always) private func turn(of step: Int64) -> Int {
        // A division of whole numbers takes as long as all else of a reading.
        if shape.turnMask >= 0 { return Int(truncatingIfNeeded: step) & shape.turnMask }
        let rest = Int(truncatingIfNeeded: step % Int64(shape.steps))
        return rest < 0 ? rest &+ shape.steps : rest
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
        switch shape.function {
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
        if memory[taken] & Self.counted == 0 {
            memory.set(newest, step)
            memory.set(origin, value)
        } else if step > memory.integer(newest) {
            forget(from: memory.integer(newest) &+ 1, to: step, memory: &memory)
            memory.set(newest, step)
        }
        guard memory.integer(newest) &- step < Int64(shape.steps) else { return }
        let head = memory[taken]
        let count = min((head & Self.counted) &+ 1, Self.counted)
        let turn = turn(of: step)
        memory[taken] =
            head & ~Self.counted | count
            | (shape.isMapped ? 1 &<< (Self.mapShift &+ UInt64(turn)) : 0)
        memory.set(last, value)
        let start = place + Cell.head + turn * shape.stepWords
        switch shape.function {
        case .minimum, .maximum, .delta: takeOne(value, start, &memory)
        case .percentile:
            if memory[start] == 0 { memory[start] = Self.packed(value) }
        case .count: memory[start] &+= 1
        case .mean:
            add(1, to: start, &memory)
            add(value, to: start + 1, &memory)
        case .deviation:
            let distance = value - memory.double(origin)
            add(1, to: start, &memory)
            add(distance, to: start + 1, &memory)
            add(distance * distance, to: start + 2, &memory)
        default:
            // In steps since the step began, so that no sum loses digits to a large clock.
            let x = clock / shape.stepLength - Double(step)
            let y = value - memory.double(origin)
            add(1, to: start, &memory)
            add(x, to: start + 1, &memory)
            add(y, to: start + 2, &memory)
            add(x * x, to: start + 3, &memory)
            add(x * y, to: start + 4, &memory)
        }
    }

    private func takeOne(_ value: Double, _ start: Int, _ memory: inout LaneMemory) {
        let known = memory[start]
        let isBetter =
            switch shape.function {
            case .minimum: value < Self.unpacked(known)
            case .maximum: value > Self.unpacked(known)
            default: false
            }
        if known == 0 || isBetter { memory[start] = Self.packed(value) }
    }

    private func add(_ value: Double, to word: Int, _ memory: inout LaneMemory) {
        memory.set(word, memory.double(word) + value)
    }

    private func forget(from first: Int64, to last: Int64, memory: inout LaneMemory) {
        let start = max(first, last &- Int64(shape.steps) &+ 1)
        guard !shape.isMapped else { return forgetMapped(start, Int(last &- start) + 1, &memory) }
        let words = shape.steps * shape.stepWords
        let base = place + Cell.head
        var word = turn(of: start) * shape.stepWords
        for _ in 0..<(Int(last &- start) + 1) * shape.stepWords {
            memory[base + word] = 0
            word += 1
            if word == words { word = 0 }
        }
    }

    /// Forgets `count` steps from a step on, where the head tells which of them have something.
    private func forgetMapped(_ first: Int64, _ count: Int, _ memory: inout LaneMemory) {
        let head = memory[taken]
        let gone = run(of: count, from: turn(of: first)) & (head &>> Self.mapShift)
        guard gone != 0 else { return }
        memory[taken] = head & ~(gone &<< Self.mapShift)
        let width = shape.stepWords
        let words = unsafe memory.words(at: place + Cell.head, length: shape.steps * width)
        var rest = gone
        while rest != 0 {
            let step = unsafe words + rest.trailingZeroBitCount &* width
            for word in 0..<width { unsafe step[word] = 0 }
            rest &= rest &- 1
        }
    }

    /// The bits of `count` steps from a turn on, round to the first.
    @inline(__always) private func run(of count: Int, from turn: Int) -> UInt64 {
        let bits = (1 &<< UInt64(count) &- 1) &<< UInt64(turn)
        return (bits | bits &>> UInt64(shape.steps)) & (1 &<< UInt64(shape.steps) &- 1)
    }

    /// Makes the bits of a cell that was stored without them.
    func map(_ memory: inout LaneMemory) {
        guard shape.isMapped else { return }
        var bits: UInt64 = 0
        for turn in 0..<shape.steps
        where memory[place + Cell.head + turn * shape.stepWords] != 0 {
            bits |= 1 << UInt64(turn)
        }
        memory[taken] = memory[taken] & Self.counted | bits << Self.mapShift
    }

    /// The words of a cell as they are now, of those that the first two forms of lanes had: a step of
    /// the least, the largest or the first value was told by a word of its own.
    static func words(_ words: [UInt64], ofEarlier cell: Cell) -> [UInt64] {
        switch cell.function {
        case .minimum, .maximum, .delta: break
        default: return words
        }
        guard words.count == Cell.head + 2 * cell.stepCount else { return [] }
        return words.prefix(Cell.head)
            + (0..<cell.stepCount).map { step in
                let place = Cell.head + 2 * step
                return words[place] == 0 ? 0 : ~words[place + 1]
            }
    }

    /// The first word of a cell as it is stored, without the bits.
    static func stored(_ shape: CellShape, _ head: UInt64) -> UInt64 {
        shape.isMapped ? head & counted : head
    }

    // MARK: - The value

    /// What it tells, or `nil` when too little is known.
    func value(clock: Double?, trip: UInt64, memory: borrowing LaneMemory) -> Double? {
        switch shape.function {
        case .change, .rate:
            guard memory[place + 1] != 0, memory[place + 3] != 0 else { return nil }
            let change = Self.unpacked(memory[place + 1]) - Self.unpacked(memory[place + 3])
            guard shape.function == .rate else { return change }
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

    /// Calls `body` with the words of each step that counts, oldest first, and how many steps ago it
    /// began, until it says that it has seen enough.
    @inline(__always) private func forEachLiving(
        _ clock: Double, _ memory: borrowing LaneMemory,
        _ body: (_ words: UnsafePointer<UInt64>, _ age: Int) -> Bool
    ) {
        let head = memory[taken]
        guard head > 0 else { return }
        let last = memory.integer(newest)
        let now = max(step(of: clock), last)
        let first = now &- Int64(shape.steps) &+ 1
        guard first <= last else { return }
        let (steps, width) = (shape.steps, shape.stepWords)
        // Checked once for all steps, since a message looks at hundreds of them.
        let words = unsafe UnsafePointer(
            memory.words(at: place + Cell.head, length: steps * width))
        var turn = turn(of: first)
        if shape.isMapped {
            // Turned so that the oldest step's bit is the lowest.
            let bits = head &>> Self.mapShift
            var rest = bits &>> UInt64(turn) | bits &<< UInt64(steps &- turn)
            rest &= 1 &<< UInt64(truncatingIfNeeded: last &- first &+ 1) &- 1
            while rest != 0 {
                let later = rest.trailingZeroBitCount
                rest &= rest &- 1
                var place = turn &+ later
                if place >= steps { place &-= steps }
                if !(unsafe body(words + place &* width, steps &- 1 &- later)) { return }
            }
            return
        }
        var age = steps &- 1
        for _ in 0...Int(truncatingIfNeeded: last &- first) {
            let step = unsafe words + turn &* width
            if unsafe step.pointee != 0, !(unsafe body(step, age)) { return }
            age &-= 1
            turn &+= 1
            if turn == steps { turn = 0 }
        }
    }

    private func windowed(_ clock: Double, _ memory: borrowing LaneMemory) -> Double? {
        var count = 0.0
        var sum = 0.0
        var squares = 0.0
        switch shape.function {
        case .count:
            unsafe forEachLiving(clock, memory) { words, _ in
                count += Double(unsafe words[0])
                return true
            }
            return count
        case .minimum:
            return folded(clock, memory, .infinity) { min($0, $1) }
        case .maximum:
            return folded(clock, memory, -.infinity) { max($0, $1) }
        case .delta:
            var oldest: Double?
            unsafe forEachLiving(clock, memory) { words, _ in
                oldest = Self.unpacked(unsafe words[0])
                return false
            }
            return oldest.map { memory.double(last) - $0 }
        case .percentile(let share): return percentile(share, clock, memory)
        case .mean, .deviation:
            let isMean = shape.function == .mean
            unsafe forEachLiving(clock, memory) { words, _ in
                count += Double(bitPattern: unsafe words[0])
                sum += Double(bitPattern: unsafe words[1])
                if !isMean { squares += Double(bitPattern: unsafe words[2]) }
                return true
            }
            guard count > 0 else { return nil }
            let mean = sum / count
            return isMean ? mean : max(0, squares / count - mean * mean).squareRoot()
        default: return line(clock, memory)
        }
    }

    /// The values of the steps, each put to those before it; `nil` when there are none.
    @inline(__always) private func folded(
        _ clock: Double, _ memory: borrowing LaneMemory, _ first: Double,
        _ next: (Double, Double) -> Double
    ) -> Double? {
        var result = first
        var isEmpty = true
        unsafe forEachLiving(clock, memory) { words, _ in
            result = next(result, Self.unpacked(unsafe words[0]))
            isEmpty = false
            return true
        }
        return isEmpty ? nil : result
    }

    /// Linear between the two nearest ranks (Hyndman and Fan 1996, definition 7).
    private func percentile(
        _ share: Double, _ clock: Double, _ memory: borrowing LaneMemory
    ) -> Double? {
        var sorted = InlineArray<64, Double>(repeating: 0)
        var count = 0
        unsafe forEachLiving(clock, memory) { words, _ in
            let value = Self.unpacked(unsafe words[0])
            var place = count
            while place > 0, sorted[place - 1] > value {
                sorted[place] = sorted[place - 1]
                place -= 1
            }
            sorted[place] = value
            count += 1
            return true
        }
        guard count > 0 else { return nil }
        let rank = share / 100 * Double(count - 1)
        let low = Int(rank.rounded(.down))
        guard low + 1 < count else { return sorted[count - 1] }
        return sorted[low] + (rank - Double(low)) * (sorted[low + 1] - sorted[low])
    }

    /// The least-squares line through the readings: its slope, or how far it is from a limit.
    private func line(_ clock: Double, _ memory: borrowing LaneMemory) -> Double? {
        var (n, x, y, xx, xy) = (0.0, 0.0, 0.0, 0.0, 0.0)
        unsafe forEachLiving(clock, memory) { words, age in
            // Moved from the step's beginning to that of the present one.
            let count = Double(bitPattern: unsafe words[0])
            let sumX = Double(bitPattern: unsafe words[1])
            let sumY = Double(bitPattern: unsafe words[2])
            let shift = -Double(age)
            n += count
            x += sumX + shift * count
            y += sumY
            xx += Double(bitPattern: unsafe words[3]) + 2 * shift * sumX + shift * shift * count
            xy += Double(bitPattern: unsafe words[4]) + shift * sumY
            return true
        }
        let spread = xx - x * x / n
        guard n >= 3, spread > 1e-9 else { return nil }
        let slope = (xy - x * y / n) / spread
        let unit = shape.stepLength / (shape.clock?.wholeUnit ?? 1)
        guard case .reach(let limit) = shape.function else { return slope / unit }
        guard slope != 0 else { return nil }
        let now = clock / shape.stepLength - (clock / shape.stepLength).rounded(.down)
        let present = memory.double(origin) + y / n + slope * (now - x / n)
        let distance = (limit - present) / slope
        // Met within the window it is met; before that, the line only leads away from it.
        if distance < 0 { return -distance <= Double(shape.steps) ? 0 : nil }
        return distance * unit
    }
}

extension Window.Kind {
    /// The clock's measure of what slopes are told in: a day has so many milliseconds.
    var wholeUnit: Double { self == .time ? 86_400_000 : 1 }
}
