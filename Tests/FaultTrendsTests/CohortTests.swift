import FaultTrends
import SpecialFunctions
import Testing

@Suite struct CohortTests {
    static let shapes: [(name: String, number: @Sendable (inout Deviates) -> Double)] = [
        ("log-normal", { Elementary.exp(1.5 * $0.normal()) }),
        ("normal about 10", { 10 + $0.normal() }),
        ("two humps", { $0.uniform() < 0.5 ? $0.normal() : 8 + $0.normal() }),
        ("exponential", { $0.exponential() }),
        ("negative", { -5 - $0.exponential() }),
    ]

    @Test("a sketch's quantiles lie within 1 % of the exact ones", arguments: shapes.indices)
    func quantiles(index: Int) throws {
        var random = Deviates(600 + index)
        let numbers = (0..<5000).map { _ in Self.shapes[index].number(&random) }
        var sketch = QuantileSketch()
        for number in numbers { sketch.add(number) }
        let sorted = numbers.sorted()
        for q in [0, 0.01, 0.25, 0.5, 0.75, 0.95, 0.99, 1] {
            let exact = sorted[Int((q * 4999).rounded(.down))]
            let found = try #require(sketch.quantile(q))
            #expect(
                (found - exact).magnitude <= 0.01000001 * exact.magnitude,
                "\(Self.shapes[index].name), \(q): \(found), not \(exact)")
        }
    }

    /// Quantiles (1, 25, 50, 75, 95, 99 %) of samples that are lognormal, normal about 10, of two humps and
    /// exponential; exactly and as the package ddsketch 3.0.1 gives them.
    static let published: [[Double]] = [
        [0.029711046207642658, 0.02989192178449859],
        [0.36139749044521885, 0.3641885062120716],
        [0.986527568158111, 0.9900000000000001],
        [2.730537571755688, 2.745556169248641],
        [11.819368843600602, 11.822829145791063],
        [33.611058784522314, 33.45050904417027],
        [7.687022785763114, 7.614220887373002],
        [9.326497068960999, 9.30009239720775],
        [10.003289578811467, 10.074696689511441],
        [10.677989280420828, 10.697702536950287],
        [11.653587265848445, 11.58871371716154],
        [12.346483129298012, 12.305344364474509],
        [-2.0402509699262596, -2.0339376953853785],
        [0.009831525455275275, 0.009752765968826068],
        [4.089613618304718, 4.095943117534242],
        [7.992905015274311, 7.924973703917148],
        [9.282954683424467, 9.30009239720775],
        [10.062268327193097, 10.074696689511441],
        [0.009901844117588914, 0.009949791543953868],
        [0.28718149931704745, 0.2864785336916676],
        [0.6900442098700189, 0.6906912739679639],
        [1.3791835977042466, 1.39091387920514],
        [2.980050191520988, 2.974233423476717],
        [4.559905741978062, 4.526732305578894],
    ]

    @Test("its buckets are the published ones") func buckets() throws {
        for row in Self.published {
            // Each quantile falls into the bucket that the package put it into, and into its middle.
            for number in row {
                var sketch = QuantileSketch()
                sketch.add(number)
                expectNear(
                    try #require(sketch.quantile(0.5)), row[1], within: 1e-9, "bucket of \(number)")
            }
            expectNear(row[0], row[1], within: 0.01 / 0.99, "\(row)")
        }
    }

    @Test("sketches merge in any order to the same") func merge() {
        var random = Deviates(8)
        var whole = QuantileSketch()
        var parts = [QuantileSketch](repeating: QuantileSketch(), count: 6)
        for number in 0..<3000 {
            let value = number % 50 == 0 ? 0 : random.normal() * Elementary.exp(3 * random.normal())
            whole.add(value)
            parts[number % 6].add(value)
        }
        var forwards = QuantileSketch()
        var backwards = QuantileSketch()
        for part in parts { forwards.merge(part) }
        for part in parts.reversed() { backwards.merge(part) }
        #expect(forwards == whole)
        #expect(backwards == whole)
        #expect(whole.count == 3000)
    }

    @Test("a vehicle's place in its cohort is no smaller than it really is") func conformal() {
        var random = Deviates(9)
        var sketch = QuantileSketch()
        for _ in 0..<999 { sketch.add(random.normal()) }
        #expect(sketch.conformalP(-100) == 1)
        #expect(sketch.conformalP(100) == 1.0 / 1000)
        // Over many fresh vehicles of the cohort, p at or below .05 comes in at most 5 % of them.
        var small = 0
        for _ in 0..<4000 where sketch.conformalP(random.normal()) <= 0.05 { small += 1 }
        #expect((100...260).contains(small), "\(small) of 4000")
    }

    @Test("evidence from chances is the published one, and worth 1 on average") func calibrator() {
        for (p, e) in zip(CheckTables.pValues, CheckTables.calibrated) {
            expectNear(Elementary.exp(Calibrator.logEvidence(pValue: p)), e, within: 1e-9, "\(p)")
        }
        // ∫ κ p^(κ-1) dp over a fine grid in ln p.
        var sum = 0.0
        for step in 0..<4000 {
            let logP = -0.005 - 0.01 * Double(step)
            sum +=
                Elementary.exp(
                    Calibrator.logEvidence(pValue: Elementary.exp(logP), kappa: 0.3) + logP) * 0.01
        }
        expectNear(sum, 1, within: 1e-3, "mean evidence")
        #expect(Calibrator.lookBack(logMaximum: -5) == Elementary.log(0.1))
    }

    @Test("the distance from the cohort is the published one") func distance() throws {
        let apart = zip(CheckTables.distanceOf, CheckTables.distanceMean).map { $0 - $1 }
        let squared = try #require(
            CohortDistance.squaredDistance(
                apart, covariance: CheckTables.distanceCovariance, size: 3))
        expectNear(squared, CheckTables.distance[0], within: 1e-9, "squared")
        let p = CohortDistance.pValue(squared: squared, size: 3, count: Self.distanceCount)
        expectNear(p, CheckTables.distance[1], within: 1e-9, "chance")
        // As if mean and covariance were known, which makes too much of it.
        let known = ChiSquareDistribution.survival(squared, degrees: 3)
        expectNear(known, CheckTables.distance[2], within: 1e-9, "chance by chi-square")
    }

    /// Vehicles behind the published covariance.
    static let distanceCount = 50.0

    @Test("a vehicle whose signals no longer go together stands out; single signals do not show it")
    func brokenCorrelation() throws {
        // Two signals that follow the load, with a fifth of its scatter of their own.
        let covariance = CohortDistance.shrunk([1.04, 1, 1.04], size: 2)
        func chance(_ signals: [Double]) throws -> Double {
            let squared = try #require(
                CohortDistance.squaredDistance(signals, covariance: covariance, size: 2))
            return CohortDistance.pValue(squared: squared, size: 2, count: 500)
        }
        #expect(try chance([1.5, -1.5]) < 1e-9)
        #expect(try chance([1.5, 1.6]) > 0.1)
        // Signals of which one follows from the other have a distance only because that is not quite
        // believed; those that never move have none.
        let same = CohortDistance.shrunk([1, 1, 1], size: 2, by: 0)
        #expect(CohortDistance.squaredDistance([2, 2], covariance: same, size: 2) == nil)
        let still = CohortDistance.shrunk([0, 0, 0], size: 2)
        #expect(CohortDistance.squaredDistance([2, 2], covariance: still, size: 2) == nil)
    }
}
