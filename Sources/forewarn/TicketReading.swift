import FleetReports
import ServiceTickets
import TicketStorage
import VehicleFaults

/// Makes records of the tickets of a period, on as many threads as there are processors: each looks
/// at a stretch of numbers through a connection of its own.
struct TicketReading: Sendable {
    /// What breaks down: a fault of a vehicle.
    struct Failure: Hashable {
        var vehicle: VehicleID
        var mode: String
    }

    /// The tickets of a stretch.
    struct Part: Sendable {
        var tickets = TicketRecords()
        /// Breakdowns that were entered as tickets; nothing had foretold them.
        var missed: [BreakdownRecord] = []

        mutating func append(_ next: Part) {
            tickets.append(next.tickets)
            missed += next.missed
        }
    }

    let from, to: EventTime
    /// Only tickets of these sites.
    let sites: SiteChoice
    let policy: TicketPolicy
    /// When each fault broke down, in order, as other systems know.
    let failures: [Failure: [EventTime]]
    /// The failure modes that rules look for.
    let covered: Set<String>
    /// The usual hours for each failure mode.
    let standards: [String: Double]
    /// What was paid, by estimate, where that is asked.
    let invoices: Background<[String: Double]>?

    /// Tickets of one stretch: many enough to be worth a connection, few enough that no processor
    /// waits long for the last.
    private static let length = 8000

    /// The tickets in order of number.
    func read(_ store: TicketStore) throws -> Part {
        let stretches = try store.stretches(openedFrom: from, until: to, length: Self.length)
        guard stretches.count > 1 else {
            return try stretches.first.map { try part($0, of: store) } ?? Part()
        }
        let path = store.path
        let parts = stretches.map { numbers in
            Background { try part(numbers, of: TicketStore(path: path, access: .read)) }
        }
        return try parts.reduce(into: Part()) { $0.append(try $1.value) }
    }

    private func part(_ numbers: ClosedRange<Int64>, of store: TicketStore) throws -> Part {
        var part = Part()
        let invoices = try invoices?.value ?? [:]
        try store.forEachTicket(openedFrom: from, until: to, asOf: to, numbers: numbers) { ticket in
            guard sites.holds(ticket.site) else { return }
            var record = TicketRecord(ticket, policy: policy, at: to)
            if !failures.isEmpty {
                let times = failures[Failure(vehicle: ticket.vehicle, mode: ticket.mode)] ?? []
                record.failed = times.first { $0 >= record.opened } ?? record.failed
            }
            record.standardHours = standards[ticket.mode] ?? 0
            if let estimate = ticket.estimate {
                record.cost = invoices[estimate] ?? record.cost
            }
            if let time = ticket.failedAt, time >= from, time < to {
                part.missed.append(
                    BreakdownRecord(
                        vehicle: ticket.vehicle.description, mode: ticket.mode, at: time,
                        wasForetold: false,
                        isCovered: covered.contains(ticket.mode)))
            }
            part.tickets.append(record)
        }
        return part
    }
}
