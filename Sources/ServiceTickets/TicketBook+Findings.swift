import VehicleFaults

extension TicketBook {
    /// Decides what a suspicion means.
    public mutating func settle(_ suspicion: Suspicion) -> Settlement {
        let settled = decide(suspicion)
        if settled.effect.isCase { ledger.count(suspicion.vehicle, suspicion.mode) }
        return settled
    }

    private mutating func decide(_ suspicion: Suspicion) -> Settlement {
        let key = Key(vehicle: suspicion.vehicle, mode: suspicion.mode)
        guard suspicion.isRaised else {
            guard let number = active[key] else { return Settlement(.none) }
            // Codes that a tool has cleared say nothing by being gone.
            if tickets[number]?.isClearedByTool != true {
                tickets[number]?.value.symptomGone = true
            }
            return Settlement(.cleared, tickets[number])
        }
        if let number = active[key], let settled = add(suspicion, to: number) { return settled }
        if isHeldBack(suspicion) { return Settlement(.heldBack) }
        if let host = host(of: suspicion) { return attach(suspicion, to: host, .attached) }
        if let cause = cause(of: suspicion), cause.severity >= suspicion.severity {
            return attach(suspicion, to: cause.number, .symptom)
        }
        // What may kill is never one of many.
        let isUrgent = suspicion.severity == .s1
        if let incident = incident(suspicion), !isUrgent {
            return attach(suspicion, to: incident, .storm)
        }
        return open(suspicion, isIncident: countStorm(suspicion) && !isUrgent)
    }

    // MARK: - The same fault again

    /// Adds a finding to the ticket about its fault; `nil` when that ticket is a thing of the past.
    private mutating func add(_ suspicion: Suspicion, to number: Int64) -> Settlement? {
        guard let (state, severity) = tickets[number].map({ ($0.state, $0.severity) }) else {
            return nil
        }
        guard !state.isInWorkshop else { return attach(suspicion, to: number, .attached) }
        guard !state.isAfterRepair else {
            if tickets[number].map({ isEcho(suspicion, of: $0) }) ?? false {
                return attach(suspicion, to: number, .attached)
            }
            guard tickets[number].map({ isWithinProof($0, at: suspicion.received) }) ?? false
            else { return nil }
            count(suspicion, on: number)
            let reopened = note(
                .step(.reopen), [(.reason, "recurred"), (.rule, suspicion.rule)], on: number,
                at: suspicion.received)
            var settled = Settlement(.reopened)
            settled.further = [reopened].compactMap { $0 } + raise(number, suspicion)
            settled.ticket = tickets[number]
            return settled
        }
        count(suspicion, on: number)
        guard suspicion.severity > severity else {
            return Settlement(.joined, tickets[number])
        }
        let raised = raise(number, suspicion).first
        var settled = Settlement(.raised, tickets[number], own: raised?.event)
        if state == .monitoring {
            // What was only to be watched has become more than that.
            settled.further =
                note(.step(.resume), on: number, at: suspicion.received).map { [$0] } ?? []
            settled.ticket = tickets[number]
        }
        return settled
    }

    /// Advice is only ever lowered by a person, so the graver of the two stands.
    private mutating func raise(_ number: Int64, _ suspicion: Suspicion) -> [TicketNote] {
        guard let severity = tickets[number]?.severity, suspicion.severity > severity else {
            return []
        }
        return note(
            .notice(.raised),
            [
                (.severity, suspicion.severity.name), (.advice, suspicion.advice.name),
                (.rule, suspicion.rule),
            ], on: number, at: suspicion.received
        ).map { [$0] } ?? []
    }

    /// Counts a finding as the ticket's own.
    private mutating func count(_ suspicion: Suspicion, on number: Int64) {
        tickets[number]?.value.take(suspicion)
    }

    private mutating func attach(
        _ suspicion: Suspicion, to number: Int64, _ effect: TicketEffect
    ) -> Settlement {
        tickets[number]?.value.findings += 1
        return Settlement(effect, tickets[number])
    }

    // MARK: - Reasons not to open

    private func isHeldBack(_ suspicion: Suspicion) -> Bool {
        guard !policy.backOff(of: suspicion.rule).isEmpty,
            let backOff = backOffs[RuleKey(vehicle: suspicion.vehicle, rule: suspicion.rule)],
            suspicion.received < backOff.until, suspicion.severity <= backOff.severity
        else { return false }
        return suspicion.kinds.allSatisfy { backOff.kinds.contains($0) }
    }

    /// The ticket for which the vehicle is in the workshop or has just left it.
    private func host(of suspicion: Suspicion) -> Int64? {
        guard !policy.opensInWorkshop(suspicion.rule) else { return nil }
        return byVehicle[suspicion.vehicle]?.first { number in
            guard let ticket = tickets[number] else { return false }
            return ticket.state.isInWorkshop
                || ticket.state == .onHold
                    && ticket.course.heldFrom.map { $0.isInWorkshop } == true
                || isEcho(suspicion, of: ticket)
        }
    }

    /// Whether a finding soon after delivery is left over from the workshop, where things were
    /// unplugged. On the road, what may kill is none.
    private func isEcho(_ suspicion: Suspicion, of ticket: Shared<Ticket>) -> Bool {
        guard suspicion.severity != .s1, ticket.state.isAfterRepair,
            !policy.opensInWorkshop(suspicion.rule),
            let delivered = ticket.course.deliveredAt,
            suspicion.received.milliseconds(since: delivered) <= policy.graceMilliseconds
        else { return false }
        return driven(since: ticket.value).map { $0 <= policy.graceKilometres } ?? true
    }

    /// Kilometres since delivery; `nil` when they are not known.
    func driven(since ticket: Ticket) -> Double? {
        guard let then = ticket.course.odometer, let now = sightings[ticket.vehicle]?.odometer
        else { return nil }
        return max(0, now - then)
    }

    /// Whether a repair is still being watched, by time and distance.
    private func isWithinProof(_ ticket: Shared<Ticket>, at time: EventTime) -> Bool {
        guard ticket.proof == .watching, let delivered = ticket.course.deliveredAt,
            time.milliseconds(since: delivered) <= policy.reopenMilliseconds
        else { return false }
        return driven(since: ticket.value).map { $0 <= policy.reopenKilometres } ?? true
    }

    private func cause(of suspicion: Suspicion) -> Shared<Ticket>? {
        guard !policy.modes.suppresses.isEmpty else { return nil }
        return byVehicle[suspicion.vehicle]?.lazy.compactMap { tickets[$0] }.first { ticket in
            !ticket.state.isAfterRepair && policy.modes.explains(ticket.mode, suspicion.mode)
                && abs(suspicion.at.milliseconds(since: ticket.latestAt)) <= policy.modes.window
        }
    }

    // MARK: - Storms

    /// The ticket that stands for all vehicles with the fault while the storm lasts, or `nil`.
    private mutating func incident(_ suspicion: Suspicion) -> Int64? {
        guard let storm = policy.storm, let count = storms[suspicion.mode],
            let ticket = tickets[count.incident], ticket.isLive, !ticket.state.isAfterRepair,
            suspicion.received.milliseconds(since: count.lastAttached) <= storm.window
        else { return nil }
        storms[suspicion.mode]?.lastAttached = suspicion.received
        changed(.storm, suspicion.mode)
        return count.incident
    }

    /// Counts a vehicle with the fault.
    ///
    /// - Returns: whether there are too many at once.
    private mutating func countStorm(_ suspicion: Suspicion) -> Bool {
        guard let storm = policy.storm else { return false }
        changed(.storm, suspicion.mode)
        return storms[suspicion.mode, default: StormCount(firstAt: suspicion.received)]
            .isStorm(with: suspicion.vehicle, at: suspicion.received, storm)
    }

    // MARK: - Opening

    private mutating func open(_ suspicion: Suspicion, isIncident: Bool) -> Settlement {
        let key = Key(vehicle: suspicion.vehicle, mode: suspicion.mode)
        let number = nextNumber
        nextNumber += 1
        var ticket = Ticket(
            number: number, vehicle: suspicion.vehicle, mode: suspicion.mode,
            severity: suspicion.severity, advice: suspicion.advice,
            component: suspicion.component, skill: suspicion.skill, name: suspicion.name,
            openedAt: suspicion.at, openedPosition: suspicion.position, findings: 0,
            latestAt: suspicion.at, symptomGone: false, openedReceived: suspicion.received)
        ticket.take(suspicion)
        if isIncident {
            storms[suspicion.mode]?.incident = number
            storms[suspicion.mode]?.lastAttached = suspicion.received
        }
        tickets[number] = Shared(ticket)
        // In the order that they are kept in.
        var fields = Fields(room: 8)
        fields[.advice] = suspicion.advice.name
        if let cause = cause(of: suspicion) { fields[.causedBy] = "\(cause.number)" }
        fields[.component] = suspicion.component
        if isIncident { fields[.reason] = "storm" }
        // An older one that is still active is mended for longer than its repair was watched.
        let earlier = max(active[key] ?? 0, past[key] ?? 0)
        if earlier > 0 { fields[.recurrenceOf] = "\(earlier)" }
        if !suspicion.rule.isEmpty { fields[.rule] = suspicion.rule }
        fields[.severity] = suspicion.severity.name
        fields[.source] = TicketSource.rule.rawValue
        let note = note(
            TicketEvent(
                ticket: number, epoch: 1, at: suspicion.received, actor: Actor.system.name,
                role: .system, kind: .step(.open), fields: fields, state: .open))
        var settled = Settlement(.opened, nil, own: note?.event)
        settled.further = takeInSymptoms(of: number, at: suspicion.received)
        settled.ticket = tickets[number]
        return settled
    }

    /// Puts symptoms that came before their cause under it: those that nobody has touched are merged
    /// into it, the others only point to it.
    private mutating func takeInSymptoms(of number: Int64, at time: EventTime) -> [TicketNote] {
        guard !policy.modes.suppresses.isEmpty, let cause = tickets[number] else { return [] }
        var notes: [TicketNote] = []
        for other in byVehicle[cause.vehicle] ?? [] where other != number {
            guard let ticket = tickets[other], !ticket.state.isAfterRepair,
                policy.modes.explains(cause.mode, ticket.mode),
                abs(cause.latestAt.milliseconds(since: ticket.latestAt)) <= policy.modes.window
            else { continue }
            if ticket.state == .open, ticket.severity <= cause.severity {
                notes += merge(
                    ticket.value, into: number, by: .system, at: time,
                    Fields([(.into, "\(number)")]))
            } else {
                notes +=
                    note(.notice(.linked), [(.causedBy, "\(number)")], on: other, at: time)
                    .map { [$0] } ?? []
            }
        }
        return notes
    }
}

extension Ticket {
    /// Takes a finding as one of its own.
    mutating func take(_ suspicion: Suspicion) {
        findings += 1
        latestAt = max(latestAt, suspicion.at)
        symptomGone = false
        if !suspicion.rule.isEmpty, !rules.contains(suspicion.rule) {
            rules.append(suspicion.rule)
        }
        for kind in suspicion.kinds where !kinds.contains(kind) { kinds.append(kind) }
    }
}
