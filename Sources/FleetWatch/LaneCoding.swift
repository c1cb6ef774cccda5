import FaultRules
import VehicleFaults

/// A lane's stored bytes could not be read.
public struct LaneDamaged: Error, Equatable, Sendable {
    /// Bytes before the first one that made no sense.
    public var offset: Int
}

/// Lanes as bytes: every group carries a digest of what its words mean, so that a lane finds its
/// state again after the rules around it have changed, and drops what no rule asks for any more.
extension LaneEngine {
    /// The third form leaves out words that are 0, and has one word for a step of some cells that had
    /// two. The second has freeze frames with reports that wait,
    /// and what measures, counts and silences remember. Both and the first are still read.
    static let codingVersion: UInt8 = 3
    /// The first form that leaves out words.
    static let packedVersion: UInt8 = 3
    static let oldestCodingVersion: UInt8 = 1

    enum Section: UInt8 {
        case end = 0
        case signal = 1
        case code = 2
        case pattern = 3
        case episode = 4
        case recent = 5
        case waiting = 6
        /// What is remembered under the digest of its own meaning: kind, digest, words.
        case kept = 7
    }

    func encode(_ lane: borrowing Lane) -> [UInt8] {
        var out = ByteWriter()
        return encode(lane, with: &out)
    }

    /// - Parameter out: forgets what it has written before, and keeps its room.
    func encode(_ lane: borrowing Lane, with out: inout ByteWriter) -> [UInt8] {
        out.removeAll()
        out.byte(Self.codingVersion)
        out.integer(lane.newestClaimed)
        out.integer(lane.newestApplied)
        out.integer(lane.latestReceived)
        out.integer(lane.skew)
        out.integer(lane.due)
        out.word(UInt64(lane.messages))
        out.word(UInt64(lane.duplicates))
        out.word(UInt64(lane.late))
        out.word(UInt64(lane.unbelieved))
        lane.memory.forEachGroup { kind, number, content in
            encode(kind, number, content, of: lane.memory, into: &out)
        }
        for item in lane.waiting { encode(item, into: &out) }
        out.byte(Section.end.rawValue)
        return out.bytes
    }

    private func encode(
        _ kind: LaneMemory.Kind, _ number: Int, _ content: Range<Int>,
        of memory: borrowing LaneMemory,
        into out: inout ByteWriter
    ) {
        switch kind {
        case .dead: break
        case .signal:
            out.byte(Section.signal.rawValue)
            out.text(program.signals.names[number])
            out.words(memory, content.prefix(LaneLayout.Place.first))
            let signal = layout.signals[number]
            let trends = layout.trends[signal.trends]
            let charts = trends.reduce(0) { $0 + $1.charts.count }
            out.word(UInt64(signal.holds.count + trends.count + charts))
            func part(_ meaning: UInt64, _ offset: Int, _ length: Int) {
                let start = content.lowerBound + offset
                out.word(meaning)
                out.words(memory, start..<(start + length))
            }
            for hold in layout.holds[signal.holds] {
                part(hold.meaning, hold.offset, LaneLayout.HoldPlace.length)
            }
            for trend in trends {
                part(trend.meaning, trend.offset, LaneLayout.baselineLength)
                for chart in layout.charts[trend.charts] {
                    part(chart.meaning, chart.offset, chart.length)
                }
            }
        case .together: encodeTogether(content.lowerBound, of: memory, into: &out)
        case .code:
            out.byte(Section.code.rawValue)
            let known = codes.known[number]
            out.code(known.key.code)
            out.word(known.key.ecu.high)
            out.word(known.key.ecu.low)
            out.words(memory, content.prefix(CodeTable.Place.first))
            out.word(UInt64(known.parts.count))
            for index in known.parts {
                let part = codes.parts[index]
                let start = content.lowerBound + part.offset
                out.word(part.meaning)
                out.words(memory, start..<(start + part.length))
            }
        case .pattern:
            out.byte(Section.pattern.rawValue)
            out.word(program.atomMeanings[number])
            out.words(memory, content)
        case .episode:
            out.byte(Section.episode.rawValue)
            out.word(program.rules[number].meaning)
            out.words(memory, content)
        case .recent:
            out.byte(Section.recent.rawValue)
            // Before the digests, how many have room and where the next goes.
            let room = UInt64(content.count / 2) | UInt64(memory[own: content.lowerBound]) << 32
            out.words(memory, (content.lowerBound - 1)..<content.upperBound, first: room)
        case .cell:
            encodeKept(
                kind, program.cells[number].meaning, content, memory, into: &out,
                first: shapes[number].stored(memory[content.lowerBound]))
        case .measure, .event, .silence:
            encodeKept(kind, program.atomMeanings[number], content, memory, into: &out)
        case .clock, .trip: encodeKept(kind, 0, content, memory, into: &out)
        case .clears: encodeKept(kind, UInt64(number), content, memory, into: &out)
        case .cohort:
            for (index, plan) in program.cohorts.enumerated() {
                let start = content.lowerBound + index * CohortWork.words
                encodeKept(
                    kind, plan.meaning, start..<(start + CohortWork.words), memory, into: &out)
            }
        case .trend:
            encodeKept(
                kind, program.trends[number].meaning, content, memory, into: &out,
                without: trends.looks[number].passing)
        }
    }

    /// Signals that are read together, each as if it had a group of its own.
    private func encodeTogether(
        _ start: Int, of memory: borrowing LaneMemory, into out: inout ByteWriter
    ) {
        let time = memory[start + LaneLayout.TogetherPlace.lastTime]
        let position = memory[start + LaneLayout.TogetherPlace.lastPosition]
        let count = memory[start + LaneLayout.TogetherPlace.count]
        for member in layout.members {
            out.byte(Section.signal.rawValue)
            out.text(program.signals.names[member.signal])
            out.words(time, memory[start + member.value], position)
            var parts = member.trends.count
            for index in member.trends { parts += layout.trends[index].charts.count }
            out.word(UInt64(parts))
            for index in member.trends {
                let trend = layout.trends[index]
                let base = start + trend.offset
                out.word(trend.meaning)
                out.words(memory[base], memory[base + 1], count)
                for index in trend.charts {
                    let chart = layout.charts[index]
                    out.word(chart.meaning)
                    let place = start + chart.offset
                    out.words(memory, place..<(place + chart.length))
                }
            }
        }
    }

    private func encodeKept(
        _ kind: LaneMemory.Kind, _ meaning: UInt64, _ content: Range<Int>,
        _ memory: borrowing LaneMemory, into out: inout ByteWriter, first: UInt64? = nil,
        without passing: Int? = nil
    ) {
        out.byte(Section.kept.rawValue)
        out.byte(UInt8(truncatingIfNeeded: kind.rawValue))
        out.word(meaning)
        out.words(memory, content, first: first, without: passing)
    }

    private func encode(_ item: WaitingReport, into out: inout ByteWriter) {
        out.byte(Section.waiting.rawValue)
        out.integer(item.at)
        out.integer(item.received)
        out.word(item.position)
        let report = item.report
        out.word(report.sequence ?? 0)
        out.word(report.digest)
        out.byte(report.list.rawValue)
        out.byte(report.listStatus.rawValue)
        out.word(report.ecu.high)
        out.word(report.ecu.low)
        out.word(UInt64(item.sightings.count))
        for sighting in item.sightings {
            out.code(sighting.code)
            out.byte(sighting.status.rawValue)
            out.word(sighting.ecu.high)
            out.word(sighting.ecu.low)
            out.integer(Int64(sighting.occurrences))
            out.word(UInt64(sighting.freeze.count))
        }
        encode(item.freeze, into: &out)
        encode(item.readings, into: &out)
        out.word(item.report.odometerKilometres.bitPattern)
        out.word(item.report.engineHours.bitPattern)
    }

    private func encode(_ readings: [Reading], into out: inout ByteWriter) {
        out.word(UInt64(readings.count))
        for reading in readings {
            out.text(names.names[Int(reading.signal.index)])
            out.word(reading.value.bitPattern)
        }
    }

    /// Reads a lane that was stored, under this program or another.
    mutating func decode(_ vehicle: VehicleID, _ bytes: [UInt8]) throws(LaneDamaged) -> Lane {
        var input = ByteReader(bytes)
        var lane = Lane(vehicle: vehicle, room: layout.usualWords)
        let version = try input.byte()
        guard version >= Self.oldestCodingVersion, version <= Self.codingVersion else {
            throw LaneDamaged(offset: 0)
        }
        input.isPacked = version >= Self.packedVersion
        let (claimed, applied) = (try input.integer(), try input.integer())
        let (received, skew) = (try input.integer(), try input.integer())
        lane.setTimes(claimed: claimed, applied: applied, received: received, skew: skew)
        lane.due = try input.integer()
        lane.messages = try input.count()
        lane.duplicates = try input.count()
        lane.late = try input.count()
        lane.unbelieved = try input.count()
        while true {
            let place = input.place
            guard let section = Section(rawValue: try input.byte()) else {
                throw LaneDamaged(offset: place)
            }
            switch section {
            case .end:
                gather(&lane)
                return lane
            case .signal: try decodeSignal(&input, into: &lane)
            case .code: try decodeCode(&input, into: &lane)
            case .pattern:
                let atom = program.atom(meaning: try input.word())
                try keep(.pattern, atom, &input, into: &lane) { codes.words(ofPattern: $0) }
            case .episode:
                let rule = program.rule(meaning: try input.word())
                try keep(.episode, rule, &input, into: &lane) { _ in 2 }
            case .recent:
                try decodeRecent(&input, into: &lane)
            case .waiting:
                lane.waiting.append(try decodeWaiting(&input, vehicle, version: version))
            case .kept: try decodeKept(&input, into: &lane)
            }
        }
    }

    private func decodeRecent(_ input: inout ByteReader, into lane: inout Lane)
        throws(LaneDamaged)
    {
        let start = input.place
        let words = try input.words()
        guard let room = words.first, room & 0xFFFF_FFFF <= Self.mostDigests,
            words.count == 1 + 2 * Int(room & 0xFFFF_FFFF), room >> 32 < room & 0xFFFF_FFFF
        else { throw LaneDamaged(offset: start) }
        let place = lane.memory.add(LaneMemory.key(.recent, 0), length: words.count - 1)
        lane.memory[own: place] = Int(room >> 32)
        lane.memory.set(place, words[1...])
    }

    private func keep(
        _ kind: LaneMemory.Kind, _ number: Int?, _ input: inout ByteReader, into lane: inout Lane,
        length: (Int) -> Int
    ) throws(LaneDamaged) {
        let words = try input.words()
        guard let number, length(number) == words.count else { return }
        let place = lane.memory.add(LaneMemory.key(kind, number), length: words.count)
        lane.memory.set(place, words)
    }

    /// Keeps one of several parts of a lane's only group of a kind.
    private func keep(
        _ kind: LaneMemory.Kind, _ index: Int?, of count: Int, words size: Int,
        _ input: inout ByteReader, into lane: inout Lane
    ) throws(LaneDamaged) {
        let words = try input.words()
        guard let index, words.count == size else { return }
        let key = LaneMemory.key(kind, 0)
        let start = lane.memory.find(key) ?? lane.memory.add(key, length: size * count)
        lane.memory.set(start + index * size, words)
    }

    private func decodeKept(_ input: inout ByteReader, into lane: inout Lane) throws(LaneDamaged) {
        let place = input.place
        let kind = LaneMemory.Kind(rawValue: UInt32(try input.byte()))
        let meaning = try input.word()
        switch kind {
        case .cell:
            let number = program.cell(meaning: meaning)
            var words = try input.words()
            guard let number else { return }
            let cell = program.cells[number].cell
            if !input.isPacked { words = CellState.words(words, ofEarlier: cell) }
            guard words.count == cell.words else { return }
            let place = lane.memory.add(LaneMemory.key(.cell, number), length: words.count)
            lane.memory.set(place, words)
            CellState(number, of: shapes, at: place).map(&lane.memory)
        case .measure, .event, .silence:
            guard let kind else { return }
            try keep(kind, program.atom(meaning: meaning), &input, into: &lane) { atom in
                switch program.atoms[atom] {
                case .measure: StateWords.measure
                case .silence: StateWords.silence
                case .pair: StateWords.pair
                case .count(let count): count.count * StateWords.fullEvent
                default: -1
                }
            }
        case .clock:
            try keep(.clock, program.clocks.isEmpty ? nil : 0, &input, into: &lane) { _ in
                StateWords.clock
            }
        case .clears:
            try keep(.clears, Int(meaning & 0x0FFF_FFFF), &input, into: &lane) { _ in
                ClearWord.length
            }
        case .trip:
            try keep(.trip, program.clocks.contains(.trips) ? 0 : nil, &input, into: &lane) {
                _ in StateWords.trip
            }
        case .trend:
            try keep(
                .trend, program.trends.firstIndex { $0.meaning == meaning }, &input, into: &lane
            ) { _ in TrendWork.words }
        case .cohort:
            try keep(
                .cohort, program.cohorts.firstIndex { $0.meaning == meaning },
                of: program.cohorts.count, words: CohortWork.words, &input, into: &lane)
        default: throw LaneDamaged(offset: place)
        }
    }

    private func decodeSignal(_ input: inout ByteReader, into lane: inout Lane)
        throws(LaneDamaged)
    {
        let name = try input.text()
        let head = try input.words()
        let parts = try input.word()
        let number = program.signals.find(name).map { Int($0.index) }
        var place: Int?
        if let number, layout.signals[number].isWatched, head.count == LaneLayout.Place.first {
            let start = lane.memory.add(
                LaneMemory.key(.signal, number), length: layout.signals[number].length)
            lane.memory.set(start, head)
            place = start
        }
        for _ in 0..<parts {
            let meaning = try input.word()
            let words = try input.words()
            guard let number, let place,
                let (offset, length) = layout.place(of: meaning, in: number),
                length == words.count
            else { continue }
            lane.memory.set(place + offset, words)
        }
    }

    private mutating func decodeCode(_ input: inout ByteReader, into lane: inout Lane)
        throws(LaneDamaged)
    {
        let code = try input.code()
        let ecu = ShortText(high: try input.word(), low: try input.word())
        let head = try input.words()
        let number = codes.number(of: CodeTable.Key(code: code, ecu: ecu))
        let known = codes.known[number]
        codes.hold(number)
        let place = lane.memory.add(LaneMemory.key(.code, number), length: known.length)
        lane.memory.set(place, head.prefix(CodeTable.Place.first))
        let parts = codes.parts[known.parts]
        for _ in 0..<(try input.word()) {
            let meaning = try input.word()
            let words = try input.words()
            guard let part = parts.first(where: { $0.meaning == meaning }),
                words.count == part.length
            else { continue }
            lane.memory.set(place + part.offset, words)
        }
    }

    private func decodeWaiting(
        _ input: inout ByteReader, _ vehicle: VehicleID, version: UInt8
    ) throws(LaneDamaged) -> WaitingReport {
        var item = WaitingReport(
            report: Report(vehicle: vehicle), sightings: [], readings: [], freeze: [],
            at: try input.integer(), received: try input.integer(), position: try input.word())
        item.report.sequence = try input.word()
        item.report.digest = try input.word()
        item.report.list = FaultList(rawValue: try input.byte()) ?? .absent
        item.report.listStatus = FaultStatus(rawValue: try input.byte())
        item.report.ecu = ShortText(high: try input.word(), low: try input.word())
        var frozen: [UInt32] = []
        for _ in 0..<(try input.word()) {
            let code = try input.code()
            let status = FaultStatus(rawValue: try input.byte())
            let ecu = ShortText(high: try input.word(), low: try input.word())
            item.sightings.append(
                FaultSighting(
                    code: code, status: status, ecu: ecu,
                    occurrences: Int32(truncatingIfNeeded: try input.integer())))
            if version >= 2 { frozen.append(try input.count()) }
        }
        if version >= 2 { item.freeze = try decodeFreeze(&input, frozen, &item.sightings) }
        for _ in 0..<(try input.word()) {
            if let reading = try decodeReading(&input) { item.readings.append(reading) }
        }
        if version >= 2 {
            item.report.odometerKilometres = Double(bitPattern: try input.word())
            item.report.engineHours = Double(bitPattern: try input.word())
        }
        item.report.sightings = 0..<Int32(item.sightings.count)
        item.report.readings = 0..<Int32(item.readings.count)
        return item
    }

    /// - Returns: `nil` for a signal that no rule speaks of any more.
    private func decodeReading(_ input: inout ByteReader) throws(LaneDamaged) -> Reading? {
        let name = try input.text()
        let value = Double(bitPattern: try input.word())
        return names.find(name).map { Reading(signal: $0, value: value) }
    }

    /// Reads the freeze frames of sightings that each had so many readings.
    private func decodeFreeze(
        _ input: inout ByteReader, _ counts: [UInt32], _ sightings: inout [FaultSighting]
    ) throws(LaneDamaged) -> [Reading] {
        var result: [Reading] = []
        let place = input.place
        let total = try input.word()
        guard total == counts.reduce(0, { $0 + UInt64($1) }) else {
            throw LaneDamaged(offset: place)
        }
        for (index, count) in counts.enumerated() {
            let start = Int32(truncatingIfNeeded: result.count)
            for _ in 0..<count {
                if let reading = try decodeReading(&input) { result.append(reading) }
            }
            sightings[index].freeze = start..<Int32(truncatingIfNeeded: result.count)
        }
        return result
    }
}
