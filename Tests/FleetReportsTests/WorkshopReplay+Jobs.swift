import FleetReports

extension WorkshopReplay {
    /// A recount of vehicles in any order, of which there is no other.
    init(_ jobs: [Job], technicians: [String: Int], bays: Int? = nil, calendars: Calendars) {
        self.init(Arrivals(jobs), technicians: technicians, bays: bays, calendars: calendars)
    }
}
