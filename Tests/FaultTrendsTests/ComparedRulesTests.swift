import ComparedRules
import FaultTrends
import SpecialFunctions
import Testing

/// Rules of decision on p-values of others, and on fleets of known faults.
@Suite struct ComparedRulesTests {
    /// Of each compared fleet by rule: mean false share of 12 runs, that of the worst, share of faults
    /// found, and how much was chosen in a run.
    static let published: [[DecisionRule: [Double]]] = [
        [
            .fixed: [0.2262, 0.267, 0.934, 242.75],
            .levels: [0.0213, 0.037, 0.722, 148.5],
            .saffron: [0.0526, 0.115, 0.632, 134.41666666666666],
            .batches: [0.0034, 0.022, 0.477, 96.16666666666667],
            .benjaminiHochberg: [0.0543, 0.087, 0.849, 180.83333333333334],
            .benjaminiYekutieli: [0.0044, 0.016, 0.67, 135.08333333333334],
            .evidence: [0.0034, 0.017, 0.638, 128.41666666666666],
        ],
        [
            .fixed: [0.2253, 0.482, 0.924, 239.75],
            .levels: [0.0403, 0.249, 0.691, 141.25],
            .saffron: [0.5329, 0.954, 0.636, 914.25],
            .batches: [0.0192, 0.132, 0.451, 89.66666666666667],
            .benjaminiHochberg: [0.1959, 0.792, 0.824, 263.8333333333333],
            .benjaminiYekutieli: [0.0153, 0.066, 0.649, 128.41666666666666],
            .evidence: [0.0077, 0.046, 0.616, 120.83333333333333],
        ],
        [
            .fixed: [0.4325, 0.47, 0.914, 314.9166666666667],
            .levels: [0.0732, 0.114, 0.701, 148.0],
            .saffron: [0.1137, 0.155, 0.631, 139.08333333333334],
            .batches: [0.0205, 0.048, 0.467, 93.25],
            .benjaminiHochberg: [0.1854, 0.234, 0.827, 198.41666666666666],
            .benjaminiYekutieli: [0.0343, 0.064, 0.657, 132.91666666666666],
            .evidence: [0.0255, 0.061, 0.628, 126.0],
        ],
    ]

    @Test("SAFFRON's levels are the published ones") func saffron() {
        let levels: [Double] = [
            0.0054686270725, 0.010937254145, 0.010937254145, 0.010937254145, 0.010937254145,
            0.02187450829, 0.032811762435, 0.010823845024845846, 0.010823845024845846,
            0.010823845024845846, 0.021761099169845845, 0.009265591486850504, 0.009265591486850504,
            0.020202845631850506, 0.009064366673843003,
        ]
        let found: [Int] = [1, 0, 0, 0, 1, 1, 0, 0, 0, 1, 0, 0, 1, 0, 0]
        var rule = Saffron()
        for (place, p) in CheckTables.pValues.enumerated() {
            let (level, isFound) = rule.test(p)
            expectNear(level, levels[place], within: 1e-9, "level \(place)")
            #expect(isFound == (found[place] == 1), "test \(place)")
        }
    }

    @Test("those of BatchPRDS are") func batches() {
        let levels: [Double] = [0.02187450829, 0.009621195577640752, 0.007543524193646964]
        let found: [Int] = [1, 0, 0, 0, 1, 1, 0, 0, 0, 1, 0, 0, 1, 0, 0]
        var rule = BatchLevels()
        for (place, batch) in [0..<5, 5..<11, 11..<15].enumerated() {
            let (level, isFound) = rule.test(Array(CheckTables.pValues[batch]))
            expectNear(level, levels[place], within: 1e-9, "level \(place)")
            #expect(isFound.map { $0 ? 1 : 0 } == Array(found[batch]), "batch \(place)")
        }
    }

    /// The level of a test that was the j-th, with nothing found before: a share of all of the target.
    private func share(_ j: Int) -> Double {
        LevelStream(target: 0.05, firstWealth: 0.05, tests: j - 1).nextLevel()
    }

    @Test("LOND and e-LOND follow from the same shares of wealth") func lond() {
        let (levels, eLevels): ([Double], [Double]) = (
            [
                0.0026758385456300436, 0.0011638205782941741, 0.0009912498794460713,
                0.0008243606058967334, 0.0006988869709347985, 0.0006045900341664856,
                0.0007979166327882442, 0.0007117838146979051, 0.0006421422921095657,
                0.0005847377857895838, 0.000715518593464959, 0.0006610273016882394,
                0.0006141681906838681, 0.0005734508610317523, 0.0005377472268821299,
            ],
            [
                0.002675838545630043, 0.0011638205782941741, 0.0009912498794460713,
                0.0008243606058967332, 0.0006988869709347985, 0.0006045900341664855,
                0.0005319444218588295, 0.00047452254313193673, 0.0004280948614063771,
                0.00038982519052638916, 0.0003577592967324795, 0.00033051365084411964,
                0.000307084095341934, 0.0002867254305158762, 0.000268873613441065,
            ]
        )
        let (found, eFound) = (
            [1, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0],
            [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
        )
        var (count, eCount) = (0, 0)
        for (place, p) in CheckTables.pValues.enumerated() {
            let level = share(place + 1) * Double(count + 1)
            expectNear(level, levels[place], within: 1e-9, "level \(place)")
            #expect((p <= level) == (found[place] == 1), "test \(place)")
            if p <= level { count += 1 }
            let eLevel = share(place + 1) * Double(eCount + 1)
            expectNear(eLevel, eLevels[place], within: 1e-9, "level \(place) of e-values")
            let isFound = Calibrator.logEvidence(pValue: p) >= LevelStream.logEvidence(for: eLevel)
            #expect(isFound == (eFound[place] == 1), "e-value \(place)")
            if isFound { eCount += 1 }
        }
    }

    @Test("an adjusted p-value is the least target at which it is chosen") func adjusted() {
        let hochberg: [Double] = [
            4.35e-07, 0.14449285714285715, 0.03785, 0.1532625, 0.00513, 0.00017999999999999998,
            0.79149, 0.41513181818181816, 0.41513181818181816, 5.6925e-07, 0.775092857142857,
            0.41513181818181816, 0.0051, 0.775092857142857, 0.6844625,
        ]
        let yekutieli: [Double] = [
            1.4434296120546123e-06, 0.47946038788592366, 0.12559496739371742, 0.5085600710747585,
            0.017022514735264737, 0.0005972812187812188, 1.0, 1.0, 1.0, 1.8889018543956044e-06, 1.0,
            1.0, 0.016922967865467868, 1.0, 1.0,
        ]
        for (place, q) in hochberg.enumerated() {
            func isChosen(_ target: Double) -> Bool {
                FalseShare.benjaminiHochberg(CheckTables.pValues, target: target)[place]
            }
            #expect(isChosen(q * (1 + 1e-9)) && !isChosen(q * (1 - 1e-9)), "test \(place)")
        }
        for (place, q) in yekutieli.enumerated() {
            func isChosen(_ target: Double) -> Bool {
                FalseShare.benjaminiYekutieli(CheckTables.pValues, target: target)[place]
            }
            // One that would be above 1 is cut there.
            #expect(q == 1 || isChosen(q * (1 + 1e-9)), "test \(place)")
            #expect(!isChosen(q * (1 - 1e-9)), "test \(place)")
        }
    }

    @Test("rules do on fleets of known faults what they did in other hands", arguments: 0..<3)
    func fleets(number: Int) {
        let (title, fleet) = FaultyFleet.compared[number]
        var outcomes: [DecisionRule: [FaultyFleet.Outcome]] = [:]
        for run in 0..<3 {
            var random = Deviates(90_000 + run)
            // Levels of these two cost a look at every finding before; of SAFFRON's there are a thousand in a
            // shock, which `forewarn-calibration` runs.
            let rules = DecisionRule.allCases.filter { rule in
                switch rule {
                case .levels: run == 0
                case .saffron: run == 0 && fleet.shock == 0
                default: true
                }
            }
            for (rule, outcome) in fleet.run(
                rules, uniform: { random.uniform() }, normal: { random.normal() })
            {
                outcomes[rule, default: []].append(outcome)
            }
        }
        for (rule, all) in outcomes {
            guard let row = Self.published[number][rule] else { continue }
            let n = Double(all.count)
            func mean(_ value: (FaultyFleet.Outcome) -> Double) -> Double {
                all.reduce(0) { $0 + value($1) } / n
            }
            // The largest of twelve lies 1.63 deviations out on the mean, that of three .85, which tells one
            // run's deviation; in a shock few runs hold most of what is false.
            let wrong = mean(\.falseShare)
            let largest = all.reduce(0) { max($0, $1.falseShare) }
            let deviation = max((row[1] - row[0]) / 1.63, (largest - wrong) / 0.85)
            let spread = 3 * (1 / n + 1.0 / 12).squareRoot()
            let note = "\(title), \(rule)"
            #expect((wrong - row[0]).magnitude < deviation * spread, "\(note): \(wrong) false")
            // 200 faults a run, found or not; a shock moves a whole day's together.
            let found = mean(\.found)
            let chance = row[2] * (1 - row[2]) / 200 + (fleet.shock > 0 ? 0.002 : 0)
            #expect(
                (found - row[2]).magnitude < chance.squareRoot() * spread,
                "\(note): \(found) found")
            if fleet.shock == 0 {
                let chosen = mean { Double($0.chosen) }
                expectNear(chosen, row[3], within: 0.06 * spread, "\(note), chosen")
            }
        }
    }
}
