import Testing

@testable import FleetSimulation

@Suite struct DrawsTests {
    static let draws = 10_000

    /// Mean and variance of draws.
    static func moments(_ seed: UInt64, _ draw: (inout SeededRandom) -> Double) -> (
        mean: Double, variance: Double
    ) {
        var random = SeededRandom(seed)
        var sum = 0.0
        var squares = 0.0
        for _ in 0..<draws {
            let value = draw(&random)
            sum += value
            squares += value * value
        }
        let mean = sum / Double(draws)
        return (mean, squares / Double(draws) - mean * mean)
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var mean: Double
        var variance: Double
        var draw: @Sendable (inout SeededRandom) -> Double
    }

    // Mean and variance of each distribution, from its textbook formula.
    static let rows: [Row] = [
        Row(testDescription: "exponential", mean: 1, variance: 1) { $0.exponential() },
        Row(testDescription: "normal", mean: 0, variance: 1) { $0.normal() },
        Row(testDescription: "the other normal of a pair", mean: 0, variance: 1) {
            $0.normals().1
        },
        Row(testDescription: "gamma 0.4", mean: 0.4, variance: 0.4) { $0.gamma(0.4) },
        Row(testDescription: "gamma 3", mean: 3, variance: 3) { $0.gamma(3) },
        Row(testDescription: "beta 4, 2", mean: 4.0 / 6, variance: 8.0 / (36 * 7)) {
            $0.beta(4, 2)
        },
        Row(testDescription: "inverse Gaussian 3, 12", mean: 3, variance: 27.0 / 12) {
            $0.inverseGaussian(mean: 3, shape: 12)
        },
        Row(testDescription: "log-normal 1, 0.5", mean: 1.13315, variance: 0.36470) {
            $0.logNormal(median: 1, spread: 0.5)
        },
    ]

    @Test("has the mean and the variance of its distribution", arguments: rows)
    func moments(row: Row) {
        let (mean, variance) = Self.moments(11, row.draw)
        let error = (row.variance / Double(Self.draws)).squareRoot()
        #expect((mean - row.mean).magnitude < 4 * error)
        #expect((variance / row.variance - 1).magnitude < 0.15)
    }

    @Test("noise of heavy tails is Student's t with 4 degrees of freedom, scaled to variance 1")
    func heavyTails() {
        var random = SeededRandom(5)
        let draws = 20_000
        var beyond = 0
        var far = 0
        for _ in 0..<draws {
            let value = (random.heavyTailVariance().squareRoot() * random.normal()).magnitude
            // P(|t4| > 2.1318) = 0.1 and P(|t4| > 4.6041) = 0.01; ours is t4/√2.
            if value > 2.1318 / 2.0.squareRoot() { beyond += 1 }
            if value > 4.6041 / 2.0.squareRoot() { far += 1 }
        }
        #expect((Double(beyond) / Double(draws) - 0.1).magnitude < 0.009)
        #expect((Double(far) / Double(draws) - 0.01).magnitude < 0.003)
    }
}
