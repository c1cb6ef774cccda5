import VehicleFaults

/// What a person asks to be done with a ticket.
public struct TicketRequest: Sendable {
    /// The word of the command line, as `check-in`.
    public var verb: String
    /// `nil` to open one, or where ``subject`` says which.
    public var ticket: Int64?
    /// Instead of a number: the newest ticket about a fault of a vehicle.
    public var subject: Subject?
    public var actor: Actor
    public var fields: Fields

    /// A fault of a vehicle, whatever number its ticket has.
    public struct Subject: Hashable, Sendable {
        public var vehicle: VehicleID
        public var mode: String

        /// Reads `VEHICLE/MODE`; `nil` when it is something else.
        public init?(_ text: String) {
            guard let mark = text.lastIndex(of: "/"), let vehicle = VehicleID(text[..<mark]) else {
                return nil
            }
            self.vehicle = vehicle
            mode = String(text[text.index(after: mark)...])
        }
    }

    public init(
        verb: String, ticket: Int64? = nil, subject: Subject? = nil, actor: Actor,
        fields: Fields = Fields()
    ) {
        self.verb = verb
        self.ticket = ticket
        self.subject = subject
        self.actor = actor
        self.fields = fields
    }
}

extension Ticket {
    /// The event that a step would be, when it may be taken now.
    ///
    /// What depends on other tickets is not looked at here.
    ///
    /// - Throws: ``Refusal`` with all that is missing.
    public func event(
        _ step: TicketStep, _ fields: Fields, by actor: Actor, at time: EventTime
    ) throws(Refusal) -> TicketEvent {
        guard allows(step) else {
            throw Refusal(.wrongState, step: step, state: state)
        }
        try check(step, actor)
        try Self.check(step, fields)
        let missing = missing(for: step, fields)
        guard missing.isEmpty else { throw Refusal(.missing, step: step, fields: missing) }
        try checkGuards(step, fields, by: actor, at: time)
        var after = self
        var event = TicketEvent(
            ticket: number, epoch: step == .reopen ? epoch + 1 : epoch, at: time,
            actor: actor.name, role: actor.role, kind: .step(step), fields: fields, state: state)
        after.apply(event)
        event.state = after.state
        return event
    }

    private func check(_ step: TicketStep, _ actor: Actor) throws(Refusal) {
        guard step.roles.contains(actor.role), step != .triage || mayTriage(actor.role) else {
            let roles = Role.allCases.filter { step.roles.contains($0) }
            throw Refusal(
                .wrongRole, step: step,
                roles: roles.filter { step != .triage || mayTriage($0) },
                detail: actor.role.rawValue)
        }
        try Self.checkName(actor)
        guard actor.role != .technician || actor.level >= step.level else {
            throw Refusal(.levelTooLow, step: step, detail: "\(step.level)")
        }
    }

    static func checkName(_ actor: Actor) throws(Refusal) {
        guard actor.name.contains(where: { !$0.isWhitespace }) else { throw Refusal(.nameless) }
    }

    /// The first judgement is a technician's; a supervisor may only change it.
    private func mayTriage(_ role: Role) -> Bool { role != .supervisor || state == .triaged }

    /// Whether every field belongs to the step and says something that can be understood.
    static func check(_ step: TicketStep, _ fields: Fields) throws(Refusal) {
        let known = step.required + step.optional
        let unknown = fields.items.map(\.field).filter { !known.contains($0) }
        guard unknown.isEmpty else { throw Refusal(.unknownField, step: step, fields: unknown) }
        let invalid = fields.items.filter { !$0.field.accepts($0.text, in: step) }.map(\.field)
        guard invalid.isEmpty else { throw Refusal(.invalid, step: step, fields: invalid) }
    }

    /// What must still be said for the step.
    public func missing(for step: TicketStep, _ fields: Fields = Fields()) -> [TicketField] {
        var needed = step.required
        switch step {
        case .estimate where fields[.approvedBy] == nil || fields[.total] != nil:
            needed += [.total, .currency, .payer]
        case .followUp where fields[.answer] != SurveyAnswer.noAnswer.rawValue:
            needed.append(.csat)
        case .monitor where fields[.untilKilometres] == nil: needed.append(.until)
        case .close:
            if !course.hasComplaint { needed.append(.complaint) }
            if !course.hasCause { needed.append(.cause) }
            if !course.hasCorrection { needed.append(.correction) }
            if course.disposition == nil { needed.append(.disposition) }
        default: break
        }
        return needed.filter { fields[$0] == nil }
    }

    private func checkGuards(
        _ step: TicketStep, _ fields: Fields, by actor: Actor, at time: EventTime
    ) throws(Refusal) {
        switch step {
        case .schedule:
            guard fields[.estimate] == estimate?.id else {
                throw Refusal(.estimateUnknown, step: step, detail: fields[.estimate])
            }
        case .estimate where fields[.total] == nil:
            guard fields[.estimate] == estimate?.id else {
                throw Refusal(.estimateUnknown, step: step, detail: fields[.estimate])
            }
        case .estimate:
            if let text = fields[.lines] {
                guard let lines = EstimateLine.lines(text) else {
                    throw Refusal(.invalid, step: step, fields: [.lines])
                }
                let sum = EstimateLine.sum(lines)
                guard abs(sum - (fields.number(.total) ?? 0)) < 0.005 else {
                    throw Refusal(.estimateSum, step: step, detail: "\(sum)")
                }
            }
        case .finishRepair:
            if let actual = fields.number(.actual), let estimate, estimate.payer == .customer,
                actual > estimate.total
            {
                throw Refusal(
                    .estimateExceeded, step: step,
                    detail: "\(actual) > \(estimate.total) \(estimate.currency)")
            }
        case .startRepair:
            guard let estimate, estimate.payer != .customer || estimate.approvedBy != nil else {
                throw Refusal(.estimateNotApproved, step: step, detail: estimate?.id)
            }
        case .check:
            guard !course.technicians.contains(actor.name) else {
                throw Refusal(.inspectorIsTechnician, step: step, detail: actor.name)
            }
        case .deliver:
            guard course.solvedAt != nil else { throw Refusal(.notChecked, step: step) }
        case .hold:
            guard let wake = fields.time(.wakeAt), wake > time else {
                throw Refusal(.wakesInThePast, step: step, fields: [.wakeAt])
            }
        case .undo:
            guard let last = undoable.last else { throw Refusal(.nothingToUndo, step: step) }
            guard last.actor == actor.name || actor.role == .supervisor else {
                throw Refusal(.notYours, step: step, detail: last.actor)
            }
        case .transfer:
            // A vehicle that waits with its repair begun is taken nowhere.
            if let held = course.heldFrom, !TicketState.beforeRepair.contains(held) {
                throw Refusal(.wrongState, step: step, state: held)
            }
            guard fields[.site] != course.site else {
                throw Refusal(.sameSite, step: step, detail: course.site)
            }
        case .reopen where course.mergedInto != nil:
            throw Refusal(.alreadyActive, step: step, ticket: course.mergedInto)
        default: break
        }
    }

    /// The step that ``TicketStep/undo`` would take back, and who took it.
    public var newestUndoable: (step: TicketStep, actor: String)? {
        undoable.last.map { ($0.step, $0.actor) }
    }
}

/// A step that is possible now, with what it needs.
public struct PossibleStep: Sendable {
    public var step: TicketStep
    public var roles: [Role]
    /// The least level of a technician; 0 for any.
    public var level: Int
    public var required: [TicketField]
    public var optional: [TicketField]
    /// What is in the way although the state is right, or `nil`.
    public var obstacle: Refusal.Reason?
    /// Whether it leads on, as opposed to aside.
    public var isForward: Bool
}

extension Ticket {
    /// What can be done with the ticket now, what leads on first.
    public var possibleSteps: [PossibleStep] {
        let forward: [TicketState: [TicketStep]] = [
            .open: [.acknowledge], .acknowledged: [.triage],
            .triaged: [.contact, .remote, .monitor], .contacted: [.estimate, .schedule],
            .scheduled: [.checkIn], .checkedIn: [.startRepair], .inRepair: [.finishRepair],
            .qualityCheck: course.solvedAt == nil ? [.check] : [.deliver],
            .delivered: [.followUp], .remoteResolved: [.followUp], .followedUp: [.close],
            .onHold: [.resume], .monitoring: [.resume],
        ]
        let first =
            isCampaign && state == .triaged ? [.monitor, .close] : forward[state] ?? []
        let rest = TicketStep.allCases.filter {
            allows($0) && !first.contains($0)
                && ($0 != .undo || newestUndoable != nil)
        }
        return (first + rest).map { step in
            let roles = Role.allCases.filter {
                step.roles.contains($0) && (step != .triage || mayTriage($0))
            }
            let missing = missing(for: step)
            return PossibleStep(
                step: step, roles: roles, level: step.level, required: missing,
                optional: step.optional.filter { !missing.contains($0) },
                obstacle: obstacle(to: step), isForward: first.contains(step))
        }
    }

    private func obstacle(to step: TicketStep) -> Refusal.Reason? {
        switch step {
        case .schedule: estimate == nil ? .estimateUnknown : nil
        case .startRepair:
            estimate.map { $0.payer != .customer || $0.approvedBy != nil } == true
                ? nil : .estimateNotApproved
        case .deliver: course.solvedAt == nil ? .notChecked : nil
        case .reopen: course.mergedInto == nil ? nil : .alreadyActive
        default: nil
        }
    }
}

extension TicketRequest {
    /// Reads a request as it stands in the journal: `kind` (as `ticket.ack`), `actor`, `role`,
    /// `level`, `ticket`, and the step's fields; a `command` is passed over.
    ///
    /// - Throws: ``Refusal`` naming what cannot be understood.
    public init(pairs: [(String, String)]) throws(Refusal) {
        var kind = ""
        var actor = Actor(name: "", role: .system)
        var ticket: Int64?
        var subject: Subject?
        var fields = Fields()
        for (name, value) in pairs {
            switch name {
            case "command": break
            case "kind": kind = value
            case "actor": actor.name = value
            case "role":
                guard let role = Role(rawValue: value) else {
                    throw Refusal(
                        .wrongRole, roles: Role.allCases.filter { $0 != .system }, detail: value)
                }
                actor.role = role
            case "level": actor.level = Int(value) ?? 0
            case "ticket":
                ticket = Int64(value)
                subject = Subject(value)
                guard ticket != nil || subject != nil else {
                    throw Refusal(.noSuchTicket, detail: value)
                }
            default:
                guard let field = TicketField(rawValue: name) else {
                    throw Refusal(.unknownField, detail: name)
                }
                fields[field] = value
            }
        }
        guard kind.hasPrefix("ticket.") else { throw Refusal(.unknownStep, detail: kind) }
        self.init(
            verb: String(kind.dropFirst(7)), ticket: ticket, subject: subject, actor: actor,
            fields: fields)
    }
}
