import Testing

@testable import FleetSimulation

@Suite struct DegradationPathTests {
    @Test(
        "a path breaks at its end and not before, in whatever steps it is walked",
        arguments: [false, true])
    func arrives(isJumping: Bool) {
        for seed in UInt64(0)..<200 {
            var random = SeededRandom(seed)
            var path = DegradationPath(isJumping: isJumping)
            var progress = 0.0
            var before = 0.0
            while progress < 1 {
                #expect(path.level < 1, "seed \(seed)")
                if isJumping { #expect(path.level >= before, "seed \(seed)") }
                before = path.level
                progress += random.number(in: 0.005...0.1)
                path.advance(to: progress, pace: 1, random: &random)
                #expect(path.highest >= path.level, "seed \(seed)")
            }
            #expect((path.level - 1).magnitude < 1e-9, "seed \(seed)")
        }
    }

    @Test("distances to failure are inverse Gaussian with half their mean as deviation")
    func lengths() {
        let (mean, variance) = DrawsTests.moments(9) {
            DegradationPath.length(mean: 500, random: &$0)
        }
        #expect((mean / 500 - 1).magnitude < 0.02)
        #expect((variance / (250 * 250) - 1).magnitude < 0.1)
    }

    @Test("a Wiener path is as rough as its first passage demands, however long it is")
    func roughness() {
        // The quadratic variation over the whole way is variance a kilometre times its length.
        for pace in [0.5, 1, 2] {
            var random = SeededRandom(21)
            var sum = 0.0
            let runs = 60
            for _ in 0..<runs {
                var path = DegradationPath(isJumping: false)
                for step in 1...200 {
                    let before = path.level
                    path.advance(to: Double(step) / 200, pace: pace, random: &random)
                    sum += (path.level - before) * (path.level - before)
                }
            }
            let expected = DegradationPath.variation / pace
            #expect((sum / Double(runs) / expected - 1).magnitude < 0.12, "pace \(pace)")
        }
    }
}
