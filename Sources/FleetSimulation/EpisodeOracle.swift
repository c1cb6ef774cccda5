import SpecialFunctions

/// A Bayes filter that is told more than any detector can know: an upper bound.
///
/// It is told when an episode begins, the way that the part would go, the model of the signal with
/// the vehicle's own parameters, the memory of the noise at the onset and the variance of each
/// measurement's noise. What it is not told is which of a few things the episode is: nothing, a
/// failure's precursor, or something that only looks like one. For each of these it runs a Kalman
/// filter, which is exact since the noise is Gaussian once its variance is known, and weighs them
/// by Bayes' theorem. It opens a ticket when a failure is as probable as the promise demands.
struct EpisodeOracle: Sendable {
    /// What the episode may be.
    enum Cause: Sendable, Equatable {
        case nothing
        case failure
        /// It stops once it has come this far.
        case plateau(at: Double)
        /// The code without the signal.
        case code
        /// The signal without the code.
        case dips
    }

    struct Hypothesis: Sendable {
        let cause: Cause
        var logWeight: Double
        /// The filter's estimate of the noise that is remembered, and its variance.
        var mean: Double
        var variance = 0.0
        /// Whether a plateau has been reached.
        var hasStopped = false
    }

    /// How sure it must be of a failure: one ticket in twenty may be false.
    static let certainty = 0.95
    /// The chance that a code of a failure shows on a trip when nothing is wrong.
    static let strayCodeRate = 1e-4
    private static let plateauSteps = 16

    private(set) var hypotheses: [Hypothesis]

    /// Begins at an onset.
    ///
    /// - Parameters:
    ///   - chance: how probable a precursor is for a vehicle and part, before anything is seen.
    ///   - remembered: the noise that the signal carries along, in standard deviations.
    init(mode: FailureMode, chance: Double, remembered: Double) {
        var causes: [(Cause, weight: Double)] = [(.nothing, 1 - chance), (.failure, chance)]
        if mode.isGradual {
            let levels = LookAlike.plateauLevels
            let weight = chance * LookAlike.plateausAFailure / Double(Self.plateauSteps)
            for step in 0..<Self.plateauSteps {
                // Rounded up, so that no plateau lies beyond the last of its hypotheses.
                let share = Double(step + 1) / Double(Self.plateauSteps)
                let level = levels.lowerBound + (levels.upperBound - levels.lowerBound) * share
                causes.append((.plateau(at: level), weight))
            }
        } else if mode.family == .returningCode {
            causes.append((.code, chance * LookAlike.nuisancesAFailure))
        } else if mode.family == .codeAndSignal {
            causes.append((.code, chance * LookAlike.nuisancesAFailure / 2))
            causes.append((.dips, chance * LookAlike.nuisancesAFailure / 2))
        }
        hypotheses = causes.map {
            Hypothesis(cause: $0.0, logWeight: Elementary.log($0.weight), mean: remembered)
        }
    }

    /// What a trip showed.
    struct Observation {
        /// The signal beyond what a sound vehicle would show, in standard deviations of its noise;
        /// `nil` when there is none or its sensor is stuck.
        var residual: Double?
        var hasCode: Bool
        /// Whether a code or a dip was due; it is told of dips only under the cause that has them.
        var isBad: Bool
        var load: Double
        var ambient: Double
        /// Lag-1 correlation of the remembered noise.
        var memory: Double
        /// The variance of this measurement's own noise.
        var noise: Double
    }

    /// Takes a trip in.
    ///
    /// - Returns: whether a failure is now certain enough.
    mutating func isConvinced(
        by seen: Observation, mode: FailureMode, preset: FleetPreset, path: DegradationPath
    ) -> Bool {
        for index in hypotheses.indices {
            weighCodes(&hypotheses[index], seen, mode, preset, path)
            filter(&hypotheses[index], seen, mode, preset, path)
        }
        return probability(of: .failure) >= Self.certainty
    }

    /// How probable a cause is by now.
    func probability(of cause: Cause) -> Double {
        let total = Elementary.logSumExp(hypotheses.map(\.logWeight))
        let own = hypotheses.first { $0.cause == cause }?.logWeight ?? -.infinity
        return Elementary.exp(own - total)
    }

    private func weighCodes(
        _ hypothesis: inout Hypothesis, _ seen: Observation, _ mode: FailureMode,
        _ preset: FleetPreset, _ path: DegradationPath
    ) {
        guard !mode.codes.isEmpty else { return }
        let rate =
            switch hypothesis.cause {
            case .failure: mode.badTripRate(progress: path.progress, preset: preset)
            case .code: mode.nuisanceRate(preset: preset)
            case .nothing, .plateau, .dips: Self.strayCodeRate
            }
        hypothesis.logWeight += Elementary.log(seen.hasCode ? rate : 1 - rate)
    }

    private func filter(
        _ hypothesis: inout Hypothesis, _ seen: Observation, _ mode: FailureMode,
        _ preset: FleetPreset, _ path: DegradationPath
    ) {
        let share = FleetSignal.rememberedShare
        hypothesis.mean *= seen.memory
        hypothesis.variance =
            seen.memory * seen.memory * hypothesis.variance + share
            * (1 - seen.memory * seen.memory)
        guard let residual = seen.residual else { return }
        var level = 0.0
        var isBad = false
        switch hypothesis.cause {
        case .nothing, .code: break
        case .failure:
            level = path.level
            isBad = seen.hasCode
        case .plateau(let end):
            if path.highest >= end { hypothesis.hasStopped = true }
            level = hypothesis.hasStopped ? end : path.level
        case .dips: isBad = seen.isBad
        }
        var effect = FailureMode.Effect()
        if hypothesis.cause != .nothing, hypothesis.cause != .code {
            effect = mode.effect(
                level: level, strength: preset.strength, load: seen.load, ambient: seen.ambient,
                isBad: isBad)
        }
        let expected = hypothesis.variance + (1 - share) * seen.noise + effect.variance
        let surprise = residual - effect.shift - hypothesis.mean
        hypothesis.logWeight -= 0.5 * (Elementary.log(expected) + surprise * surprise / expected)
        let gain = hypothesis.variance / expected
        hypothesis.mean += gain * surprise
        hypothesis.variance *= 1 - gain
    }
}
