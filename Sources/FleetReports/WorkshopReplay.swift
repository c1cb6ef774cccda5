import ServiceTickets
import VehicleFaults

/// What a workshop of a given size would have made of the vehicles that really came: no formula, a
/// recount.
///
/// Vehicles are taken in the order in which they were checked in, each by one technician of its skill
/// group and in one bay, for as long as its work really took. Work is done in the hours of the calendar
/// of the vehicle's site, and goes on after breaks, nights and holidays where it was left.
public struct WorkshopReplay: Hashable, Sendable {
    /// A vehicle that was worked on.
    public struct Job: Hashable, Sendable {
        public var arrived: EventTime
        public var skill: String
        /// Working hours.
        public var hours: Double
        public var site: String

        public init(arrived: EventTime, skill: String, hours: Double, site: String = "") {
            self.arrived = arrived
            self.skill = skill
            self.hours = hours
            self.site = site
        }
    }

    /// Vehicles in the order in which they came, with their skill groups and sites by number: what all
    /// recounts of them have in common.
    public struct Arrivals: Sendable {
        fileprivate struct Arrival {
            var at, work: Int64
            var skill, site: Int
        }

        fileprivate let skills: [String]
        fileprivate let sites: [String]
        fileprivate let all: [Arrival]

        /// - Parameter jobs: vehicles in any order.
        public init(_ jobs: [Job]) {
            let (skills, sites) = (Set(jobs.map(\.skill)).sorted(), Set(jobs.map(\.site)).sorted())
            let numbers = Dictionary(uniqueKeysWithValues: zip(skills, skills.indices))
            let places = Dictionary(uniqueKeysWithValues: zip(sites, sites.indices))
            all = jobs.map { job in
                Arrival(
                    at: job.arrived.milliseconds, work: Int64((job.hours * 3_600_000).rounded()),
                    skill: numbers[job.skill] ?? 0, site: places[job.site] ?? 0)
            }.sorted {
                ($0.at, $0.skill, $0.work, $0.site) < ($1.at, $1.skill, $1.work, $1.site)
            }
            (self.skills, self.sites) = (skills, sites)
        }
    }

    /// When sites work.
    public struct Calendars: Hashable, Sendable {
        public var bySite: [String: BusinessCalendar]
        /// Of sites that are not named.
        public var others: BusinessCalendar

        public init(_ bySite: [String: BusinessCalendar] = [:], others: BusinessCalendar) {
            self.bySite = bySite
            self.others = others
        }
    }

    /// The share that was done within as many open hours as a working day of its site has.
    public var inTime: Proportion
    /// The mean wait in open hours before work began, or `nil` without vehicles.
    public var meanWait: Double?
    /// The longest wait in open hours.
    public var longestWait: Double

    /// - Parameters:
    ///   - technicians: how many there are of each skill group; nobody does the work of a group that
    ///     is not named, and it is left out.
    ///   - bays: vehicles that can be worked on at the same time; `nil` for no limit.
    ///   - calendars: when work is done; what a site has that never works is left out.
    public init(
        _ arrivals: Arrivals, technicians: [String: Int], bays: Int? = nil, calendars: Calendars
    ) {
        let people = arrivals.skills.map { max(0, technicians[$0] ?? 0) }
        var floor = Floor(technicians: people, bays: max(1, bays ?? .max))
        var numbers = [Int?](repeating: nil, count: arrivals.sites.count)
        for arrival in arrivals.all where people[arrival.skill] > 0 {
            let number: Int
            if let known = numbers[arrival.site] {
                number = known
            } else {
                number = floor.add(
                    calendars.bySite[arrivals.sites[arrival.site]] ?? calendars.others,
                    from: EventTime(milliseconds: arrival.at))
                numbers[arrival.site] = number
            }
            floor.receive(
                at: arrival.at, work: arrival.work, skill: arrival.skill, site: number)
        }
        floor.finish()
        inTime = Proportion(floor.inTime, of: floor.waits.count)
        meanWait = Sample(floor.waits).mean
        longestWait = floor.waits.max() ?? 0
    }

    /// The floor of the workshop while the vehicles come; times in milliseconds.
    private struct Floor {
        private struct Waiting {
            var arrived, work: Int64
            var site: Int
        }

        /// Work that is being done; what ends at one time has no order.
        private struct Running: Comparable {
            var end: Int64
            var skill: Int

            static func < (a: Running, b: Running) -> Bool { a.end < b.end }
            static func == (a: Running, b: Running) -> Bool { a.end == b.end }
        }

        /// Technicians of each skill group, and bays, that are free.
        private var technicians: [Int]
        private var bays: Int
        private var sites: [OpenTime] = []
        /// Vehicles that wait for each skill group, in order; those before the place have been taken.
        private var queues: [(waiting: [Waiting], next: Int)]
        private var running = EarliestFirst<Running>()
        /// Open hours that vehicles waited for work, and how many were done in time.
        private(set) var waits: [Double] = []
        private(set) var inTime = 0

        init(technicians: [Int], bays: Int) {
            self.technicians = technicians
            self.bays = bays
            queues = technicians.map { _ in ([], 0) }
        }

        /// A site whose first vehicle comes at a time.
        mutating func add(_ calendar: BusinessCalendar, from time: EventTime) -> Int {
            sites.append(OpenTime(calendar, from: time))
            return sites.count - 1
        }

        mutating func receive(at time: Int64, work: Int64, skill: Int, site: Int) {
            // Whoever is done by now is free.
            while let done = running.first, done.end <= time { end(done) }
            queues[skill].waiting.append(Waiting(arrived: time, work: work, site: site))
            begin(at: time)
        }

        /// Works on until nobody waits.
        mutating func finish() { while let done = running.first { end(done) } }

        private mutating func end(_ done: Running) {
            running.removeFirst()
            technicians[done.skill] += 1
            bays += 1
            begin(at: done.end)
        }

        /// Takes in whom it can, those first who wait longest.
        private mutating func begin(at time: Int64) {
            while bays > 0 {
                var chosen: (skill: Int, arrived: Int64)?
                for (skill, queue) in queues.enumerated()
                where technicians[skill] > 0 && queue.next < queue.waiting.count {
                    let arrived = queue.waiting[queue.next].arrived
                    if chosen.map({ arrived < $0.arrived }) ?? true { chosen = (skill, arrived) }
                }
                guard let skill = chosen?.skill else { return }
                let job = queues[skill].waiting[queues[skill].next]
                queues[skill].next += 1
                guard let end = sites[job.site].instant(job.work, after: time) else { continue }
                technicians[skill] -= 1
                bays -= 1
                let wait =
                    sites[job.site].worked(until: time)
                    - sites[job.site].worked(until: job.arrived)
                waits.append(Double(wait) / 3_600_000)
                if wait + job.work <= sites[job.site].workingDay { inTime += 1 }
                running.insert(Running(end: end, skill: skill))
            }
        }
    }
}
