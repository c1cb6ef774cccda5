import VehicleFaults

extension Ticket {
    /// What the daemon does with a ticket when its time has come.
    enum Errand {
        case escalate(ServiceClock, EscalationLevel)
        case wake
        case endMonitoring
        case close
        case endProof
    }

    /// What is due next on it; of what is due at once, the first of ``Errand``.
    func nextDue(_ policy: TicketPolicy) -> (at: EventTime, task: Errand)? {
        var next = nextEscalation(policy).map { (at: $0.at, task: Errand.escalate($0.1, $0.2)) }
        func consider(_ time: EventTime?, _ task: Errand) {
            guard let time, time < next?.at ?? EventTime(milliseconds: .max) else { return }
            next = (time, task)
        }
        if state == .onHold { consider(course.wakeAt, .wake) }
        if state == .monitoring { consider(course.monitoredUntil, .endMonitoring) }
        if state == .followedUp, missing(for: .close).isEmpty {
            consider(course.followedUpAt?.advanced(by: policy.closesAfter), .close)
        }
        if proof == .watching {
            consider(course.deliveredAt?.advanced(by: policy.reopenMilliseconds + 1), .endProof)
        }
        return next
    }

    /// What is due first of all that is promised and when it must be looked at, with what it says of
    /// both so far.
    func promises(_ policy: TicketPolicy) -> (
        due: Due?, time: EventTime?, before: (due: Due?, timer: EventTime?)
    ) {
        (nextPromise(policy), isLive ? nextDue(policy)?.at : nil, (due, timer))
    }
}

extension TicketBook {
    mutating func carryOut(_ task: Ticket.Errand, on ticket: Ticket, at now: EventTime)
        -> [TicketNote]
    {
        let note: TicketNote?
        switch task {
        case .escalate(let clock, let level):
            var fields: [(TicketField, String)] = [
                (.clock, clock.rawValue), (.level, "\(level.rawValue)"),
            ]
            let shift = policy.onCall.first { $0.from <= now && now < $0.until }
            if level == .beyond, let shift { fields.append((.assignee, shift.name)) }
            note = self.note(.notice(.escalated), fields, on: ticket.number, at: now)
        case .wake: note = self.note(.step(.resume), on: ticket.number, at: now)
        case .endMonitoring: note = endMonitoring(ticket, at: now)
        case .close: note = self.note(.step(.close), on: ticket.number, at: now)
        case .endProof: note = endProof(ticket, at: now)
        }
        return note.map { [$0] } ?? []
    }

    private mutating func endMonitoring(_ ticket: Ticket, at now: EventTime) -> TicketNote? {
        ticket.symptomGone
            ? note(
                .step(.cancel), [(.reason, CancelReason.selfCleared.rawValue)],
                on: ticket.number, at: now)
            : note(.step(.resume), on: ticket.number, at: now)
    }

    private mutating func endProof(_ ticket: Ticket, at now: EventTime) -> TicketNote? {
        var fields: [(TicketField, String)] = []
        if let driven = driven(since: ticket) { fields.append((.odometer, "\(driven)")) }
        // A vehicle that stayed silent has proved nothing, and one whose codes were cleared has not.
        let isProof =
            sightings[ticket.vehicle]?.isHeard == true && !ticket.wasClearedAfterRepair
        return note(.notice(isProof ? .verified : .unproven), fields, on: ticket.number, at: now)
    }

    // MARK: - Vehicles that are watched

    /// Whether any vehicle is watched after a repair.
    public var watchesAny: Bool { !sightings.isEmpty }

    /// Whether a vehicle is.
    public func watches(_ vehicle: VehicleID) -> Bool { sightings[vehicle] != nil }

    /// Takes note of a message from a vehicle that is watched.
    ///
    /// - Parameter odometer: kilometres; NaN when the message does not say.
    public mutating func observe(_ vehicle: VehicleID, odometer: Double, at time: EventTime)
        -> [TicketNote]
    {
        guard var sighting = sightings[vehicle] else { return [] }
        let before = sighting
        sighting.isHeard = true
        if odometer.isFinite, odometer >= (sighting.odometer ?? -.infinity) + Sighting.step {
            sighting.odometer = odometer
        }
        guard sighting != before else { return [] }
        sightings[vehicle] = sighting
        changed(.sighting, vehicle.description)
        var notes: [TicketNote] = []
        for number in byVehicle[vehicle] ?? [] {
            guard let ticket = tickets[number]?.value else { continue }
            let note: TicketNote?
            if ticket.proof == .watching, let driven = driven(since: ticket),
                driven > policy.reopenKilometres
            {
                note = endProof(ticket, at: time)
            } else if ticket.state == .monitoring,
                let limit = ticket.course.monitoredUntilKilometres,
                let now = sighting.odometer, now >= limit
            {
                note = endMonitoring(ticket, at: time)
            } else {
                note = nil
            }
            notes += note.map { [$0] } ?? []
        }
        return notes
    }
}
