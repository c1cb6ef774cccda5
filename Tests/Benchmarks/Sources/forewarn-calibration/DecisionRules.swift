import FaultTrends
import SpecialFunctions

/// Rules of others that are held against ours and are not in the product.

/// How wealth is spread over tests: j^-1.6, which sums to 1 (Javanmard and Montanari 2018).
private let shares: [Double] =
    [0] + (1...40_001).map { 0.437_490_165_8 * Elementary.pow(Double($0), -1.6) }

/// SAFFRON (Ramdas, Zrnic, Wainwright and Jordan 2018) with λ = ½, for independent tests only.
private struct Saffron {
    private let target = 0.05
    private let wealth = 0.025
    private let candidate = 0.5
    private var tests = 0
    private var candidates = 0
    /// When each finding was made: tests and candidates so far.
    private var found: [(tests: Int, candidates: Int)] = []

    mutating func test(_ p: Double) -> Bool {
        func share(_ since: (tests: Int, candidates: Int)) -> Double {
            shares[tests + 1 - since.tests - (candidates - since.candidates)]
        }
        var level = wealth * share((0, 0))
        for (place, one) in found.enumerated() {
            level += (place == 0 ? target - wealth : target) * share(one)
        }
        level = min((1 - candidate) * level, candidate)
        tests += 1
        if p <= candidate { candidates += 1 }
        if p <= level { found.append((tests, candidates)) }
        return p <= level
    }
}

/// BatchPRDS (Zrnic, Jiang, Ramdas and Jordan 2020): Benjamini and Hochberg a day, at a level that
/// the days share.
private struct BatchLevels {
    private var batches = 0
    private var found = 0

    mutating func test(_ p: [Double]) -> [Bool] {
        batches += 1
        let n = Double(p.count)
        let level = 0.05 * shares[batches] * (n + Double(found)) / n
        let chosen = FalseShare.benjaminiHochberg(p, target: level)
        found += chosen.count { $0 }
        return chosen
    }
}

/// Rules with what they remember from day to day.
private struct Rules {
    static let names = [
        "z > 3", "LORD++", "SAFFRON", "BatchPRDS daily", "Benjamini and Hochberg daily",
        "Benjamini and Yekutieli daily", "e-BH daily",
    ]
    private var levels = LevelStream()
    private var saffron = Saffron()
    private var batches = BatchLevels()

    /// What each rule chooses on a day; evidence is built for a fault of 4 deviations.
    mutating func choose(_ z: [Double]) -> [[Bool]] {
        let p = z.map { NormalDistribution.survival($0) }
        let e = z.map { 4 * $0 - 8 }
        let least =
            FalseShare.threshold(logEvidence: e, hypotheses: Double(z.count), target: 0.05)
            ?? .infinity
        return [
            z.map { $0 > 3 }, p.map { levels.test($0).isFound }, p.map { saffron.test($0) },
            batches.test(p), FalseShare.benjaminiHochberg(p, target: 0.05),
            FalseShare.benjaminiYekutieli(p, target: 0.05), e.map { $0 >= least },
        ]
    }
}

/// A fleet of 2000 over 20 days with 10 faults a day of 4.5 deviations, at places drawn anew: mean
/// false share with its standard error, largest of the runs, and share of faults found.
func fleets(_ runs: Int) {
    let (tests, days, faults) = (2000, 20, 10)
    for (title, shock, scale) in [
        ("independent", 0.0, 1.0), ("fleet-wide shock", 0.3, 1.0),
        ("deviation 10 % too small", 0, 1 / 0.9),
    ] {
        var falseShares = Rules.names.map { _ in [Double]() }
        var found = Rules.names.map { _ in 0 }
        for run in 0..<runs {
            var random = Deviates(800_000 + run)
            var rules = Rules()
            var counts = Rules.names.map { _ in (chosen: 0, wrong: 0) }
            for _ in 0..<days {
                let common = shock.squareRoot() * random.normal()
                var isFault = [Bool](repeating: false, count: tests)
                while isFault.count(where: { $0 }) < faults {
                    isFault[Int(random.uniform() * Double(tests))] = true
                }
                let z = isFault.map {
                    (common + (1 - shock).squareRoot() * random.normal()) * scale + ($0 ? 4.5 : 0)
                }
                for (rule, one) in rules.choose(z).enumerated() {
                    for (isChosen, isFault) in zip(one, isFault) where isChosen {
                        counts[rule].chosen += 1
                        if !isFault { counts[rule].wrong += 1 }
                    }
                }
            }
            for (rule, count) in counts.enumerated() {
                falseShares[rule].append(Double(count.wrong) / Double(max(count.chosen, 1)))
                found[rule] += count.chosen - count.wrong
            }
        }
        print("false share ± error (largest), faults found in \(runs) runs: \(title)")
        for (rule, name) in Rules.names.enumerated() {
            let list = falseShares[rule]
            let n = Double(runs)
            let mean = list.reduce(0, +) / n
            let variance = list.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / max(n - 1, 1)
            row(
                "  \(name)",
                "\(percent(mean)) ± \(percent((variance / n).squareRoot())) "
                    + "(\(percent(list.max() ?? 0))), "
                    + percent(Double(found[rule]) / Double(runs * days * faults)))
        }
    }
}
