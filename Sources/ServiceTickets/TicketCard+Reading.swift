import VehicleFaults

/// Reads cards one after the other, and knows again the words that it has seen.
public struct CardReader {
    private var words = CardWords()

    public init() {}

    /// Reads where a ticket stood at a time: what the events before it make. The time up to then is
    /// counted.
    ///
    /// - Parameters:
    ///   - standing: where it is put; number, vehicle and rule are not on the card.
    /// - Returns: `nil` when this is no card, `false` when nothing had happened yet.
    public mutating func read(
        _ card: Span<UInt8>, before end: EventTime, into standing: inout TicketStanding
    ) -> Bool? {
        guard !card.isEmpty, card[0] == TicketCard.version else { return nil }
        standing.clear()
        var place = CardPlace(place: 1)
        let received = EventTime(milliseconds: place.number(card))
        standing.openedReceived = received
        standing.openedAt = received.advanced(by: place.number(card))
        guard let source = place.choice(card, TicketCard.sources) else { return nil }
        standing.source = source
        standing.mode = place.text(card, &words)
        standing.skill = place.text(card, &words)
        standing.spent.counted = received
        var time = received
        var isOpen = false
        while place.place < card.count {
            time = time.advanced(by: place.number(card))
            guard time < end else { break }
            standing.count(until: time)
            isOpen = true
            while true {
                let name = place.byte(card)
                if name == TicketCard.Change.end.rawValue { break }
                guard let change = TicketCard.Change(rawValue: name) else { return nil }
                apply(change, card, &place, at: time, &standing)
                if place.hasFailed { return nil }
            }
        }
        guard !place.hasFailed else { return nil }
        standing.count(until: end)
        return isOpen
    }

    private mutating func apply(
        _ change: TicketCard.Change, _ card: Span<UInt8>, _ place: inout CardPlace,
        at time: EventTime, _ standing: inout TicketStanding
    ) {
        switch change {
        case .end: break
        case .state: place.choice(card, TicketCard.states, &standing.progress.state)
        case .severity: place.choice(card, TicketCard.severities, &standing.progress.severity)
        case .component: standing.progress.component = place.optionalText(card, &words) ?? ""
        case .serviceType:
            place.choice(card, TicketCard.serviceTypes, &standing.progress.serviceType)
        case .site: standing.progress.site = place.optionalText(card, &words)
        case .clockStart: standing.clockStart = place.time(card, time) ?? standing.clockStart
        case .solveFrom: standing.progress.solveFrom = place.time(card, time)
        case .respondedAt: standing.progress.respondedAt = place.time(card, time)
        case .earlierResponse: standing.earlierResponse = place.time(card, time)
        case .triagedAt: standing.progress.triagedAt = place.time(card, time)
        case .appointment: standing.progress.appointment = place.time(card, time)
        case .readyBy: standing.progress.readyBy = place.time(card, time)
        case .checkedInAt: standing.progress.checkedInAt = place.time(card, time)
        case .repairStartedAt: standing.progress.repairStartedAt = place.time(card, time)
        case .repairedAt: standing.progress.repairedAt = place.time(card, time)
        case .solvedAt: standing.progress.solvedAt = place.time(card, time)
        case .deliveredAt: standing.progress.deliveredAt = place.time(card, time)
        case .followedUpAt: standing.progress.followedUpAt = place.time(card, time)
        case .closedAt: standing.progress.closedAt = place.time(card, time)
        case .cancelledAt: standing.progress.cancelledAt = place.time(card, time)
        case .failedAt: standing.failedAt = place.time(card, time)
        case .failsAt: standing.failsAt = place.time(card, time)
        case .probability: standing.probability = place.real(card)
        case .technician: standing.technician = place.optionalText(card, &words)
        case .csat: standing.progress.csat = place.byte(card) == 0 ? nil : Int(place.number(card))
        case .disposition:
            standing.progress.disposition = place.choice(card, TicketCard.dispositions)
        case .cancelReason:
            standing.progress.cancelReason = place.choice(card, TicketCard.cancelReasons)
        case .proof: place.choice(card, TicketCard.proofs, &standing.proof)
        case .epoch: standing.epoch = Int(place.number(card))
        case .estimate: standing.estimate = place.optionalText(card, &words)
        case .estimateTotal: standing.estimateTotal = place.real(card)
        case .actualCost: standing.progress.actualCost = place.real(card)
        case .visits: standing.progress.tally.visits = Int(place.number(card))
        case .inspections: standing.progress.tally.inspections = Int(place.number(card))
        case .failedInspections: standing.progress.tally.failedInspections = Int(place.number(card))
        case .wasAsked: standing.progress.tally.wasAsked = place.number(card) == 1
        case .reasons:
            place.list(card, &standing.progress.tally.reasons) { $0.text(card, &words) }
        case .answerMinutes: standing.progress.tally.answerMinutes = place.real(card)
        case .flow:
            place.list(card, &standing.progress.tally.flow) {
                $0.choice(card, TicketTally.flowSteps)
            }
        case .pauses: place.list(card, &standing.progress.pauses) { $0.pause(card, time) }
        case .rounds:
            place.list(card, &standing.rounds) { place in
                let (from, until) = (place.near(card, time), place.near(card, time))
                var pauses: [Course.Pause] = []
                for _ in 0..<place.count(card) {
                    guard let pause = place.pause(card, time) else { return nil }
                    pauses.append(pause)
                }
                return Ticket.Round(from: from, until: until, pauses: pauses)
            }
        }
    }
}

/// How far a card is read.
private struct CardPlace {
    var place: Int
    var hasFailed = false

    @inline(__always)
    mutating func byte(_ card: Span<UInt8>) -> UInt8 {
        guard place < card.count else {
            hasFailed = true
            return 0
        }
        defer { place &+= 1 }
        return card[place]
    }

    @inline(__always)
    mutating func number(_ card: Span<UInt8>) -> Int64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let next = byte(card)
            value |= UInt64(next & 0x7F) &<< shift
            if next < 0x80 { break }
            shift &+= 7
        }
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    /// A number of things that follow, each of one byte at least.
    mutating func count(_ card: Span<UInt8>) -> Int {
        let count = number(card)
        guard count >= 0, count <= Int64(card.count - place) else {
            hasFailed = true
            return 0
        }
        return Int(count)
    }

    @inline(__always)
    mutating func near(_ card: Span<UInt8>, _ time: EventTime) -> EventTime {
        time.advanced(by: number(card))
    }

    @inline(__always)
    mutating func time(_ card: Span<UInt8>, _ time: EventTime) -> EventTime? {
        byte(card) == 0 ? nil : near(card, time)
    }

    mutating func real(_ card: Span<UInt8>) -> Double? {
        guard byte(card) != 0 else { return nil }
        var bits: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 8) { bits |= UInt64(byte(card)) << shift }
        return Double(bitPattern: bits)
    }

    mutating func choice<Choice>(_ card: Span<UInt8>, _ all: [Choice]) -> Choice? {
        let index = number(card)
        if all.indices.contains(Int(index)) { return all[Int(index)] }
        if index != -1 { hasFailed = true }
        return nil
    }

    mutating func choice<Choice>(_ card: Span<UInt8>, _ all: [Choice], _ value: inout Choice) {
        if let found = choice(card, all) { value = found } else { hasFailed = true }
    }

    mutating func text(_ card: Span<UInt8>, _ words: inout CardWords) -> String {
        let length = count(card)
        defer { place += length }
        return words.word(card, place..<place + length)
    }

    mutating func optionalText(_ card: Span<UInt8>, _ words: inout CardWords) -> String? {
        byte(card) == 0 ? nil : text(card, &words)
    }

    mutating func pause(_ card: Span<UInt8>, _ now: EventTime) -> Course.Pause? {
        let from = near(card, now)
        let until = time(card, now)
        guard let reason = choice(card, TicketCard.holdReasons) else { return nil }
        return Course.Pause(from: from, until: until, reason: reason, isUrgent: byte(card) == 1)
    }

    mutating func list<Item>(
        _ card: Span<UInt8>, _ items: inout [Item], _ item: (inout CardPlace) -> Item?
    ) {
        let kept = number(card)
        guard kept >= 0, kept <= Int64(items.count) else {
            hasFailed = true
            return
        }
        items.removeLast(items.count - Int(kept))
        for _ in 0..<count(card) {
            guard let next = item(&self) else {
                hasFailed = true
                return
            }
            items.append(next)
        }
    }
}

/// The words of cards: few different ones, and making a text each time takes longer than comparing
/// its bytes with those that were seen.
private struct CardWords {
    /// A word of 16 bytes at most, eight to a number.
    private struct Seen {
        var low: UInt64 = 0
        var high: UInt64 = 0
        var count = 0
        var word = ""
    }

    /// By the last bits of a hash; a word goes where another was.
    private var seen = [Seen](repeating: Seen(), count: 256)

    mutating func word(_ card: Span<UInt8>, _ range: Range<Int>) -> String {
        guard range.count <= 16 else { return Self.text(card, range) }
        var low: UInt64 = 0
        var high: UInt64 = 0
        for place in range.lowerBound..<min(range.upperBound, range.lowerBound &+ 8) {
            low = low &<< 8 | UInt64(card[place])
        }
        if range.count > 8 {
            for place in range.lowerBound &+ 8..<range.upperBound {
                high = high &<< 8 | UInt64(card[place])
            }
        }
        // Knuth's multiplicative hash (The Art of Computer Programming, 6.4).
        let mixed = (low ^ (high &* 31) ^ UInt64(range.count)) &* 0x9E37_79B9_7F4A_7C15
        let slot = Int(mixed >> 56)
        let found = seen[slot]
        if found.low == low, found.high == high, found.count == range.count { return found.word }
        let word = Self.text(card, range)
        seen[slot] = Seen(low: low, high: high, count: range.count, word: word)
        return word
    }

    private static func text(_ card: Span<UInt8>, _ range: Range<Int>) -> String {
        unsafe card.extracting(range).withUnsafeBufferPointer {
            unsafe String(decoding: $0, as: UTF8.self)
        }
    }
}
