/// Where a ticket stands; the raw value is the stored name.
public enum TicketState: String, Sendable, CaseIterable {
    case open, acknowledged, triaged, contacted, scheduled
    case checkedIn = "checked_in"
    case inRepair = "in_repair"
    case qualityCheck = "quality_check"
    case delivered
    case followedUp = "followed_up"
    case closed
    case cancelled
    case onHold = "on_hold"
    case monitoring
    case remoteResolved = "remote_resolved"

    /// The way of an ordinary ticket, first to last.
    public static let rail: [TicketState] = [
        .open, .acknowledged, .triaged, .contacted, .scheduled, .checkedIn, .inRepair,
        .qualityCheck, .delivered, .followedUp, .closed,
    ]

    /// States in which the fault is still to be dealt with and the ticket may be put on hold.
    public static let beforeDelivery: Set<TicketState> = [
        .open, .acknowledged, .triaged, .contacted, .scheduled, .checkedIn, .inRepair,
        .qualityCheck,
    ]

    /// States before anyone has taken a tool into the hand.
    public static let beforeRepair: Set<TicketState> = [
        .open, .acknowledged, .triaged, .contacted, .scheduled, .checkedIn,
    ]

    /// Whether the vehicle stands in the workshop.
    public var isInWorkshop: Bool {
        self == .checkedIn || self == .inRepair || self == .qualityCheck
    }

    /// Whether nothing is left to do, unless the ticket is opened again.
    public var isFinal: Bool { self == .closed || self == .cancelled }

    /// Whether the vehicle is out of our hands as mended, or as good as.
    public var isAfterRepair: Bool {
        switch self {
        case .delivered, .followedUp, .closed, .remoteResolved: true
        default: false
        }
    }
}
