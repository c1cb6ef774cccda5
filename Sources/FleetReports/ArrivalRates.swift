import SpecialFunctions
import VehicleFaults

/// How many tickets an hour are opened at each hour of the week, from those of a period.
///
/// Weeks that are long past tell less: each counts exp(-1/26) of the one after it. What an hour of the
/// week has had is one half of the truth only, since a quarter has thirteen of each; the other is what
/// its weekday and its hour of the day have in common with others, and counts like a quarter's worth
/// of weeks. A log that is the same every week gives its own rates.
public struct ArrivalRates: Hashable, Sendable {
    /// Tickets an hour, 168 values from Monday's first hour on.
    public private(set) var week = [Double](repeating: 0, count: 168)
    /// Tickets that were counted; those of days that were left out are not.
    public private(set) var count = 0
    /// Variance over mean of the tickets in an hour, 1 where they come by chance alone; `nil` with
    /// less than a week.
    public private(set) var dispersion: Double?
    /// Whether they come in crowds, so that ``week`` holds the 80th percentile of each rate in place
    /// of its mean.
    public private(set) var isCrowded = false

    /// Weeks after which a ticket counts 1/e.
    private static let memory = 26.0
    /// Weeks that what hours have in common counts for.
    private static let commonWeeks = 13.0
    /// The variance over the mean from which the mean is too low a plan.
    private static let crowded = 1.2
    /// The percentile that is planned for then.
    private static let percentile = 0.8

    /// - Parameters:
    ///   - openings: when tickets were opened; those outside of the period do not count.
    ///   - offset: minutes east of UTC of the desk's day.
    ///   - daysOff: days since 1970 that are like no other, holidays and extra working days; they
    ///     are left out.
    public init(
        _ openings: [EventTime], from: EventTime, to: EventTime, offset: Int,
        daysOff: Set<Int> = []
    ) {
        let slots = Slots(openings, from: from, to: to, offset: offset, daysOff: daysOff)
        count = slots.all.reduce(0) { $0 + $1.count }
        guard count > 0 else { return }
        var seen = [Double](repeating: 0, count: 168)
        var open = seen
        for slot in slots.all {
            let weight = Elementary.exp(-Double(slot.weeksAgo) / Self.memory)
            seen[slot.hour] += weight * Double(slot.count)
            open[slot.hour] += weight * slot.length
        }
        let common = Self.common(seen, open)
        for hour in 0..<168 {
            week[hour] =
                open[hour] > 0
                ? (seen[hour] + Self.commonWeeks * common[hour])
                    / (open[hour] + Self.commonWeeks)
                : common[hour]
        }
        spread(slots.all, common)
    }

    /// What weekdays and hours of the day would give each hour of the week if they had nothing to do
    /// with one another, by proportional fitting (Deming and Stephan 1940).
    private static func common(_ seen: [Double], _ open: [Double]) -> [Double] {
        var days = [Double](repeating: 1, count: 7)
        var hours = [Double](repeating: 1, count: 24)
        func fitted(_ places: some Sequence<Int>, by weight: (Int) -> Double) -> Double? {
            var (tickets, time) = (0.0, 0.0)
            for place in places {
                tickets += seen[place]
                time += open[place] * weight(place)
            }
            return time > 0 ? tickets / time : nil
        }
        for _ in 0..<20 {
            for hour in 0..<24 {
                hours[hour] =
                    fitted((0..<7).map { $0 * 24 + hour }) { days[$0 / 24] } ?? 0
            }
            for day in 0..<7 {
                days[day] = fitted(day * 24..<(day + 1) * 24) { hours[$0 % 24] } ?? .nan
            }
            // A weekday that nobody has seen is like those that somebody has.
            let known = days.filter { !$0.isNaN }
            let mean = known.isEmpty ? 1 : known.reduce(0, +) / Double(known.count)
            days = days.map { $0.isNaN ? mean : $0 }
        }
        return (0..<168).map { days[$0 / 24] * hours[$0 % 24] }
    }

    /// Measures the dispersion around what hours have in common, since a cell's own few tickets are no
    /// measure of themselves, and plans for the 80th percentile where it is high.
    private mutating func spread(_ slots: [Slots.Slot], _ common: [Double]) {
        var (sum, variance, cases) = (0.0, 0.0, 0.0)
        for slot in slots {
            let expected = common[slot.hour] * slot.length
            guard expected > 0 else { continue }
            let rest = Double(slot.count) - expected
            sum += rest * rest / expected
            // Of a Poisson count's part of Pearson's sum.
            variance += 2 + 1 / expected
            cases += 1
        }
        // Weekdays and hours of the day were fitted.
        let freedom = cases - 30
        guard freedom >= 138 else { return }
        let found = sum / freedom
        dispersion = found
        guard found > Self.crowded, (found - 1) * freedom > 2 * variance.squareRoot() else {
            return
        }
        isCrowded = true
        week = week.map { rate in
            guard rate > 0 else { return 0 }
            // Counts whose variance is so many times their mean are Poisson with a gamma rate.
            let shape = rate / (found - 1)
            return max(
                rate,
                (found - 1) * GammaDistribution.quantile(Self.percentile, shape: shape))
        }
    }

    /// The clock hours of the period with what came in each.
    private struct Slots {
        struct Slot {
            /// Of the week, Monday's first hour being 0.
            var hour: Int
            /// How much of it lies in the period.
            var length: Double
            var weeksAgo: Int
            var count = 0
        }

        var all: [Slot] = []

        init(
            _ openings: [EventTime], from: EventTime, to: EventTime, offset: Int,
            daysOff: Set<Int>
        ) {
            let hour: Int64 = 3_600_000
            let shift = Int64(offset) * 60_000
            let (start, end) = (from.milliseconds + shift, to.milliseconds + shift)
            guard start < end else { return }
            let first = start.floored(dividedBy: hour)
            var places: [Int?] = []
            for number in first...(end - 1).floored(dividedBy: hour) {
                let day = number.floored(dividedBy: 24)
                guard !daysOff.contains(Int(day)) else {
                    places.append(nil)
                    continue
                }
                let time = min(end, (number + 1) * hour) - max(start, number * hour)
                // 1970-01-01 was a Thursday.
                let place = (number + 72) - (number + 72).floored(dividedBy: 168) * 168
                places.append(all.count)
                all.append(
                    Slot(
                        hour: Int(place), length: Double(time) / Double(hour),
                        weeksAgo: Int((end - max(start, number * hour) - 1) / (168 * hour))))
            }
            for opening in openings {
                let local = opening.milliseconds + shift
                guard local >= start, local < end,
                    let place = places[Int(local.floored(dividedBy: hour) - first)]
                else { continue }
                all[place].count += 1
            }
        }
    }
}
