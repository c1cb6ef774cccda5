import FaultRules
import VehicleFaults

extension LaneEngine {
    /// Applies a list of fault codes: a snapshot also ends what it does not name.
    mutating func applyCodes(
        _ sightings: borrowing ContiguousArray<FaultSighting>, _ range: Range<Int32>,
        of report: Report, at moment: Moment, lane: inout Lane
    ) {
        let isSnapshot = report.list == .snapshot
        var named: Set<Int> = []
        for index in Int(range.lowerBound)..<Int(range.upperBound) {
            let sighting = sightings[index]
            let number = codes.number(of: CodeTable.Key(code: sighting.code, ecu: sighting.ecu))
            if isSnapshot { named.insert(number) }
            applySighting(sighting, number, isSnapshot: isSnapshot, at: moment, lane: &lane)
        }
        if isSnapshot { endUnnamed(named, by: report, at: moment, lane: &lane) }
    }

    private mutating func applySighting(
        _ sighting: FaultSighting, _ number: Int, isSnapshot: Bool, at moment: Moment,
        lane: inout Lane
    ) {
        let key = LaneMemory.key(.code, number)
        let known = lane.memory.find(key)
        let place = known ?? lane.memory.add(key, length: codes.known[number].length)
        let before = lane.memory[place + CodeTable.Place.state]
        let isNewest =
            known == nil || moment.at >= lane.memory.integer(place + CodeTable.Place.lastTime)
        if isNewest {
            var state = UInt64(sighting.status.rawValue)
            if !sighting.status.contains(.cleared) { state |= CodeTable.Place.present }
            state |= UInt64(UInt32(bitPattern: sighting.occurrences)) << 32
            lane.memory[place + CodeTable.Place.state] = state
            lane.memory.set(place + CodeTable.Place.lastTime, moment.at)
            lane.memory[place + CodeTable.Place.lastPosition] = moment.position
        }
        if isSnapshot, known != nil, before & CodeTable.Place.present != 0, isNewest {
            // Still there is no news, unless the unit counted on or the status gained something.
            let counted = Int32(bitPattern: UInt32(truncatingIfNeeded: before >> 32))
            let status = FaultStatus(rawValue: UInt8(truncatingIfNeeded: before))
            guard sighting.occurrences > counted || !status.isSuperset(of: sighting.status) else {
                return
            }
        }
        for index in codes.known[number].uses {
            occurred(sighting, number, codes.uses[index], place: place, at: moment, lane: &lane)
        }
    }

    /// Counts an occurrence for one atom, and evaluates the rules it may complete.
    private mutating func occurred(
        _ sighting: FaultSighting, _ number: Int, _ use: CodeTable.Use, place: Int,
        at moment: Moment, lane: inout Lane
    ) {
        guard CodeAtom.accepts(sighting.status, wanted: use.status) else { return }
        guard use.count > 0 else {
            drive(by: use.atom, at: moment, lane: &lane) { engine, memory in
                engine.codes.presence(of: number, at: place, in: memory)
            }
            return
        }
        let stride =
            use.countsEachCode ? CodeTable.occurrenceLength : CodeTable.patternLength
        let ring = Occurrences(
            place: use.countsEachCode
                ? place + use.offset : pattern(use.atom, kept: use.kept, lane: &lane),
            stride: stride, kept: use.kept)
        let met = ring.add(
            sighting, at: moment, count: use.count, within: use.within, memory: &lane.memory)
        guard let met else { return }
        var completed = moment
        completed.at = met.newest
        drive(by: use.atom, at: completed, lane: &lane) { engine, memory in
            ring.evidence(
                in: memory, code: engine.codes.known[number].key.code, adding: met.extra)
        }
    }

    private func pattern(_ atom: Int, kept: Int, lane: inout Lane) -> Int {
        let key = LaneMemory.key(.pattern, atom)
        return lane.memory.find(key)
            ?? lane.memory.add(key, length: kept * CodeTable.patternLength)
    }

    /// Marks codes as gone that a snapshot of their control unit and kind does not name.
    private mutating func endUnnamed(
        _ named: Set<Int>, by report: Report, at moment: Moment, lane: inout Lane
    ) {
        var gone: [Int] = []
        lane.memory.forEachGroup { kind, number, content in
            guard kind == .code, !named.contains(number),
                lane.memory[content.lowerBound] & CodeTable.Place.present != 0,
                lane.memory.integer(content.lowerBound + CodeTable.Place.lastTime) <= moment.at
            else { return }
            if report.listECU != .empty, codes.known[number].key.ecu != report.listECU { return }
            let status = FaultStatus(
                rawValue: UInt8(truncatingIfNeeded: lane.memory[content.lowerBound]))
            if !report.listStatus.isEmpty, !status.isEmpty,
                status.isDisjoint(with: report.listStatus)
            {
                return
            }
            gone.append(content.lowerBound)
        }
        for place in gone {
            lane.memory[place + CodeTable.Place.state] = UInt64(FaultStatus.cleared.rawValue)
            lane.memory.set(place + CodeTable.Place.lastTime, moment.at)
        }
    }
}

extension CodeTable {
    /// The sighting that makes a code present, as evidence.
    func presence(of number: Int, at place: Int, in memory: borrowing LaneMemory) -> [Evidence] {
        let status = FaultStatus(
            rawValue: UInt8(truncatingIfNeeded: memory[place + Place.state]))
        return [
            Evidence(
                position: memory[place + Place.lastPosition],
                at: EventTime(milliseconds: memory.integer(place + Place.lastTime)),
                content: .code(known[number].key.code, status))
        ]
    }
}

/// The newest occurrences of a code or pattern, oldest first, in a lane's words.
struct Occurrences {
    let place: Int
    let stride: Int
    let kept: Int

    /// Position and status share a word: a journal of 2^56 messages is far away.
    private static let statusShift: UInt64 = 56

    struct Met {
        /// The time of the newest occurrence in the window.
        var newest: Int64
        /// The occurrence that is not kept in the lane.
        var extra: Evidence?
    }

    private func time(_ index: Int, _ memory: borrowing LaneMemory) -> Int64 {
        memory.integer(place + index * stride)
    }

    private func isEmpty(_ index: Int, _ memory: borrowing LaneMemory) -> Bool {
        memory[place + index * stride + 1] == 0
    }

    /// Adds an occurrence in the order of the vehicle's time, and drops the oldest.
    ///
    /// - Returns: the window when `count` occurrences lie within `within` milliseconds.
    func add(
        _ sighting: FaultSighting, at moment: LaneEngine.Moment, count: Int, within: Int64,
        memory: inout LaneMemory
    ) -> Met? {
        guard kept > 0 else {
            let current = Evidence(
                position: moment.position, at: moment.time,
                content: .code(sighting.code, sighting.status))
            return Met(newest: moment.at, extra: current)
        }
        // Where it belongs: after every kept occurrence that is not newer.
        var slot = kept
        while slot > 0, !isEmpty(slot - 1, memory), time(slot - 1, memory) > moment.at { slot -= 1 }
        let newest = slot == kept ? moment.at : time(kept - 1, memory)
        let dropped = insert(sighting, at: moment, slot: slot, memory: &memory)
        if kept == count {
            guard !isEmpty(0, memory), newest &- time(0, memory) <= within else { return nil }
            return Met(newest: newest, extra: nil)
        }
        // What is kept and what has just dropped out are `count` together.
        guard let dropped, newest &- dropped.at.milliseconds <= within else { return nil }
        return Met(newest: newest, extra: dropped)
    }

    /// Puts an occurrence at its place; returns the one that falls out, which may be itself.
    private func insert(
        _ sighting: FaultSighting, at moment: LaneEngine.Moment, slot: Int, memory: inout LaneMemory
    ) -> Evidence? {
        if slot == 0 {
            return Evidence(
                position: moment.position, at: moment.time,
                content: .code(sighting.code, sighting.status))
        }
        let dropped = isEmpty(0, memory) ? nil : evidence(0, memory, code: sighting.code)
        for index in 0..<(slot - 1) {
            for word in 0..<stride {
                memory[place + index * stride + word] =
                    memory[place + (index + 1) * stride + word]
            }
        }
        let start = place + (slot - 1) * stride
        memory.set(start, moment.at)
        memory[start + 1] =
            moment.position | UInt64(sighting.status.rawValue) << Self.statusShift
        if stride == CodeTable.patternLength {
            memory[start + 2] = UInt64(sighting.code.scheme.rawValue)
            memory[start + 3] = sighting.code.stored.high
            memory[start + 4] = sighting.code.stored.low
        }
        return dropped
    }

    private func evidence(_ index: Int, _ memory: borrowing LaneMemory, code: FaultCode) -> Evidence
    {
        let start = place + index * stride
        let packed = memory[start + 1]
        let own =
            stride == CodeTable.patternLength
            ? FaultCode(
                scheme: UInt8(truncatingIfNeeded: memory[start + 2]),
                high: memory[start + 3], low: memory[start + 4]) : code
        return Evidence(
            position: packed & (1 << Self.statusShift - 1),
            at: EventTime(milliseconds: memory.integer(start)),
            content: .code(
                own ?? code,
                FaultStatus(rawValue: UInt8(truncatingIfNeeded: packed >> Self.statusShift))))
    }

    /// All kept occurrences, oldest first, with one more at its place in time.
    func evidence(in memory: borrowing LaneMemory, code: FaultCode, adding extra: Evidence?)
        -> [Evidence]
    {
        var result = (0..<kept).filter { !isEmpty($0, memory) }.map {
            evidence($0, memory, code: code)
        }
        if let extra {
            result.insert(extra, at: result.firstIndex { $0.at > extra.at } ?? result.count)
        }
        return result
    }

    /// Whether the kept occurrences are `count` within a time that has not passed at `now`.
    func holds(at now: Int64, count: Int, within: Int64, memory: borrowing LaneMemory) -> Bool {
        kept == count && !isEmpty(0, memory) && now &- time(0, memory) <= within
    }
}
