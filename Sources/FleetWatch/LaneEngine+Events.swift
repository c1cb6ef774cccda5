import FaultRules
import VehicleFaults

/// Counts and pairs: what is true of several events.
extension LaneEngine {
    /// What has to be true for an event to have happened.
    private func condition(of event: LaneEvent) -> Condition? {
        switch program.atoms[event.atom] {
        case .count(let atom): atom.event
        case .pair(let atom):
            switch event.part {
            case .first: atom.first
            case .second: atom.second
            case .third: if case .sequence(let third) = atom.order { third } else { nil }
            }
        default: nil
        }
    }

    /// Settles what a message brought about, in the order of the program, in which a count stands
    /// behind all that it speaks of.
    mutating func settleEvents(at moment: Moment, lane: inout Lane) {
        var open: ArraySlice<LaneEvent> = []
        while !open.isEmpty || !scratch.events.isEmpty {
            if !scratch.events.isEmpty {
                open = LaneEvent.inOrder(open + scratch.events)[...]
                scratch.events.removeAll(keepingCapacity: true)
            }
            let atom = open[open.startIndex].atom
            let own = open.prefix { $0.atom == atom }
            open = open.dropFirst(own.count)
            var events: [LaneEvent] = []
            for event in own where !events.contains(where: { $0.part == event.part }) {
                // Of what happened in one message the first counts.
                if happened(event, lane: lane) { events.append(event) }
            }
            guard !events.isEmpty else { continue }
            let news: [Evidence]?
            switch program.atoms[atom] {
            case .count(let count): news = settle(count, atom, events, lane: &lane)
            case .pair(let pair): news = settle(pair, atom, events, at: moment, lane: &lane)
            default: news = nil
            }
            guard let proof = news else { continue }
            drive(by: atom, at: moment, lane: &lane) { _, _ in proof }
        }
    }

    private func happened(_ event: LaneEvent, lane: borrowing Lane) -> Bool {
        guard let condition = condition(of: event) else { return false }
        if case .atom = condition { return true }
        return holds(condition, given: event.driver, at: event.at, lane: lane)
    }

    // MARK: - Counts

    private mutating func settle(
        _ count: CountAtom, _ atom: Int, _ events: [LaneEvent], lane: inout Lane
    ) -> [Evidence]? {
        guard let event = events.first else { return nil }
        if let condition = measures.countConditions[atom],
            holds(test: condition, at: event.at, lane: lane) != true
        {
            return nil
        }
        guard let clock = clock(count.window.kind, at: event.at, lane: lane),
            let key = key(of: event, by: count.unit, lane: lane)
        else { return nil }
        let list = EventList(
            place: words(.event, atom, count.count * StateWords.fullEvent, lane: &lane),
            kept: count.count, isFull: true)
        let isReached = list.add(
            event, clock: clock, key: key.value, span: count.window.span, memory: &lane.memory)
        return isReached ? evidence(for: count, atom, lane: lane) : nil
    }

    func words(_ kind: LaneMemory.Kind, _ number: Int, _ length: Int, lane: inout Lane) -> Int {
        scratch.groups.find(kind, number, in: lane.memory)
            ?? lane.memory.add(LaneMemory.key(kind, number), length: length)
    }

    /// What an event counts once by.
    struct EventKey {
        /// `nil` when each counts.
        var value: UInt64?
    }

    /// - Returns: `nil` for an event that does not count at all.
    func key(of event: LaneEvent, by unit: CountUnit, lane: borrowing Lane) -> EventKey? {
        switch unit {
        case .times: return EventKey(value: nil)
        case .days:
            let day = (Double(event.at) / 86_400_000).rounded(.down)
            return EventKey(value: UInt64(bitPattern: Int64(day)))
        case .trips: return tripNumber(lane).map { EventKey(value: $0) }
        case .codes:
            return event.code.map {
                EventKey(
                    value: $0.stored.high &* 0x9E37_79B9_7F4A_7C15 ^ $0.stored.low
                        ^ UInt64($0.scheme.rawValue) << 60)
            }
        }
    }

    // MARK: - Pairs

    // A pair's words: flags; first and second, each of clock, time, message, value and three of the
    // code; the clock of what came between; when the pair was complete.

    private enum PairWord {
        static let flags = 0
        static let first = 1
        static let second = 8
        static let third = 15
        static let complete = 16
        static let hasFirst: UInt64 = 1
        static let hasSecond: UInt64 = 2
        static let hasThird: UInt64 = 4
        static let isComplete: UInt64 = 8
    }

    private mutating func settle(
        _ pair: PairAtom, _ atom: Int, _ events: [LaneEvent], at moment: Moment,
        lane: inout Lane
    ) -> [Evidence]? {
        guard let clock = clock(pair.window.kind, at: moment.at, lane: lane) else { return nil }
        let place = words(.event, atom, StateWords.pair, lane: &lane)
        let first = events.first { $0.part == .first }
        let second = events.first { $0.part == .second }
        let isNews: Bool
        if case .near = pair.order {
            if let first { keep(first, clock, place, .first, memory: &lane.memory) }
            if let second { keep(second, clock, place, .second, memory: &lane.memory) }
            let both = PairWord.hasFirst | PairWord.hasSecond
            let distance =
                lane.memory.double(place + PairWord.first)
                - lane.memory.double(place + PairWord.second)
            isNews =
                lane.memory[place] & both == both && distance.magnitude <= pair.window.span
        } else {
            if events.contains(where: { $0.part == .third }) {
                let known = lane.memory[place] & PairWord.hasThird != 0
                lane.memory[place] |= PairWord.hasThird
                if !known || clock >= lane.memory.double(place + PairWord.third) {
                    lane.memory.set(place + PairWord.third, clock)
                }
            }
            isNews = second != nil && isInOrder(at: clock, pair.window.span, place, lane.memory)
            if isNews, let second { keep(second, clock, place, .second, memory: &lane.memory) }
        }
        if isNews {
            lane.memory[place] |= PairWord.isComplete
            lane.memory.set(place + PairWord.complete, clock)
        }
        let proof = isNews ? evidence(for: pair, atom, lane: lane) : nil
        if case .sequence = pair.order, let first {
            // What is first in this message can only precede what later ones bring.
            keep(first, clock, place, .first, memory: &lane.memory)
        }
        return proof
    }

    private func isInOrder(
        at clock: Double, _ span: Double, _ place: Int, _ memory: borrowing LaneMemory
    ) -> Bool {
        guard memory[place] & PairWord.hasFirst != 0 else { return false }
        let begun = memory.double(place + PairWord.first)
        guard clock >= begun, clock - begun <= span else { return false }
        return memory[place] & PairWord.hasThird == 0
            || memory.double(place + PairWord.third) < begun
    }

    private func keep(
        _ event: LaneEvent, _ clock: Double, _ place: Int, _ part: RuleProgram.EventUse.Part,
        memory: inout LaneMemory
    ) {
        let isFirst = part == .first
        let flag = isFirst ? PairWord.hasFirst : PairWord.hasSecond
        let start = place + (isFirst ? PairWord.first : PairWord.second)
        if memory[place] & flag != 0, clock < memory.double(start) { return }
        memory[place] |= flag
        memory.set(start, clock)
        memory.set(start + 1, event.at)
        memory[start + 2] = EventList.packed(event)
        memory.set(start + 3, event.value)
        memory[start + 4] = event.code.map { UInt64($0.scheme.rawValue) + 1 } ?? 0
        memory[start + 5] = event.code?.stored.high ?? 0
        memory[start + 6] = event.code?.stored.low ?? 0
    }

    // MARK: - Remembered

    /// Whether a count is still reached.
    func holds(_ count: CountAtom, _ atom: Int, at now: Int64, lane: borrowing Lane) -> Bool {
        guard let place = scratch.groups.find(.event, atom, in: lane.memory),
            let clock = clock(count.window.kind, at: now, lane: lane)
        else { return false }
        return EventList(place: place, kept: count.count, isFull: true).holds(
            at: clock, span: count.window.span, memory: lane.memory)
    }

    /// Whether a pair was complete within its own window.
    func holds(_ pair: PairAtom, _ atom: Int, at now: Int64, lane: borrowing Lane) -> Bool {
        guard let place = scratch.groups.find(.event, atom, in: lane.memory),
            lane.memory[place] & PairWord.isComplete != 0,
            let clock = clock(pair.window.kind, at: now, lane: lane)
        else { return false }
        return clock - lane.memory.double(place + PairWord.complete) <= pair.window.span
    }

    func evidence(for count: CountAtom, _ atom: Int, lane: borrowing Lane) -> [Evidence] {
        guard let place = scratch.groups.find(.event, atom, in: lane.memory) else { return [] }
        return EventList(place: place, kept: count.count, isFull: true).evidence(
            label: label(of: count.event), code: nil, in: lane.memory)
    }

    func evidence(for pair: PairAtom, _ atom: Int, lane: borrowing Lane) -> [Evidence] {
        guard let place = scratch.groups.find(.event, atom, in: lane.memory) else { return [] }
        var result: [Evidence] = []
        for (flag, start, condition) in [
            (PairWord.hasFirst, PairWord.first, pair.first),
            (PairWord.hasSecond, PairWord.second, pair.second),
        ] where lane.memory[place] & flag != 0 {
            let words = place + start
            result.append(
                EventList.evidence(
                    time: lane.memory.integer(words + 1), packed: lane.memory[words + 2],
                    label: label(of: condition), value: lane.memory.double(words + 3),
                    code: EventList.code(at: words + 4, in: lane.memory)))
        }
        return result
    }

    /// What an event is called that is no code.
    private func label(of condition: Condition) -> String {
        condition.drivers.sorted().map { program.atoms[$0].shown.description }.joined(
            separator: " or ")
    }
}
