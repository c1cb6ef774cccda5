import FaultRules
import FaultTrends

/// The words of a cell: what is remembered of a quantity over a window, or of its own past.
///
/// A window moves in steps: a step that began more than a window's length ago is forgotten whole,
/// so that what counts reaches back between 31/32 of the window and the whole of it.
///
/// A shape is read where it is, since a copy of it would be made at each call: good while the list of
/// shapes lives.
@safe struct CellState {
    let place: Int
    private let only: UnsafePointer<CellShape>
    var shape: CellShape { @inline(__always) get { unsafe only.pointee } }

    /// The words of one of a list of cells, from a place on.
    @inline(__always) init(_ cell: Int, of shapes: borrowing OwnedNumbers<CellShape>, at place: Int)
    {
        precondition(cell >= 0 && cell < shapes.count, "no such cell")
        self.place = place
        unsafe only = UnsafePointer(shapes.start + cell)
    }

    /// Where a window's clock stands.
    struct Stand {
        let clock: Double
        /// In which of the window's steps, counted from where the clock is 0.
        let step: Int64

        @inline(__always) init(_ clock: Double, _ shape: CellShape) {
            self.clock = clock
            let quotient = clock / shape.stepLength
            guard quotient.magnitude < 1e18 else {
                step = 0
                return
            }
            // Towards zero and then down: rounding down first is a call.
            let whole = Int64(quotient)
            step = Double(whole) > quotient ? whole &- 1 : whole
        }
    }

    // The head: readings taken, newest step, origin, newest reading. Above the readings taken, which
    // have the low half of their word, a bit tells of each step whether it has something, so that
    // empty ones need not be looked at. The bits are made anew when a lane is loaded.

    /// Steps that have a bit.
    static let mostMapped = 32
    static let mapShift: UInt64 = 32
    static let counted: UInt64 = 0xFFFF_FFFF

    var taken: Int { place }
    var newest: Int { place + 1 }
    var origin: Int { place + 2 }
    var last: Int { place + 3 }

    /// Which of the kept steps a step is.
    @inline(__always) func turn(of step: Int64) -> Int {
        // A division of whole numbers takes as long as all else of a reading.
        if shape.turnMask >= 0 { return Int(truncatingIfNeeded: step) & shape.turnMask }
        let rest = Int(truncatingIfNeeded: step % Int64(shape.steps))
        return rest < 0 ? rest &+ shape.steps : rest
    }

    // MARK: - Taking a reading

    /// Takes a reading.
    ///
    /// - Parameters:
    ///   - stand: where the window's clock stands; `nil` when it is not known.
    ///   - trip: the trip's number.
    @inline(__always) func take(
        _ value: Double, at time: Int64, stand: Stand?, trip: UInt64, memory: inout LaneMemory
    ) {
        switch shape.form {
        case .change, .rate: takeStep(value, at: time, memory: &memory)
        case .start:
            guard memory[place] != trip else { return }
            memory[place] = trip
            memory.set(place + 1, value)
        case .baseline, .score: learn(value, memory: shape.parameter, &memory)
        default:
            if let stand { take(value, stand, &memory) }
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
    static func unpacked(_ word: UInt64) -> Double { Double(bitPattern: ~word) }

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

    private func take(_ value: Double, _ stand: Stand, _ memory: inout LaneMemory) {
        let step = stand.step
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
        switch shape.form {
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
            let x = stand.clock / shape.stepLength - Double(step)
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
            switch shape.form {
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
}
