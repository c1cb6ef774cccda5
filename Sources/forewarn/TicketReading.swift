import FleetReports
import ServiceTickets
import TicketStorage
import VehicleFaults

/// Makes records of the tickets of a period, on as many threads as there are processors: each looks
/// at a stretch of numbers through a connection of its own.
struct TicketReading: Sendable {
    /// When a fault of a vehicle broke down, in order.
    struct Failure {
        var mode: String
        var times: [EventTime]
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
    let failures: [VehicleID: [Failure]]
    /// The failure modes that rules look for.
    let covered: Set<String>
    /// The usual hours for each failure mode.
    let standards: [String: Double]
    /// What was paid, by estimate, where that is asked.
    let invoices: Once<[String: Double]>?

    /// Tickets of one stretch: many enough to be worth a connection, few enough that no processor
    /// waits long for the last.
    private static let length = 16000

    /// Begins to read the tickets; what is returned waits for them, in order of number.
    func reading(_ store: TicketStore) throws -> () throws -> Part {
        let stretches = try store.stretches(openedFrom: from, until: to, length: Self.length)
        guard stretches.count > 1 else {
            return { try stretches.first.map { try part($0, of: store) } ?? Part() }
        }
        let path = store.path
        // The others are added to the first, so that it need not be copied.
        let parts = stretches.enumerated().map { place, numbers in
            let room = place == 0 ? stretches.count * Self.length : Self.length
            return Background {
                try part(numbers, of: TicketStore(path: path, access: .read), room: room)
            }
        }
        return {
            var all = try parts[0].value
            for part in parts.dropFirst() { all.append(try part.value) }
            return all
        }
    }

    private func part(
        _ numbers: ClosedRange<Int64>, of store: TicketStore, room: Int = 0
    ) throws -> Part {
        var part = Part()
        part.tickets.reserve(room)
        let invoices = try invoices?.value ?? [:]
        try store.forEachTicket(openedFrom: from, until: to, asOf: to, numbers: numbers) { ticket in
            guard sites.holds(ticket.site) else { return }
            var record = TicketRecord(ticket, policy: policy, at: to)
            if let failure = failures[ticket.vehicle]?.first(where: { $0.mode == ticket.mode }) {
                record.failed = failure.times.first { $0 >= record.opened } ?? record.failed
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
