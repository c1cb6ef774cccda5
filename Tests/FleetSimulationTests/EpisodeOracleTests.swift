import SpecialFunctions
import Testing

@testable import FleetSimulation

@Suite struct EpisodeOracleTests {
    /// A cause, as often as the fleet has it for each failure.
    static func cause(
        _ mode: FailureMode, chance: Double, random: inout SeededRandom
    ) -> EpisodeOracle.Cause {
        let alikes =
            mode.isGradual
            ? LookAlike.plateausAFailure
            : mode.codes.isEmpty ? 0 : LookAlike.nuisancesAFailure
        let u = random.unit() * (1 + alikes * chance)
        if u < chance { return .failure }
        if u < 1 { return .nothing }
        if mode.isGradual { return .plateau(at: random.number(in: LookAlike.plateauLevels)) }
        return mode.family == .codeAndSignal && random.chance(0.5) ? .dips : .code
    }

    /// Runs one episode to its end or a ticket.
    ///
    /// - Returns: whether it was a failure, and whether the oracle opened a ticket.
    static func run(
        _ mode: FailureMode, preset: FleetPreset, chance: Double, random: inout SeededRandom
    ) -> (isFailure: Bool, isOpened: Bool) {
        let share = FleetSignal.rememberedShare
        var remembered = share.squareRoot() * random.normal()
        var oracle = EpisodeOracle(mode: mode, chance: chance, remembered: remembered)
        let cause = cause(mode, chance: chance, random: &random)
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

    @Test("of the tickets that the oracle opens at most one in twenty is false")
    func keepsItsPromise() {
        var random = SeededRandom(1)
        var opened = 0
        var wrong = 0
        for mode in FailureMode.all {
            var found = 0
            var failures = 0
            for _ in 0..<400 {
                let (isFailure, isOpened) = Self.run(
                    mode, preset: .easy, chance: 0.2, random: &random)
                if isFailure { failures += 1 }
                if isOpened { opened += 1 }
                if isOpened, !isFailure { wrong += 1 }
                if isOpened, isFailure { found += 1 }
            }
            #expect(Double(found) > 0.6 * Double(failures), "\(mode.name): \(found) of \(failures)")
        }
        // Five in a hundred are promised; three standard deviations are granted to chance.
        let bound = 0.05 * Double(opened) + 3 * (0.05 * 0.95 * Double(opened)).squareRoot()
        #expect(Double(wrong) <= bound, "\(wrong) of \(opened)")
        #expect(opened > 400)
    }

    @Test("two trips weigh what their joint normal density weighs")
    func density() {
        let (memory, share) = (0.6, FleetSignal.rememberedShare)
        let (first, second, remembered) = (1.3, -0.4, 0.7)
        var oracle = EpisodeOracle(
            mode: FailureMode.all[0], chance: 0.1, remembered: remembered)
        let before = oracle.hypotheses[0].logWeight
        let path = DegradationPath(isJumping: false)
        for (residual, noise) in [(first, 0.8), (second, 2.5)] {
            let seen = EpisodeOracle.Observation(
                residual: residual, hasCode: false, isBad: false, load: 0.4, ambient: 10,
                memory: memory, noise: noise)
            _ = oracle.isConvinced(
                by: seen, mode: FailureMode.all[0], preset: .normal, path: path)
        }
        // What is remembered gains `fresh` a trip; each trip adds its own noise to it.
        let fresh = share * (1 - memory * memory)
        let a = fresh + (1 - share) * 0.8
        let b = fresh * (1 + memory * memory) + (1 - share) * 2.5
        let c = memory * fresh
        let x = first - memory * remembered
        let y = second - memory * memory * remembered
        let determinant = a * b - c * c
        let square = (b * x * x - 2 * c * x * y + a * y * y) / determinant
        let expected = before - 0.5 * (Elementary.log(determinant) + square)
        #expect((oracle.hypotheses[0].logWeight - expected).magnitude < 1e-12)
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
