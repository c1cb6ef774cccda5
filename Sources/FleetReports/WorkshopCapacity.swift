import SpecialFunctions

/// How many technicians a workshop needs, first as a flow and then as a queue.
public enum WorkshopCapacity {
    /// Heads that a daily workload needs if work never waited: a bound from below.
    ///
    /// - Parameters:
    ///   - hours: standard hours that arrive in a day.
    ///   - shift: hours of one shift.
    ///   - utilisation: the share of attended hours that is spent on work; above 0, at most 1.
    ///   - presence: the share of days on which a technician is there; above 0, at most 1.
    public static func heads(
        hours: Double, shift: Double, utilisation: Double, presence: Double
    ) -> Double {
        hours / (shift * utilisation * presence)
    }

    /// The share of jobs that is finished within `time` of its arrival.
    ///
    /// The wait of Erlang C and the exponential service are convolved (Gross and Harris 1998,
    /// section 2.3).
    ///
    /// - Parameters:
    ///   - time: open hours.
    ///   - arrivals: jobs in an open hour.
    ///   - serviceTime: mean hours of a job.
    ///   - technicians: how many work; at least 1.
    /// - Returns: 0 where work arrives faster than it is done.
    public static func finished(
        within time: Double, arrivals: Double, serviceTime: Double, technicians: Int
    ) -> Double {
        let queue = ErlangC(arrivals: arrivals, serviceTime: serviceTime, agents: technicians)
        guard queue.load < Double(technicians) else { return 0 }
        let rate = 1 / serviceTime
        let spare = Double(technicians) - 1 - queue.load
        // As the spare server vanishes, the fraction tends to the rate times the time.
        let late =
            abs(spare) < 1e-9 ? rate * time : (1 - Elementary.exp(-rate * time * spare)) / spare
        return 1 - Elementary.exp(-rate * time) * (1 + queue.waiting * late)
    }

    /// Technicians for some work, and whether they finish as large a share in time as was asked.
    public struct Crew: Hashable, Sendable {
        public var technicians: Int
        public var isEnough: Bool
    }

    /// The fewest technicians that finish at least `share` of the jobs within `time`; where jobs
    /// themselves take too long for that, the fewest who finish all but a hundredth of what any
    /// number of people would.
    public static func crew(
        within time: Double, arrivals: Double, serviceTime: Double, share: Double
    ) -> Crew {
        // No crowd finishes a job faster than it takes.
        let alone = 1 - Elementary.exp(-time / serviceTime)
        let isEnough = alone > share
        let wanted = isEnough ? share : alone - 0.01
        var technicians = max(1, Int(arrivals * serviceTime))
        while finished(
            within: time, arrivals: arrivals, serviceTime: serviceTime, technicians: technicians)
            < wanted
        {
            technicians += 1
        }
        return Crew(technicians: technicians, isEnough: isEnough)
    }

    /// The share of vehicles solved within the promise, when labour and parts must both be there.
    ///
    /// - Parameters:
    ///   - labour: the share that labour alone would finish in time.
    ///   - fillRate: the share of parts that are on the shelf.
    ///   - cured: the share of missing parts that a local supplier brings the same day.
    public static func solved(labour: Double, fillRate: Double, cured: Double) -> Double {
        labour * (fillRate + (1 - fillRate) * cured)
    }

    /// The fill rate without which `target` cannot be kept, or `nil` if labour alone misses it.
    public static func fillRateNeeded(target: Double, labour: Double, cured: Double) -> Double? {
        guard labour > 0, target <= labour else { return nil }
        guard cured < 1 else { return 0 }
        return max(0, (target / labour - cured) / (1 - cured))
    }

    /// The level to which movable work fills the valleys between what cannot be moved.
    ///
    /// - Parameters:
    ///   - fixed: work an hour that cannot be moved.
    ///   - movable: work that may be done at any of those hours.
    /// - Returns: the level `L` with `sum(max(0, L - fixed)) = movable`.
    public static func waterLevel(fixed: [Double], movable: Double) -> Double {
        let sorted = fixed.sorted()
        var sum = 0.0
        for (index, value) in sorted.enumerated() {
            sum += value
            let level = (movable + sum) / Double(index + 1)
            if index + 1 == sorted.count || level <= sorted[index + 1] { return level }
        }
        return 0
    }
}

/// How a yearly need is split between permanent and temporary staff.
public struct FlexibleStaff: Hashable, Sendable {
    /// Whole people needed in each month.
    public var needs: [Int]
    /// Permanent people, the same in every month.
    public var permanent: Int
    /// Temporary people in each month.
    public var temporary: [Int]
    /// What both cost over the months, in the currency of the rates.
    public var cost: Double

    /// Splits at least cost: one more permanent post pays while the share of months that need it is
    /// at least the ratio of the costs (a newsvendor's critical ratio; Arrow, Harris and Marschak
    /// 1951).
    ///
    /// - Parameters:
    ///   - base: heads in an average month, not rounded.
    ///   - season: each month's index; 1 is an average month.
    ///   - permanentCost: of one person for one month.
    ///   - temporaryCost: of one person for one month.
    public init(base: Double, season: [Double], permanentCost: Double, temporaryCost: Double) {
        let needs = season.map { Int((base * $0).rounded(.up)) }
        func cost(_ permanent: Int) -> Double {
            Double(needs.count * permanent) * permanentCost
                + Double(needs.reduce(0) { $0 + max(0, $1 - permanent) }) * temporaryCost
        }
        let candidates = 0...(needs.max() ?? 0)
        let best = candidates.min { cost($0) < cost($1) } ?? 0
        self.needs = needs
        permanent = best
        temporary = needs.map { max(0, $0 - best) }
        self.cost = cost(best)
    }
}
