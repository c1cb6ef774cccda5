import VehicleFaults

// What events make of a ticket.
extension Ticket {
    /// Takes an event in. Whatever the events, the result is a ticket: what may happen when is
    /// decided before, by ``event(_:_:by:at:)``.
    public mutating func apply(_ event: TicketEvent) {
        // Its first event is held against a blank one.
        let before = card.bytes.isEmpty ? .blank : TicketStanding(self)
        take(event)
        card.note(before, TicketStanding(self), at: event.at)
    }

    private mutating func take(_ event: TicketEvent) {
        if event.at > spent.counted {
            spent.count(
                state, state == .onHold ? course.pauses.last?.reason : nil, until: event.at)
        }
        switch event.kind {
        case .notice(let notice): apply(notice, event)
        case .step(.undo): takeBack(at: event.at, by: event.role)
        case .step(let step) where event.role == .system && undoable.isEmpty:
            // Nothing to forget and nothing to keep.
            apply(step, event)
        case .step(let step):
            let before = course
            let wasCounted = epoch
            apply(step, event)
            if event.role == .system || epoch != wasCounted {
                // What the daemon did is no mistake of a person.
                if course != before { undoable.removeAll() }
            } else if step.isUndoable {
                undoable.append(Undoable(step: step, actor: event.actor, before: before))
                if undoable.count > Self.mostUndoable { undoable.removeFirst() }
            }
        }
    }

    private static let mostUndoable = 8

    private mutating func apply(_ notice: TicketEvent.Notice, _ event: TicketEvent) {
        switch notice {
        case .raised:
            guard let severity = event.fields.severity, let advice = event.fields.advice else {
                return
            }
            course.raise(to: severity, advice: advice, clockStart: clockStart, at: event.at)
            for index in undoable.indices {
                undoable[index].before.raise(
                    to: severity, advice: advice, clockStart: clockStart, at: event.at)
            }
        case .escalated:
            guard let clock: ServiceClock = event.fields.choice(.clock),
                let level = event.fields.integer(.level).flatMap({
                    EscalationLevel(rawValue: Int($0))
                })
            else { return }
            told |= clock.bit(level)
            if level.rawValue >= 100 { breached.insert(clock) }
        case .verified: proof = .verified
        case .unproven: proof = .unproven
        case .absorbed:
            guard let other = event.fields.integer(.from) else { return }
            absorbed.append(other)
            if let start = event.fields.integer(.started).map({ EventTime(milliseconds: $0) }),
                start < clockStart
            {
                // The customer has waited since the earlier one was opened.
                if course.solveFrom == clockStart { course.solveFrom = start }
                clockStart = start
            }
        case .released:
            // The earlier start stays: undoing a merge must not make us look faster.
            absorbed.removeAll { $0 == event.fields.integer(.from) }
        case .linked: causedBy = event.fields.integer(.causedBy)
        case .explained: break
        case .codesCleared:
            codesClearedAt = event.fields.time(.started)
            symptomGone = false
        }
    }

    private mutating func apply(_ step: TicketStep, _ event: TicketEvent) {
        let fields = event.fields
        let at = event.at
        course.tally.count(step, fields)
        switch step {
        case .open:
            recurrenceOf = fields.integer(.recurrenceOf)
            splitFrom = fields.integer(.from)
            causedBy = fields.integer(.causedBy)
            course.hasComplaint = fields[.complaint] != nil
            course.site = fields[.site]
            course.customer = fields[.customer]
            noteWishes(fields)
            failedAt = fields.time(.failedAt)
            course.serviceType = fields.choice(.serviceType) ?? .repair
            isIncident = fields[.reason] == "storm"
            note(prediction: fields)
            // Opened before there were promises, and so never told of.
            if fields[.clock] == "none" { told = .max }
        case .acknowledge:
            course.state = .acknowledged
            course.acknowledgedAt = at
        case .triage: triage(fields, at: at, by: event.role)
        case .contact:
            course.attempts += 1
            course.customer = fields[.customer] ?? course.customer
            noteWishes(fields)
            guard fields[.outcome] != ContactOutcome.noAnswer.rawValue else { break }
            course.state = .contacted
            course.contactedAt = course.contactedAt ?? at
        case .schedule:
            course.state = .scheduled
            course.scheduledAt = at
            course.site = fields[.site]
            course.appointment = fields.time(.slot)
            course.readyBy = fields.time(.readyBy)
        case .checkIn:
            course.state = .checkedIn
            course.checkedInAt = at
            course.odometer = fields.number(.odometer)
            course.solveFrom = course.solveFrom ?? at
            course.readyBy = fields.time(.readyBy) ?? course.readyBy
        case .startRepair:
            course.state = .inRepair
            course.repairStartedAt = course.repairStartedAt ?? at
            noteTechnician(event.actor)
        case .finishRepair:
            course.state = .qualityCheck
            course.repairedAt = at
            course.actualCost = fields.number(.actual) ?? course.actualCost
            noteTechnician(event.actor)
            noteFindings(fields)
        case .check:
            course.inspector = event.actor
            if fields[.result] == CheckResult.pass.rawValue {
                course.solvedAt = at
            } else {
                course.state = .inRepair
                course.solvedAt = nil
                course.reworks += 1
            }
        case .deliver:
            course.state = .delivered
            course.deliveredAt = at
            course.odometer = fields.number(.odometer) ?? course.odometer
            proof = .watching
        case .remote:
            course.state = .remoteResolved
            course.solvedAt = at
            course.deliveredAt = at
            course.solveFrom = course.solveFrom ?? at
            noteTechnician(event.actor)
            noteFindings(fields)
            proof = .watching
        case .followUp:
            course.csat = fields.number(.csat).map { Int($0) } ?? course.csat
            if course.csat == nil { course.surveys += 1 }
            guard course.csat != nil || course.surveys >= 3 else { break }
            course.state = .followedUp
            course.followedUpAt = at
        case .close:
            noteFindings(fields)
            course.state = .closed
            course.closedAt = at
        case .hold:
            let reason: HoldReason = fields.choice(.reason) ?? .capacity
            course.heldFrom = course.state
            course.state = .onHold
            course.wakeAt = fields.time(.wakeAt)
            course.pauses.append(
                .init(from: at, until: nil, reason: reason, isUrgent: severity == .s1))
        case .resume:
            course.state = course.heldFrom ?? .triaged
            course.endPause(at: at)
            endMonitoring()
        case .cancel, .merge:
            course.endPause(at: at)
            endMonitoring()
            course.state = .cancelled
            course.cancelledAt = at
            course.cancelReason =
                step == .merge ? .duplicate : fields.choice(.reason) ?? .falseAlarm
            course.mergedInto = fields.integer(.into)
            course.disposition = course.cancelReason?.disposition ?? course.disposition
        case .monitor:
            course.state = .monitoring
            course.monitoredUntil = fields.time(.until)
            course.monitoredUntilKilometres = fields.number(.untilKilometres)
        case .reopen: reopen(at: at, isBySystem: event.role == .system)
        case .assign: course.assignee = fields[.assignee]
        case .transfer: course.move(to: fields[.site], assignee: fields[.assignee])
        case .estimate: note(estimate: fields)
        case .part: note(part: fields, at: at)
        case .split: findings -= event.movedFindings?.count ?? 0
        case .note, .undo, .feedback: break
        }
        if course.respondedAt == nil, event.role != .system, step == .acknowledge || epoch > 1 {
            course.respondedAt = at
        }
    }

    private mutating func endMonitoring() {
        course.monitoredUntil = nil
        course.monitoredUntilKilometres = nil
    }

    private mutating func noteTechnician(_ name: String) {
        if !course.technicians.contains(name) { course.technicians.append(name) }
    }

    private mutating func noteWishes(_ fields: Fields) {
        course.language = fields[.language] ?? course.language
        course.preferredSite = fields[.preferredSite] ?? course.preferredSite
    }

    private mutating func noteFindings(_ fields: Fields) {
        if fields[.complaint] != nil { course.hasComplaint = true }
        if fields[.cause] != nil { course.hasCause = true }
        if fields[.correction] != nil { course.hasCorrection = true }
        course.disposition = fields.choice(.disposition) ?? course.disposition
    }

    private mutating func triage(_ fields: Fields, at: EventTime, by role: Role) {
        course.state = .triaged
        course.triagedAt = course.triagedAt ?? at
        note(prediction: fields)
        course.advice = fields.advice ?? course.advice
        course.component = fields[.component] ?? course.component
        course.serviceType = fields.choice(.serviceType) ?? course.serviceType
        guard let severity = fields.severity, severity != course.severity else { return }
        let isGraver = severity > course.severity
        course.severity = severity
        if isGraver {
            course.severityRose(clockStart: clockStart, at: at)
        } else if role == .supervisor, severity < .s2, !source.isReactive {
            // Only a supervisor may move a due time to later.
            course.solveFrom = course.checkedInAt
        }
    }

    private mutating func reopen(at time: EventTime, isBySystem: Bool) {
        endRound(at: time)
        epoch += 1
        clockStart = time
        told = 0
        breached = []
        if isBySystem { proof = .cameBack } else if proof == .watching { proof = .none }
        var fresh = Course(severity: severity, advice: advice, component: component)
        fresh.state = .triaged
        fresh.triagedAt = time
        fresh.site = course.site
        fresh.assignee = course.assignee
        fresh.customer = course.customer
        fresh.language = course.language
        fresh.preferredSite = course.preferredSite
        fresh.serviceType = course.serviceType
        fresh.odometer = course.odometer
        fresh.hasComplaint = course.hasComplaint
        // What was found once was not the whole truth; what is found now must be said again.
        fresh.solveFrom = time
        fresh.tally = course.tally
        course = fresh
        parts = []
        partsRequestedAt = nil
        partsReceivedAt = nil
    }

    /// Sets the newest step back, as of now: what a clock has counted stays counted.
    private mutating func takeBack(at time: EventTime, by role: Role) {
        guard let last = undoable.popLast() else { return }
        var course = last.before
        if course.state == .onHold, let held = course.pauses.last {
            // The time since the hold ended was no hold.
            course.pauses = self.course.pauses
            course.pauses.append(
                .init(
                    from: time, until: nil, reason: held.reason, isUrgent: course.severity == .s1))
        }
        if role != .supervisor, let from = self.course.solveFrom {
            course.solveFrom = min(course.solveFrom ?? from, from)
        }
        self.course = course
        if !state.isAfterRepair, proof == .watching { proof = .none }
    }
}
