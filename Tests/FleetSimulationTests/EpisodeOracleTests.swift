import Testing

@testable import FleetSimulation

@Suite struct EpisodeOracleTests {
    /// Runs one episode whose cause is drawn as the oracle believes, to its end or a ticket.
    ///
    /// - Returns: whether it was a failure, and whether the oracle opened a ticket.
    static func run(
        _ mode: FailureMode, preset: FleetPreset, chance: Double, random: inout SeededRandom
    ) -> (isFailure: Bool, isOpened: Bool) {
        let share = FleetSignal.rememberedShare
        var remembered = share.squareRoot() * random.normal()
        var oracle = EpisodeOracle(mode: mode, chance: chance, remembered: remembered)
        let weights = oracle.hypotheses.map { oracle.probability(of: $0.cause) }
        var left = random.unit()
        var index = 0
        while index + 1 < weights.count, left >= weights[index] {
            left -= weights[index]
            index += 1
        }
        let cause = oracle.hypotheses[index].cause
        var path = DegradationPath(isJumping: mode.wandersInJumps)
        let memory = random.beta(4, 2)
        var stopped: Double?
        for step in 1..<60 {
            path.advance(to: Double(step) / 60, pace: 1, random: &random)
            let load = 0.45 + 0.12 * random.normal()
            var level = path.level
            var rate = EpisodeOracle.strayCodeRate
            var isBad = false
            switch cause {
            case .nothing: break
            case .failure:
                rate = mode.badTripRate(progress: path.progress, preset: preset)
            case .plateau(let end):
                if path.highest >= end { stopped = end }
                level = stopped ?? level
            case .code: rate = mode.nuisanceRate(preset: preset)
            case .dips: isBad = random.chance(mode.nuisanceRate(preset: preset))
            }
            let hasCode = !mode.codes.isEmpty && random.chance(rate)
            if cause == .failure { isBad = hasCode }
            var effect = FailureMode.Effect()
            if cause != .nothing, cause != .code {
                effect = mode.effect(
                    level: level, strength: preset.strength, load: load, ambient: -4, isBad: isBad)
            }
            let variance = random.heavyTailVariance()
            remembered =
                memory * remembered
                + (share * (1 - memory * memory)).squareRoot() * random.normal()
            let noise =
                ((1 - share) * variance + effect.variance).squareRoot() * random.normal()
            let seen = EpisodeOracle.Observation(
                residual: mode.signal == nil ? nil : remembered + noise + effect.shift,
                hasCode: hasCode, isBad: isBad, load: load, ambient: -4, memory: memory,
                noise: variance)
            if oracle.isConvinced(by: seen, mode: mode, preset: preset, path: path) {
                return (cause == .failure, true)
            }
        }
        return (cause == .failure, false)
    }

    @Test(
        "of the tickets that the oracle opens at most one in twenty is false",
        arguments: FailureMode.all.indices)
    func keepsItsPromise(number: Int) {
        let mode = FailureMode.all[number]
        var random = SeededRandom(UInt64(number) + 1)
        var opened = 0
        var wrong = 0
        var failures = 0
        for _ in 0..<500 {
            let (isFailure, isOpened) = Self.run(
                mode, preset: .easy, chance: 0.2, random: &random)
            if isFailure { failures += 1 }
            if isOpened { opened += 1 }
            if isOpened, !isFailure { wrong += 1 }
        }
        // Five in a hundred are promised; four standard deviations are granted to chance.
        let bound = 0.05 * Double(opened) + 4 * (0.05 * 0.95 * Double(opened)).squareRoot()
        #expect(Double(wrong) <= bound, "\(mode.name): \(wrong) of \(opened)")
        #expect(Double(opened - wrong) > 0.5 * Double(failures), "\(mode.name): \(opened)")
    }

    @Test("where nothing is to be seen, it stays at what it believed before")
    func silence() {
        let mode = FailureMode.all[0]
        var oracle = EpisodeOracle(mode: mode, chance: 0.02, remembered: 0)
        let seen = EpisodeOracle.Observation(
            residual: nil, hasCode: false, isBad: false, load: 0.4, ambient: 10, memory: 0.5,
            noise: 1)
        let path = DegradationPath(isJumping: false)
        let before = oracle.probability(of: .failure)
        for _ in 0..<50 {
            let isConvinced = oracle.isConvinced(
                by: seen, mode: mode, preset: .normal, path: path)
            #expect(!isConvinced)
        }
        #expect((oracle.probability(of: .failure) - before).magnitude < 1e-12)
        // One failure and three plateaus for each, against nothing at all.
        #expect((before - 0.02 / (1 + 3 * 0.02)).magnitude < 1e-12)
    }
}
