import VehicleFaults

/// One thing that happened to a ticket; a ticket's state is what its events make of it, in order.
public struct TicketEvent: Hashable, Sendable {
    /// What the daemon notes besides the steps that people, and it, may take.
    public enum Notice: String, Sendable, CaseIterable {
        /// A graver finding.
        case raised
        /// A clock reached a part of its target.
        case escalated
        /// The fault stayed away for the set time or distance after the repair.
        case verified
        /// The time passed, but the vehicle was not heard.
        case unproven
        /// Another ticket was merged into this one.
        case absorbed
        /// That was undone.
        case released
        /// Another fault causes this one.
        case linked
        /// Somebody cleared the vehicle's fault codes with a tool, which is no repair.
        case codesCleared = "codes_cleared"
        /// One more attribute of the roster explains which vehicles have the fault.
        case explained
    }

    public enum Kind: Hashable, Sendable {
        case step(TicketStep)
        case notice(Notice)

        /// The stored name.
        public var name: String {
            switch self {
            case .step(let step): step.rawValue
            case .notice(let notice): notice.rawValue
            }
        }

        /// The kind with a stored name, or `nil`.
        public init?(name: String) {
            if let step = TicketStep(rawValue: name) {
                self = .step(step)
            } else if let notice = Notice(rawValue: name) {
                self = .notice(notice)
            } else {
                return nil
            }
        }
    }

    public var ticket: Int64
    /// Counted from 1; one more each time the ticket is opened again.
    public var epoch: Int
    /// When the daemon took note of it.
    public var at: EventTime
    public var actor: String
    public var role: Role
    public var kind: Kind
    public var fields: Fields
    /// The state of the ticket afterwards.
    public var state: TicketState

    public init(
        ticket: Int64, epoch: Int, at: EventTime, actor: String, role: Role, kind: Kind,
        fields: Fields = Fields(), state: TicketState
    ) {
        self.ticket = ticket
        self.epoch = epoch
        self.at = at
        self.actor = actor
        self.role = role
        self.kind = kind
        self.fields = fields
        self.state = state
    }

    /// The event as one line of JSON, the same bytes wherever it is made.
    public var text: String {
        var bytes: [UInt8] = []
        appendText(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends the bytes of ``text``.
    public func appendText(to bytes: inout [UInt8]) {
        bytes +=
            """
            {"v":1,"kind":"ticket","ticket":\(ticket),"epoch":\(epoch),"event":"\(kind.name)","at":"
            """.utf8
        at.appendText(to: &bytes)
        bytes += "\",\"actor\":".utf8
        FlatJSON.quote(actor, to: &bytes)
        bytes += ",\"role\":\"\(role.rawValue)\",\"state\":\"\(state.rawValue)\",\"fields\":".utf8
        fields.appendJSON(to: &bytes)
        bytes.append(UInt8(ascii: "}"))
    }
}
