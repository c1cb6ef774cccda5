import FaultTrends
import SpecialFunctions
import Testing
import VehicleFaults

/// How long checks stay quiet where nothing is wrong, and how soon they speak where something is.
@Suite struct InControlTests {
    private func hour(_ number: Int) -> EventTime {
        EventTime(milliseconds: Int64(number) * 3_600_000)
    }

    /// Dependence; the published mean run length of whitened values, of which 465.44 is the exact one.
    static let whitened: [(dependence: Double, length: Double)] = [
        (0, 469.1666666666667), (0.25, 457.80966666666666), (0.5, 453.71733333333333),
        (0.7, 461.891), (0.9, 460.2013333333333),
    ]

    @Test(
        "a check's own deviates run as long as independent ones, whatever the dependence",
        arguments: whitened)
    func runLength(phi: Double, published: Double) {
        expectNear(published, 465.4435, within: 0.03, "the published simulation")
        let settings = DriftSettings(.level, harmless: 1)
        let noise = (1 - phi * phi).squareRoot()
        let limits = [4.0, 5]
        let (streams, learned, judged) = (48, 5000, 7000)
        var signals = limits.map { _ in [Double](repeating: 0, count: streams) }
        for stream in 0..<streams {
            var random = Deviates(17_000 + stream)
            var (check, value) = (DriftCheck(), random.normal())
            var charts = limits.map { _ in CumulativeSumChart() }
            for number in 0..<learned + judged {
                let deviate = number >= learned ? check.deviate(of: value, settings) : 0
                _ = check.add(value, at: hour(number), follows: false, settings)
                value = phi * value + noise * random.normal()
                guard number >= learned, let deviate else { continue }
                for (place, limit) in limits.enumerated() {
                    let told = charts[place].add(deviate, slack: 0.5, limit: limit)
                    if told != nil { signals[place][stream] += 1 }
                }
            }
        }
        for (counts, nominal) in zip(signals, [167.6838, 465.4435]) {
            let n = Double(streams)
            let mean = counts.reduce(0, +) / n
            let squares = counts.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            let error = (squares / (n * (n - 1))).squareRoot() / mean
            // One in twenty and three standard errors. By the trail alone, as it was once, 200 to 530.
            expectNear(
                Double(judged) / mean, nominal, within: 0.05 + 3 * error, "dependence \(phi)")
            #expect(error < 0.05, "too few streams to tell: \(error)")
        }
    }

    /// Evidence for a rise; published mean readings until it is reached, for one by 1 and by 2 deviations,
    /// and the share of streams that had not reached it before.
    static let delays: [[Double]] = [
        [20, 30.581096369433304, 10.817990016981422, 0.9723],
        [1e3, 38.36350898263524, 13.41747572815534, 0.99915],
        [1e6, 52.291564578228915, 18.02785, 0.99995],
    ]

    @Test("evidence for a shift after a thousand readings comes as soon as published")
    func delay() {
        for (place, shift) in [1.0, 2].enumerated() {
            let paths = place == 0 ? 1500 : 700
            var sums = Self.delays.map { _ in (paths: 0, readings: 0) }
            for path in 0..<paths {
                var random = Deviates(25_000 + path)
                var evidence = ChangePointEvidence()
                var isReached = Self.delays.map { _ in false }
                var number = 0
                while isReached.contains(false) {
                    number += 1
                    let (u, n) = (random.normal() + (number > 1000 ? shift : 0), Double(number))
                    evidence.add(u, number: n, size: 1)
                    let e = Elementary.exp(evidence.logValue(after: n))
                    for (row, delay) in Self.delays.enumerated()
                    where !isReached[row] && e >= delay[0] {
                        isReached[row] = true
                        // One that comes before the shift is a false alarm and no delay.
                        guard number > 1000 else { continue }
                        sums[row].paths += 1
                        sums[row].readings += number - 1000
                    }
                }
            }
            for (sum, row) in zip(sums, Self.delays) {
                let mean = Double(sum.readings) / Double(sum.paths)
                expectNear(mean, row[place + 1], within: 0.03, "shift \(shift), \(row[0])")
                let share = Double(sum.paths) / Double(paths)
                #expect((share - row[3]).magnitude < 3 * error(row[3], paths) + 1e-3)
            }
        }
    }

    private func error(_ share: Double, _ count: Int) -> Double {
        (share * (1 - share) / Double(count)).squareRoot()
    }

    @Test("in control, evidence for a rise is as rare as published") func rare() {
        let published = [20: 0.02895, 1e3: 0.0006, 1e6: 0]
        var reached: [Double: Int] = [:]
        for path in 0..<1000 {
            var random = Deviates(27_000 + path)
            var evidence = ChangePointEvidence()
            var largest = 0.0
            for number in 1...2000 {
                evidence.add(random.normal(), number: Double(number), size: 1)
                largest = max(largest, evidence.logValue(after: Double(number)))
            }
            for limit in published.keys where largest >= Elementary.log(limit) {
                reached[limit, default: 0] += 1
            }
        }
        for (limit, share) in published {
            let found = Double(reached[limit] ?? 0) / 1000
            #expect(found <= 1 / limit, "\(limit)")
            #expect((found - share).magnitude <= 3 * error(share, 1000), "\(limit): \(found)")
        }
    }
}
