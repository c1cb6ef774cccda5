import FaultRules
import VehicleFaults

extension LaneEngine {
    /// Applies a list of fault codes: a snapshot also ends what it does not name.
    mutating func applyCodes(
        in buffer: borrowing ReportBuffer, of report: Report, at moment: Moment, lane: inout Lane
    ) {
        let range = report.sightings
        let isSnapshot = report.list == .snapshot
        var named: Set<Int> = []
        for index in Int(range.lowerBound)..<Int(range.upperBound) {
            let sighting = buffer.sightings[index]
            if !falseCodes.isEmpty, isFalse(sighting.code, on: lane.vehicle) {
                // Not named either, so that a snapshot ends it where it was remembered before.
                ignored += 1
                continue
            }
            let number = codes.number(of: CodeTable.Key(code: sighting.code, ecu: sighting.ecu))
            if isSnapshot { named.insert(number) }
            applySighting(
                sighting, number, isSnapshot: isSnapshot, freeze: buffer.freezeReadings,
                at: moment, lane: &lane)
        }
        if isSnapshot { endUnnamed(named, by: report, at: moment, lane: &lane) }
    }

    /// Whether the site has learned that a code means nothing on a vehicle.
    private func isFalse(_ code: FaultCode, on vehicle: VehicleID) -> Bool {
        let attributes = roster[vehicle]
        return falseCodes.contains { $0.holds(code, on: attributes) }
    }

    private mutating func applySighting(
        _ sighting: FaultSighting, _ number: Int, isSnapshot: Bool,
        freeze: borrowing ContiguousArray<Reading>, at moment: Moment, lane: inout Lane
    ) {
        let key = LaneMemory.key(.code, number)
        let known = lane.memory.find(key)
        let place = known ?? remember(number, lane: &lane)
        let before = lane.memory[place + CodeTable.Place.state]
        let isNewest =
            known == nil || moment.at >= lane.memory.integer(place + CodeTable.Place.lastTime)
        if isNewest {
            if sighting.status == .history,
                known == nil || before & CodeTable.Place.present == 0
                    || moment.at - lane.memory.integer(place + CodeTable.Place.lastTime)
                        > Self.longSince
            {
                scratch.pastCodes += 1
            }
            var state = UInt64(sighting.status.rawValue)
            if !sighting.status.contains(.cleared) { state |= CodeTable.Place.present }
            state |= UInt64(UInt32(bitPattern: sighting.occurrences)) << 32
            lane.memory[place + CodeTable.Place.state] = state
            lane.memory.set(place + CodeTable.Place.lastTime, moment.at)
            lane.memory[place + CodeTable.Place.lastPosition] = moment.position
            if (state ^ before) & CodeTable.Place.present != 0 {
                noteFlap(of: number, group: place, at: moment.at, memory: &lane.memory)
            }
        }
        // Asked once for each use, before a snapshot without news is left.
        var brings: Set<Int> = []
        for index in codes.known[number].uses where codes.uses[index].flag >= 0 {
            let use = codes.uses[index]
            let isWhole = bringsAll(sighting, use, freeze, at: moment, lane: lane)
            if isWhole { brings.insert(index) }
            if isNewest { lane.memory[place + use.flag] = isWhole ? 1 : 0 }
        }
        // A list that is sent again late says nothing that was not heard then or since.
        if isSnapshot, known != nil, !isNewest { return }
        if isSnapshot, known != nil, before & CodeTable.Place.present != 0, isNewest {
            // Still there is no news, unless the unit counted on or the status gained something.
            let counted = Int32(bitPattern: UInt32(truncatingIfNeeded: before >> 32))
            let status = FaultStatus(rawValue: UInt8(truncatingIfNeeded: before))
            guard sighting.occurrences > counted || !status.isSuperset(of: sighting.status) else {
                return
            }
        }
        for index in codes.known[number].uses {
            if codes.uses[index].flag >= 0, !brings.contains(index) { continue }
            occurred(sighting, number, codes.uses[index], place: place, at: moment, lane: &lane)
        }
    }

    /// A code that was not told of for so long is news again, in milliseconds.
    private static let longSince: Int64 = 604_800_000

    /// How many codes are remembered of one vehicle. A vehicle in which every control unit stored
    /// something after a low battery sends some tens; only invented codes come to more.
    static let mostCodes = 128

    /// Gives a code its words in a lane. When the lane has as many codes as it may, the one that was
    /// seen longest ago makes room.
    private mutating func remember(_ number: Int, lane: inout Lane) -> Int {
        var count = 0
        var oldest: (number: Int, place: Int, time: Int64)?
        lane.memory.forEachGroup { kind, number, content in
            guard kind == .code else { return }
            count += 1
            let time = lane.memory.integer(content.lowerBound + CodeTable.Place.lastTime)
            if time < oldest?.time ?? .max { oldest = (number, content.lowerBound, time) }
        }
        if count >= Self.mostCodes, let oldest {
            lane.memory.remove(at: oldest.place)
            scratch.groups.forget()
            codes.letGo(oldest.number)
            forgotten += 1
        }
        codes.hold(number)
        return lane.memory.add(
            LaneMemory.key(.code, number), length: codes.known[number].length)
    }

    /// Lets go of the codes of a lane that is no longer here.
    mutating func letGoCodes(of lane: borrowing Lane) {
        lane.memory.forEachGroup { kind, number, _ in
            if kind == .code { codes.letGo(number) }
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
        if use.wish >= 0, let wanted = codes.wishes[use.wish].count {
            count(sighting, number, use, wanted, place: place, at: moment, lane: &lane)
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
        scratch.groups.find(.pattern, atom, in: lane.memory)
            ?? lane.memory.add(
                LaneMemory.key(.pattern, atom), length: codes.words(ofPattern: atom))
    }

    /// Whether a sighting brings what an atom asks for besides the status.
    private func bringsAll(
        _ sighting: FaultSighting, _ use: CodeTable.Use,
        _ freeze: borrowing ContiguousArray<Reading>, at moment: Moment, lane: borrowing Lane
    ) -> Bool {
        let wish = codes.wishes[use.wish]
        guard let qualifier = wish.qualifier else { return true }
        if let counted = qualifier.counted {
            guard sighting.occurrences >= 0,
                counted.comparison.holds(Double(sighting.occurrences), counted.limit)
            else { return false }
        }
        for (index, frozen) in qualifier.freeze.enumerated() {
            var value: Double?
            for place in Int(sighting.freeze.lowerBound)..<Int(sighting.freeze.upperBound)
            where freeze[place].signal == wish.frozen[index] {
                value = freeze[place].value
            }
            guard let value, frozen.comparison.holds(value, frozen.limit) else { return false }
        }
        guard let condition = measures.codeConditions[use.atom] else { return true }
        return holds(test: condition, at: moment.at, lane: lane) == true
    }

    /// Counts an occurrence by days, trips, codes, distance or engine hours.
    private mutating func count(
        _ sighting: FaultSighting, _ number: Int, _ use: CodeTable.Use,
        _ wanted: CodeAtom.Occurrences, place: Int, at moment: Moment, lane: inout Lane
    ) {
        let event = LaneEvent(
            atom: use.atom, part: .first, driver: use.atom, at: moment.at,
            position: moment.position, value: 0, code: sighting.code, status: sighting.status)
        guard let clock = clock(wanted.window.kind, at: moment.at, lane: lane),
            let key = key(of: event, by: wanted.unit, lane: lane)
        else { return }
        let list = EventList(
            place: use.countsEachCode
                ? place + use.offset : pattern(use.atom, kept: use.kept, lane: &lane),
            kept: use.kept, isFull: !use.countsEachCode)
        guard
            list.add(
                event, clock: clock, key: key.value, span: wanted.window.span,
                memory: &lane.memory)
        else { return }
        drive(by: use.atom, at: moment, lane: &lane) { engine, memory in
            list.evidence(label: "", code: engine.codes.known[number].key.code, in: memory)
        }
    }

    // MARK: - Flapping

    // Two words: the newest quarter of a day, and the changes within it and the three before.

    private static let flapStep: Int64 = 21_600_000
    private static let flapBits: UInt64 = 16

    /// Notes that a code came or went.
    private func noteFlap(of number: Int, group: Int, at time: Int64, memory: inout LaneMemory) {
        let offset = codes.known[number].flaps
        guard offset >= 0 else { return }
        let place = group + offset
        let step = time / Self.flapStep
        var packed = Self.flaps(at: step, place, memory)
        if step < memory.integer(place) { return }
        if packed & 0xFFFF < 0xFFFF { packed += 1 }
        memory.set(place, step)
        memory[place + 1] = packed
    }

    /// The changes of the newest four quarters up to `step`, the newest in the lowest bits.
    private static func flaps(at step: Int64, _ place: Int, _ memory: borrowing LaneMemory)
        -> UInt64
    {
        let age = step &- memory.integer(place)
        guard age >= 0 else { return memory[place + 1] }
        return age < 4 ? memory[place + 1] << (UInt64(age) * flapBits) : 0
    }

    /// How often a code came or went within the last day, in steps of a quarter.
    func flaps(of code: FaultCode, at time: Int64, lane: borrowing Lane) -> Int {
        var most = 0
        lane.memory.forEachGroup { kind, number, content in
            guard kind == .code, codes.known[number].key.code == code else { return }
            let offset = codes.known[number].flaps
            guard offset >= 0 else { return }
            var packed = Self.flaps(
                at: time / Self.flapStep, content.lowerBound + offset, lane.memory)
            var sum = 0
            while packed != 0 {
                sum += Int(packed & 0xFFFF)
                packed >>= Self.flapBits
            }
            most = max(most, sum)
        }
        return most
    }

    /// Marks codes as gone that a snapshot of their control unit and kind does not name.
    private mutating func endUnnamed(
        _ named: Set<Int>, by report: Report, at moment: Moment, lane: inout Lane
    ) {
        var gone: [(number: Int, place: Int)] = []
        lane.memory.forEachGroup { kind, number, content in
            guard kind == .code, !named.contains(number),
                lane.memory[content.lowerBound] & CodeTable.Place.present != 0,
                lane.memory.integer(content.lowerBound + CodeTable.Place.lastTime) <= moment.at
            else { return }
            if report.ecu != .empty, codes.known[number].key.ecu != report.ecu { return }
            let status = FaultStatus(
                rawValue: UInt8(truncatingIfNeeded: lane.memory[content.lowerBound]))
            if !report.listStatus.isEmpty, !status.isEmpty,
                status.isDisjoint(with: report.listStatus)
            {
                return
            }
            gone.append((number, content.lowerBound))
        }
        for (number, place) in gone {
            noteFlap(of: number, group: place, at: moment.at, memory: &lane.memory)
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
