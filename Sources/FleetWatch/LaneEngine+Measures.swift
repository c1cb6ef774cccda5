import FaultRules
import VehicleFaults

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
        scratch.groups.begin(lane.memory)
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
        scratch.touch(measures.touchedAlways, of: measures.touchWords)
        scratch.noteMonth(at: moment.at)
        if measures.clocksRun { advanceClocks(lane: &lane) }
        if measures.countsTrips { advanceTrip(to: moment.at, lane: &lane) }
        for cell in measures.guardCells { feed(cell, at: moment, lane: &lane) }
    }

    private mutating func say(_ signal: Int, _ value: Double) {
        guard signal < measures.isMeasured.count, measures.isMeasured[signal] else { return }
        scratch.say(signal, value)
        scratch.touch(measures.touches[signal], of: measures.touchWords)
    }

    private mutating func advanceClocks(lane: inout Lane) {
        let place: Int
        if let known = scratch.groups.find(.clock, 0, in: lane.memory) {
            place = known
        } else {
            place = lane.memory.add(LaneMemory.key(.clock, 0), length: StateWords.clock)
            for word in 0..<StateWords.clock { lane.memory.set(place + word, Double.nan) }
        }
        for index in 0..<2 {
            guard let signal = index == 0 ? measures.odometer : measures.hourMeter,
                let value = scratch.value(signal)
            else { continue }
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
        var engine: Double?
        for signal in measures.engineSpeeds where engine == nil { engine = scratch.value(signal) }
        guard let place = scratch.groups.find(.trip, 0, in: lane.memory) else {
            let place = lane.memory.add(LaneMemory.key(.trip, 0), length: StateWords.trip)
            lane.memory[place] = 1
            lane.memory.set(place + 1, now)
            lane.memory.set(place + 2, now)
            lane.memory.set(place + 3, Int64(-1))
            if let engine, engine <= 0 { lane.memory.set(place + 4, now) }
            lane.memory.set(place + 5, clock(.distance, at: now, memory: lane.memory) ?? .nan)
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
            lane.memory.set(place + 5, clock(.distance, at: now, memory: lane.memory) ?? .nan)
        }
        if let engine, engine > 0 { standing = 0 }
        lane.memory.set(place + 2, now)
        lane.memory.set(place + 4, standing)
    }

    // MARK: - What is known

    // What reads words is given those alone. A lane is passed as a copy of its numbers, 128 bytes each time.

    /// Where a window's clock stands, or `nil` when the vehicle has not told.
    func clock(_ kind: Window.Kind, at now: Int64, memory: borrowing LaneMemory) -> Double? {
        switch kind {
        case .time: return Double(now)
        case .trips: return tripNumber(memory).map { Double($0) }
        case .distance, .engineHours:
            guard let place = scratch.groups.find(.clock, 0, in: memory) else { return nil }
            let value = memory.double(place + (kind == .distance ? 0 : 2))
            return value.isNaN ? nil : value
        }
    }

    func clock(_ kind: Window.Kind, at now: Int64, lane: borrowing Lane) -> Double? {
        clock(kind, at: now, memory: lane.memory)
    }

    func tripNumber(_ lane: borrowing Lane) -> UInt64? { tripNumber(lane.memory) }

    func tripNumber(_ memory: borrowing LaneMemory) -> UInt64? {
        guard let place = scratch.groups.find(.trip, 0, in: memory) else { return nil }
        return memory[place]
    }

    private func builtin(_ name: Quantity.Builtin, at now: Int64, memory: borrowing LaneMemory)
        -> Double?
    {
        if name == .month { return scratch.month(at: now) }
        guard let place = scratch.groups.find(.trip, 0, in: memory) else { return nil }
        switch name {
        case .tripAge: return Double(now &- memory.integer(place + 1)) / 1000
        case .tripRest:
            let stood = memory.integer(place + 3)
            return stood < 0 ? nil : Double(stood) / 3_600_000
        case .tripDistance:
            guard let run = clock(.distance, at: now, memory: memory) else { return nil }
            return run - memory.double(place + 5)
        case .month: return nil
        }
    }

    /// A signal's newest reading, if it speaks for the present.
    private func fresh(_ signal: Int, at now: Int64, memory: borrowing LaneMemory) -> Double? {
        if let value = scratch.value(signal) { return value }
        guard let place = scratch.groups.find(.signal, signal, in: memory),
            memory[place + LaneLayout.Place.lastPosition] != 0
        else { return nil }
        let age = now &- memory.integer(place + LaneLayout.Place.lastTime)
        guard age.magnitude <= UInt64(RuleLimits.freshMilliseconds) else { return nil }
        return memory.double(place + LaneLayout.Place.lastValue)
    }

    /// What a formula comes to, by its place; `nil` when a part of it is not known.
    func value(of formula: Int32, at now: Int64, memory: borrowing LaneMemory) -> Double? {
        switch measures.table.formulas[Int(formula)] {
        case .signal(let signal): return fresh(Int(signal), at: now, memory: memory)
        case .builtin(let name): return builtin(name, at: now, memory: memory)
        case .attribute(let name):
            return attributes?.number(measures.table.attributeNames[Int(name)])
        case .cell(let number):
            return value(ofCell: Int(number), at: now, memory: memory)
        case .constant(let value): return value.isFinite ? value : nil
        case .cohort(let place): return cohort(place)?.median
        case .score(let place, let signal):
            guard let others = cohort(place), others.deviation > 0,
                let own = fresh(Int(signal), at: now, memory: memory)
            else { return nil }
            let score = (own - others.median) / others.deviation
            return score.isFinite ? score : nil
        case .unknown: return nil
        case .magnitude(let part): return value(of: part, at: now, memory: memory)?.magnitude
        case .binary(let sign, let first, let second):
            guard let a = value(of: first, at: now, memory: memory),
                let b = value(of: second, at: now, memory: memory)
            else { return nil }
            let result =
                switch sign {
                case .plus: a + b
                case .minus: a - b
                case .times: a * b
                case .over: a / b
                }
            return result.isFinite ? result : nil
        case .least(let parts): return extreme(of: parts, isLeast: true, at: now, memory: memory)
        case .greatest(let parts):
            return extreme(of: parts, isLeast: false, at: now, memory: memory)
        }
    }

    private func value(ofCell number: Int, at now: Int64, memory: borrowing LaneMemory) -> Double? {
        let shape = measures.cells[number].shape
        let stand = stand(of: shape, at: now, memory: memory)
        guard let place = scratch.groups.find(.cell, number, in: memory) else {
            // Nothing read is a count too, if the window's clock is known.
            guard case .count = shape.function, stand != nil else { return nil }
            return 0
        }
        return CellState(shape, at: place).value(
            clock: stand, trip: shape.isOfTrip ? tripNumber(memory) ?? 0 : 0,
            memory: memory)
    }

    /// Where the clock of a cell's window stands, if it has one and that is known.
    @inline(__always) private func stand(
        of shape: CellShape, at now: Int64, memory: borrowing LaneMemory
    ) -> Double? {
        guard let kind = shape.clock else { return nil }
        return kind == .time ? Double(now) : clock(kind, at: now, memory: memory)
    }

    /// What the roster says of the vehicle.
    private var attributes: VehicleAttributes? {
        guard let vehicle = scratch.vehicle else { return nil }
        return roster[vehicle]
    }

    private func cohort(_ place: Int32) -> Cohort? {
        guard let vehicle = scratch.vehicle else { return nil }
        return cohorts.cohort(Int(place), of: vehicle)
    }

    private func extreme(
        of parts: Range<Int32>, isLeast: Bool, at now: Int64, memory: borrowing LaneMemory
    ) -> Double? {
        var best: Double?
        for part in parts {
            guard
                let next = value(
                    of: measures.table.parts[Int(part)], at: now, memory: memory)
            else { return nil }
            if let known = best, isLeast ? next >= known : next <= known { continue }
            best = next
        }
        return best.flatMap { $0.isFinite ? $0 : nil }
    }

    func holds(test: Int32, at now: Int64, lane: borrowing Lane) -> Bool? {
        holds(test: test, at: now, memory: lane.memory)
    }

    /// Whether a guard is true, by its place; `nil` when that is not known (three values as in
    /// Kleene 1938).
    func holds(test: Int32, at now: Int64, memory: borrowing LaneMemory) -> Bool? {
        switch measures.table.tests[Int(test)] {
        case .all(let parts):
            var result: Bool? = true
            for part in parts {
                let answer = holds(
                    test: measures.table.parts[Int(part)], at: now, memory: memory)
                if answer == false { return false }
                if answer == nil { result = nil }
            }
            return result
        case .any(let parts):
            var result: Bool? = false
            for part in parts {
                let answer = holds(
                    test: measures.table.parts[Int(part)], at: now, memory: memory)
                if answer == true { return true }
                if answer == nil { result = nil }
            }
            return result
        case .not(let part): return holds(test: part, at: now, memory: memory).map { !$0 }
        case .compare(let formula, let sign, let limit):
            return value(of: formula, at: now, memory: memory).map { sign.holds($0, limit) }
        case .attribute(let atom):
            return measures.table.attributeTests[Int(atom)].holds(for: attributes)
        }
    }

    // MARK: - Measures

    /// Looks at the measures that the message touches.
    mutating func applyMeasures(at moment: Moment, lane: inout Lane) {
        scratch.groups.goOn(lane.memory)
        // A vehicle sends few of the signals that a rule pack knows.
        scratch.possible.choose(scratch.groups.heard, measures)
        for word in 0..<scratch.touchedWords {
            let touched = scratch.takeTouched(word)
            guard touched != 0 else { continue }
            let possible = scratch.possible[word]
            var rest = touched & ~possible & scratch.groups.remembered(word)
            while rest != 0 {
                deny(atom: word &<< 6 | rest.trailingZeroBitCount, lane: &lane)
                rest &= rest &- 1
            }
            rest = touched & possible
            while rest != 0 {
                let number = measures.measureOfAtom[word &<< 6 | rest.trailingZeroBitCount]
                rest &= rest &- 1
                look(atMeasure: Int(number), at: moment, lane: &lane)
            }
        }
    }

    private mutating func look(atMeasure number: Int, at moment: Moment, lane: inout Lane) {
        let condition = measures.measures[number].condition
        guard
            condition < 0 || holds(test: condition, at: moment.at, memory: lane.memory) == true
        else {
            deny(atom: measures.measures[number].atom, lane: &lane)
            return
        }
        for index in measures.measures[number].cells {
            feed(Int(measures.cellLists[Int(index)]), at: moment, lane: &lane)
        }
        let value =
            switch measures.measures[number].short {
            case .signal(let signal): fresh(Int(signal), at: moment.at, memory: lane.memory)
            case .cell(let cell): value(ofCell: Int(cell), at: moment.at, memory: lane.memory)
            case .other:
                self.value(
                    of: measures.measures[number].formula, at: moment.at, memory: lane.memory)
            }
        apply(number, value: value, at: moment, lane: &lane)
    }

    /// Gives a cell what the message says of its source.
    private mutating func feed(_ number: Int, at moment: Moment, lane: inout Lane) {
        guard let value = news(of: number, at: moment.at, memory: lane.memory) else { return }
        let shape = measures.cells[number].shape
        let place: Int
        if let known = scratch.groups.find(.cell, number, in: lane.memory) {
            place = known
        } else {
            place = lane.memory.add(LaneMemory.key(.cell, number), length: shape.words)
            scratch.groups.goOn(lane.memory)
        }
        CellState(shape, at: place).take(
            value, at: moment.at, clock: stand(of: shape, at: moment.at, memory: lane.memory),
            trip: shape.isOfTrip ? tripNumber(lane.memory) ?? 0 : 0, memory: &lane.memory)
    }

    /// What the message says of a cell's source, once.
    @inline(__always) private mutating func news(
        of number: Int, at now: Int64, memory: borrowing LaneMemory
    ) -> Double? {
        let plain = Int(measures.cells[number].plain)
        guard scratch.isFirst(cell: number) else { return nil }
        if plain >= 0 { return scratch.value(plain) }
        let cell = measures.cells[number]
        return isToldOf(cell) ? value(of: cell.source, at: now, memory: memory) : nil
    }

    private func isToldOf(_ cell: MeasureTable.Place) -> Bool {
        if cell.signals.isEmpty { return true }
        for index in cell.signals where scratch.says(Int(measures.signalLists[Int(index)])) {
            return true
        }
        return false
    }

    /// Ends what a measure remembers of holding.
    @inline(__always) private func deny(atom: Int, lane: inout Lane) {
        if let known = scratch.groups.find(.measure, atom, in: lane.memory) {
            lane.memory[known + MeasureTable.MeasureWord.flags] = 0
        }
    }

    private mutating func apply(
        _ number: Int, value: Double?, at moment: Moment, lane: inout Lane
    ) {
        typealias Word = MeasureTable.MeasureWord
        let known = scratch.groups.find(
            .measure, measures.measures[number].atom, in: lane.memory)
        guard let value,
            measures.measures[number].comparison.holds(value, measures.measures[number].limit)
        else {
            if let known { lane.memory[known + Word.flags] = 0 }
            return
        }
        // How long it goes on after that changes nothing.
        if let known, lane.memory[known + Word.flags] & LaneLayout.HoldPlace.met != 0 { return }
        let measure = measures.measures[number]
        let place: Int
        if let known {
            place = known
        } else {
            place = lane.memory.add(
                LaneMemory.key(.measure, measure.atom), length: StateWords.measure)
            scratch.groups.goOn(lane.memory)
        }
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
        guard lane.memory.integer(place + Word.held) >= measure.milliseconds else { return }
        lane.memory[place + Word.flags] |= LaneLayout.HoldPlace.met
        drive(by: measure.atom, at: moment, lane: &lane) { engine, memory in
            let first = engine.firstEvidence(of: measure, place: place, in: memory)
            if first.position == moment.position { return [first] }
            return [
                first,
                Evidence(
                    position: moment.position, at: moment.time,
                    content: engine.content(of: measure, value)),
            ]
        }
    }

    private func content(of measure: MeasureTable.Measure, _ value: Double) -> Evidence.Content {
        let wording = measures.wordings[Int(measures.measureOfAtom[measure.atom])]
        return wording.isPlain
            ? .reading(signal: wording.signal, value: value)
            : .statistic(
                name: wording.name, signal: wording.signal, reading: value, value: value,
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
            content: content(of: measure, memory.double(place + Word.sinceValue)))
    }
}
