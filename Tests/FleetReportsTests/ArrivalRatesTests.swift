import ServiceTickets
import Testing
import VehicleFaults

@testable import FleetReports

@Suite struct ArrivalRatesTests {
    /// Monday 2026-06-01, in UTC.
    private static let monday = EventTime.days(year: 2026, month: 6, day: 1)

    private static func at(_ day: Int, _ hour: Double) -> EventTime {
        EventTime(
            milliseconds: Int64(monday + day) * 86_400_000 + Int64((hour * 3_600_000).rounded()))
    }

    private static func random(_ seed: UInt64) -> () -> Double {
        var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        return {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return (Double(state >> 11) + 0.5) / 9_007_199_254_740_992
        }
    }

    @Test("a log that is the same every week gives its own rates") func constant() {
        var openings: [EventTime] = []
        for day in 0..<28 {
            for hour in 0..<24 {
                let count = day % 7 == 0 ? hour % 3 + 4 : day % 7 < 5 ? hour % 3 + 1 : 0
                for number in 0..<count {
                    openings.append(Self.at(day, Double(hour) + Double(number) / 10))
                }
            }
        }
        let rates = ArrivalRates(openings, from: Self.at(0, 0), to: Self.at(28, 0), offset: 0)
        #expect(rates.count == openings.count && !rates.isCrowded)
        for (hour, rate) in rates.week.enumerated() where hour >= 5 * 24 {
            #expect(rate == 0, "hour \(hour)")
        }
        // What weekday and hour have in common moves Monday, which is no multiple of the others; its
        // own weeks draw it back.
        let monday = rates.week[..<24].reduce(0, +)
        #expect(abs(monday - 120) < 1e-9)
        #expect(rates.week[1] > 4.5 && rates.week[1] < 5.5)
        for hour in 24..<120 { #expect(abs(rates.week[hour] - Double(hour % 24 % 3 + 1)) < 0.4) }
    }

    @Test("weekdays that are multiples of one another come out exactly, and unseen ones as a mean")
    func multiples() {
        var openings: [EventTime] = []
        for day in [0, 1, 7, 8] {
            for hour in 0..<24 {
                for number in 0..<(hour % 4 + 1) * (day % 7 == 0 ? 2 : 1) {
                    openings.append(Self.at(day, Double(hour) + Double(number) / 10))
                }
            }
        }
        let off = Set((2...6).map { Self.monday + $0 })
        let rates = ArrivalRates(
            openings, from: Self.at(0, 0), to: Self.at(9, 0), offset: 0, daysOff: off)
        for hour in 0..<24 {
            let rate = Double(hour % 4 + 1)
            #expect(abs(rates.week[hour] - 2 * rate) < 1e-9)
            #expect(abs(rates.week[24 + hour] - rate) < 1e-9)
            #expect(abs(rates.week[100 + hour] - 1.5 * Double((100 + hour) % 24 % 4 + 1)) < 1e-9)
        }
    }

    @Test("a week that is long past tells less, and the day is the desk's own") func memory() {
        // Forty in an hour of the first week, none in the last.
        let openings = (0..<40).map { Self.at(0, 22.5 + Double($0) / 1000) }
        let rates = ArrivalRates(openings, from: Self.at(0, -2), to: Self.at(14, -2), offset: 120)
        let weight = 0.9622687143632572  // exp(-1/26)
        #expect(abs(rates.week[24] / (40 * weight / (1 + weight)) - 1) < 1e-6)
        #expect(rates.week[22] == 0)
        let late = ArrivalRates(
            openings.map { $0.advanced(by: 7 * 86_400_000) }, from: Self.at(0, -2),
            to: Self.at(14, -2), offset: 120)
        #expect(abs(late.week[24] / (40 / (1 + weight)) - 1) < 1e-6)
    }

    @Test("tickets in crowds are planned for by the 80th percentile of the rate")
    func crowds() throws {
        let next = Self.random(5)
        var single: [EventTime] = []
        var crowded: [EventTime] = []
        for hour in 0..<(91 * 24) {
            // Four an hour by chance; and ten at once in two hours of five.
            var count = 0
            var product = next()
            while product > 0.018_315_638_888_734_18 {
                count += 1
                product *= next()
            }
            for number in 0..<count {
                single.append(Self.at(0, Double(hour) + Double(number) / 100))
            }
            for number in 0..<(next() < 0.4 ? 10 : 0) {
                crowded.append(Self.at(0, Double(hour) + Double(number) / 100))
            }
        }
        func rates(_ openings: [EventTime]) -> ArrivalRates {
            ArrivalRates(openings, from: Self.at(0, 0), to: Self.at(91, 0), offset: 0)
        }
        let chance = rates(single)
        #expect(!chance.isCrowded)
        #expect(abs(try #require(chance.dispersion) - 1) < 0.1)
        let mean = Double(single.count) / (91 * 24)
        #expect(abs(chance.week.reduce(0, +) / 168 - mean) < 0.05)
        // Ten with .4 have mean 4 and variance 24.
        let crowds = rates(crowded)
        #expect(crowds.isCrowded)
        #expect(abs(try #require(crowds.dispersion) - 6) < 0.4)
        // Of a gamma rate of mean 4 and variance 20 (R: qgamma(.8, .8, scale = 5) = 6.462).
        #expect(abs(crowds.week.reduce(0, +) / 168 - 6.46) < 0.4)
    }

    /// Tickets a day by month, as of months that begin with `start`.
    private static func days(
        _ start: (year: Int, month: Int), months: Int, _ rate: (Int, Int) -> Int
    ) -> (days: [Int: Int], end: Int) {
        var days: [Int: Int] = [:]
        var (year, month) = start
        for number in 0..<months {
            let first = EventTime.days(year: year, month: month, day: 1)
            (year, month) = month == 12 ? (year + 1, 1) : (year, month + 1)
            let next = EventTime.days(year: year, month: month, day: 1)
            for day in first..<next { days[day] = rate(number, (year * 12 + month - 2) % 12) }
        }
        return (days, EventTime.days(year: year, month: month, day: 1))
    }

    static let season = [82, 78, 90, 95, 100, 108, 120, 122, 102, 95, 100, 108]

    @Test("months that repeat give their own season, and growth is none") func season() throws {
        for (months, growth) in [(24, 0), (31, 0), (36, 3)] {
            let (days, end) = Self.days((2024, 7), months: months) { number, month in
                Self.season[month] * (100 + growth * number) / 100
            }
            guard case .found(let found, let seen, let tickets) = SeasonIndex(days, until: end)
            else {
                Issue.record("no season in \(months) months")
                continue
            }
            #expect(seen == months && tickets == days.values.reduce(0, +))
            for (index, value) in zip(found, Self.season) {
                let allowed = growth == 0 ? 1e-9 : 0.03
                #expect(abs(index - Double(value) / 100) < allowed, "\(months) months")
            }
        }
    }

    @Test("fewer than two years, or months that differ by chance, have no season") func noSeason() {
        let short = Self.days((2024, 7), months: 23) { Self.season[$1] + $0 - $0 }
        #expect(SeasonIndex(short.days, until: short.end) == .unknown(months: 23))
        // The first month does not count when it does not begin on its first day, nor the last that
        // is not over.
        var long = Self.days((2024, 7), months: 24) { Self.season[$1] + $0 - $0 }
        #expect(SeasonIndex(long.days, until: long.end - 1) == .unknown(months: 23))
        long.days[EventTime.days(year: 2024, month: 7, day: 1)] = nil
        #expect(SeasonIndex(long.days, until: long.end) == .unknown(months: 23))
        let flat = Self.days((2024, 7), months: 24) { number, _ in 10 + number - number }
        #expect(SeasonIndex(flat.days, until: flat.end) == .flat(months: 24, tickets: 7300))
        #expect(SeasonIndex([:], until: 20_000) == .unknown(months: 0))
    }

    @Test("what was more than five years ago is not looked at") func longAgo() throws {
        let (days, end) = Self.days((2019, 7), months: 84) { number, month in
            number < 24 ? 200 - Self.season[month] : Self.season[month]
        }
        guard case .found(let found, let months, _) = SeasonIndex(days, until: end) else {
            Issue.record("no season")
            return
        }
        #expect(months == 60)
        for (index, value) in zip(found, Self.season) {
            #expect(abs(index - Double(value) / 100) < 1e-9)
        }
    }
}
