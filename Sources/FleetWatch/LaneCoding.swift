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
    static let codingVersion: UInt8 = 1

    enum Section: UInt8 {
        case end = 0
        case signal = 1
        case code = 2
        case pattern = 3
        case episode = 4
        case recent = 5
        case waiting = 6
    }

    func encode(_ lane: borrowing Lane) -> [UInt8] {
        var out = ByteWriter()
        out.byte(Self.codingVersion)
        for word in [
            lane.newestClaimed, lane.newestApplied, lane.latestReceived, lane.skew, lane.due,
        ] { out.integer(word) }
        for count in [lane.messages, lane.duplicates, lane.late, lane.unbelieved] {
            out.word(UInt64(count))
        }
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
        case .code:
            out.byte(Section.code.rawValue)
            let known = codes.known[number]
            out.code(known.key.code)
            out.word(known.key.ecu.high)
            out.word(known.key.ecu.low)
            out.words(memory, content.prefix(CodeTable.Place.first))
            let kept = codes.uses[known.uses].filter { $0.offset >= 0 }
            out.word(UInt64(kept.count))
            for use in kept {
                let start = content.lowerBound + use.offset
                out.word(program.atomMeanings[use.atom])
                out.words(memory, start..<(start + use.kept * CodeTable.occurrenceLength))
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
            out.words(memory, content)
        }
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
        out.word(report.listECU.high)
        out.word(report.listECU.low)
        out.word(UInt64(item.sightings.count))
        for sighting in item.sightings {
            out.code(sighting.code)
            out.byte(sighting.status.rawValue)
            out.word(sighting.ecu.high)
            out.word(sighting.ecu.low)
            out.integer(Int64(sighting.occurrences))
        }
        out.word(UInt64(item.readings.count))
        for reading in item.readings {
            out.text(program.signals.names[Int(reading.signal.index)])
            out.word(reading.value.bitPattern)
        }
    }

    /// Reads a lane that was stored, under this program or another.
    mutating func decode(_ vehicle: VehicleID, _ bytes: [UInt8]) throws(LaneDamaged) -> Lane {
        var input = ByteReader(bytes)
        var lane = Lane(vehicle: vehicle, room: layout.usualWords)
        guard try input.byte() == Self.codingVersion else { throw LaneDamaged(offset: 0) }
        lane.newestClaimed = try input.integer()
        lane.newestApplied = try input.integer()
        lane.latestReceived = try input.integer()
        lane.skew = try input.integer()
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
            case .end: return lane
            case .signal: try decodeSignal(&input, into: &lane)
            case .code: try decodeCode(&input, into: &lane)
            case .pattern:
                let atom = program.atomMeanings.firstIndex(of: try input.word())
                try keep(.pattern, atom, &input, into: &lane) {
                    codes.kept(ofPattern: $0) * CodeTable.patternLength
                }
            case .episode:
                let meaning = try input.word()
                let rule = program.rules.firstIndex { $0.meaning == meaning }
                try keep(.episode, rule, &input, into: &lane) { _ in 2 }
            case .recent:
                let words = try input.words()
                let place = lane.memory.add(LaneMemory.key(.recent, 0), length: words.count)
                lane.memory.set(place, words)
            case .waiting: lane.waiting.append(try decodeWaiting(&input, vehicle))
            }
        }
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
        let place = lane.memory.add(LaneMemory.key(.code, number), length: known.length)
        lane.memory.set(place, head.prefix(CodeTable.Place.first))
        for _ in 0..<(try input.word()) {
            let meaning = try input.word()
            let words = try input.words()
            guard
                let use = codes.uses[known.uses].first(where: {
                    $0.offset >= 0 && program.atomMeanings[$0.atom] == meaning
                }), words.count == use.kept * CodeTable.occurrenceLength
            else { continue }
            lane.memory.set(place + use.offset, words)
        }
    }

    private func decodeWaiting(_ input: inout ByteReader, _ vehicle: VehicleID)
        throws(LaneDamaged) -> WaitingReport
    {
        var item = WaitingReport(
            report: Report(vehicle: vehicle), sightings: [], readings: [], at: try input.integer(),
            received: try input.integer(), position: try input.word())
        item.report.sequence = try input.word()
        item.report.digest = try input.word()
        item.report.list = FaultList(rawValue: try input.byte()) ?? .absent
        item.report.listStatus = FaultStatus(rawValue: try input.byte())
        item.report.listECU = ShortText(high: try input.word(), low: try input.word())
        for _ in 0..<(try input.word()) {
            let code = try input.code()
            let status = FaultStatus(rawValue: try input.byte())
            let ecu = ShortText(high: try input.word(), low: try input.word())
            item.sightings.append(
                FaultSighting(
                    code: code, status: status, ecu: ecu,
                    occurrences: Int32(truncatingIfNeeded: try input.integer())))
        }
        for _ in 0..<(try input.word()) {
            let name = try input.text()
            let value = Double(bitPattern: try input.word())
            if let signal = program.signals.find(name) {
                item.readings.append(Reading(signal: signal, value: value))
            }
        }
        item.report.sightings = 0..<Int32(item.sightings.count)
        item.report.readings = 0..<Int32(item.readings.count)
        return item
    }
}
