import FaultTrends
import SpecialFunctions
import Testing
import VehicleFaults

@Suite struct ShiftTests {
    private func day(_ number: Int) -> EventTime {
        EventTime(milliseconds: Int64(number) * 86_400_000)
    }

    @Test("deviates are Hawkins' from the third reading on") func selfStarting() {
        var baseline = SelfStartingBaseline()
        var chart = CumulativeSumChart()
        for (index, row) in CheckTables.selfStarting.enumerated() {
            let deviate = baseline.deviate(row[0], memory: 2000)
            expectNear(baseline.mean, row[4], within: 1e-9, "mean before \(index)")
            baseline.learn(row[0], memory: 2000)
            guard index >= 2, let deviate else {
                #expect(deviate == nil)
                continue
            }
            expectNear(deviate, row[1], within: 1e-9, "reading \(index)")
            _ = chart.add(deviate, slack: 0.5, limit: .infinity)
            expectNear(chart.rise, row[2], within: 1e-9, "rise at \(index)")
            #expect((chart.fall - row[3]).magnitude < 1e-9, "fall at \(index)")
        }
    }

    @Test("Student's t becomes a normal deviate, however far out") func deviates() {
        for row in CheckTables.deviates {
            expectNear(
                StudentDistribution.normalDeviate(row[1], degrees: row[0]), row[2], within: 1e-9,
                "t = \(row[1]) with \(row[0])")
        }
    }

    @Test("the textbook's chart signals at its 29th sample") func montgomery() {
        var chart = CumulativeSumChart()
        var average = MovingAverageChart()
        var first: Int?
        for (index, row) in CheckTables.montgomery.enumerated() {
            _ = chart.add(row[0] - 10, slack: 0.5, limit: .infinity)
            _ = average.add(row[0] - 10, weight: 0.1, limit: .infinity)
            #expect((chart.rise - row[1]).magnitude < 1e-9, "rise at \(index)")
            #expect((chart.fall - row[2]).magnitude < 1e-9, "fall at \(index)")
            expectNear(average.average + 10, row[3], within: 1e-9, "average at \(index)")
            let limit = MovingAverageChart.limit(after: index + 1, weight: 0.1, deviations: 2.7)
            expectNear(10 - limit, row[4], within: 1e-9, "lower limit at \(index)")
            expectNear(10 + limit, row[5], within: 1e-9, "upper limit at \(index)")
            if first == nil, chart.rise > 5 { first = index + 1 }
        }
        #expect(first == 29)
    }

    @Test("evidence for a change at an unknown time follows its formula") func changePoint() {
        var up = ChangePointEvidence()
        var down = ChangePointEvidence()
        for (index, row) in CheckTables.changePoint.enumerated() {
            let n = Double(index + 1)
            up.add(row[0], number: n, size: 1)
            down.add(row[0], number: n, size: -1)
            expectNear(
                Elementary.exp(up.logValue(after: n)), row[1], within: 1e-9, "rise at \(index)")
            expectNear(
                Elementary.exp(down.logValue(after: n)), row[2], within: 1e-9, "fall at \(index)")
        }
    }

    @Test("the state of a signal keeps to its bytes") func size() {
        print(
            "bytes a signal:", MemoryLayout<SignalCheck>.stride, "of which shift",
            MemoryLayout<ShiftCheck>.stride, "and trend", MemoryLayout<TrendCheck>.stride,
            "; with a season", MemoryLayout<SeasonalSignalCheck>.stride,
            "; a returning code", MemoryLayout<RecurrenceCheck>.stride)
        #expect(MemoryLayout<SignalCheck>.stride <= 88)
        #expect(MemoryLayout<SeasonalSignalCheck>.stride <= 136)
        #expect(MemoryLayout<RecurrenceCheck>.stride <= 16)
    }

    @Test("a shift is found, dated and measured; the past stays what it was") func findsShift()
        throws
    {
        let settings = ShiftSettings()
        var random = Deviates(11)
        var check = ShiftCheck()
        for number in 0..<300 {
            _ = check.add(80 + 2 * random.normal(), at: day(number), settings)
        }
        let before = check.baseline.mean
        var opened: Int?
        for number in 300..<360 where opened == nil {
            let told = check.add(84 + 2 * random.normal(), at: day(number), settings)
            let step = try #require(told)
            if step.logEvidence > Elementary.log(1e6) { opened = number }
        }
        let found = try #require(opened)
        #expect(found < 345, "found only on day \(found)")
        let shift = try #require(check.shift(settings))
        // The onset is when the sum last left 0: within days of the truth, not exactly there.
        #expect((day(285)...day(305)).contains(shift.since), "since \(shift.since)")
        #expect((1.4...2.7).contains(shift.size), "size \(shift.size)")
        #expect((check.baseline.mean - before).magnitude < 0.15)
        #expect(check.isSuspicious(settings))
    }

    @Test("one wild reading is not evidence enough, and does not become the past")
    func wildReading() {
        let settings = ShiftSettings()
        var random = Deviates(12)
        var check = ShiftCheck()
        for number in 0..<200 { _ = check.add(random.normal(), at: day(number), settings) }
        let before = check.baseline
        let step = check.add(1e9, at: day(200), settings)
        #expect(step.map { $0.deviate > 30 && $0.logEvidence < 5 } == true)
        #expect((check.baseline.mean - before.mean).magnitude < 0.1)
        #expect(check.baseline.variance < 1.2 * before.variance)
    }

    @Test("nothing is said during the warm-up or of a signal that never moves") func silence() {
        let settings = ShiftSettings()
        var check = ShiftCheck()
        for number in 0..<200 { #expect(check.add(5, at: day(number), settings) == nil) }
        var moving = ShiftCheck()
        var random = Deviates(3)
        for number in 0..<19 {
            #expect(moving.add(random.normal(), at: day(number), settings) == nil)
        }
        for number in 19..<60 { _ = moving.add(random.normal(), at: day(number), settings) }
        #expect(moving.add(0, at: day(60), settings) != nil)
    }

    /// The share of streams in which evidence ever reaches 20, of 400 readings each.
    private func shareReachingTwenty(dependence phi: Double, streams: Int, seed: Int) -> Double {
        let settings = ShiftSettings()
        var reached = 0
        for stream in 0..<streams {
            var random = Deviates(seed + stream)
            var check = ShiftCheck()
            var value = random.normal()
            for number in 0..<400 {
                let step = check.add(value, at: day(number), settings)
                if let step, step.logEvidence >= Elementary.log(20) {
                    reached += 1
                    break
                }
                value = phi * value + (1 - phi * phi).squareRoot() * random.normal()
            }
        }
        return Double(reached) / Double(streams)
    }

    @Test("in control, evidence of 20 is rare from the first reading on", arguments: [0, 0.5, 0.9])
    func promise(phi: Double) {
        // 150 streams: a true share of .05 would show as more than .11 once in a thousand runs.
        let share = shareReachingTwenty(dependence: phi, streams: 150, seed: 1000)
        #expect(share <= 0.11, "share \(share)")
    }

    @Test("half-width numbers come back as they were stored") func halfWidth() {
        var season = SeasonalBins()
        for value in [
            0, 1, -1, 0.5, 3.140625, -0.0999755859375, 60000, 6.103515625e-5, 5.9604644775390625e-8,
        ] {
            season[7] = value
            #expect(season[7] == value)
        }
        season[3] = 1e9
        #expect(season[3] == 65504)
        season[3] = 1.0 / 3
        // Ten bits below ¼, rounded: half a unit is 2^-13.
        #expect((season[3] - 1.0 / 3).magnitude <= 0x1p-13)
        season[3] = 0.33341
        #expect((season[3] - 0.33341).magnitude <= 0x1p-13)
    }

    @Test("a season is taken off before the shift is judged") func season() {
        let settings = ShiftSettings()
        let trend = TrendSettings()
        var random = Deviates(21)
        var plain = SignalCheck()
        var seasonal = SeasonalSignalCheck()
        var strength = SeasonalStrength()
        var (plainSquares, seasonalSquares, count) = (0.0, 0.0, 0.0)
        for hour in 0..<2400 {
            let time = EventTime(milliseconds: Int64(hour) * 3_600_000)
            let usual = 3 * Elementary.sine(ofTurns: Double(hour % 24) / 24)
            let reading = 20 + usual + random.normal()
            var bare = settings
            bare.isWhitening = false
            let one = plain.add(reading, at: time, bare, trend)
            let two = seasonal.add(reading, hour: hour % 24, at: time, bare, trend)
            strength.add((reading - 20) / 2.3, hour: hour % 24)
            if hour >= 1200, let one, let two {
                plainSquares += (reading - 20) * (reading - 20)
                let left = two.deviate * seasonal.check.shift.baseline.variance.squareRoot()
                seasonalSquares += left * left
                _ = one
                count += 1
            }
        }
        // Variance 5.5 with the season in it; what is left is the noise of 1 and a learner's error.
        #expect(plainSquares / count > 5)
        #expect(seasonalSquares / count < 1.6, "left \(seasonalSquares / count)")
        #expect((strength.share ?? 0) > 0.75, "strength \(String(describing: strength.share))")
    }
}
