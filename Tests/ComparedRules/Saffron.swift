import SpecialFunctions

/// How wealth is spread over tests: j^-1.6, which sums to 1 (Javanmard and Montanari 2018).
func share(_ j: Int) -> Double { j < shares.count ? shares[j] : spread(j) }

private func spread(_ j: Int) -> Double { 0.437_490_165_8 * Elementary.pow(Double(j), -1.6) }
private let shares: [Double] = [0] + (1...40_001).map(spread)

/// SAFFRON (Ramdas, Zrnic, Wainwright and Jordan 2018) with λ = ½, for independent tests only.
public struct Saffron: Sendable {
    private let target = 0.05
    private let wealth = 0.025
    private let candidate = 0.5
    private var tests = 0
    private var candidates = 0
    /// When each finding was made: tests and candidates so far.
    private var found: [(tests: Int, candidates: Int)] = []

    public init() {}

    /// Tests the next p-value at the level that the ones before left it.
    public mutating func test(_ p: Double) -> (level: Double, isFound: Bool) {
        func part(_ since: (tests: Int, candidates: Int)) -> Double {
            share(tests + 1 - since.tests - (candidates - since.candidates))
        }
        var level = wealth * part((0, 0))
        for (place, one) in found.enumerated() {
            level += (place == 0 ? target - wealth : target) * part(one)
        }
        level = min((1 - candidate) * level, candidate)
        tests += 1
        if p <= candidate { candidates += 1 }
        if p <= level { found.append((tests, candidates)) }
        return (level, p <= level)
    }
}
