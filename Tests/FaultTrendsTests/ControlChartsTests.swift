import FaultTrends
import Testing

@Suite struct ControlChartsTests {
    @Test("nothing is said before the warm-up is over") func warmUp() {
        var baseline = RunningBaseline()
        for reading in 0..<20 {
            #expect(baseline.standardised(Double(reading), warmUp: 20) == nil)
            baseline.learn(Double(reading), memory: 0.05)
        }
        #expect(baseline.standardised(5, warmUp: 20) != nil)
    }

    @Test("a baseline follows the recursion of its source") func recursion() {
        // Worked by hand: m = 10, then d = 2: m = 10.1, v = .95 (0 + .05 · 4) = .19.
        var baseline = RunningBaseline()
        baseline.learn(10, memory: 0.05)
        baseline.learn(12, memory: 0.05)
        #expect(abs(baseline.mean - 10.1) < 1e-12)
        #expect(abs(baseline.variance - 0.19) < 1e-12)
        #expect(baseline.count == 2)
    }

    @Test("a signal that never moved is not divided by zero") func smallestDeviation() {
        var baseline = RunningBaseline()
        for _ in 0..<30 { baseline.learn(5, memory: 0.05) }
        #expect(baseline.standardised(5.002, warmUp: 20).map { abs($0 - 2) < 1e-9 } == true)
    }

    @Test("the sums collect what exceeds the slack, on either side") func cumulativeSum() {
        var chart = CumulativeSumChart()
        // Each step adds 1 - .5; the limit of 2 is passed, not met, by the fifth.
        for step in 1...4 {
            #expect(chart.add(1, slack: 0.5, limit: 2) == nil, "step \(step)")
        }
        #expect(chart.rise == 2)
        #expect(chart.add(1, slack: 0.5, limit: 2) == 2.5)
        #expect(chart == CumulativeSumChart())
        for _ in 1...4 { #expect(chart.add(-1, slack: 0.5, limit: 2) == nil) }
        #expect(chart.add(-1, slack: 0.5, limit: 2) == -2.5)
    }

    @Test("the average moves by its weight and starts again after a signal") func movingAverage() {
        var chart = MovingAverageChart()
        #expect(chart.add(1, weight: 0.2, limit: 1.8) == nil)
        #expect(abs(chart.average - 0.2) < 1e-12)
        #expect(chart.add(-20, weight: 0.2, limit: 1.8).map { $0 < -1.8 } == true)
        #expect(chart.average == 0)
    }

    @Test("a chart with no shift stays quiet as long as its limit promises")
    func inControlRunLength() {
        // One-sided ARL of k = .5, h = 4 is 335.37 (R package spc 0.6.7); two-sided half of it.
        // A normal deviate from twelve uniforms is close enough for 10 %.
        var state: UInt64 = 7
        func uniform() -> Double {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(state >> 11) * 0x1p-53
        }
        var total = 0
        let runs = 3000
        for _ in 0..<runs {
            var chart = CumulativeSumChart()
            var length = 0
            repeat {
                length += 1
                let deviate = (0..<12).reduce(-6.0) { sum, _ in sum + uniform() }
                if chart.add(deviate, slack: 0.5, limit: 4) != nil { break }
            } while length < 100_000
            total += length
        }
        let mean = Double(total) / Double(runs)
        #expect(abs(mean / 167.68 - 1) < 0.1, "mean run length \(mean)")
    }

    @Test("a shifted signal is found as soon as the tables say", arguments: CheckTables.sumRuns)
    func shiftedRunLength(row: [Double]) {
        // In control a run is hundreds of readings long; those rows are left to forewarn-calibration.
        guard row[1] > 0 else { return }
        var random = Deviates(Int(100 * row[0] + row[1]))
        var total = 0
        let runs = 3000
        for _ in 0..<runs {
            var chart = CumulativeSumChart()
            var isIn = true
            while isIn {
                total += 1
                isIn = chart.add(random.normal() + row[1], slack: 0.5, limit: row[0]) == nil
            }
        }
        expectNear(Double(total) / Double(runs), row[2], within: 0.03, "limit \(row[0])")
    }

    @Test("so is one by its average", arguments: CheckTables.averageRuns)
    func shiftedAverage(row: [Double]) {
        guard row[2] > 0 else { return }
        var random = Deviates(Int(1000 * row[1]))
        let limit = row[1] * (row[0] / (2 - row[0])).squareRoot()
        var total = 0
        let runs = 3000
        for _ in 0..<runs {
            var chart = MovingAverageChart()
            var isIn = true
            while isIn {
                total += 1
                isIn = chart.add(random.normal() + row[2], weight: row[0], limit: limit) == nil
            }
        }
        expectNear(Double(total) / Double(runs), row[3], within: 0.03, "weight \(row[0])")
    }
}
