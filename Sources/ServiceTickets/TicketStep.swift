/// What people can do with a ticket; the raw value names the event that records it.
public enum TicketStep: String, Sendable, CaseIterable {
    case open
    case acknowledge = "ack"
    case triage, contact, schedule
    case checkIn = "check_in"
    case startRepair = "repair_start"
    case finishRepair = "repair_done"
    case check = "qc"
    case deliver
    case followUp = "follow_up"
    case close, hold, resume, cancel, reopen, merge, split, assign, note, estimate, part, undo
    case feedback
    case monitor
    case remote
    case transfer

    /// The step that a word of the command line means for a ticket that stands at `state`.
    public init?(verb: String, state: TicketState?) {
        switch verb {
        case "repair": self = state == .inRepair ? .finishRepair : .startRepair
        case "check-in": self = .checkIn
        case "follow-up": self = .followUp
        default:
            guard let step = Self(rawValue: verb), !step.verb.contains("repair") else {
                return nil
            }
            self = step
        }
    }

    /// The word of the command line.
    public var verb: String {
        switch self {
        case .startRepair, .finishRepair: "repair"
        case .checkIn: "check-in"
        case .followUp: "follow-up"
        default: rawValue
        }
    }

    /// The states from which the step may be taken.
    public var from: Set<TicketState> {
        switch self {
        case .open: []
        case .acknowledge: [.open]
        case .triage: [.acknowledged, .triaged]
        case .contact: [.triaged, .contacted]
        case .schedule: [.contacted, .scheduled]
        case .checkIn: [.scheduled]
        case .startRepair: [.checkedIn]
        case .finishRepair: [.inRepair]
        case .check, .deliver: [.qualityCheck]
        case .followUp: [.delivered, .remoteResolved]
        case .close: [.followedUp]
        case .hold: TicketState.beforeDelivery
        case .resume: [.onHold, .monitoring]
        case .cancel, .merge, .transfer: TicketState.beforeRepair.union([.onHold, .monitoring])
        case .reopen: [.delivered, .followedUp, .closed, .cancelled, .remoteResolved]
        case .split: TicketState.beforeDelivery
        case .assign, .estimate, .part:
            TicketState.beforeDelivery.union([.onHold, .monitoring])
        case .note, .undo, .feedback: Set(TicketState.allCases)
        case .monitor, .remote: [.triaged]
        }
    }

    /// The roles that may take the step.
    public var roles: Set<Role> {
        switch self {
        case .open: [.customerService, .supervisor]
        case .acknowledge: [.customerService, .supervisor]
        // A supervisor may judge again, because only that may move a due time to later.
        case .triage: [.technician, .engineer, .supervisor]
        case .contact, .schedule, .followUp: [.customerService]
        case .checkIn: [.reception]
        case .startRepair, .finishRepair, .remote: [.technician]
        case .check: [.quality]
        case .deliver: [.quality, .reception, .customerService]
        case .cancel: [.supervisor]
        case .merge: [.supervisor, .customerService, .technician]
        case .split, .monitor: [.technician, .engineer, .supervisor]
        case .assign, .transfer: [.supervisor, .customerService]
        case .estimate: [.customerService, .technician, .supervisor]
        case .part: [.parts, .technician, .supervisor]
        case .close, .hold, .resume, .reopen, .note, .undo, .feedback: Role.people
        }
    }

    /// The least level of a technician who takes the step.
    public var level: Int {
        switch self {
        case .triage, .monitor, .split: 2
        default: 0
        }
    }

    /// Fields without which the step is refused.
    public var required: [TicketField] {
        switch self {
        case .open: [.vehicle, .mode, .severity, .complaint]
        case .triage: [.severity, .advice, .component]
        case .contact: [.outcome]
        case .schedule: [.site, .slot, .parts, .estimate]
        case .checkIn: [.odometer, .notes, .consent]
        case .finishRepair: [.complaint, .cause, .correction, .rootPart]
        case .remote: [.complaint, .cause, .correction]
        case .check: [.result, .checklist]
        case .hold: [.reason, .wakeAt]
        case .cancel, .reopen: [.reason]
        case .merge: [.into]
        case .split: [.mode]
        case .assign: [.assignee]
        case .transfer: [.site, .reason]
        case .note: [.text]
        case .feedback: [.department, .text, .until]
        case .estimate: [.estimate]
        case .part: [.part, .state]
        default: []
        }
    }

    /// Fields that the step understands besides.
    public var optional: [TicketField] {
        switch self {
        case .open:
            [
                .source, .advice, .component, .skill, .name, .site, .customer, .failedAt,
                .serviceType, .causedBy, .probability, .failsAt, .language, .preferredSite,
            ]
        case .acknowledge: [.minutes, .notes]
        case .triage: [.serviceType, .probability, .failsAt, .notes]
        case .contact: [.customer, .language, .preferredSite, .notes]
        case .schedule: [.readyBy, .deliveryMode, .notes]
        case .checkIn: [.readyBy, .notes]
        case .startRepair: [.notes]
        case .finishRepair: [.disposition, .actual, .notes]
        case .remote: [.disposition, .notes]
        case .check: [.notes]
        case .deliver: [.odometer, .notes]
        case .followUp: [.csat, .answer, .reasons, .notes]
        case .close: [.complaint, .cause, .correction, .disposition, .notes]
        case .split: [.findings, .name, .notes]
        case .estimate:
            [
                .total, .currency, .payer, .lines, .plan, .explanation, .priceList, .validUntil,
                .approvedBy,
            ]
        case .part: [.quantity, .serial, .lot, .supplier, .eta, .deliveryMode]
        case .monitor: [.until, .untilKilometres, .condition]
        case .transfer: [.assignee, .notes]
        case .hold, .resume, .cancel, .merge: [.notes]
        default: []
        }
    }

    /// Whether it can be taken back with ``undo``.
    public var isUndoable: Bool {
        switch self {
        case .open, .note, .estimate, .part, .split, .undo, .reopen, .feedback: false
        default: true
        }
    }
}
