import VehicleFaults

/// Tickets by the time at which they must be looked at, then by number.
typealias TicketTimers = EarliestFirst<TicketTimer>

/// When a ticket must be looked at.
struct TicketTimer: Comparable, Sendable {
    var at: EventTime
    var ticket: Int64

    static func < (a: TicketTimer, b: TicketTimer) -> Bool { (a.at, a.ticket) < (b.at, b.ticket) }
}
