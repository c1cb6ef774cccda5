import FaultTrends
import SpecialFunctions

/// A rule of decision, ours or one of others that is held against ours and is not in the product.
public enum DecisionRule: String, CaseIterable, Sendable {
    case fixed = "z > 3"
    case levels = "LORD++"
    case saffron = "SAFFRON"
    case batches = "BatchPRDS daily"
    case benjaminiHochberg = "Benjamini and Hochberg daily"
    case benjaminiYekutieli = "Benjamini and Yekutieli daily"
    case evidence = "e-BH daily"
}

/// A fleet of 2000 over 20 days with 10 faults a day of 4.5 deviations, at places drawn anew.
public struct FaultyFleet: Sendable {
    public static let (tests, days, faults) = (2000, 20, 10)

    /// What a rule chose in one run.
    public struct Outcome: Sendable {
        /// All that was chosen, and what of it was no fault.
        public var (chosen, wrong) = (0, 0)
        /// The share of false ones; 0 when nothing was chosen.
        public var falseShare: Double { Double(wrong) / Double(max(chosen, 1)) }
        /// The share of all faults that was found.
        public var found: Double {
            Double(chosen - wrong) / Double(FaultyFleet.days * FaultyFleet.faults)
        }
    }

    /// What all vehicles share on a day, as a share of the variance; and by how much deviates are too
    /// large because their deviation was taken too small.
    public var (shock, scale): (Double, Double)

    public init(shock: Double = 0, scale: Double = 1) { (self.shock, self.scale) = (shock, scale) }

    /// The three fleets on which rules are compared.
    public static let compared: [(title: String, fleet: FaultyFleet)] = [
        ("independent", FaultyFleet()), ("fleet-wide shock", FaultyFleet(shock: 0.3)),
        ("deviation 10 % too small", FaultyFleet(scale: 1 / 0.9)),
    ]

    /// Runs rules over the same fleet, from random numbers that are uniform between 0 and 1 or normal.
    ///
    /// - Returns: an outcome of each rule.
    public func run(
        _ rules: [DecisionRule], uniform: () -> Double, normal: () -> Double
    ) -> [DecisionRule: Outcome] {
        var (levels, saffron, batches) = (LevelStream(), Saffron(), BatchLevels())
        var outcomes = Dictionary(rules.map { ($0, Outcome()) }) { first, _ in first }
        for _ in 0..<Self.days {
            let common = shock.squareRoot() * normal()
            var isFault = [Bool](repeating: false, count: Self.tests)
            while isFault.count(where: { $0 }) < Self.faults {
                isFault[Int(uniform() * Double(Self.tests))] = true
            }
            let z = isFault.map {
                (common + (1 - shock).squareRoot() * normal()) * scale + ($0 ? 4.5 : 0)
            }
            let p = z.map { NormalDistribution.survival($0) }
            for rule in rules {
                let chosen: [Bool]
                switch rule {
                case .fixed: chosen = z.map { $0 > 3 }
                case .levels: chosen = p.map { levels.test($0).isFound }
                case .saffron: chosen = p.map { saffron.test($0).isFound }
                case .batches: chosen = batches.test(p).isFound
                case .benjaminiHochberg:
                    chosen = FalseShare.benjaminiHochberg(p, target: 0.05)
                case .benjaminiYekutieli:
                    chosen = FalseShare.benjaminiYekutieli(p, target: 0.05)
                case .evidence:
                    // Evidence is built for a fault of 4 deviations.
                    let e = z.map { 4 * $0 - 8 }
                    let least = FalseShare.threshold(
                        logEvidence: e, hypotheses: Double(z.count), target: 0.05)
                    chosen = e.map { $0 >= least ?? .infinity }
                }
                for (isChosen, isFault) in zip(chosen, isFault) where isChosen {
                    outcomes[rule, default: Outcome()].chosen += 1
                    if !isFault { outcomes[rule, default: Outcome()].wrong += 1 }
                }
            }
        }
        return outcomes
    }
}
