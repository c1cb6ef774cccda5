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

/// A fleet of 2000 over 20 days with 10 faults a day of 4.5 deviations, evidence built for 4: mean
/// false share, largest of the runs, and share of faults found.
func fleets(_ runs: Int) {
    struct Tally {
        var name: String
        var falseShare = 0.0
        var largest = 0.0
        var found = 0.0
    }
    for (title, shock, scale) in [
        ("independent", 0.0, 1.0), ("fleet-wide shock", 0.3, 1.0),
        ("deviation 10 % too small", 0, 1 / 0.9),
    ] {
        var tallies = ["z > 3", "Benjamini and Hochberg", "Benjamini and Yekutieli", "e-BH"]
            .map { Tally(name: $0) }
        for run in 0..<runs {
            var random = Deviates(800_000 + run)
            var counts = [(chosen: Int, wrong: Int)](repeating: (0, 0), count: tallies.count)
            for _ in 0..<20 {
                let common = shock.squareRoot() * random.normal()
                let z = (0..<2000).map { test in
                    (common + (1 - shock).squareRoot() * random.normal()) * scale
                        + (test < 10 ? 4.5 : 0)
                }
                let p = z.map { NormalDistribution.survival($0) }
                let e = z.map { 4 * $0 - 8 }
                let least =
                    FalseShare.threshold(logEvidence: e, hypotheses: 2000, target: 0.05)
                    ?? .infinity
                let chosen = [
                    z.map { $0 > 3 }, FalseShare.benjaminiHochberg(p, target: 0.05),
                    FalseShare.benjaminiYekutieli(p, target: 0.05), e.map { $0 >= least },
                ]
                for (rule, one) in chosen.enumerated() {
                    for (test, isChosen) in one.enumerated() where isChosen {
                        counts[rule].chosen += 1
                        if test >= 10 { counts[rule].wrong += 1 }
                    }
                }
            }
            for (rule, count) in counts.enumerated() {
                let share = Double(count.wrong) / Double(max(count.chosen, 1))
                tallies[rule].falseShare += share / Double(runs)
                tallies[rule].largest = max(tallies[rule].largest, share)
                tallies[rule].found += Double(count.chosen - count.wrong) / 200 / Double(runs)
            }
        }
        print("false share (largest), faults found: \(title)")
        for one in tallies {
            row(
                "  \(one.name)",
                "\(percent(one.falseShare)) (\(percent(one.largest))), \(percent(one.found))")
        }
    }
}
