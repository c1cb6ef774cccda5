import FaultTrends
import SpecialFunctions
import Testing
import VehicleFaults

@Suite struct TrendTests {
    @Test("the filter follows the published path") func path() {
        var filter = TrendFilter(levelVariance: 100, slopeVariance: 100)
        let noise = TrendNoise(level: 0.01, slope: 0.001, reading: 0.04)
        var (all, settled) = (0.0, 0.0)
        for (index, row) in CheckTables.kalman.enumerated() {
            if index > 0 { filter.advance(by: 1, noise, .stepwise) }
            let told = filter.observe(row[0], noise)
            let found = [
                filter.level, filter.slope, filter.levelVariance, filter.covariance,
                filter.slopeVariance, told.distance, told.variance,
            ]
            for (place, value) in found.enumerated() {
                let miss = (value - row[place + 1]).magnitude
                #expect(
                    miss <= 1e-9 * max(row[place + 1].magnitude, 1), "row \(index), number \(place)"
                )
            }
            let part =
                -0.5
                * (Elementary.log(2 * Double.pi * told.variance)
                    + told.distance * told.distance / told.variance)
            all += part
            if index >= 2 { settled += part }
        }
        // The likelihood of what was innovative; statsmodels leaves out the first two.
        expectNear(all, -7.044717297620499, within: 1e-9, "likelihood")
        expectNear(settled, -0.5919724116392061, within: 1e-9, "likelihood of the settled")
        expectNear(filter.level, 8.016094137230578, within: 1e-9, "statsmodels' level")
        expectNear(filter.slope, 0.9966434126246515, within: 1e-9, "statsmodels' slope")
    }

    @Test("without wandering the filter is the least-squares line") func leastSquares() {
        var filter = TrendFilter(levelVariance: 1e9, slopeVariance: 1e9)
        let noise = TrendNoise(level: 0, slope: 0, reading: 1)
        for (index, row) in CheckTables.line.enumerated() {
            if index > 0 { filter.advance(by: 1, noise) }
            filter.observe(row[1], noise)
        }
        let start = filter.level - 11 * filter.slope
        expectNear(filter.slope, CheckTables.leastSquares[1], within: 1e-9, "slope")
        expectNear(start, CheckTables.leastSquares[0], within: 1e-9, "intercept")
        // Recursive least squares that forget nothing, from the same beginning.
        expectNear(start, 0.7628205128110965, within: 1e-9, "recursive intercept")
        expectNear(filter.slope, 1.364335664335992, within: 1e-9, "recursive slope")
    }

    @Test("with its variances inflated at each step the filter is least squares that forget")
    func forgetting() {
        var filter = TrendFilter(levelVariance: 1e9, slopeVariance: 1e9)
        let noise = TrendNoise(level: 0, slope: 0, reading: 1)
        for (row, expected) in zip(CheckTables.line, CheckTables.forgetting) {
            if row[0] > 0 { filter.advance(by: 1, noise) }
            filter.levelVariance /= 0.95
            filter.covariance /= 0.95
            filter.slopeVariance /= 0.95
            filter.observe(row[1], noise)
            // Of a beginning of 10⁹ rounding leaves seven digits, in the table too.
            let start = filter.level - row[0] * filter.slope
            expectNear(start, expected[0], within: 1e-7, "intercept at \(row[0])")
            expectNear(filter.slope, expected[1], within: 1e-7, "slope at \(row[0])")
        }
    }

    @Test("a wild reading loses weight and the line stays") func wildReading() {
        var filter = TrendFilter(levelVariance: 1e6, slopeVariance: 1e6)
        let noise = TrendNoise(level: 0, slope: 0, reading: 0.02)
        for (index, row) in CheckTables.line.enumerated() {
            if index > 0 { filter.advance(by: 1, noise) }
            filter.observe(row[1], noise, reach: 3)
        }
        // All but one of the readings lie on a line of slope 1; least squares give 1.36.
        #expect((filter.slope - 1).magnitude < 0.06, "slope \(filter.slope)")
    }

    @Test("chances for straight lines are the published ones") func straightLines() {
        for row in CheckTables.straightLines {
            let filter = TrendFilter(
                level: row[0], slope: row[1], levelVariance: row[2], slopeVariance: row[3])
            expectNear(filter.chanceBeyond(row[4], after: row[5]), row[6], within: 1e-9, "\(row)")
        }
    }

    @Test("chances of a known drift are inverse Gaussian") func firstPassage() {
        for row in CheckTables.firstPassage {
            let life = RemainingLife(distance: row[2], drift: row[0], wander: row[1] * row[1])
            // Far out the exponent itself carries the rounding, 2.5e3 times the last place.
            expectNear(life.chance(by: row[3] * row[2] / row[0]), row[4], within: 1e-9, "\(row)")
        }
        for row in CheckTables.firstPassageTimes {
            let life = RemainingLife(distance: row[2], drift: row[0], wander: row[1] * row[1])
            for (chance, time) in zip([0.05, 0.5, 0.95], row[3...]) {
                let found = life.time(atChance: chance, within: 1e4)
                expectNear(found ?? .nan, time, within: 1e-9, "\(chance) of \(row)")
            }
        }
    }

    @Test("their mean and deviation are the published ones") func moments() {
        for row in CheckTables.firstPassageMoments {
            let life = RemainingLife(distance: row[2], drift: row[0], wander: row[1] * row[1])
            // ∫ (1 - F) dt and ∫ 2t (1 - F) dt, in ln t.
            var (first, second) = (0.0, 0.0)
            let step = 0.005
            for number in -8000...1400 {
                let time = row[3] * Elementary.exp(step * Double(number))
                let share = (1 - life.chance(by: time)) * time * step
                first += share
                second += 2 * time * share
            }
            expectNear(first, row[3], within: 1e-9, "mean of \(row)")
            expectNear((second - first * first).squareRoot(), row[4], within: 1e-9, "of \(row)")
        }
        // And by a simulation of paths.
        let (mean, deviation) = (2.005358, 0.5637432162217121)
        let last = CheckTables.firstPassageMoments[4]
        expectNear(last[3], mean, within: 0.01, "simulated mean")
        expectNear(last[4], deviation, within: 0.01, "simulated deviation")
    }

    @Test("an uncertain drift widens them as integrating over it does") func uncertainDrift() {
        for row in CheckTables.uncertainDrift {
            let life = RemainingLife(
                distance: row[0], drift: row[1], driftDeviation: row[2], wander: row[3] * row[3])
            expectNear(life.chance(by: row[4]), row[5], within: 1e-9, "\(row)")
        }
    }

    @Test("a part that still runs has not met its limit, however near its level is believed to be")
    func survival() {
        for row in CheckTables.uncertainDistance {
            let life = RemainingLife(
                distance: row[0], drift: row[1], driftDeviation: row[2], wander: row[3],
                distanceDeviation: row[4], covariance: row[5])
            #expect(life.chance(by: 0) == 0, "\(row)")
            expectNear(life.chance(by: row[6]), row[7], within: 2e-3, "\(row)")
        }
        // A level that is well known is as good as a known one.
        let sure = RemainingLife(distance: 10, drift: 1, driftDeviation: 0.1, wander: 0.5)
        var nearlySure = sure
        nearlySure.distanceDeviation = 1e-6
        for time in [5.0, 10, 15] {
            expectNear(nearlySure.chance(by: time), sure.chance(by: time), within: 1e-6, "\(time)")
        }
    }

    @Test("no overflow where the wandering is tiny") func noOverflow() {
        let life = RemainingLife(distance: 100, drift: 5, driftDeviation: 0.5, wander: 1e-9)
        #expect((0.49...0.51).contains(life.chance(by: 20)))
        #expect(life.chance(by: 1).isFinite)
    }

    static let refusals: [(name: String, life: RemainingLife, isDated: Bool)] = [
        (
            "near and proven",
            RemainingLife(distance: 10, drift: 1, driftDeviation: 0.1, wander: 0.1), true
        ),
        (
            "a slope that may be none: P(≤ 0) is 16 %",
            RemainingLife(distance: 10, drift: 1, driftDeviation: 1, wander: 0.1), false
        ),
        (
            "a slope that is as steep and as uncertain",
            RemainingLife(distance: 10, drift: 20, driftDeviation: 20, wander: 0.1), false
        ),
        (
            "one that leads away from the limit",
            RemainingLife(distance: 10, drift: -1, driftDeviation: 0.1, wander: 0.1), false
        ),
        (
            "none at all, and known so well", RemainingLife(distance: 10, drift: 0, wander: 0.1),
            false
        ),
        (
            "far away",
            RemainingLife(distance: 1000, drift: 1, driftDeviation: 0.1, wander: 0.1), false
        ),
        (
            "already there",
            RemainingLife(distance: -1, drift: 1, driftDeviation: 0.1, wander: 0.1), false
        ),
    ]
    @Test("a date is given only where the trend is proven and near", arguments: refusals.indices)
    func refuses(index: Int) {
        let row = Self.refusals[index]
        let interval = row.life.interval(within: 60, chanceOfNoEnd: 0.1)
        #expect((interval != nil) == row.isDated, "\(row.name)")
        if let interval {
            // The middle of the distance over the drift lies in it, with 5 % to either side.
            #expect(interval.contains(10) && interval.lowerBound > 7 && interval.upperBound < 14)
            expectNear(row.life.chance(by: interval.lowerBound), 0.05, within: 1e-9, row.name)
            expectNear(row.life.chance(by: interval.upperBound), 0.95, within: 1e-9, row.name)
        }
    }

    @Test("how surely a trend must lead somewhere is asked apart from how far it leads")
    func noEnd() {
        // P(slope ≤ 0) is 2.3 %.
        let life = RemainingLife(distance: 10, drift: 1, driftDeviation: 0.5, wander: 0.1)
        #expect(life.interval(within: 60, chanceOfNoEnd: 0.05) != nil)
        #expect(life.interval(within: 60, chanceOfNoEnd: 0.02) == nil)
        #expect(life.interval(within: 3, chanceOfNoEnd: 0.05) == nil)
        func reason(_ life: RemainingLife, within horizon: Double) -> NoServiceDate? {
            switch life.dates(within: horizon, chanceOfNoEnd: 0.05) {
            case .success: nil
            case .failure(let unknown): unknown.reason
            }
        }
        #expect(reason(life, within: 60) == nil)
        #expect(reason(life, within: 3) == .tooFar)
        #expect(reason(RemainingLife(distance: -1, drift: 1, wander: 1), within: 60) == .limitMet)
        var still = life
        still.drift = 0
        #expect(reason(still, within: 60) == .notProven)
        // Wandering alone may meet the limit tomorrow, and a slope this small leaves it open until when.
        let flat = RemainingLife(distance: 5, drift: 1e-4, wander: 1)
        #expect(reason(flat, within: 60) == .tooFlat)
    }

    /// How parts wear from day 150 on: so much a day, wandering so much, until they are worn by 8.
    static let wear: [(name: String, slope: ClosedRange<Double>, wander: Double)] = [
        ("slow, wandering", 0.03...0.06, 0.05), ("slow and straight", 0.03...0.06, 0),
        ("middling", 0.08...0.15, 0.05), ("steep and straight", 0.2...0.4, 0),
        ("steep, wandering", 0.2...0.4, 0.15),
    ]
    @Test(
        "a part that wears is dated with an interval that holds the truth", arguments: wear.indices)
    func coverage(index: Int) {
        // 80 vehicles; each is asked for a date half-way, if its evidence has reached 1000.
        let row = Self.wear[index]
        var (asked, held) = (0, 0)
        let settings = DriftSettings(.level, harmless: 1, limit: 8)
        for seed in 0..<80 {
            var random = Deviates(7000 + seed)
            var check = DriftCheck()
            let span = row.slope.upperBound - row.slope.lowerBound
            let slope = row.slope.lowerBound + span * random.uniform()
            var wear = 0.0
            var forecast: (day: Int, interval: ClosedRange<Double>)?
            var crossing: Int?
            for number in 0..<2000 where crossing == nil {
                if number >= 150 { wear += slope + row.wander * random.normal() }
                if wear >= 8 { crossing = number }
                let time = EventTime(milliseconds: Int64(number + 1) * 86_400_000)
                _ = check.add(wear + 0.5 * random.normal(), at: time, follows: true, settings)
                if forecast == nil, wear > 4, check.logEvidence > Elementary.log(1000),
                    let interval = check.life(limit: 8 - check.ownLevel)
                        .interval(within: 400, chanceOfNoEnd: 0.1)
                {
                    forecast = (number, interval)
                }
            }
            if let forecast, let crossing {
                asked += 1
                let left = Double(crossing - forecast.day)
                if forecast.interval.contains(left) { held += 1 }
            }
        }
        #expect(asked >= 60, "\(row.name): only \(asked) dates")
        let share = Double(held) / Double(max(asked, 1))
        print("\(row.name): \(asked) dates, interval of 90 % held \(share)")
        // 90 % less three standard deviations of 80 draws.
        #expect((0.80...1).contains(share), "\(row.name): held \(share)")
    }

    @Test("the robust line and the robust spread are the published ones") func robust() throws {
        let line = try #require(
            RobustLine(CheckTables.line.map { (time: $0[0], reading: $0[1]) }))
        expectNear(line.slope, 1, within: 1e-9, "slope")
        expectNear(line.intercept, 1.1, within: 1e-9, "intercept")
        expectNear(line.bounds.lowerBound, 0.9666666666666666, within: 1e-9, "lower")
        expectNear(line.bounds.upperBound, 1.0333333333333334, within: 1e-9, "upper")
        let readings = [2.1, 2.0, 2.2, 1.9, 2.05, 9.0, 2.15, 1.95, 2.0, 2.1, 2.2]
        expectNear(RobustLine.median(readings) ?? .nan, 2.1, within: 1e-12, "median")
        expectNear(
            RobustLine.medianDeviation(readings) ?? .nan, 0.14826, within: 1e-9, "deviation")
        let deviations = CheckTables.robustDeviations
        for (place, expected) in deviations.enumerated() {
            let found = (readings[place] - 2.1) / (RobustLine.medianDeviation(readings) ?? .nan)
            #expect((found - expected).magnitude <= 1e-9 * max(1, expected.magnitude), "\(place)")
            // Beyond three of them is what Hampel's filter cuts out: the sixth.
            #expect((found.magnitude > 3) == (place == 5))
        }
        #expect(RobustLine([]) == nil)
        #expect(RobustLine([(1, 1), (1, 2)]) == nil)
    }
}
