import FaultDecoding
import FaultRules
import VehicleFaults

/// What a message says of when fault codes were last cleared.
struct ClearSigns {
    /// The signals that tell, by place: three that count from the last clear on, what service 01
    /// says of readiness, and what a tool and a unit say outright.
    static let signals: [KnownSignal] = [
        .clearDistance, .warmUps, .clearTime, .openMonitors, .codeCount, .lampMIL,
        .clearRequested, .clearConfirmed,
    ]
    /// How many of them only grow until codes are cleared.
    static let counters = 3
    static let open = 3
    static let codes = 4
    static let lamp = 5
    static let outright = 6..<8

    private var values = InlineArray<8, Double>(repeating: .nan)
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
/// (parameter 01, and DM5 of SAE J1939-73), while the malfunction lamp is not on; or a tool asked for
/// it (DM3, DM11).
///
/// Each control unit counts for itself, and is compared with itself alone.
extension LaneEngine {
    // The words: the newest value of each sign but those said outright; those that have fallen since
    // the clear that was told last, a bit each, and above them those that cannot be trusted; when
    // that clear was; what each counter fell from. Group 0 is of readings that name no unit, and
    // holds what is true of the vehicle: the newest lamp, and when a clear was told last.
    enum ClearWord {
        static let values = 6
        static let marks = 6
        static let time = 7
        static let before = 8
        static let length = 11
        static let doubtful: UInt64 = 1 << 8
    }

    /// The counters are asked for one after the other, so that one clear may show in several
    /// messages: within a day, in milliseconds, each counter of each unit falls once by it.
    private static let oneClear: Int64 = 86_400_000
    /// A tool asks for DM3 and DM11, of one unit after the other, within some minutes.
    private static let oneVisit: Int64 = 600_000
    /// Control units of a vehicle that are told apart; names without end would fill the lane.
    private static let mostUnits = 16

    /// Tells that codes were cleared when a message gives it away.
    mutating func settleClears(
        of unit: ShortText, at moment: Moment, isLate: Bool, lane: inout Lane
    ) {
        let said = scratch.clears
        scratch.clears = ClearSigns()
        guard !isLate else { return }
        let shared = clearWords(of: .empty, lane: &lane) ?? 0
        guard let place = clearWords(of: unit, lane: &lane) else { return }
        let told = lane.memory.integer(shared + ClearWord.time)
        let age = told == 0 ? .max : moment.at - told
        if lane.memory.integer(place + ClearWord.time) != told {
            lane.memory[place + ClearWord.marks] &= ~0xFF
            lane.memory.set(place + ClearWord.time, told)
        }
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
        for sign in ClearSigns.outright where said[sign] == 1 { see(sign) }
        let isOutright = fallen != 0
        for sign in 0..<ClearSigns.counters where !said[sign].isNaN {
            let before = lane.memory.double(place + sign)
            lane.memory.set(place + sign, said[sign])
            if said[sign] < before {
                let isDoubtful =
                    lane.memory[place + ClearWord.marks] & ClearWord.doubtful << UInt64(sign) != 0
                if !isDoubtful { see(sign) }
                lane.memory.set(place + ClearWord.before + sign, before)
            } else if said[sign] >= lane.memory.double(place + ClearWord.before + sign),
                age < Self.oneClear
            {
                // Back where it fell from within a day: two control units count apart and take
                // turns, and the sender does not name them.
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
        let isLit = isLit(said[ClearSigns.lamp], place, shared, &lane)
        guard fallen != 0, isOutright || !isLit else { return }
        let marks = lane.memory[place + ClearWord.marks]
        if isOutright ? age < Self.oneVisit : marks & fallen == 0 && age < Self.oneClear {
            lane.memory[place + ClearWord.marks] |= fallen
            return
        }
        lane.memory[shared + ClearWord.marks] &= ~0xFF
        lane.memory.set(shared + ClearWord.time, moment.at)
        lane.memory[place + ClearWord.marks] = marks & ~0xFF | fallen
        lane.memory.set(place + ClearWord.time, moment.at)
        scratch.wereCleared = true
        findings.append(
            Finding(
                kind: .codesCleared, vehicle: lane.vehicle, rule: -1, position: moment.position,
                at: moment.time, evidence: evidence))
    }

    /// Whether the malfunction lamp is on: the unit's own, or the newest of a unit that has none.
    private func isLit(_ said: Double, _ place: Int, _ shared: Int, _ lane: inout Lane) -> Bool {
        if !said.isNaN {
            lane.memory.set(place + ClearSigns.lamp, said)
            lane.memory.set(shared + ClearSigns.lamp, said)
        }
        let own = lane.memory.double(place + ClearSigns.lamp)
        return (own.isNaN ? lane.memory.double(shared + ClearSigns.lamp) : own) == 1
    }

    /// The words of a control unit, or `nil` when a vehicle has named too many.
    private func clearWords(of unit: ShortText, lane: inout Lane) -> Int? {
        // Two units of one number, one chance in 2^28, would be taken for one.
        let mixed = unit.high &* 0x9E37_79B9_7F4A_7C15 ^ unit.low &* 0xD1B5_4A32_D192_ED03
        let number = unit == .empty ? 0 : max(1, Int(truncatingIfNeeded: mixed >> 36))
        let key = LaneMemory.key(.clears, number)
        if let place = lane.memory.find(key) { return place }
        var units = 0
        lane.memory.forEachGroup { kind, _, _ in units += kind == .clears ? 1 : 0 }
        guard units <= Self.mostUnits else { return nil }
        let place = lane.memory.add(key, length: ClearWord.length)
        for index in 0..<ClearWord.values { lane.memory.set(place + index, Double.nan) }
        for index in ClearWord.before..<ClearWord.length {
            lane.memory.set(place + index, Double.nan)
        }
        lane.memory.set(place + ClearWord.time, Int64(0))
        return place
    }
}
