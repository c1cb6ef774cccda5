import VehicleFaults

/// A workshop: when it works, how many vehicles at once, and who is there.
public struct ServiceSite: Hashable, Sendable {
    public struct Person: Hashable, Sendable {
        public var name: String
        /// Skill groups, as `ENG`.
        public var skills: [String]
        /// 1 to 3.
        public var level: Int

        public init(name: String, skills: [String], level: Int) {
            self.name = name
            self.skills = skills
            self.level = level
        }
    }

    public var name: String
    /// What it belongs to, with other sites; `nil` where regions are not spoken of.
    public var region: String?
    public var calendar: BusinessCalendar
    /// Vehicles that can be worked on at the same time.
    public var bays: Int
    public var people: [Person]

    public init(name: String, calendar: BusinessCalendar, bays: Int, people: [Person]) {
        self.name = name
        self.calendar = calendar
        self.bays = bays
        self.people = people
    }
}

/// Looks for appointments: a bay and a person who can do the work, for as long as it takes, after the
/// parts are there and, where that is possible, before the fault is expected.
public struct SlotSearch: Sendable {
    /// What has been promised to others, or to oneself.
    public struct Booking: Hashable, Sendable {
        public var site: String
        public var skill: String
        public var from: EventTime
        /// Working time in milliseconds.
        public var duration: Int64
        /// Who is to do it, when that is settled.
        public var person: String?

        public init(
            site: String, skill: String, from: EventTime, duration: Int64, person: String? = nil
        ) {
            self.site = site
            self.skill = skill
            self.from = from
            self.duration = duration
            self.person = person
        }
    }

    /// What is looked for.
    public struct Wish: Hashable, Sendable {
        public var skill: String
        public var level: Int
        /// Working time in milliseconds.
        public var duration: Int64
        /// When the vehicle, and the parts, can be there at the earliest.
        public var earliest: EventTime
        /// By when it should be done, if that is known.
        public var serviceBy: EventTime?

        public init(
            skill: String, level: Int = 0, duration: Int64, earliest: EventTime,
            serviceBy: EventTime? = nil
        ) {
            self.skill = skill
            self.level = level
            self.duration = duration
            self.earliest = earliest
            self.serviceBy = serviceBy
        }
    }

    public struct Slot: Hashable, Sendable {
        public var site: String
        public var from: EventTime
        /// When the work is done, breaks and nights passed over.
        public var until: EventTime
        /// Who could do it, in the order of the file.
        public var people: [String]
        /// Bays that are free all the while.
        public var bays: Int
        /// Whether it ends after the wish's ``Wish/serviceBy``.
        public var isLate: Bool
    }

    /// Appointments begin on multiples of this, in milliseconds.
    public static let grid: Int64 = 1_800_000
    /// How far ahead is looked, in milliseconds.
    public static let horizon: Int64 = 28 * 86_400_000

    public let sites: [ServiceSite]
    public let bookings: [Booking]

    public init(sites: [ServiceSite], bookings: [Booking]) {
        self.sites = sites
        self.bookings = bookings
    }

    /// The first `count` appointments of each site that fit, in order of time, then of site.
    public func slots(for wish: Wish, count: Int) -> [Slot] {
        var result: [Slot] = []
        for site in sites {
            let able = site.people.filter {
                ($0.skills.contains(wish.skill) || wish.skill == "GEN") && $0.level >= wish.level
            }
            guard site.bays > 0, !able.isEmpty, wish.duration > 0 else { continue }
            let taken = bookings.filter { $0.site == site.name }.compactMap { booking in
                site.calendar.instant(booking.duration, after: booking.from).map {
                    (booking: booking, until: $0)
                }
            }
            var found = 0
            var time = Self.next(wish.earliest.milliseconds)
            let end = time + Self.horizon
            while time < end, found < count {
                let from = EventTime(milliseconds: time)
                time += Self.grid
                // Only where work begins at once; else the same work is offered at its opening.
                guard site.calendar.elapsed(from: from, until: EventTime(milliseconds: time)) > 0,
                    let until = site.calendar.instant(wish.duration, after: from)
                else { continue }
                let others = taken.filter { $0.booking.from < until && from < $0.until }
                let bays = site.bays - others.count
                let people = free(able, site.people, others.map(\.booking))
                guard bays > 0, !people.isEmpty else { continue }
                found += 1
                result.append(
                    Slot(
                        site: site.name, from: from, until: until, people: people, bays: bays,
                        isLate: wish.serviceBy.map { until > $0 } ?? false))
            }
        }
        let order = sites.map(\.name)
        return result.sorted {
            ($0.from, order.firstIndex(of: $0.site) ?? 0)
                < ($1.from, order.firstIndex(of: $1.site) ?? 0)
        }
    }

    /// Who of `able` is free while `others` are worked on: a booking without a name takes whoever has
    /// its skill and the fewest skills besides, so that those who can do most stay free longest.
    private func free(
        _ able: [ServiceSite.Person], _ all: [ServiceSite.Person], _ others: [Booking]
    ) -> [String] {
        var busy = Set(others.compactMap(\.person))
        for booking in others where booking.person == nil {
            let candidates = all.filter {
                !busy.contains($0.name)
                    && ($0.skills.contains(booking.skill) || booking.skill == "GEN")
            }
            if let person = candidates.min(by: { $0.skills.count < $1.skills.count }) {
                busy.insert(person.name)
            }
        }
        return able.map(\.name).filter { !busy.contains($0) }
    }

    private static func next(_ time: Int64) -> Int64 {
        let rest = ((time % grid) + grid) % grid
        return rest == 0 ? time : time - rest + grid
    }
}
