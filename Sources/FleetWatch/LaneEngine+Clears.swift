import FaultDecoding
import FaultRules
import VehicleFaults

/// What a message says of when fault codes were last cleared.
struct ClearSigns {
    /// The signals that tell, by place: three that count from the last clear on, then what service
    /// 01 says of readiness.
    static let signals: [KnownSignal] = [
        .clearDistance, .warmUps, .clearTime, .openMonitors, .codeCount, .lampMIL,
    ]
    /// How many of them only grow until codes are cleared.
    static let counters = 3
    static let open = 3
    static let codes = 4
    static let lamp = 5

    private var values = InlineArray<6, Double>(repeating: .nan)
    private(set) var isAny = false

    mutating func say(_ place: Int, _ value: Double) {
        values[place] = value
        isAny = true
    }

    /// NaN when nothing was said.
    subscript(place: Int) -> Double { values[place] }
}

/// Fault codes that somebody cleared with a tool, or with a battery taken off: maintenance, and no
/// repair.
///
/// A counter that only grows until codes are cleared has fallen (distance, warm-ups and minutes since
/// then: SAE J1979 parameters 31, 30 and 4E), or codes are gone and monitors have to run again
/// (parameter 01, and DM5 of SAE J1939-73), while the malfunction lamp is not on.
extension LaneEngine {
    // The words: the newest value of each sign; those that have fallen since the clear that was told
    // last, a bit each, and above them those that cannot be trusted; when that clear was; what each
    // counter fell from.
    enum ClearWord {
        static let marks = 6
        static let time = 7
        static let before = 8
        static let length = 11
        static let doubtful: UInt64 = 1 << 8
    }

    /// The counters are asked for one after the other, so that one clear may show in several
    /// messages: within a day, in milliseconds, each counter falls once by it.
    private static let oneClear: Int64 = 86_400_000

    /// Tells that codes were cleared when a message gives it away.
    mutating func settleClears(at moment: Moment, isLate: Bool, lane: inout Lane) {
        let said = scratch.clears
        scratch.clears = ClearSigns()
        guard !isLate else { return }
        let place = clearWords(of: &lane)
        let lamp = said[ClearSigns.lamp]
        if !lamp.isNaN { lane.memory.set(place + ClearSigns.lamp, lamp) }
        let isLit = lane.memory.double(place + ClearSigns.lamp) == 1
        var fallen: UInt64 = 0
        var evidence: [Evidence] = []
        func see(_ sign: Int) {
            fallen |= 1 << UInt64(sign)
            evidence.append(
                Evidence(
                    position: moment.position, at: moment.time,
                    content: .reading(
                        signal: ClearSigns.signals[sign].name, value: said[sign])))
        }
        for sign in 0..<ClearSigns.counters where !said[sign].isNaN {
            let before = lane.memory.double(place + sign)
            lane.memory.set(place + sign, said[sign])
            if said[sign] < before {
                let isDoubtful =
                    lane.memory[place + ClearWord.marks] & ClearWord.doubtful << UInt64(sign) != 0
                if !isDoubtful { see(sign) }
                lane.memory.set(place + ClearWord.before + sign, before)
            } else if said[sign] >= lane.memory.double(place + ClearWord.before + sign),
                moment.at - lane.memory.integer(place + ClearWord.time) < Self.oneClear
            {
                // Back where it fell from within a day: two control units count apart, and take
                // turns.
                lane.memory[place + ClearWord.marks] |= ClearWord.doubtful << UInt64(sign)
            }
        }
        let codes = said[ClearSigns.codes]
        if codes == 0, lane.memory.double(place + ClearSigns.codes) > 0,
            said[ClearSigns.open] > lane.memory.double(place + ClearSigns.open)
        {
            see(ClearSigns.open)
        }
        if !codes.isNaN {
            lane.memory.set(place + ClearSigns.codes, codes)
            lane.memory.set(place + ClearSigns.open, said[ClearSigns.open])
        }
        guard fallen != 0, !isLit else { return }
        let marks = lane.memory[place + ClearWord.marks]
        if marks & fallen == 0, marks & 0xFF != 0,
            moment.at - lane.memory.integer(place + ClearWord.time) < Self.oneClear
        {
            lane.memory[place + ClearWord.marks] |= fallen
            return
        }
        lane.memory[place + ClearWord.marks] = marks & ~0xFF | fallen
        lane.memory.set(place + ClearWord.time, moment.at)
        findings.append(
            Finding(
                kind: .codesCleared, vehicle: lane.vehicle, rule: -1, position: moment.position,
                at: moment.time, evidence: evidence))
    }

    private func clearWords(of lane: inout Lane) -> Int {
        let key = LaneMemory.key(.clears, 0)
        if let place = lane.memory.find(key) { return place }
        let place = lane.memory.add(key, length: ClearWord.length)
        for index in 0..<ClearWord.marks { lane.memory.set(place + index, Double.nan) }
        for index in ClearWord.before..<ClearWord.length {
            lane.memory.set(place + index, Double.nan)
        }
        lane.memory.set(place + ClearWord.time, Int64(0))
        return place
    }
}
