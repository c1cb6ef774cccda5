import SpecialFunctions
import VehicleFaults

/// How much more or less than usual each month of the year brings, from the tickets of at least two
/// years.
///
/// Each month's tickets a day are held against the mean of the twelve months around it (the ratio to a
/// centred moving average, Macaulay 1931), so that a fleet that grows has no season for it.
public enum SeasonIndex: Hashable, Sendable {
    /// Somebody else knows it.
    case given
    /// There are too few whole months of tickets, this many.
    case unknown(months: Int)
    /// Months differ by no more than chance.
    case flat(months: Int, tickets: Int)
    /// January's index first; 1 is a mean month.
    case found([Double], months: Int, tickets: Int)

    /// Months without which nothing can be said, and those that are looked at.
    static let fewest = 24
    static let most = 60

    /// - Parameters:
    ///   - days: tickets opened on each local day, as days since 1970.
    ///   - end: the first local day that is not known whole.
    public init(_ days: [Int: Int], until end: Int) {
        let months = Self.months(days, until: end)
        guard months.count >= Self.fewest else {
            self = .unknown(months: months.count)
            return
        }
        let tickets = months.reduce(0) { $0 + $1.tickets }
        guard Self.isMoreThanChance(months) else {
            self = .flat(months: months.count, tickets: tickets)
            return
        }
        let rates = months.map { Double($0.tickets) / Double($0.days) }
        var ratios = [[Double]](repeating: [], count: 12)
        for place in 6..<months.count - 6 {
            // Twelve months have no middle: the one at each end counts half.
            let inner = rates[place - 5...place + 5].reduce(0, +)
            let mean = (inner + (rates[place - 6] + rates[place + 6]) / 2) / 12
            if mean > 0 { ratios[months[place].month - 1].append(rates[place] / mean) }
        }
        let indices = ratios.map { $0.isEmpty ? 1 : $0.reduce(0, +) / Double($0.count) }
        let mean = indices.reduce(0, +) / 12
        self = .found(
            indices.map { mean > 0 ? $0 / mean : 1 }, months: months.count, tickets: tickets)
    }

    /// Where the season comes from, for readers.
    var phrase: Phrase {
        switch self {
        case .given:
            Phrase("The season is that of season.csv.", "季节指数取自 season.csv。")
        case .unknown(let months):
            Phrase(
                "No season is known: it takes \(Self.fewest) whole months of tickets, and there are \(months).",
                "季节未知：需要 \(Self.fewest) 个完整月份的工单，现有 \(months) 个。")
        case .flat(let months, let tickets):
            Phrase(
                "No season is seen: the \(tickets) tickets of \(months) months differ by no more than chance.",
                "未见季节性：\(months) 个月的 \(tickets) 张工单，差异不超过随机波动。")
        case .found(_, let months, let tickets):
            Phrase(
                "The season is that of \(tickets) tickets in \(months) whole months: tickets a day against the twelve months around.",
                "季节指数取自 \(months) 个完整月份的 \(tickets) 张工单：日均工单与前后十二个月均值之比。")
        }
    }

    /// A calendar month that is known whole.
    private struct Month {
        /// 1 to 12.
        var month: Int
        var days: Int
        var tickets: Int
    }

    /// The whole months from the first ticket on. A store that begins on a first day of the month has
    /// that month whole.
    private static func months(_ days: [Int: Int], until end: Int) -> [Month] {
        guard let first = days.filter({ $0.value > 0 }).keys.min(), first < end else { return [] }
        var found: [Month] = []
        var (year, month, day) = EventTime.date(fromDays: first)
        if day > 1 { (year, month) = next(year, month) }
        while true {
            let start = EventTime.days(year: year, month: month, day: 1)
            let (nextYear, nextMonth) = next(year, month)
            let stop = EventTime.days(year: nextYear, month: nextMonth, day: 1)
            guard stop <= end else { break }
            found.append(
                Month(
                    month: month, days: stop - start,
                    tickets: (start..<stop).reduce(0) { $0 + (days[$1] ?? 0) }))
            (year, month, day) = (nextYear, nextMonth, 1)
        }
        return found.suffix(most)
    }

    private static func next(_ year: Int, _ month: Int) -> (year: Int, month: Int) {
        month == 12 ? (year + 1, 1) : (year, month + 1)
    }

    /// Pearson's chi-squared test that the months of the year have one rate, at one in a hundred.
    private static func isMoreThanChance(_ months: [Month]) -> Bool {
        var (tickets, days) = ([Double](repeating: 0, count: 12), [Double](repeating: 0, count: 12))
        for month in months {
            tickets[month.month - 1] += Double(month.tickets)
            days[month.month - 1] += Double(month.days)
        }
        let rate = tickets.reduce(0, +) / days.reduce(0, +)
        guard rate > 0 else { return false }
        let sum = (0..<12).reduce(0.0) { sum, month in
            let expected = rate * days[month]
            return sum + (tickets[month] - expected) * (tickets[month] - expected) / expected
        }
        return ChiSquareDistribution.survival(sum, degrees: 11) < 0.01
    }
}
