import FaultRules
import VehicleFaults

extension LaneEngine {
    /// Looks at the measures that the message touches.
    mutating func applyMeasures(at moment: Moment, lane: inout Lane) {
        scratch.groups.goOn(lane.memory)
        // A vehicle sends few of the signals that a rule pack knows.
        scratch.possible.choose(scratch.groups.heard, of: measures.measures)
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
        let value =
            switch measures.measures[number].short {
            case .signal(let signal): fresh(Int(signal), at: moment.at, memory: lane.memory)
            case .cell(let cell): feedAndRead(Int(cell), at: moment, lane: &lane)
            case .negative(let cell):
                feedAndRead(Int(cell), at: moment, lane: &lane)
                    .flatMap { (0 - $0).isFinite ? 0 - $0 : nil }
            case .magnitude(let cell):
                feedAndRead(Int(cell), at: moment, lane: &lane)?.magnitude
            case .other: feedAndReckon(number, at: moment, lane: &lane)
            }
        apply(number, value: value, at: moment, lane: &lane)
    }

    /// Gives the cells of a measure what the message says of them, and works its formula out then.
    @inline(__always) private mutating func feedAndReckon(
        _ number: Int, at moment: Moment, lane: inout Lane
    ) -> Double? {
        for index in measures.measures[number].cells {
            feed(Int(measures.cellLists[Int(index)]), at: moment, lane: &lane)
        }
        return value(of: measures.measures[number].formula, at: moment.at, memory: lane.memory)
    }

    /// Gives a cell what the message says of its source.
    mutating func feed(_ number: Int, at moment: Moment, lane: inout Lane) {
        guard let value = news(of: number, at: moment.at, memory: lane.memory) else { return }
        let stand = stand(of: number, at: moment.at, memory: lane.memory)
        let place = cell(number, of: &lane)
        take(value, in: number, at: place, stand, at: moment, &lane.memory)
    }

    /// Gives a cell what the message says of its source, and asks what it tells then.
    @inline(never) private mutating func feedAndRead(
        _ number: Int, at moment: Moment, lane: inout Lane
    ) -> Double? {
        let stand = stand(of: number, at: moment.at, memory: lane.memory)
        guard let news = news(of: number, at: moment.at, memory: lane.memory) else {
            return value(
                ofCell: number, at: scratch.groups.find(.cell, number, in: lane.memory),
                stand: stand, memory: lane.memory)
        }
        let place = cell(number, of: &lane)
        take(news, in: number, at: place, stand, at: moment, &lane.memory)
        return value(ofCell: number, at: place, stand: stand, memory: lane.memory)
    }

    /// The words of a cell.
    @inline(__always) private mutating func cell(_ number: Int, of lane: inout Lane) -> Int {
        if let known = scratch.groups.find(.cell, number, in: lane.memory) { return known }
        let place = lane.memory.add(LaneMemory.key(.cell, number), length: shapes[number].words)
        scratch.groups.goOn(lane.memory)
        return place
    }

    @inline(__always) private func take(
        _ value: Double, in number: Int, at place: Int, _ stand: CellState.Stand?,
        at moment: Moment, _ memory: inout LaneMemory
    ) {
        CellState(number, of: shapes, at: place).take(
            value, at: moment.at, stand: stand,
            trip: shapes[number].isOfTrip ? tripNumber(memory) ?? 0 : 0, memory: &memory)
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

    /// Notes whether a measure holds.
    @inline(__always) private mutating func apply(
        _ number: Int, value: Double?, at moment: Moment, lane: inout Lane
    ) {
        guard let value,
            measures.measures[number].comparison.holds(value, measures.measures[number].limit)
        else {
            deny(atom: measures.measures[number].atom, lane: &lane)
            return
        }
        let known = scratch.groups.find(
            .measure, measures.measures[number].atom, in: lane.memory)
        // How long it goes on after it is met changes nothing.
        if let known,
            lane.memory[known + MeasureTable.MeasureWord.flags] & LaneLayout.HoldPlace.met != 0
        {
            return
        }
        hold(number, value: value, at: known, at: moment, lane: &lane)
    }

    /// Goes on with a measure that holds and is not met.
    @inline(never) private mutating func hold(
        _ number: Int, value: Double, at known: Int?, at moment: Moment, lane: inout Lane
    ) {
        typealias Word = MeasureTable.MeasureWord
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
