import FaultRules
import VehicleFaults

/// What lanes know and gather of how similar vehicles do.
///
/// Vehicles are alike when the first eight characters of their VINs are the same; those without a
/// VIN are alike among themselves. A vehicle adds the first reading of each of its hours, so that
/// one that sends every second counts no more than one that sends every minute.
struct CohortWork {
    let plans: [CohortSignal]
    /// For each signal its place in ``plans``, or -1.
    private let places: ContiguousArray<Int32>
    /// What was published at the last epoch.
    private var published: [[UInt64: Cohort]]
    var harvest: [[UInt64: CohortSum]]
    /// Epochs so far.
    private(set) var epoch = 0

    /// Words that a vehicle keeps of a signal: the newest hour it added, and the epoch in which it
    /// was counted, from 1 on.
    static let words = 2
    /// Stands for the vehicles of all kinds.
    static let everyKind = UInt64.max

    init(_ program: RuleProgram) {
        plans = program.cohorts
        var places = ContiguousArray(repeating: Int32(-1), count: program.signals.count)
        for (index, plan) in plans.enumerated() { places[plan.signal] = Int32(index) }
        self.places = places
        published = plans.map { _ in [:] }
        harvest = plans.map { _ in [:] }
    }

    /// The place of a signal, or `nil` when no rule asks for it.
    func place(of signal: Int) -> Int? {
        guard signal < places.count, places[signal] >= 0 else { return nil }
        return Int(places[signal])
    }

    mutating func publish(_ fleet: FleetTrends) {
        epoch = fleet.number
        for (index, plan) in plans.enumerated() {
            published[index] = fleet.cohorts[plan.meaning]?.published ?? [:]
        }
    }

    /// What similar vehicles read, or the whole fleet where they are few; `nil` when that is too.
    func cohort(_ place: Int, of vehicle: VehicleID) -> Cohort? {
        published[place][Self.kind(of: vehicle)] ?? published[place][Self.everyKind]
    }

    static func kind(of vehicle: VehicleID) -> UInt64 { vehicle.described ?? 0 }
}

/// What vehicles of a kind read of a signal.
struct Cohort: Equatable, Sendable {
    var median: Double
    /// The quartiles' distance over 1.349.
    var deviation: Double
}

/// Readings of a kind's vehicles in one epoch: counts, so that they come to the same in any order.
struct CohortSum: Equatable, Sendable {
    var readings = ReadingCounts()
    var vehicles: Int64 = 0

    mutating func merge(_ other: CohortSum) {
        readings.merge(other.readings)
        vehicles += other.vehicles
    }
}

/// What a fleet knows of one signal.
struct CohortKnowledge: Equatable, Sendable {
    /// By kind.
    var published: [UInt64: Cohort] = [:]
    var sums: [UInt64: CohortSum] = [:]

    /// Fewer vehicles say nothing: of 30 the median lies within half a deviation of the true one.
    static let enough: Int64 = 30

    /// A kind that was too seldom heard keeps what is known of it.
    mutating func publish() {
        var all = CohortSum()
        for sum in sums.values { all.merge(sum) }
        sums[CohortWork.everyKind] = all
        for (kind, sum) in sums where sum.vehicles >= Self.enough {
            published[kind] = Cohort(
                median: sum.readings.quantile(0.5),
                deviation: (sum.readings.quantile(0.75) - sum.readings.quantile(0.25)) / 1.349)
        }
        sums = [:]
    }
}

extension LaneEngine {
    private static let hour: Int64 = 3_600_000

    /// Adds what a message reads to what the fleet gathers. A late message is no news of the present.
    mutating func applyCohorts(
        of report: Report, in buffer: borrowing ReportBuffer, at moment: Moment, lane: inout Lane
    ) {
        for index in Int(report.readings.lowerBound)..<Int(report.readings.upperBound) {
            let reading = buffer.readings[index]
            guard let plan = cohorts.place(of: Int(reading.signal.index)), reading.value.isFinite
            else { continue }
            let start =
                scratch.groups.find(.cohort, 0, in: lane.memory)
                ?? lane.memory.add(
                    LaneMemory.key(.cohort, 0), length: CohortWork.words * cohorts.plans.count)
            let place = start + CohortWork.words * plan
            // Above 0 for any time that can be meant, and 0 is none.
            let hour = UInt64(bitPattern: moment.at / Self.hour &+ 1 << 40)
            guard hour > lane.memory[place] else { continue }
            lane.memory[place] = hour
            let epoch = UInt64(cohorts.epoch + 1)
            let isNew = lane.memory[place + 1] != epoch
            lane.memory[place + 1] = epoch
            guard trends.feeds else { continue }
            let kind = CohortWork.kind(of: lane.vehicle)
            cohorts.harvest[plan][kind, default: CohortSum()].readings.add(reading.value)
            if isNew { cohorts.harvest[plan][kind]?.vehicles += 1 }
        }
    }
}
