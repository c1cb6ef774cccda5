import SpecialFunctions
import Testing

/// One to three arguments and what the function gives for them.
struct Row: Sendable {
    var arguments: [Double]
    var expected: Double

    init(_ numbers: Double...) {
        arguments = Array(numbers.dropLast())
        expected = numbers[numbers.count - 1]
    }
}

enum Tables {}

@Suite struct SpecialFunctionsTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var tolerance: Double
        var rows: [Row]
        var function: @Sendable ([Double]) -> Double

        init(
            _ name: String, within tolerance: Double, _ rows: [Row],
            _ function: @escaping @Sendable ([Double]) -> Double
        ) {
            (testDescription, self.tolerance, self.rows, self.function) =
                (name, tolerance, rows, function)
        }
    }

    static let cases: [Case] = [
        Case("exp", within: 3e-16, Tables.exp) { Elementary.exp($0[0]) },
        Case("expm1", within: 5e-16, Tables.expm1) { Elementary.expm1($0[0]) },
        Case("log", within: 3e-16, Tables.log) { Elementary.log($0[0]) },
        Case("log1p", within: 4e-16, Tables.log1p) { Elementary.log1p($0[0]) },
        Case("log1pMinus", within: 2e-15, Tables.log1pMinus) { Elementary.log1pMinus($0[0]) },
        Case("pow", within: 3e-15, Tables.pow) { Elementary.pow($0[0], $0[1]) },
        Case("sine", within: 1e-14, Tables.sine) { Elementary.sine(ofTurns: $0[0]) },
        Case("cosine", within: 1e-14, Tables.cosine) { Elementary.cosine(ofTurns: $0[0]) },
        Case("ln Γ", within: 4e-15, Tables.logGamma) { GammaFunction.log($0[0]) },
        Case("digamma", within: 3e-14, Tables.digamma) { GammaFunction.digamma($0[0]) },
        Case("erf", within: 1e-15, Tables.erf) { ErrorFunction.erf($0[0]) },
        Case("erfc", within: 3e-15, Tables.erfc) { ErrorFunction.erfc($0[0]) },
        Case("scaled erfc", within: 2e-15, Tables.scaledErfc) { ErrorFunction.scaledErfc($0[0]) },
        Case("normal tail", within: 2e-15, Tables.logSurvival) {
            NormalDistribution.logSurvival($0[0])
        },
        Case("normal quantile", within: 1e-14, Tables.quantile) {
            NormalDistribution.quantile($0[0])
        },
        Case("gamma below", within: 1e-12, Tables.gammaCDF) {
            GammaDistribution.cdf($0[0], shape: $0[1])
        },
        Case("gamma above", within: 1e-12, Tables.gammaSurvival) {
            GammaDistribution.survival($0[0], shape: $0[1])
        },
        Case("gamma quantile", within: 1e-12, Tables.gammaQuantile) {
            GammaDistribution.quantile($0[0], shape: $0[1])
        },
        Case("beta below", within: 1e-12, Tables.betaCDF) {
            BetaDistribution.cdf($0[0], $0[1], $0[2])
        },
        Case("beta above", within: 1e-12, Tables.betaSurvival) {
            BetaDistribution.survival($0[0], $0[1], $0[2])
        },
        Case("ln B", within: 1e-14, Tables.logBeta) { BetaDistribution.logBeta($0[0], $0[1]) },
        Case("beta quantile", within: 1e-12, Tables.betaQuantile) {
            BetaDistribution.quantile($0[0], $0[1], $0[2])
        },
        Case("t tail", within: 1e-12, Tables.studentLogSurvival) {
            StudentDistribution.logSurvival($0[0], degrees: $0[1])
        },
        Case("F above", within: 1e-12, Tables.fSurvival) {
            FDistribution.survival($0[0], $0[1], $0[2])
        },
    ]

    @Test("follows the table", arguments: cases) func table(case one: Case) {
        for row in one.rows {
            let found = one.function(row.arguments)
            let miss = (found - row.expected).magnitude
            #expect(
                miss <= one.tolerance * row.expected.magnitude,
                "\(row.arguments): \(found), not \(row.expected); off by \(miss / row.expected)")
        }
    }

    @Test("the ends of the ranges are exact") func ends() {
        #expect(Elementary.exp(0) == 1)
        #expect(Elementary.exp(-.infinity) == 0)
        #expect(Elementary.exp(710) == .infinity)
        #expect(Elementary.exp(.nan).isNaN)
        #expect(Elementary.log(0) == -.infinity)
        #expect(Elementary.log(-1).isNaN)
        #expect(Elementary.log(.infinity) == .infinity)
        #expect(Elementary.log1p(-1) == -.infinity)
        #expect(Elementary.expm1(-800) == -1)
        // Below the normal doubles a last place is all the precision there is.
        let small = Elementary.exp(-740)
        #expect(small == Double(bitPattern: 85), "\(small.bitPattern)")
        #expect(Elementary.log(Double(bitPattern: 1)) == -1074 * Elementary.log(2))
        #expect(Elementary.pow(-2, 3) == -8)
        #expect(Elementary.pow(-2, 0.5).isNaN)
        #expect(Elementary.pow(0, -1) == .infinity)
        #expect(Elementary.pow(-0.0, 3) == 0)
        #expect(Elementary.pow(.nan, 0) == 1)
        #expect(Elementary.pow(0.5, .infinity) == 0)
        #expect(Elementary.sine(ofTurns: 0.25) == 1)
        #expect(Elementary.cosine(ofTurns: 1e300) == 1)
        #expect(GammaFunction.log(1) == 0)
        #expect(GammaFunction.log(2) == 0)
        #expect(NormalDistribution.quantile(0.5) == 0)
        #expect(NormalDistribution.quantile(0) == -.infinity)
        #expect(NormalDistribution.quantile(1.5).isNaN)
        #expect(GammaDistribution.cdf(0, shape: 2) == 0)
        #expect(GammaDistribution.survival(.infinity, shape: 2) == 0)
        #expect(BetaDistribution.cdf(1, 2, 2) == 1)
        #expect(StudentDistribution.cdf(0, degrees: 5) == 0.5)
    }

    @Test("a logarithm of a sum neither overflows nor loses the small part") func logSumExp() {
        #expect(Elementary.logSumExp(1000, 1000) == 1000 + Elementary.log(2))
        #expect(Elementary.logSumExp(-.infinity, 3) == 3)
        #expect(Elementary.logSumExp([] as [Double]) == -.infinity)
        #expect(Elementary.logSumExp(0, -40) == Elementary.exp(-40))
        let three = Elementary.logSumExp([-2000, -2000, -2000])
        #expect((three - (-2000 + Elementary.log(3))).magnitude < 1e-12)
    }

    @Test("quantiles and tails undo each other, far out too") func inverses() {
        var logTail = -0.001
        while logTail > -1e6 {
            let z = NormalDistribution.quantile(logSurvival: logTail)
            let back = NormalDistribution.logSurvival(z)
            #expect((back / logTail - 1).magnitude < 1e-12, "\(logTail) gives \(z), \(back)")
            logTail *= 1.37
        }
        for shape in [0.05, 0.3, 0.9, 1.7, 4, 33, 5000] {
            for probability in [1e-9, 0.003, 0.2, 0.5, 0.77, 0.999] {
                let x = GammaDistribution.quantile(probability, shape: shape)
                let back = GammaDistribution.cdf(x, shape: shape)
                let isFaithful = (back / probability - 1).magnitude < 1e-11
                #expect(isFaithful || x < 1e-290, "shape \(shape): \(probability) gives \(back)")
            }
        }
    }

    @Test("the same bits come out as on the machine where they were written down") func bits() {
        // One number that depends on every function; a change of a last place anywhere shows.
        var digest: UInt64 = 14_695_981_039_346_656_037
        for one in Self.cases {
            for row in one.rows {
                digest = (digest ^ one.function(row.arguments).bitPattern) &* 1_099_511_628_211
            }
        }
        #expect(digest == 16_059_514_752_202_024_324, "\(digest)")
    }
}
