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
        var random = Deviates(7)
        expectNear(
            meanRun(8000, shift: 0, limit: 4) { random.normal() }, 167.6838, within: 0.03, "limit 4"
        )
    }

    /// The mean of runs until the two-sided sum with slack ½ signals.
    private func meanRun(
        _ runs: Int, shift: Double, limit: Double, _ deviate: () -> Double
    ) -> Double {
        var total = 0
        for _ in 0..<runs {
            var chart = CumulativeSumChart()
            var isIn = true
            while isIn {
                total += 1
                isIn = chart.add(deviate() + shift, slack: 0.5, limit: limit) == nil
            }
        }
        return Double(total) / Double(runs)
    }

    @Test(
        "a shifted signal is found as soon as the tables say",
        arguments: RunLengthTables.sums.filter { $0.slack == 0.5 && $0.limit <= 5 })
    func shiftedRunLength(row: RunLengthTables.Sum) {
        // In control a run is hundreds of readings long; all rows are computed in RunLengthTests.
        for (place, shift) in RunLengthTables.shifts.enumerated() where shift >= 0.5 {
            var random = Deviates(Int(100 * row.limit + shift))
            let mean = meanRun(3000, shift: shift, limit: row.limit) { random.normal() }
            expectNear(
                mean, row.twoSided[place], within: 0.03, "limit \(row.limit), shift \(shift)")
        }
    }

    @Test(
        "so is one by its average",
        arguments: RunLengthTables.averages.filter { (0.1...0.2).contains($0.weight) })
    func shiftedAverage(row: (weight: Double, width: Double, lengths: [Double])) {
        let limit = row.width * (row.weight / (2 - row.weight)).squareRoot()
        for (place, shift) in RunLengthTables.shifts.enumerated() where shift >= 0.75 {
            var random = Deviates(Int(1000 * row.width))
            var total = 0
            let runs = 3000
            for _ in 0..<runs {
                var chart = MovingAverageChart()
                var isIn = true
                while isIn {
                    total += 1
                    isIn =
                        chart.add(random.normal() + shift, weight: row.weight, limit: limit) == nil
                }
            }
            expectNear(
                Double(total) / Double(runs), row.lengths[place], within: 0.03,
                "weight \(row.weight), shift \(shift)")
        }
    }

    /// Dependence on the value before; mean run length with slack ½ and limit 5 (simulated).
    static let dependent: [(dependence: Double, length: Double)] = [
        (0, 476.052), (0.25, 116.48833333333333), (0.5, 51.885666666666665), (0.7, 33.278),
        (0.9, 29.3),
    ]

    @Test(
        "dependence that is left in makes a chart signal far too soon, as the tables say",
        arguments: dependent)
    func dependentRunLength(phi: Double, length: Double) {
        guard phi > 0 else {
            // Exactly 465.44: the table's own simulation is 2.3 % off.
            let exact = ExactRunLength(sumWithSlack: 0.5, limit: 5).mean(shift: 0)
            return expectNear(0.5 * exact, length, within: 0.03, "no dependence")
        }
        var random = Deviates(Int(100 * phi))
        let noise = (1 - phi * phi).squareRoot()
        var total = 0
        // As many values for each.
        let runs = Int(1.2e6 / length)
        for _ in 0..<runs {
            var chart = CumulativeSumChart()
            var value = random.normal()
            repeat {
                total += 1
                guard chart.add(value, slack: 0.5, limit: 5) == nil else { break }
                value = phi * value + noise * random.normal()
            } while true
        }
        expectNear(Double(total) / Double(runs), length, within: 0.03, "dependence \(phi)")
    }
}
