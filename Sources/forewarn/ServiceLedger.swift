import FleetReports
import ServiceTickets
import TerminalText
import TicketStorage
import VehicleFaults

/// What reports are made of: the store's tickets, and what other systems exported.
struct ServiceLedger {
    let store: TicketStore
    let data: ServiceData
    /// Only tickets of this site.
    let site: String?
    /// How vehicles are shown.
    let presentation: Presentation
    /// What was promised when the store was last written.
    let policy: TicketPolicy

    init(store: TicketStore, data: ServiceData, site: String?, presentation: Presentation) {
        self.store = store
        self.data = data
        self.site = site
        self.presentation = presentation
        policy = TicketPolicy.inForce(store)
    }

    /// What figures are held against; where nothing was promised, what is usual.
    var promises: ServiceFigures.Promises {
        var promises = ServiceFigures.Promises()
        if let target = policy.response {
            promises.responseMinutes = Double(target.milliseconds) / 60_000
        }
        if let target = policy.solve {
            promises.solveHours = Double(target.milliseconds) / 3_600_000
        }
        if let target = policy.followUp {
            promises.followUpDays = Double(target.milliseconds) / 86_400_000
        }
        return promises
    }

    /// Everything of a period, as it stood at its end.
    func records(from: EventTime, to: EventTime) throws -> ServiceRecords {
        var records = ServiceRecords(from: from, to: to)
        let breakdowns = try data.breakdowns.filter { $0.at < to }
        let failures = Dictionary(grouping: breakdowns) {
            Failure(vehicle: $0.vehicle, mode: $0.mode)
        }
        .mapValues { $0.map(\.at).sorted() }
        // Breakdowns that were entered as tickets had nothing that foretold them.
        var missed: [BreakdownRecord] = []
        let covered = TicketPolicy.coveredModes(store)
        let standards = try data.standardHours
        let invoices = try data.invoices
        try store.forEachTicket(openedFrom: from, until: to, asOf: to) { ticket in
            guard site == nil || ticket.course.site == site else { return }
            let vehicle = ticket.vehicle.description
            var record = TicketRecord(
                ticket, vehicle: presentation.vehicle(vehicle), policy: policy, at: to)
            if !failures.isEmpty {
                let times = failures[Failure(vehicle: vehicle, mode: ticket.mode)] ?? []
                record.failed = times.first { $0 >= record.opened } ?? record.failed
            }
            record.standardHours = standards[ticket.mode] ?? 0
            if let estimate = ticket.estimate {
                record.cost = invoices[estimate.id] ?? record.cost
            }
            if let time = ticket.failedAt, time >= from, time < to {
                missed.append(
                    BreakdownRecord(
                        vehicle: vehicle, mode: ticket.mode, at: time, wasForetold: false,
                        isCovered: covered.contains(ticket.mode)))
            }
            records.tickets.append(record)
        }
        records.attendance = try data.attendance(from: from, to: to)
        records.breakdowns = breakdowns.filter { $0.at >= from } + missed
        records.partLines = try data.partLines.filter { from <= $0.ordered && $0.ordered < to }
        records.parts = try data.parts
        records.offset = LocalOffset.minutes(at: from)
        records.fleet = try fleet(at: to)
        return records
    }

    /// What breaks down: a fault of a vehicle.
    private struct Failure: Hashable {
        var vehicle: String
        var mode: String
    }

    /// What the store has counted of the fleet, over its whole life, and what another system knows.
    private func fleet(at end: EventTime) throws -> FleetRecord {
        var fleet = try data.fleet
        let facts = try store.facts()
        fleet.messages = facts.messages
        fleet.duplicates = facts.duplicates
        fleet.deadLetters = facts.deadLetters
        let heard = try store.lastHeard()
        fleet.vehicles = heard.count
        // No vehicle's own rhythm is known here; three days is long for all of them.
        fleet.silent = heard.count { end.milliseconds(since: $0) > 3 * 86_400_000 }
        return fleet
    }
}
