import Testing
import VehicleFaults

@testable import ServiceTickets

/// Random walks: whatever people, vehicles and the clock do, tickets stay what they may be.
@Suite struct TicketWalkTests {
    /// Where a ticket may go, written down apart from the machine.
    static let ways: [TicketState: Set<TicketState>] = [
        .open: [.acknowledged, .onHold, .cancelled],
        .acknowledged: [.triaged, .onHold, .cancelled],
        .triaged: [.contacted, .monitoring, .remoteResolved, .onHold, .cancelled],
        .contacted: [.scheduled, .onHold, .cancelled],
        // Back to where an appointment is made, when it goes to another site.
        .scheduled: [.checkedIn, .contacted, .onHold, .cancelled],
        .checkedIn: [.inRepair, .contacted, .onHold, .cancelled],
        .inRepair: [.qualityCheck, .onHold],
        .qualityCheck: [.delivered, .inRepair, .onHold],
        .delivered: [.followedUp, .triaged],
        .remoteResolved: [.followedUp, .triaged],
        .followedUp: [.closed, .triaged],
        .closed: [.triaged],
        .cancelled: [.triaged],
        .monitoring: [.triaged, .cancelled],
        .onHold: TicketState.beforeDelivery.union([.cancelled]),
    ]

    /// What a store would hold: each ticket as it was opened, with its counts, and its events.
    struct Store {
        var first: [Int64: Ticket] = [:]
        var newest: [Int64: Ticket] = [:]
        var events: [Int64: [TicketEvent]] = [:]
        var memory: [String: MemoryRow] = [:]

        mutating func take(_ notes: [TicketNote], _ book: inout TicketBook) {
            for note in notes {
                let number = note.event.ticket
                events[number, default: []].append(note.event)
                newest[number] = note.ticket.value
            }
            for row in book.takeMemory() {
                memory["\(row.kind) \(row.key)"] = row.value == nil ? nil : row
            }
        }

        /// The ticket that its events make, with the counts that are columns of its row.
        ///
        /// - Parameter end: what happened then or later is left out.
        func folded(
            _ number: Int64, before end: EventTime = EventTime(milliseconds: .max)
        ) throws -> Ticket {
            let row = try #require(newest[number])
            let events = try #require(events[number]).filter { $0.at < end }
            let opening = try #require(events.first)
            let severity = try #require(opening.fields[.severity].flatMap { Severity(name: $0) })
            let advice = try #require(opening.fields[.advice].flatMap { Advice(name: $0) })
            var ticket = Ticket(
                number: number, vehicle: row.vehicle, mode: row.mode, severity: severity,
                advice: advice, component: opening.fields[.component] ?? "", skill: row.skill,
                name: row.name, openedAt: row.openedAt, openedPosition: row.openedPosition,
                findings: 0, latestAt: row.latestAt, symptomGone: row.symptomGone,
                openedReceived: row.openedReceived, source: row.source)
            for event in events {
                // As a store reads it back.
                var event = event
                event.fields = try #require(Fields(json: event.fields.json))
                ticket.apply(event)
            }
            ticket.findings = row.findings
            ticket.rules = row.rules
            ticket.kinds = row.kinds
            return ticket
        }
    }

    @Test("no forbidden way, no lost event, no clock that runs backwards, no change by a restart")
    func walks() throws {
        var seen: Set<TicketState> = []
        for seed in UInt64(0)..<30 { seen.formUnion(try walk(seed)) }
        #expect(Set(TicketState.allCases).subtracting(seen) == [])
    }

    /// - Returns: the states that tickets reached.
    private func walk(_ seed: UInt64) throws -> Set<TicketState> {
        var random = SeededRandom(seed)
        var policy = TicketPolicy.standard
        policy.modes = ModeCatalogue(suppresses: ["a": ["b"], "b": ["c*"]])
        var garage = Garage(policy)
        var store = Store()
        var told: Set<String> = []
        var nets: [String: Int64] = [:]
        var seen: Set<TicketState> = []
        var lowered: Set<Int64> = []
        for step in 0..<200 {
            let place = "seed \(seed), step \(step)"
            let before = garage.book.tickets.mapValues(\.state)
            garage.notes = []
            try move(&garage, &random, place)
            for note in garage.notes { seen.insert(note.event.state) }
            try checkWays(garage.notes, before, place)
            if step % 5 == 1 { lowered = [] }
            for note in garage.notes {
                if note.event.kind == .notice(.escalated) {
                    let id =
                        "\(note.event.ticket) \(note.event.epoch)"
                        + " \(note.event.fields[.clock] ?? "") \(note.event.fields[.level] ?? "")"
                    #expect(told.insert(id).inserted, "\(place): \(id)")
                }
                // Only a supervisor may set a clock back, or make it wait for the check-in.
                if [.step(.triage), .step(.undo)].contains(note.event.kind),
                    note.event.role == .supervisor
                {
                    lowered.insert(note.event.ticket)
                    nets = nets.filter { !$0.key.hasPrefix("\(note.event.ticket) ") }
                }
            }
            for number in garage.book.tickets.keys.sorted() {
                store.newest[number] = garage.book[number]
            }
            store.take(garage.notes, &garage.book)
            if step % 5 == 0 { try checkClocks(garage, policy, lowered, &nets, place) }
            try checkKeys(garage.book, place)
            if step % 25 == 24 { try restart(&garage, &store, policy, place) }
        }
        return seen
    }

    /// The unbroken book and one that starts from the store must be one and the same.
    private func restart(
        _ garage: inout Garage, _ store: inout Store, _ policy: TicketPolicy, _ place: String
    ) throws {
        var live: [Ticket] = []
        for number in store.newest.keys.sorted() {
            let folded = try store.folded(number)
            var kept = try #require(garage.book[number])
            kept.timer = nil
            kept.due = nil
            #expect(folded == kept, "\(place): T-\(number)")
            try checkCard(kept, store, place)
            if folded.isLive { live.append(folded) }
        }
        var again = TicketBook(
            open: live, nextNumber: garage.book.nextNumber, policy: policy,
            memory: store.memory.keys.sorted().compactMap { store.memory[$0] })
        #expect(again.active == garage.book.active, "\(place)")
        #expect(again.byVehicle == garage.book.byVehicle, "\(place)")
        #expect(again.past == garage.book.past, "\(place)")
        #expect(again.backOffs == garage.book.backOffs, "\(place)")
        #expect(again.storms == garage.book.storms, "\(place)")
        #expect(again.sightings == garage.book.sightings, "\(place)")
        for number in store.newest.keys.sorted() { again.adopt(try store.folded(number)) }
        for number in again.tickets.keys {
            #expect(again[number]?.timer == garage.book[number]?.timer, "\(place): T-\(number)")
            #expect(again[number]?.due == garage.book[number]?.due, "\(place): T-\(number)")
        }
        garage.book = again
    }

    /// A card read up to any time must say what the events before it make.
    private func checkCard(_ ticket: Ticket, _ store: Store, _ place: String) throws {
        var reader = CardReader()
        var read = TicketStanding()
        let times = try #require(store.events[ticket.number]).map(\.at)
        for end in Set(times + times.map { $0.advanced(by: 1) }).sorted() {
            let isOpen = reader.read(ticket.card.bytes.span, before: end, into: &read)
            #expect(isOpen == (times[0] < end), "\(place): T-\(ticket.number)")
            guard isOpen == true else { continue }
            (read.number, read.vehicle, read.rule) =
                (ticket.number, ticket.vehicle, ticket.rules.first)
            var folded = TicketStanding(try store.folded(ticket.number, before: end))
            folded.count(until: end)
            #expect(read == folded, "\(place): T-\(ticket.number)")
        }
    }

    private func checkWays(_ notes: [TicketNote], _ before: [Int64: TicketState], _ place: String)
        throws
    {
        var states = before
        for note in notes {
            let event = note.event
            let old = states[event.ticket]
            states[event.ticket] = event.state
            guard let old, old != event.state, event.kind != .step(.undo) else { continue }
            #expect(
                Self.ways[old]?.contains(event.state) == true,
                "\(place): \(old) to \(event.state) by \(event.kind.name)")
            if event.state == .closed {
                #expect(note.ticket.course.disposition != nil, "\(place)")
            }
            if event.state == .delivered {
                #expect(
                    note.ticket.course.inspector.map {
                        !note.ticket.course.technicians.contains($0)
                    } == true, "\(place)")
            }
        }
    }

    private func checkClocks(
        _ garage: Garage, _ policy: TicketPolicy, _ lowered: Set<Int64>,
        _ nets: inout [String: Int64], _ place: String
    ) throws {
        for number in garage.book.tickets.keys.sorted() {
            let ticket = try garage.ticket(number)
            for reading in ticket.clocks(policy, at: garage.now) where reading.clock != .parts {
                let id = "\(number) \(ticket.epoch) \(reading.clock)"
                #expect(reading.net >= 0 && reading.net <= reading.gross, "\(place): \(id)")
                if !lowered.contains(number), let old = nets[id] {
                    #expect(reading.net >= old, "\(place): \(id) went back")
                }
                nets[id] = reading.net
            }
        }
    }

    private func checkKeys(_ book: TicketBook, _ place: String) throws {
        var keys: Set<TicketBook.Key> = []
        for ticket in book.tickets.values
        where !ticket.state.isFinal && !ticket.state.isAfterRepair {
            let key = TicketBook.Key(vehicle: ticket.vehicle, mode: ticket.mode)
            #expect(keys.insert(key).inserted, "\(place): two tickets about \(ticket.mode)")
        }
    }

    // MARK: - What happens

    private func move(_ garage: inout Garage, _ random: inout SeededRandom, _ place: String) throws
    {
        switch random.below(16) {
        case 0:
            _ = try garage.find(
                random.one(of: ["a", "b", "c1", "c2"]), on: "CAR-\(random.below(3))",
                severity: random.one(of: Severity.allCases), rule: "r\(random.below(3))",
                kinds: ["k\(random.below(3))"], isRaised: random.below(5) > 0)
        case 1:
            _ = garage.wait(
                random.one(of: [0, minute, 20 * minute, 3 * hour, day, 8 * day, 40 * day]))
        case 2:
            let vehicle = try #require(VehicleID("CAR-\(random.below(4))"))
            garage.notes += garage.book.observe(
                vehicle, odometer: random.one(of: [.nan, 100, 40_100, 45_000]), at: garage.now)
        default:
            _ = garage.wait(Int64(random.below(3)) * minute)
            try step(&garage, &random, place)
        }
    }

    private func step(_ garage: inout Garage, _ random: inout SeededRandom, _ place: String) throws
    {
        let numbers = garage.book.tickets.keys.sorted()
        guard let newest = numbers.last else { return }
        var number = random.below(20) == 0 ? newest + 7 : random.one(of: numbers)
        // Mostly on with what is furthest, so that the end of the rail is reached as well.
        if random.below(2) == 0 {
            func place(_ number: Int64) -> Int {
                TicketState.rail.firstIndex { $0 == garage.book[number]?.state } ?? 0
            }
            number =
                numbers.filter { garage.book[$0]?.isLive == true }
                .max { place($0) < place($1) } ?? number
        }
        var step = random.one(of: TicketStep.allCases)
        if let ticket = garage.book[number], random.below(4) > 0 {
            let possible = ticket.possibleSteps
            let onward = possible.filter { $0.isForward && $0.obstacle == nil }
            step = random.one(of: onward.isEmpty ? possible : onward).step
            if random.below(4) == 0 { step = random.one(of: possible).step }
        }
        let roles = random.below(8) == 0 ? Role.allCases : Role.allCases.filter(step.roles.contains)
        let role = random.one(of: roles)
        var fields: [(TicketField, String)] = []
        let wanted =
            (garage.book[number]?.missing(for: step) ?? step.required)
            + step.optional.filter { _ in random.below(6) == 0 }
        for field in wanted where random.below(30) > 0 {
            fields.append((field, text(field, step, garage, &random)))
        }
        if step == .estimate, random.below(2) == 0 {
            fields = [(.estimate, "E1"), (.approvedBy, "owner")]
        }
        let before = random.below(6) == 0 ? garage.book : nil
        do {
            try garage.act(step.verb, step == .open ? nil : number, by: role, fields)
        } catch is Refusal {
            guard let before else { return }
            for number in before.tickets.keys {
                #expect(before[number] == garage.book[number], "\(place): refused, yet changed")
            }
            #expect(before.nextNumber == garage.book.nextNumber, "\(place)")
        }
    }

    private func text(
        _ field: TicketField, _ step: TicketStep, _ garage: Garage, _ random: inout SeededRandom
    ) -> String {
        if random.below(40) == 0 { return "nonsense" }
        switch field {
        case .vehicle: return "CAR-\(random.below(4))"
        case .mode: return random.one(of: ["a", "b", "c1", "c2"])
        case .estimate: return "E1"
        case .findings: return random.one(of: ["1", "1 2", "3"])
        case .lines: return "tax 1"
        case .total: return "1"
        case .actual: return "\(random.below(10) == 0 ? 2 : 1)"
        case .site: return "S\(random.below(3))"
        case .into: return "\(random.below(Int(garage.book.nextNumber)) + 1)"
        default: break
        }
        switch field.form(in: step) {
        case .choice(let names): return random.one(of: names)
        case .number(let least, _): return "\(Int(least) + random.below(5))"
        case .time: return "\(garage.now.milliseconds + Int64(random.below(100)) * hour)"
        case .text: return "text \(random.below(100))"
        }
    }
}
