import VehicleFaults

/// What a ticket's columns in the store do not tell and reports ask, as one text of whole numbers.
///
/// It is made of the events like the columns, and only saves counting them again.
enum TicketAccount {
    // 2 since the kind of service is told; older texts are counted from the events.
    private static let version: Int64 = 2

    static func text(_ ticket: Ticket) -> String {
        var numbers: [Int64] = [version, ticket.spent.counted.milliseconds]
        func append(_ time: EventTime?) { numbers.append(time?.milliseconds ?? -1) }
        func append(_ pauses: [Course.Pause]) {
            numbers.append(Int64(pauses.count))
            for pause in pauses {
                append(pause.from)
                append(pause.until)
                numbers.append(Int64(HoldReason.allCases.firstIndex(of: pause.reason) ?? 0))
                numbers.append(pause.isUrgent ? 1 : 0)
            }
        }
        func append(sparse values: [Int64]) {
            numbers.append(Int64(values.count { $0 != 0 }))
            for (place, value) in values.enumerated() where value != 0 {
                numbers += [Int64(place), value]
            }
        }
        let tally = ticket.course.tally
        numbers += [
            Int64(tally.visits), Int64(tally.inspections), Int64(tally.failedInspections),
            tally.wasAsked ? 1 : 0,
        ]
        append(ticket.earlierResponse)
        append(ticket.failsAt)
        append(ticket.course.readyBy)
        append(ticket.failedAt)
        numbers.append(ticket.probability.map { Int64(bitPattern: $0.bitPattern) } ?? -1)
        append(sparse: ticket.spent.states)
        append(sparse: ticket.spent.holds)
        numbers.append(Int64(tally.flow.count))
        for step in tally.flow {
            numbers.append(Int64(TicketTally.flowSteps.firstIndex(of: step) ?? 0))
        }
        append(ticket.course.pauses)
        numbers.append(Int64(ticket.rounds.count))
        for round in ticket.rounds {
            append(round.from)
            append(round.until)
            append(round.pauses)
        }
        numbers.append(Int64(ServiceType.allCases.firstIndex(of: ticket.course.serviceType) ?? 0))
        return line(numbers, tally.reasons)
    }

    /// The numbers, then the words, with blanks between.
    private static func line(_ numbers: [Int64], _ words: [String]) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(64 + 4 * numbers.count)
        for number in numbers {
            if !bytes.isEmpty { bytes.append(0x20) }
            if number < 0 { bytes.append(UInt8(ascii: "-")) }
            let start = bytes.count
            var rest = number.magnitude
            repeat {
                bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
                rest /= 10
            } while rest > 0
            if bytes.count - start > 1 { bytes[start...].reverse() }
        }
        for word in words {
            bytes.append(0x20)
            bytes += word.utf8
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The newest event that a text counts; `nil` when it is something else.
    static func counted(_ text: [UInt8]) -> EventTime? {
        var reader = Reader(bytes: text)
        guard reader.number() == version else { return nil }
        return reader.time()
    }

    /// Puts back what ``text(_:)`` says; `false` when it is something else.
    static func restore(_ ticket: inout Ticket, _ text: [UInt8]) -> Bool {
        var reader = Reader(bytes: text)
        guard reader.number() == version, let counted = reader.time() else { return false }
        ticket.spent.counted = counted
        ticket.course.tally.visits = Int(reader.number() ?? 0)
        ticket.course.tally.inspections = Int(reader.number() ?? 0)
        ticket.course.tally.failedInspections = Int(reader.number() ?? 0)
        ticket.course.tally.wasAsked = reader.number() == 1
        ticket.earlierResponse = reader.time()
        ticket.failsAt = reader.time()
        ticket.course.readyBy = reader.time()
        ticket.failedAt = reader.time()
        ticket.probability = reader.number().flatMap {
            $0 == -1 ? nil : Double(bitPattern: UInt64(bitPattern: $0))
        }
        reader.sparse(into: &ticket.spent.states)
        reader.sparse(into: &ticket.spent.holds)
        for _ in 0..<reader.count() {
            let place = Int(reader.number() ?? -1)
            guard TicketTally.flowSteps.indices.contains(place) else { return false }
            ticket.course.tally.flow.append(TicketTally.flowSteps[place])
        }
        ticket.course.pauses = reader.pauses()
        for _ in 0..<reader.count() {
            guard let from = reader.time(), let until = reader.time() else { return false }
            ticket.rounds.append(Ticket.Round(from: from, until: until, pauses: reader.pauses()))
        }
        let service = Int(reader.number() ?? -1)
        guard ServiceType.allCases.indices.contains(service) else { return false }
        ticket.course.serviceType = ServiceType.allCases[service]
        ticket.course.tally.reasons = reader.words()
        return !reader.hasFailed
    }

    private struct Reader {
        let bytes: [UInt8]
        var place = 0
        var hasFailed = false

        mutating func number() -> Int64? {
            let isNegative = place < bytes.count && bytes[place] == UInt8(ascii: "-")
            if isNegative { place += 1 }
            let start = place
            var value: Int64 = 0
            while place < bytes.count, bytes[place] &- 0x30 < 10 {
                value = value &* 10 &+ Int64(bytes[place] &- 0x30)
                place += 1
            }
            guard place > start else {
                hasFailed = true
                return nil
            }
            if place < bytes.count { place += 1 }
            return isNegative ? -value : value
        }

        mutating func time() -> EventTime? {
            guard let value = number(), value != -1 else { return nil }
            return EventTime(milliseconds: value)
        }

        mutating func count() -> Int {
            guard let value = number(), value >= 0, value <= bytes.count else {
                hasFailed = true
                return 0
            }
            return Int(value)
        }

        mutating func sparse(into values: inout [Int64]) {
            for _ in 0..<count() {
                let index = Int(number() ?? -1)
                let value = number() ?? 0
                guard values.indices.contains(index) else {
                    hasFailed = true
                    return
                }
                values[index] = value
            }
        }

        mutating func pauses() -> [Course.Pause] {
            var result: [Course.Pause] = []
            for _ in 0..<count() {
                let (from, until) = (time(), time())
                let reason = Int(number() ?? -1)
                let isUrgent = number() == 1
                guard let from, HoldReason.allCases.indices.contains(reason) else {
                    hasFailed = true
                    return []
                }
                result.append(
                    Course.Pause(
                        from: from, until: until, reason: HoldReason.allCases[reason],
                        isUrgent: isUrgent))
            }
            return result
        }

        mutating func words() -> [String] {
            guard place < bytes.count else { return [] }
            return bytes[place...].split(separator: 0x20).map {
                String(decoding: $0, as: UTF8.self)
            }
        }
    }
}

extension Ticket {
    /// What the columns of its row do not tell, for the row.
    public var account: String { TicketAccount.text(self) }

    /// Until when an ``account`` counts; `nil` when it is none.
    public static func counted(account: [UInt8]) -> EventTime? {
        TicketAccount.counted(account)
    }

    /// What a row tells of a ticket's opening.
    public typealias Opening = (
        number: Int64, vehicle: VehicleID, mode: String, skill: String, source: TicketSource,
        at: EventTime, received: EventTime
    )

    /// Nobody's, to be made another by ``become(_:epoch:clockStart:proof:estimate:rules:account:_:)``.
    public static var blank: Ticket {
        let start = EventTime(milliseconds: 0)
        return Ticket(
            number: 0, vehicle: .nobody, mode: "", severity: .s4, advice: .a4, component: "",
            skill: "", name: ("", ""), openedAt: start, openedPosition: 0, findings: 0,
            latestAt: start, symptomGone: false)
    }

    /// Becomes another ticket, as its row tells it: good for counting, not for going on with, since
    /// parts, links and what could be undone are left out. The room that this one has is used again.
    ///
    /// - Parameters:
    ///   - course: where it stands; its pauses and tally come from `account`.
    /// - Returns: `false` when the account cannot be read.
    public mutating func become(
        _ opening: Opening, epoch: Int, clockStart: EventTime, proof: Proof,
        estimate: (id: String, total: Double)?, rules: [String], account: [UInt8],
        _ course: (inout Course) -> Void
    ) -> Bool {
        (number, vehicle, mode, skill) =
            (opening.number, opening.vehicle, opening.mode, opening.skill)
        (source, openedAt, openedReceived) = (opening.source, opening.at, opening.received)
        self.epoch = epoch
        self.clockStart = clockStart
        self.proof = proof
        self.rules = rules
        self.estimate = estimate.map {
            Estimate(id: $0.id, total: $0.total, currency: "", payer: .customer, approvedBy: nil)
        }
        rounds.removeAll(keepingCapacity: true)
        spent.clear()
        self.course.clear()
        course(&self.course)
        return TicketAccount.restore(&self, account)
    }
}

extension TimeSpent {
    fileprivate mutating func clear() {
        for place in states.indices { states[place] = 0 }
        for place in holds.indices { holds[place] = 0 }
    }
}

extension Course {
    /// Begins again, in the room that it has.
    fileprivate mutating func clear() {
        var flow: [TicketStep] = []
        swap(&flow, &tally.flow)
        flow.removeAll(keepingCapacity: true)
        self = Course(severity: severity, advice: advice, component: "")
        tally.flow = flow
    }
}
