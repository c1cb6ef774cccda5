import SpecialFunctions

/// Deciding which of many hypotheses become tickets so that the share of false ones keeps a promise.
public enum FalseShare {
    /// e-BH (Wang and Ramdas 2022): right however the hypotheses depend on each other.
    ///
    /// It may be asked again and again, and what it chose may stand, when the evidence of what was
    /// chosen is left as it was then: each hypothesis is stopped at a time of its own, and an
    /// e-process that is stopped has a mean of at most 1.
    ///
    /// - Parameters:
    ///   - logEvidence: ln of the e-values of those that could matter, in any order.
    ///   - hypotheses: how many there are in all, those closed and those without evidence included;
    ///     ``divisor(opened:watched:)`` where they are opened one after the other.
    ///   - target: the largest share of false ones among those chosen.
    /// - Returns: the least ln e that is chosen; `nil` when none is.
    public static func threshold(
        logEvidence: [Double], hypotheses: Double, target: Double
    ) -> Double? {
        let sorted = logEvidence.sorted(by: >)
        let needed = Elementary.log(hypotheses / target)
        for k in stride(from: sorted.count, to: 0, by: -1)
        where sorted[k - 1] >= needed - Elementary.log(Double(k)) {
            return sorted[k - 1]
        }
        return nil
    }

    /// For each e-value the least target at which it would be chosen among all of them, at most 1:
    /// e-BH's counterpart of a q-value (Storey 2002).
    ///
    /// - Parameter hypotheses: as for ``threshold(logEvidence:hypotheses:target:)``.
    public static func qValues(logEvidence: [Double], hypotheses: Double) -> [Double] {
        let order = logEvidence.indices.sorted { logEvidence[$0] > logEvidence[$1] }
        var result = logEvidence
        var least = 1.0
        for (rank, place) in order.enumerated().reversed() {
            let target =
                hypotheses / Double(rank + 1) * Elementary.exp(-min(logEvidence[place], 700))
            least = min(least, target)
            result[place] = least
        }
        return result
    }

    /// What takes the place of the number of hypotheses while more are still being opened.
    ///
    /// What is chosen stands although others are opened later, so each hypothesis needs a weight that
    /// was known when it was chosen, and all weights together at most 1 (as in e-LOND, Xu and Ramdas
    /// 2024). The weight is one over this number, which only grows: with w watched, the first w/30
    /// that are opened weigh at most 1/(c w/30) each and the j-th after them at most 1/(cj),
    /// together (1 + ln 30)/c = 1.
    ///
    /// - Parameters:
    ///   - opened: hypotheses opened so far.
    ///   - watched: those that could be, each a check that has a past to be held against.
    public static func divisor(opened: Int, watched: Int) -> Double {
        let share = 30.0
        return (1 + Elementary.log(share)) * max(Double(opened), Double(watched) / share, 1)
    }

    /// Which of the p-values Benjamini and Hochberg's rule (1995) chooses; holds for independent
    /// tests only. For comparisons.
    public static func benjaminiHochberg(_ pValues: [Double], target: Double) -> [Bool] {
        stepUp(pValues, target: target)
    }

    /// Benjamini and Yekutieli's rule (2001), which holds for any dependence.
    public static func benjaminiYekutieli(_ pValues: [Double], target: Double) -> [Bool] {
        let harmonic = (1...max(pValues.count, 1)).reduce(0.0) { $0 + 1 / Double($1) }
        return stepUp(pValues, target: target / harmonic)
    }

    private static func stepUp(_ pValues: [Double], target: Double) -> [Bool] {
        let sorted = pValues.sorted()
        let n = Double(sorted.count)
        var limit = -1.0
        for (index, p) in sorted.enumerated() where p <= target * Double(index + 1) / n {
            limit = p
        }
        return pValues.map { $0 <= limit }
    }
}
