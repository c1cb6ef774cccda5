import FaultTrends
import SpecialFunctions

/// What the mean run length of a chart is for known parameters.
func runLengths(_ runs: Int) {
    print("mean run lengths in control, known parameters")
    for (limit, expected) in [(3.0, 58.8), (4.0, 167.7), (5.0, 465.4)] {
        var random = Deviates(600_000)
        var total = 0
        for _ in 0..<runs {
            var chart = CumulativeSumChart()
            repeat { total += 1 } while chart.add(random.normal(), slack: 0.5, limit: limit) == nil
        }
        row(
            "  sum, slack ½, limit \(limit); expected \(expected)",
            "\(Double(total) / Double(runs))")
    }
    for (weight, width, expected) in [
        (0.1, 2.703, 371.9), (0.2, 2.962, 499.7), (0.1, 2.814, 499.6),
    ] {
        var random = Deviates(700_000)
        let limit = width * (weight / (2 - weight)).squareRoot()
        var total = 0
        for _ in 0..<runs {
            var chart = MovingAverageChart()
            repeat {
                total += 1
            } while chart.add(random.normal(), weight: weight, limit: limit) == nil
        }
        row(
            "  average, weight \(weight), width \(width); expected \(expected)",
            "\(Double(total) / Double(runs))")
    }
}
