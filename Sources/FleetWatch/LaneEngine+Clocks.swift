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
        guard signal < measures.told.count, let told = measures.told[signal] else { return }
        scratch.say(signal, value)
        scratch.touch(told.touch, of: measures.touchWords)
        for index in told.outright {
            let one = measures.outright[Int(index)]
            if value >= one.low && value <= one.high || scratch.groups.remembers(Int(one.atom)) {
                scratch.touch(Int(one.atom))
            }
        }
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

    // What reads words is given those alone. A lane is passed as a copy of its numbers, 64 bytes each time.

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
}
