import FaultRules
import VehicleFaults

/// What a message says, while it is applied: by signal, and which measures it touches.
struct Scratch {
    private var generation: UInt32 = 0
    private var marks: [UInt32] = []
    private var values: [Double] = []
    private var atomMarks: [UInt32] = []
    private var cellMarks: [UInt32] = []
    /// Measures to look at.
    private(set) var touched: [Int] = []
    /// What may be an event for counts and pairs, which settle it after the message.
    var events: [LaneEvent] = []
    /// What has become true, for the rules to look at after the message.
    var news: [LaneNews] = []

    init(_ program: RuleProgram) {
        marks = Array(repeating: 0, count: program.signals.count)
        values = Array(repeating: 0, count: program.signals.count)
        atomMarks = Array(repeating: 0, count: program.atoms.count)
        cellMarks = Array(repeating: 0, count: program.cells.count)
    }

    mutating func begin() {
        generation &+= 1
        touched.removeAll(keepingCapacity: true)
    }

    mutating func say(_ signal: Int, _ value: Double) {
        marks[signal] = generation
        values[signal] = value
    }

    /// What the message says of a signal, if it does.
    func value(_ signal: Int) -> Double? {
        generation > 0 && marks[signal] == generation ? values[signal] : nil
    }

    mutating func touch(_ atom: Int) {
        guard atomMarks[atom] != generation else { return }
        atomMarks[atom] = generation
        touched.append(atom)
    }

    /// Whether this is the first time that the cell is met for this message.
    mutating func isFirst(cell: Int) -> Bool {
        defer { cellMarks[cell] = generation }
        return cellMarks[cell] != generation
    }

    /// Takes all that is to be looked at, in the order of the program.
    mutating func takeTouched() -> [Int] {
        defer { touched.removeAll(keepingCapacity: true) }
        return touched.sorted()
    }
}

extension LaneEngine {
    // A clock's words: kilometres run, odometer, engine hours run, hour meter. A trip's: number,
    // since when, newest message, milliseconds stood before, standing since, kilometres at its start.

    /// Notes what a message says before anything is decided by it, so that a guard of a code sees
    /// the readings that came with it. A late message is no news of the present.
    mutating func prepare(
        _ report: Report, in buffer: borrowing ReportBuffer, at moment: Moment, isLate: Bool,
        lane: inout Lane
    ) {
        scratch.begin()
        guard !isLate else { return }
        for index in Int(report.readings.lowerBound)..<Int(report.readings.upperBound) {
            let reading = buffer.readings[index]
            say(Int(reading.signal.index), reading.value)
        }
        if let signal = measures.odometer, !report.odometerKilometres.isNaN {
            say(signal, report.odometerKilometres)
        }
        if let signal = measures.hourMeter, !report.engineHours.isNaN {
            say(signal, report.engineHours)
        }
        for atom in program.measuresAlways { scratch.touch(atom) }
        if program.clocks.contains(.distance) || program.clocks.contains(.engineHours) {
            advanceClocks(lane: &lane)
        }
        if program.clocks.contains(.trips) { advanceTrip(to: moment.at, lane: &lane) }
        for cell in measures.guardCells { feed(cell, at: moment, lane: &lane) }
    }

    private mutating func say(_ signal: Int, _ value: Double) {
        guard signal < program.isMeasured.count, program.isMeasured[signal] else { return }
        scratch.say(signal, value)
        for atom in program.measuresTouched[signal] { scratch.touch(atom) }
    }

    private mutating func advanceClocks(lane: inout Lane) {
        let key = LaneMemory.key(.clock, 0)
        let place: Int
        if let known = lane.memory.find(key) {
            place = known
        } else {
            place = lane.memory.add(key, length: StateWords.clock)
            for word in 0..<StateWords.clock { lane.memory.set(place + word, Double.nan) }
        }
        let meters = [measures.odometer, measures.hourMeter]
        for (index, signal) in meters.enumerated() {
            guard let value = signal.flatMap({ scratch.value($0) }) else { continue }
            let (run, last) = (place + 2 * index, place + 2 * index + 1)
            // A meter that runs backwards, as after a repair, moves no window.
            if lane.memory.double(last).isNaN {
                lane.memory.set(run, 0.0)
            } else if value > lane.memory.double(last) {
                lane.memory.set(run, lane.memory.double(run) + (value - lane.memory.double(last)))
            }
            lane.memory.set(last, value)
        }
    }

    private mutating func advanceTrip(to now: Int64, lane: inout Lane) {
        let key = LaneMemory.key(.trip, 0)
        let engine = measures.engineSpeeds.compactMap { scratch.value($0) }.first
        guard let place = lane.memory.find(key) else {
            let place = lane.memory.add(key, length: StateWords.trip)
            lane.memory[place] = 1
            lane.memory.set(place + 1, now)
            lane.memory.set(place + 2, now)
            lane.memory.set(place + 3, Int64(-1))
            if let engine, engine <= 0 { lane.memory.set(place + 4, now) }
            lane.memory.set(place + 5, clock(.distance, at: now, lane: lane) ?? .nan)
            return
        }
        let last = lane.memory.integer(place + 2)
        var standing = lane.memory.integer(place + 4)
        let isGap = now &- last >= RuleLimits.tripGapMilliseconds
        var begins = false
        if let engine, engine <= 0 {
            // It stopped some time in the gap; what it says now begins no trip.
            if standing == 0 { standing = isGap ? last : now }
        } else if standing != 0 {
            begins =
                engine != nil
                && (isGap || now &- standing >= RuleLimits.tripStandMilliseconds)
        } else {
            begins = isGap
        }
        if begins {
            lane.memory[place] &+= 1
            lane.memory.set(place + 1, now)
            lane.memory.set(place + 3, now &- (standing != 0 ? standing : last))
            lane.memory.set(place + 5, clock(.distance, at: now, lane: lane) ?? .nan)
        }
        if let engine, engine > 0 { standing = 0 }
        lane.memory.set(place + 2, now)
        lane.memory.set(place + 4, standing)
    }

    // MARK: - What is known

    /// Where a window's clock stands, or `nil` when the vehicle has not told.
    func clock(_ kind: Window.Kind, at now: Int64, lane: borrowing Lane) -> Double? {
        switch kind {
        case .time: return Double(now)
        case .trips: return tripNumber(lane).map { Double($0) }
        case .distance, .engineHours:
            guard let place = lane.memory.find(LaneMemory.key(.clock, 0)) else { return nil }
            let value = lane.memory.double(place + (kind == .distance ? 0 : 2))
            return value.isNaN ? nil : value
        }
    }

    func tripNumber(_ lane: borrowing Lane) -> UInt64? {
        lane.memory.find(LaneMemory.key(.trip, 0)).map { lane.memory[$0] }
    }

    private func builtin(_ name: Quantity.Builtin, at now: Int64, lane: borrowing Lane) -> Double? {
        if name == .month {
            let days = now >= 0 ? now / 86_400_000 : (now - 86_399_999) / 86_400_000
            return Double(EventTime.date(fromDays: Int(days)).month)
        }
        guard let place = lane.memory.find(LaneMemory.key(.trip, 0)) else { return nil }
        switch name {
        case .tripAge: return Double(now &- lane.memory.integer(place + 1)) / 1000
        case .tripRest:
            let stood = lane.memory.integer(place + 3)
            return stood < 0 ? nil : Double(stood) / 3_600_000
        case .tripDistance:
            guard let run = clock(.distance, at: now, lane: lane) else { return nil }
            return run - lane.memory.double(place + 5)
        case .month: return nil
        }
    }

    /// A signal's newest reading, if it speaks for the present.
    private func fresh(_ signal: Int, at now: Int64, lane: borrowing Lane) -> Double? {
        if let value = scratch.value(signal) { return value }
        guard let place = lane.memory.find(LaneMemory.key(.signal, signal)),
            lane.memory[place + LaneLayout.Place.lastPosition] != 0
        else { return nil }
        let age = now &- lane.memory.integer(place + LaneLayout.Place.lastTime)
        guard age.magnitude <= UInt64(RuleLimits.freshMilliseconds) else { return nil }
        return lane.memory.double(place + LaneLayout.Place.lastValue)
    }

    func value(of formula: Formula, at now: Int64, lane: borrowing Lane) -> Double? {
        switch formula {
        case .signal(let signal): return fresh(signal, at: now, lane: lane)
        case .builtin(let name): return builtin(name, at: now, lane: lane)
        case .attribute(let name): return roster[lane.vehicle]?.number(name)
        case .cell(let number):
            let cell = measures.cells[number].cell
            guard let place = lane.memory.find(LaneMemory.key(.cell, number)) else {
                // Nothing read is a count too, if the window's clock is known.
                guard case .count = cell.function, let window = cell.window else { return nil }
                return clock(window.kind, at: now, lane: lane) == nil ? nil : 0
            }
            return CellState(cell, at: place).value(
                clock: cell.window.flatMap { clock($0.kind, at: now, lane: lane) },
                trip: tripNumber(lane) ?? 0, memory: lane.memory)
        case .constant, .unknown, .binary, .magnitude, .least, .greatest:
            return composed(formula, at: now, lane: lane)
        }
    }

    private func composed(_ formula: Formula, at now: Int64, lane: borrowing Lane) -> Double? {
        let result: Double?
        switch formula {
        case .constant(let value): result = value
        case .magnitude(let part): result = value(of: part, at: now, lane: lane)?.magnitude
        case .binary(let sign, let first, let second):
            guard let a = value(of: first, at: now, lane: lane),
                let b = value(of: second, at: now, lane: lane)
            else { return nil }
            switch sign {
            case .plus: result = a + b
            case .minus: result = a - b
            case .times: result = a * b
            case .over: result = a / b
            }
        case .least(let parts), .greatest(let parts):
            let isLeast = if case .least = formula { true } else { false }
            var best: Double?
            for part in parts {
                guard let next = value(of: part, at: now, lane: lane) else { return nil }
                if let known = best, isLeast ? next >= known : next <= known { continue }
                best = next
            }
            result = best
        case .unknown, .signal, .builtin, .attribute, .cell: result = nil
        }
        guard let result, result.isFinite else { return nil }
        return result
    }

    /// Whether a guard is true; `nil` when that is not known (three values as in Kleene 1938).
    func holds(_ test: Test, at now: Int64, lane: borrowing Lane) -> Bool? {
        switch test {
        case .all(let parts):
            var result: Bool? = true
            for part in parts {
                let answer = holds(part, at: now, lane: lane)
                if answer == false { return false }
                if answer == nil { result = nil }
            }
            return result
        case .any(let parts):
            var result: Bool? = false
            for part in parts {
                let answer = holds(part, at: now, lane: lane)
                if answer == true { return true }
                if answer == nil { result = nil }
            }
            return result
        case .not(let part): return holds(part, at: now, lane: lane).map { !$0 }
        case .compare(let formula, let sign, let limit):
            return value(of: formula, at: now, lane: lane).map { sign.holds($0, limit) }
        case .attribute(let atom): return atom.holds(for: roster[lane.vehicle])
        }
    }

    // MARK: - Measures

    /// Looks at the measures that the message touches.
    mutating func applyMeasures(at moment: Moment, lane: inout Lane) {
        for atom in scratch.takeTouched() {
            guard let measure = measures.measures[atom] else { continue }
            let isOpen = measure.condition.map { holds($0, at: moment.at, lane: lane) == true }
            guard isOpen ?? true else {
                apply(measure, value: nil, at: moment, lane: &lane)
                continue
            }
            for cell in measure.cells { feed(cell, at: moment, lane: &lane) }
            let value = value(of: measure.formula, at: moment.at, lane: lane)
            apply(measure, value: value, at: moment, lane: &lane)
        }
    }

    /// Gives a cell what the message says of its source.
    private mutating func feed(_ number: Int, at moment: Moment, lane: inout Lane) {
        let place = measures.cells[number]
        guard place.signals.isEmpty || place.signals.contains(where: { scratch.value($0) != nil }),
            scratch.isFirst(cell: number),
            let value = value(of: place.source, at: moment.at, lane: lane)
        else { return }
        let key = LaneMemory.key(.cell, number)
        let words =
            lane.memory.find(key) ?? lane.memory.add(key, length: place.cell.words)
        CellState(place.cell, at: words).take(
            value, at: moment.at,
            clock: place.cell.window.flatMap { clock($0.kind, at: moment.at, lane: lane) },
            trip: tripNumber(lane) ?? 0, memory: &lane.memory)
    }

    private mutating func apply(
        _ measure: MeasureTable.Measure, value: Double?, at moment: Moment, lane: inout Lane
    ) {
        typealias Word = MeasureTable.MeasureWord
        let key = LaneMemory.key(.measure, measure.atom)
        guard let value, measure.comparison.holds(value, measure.limit) else {
            if let place = lane.memory.find(key) { lane.memory[place + Word.flags] = 0 }
            return
        }
        let place = lane.memory.find(key) ?? lane.memory.add(key, length: StateWords.measure)
        if lane.memory[place + Word.flags] & LaneLayout.HoldPlace.holding == 0 {
            lane.memory[place + Word.flags] = LaneLayout.HoldPlace.holding
            lane.memory.set(place + Word.since, moment.at)
            lane.memory[place + Word.sincePosition] = moment.position
            lane.memory.set(place + Word.sinceValue, value)
            lane.memory.set(place + Word.held, Int64(0))
        } else {
            let gap = moment.at &- lane.memory.integer(place + Word.lastTime)
            if gap <= measure.longestGap {
                lane.memory.set(
                    place + Word.held, lane.memory.integer(place + Word.held) &+ gap)
            }
        }
        lane.memory.set(place + Word.lastTime, moment.at)
        guard lane.memory[place + Word.flags] & LaneLayout.HoldPlace.met == 0,
            lane.memory.integer(place + Word.held) >= measure.milliseconds
        else { return }
        lane.memory[place + Word.flags] |= LaneLayout.HoldPlace.met
        drive(by: measure.atom, at: moment, lane: &lane) { engine, memory in
            let first = engine.firstEvidence(of: measure, place: place, in: memory)
            if first.position == moment.position { return [first] }
            return [
                first,
                Evidence(
                    position: moment.position, at: moment.time,
                    content: Self.content(of: measure, value)),
            ]
        }
    }

    private static func content(of measure: MeasureTable.Measure, _ value: Double)
        -> Evidence.Content
    {
        measure.isPlain
            ? .reading(signal: measure.signal, value: value)
            : .statistic(
                name: measure.name, signal: measure.signal, reading: value, value: value,
                limit: measure.limit)
    }

    /// With what a measure began to hold.
    func firstEvidence(
        of measure: MeasureTable.Measure, place: Int, in memory: borrowing LaneMemory
    ) -> Evidence {
        typealias Word = MeasureTable.MeasureWord
        return Evidence(
            position: memory[place + Word.sincePosition],
            at: EventTime(milliseconds: memory.integer(place + Word.since)),
            content: Self.content(of: measure, memory.double(place + Word.sinceValue)))
    }
}
