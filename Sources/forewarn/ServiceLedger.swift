import FleetReports
import ServiceTickets
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
    let policy = TicketPolicy.standard

    /// Everything of a period.
    func records(from: EventTime, to: EventTime) throws -> ServiceRecords {
        var records = ServiceRecords(from: from, to: to)
        var filter = TicketFilter()
        filter.isOpen = false
        filter.site = site
        for stored in try store.tickets(filter)
        where stored.openedReceived >= from && stored.openedReceived < to {
            guard let ticket = try store.foldedTicket(stored.number) else { continue }
            let events = try store.history(of: stored.number).filter { $0.at < to }
            records.tickets.append(
                TicketRecord(
                    ticket, events: events,
                    vehicle: presentation.vehicle(stored.vehicle), policy: policy, at: to))
        }
        records.attendance = try data.attendance(from: from, to: to)
        records.breakdowns = try data.breakdowns.filter { from <= $0.at && $0.at < to }
        records.partLines = try data.partLines.filter { from <= $0.ordered && $0.ordered < to }
        records.fleet = try fleet(at: to)
        return records
    }

    /// What the store has counted of the fleet, over its whole life.
    private func fleet(at end: EventTime) throws -> FleetRecord {
        var fleet = FleetRecord()
        let facts = try store.facts()
        fleet.messages = facts.messages
        fleet.duplicates = facts.duplicates
        fleet.deadLetters = facts.deadLetters
        let heard = try store.vehicles().compactMap(\.summary?.lastHeard)
        fleet.vehicles = heard.count
        // No vehicle's own rhythm is known here; three days is long for all of them.
        fleet.silent = heard.count { end.milliseconds(since: $0) > 3 * 86_400_000 }
        return fleet
    }
}
