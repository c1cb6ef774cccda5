import SpecialFunctions

/// How unusual each value of a series is when it arrives, 0 to 1, in one pass with a fixed state.
///
/// Nothing is set for a series. Three forecasts compete: the running mean, the usual value of the
/// quarter of the day, and that of the hour of the week. What is left of the best one, freed of its
/// dependence on the value before, is averaged over four lengths, and each average is held against
/// the tail of its own past, whatever shape that has. A value speaks only when it is more unusual
/// than what was said lately, so that one disturbance is reported once.
public struct SeriesScore: Sendable {
    /// Values that all running means span at most.
    static let memory = 2000.0
    /// Values over which the best forecast's remainder is averaged.
    static let lengths = [1.0, 3, 10, 30]
    /// Where a remainder is cut, in deviations.
    static let cut = 100.0
    /// What is left after one value of the right to report less than was reported.
    static let latch = 0.998

    private var mean = RunningMoments()
    private var day = [Usual](repeating: Usual(), count: 96)
    private var week = [Usual](repeating: Usual(), count: 168)
    private var forecasts = [Forecast](repeating: Forecast(), count: 3)
    private var averages = [Double](repeating: 0, count: lengths.count)
    private var tails = [TailRecord](repeating: TailRecord(), count: lengths.count)
    private var reported = 0.0

    public init() {}

    /// Adds a value; times of day and week are those of its clock.
    ///
    /// - Parameters:
    ///   - second: seconds since the start of 1970 by the series' own clock.
    /// - Returns: 0 for what is usual or was reported; ½ for what a series shows once in a thousand
    ///   values, and more for what is rarer.
    public mutating func add(_ value: Double, second: Int64) -> Double {
        let quarter = Int(((second % 86_400) + 86_400) % 86_400 / 900)
        let hour = Int(((second / 3600) % 168 + 168) % 168)
        let expected = [
            mean.count > 0 ? mean.mean : nil, day[quarter].expected, week[hour].expected,
        ]
        let best = forecasts.indices.filter { forecasts[$0].count >= Self.needed[$0] }
            .min { forecasts[$0].error < forecasts[$1].error }
        var deviation = 0.0
        for index in forecasts.indices {
            guard let guess = expected[index] else { continue }
            let told = forecasts[index].add(value - guess, size: value.magnitude)
            if index == best { deviation = told }
        }
        mean.learn(value)
        day[quarter].learn(value, weight: 0.05)
        week[hour].learn(value, weight: 0.1)
        return report(rarity(deviation))
    }

    /// Remainders that a forecast must have left before it may be chosen.
    private static let needed = [20.0, 96, 168]

    /// Decimal digits of the smallest chance among the averages.
    private mutating func rarity(_ deviation: Double) -> Double {
        let cut = min(max(deviation, -Self.cut), Self.cut)
        var rarest = 0.0
        for (index, length) in Self.lengths.enumerated() {
            let weight = 1 / length
            averages[index] += weight * (cut - averages[index])
            let size = averages[index].magnitude * ((2 - weight) / weight).squareRoot()
            rarest = max(rarest, tails[index].add(size))
        }
        return rarest
    }

    private mutating func report(_ rarity: Double) -> Double {
        reported *= Self.latch
        guard rarity > reported else { return 0 }
        reported = rarity
        return rarity / (rarity + 3)
    }
}

/// What is usual at one time of the day or the week.
struct Usual: Sendable {
    private var value = 0.0
    private var count = 0.0

    var expected: Double? { count > 0 ? value : nil }

    mutating func learn(_ reading: Double, weight: Double) {
        count += 1
        value += max(1 / count, weight) * (reading - value)
    }
}

/// Mean and variance with a bounded memory; once settled, a value further than four deviations
/// counts as if it lay there.
struct RunningMoments: Sendable {
    var mean = 0.0
    var variance = 0.0
    var count = 0.0

    func cut(_ distance: Double) -> Double {
        guard count > 100, variance > 0 else { return distance }
        let limit = 4 * variance.squareRoot()
        return min(max(distance, -limit), limit)
    }

    mutating func learn(_ value: Double) {
        let distance = cut(value - mean)
        count += 1
        let weight = max(1 / count, 1 / SeriesScore.memory)
        mean += weight * distance
        variance = (1 - weight) * (variance + weight * distance * distance)
    }
}

/// What one way of forecasting leaves over, and how much of that carries over to the next value.
struct Forecast: Sendable {
    private var left = RunningMoments()
    private var fresh = RunningMoments()
    private var product = 0.0
    private var previous = 0.0

    var count: Double { fresh.count }
    /// Mean squared remainder once dependence is taken out.
    var error: Double { fresh.variance + fresh.mean * fresh.mean }

    /// Adds a remainder.
    ///
    /// - Returns: it in deviations, freed of its dependence on the last one. In a series that never
    ///   moved by more than a digit's rounding of `size`, any move counts as 40.
    mutating func add(_ remainder: Double, size: Double) -> Double {
        let square = left.variance + left.mean * left.mean
        let phi = square > 0 ? min(max(product / square, 0), 0.99) : 0
        let news = remainder - phi * previous
        let deviation = fresh.variance.squareRoot()
        let told: Double
        if deviation > 1e-9 * size + 1e-12 {
            told = news / deviation
        } else {
            told = news.magnitude <= 1e-9 * size ? 0 : news < 0 ? -40 : 40
        }
        fresh.learn(news)
        let limit = left.count > 100 && square > 0 ? 4 * square.squareRoot() : .infinity
        let kept = min(max(remainder, -limit), limit) * min(max(previous, -limit), limit)
        left.learn(remainder)
        product += max(1 / left.count, 1 / SeriesScore.memory) * (kept - product)
        previous = remainder
        return told
    }
}

/// The tail of a statistic's own past: a level passed by 3 % of it, followed as it goes (Robbins and
/// Monro 1951), and how far values go beyond, as a power law (Hill 1975).
struct TailRecord: Sendable {
    private var logLevel = Elementary.log(2.17)
    /// The mean of ln(value/level) beyond the level; at first what it is for normal deviates.
    private var logExcess = 0.15
    private var count = 0.0
    private var exceedances = 10.0

    private static let share = 0.03

    /// Adds a value that is not negative.
    ///
    /// - Returns: decimal digits of the chance of one as large; 0 below the level.
    mutating func add(_ value: Double) -> Double {
        guard value > 0 else { return 0 }
        let excess = Elementary.log(max(value, 1e-6)) - logLevel
        let isBeyond = excess > 0
        let digits =
            isBeyond
            ? 1.522_878_745_280_337_6 + excess / logExcess / 2.302_585_092_994_046 : 0
        count += 1
        logLevel += max(2 / (count + 10), 2 / 3000) * ((isBeyond ? 1 : 0) - Self.share)
        logLevel = max(logLevel, 0)
        if isBeyond {
            exceedances += 1
            logExcess += max(1 / exceedances, 1.0 / 200) * (min(excess, 6 * logExcess) - logExcess)
        }
        return digits
    }
}
