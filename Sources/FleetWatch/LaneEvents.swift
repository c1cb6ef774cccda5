import FaultRules
import VehicleFaults

/// An atom that has become true with a message, for the rules that ask for more than it.
struct LaneNews {
    var atom: Int
    /// The vehicle's time.
    var at: Int64
    var proof: [Evidence]
}

/// Something that happened, as counts and pairs keep it.
struct LaneEvent {
    /// The count or pair that it matters to, and the part it plays there.
    var atom: Int
    var part: RuleProgram.EventUse.Part
    /// The atom that became true.
    var driver: Int
    /// The vehicle's time.
    var at: Int64
    var position: UInt64
    /// The reading or statistic that brought it about; 0 for a code.
    var value: Double
    var code: FaultCode?
    var status: FaultStatus
}

extension LaneEvent {
    init(
        _ use: RuleProgram.EventUse, by driver: Int, _ proof: Evidence?,
        at moment: LaneEngine.Moment
    ) {
        self.init(
            atom: use.atom, part: use.part, driver: driver, at: moment.at,
            position: moment.position, value: 0, code: nil, status: [])
        switch proof?.content {
        case .code(let code, let status): (self.code, self.status) = (code, status)
        case .reading(_, let value): self.value = value
        case .statistic(_, _, _, let value, _): self.value = value
        case .trend(let found): value = found.reading
        case .silence(let milliseconds): value = Double(milliseconds)
        case nil: break
        }
    }

    /// By count or pair; of one, in the order in which they happened.
    static func inOrder(_ events: ArraySlice<LaneEvent>) -> [LaneEvent] {
        events.enumerated().sorted { ($0.element.atom, $0.offset) < ($1.element.atom, $1.offset) }
            .map(\.element)
    }
}

/// The newest events of a kind, oldest first, in a lane's words.
///
/// Each has its clock, time, message and key; a full one also value or code. Of events with one key,
/// as those of one day, the newest is kept.
struct EventList {
    let place: Int
    let kept: Int
    let isFull: Bool

    private var stride: Int { isFull ? StateWords.fullEvent : StateWords.event }
    private static let statusShift: UInt64 = 56

    private func start(_ index: Int) -> Int { place + index * stride }
    private func isEmpty(_ index: Int, _ memory: borrowing LaneMemory) -> Bool {
        memory[start(index) + 2] == 0
    }
    private func clock(_ index: Int, _ memory: borrowing LaneMemory) -> Double {
        memory.double(start(index))
    }

    /// Adds an event.
    ///
    /// - Parameters:
    ///   - key: equal for events that count once; `nil` when each counts.
    ///   - span: the most that oldest and newest may lie apart.
    /// - Returns: whether as many as are kept lie within the span.
    func add(
        _ event: LaneEvent, clock: Double, key: UInt64?, span: Double, memory: inout LaneMemory
    ) -> Bool {
        var hole = 0
        if let key {
            for index in 0..<kept
            where !isEmpty(index, memory) && memory[start(index) + 3] == key {
                guard clock >= self.clock(index, memory) else { return holds(span, memory) }
                hole = index
            }
        }
        // The hole moves to behind every event that is not newer; the oldest falls out.
        var slot = kept
        while slot > 0, !isEmpty(slot - 1, memory), self.clock(slot - 1, memory) > clock {
            slot -= 1
        }
        guard slot > hole else { return holds(span, memory) }
        for index in hole..<(slot - 1) {
            for word in 0..<stride {
                memory[start(index) + word] = memory[start(index + 1) + word]
            }
        }
        write(event, clock: clock, key: key ?? 0, at: start(slot - 1), memory: &memory)
        return holds(span, memory)
    }

    private func holds(_ span: Double, _ memory: borrowing LaneMemory) -> Bool {
        !isEmpty(0, memory) && clock(kept - 1, memory) - clock(0, memory) <= span
    }

    /// Whether as many as are kept lie within the span that ends at `now`.
    func holds(at now: Double, span: Double, memory: borrowing LaneMemory) -> Bool {
        !isEmpty(0, memory) && now - clock(0, memory) <= span
    }

    private func write(
        _ event: LaneEvent, clock: Double, key: UInt64, at start: Int, memory: inout LaneMemory
    ) {
        memory.set(start, clock)
        memory.set(start + 1, event.at)
        memory[start + 2] = event.position | UInt64(event.status.rawValue) << Self.statusShift
        memory[start + 3] = key
        guard isFull else { return }
        memory.set(start + 4, event.value)
        memory[start + 5] = event.code.map { UInt64($0.scheme.rawValue) + 1 } ?? 0
        memory[start + 6] = event.code?.stored.high ?? 0
        memory[start + 7] = event.code?.stored.low ?? 0
    }

    /// Every kept event.
    ///
    /// - Parameters:
    ///   - label: what an event is called that is no code.
    ///   - code: the code of events that do not name theirs.
    func evidence(label: String, code: FaultCode?, in memory: borrowing LaneMemory) -> [Evidence] {
        var result: [Evidence] = []
        for index in 0..<kept where !isEmpty(index, memory) {
            let start = start(index)
            result.append(
                Self.evidence(
                    time: memory.integer(start + 1), packed: memory[start + 2], label: label,
                    value: isFull ? memory.double(start + 4) : 0,
                    code: isFull ? Self.code(at: start + 5, in: memory) ?? code : code))
        }
        return result
    }

    static func code(at place: Int, in memory: borrowing LaneMemory) -> FaultCode? {
        let scheme = memory[place]
        guard scheme > 0 else { return nil }
        return FaultCode(
            scheme: UInt8(truncatingIfNeeded: scheme - 1), high: memory[place + 1],
            low: memory[place + 2])
    }

    static func evidence(
        time: Int64, packed: UInt64, label: String, value: Double, code: FaultCode?
    ) -> Evidence {
        let status = FaultStatus(rawValue: UInt8(truncatingIfNeeded: packed >> statusShift))
        return Evidence(
            position: packed & (1 << statusShift - 1), at: EventTime(milliseconds: time),
            content: code.map { .code($0, status) } ?? .reading(signal: label, value: value))
    }

    static func packed(_ event: LaneEvent) -> UInt64 {
        event.position | UInt64(event.status.rawValue) << statusShift
    }
}

extension Window {
    /// How far apart the first and the last of what counts may lie: of five trips, four.
    var span: Double { kind == .trips ? length - 1 : length }
}
