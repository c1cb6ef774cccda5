/// Why a step was not taken; the ticket is as it was.
public struct Refusal: Error, Equatable, Sendable {
    /// What kind of refusal it is; the raw value is its stable code.
    public enum Reason: String, Sendable, CaseIterable {
        case unknownStep = "unknown_step"
        case unknownField = "unknown_field"
        case noSuchTicket = "no_such_ticket"
        case wrongState = "wrong_state"
        case wrongRole = "wrong_role"
        case levelTooLow = "level_too_low"
        case nameless
        case missing
        case invalid
        case inspectorIsTechnician = "inspector_is_technician"
        case estimateUnknown = "estimate_unknown"
        case estimateNotApproved = "estimate_not_approved"
        case estimateExceeded = "estimate_exceeded"
        case estimateSum = "estimate_sum"
        case notChecked = "not_checked"
        case alreadyActive = "already_active"
        case otherVehicle = "other_vehicle"
        case sameTicket = "same_ticket"
        case nothingToUndo = "nothing_to_undo"
        case notYours = "not_yours"
        case wakesInThePast = "wakes_in_the_past"
        case notAllTheFindings = "not_all_findings"
        case sameSite = "same_site"
    }

    public var reason: Reason
    public var step: TicketStep?
    /// Fields that are missing or that say what they may not say.
    public var fields: [TicketField] = []
    /// The state that the ticket is in.
    public var state: TicketState?
    /// Roles that may do it.
    public var roles: [Role] = []
    /// The ticket that is in the way, or that was asked for.
    public var ticket: Int64?
    /// Whatever else belongs into the sentence: a person's name, an unknown word, a level.
    public var detail: String?

    public init(
        _ reason: Reason, step: TicketStep? = nil, fields: [TicketField] = [],
        state: TicketState? = nil, roles: [Role] = [], ticket: Int64? = nil, detail: String? = nil
    ) {
        self.reason = reason
        self.step = step
        self.fields = fields
        self.state = state
        self.roles = roles
        self.ticket = ticket
        self.detail = detail
    }

    /// The refusal as a JSON object of texts, for the store.
    public var json: String {
        var pairs = [("refused", reason.rawValue)]
        if let step { pairs.append(("step", step.rawValue)) }
        if !fields.isEmpty {
            pairs.append(("fields", fields.map(\.rawValue).joined(separator: " ")))
        }
        if let state { pairs.append(("state", state.rawValue)) }
        if !roles.isEmpty {
            pairs.append(("roles", roles.map(\.rawValue).joined(separator: " ")))
        }
        if let ticket { pairs.append(("ticket", "\(ticket)")) }
        if let detail { pairs.append(("detail", detail)) }
        return FlatJSON.text(pairs)
    }

    /// Reads ``json`` back; `nil` when it is something else.
    public init?(json: String) {
        guard let pairs = FlatJSON.pairs(json), let first = pairs.first, first.0 == "refused",
            let reason = Reason(rawValue: first.1)
        else { return nil }
        self.init(reason)
        for (name, value) in pairs.dropFirst() {
            let words = value.split(separator: " ").map(String.init)
            switch name {
            case "step": step = TicketStep(rawValue: value)
            case "fields": fields = words.compactMap { TicketField(rawValue: $0) }
            case "state": state = TicketState(rawValue: value)
            case "roles": roles = words.compactMap { Role(rawValue: $0) }
            case "ticket": ticket = Int64(value)
            default: detail = value
            }
        }
    }
}
