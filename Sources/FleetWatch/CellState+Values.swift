import FaultRules
import FaultTrends

extension CellState {
    /// What it tells, or `nil` when too little is known.
    @inline(__always) func value(stand: Stand?, trip: UInt64, memory: borrowing LaneMemory)
        -> Double?
    {
        switch shape.form {
        case .change, .rate:
            guard memory[place + 1] != 0, memory[place + 3] != 0 else { return nil }
            let change = Self.unpacked(memory[place + 1]) - Self.unpacked(memory[place + 3])
            guard shape.form == .rate else { return change }
            let milliseconds = memory.integer(place) &- memory.integer(place + 2)
            return milliseconds > 0 ? change / (Double(milliseconds) / 1000) : nil
        case .start: return trip != 0 && memory[place] == trip ? memory.double(place + 1) : nil
        case .baseline:
            return memory.double(place + 2) > Double(shape.warmUp) ? memory.double(place + 3) : nil
        case .score:
            let past = RunningBaseline(
                mean: memory.double(place + 3), variance: memory.double(place + 4),
                count: memory.double(place + 2) - 1)
            return past.standardised(memory.double(place + 5), warmUp: Int(shape.warmUp))
        default:
            guard let stand else { return nil }
            return windowed(stand, memory)
        }
    }

    /// Calls `body` with the words of each step that counts, oldest first, and how many steps ago it
    /// began, until it says that it has seen enough.
    @inline(__always) private func forEachLiving(
        _ stand: Stand, _ memory: borrowing LaneMemory,
        _ body: (_ words: UnsafePointer<UInt64>, _ age: Int) -> Bool
    ) {
        let head = memory[taken]
        guard head > 0 else { return }
        let last = memory.integer(newest)
        let now = max(stand.step, last)
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

    private func windowed(_ stand: Stand, _ memory: borrowing LaneMemory) -> Double? {
        var count = 0.0
        var sum = 0.0
        var squares = 0.0
        switch shape.form {
        case .count:
            unsafe forEachLiving(stand, memory) { words, _ in
                count += Double(unsafe words[0])
                return true
            }
            return count
        case .minimum:
            return folded(stand, memory, .infinity) { min($0, $1) }
        case .maximum:
            return folded(stand, memory, -.infinity) { max($0, $1) }
        case .delta:
            var oldest: Double?
            unsafe forEachLiving(stand, memory) { words, _ in
                oldest = Self.unpacked(unsafe words[0])
                return false
            }
            return oldest.map { memory.double(last) - $0 }
        case .percentile: return percentile(stand, memory)
        case .mean, .deviation:
            let isMean = shape.form == .mean
            unsafe forEachLiving(stand, memory) { words, _ in
                count += Double(bitPattern: unsafe words[0])
                sum += Double(bitPattern: unsafe words[1])
                if !isMean { squares += Double(bitPattern: unsafe words[2]) }
                return true
            }
            guard count > 0 else { return nil }
            let mean = sum / count
            return isMean ? mean : max(0, squares / count - mean * mean).squareRoot()
        default: return line(stand, memory)
        }
    }

    /// The values of the steps, each put to those before it; `nil` when there are none.
    @inline(__always) private func folded(
        _ stand: Stand, _ memory: borrowing LaneMemory, _ first: Double,
        _ next: (Double, Double) -> Double
    ) -> Double? {
        var result = first
        var isEmpty = true
        unsafe forEachLiving(stand, memory) { words, _ in
            result = next(result, Self.unpacked(unsafe words[0]))
            isEmpty = false
            return true
        }
        return isEmpty ? nil : result
    }

    /// Linear between the two nearest ranks (Hyndman and Fan 1996, definition 7).
    private func percentile(
        _ stand: Stand, _ memory: borrowing LaneMemory
    ) -> Double? {
        var sorted = InlineArray<64, Double>(repeating: 0)
        var count = 0
        unsafe forEachLiving(stand, memory) { words, _ in
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
        let rank = shape.parameter / 100 * Double(count - 1)
        let low = Int(rank.rounded(.down))
        guard low + 1 < count else { return sorted[count - 1] }
        return sorted[low] + (rank - Double(low)) * (sorted[low + 1] - sorted[low])
    }

    /// The least-squares line through the readings: its slope, or how far it is from a limit.
    private func line(_ stand: Stand, _ memory: borrowing LaneMemory) -> Double? {
        var (n, x, y, xx, xy) = (0.0, 0.0, 0.0, 0.0, 0.0)
        unsafe forEachLiving(stand, memory) { words, age in
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
        guard shape.form == .reach else { return slope / unit }
        guard slope != 0 else { return nil }
        let clock = stand.clock / shape.stepLength
        let now = clock - clock.rounded(.down)
        let present = memory.double(origin) + y / n + slope * (now - x / n)
        let distance = (shape.parameter - present) / slope
        // Met within the window it is met; before that, the line only leads away from it.
        if distance < 0 { return -distance <= Double(shape.steps) ? 0 : nil }
        return distance * unit
    }
}

extension Window.Kind {
    /// The clock's measure of what slopes are told in: a day has so many milliseconds.
    var wholeUnit: Double { self == .time ? 86_400_000 : 1 }
}
