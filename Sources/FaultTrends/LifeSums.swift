import SpecialFunctions

/// What the likelihood of lives needs, with ages as shares of the longest.
struct LifeSums {
    /// A stretch of ages that was watched, by the logarithms of its ends (minus infinity for 0); how
    /// many parts were watched along it; and the failures that are known only to lie within.
    struct Stretch {
        var end: Double
        var start: Double
        var weight = 1.0
        var failures = 0.0
    }

    var stretches: [Stretch]
    /// All failures.
    var failures: Int
    /// Σ ln t over the failures whose age is known.
    var knownLogs: Double
    /// What the ages were divided by.
    var unit: Double

    init(_ lives: [ObservedLife], unit: Double) {
        stretches = lives.map {
            Stretch(
                end: Elementary.log($0.end / unit),
                start: $0.start > 0 ? Elementary.log($0.start / unit) : -.infinity)
        }
        failures = lives.reduce(0) { $0 + ($1.hasFailed ? 1 : 0) }
        knownLogs = zip(lives, stretches).reduce(0) { $0 + ($1.0.hasFailed ? $1.1.end : 0) }
        self.unit = unit
    }

    init(_ stretches: [Stretch], failures: Int, unit: Double) {
        (self.stretches, self.failures, self.unit) = (stretches, failures, unit)
        knownLogs = 0
    }

    /// Σ w (t^β - s^β) and the same weighted with ln t and ln² t.
    func powers(_ shape: Double) -> (sum: Double, logSum: Double, squareSum: Double) {
        var total = (sum: 0.0, logSum: 0.0, squareSum: 0.0)
        for stretch in stretches {
            let one = Self.powers(of: stretch, shape)
            total.sum += stretch.weight * one.0
            total.logSum += stretch.weight * one.1
            total.squareSum += stretch.weight * one.2
        }
        return total
    }

    private static func powers(of stretch: Stretch, _ shape: Double) -> (Double, Double, Double) {
        let power = Elementary.exp(shape * stretch.end)
        let logPower = power * stretch.end
        guard stretch.start > -.infinity else { return (power, logPower, logPower * stretch.end) }
        let before = Elementary.exp(shape * stretch.start)
        let logBefore = before * stretch.start
        return (
            power - before, logPower - logBefore,
            logPower * stretch.end - logBefore * stretch.start
        )
    }

    /// What the failures add to the score in β, and its derivative; where only the stretch is known,
    /// the hazard's mean over it stands for the hazard.
    func failureLogs(_ shape: Double) -> (sum: Double, slope: Double) {
        var (sum, slope) = (knownLogs, 0.0)
        for stretch in stretches where stretch.failures > 0 {
            let at = Self.powers(of: stretch, shape)
            let mean = at.1 / at.0
            sum += stretch.failures * mean
            slope += stretch.failures * (at.2 / at.0 - mean * mean)
        }
        return (sum, slope)
    }

    /// ln of the hazards' part of the likelihood that neither parameter's closed form covers.
    func hazardLogs(_ shape: Double) -> Double {
        var sum = (shape - 1) * knownLogs
        var binned = 0.0
        for stretch in stretches where stretch.failures > 0 {
            let width = Elementary.exp(stretch.end) - Elementary.exp(stretch.start)
            sum +=
                stretch.failures
                * Elementary.log(Self.powers(of: stretch, shape).0 / width)
            binned += stretch.failures
        }
        return sum + (Double(failures) - binned) * Elementary.log(shape)
    }

    /// The root of the profile score in β (Lawless 2003), with truncated starts, by
    /// halving between bounds of ln β. With a prior on ln β its pull is part of the score.
    ///
    /// - Returns: `nil` where the likelihood has no maximum within e^±4.
    func likeliestShape(prior: (log: Double, deviation: Double)?) -> Double? {
        let r = Double(failures)
        let known = stretches.contains { $0.failures > 0 } ? 0 : r
        func score(_ logShape: Double) -> Double {
            let shape = Elementary.exp(logShape)
            let at = powers(shape)
            var value = shape * (at.logSum / at.sum - failureLogs(shape).sum / r) - known / r
            if let prior {
                value += (logShape - prior.log) / (prior.deviation * prior.deviation * r)
            }
            return value
        }
        var (below, above) = (-4.0, 4.0)
        guard score(below) < 0, score(above) > 0 else { return nil }
        for _ in 0..<100 {
            let middle = 0.5 * (below + above)
            if middle <= below || middle >= above { break }
            if score(middle) < 0 { below = middle } else { above = middle }
        }
        return Elementary.exp(0.5 * (below + above))
    }
}
