import ComparedRules

/// What each rule does on the three fleets: mean false share with its standard error, largest of the
/// runs, and share of faults found.
func fleets(_ runs: Int) {
    for (title, fleet) in FaultyFleet.compared {
        let results = (0..<runs).map { run in
            var random = Deviates(800_000 + run)
            return fleet.run(
                DecisionRule.allCases, uniform: { random.uniform() }, normal: { random.normal() })
        }
        print("false share ± error (largest), faults found in \(runs) runs: \(title)")
        for rule in DecisionRule.allCases {
            let outcomes = results.compactMap { $0[rule] }
            let list = outcomes.map(\.falseShare)
            let found = outcomes.reduce(0) { $0 + $1.found } / Double(runs)
            let n = Double(runs)
            let mean = list.reduce(0, +) / n
            let variance = list.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / max(n - 1, 1)
            row(
                "  \(rule.rawValue)",
                "\(percent(mean)) ± \(percent((variance / n).squareRoot())) "
                    + "(\(percent(list.max() ?? 0))), "
                    + percent(found))
        }
    }
}
