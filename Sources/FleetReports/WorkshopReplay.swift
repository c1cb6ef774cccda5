import ServiceTickets
import VehicleFaults

/// What a workshop of a given size would have made of the vehicles that really came: no formula, a
/// recount.
///
/// Vehicles are taken in the order in which they were checked in, each by one technician of its skill
/// group and in one bay, for as long as its work really took. Work is done in the open hours of each
/// day and goes on the next day where it was left.
public struct WorkshopReplay: Hashable, Sendable {
    /// A vehicle that was worked on.
    public struct Job: Hashable, Sendable {
        public var arrived: EventTime
        public var skill: String
        /// Working hours.
        public var hours: Double

        public init(arrived: EventTime, skill: String, hours: Double) {
            self.arrived = arrived
            self.skill = skill
            self.hours = hours
        }
    }

    /// The hours in which a workshop works, the same each day.
    public struct OpenHours: Hashable, Sendable {
        /// Hours after local midnight, and how many.
        public var from, length: Double
        /// Minutes east of UTC of the workshop's day.
        public var offset: Int

        public init(from: Double, length: Double, offset: Int) {
            self.from = from
            self.length = length
            self.offset = offset
        }

        /// Open hours before a time, since the day 1970-01-01 began.
        func worked(until time: EventTime) -> Double {
            let local = time.milliseconds + Int64(offset) * 60_000
            let day = local.floored(dividedBy: 86_400_000)
            let hour = Double(local - day * 86_400_000) / 3_600_000
            return Double(day) * length + min(max(hour - from, 0), length)
        }
    }

    /// The share that was done within the open hours of one day after it came.
    public var inTime: Proportion
    /// The mean wait in open hours before work began, or `nil` without vehicles.
    public var meanWait: Double?
    /// The longest wait in open hours.
    public var longestWait: Double

    /// - Parameters:
    ///   - jobs: vehicles in any order.
    ///   - technicians: how many there are of each skill group; nobody does the work of a group that
    ///     is not named, and it is left out.
    ///   - bays: vehicles that can be worked on at the same time; `nil` for no limit.
    public init(
        _ jobs: [Job], technicians: [String: Int], bays: Int? = nil, open: OpenHours
    ) {
        let names = technicians.filter { $0.value > 0 }.keys.sorted()
        let places = Dictionary(uniqueKeysWithValues: zip(names, names.indices))
        let sorted = jobs.filter { places[$0.skill] != nil }.sorted {
            ($0.arrived, $0.skill, $0.hours) < ($1.arrived, $1.skill, $1.hours)
        }
        var floor = Floor(
            technicians: names.map { technicians[$0] ?? 0 }, bays: max(1, bays ?? .max))
        for job in sorted {
            floor.receive(
                at: open.worked(until: job.arrived), hours: job.hours, skill: places[job.skill] ?? 0
            )
        }
        floor.finish()
        inTime = Proportion(floor.stays.count { $0 <= open.length }, of: floor.stays.count)
        meanWait = Sample(floor.waits).mean
        longestWait = floor.waits.max() ?? 0
    }

    /// The floor of the workshop while the vehicles come, in open hours.
    private struct Floor {
        private struct Waiting {
            var arrived, hours: Double
        }

        /// Work that is being done; what ends at one time has no order.
        private struct Running: Comparable {
            var end: Double
            var skill: Int

            static func < (a: Running, b: Running) -> Bool { a.end < b.end }
            static func == (a: Running, b: Running) -> Bool { a.end == b.end }
        }

        /// Technicians of each skill group, and bays, that are free.
        private var technicians: [Int]
        private var bays: Int
        /// Vehicles that wait for each skill group, in order; those before the place have been taken.
        private var queues: [(waiting: [Waiting], next: Int)]
        private var running = EarliestFirst<Running>()
        /// Open hours that vehicles waited for work, and until they were done.
        private(set) var waits: [Double] = []
        private(set) var stays: [Double] = []

        init(technicians: [Int], bays: Int) {
            self.technicians = technicians
            self.bays = bays
            queues = technicians.map { _ in ([], 0) }
        }

        mutating func receive(at time: Double, hours: Double, skill: Int) {
            // Whoever is done by now is free.
            while let done = running.first, done.end <= time { end(done) }
            queues[skill].waiting.append(Waiting(arrived: time, hours: hours))
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
        private mutating func begin(at time: Double) {
            while bays > 0 {
                var chosen: (skill: Int, arrived: Double)?
                for (skill, queue) in queues.enumerated()
                where technicians[skill] > 0 && queue.next < queue.waiting.count {
                    let arrived = queue.waiting[queue.next].arrived
                    if chosen.map({ arrived < $0.arrived }) ?? true { chosen = (skill, arrived) }
                }
                guard let skill = chosen?.skill else { return }
                let job = queues[skill].waiting[queues[skill].next]
                queues[skill].next += 1
                technicians[skill] -= 1
                bays -= 1
                waits.append(time - job.arrived)
                stays.append(time + job.hours - job.arrived)
                running.insert(Running(end: time + job.hours, skill: skill))
            }
        }
    }
}
