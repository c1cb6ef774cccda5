import VehicleFaults

extension TicketBook {
    /// What a request came to.
    public struct Answer: Sendable {
        /// What happened, in order.
        public var notes: [TicketNote]
        /// The ticket that was asked about, or the new one.
        public var ticket: Int64
        /// A ticket that was opened by the way.
        public var opened: Int64?

        /// The answer as a JSON object of texts, for the store.
        public var json: String {
            var pairs = [("ticket", "\(ticket)")]
            if let note = notes.first(where: { $0.event.ticket == ticket }) {
                pairs.append(("step", note.event.kind.name))
                pairs.append(("state", note.event.state.rawValue))
            }
            if let opened { pairs.append(("opened", "\(opened)")) }
            return FlatJSON.text(pairs)
        }
    }

    /// Carries out what a person asks, or says why not; then nothing has changed.
    ///
    /// A ticket that is over must have been brought with ``adopt(_:)``.
    public mutating func carryOut(_ request: TicketRequest, at time: EventTime) throws(Refusal)
        -> Answer
    {
        if request.verb == TicketStep.open.rawValue { return try open(request, at: time) }
        let number = request.ticket ?? request.subject.flatMap(newest)
        guard let number, let ticket = tickets[number]?.value else {
            guard TicketStep(verb: request.verb, state: nil) != nil else {
                throw Refusal(.unknownStep, detail: request.verb)
            }
            throw Refusal(
                .noSuchTicket, ticket: number,
                detail: request.subject.map { "\($0.vehicle)/\($0.mode)" })
        }
        guard let step = TicketStep(verb: request.verb, state: ticket.state) else {
            throw Refusal(.unknownStep, detail: request.verb)
        }
        let event = try ticket.event(step, request.fields, by: request.actor, at: time)
        switch step {
        case .merge: return try merge(ticket, request, at: time)
        case .split: return try split(ticket, event, request, at: time)
        case .undo: return try undo(ticket, event)
        case .reopen: try checkFree(ticket)
        default: break
        }
        let note = note(event)
        if step == .cancel { holdBack(ticket, at: time) }
        return Answer(notes: [note].compactMap { $0 }, ticket: number)
    }

    /// The newest ticket about a fault of a vehicle, over or not; `nil` when there was none.
    public func newest(_ subject: TicketRequest.Subject) -> Int64? {
        let key = Key(vehicle: subject.vehicle, mode: subject.mode)
        return active[key] ?? past[key]
    }

    /// Two tickets about one fault of one vehicle must not be active at once.
    private func checkFree(_ ticket: Ticket) throws(Refusal) {
        let key = Key(vehicle: ticket.vehicle, mode: ticket.mode)
        guard let other = active[key], other != ticket.number else { return }
        throw Refusal(.alreadyActive, ticket: other)
    }

    private mutating func open(_ request: TicketRequest, at time: EventTime) throws(Refusal)
        -> Answer
    {
        let (fields, actor) = (request.fields, request.actor)
        guard TicketStep.open.roles.contains(actor.role) else {
            let roles = Role.allCases.filter { TicketStep.open.roles.contains($0) }
            throw Refusal(
                .wrongRole, step: .open, roles: roles, detail: actor.role.rawValue)
        }
        try Ticket.checkName(actor)
        try Ticket.check(.open, fields)
        let missing = TicketStep.open.required.filter { fields[$0] == nil }
        guard missing.isEmpty else { throw Refusal(.missing, step: .open, fields: missing) }
        guard let vehicle = fields[.vehicle].flatMap({ VehicleID($0) }) else {
            throw Refusal(.invalid, step: .open, fields: [.vehicle])
        }
        let mode = fields[.mode] ?? ""
        let severity = fields.severity ?? .s3
        let key = Key(vehicle: vehicle, mode: mode)
        if let other = active[key] { throw Refusal(.alreadyActive, step: .open, ticket: other) }
        var noted = fields
        let source: TicketSource = fields.choice(.source) ?? .phone
        let advice = fields.advice ?? severity.usualAdvice
        noted[.source] = source.rawValue
        noted[.advice] = advice.name
        noted[.component] = fields[.component] ?? mode
        noted[.vehicle] = nil
        noted[.mode] = nil
        if let earlier = past[key] { noted[.recurrenceOf] = "\(earlier)" }
        let number = add(
            Ticket(
                number: nextNumber, vehicle: vehicle, mode: mode, severity: severity,
                advice: advice, component: fields[.component] ?? mode,
                skill: fields[.skill] ?? "GEN",
                name: (fields[.name] ?? mode, fields[.name] ?? mode), openedAt: time,
                openedPosition: 0, findings: 0, latestAt: time, symptomGone: false, source: source))
        let note = note(
            TicketEvent(
                ticket: number, epoch: 1, at: time, actor: actor.name, role: actor.role,
                kind: .step(.open), fields: noted, state: .open))
        return Answer(notes: [note].compactMap { $0 }, ticket: number, opened: number)
    }

    private mutating func add(_ ticket: Ticket) -> Int64 {
        nextNumber += 1
        tickets[ticket.number] = Shared(ticket)
        return ticket.number
    }

    // MARK: - Merging and splitting

    private mutating func merge(_ ticket: Ticket, _ request: TicketRequest, at time: EventTime)
        throws(Refusal) -> Answer
    {
        let number = request.fields.integer(.into)
        guard number != ticket.number else {
            throw Refusal(.sameTicket, step: .merge, ticket: number)
        }
        guard let number, let winner = tickets[number] else {
            throw Refusal(.noSuchTicket, step: .merge, ticket: number)
        }
        guard winner.vehicle == ticket.vehicle else {
            throw Refusal(.otherVehicle, step: .merge, ticket: number)
        }
        guard
            TicketState.beforeDelivery.contains(winner.state) || winner.state == .onHold
                || winner.state == .monitoring
        else { throw Refusal(.wrongState, step: .merge, state: winner.state, ticket: number) }
        let notes = merge(ticket, into: number, by: request.actor, at: time, request.fields)
        return Answer(notes: notes, ticket: ticket.number)
    }

    mutating func merge(
        _ ticket: Ticket, into winner: Int64, by actor: Actor, at time: EventTime,
        _ fields: Fields
    ) -> [TicketNote] {
        let merged = note(
            TicketEvent(
                ticket: ticket.number, epoch: ticket.epoch, at: time, actor: actor.name,
                role: actor.role, kind: .step(.merge), fields: fields, state: .cancelled))
        let absorbed = note(
            .notice(.absorbed),
            [(.from, "\(ticket.number)"), (.started, "\(ticket.clockStart.milliseconds)")],
            on: winner, at: time)
        return [merged, absorbed].compactMap { $0 }
    }

    private mutating func split(
        _ ticket: Ticket, _ event: TicketEvent, _ request: TicketRequest, at time: EventTime
    ) throws(Refusal) -> Answer {
        let fields = request.fields
        let mode = fields[.mode] ?? ""
        if let other = active[Key(vehicle: ticket.vehicle, mode: mode)] {
            throw Refusal(.alreadyActive, step: .split, ticket: other)
        }
        let moved = event.movedFindings
        guard let moved, moved.count <= ticket.findings else {
            throw Refusal(.notAllTheFindings, step: .split, fields: [.findings])
        }
        let fresh = add(
            Ticket(
                number: nextNumber, vehicle: ticket.vehicle, mode: mode,
                severity: ticket.severity, advice: ticket.advice, component: ticket.component,
                skill: ticket.skill,
                name: fields[.name].map { ($0, $0) } ?? ticket.name, openedAt: ticket.openedAt,
                openedPosition: ticket.openedPosition, findings: moved.count,
                latestAt: ticket.latestAt, symptomGone: ticket.symptomGone,
                openedReceived: time, source: .split))
        let opened = note(
            TicketEvent(
                ticket: fresh, epoch: 1, at: time, actor: request.actor.name,
                role: request.actor.role, kind: .step(.open),
                fields: Fields([
                    (.severity, ticket.severity.name), (.advice, ticket.advice.name),
                    (.component, ticket.component), (.source, TicketSource.split.rawValue),
                    (.from, "\(ticket.number)"),
                ]), state: .open))
        var event = event
        event.fields[.into] = "\(fresh)"
        let note = note(event)
        return Answer(
            notes: [opened, note].compactMap { $0 }, ticket: ticket.number, opened: fresh)
    }

    private mutating func undo(_ ticket: Ticket, _ event: TicketEvent) throws(Refusal) -> Answer {
        var event = event
        let last = ticket.newestUndoable
        event.fields[.step] = last?.step.rawValue
        if ticket.state == .cancelled || ticket.state == .closed { try checkFree(ticket) }
        var notes = [note(event)]
        if last?.step == .merge, let winner = ticket.course.mergedInto {
            notes.append(
                note(
                    .notice(.released), [(.from, "\(ticket.number)")], on: winner, at: event.at))
        }
        return Answer(notes: notes.compactMap { $0 }, ticket: ticket.number)
    }

    /// Keeps the rules that gave a false alarm quiet about the vehicle for a while.
    private mutating func holdBack(_ before: Ticket, at time: EventTime) {
        guard let ticket = tickets[before.number], ticket.course.cancelReason == .falseAlarm
        else { return }
        for rule in ticket.rules {
            let waits = policy.backOff(of: rule)
            guard let longest = waits.last else { continue }
            let key = RuleKey(vehicle: ticket.vehicle, rule: rule)
            let count = (backOffs[key]?.count ?? 0) + 1
            let wait = count <= waits.count ? waits[count - 1] : longest
            backOffs[key] = BackOff(
                count: count, until: time.advanced(by: wait), severity: before.severity,
                kinds: ticket.kinds)
            changed(.backOff, Self.text(key))
        }
    }
}

extension Fields {
    /// The ticket that a split opened.
    public var splitTarget: Int64? { integer(.into) }
}

extension TicketEvent {
    /// The findings that a split takes along, by their events; `nil` when the field says no numbers.
    public var movedFindings: [Int64]? {
        let words = (fields[.findings] ?? "").split { $0 == " " || $0 == "," }
        let numbers = words.compactMap { Int64($0) }
        return numbers.count == words.count && Set(numbers).count == numbers.count ? numbers : nil
    }
}

extension Severity {
    /// The advice that goes with it when nobody says otherwise.
    var usualAdvice: Advice {
        switch self {
        case .s1: .a1
        case .s2: .a2
        case .s3: .a3
        case .s4: .a4
        }
    }
}
