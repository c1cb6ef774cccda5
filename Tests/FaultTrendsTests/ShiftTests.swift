import FaultTrends
import SpecialFunctions
import Testing

@Suite struct ShiftTests {
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
}
