import FaultTrends
import SpecialFunctions
import Testing
import VehicleFaults

/// What the check that the daemon runs promises of streams in which nothing goes further than is harmless.
@Suite struct PromiseTests {
    private func hour(_ number: Int) -> EventTime {
        EventTime(milliseconds: Int64(number) * 3_600_000)
    }

    /// A stream of variance 1 in which each value takes over a share of the last one.
    private struct Stream {
        var random: Deviates
        let share: Double
        let isHeavy: Bool
        var value: Double

        init(_ share: Double, seed: Int, isHeavy: Bool = false) {
            random = Deviates(seed)
            (self.share, self.isHeavy) = (share, isHeavy)
            value = random.normal()
        }

        mutating func next() -> Double {
            let noise = isHeavy ? random.heavy() : random.normal()
            value = share * value + (1 - share * share).squareRoot() * noise
            return value
        }
    }

    /// The most of `count` streams that may show evidence of 20: more would be seen once in a thousand times
    /// if one in twenty did.
    private func most(of count: Int) -> Int {
        (0...count).first { BetaDistribution.cdf(0.05, Double($0) + 1, Double(count - $0)) < 0.001 }
            ?? count
    }

    @Test("the bound is the binomial one") func bound() {
        // P(X ≥ 28) is 0.0013 and P(X ≥ 29) 0.0006 for 300 draws at 0.05 (the sum of the terms).
        #expect(most(of: 300) == 28)
    }

    static let levels: [(share: Double, isHeavy: Bool)] = [
        (0, false), (0.25, false), (0.5, false), (0.9, false), (0, true), (0.5, true),
    ]
    @Test(
        "a rise that is only just harmless seldom shows evidence of 20", arguments: levels.indices)
    func level(index: Int) {
        let (share, isHeavy) = Self.levels[index]
        // In own deviations, and from when on; the own level is not known well by then.
        for (rise, from, length, opensMany) in [(1.0, 90, 300, true), (0.5, 60, 300, false)] {
            let settings = DriftSettings(.level, harmless: rise)
            var (reached, opened) = (0, 0)
            for seed in 0..<300 {
                var stream = Stream(share, seed: 10_000 + seed, isHeavy: isHeavy)
                var check = DriftCheck()
                var largest = 0.0
                for number in 0..<length {
                    _ = check.add(
                        stream.next() + (number >= from ? rise : 0), at: hour(number),
                        follows: false, settings)
                    largest = max(largest, check.logEvidence)
                }
                if largest >= Elementary.log(20) { reached += 1 }
                if check.isOpen { opened += 1 }
            }
            #expect(reached <= most(of: 300), "\(reached) of 300, \(opened) opened")
            #expect(!opensMany || opened > 10, "only \(opened) were put to the test")
        }
    }

    @Test(
        "neither does a scatter, however readings hang together and whatever their noise",
        arguments: levels.indices)
    func scatter(index: Int) {
        let (share, isHeavy) = Self.levels[index]
        let settings = DriftSettings(.scatter, harmless: 1.5)
        var (reached, opened) = (0, 0)
        for seed in 0..<300 {
            var stream = Stream(share, seed: 20_000 + seed, isHeavy: isHeavy)
            var (check, noise) = (DriftCheck(), Deviates(21_000 + seed))
            var (largest, extra) = (0.0, 0.0)
            for number in 0..<300 {
                // Half again its own usual scatter, as noise without memory.
                if number == 90 { extra = 1.25.squareRoot() * check.ownDeviation }
                _ = check.add(
                    stream.next() + extra * noise.normal(), at: hour(number), follows: false,
                    settings)
                largest = max(largest, check.logEvidence)
            }
            if largest >= Elementary.log(20) { reached += 1 }
            if check.isOpen { opened += 1 }
        }
        #expect(reached <= most(of: 300), "\(reached) of 300, \(opened) opened")
        #expect(opened > 10, "only \(opened) were put to the test")
    }

    @Test("nor a code that comes as often as it may", arguments: [0.05, 0.14, 0.4])
    func share(harmless: Double) {
        let settings = DriftSettings(.share, harmless: harmless)
        var (reached, opened) = (0, 0)
        for seed in 0..<300 {
            var (random, check) = (Deviates(30_000 + seed), DriftCheck())
            var largest = 0.0
            for number in 0..<300 {
                check.count(hasCode: random.uniform() < harmless, at: hour(number), settings)
                largest = max(largest, check.logEvidence)
            }
            if largest >= Elementary.log(20) { reached += 1 }
            if check.isOpen { opened += 1 }
        }
        #expect(reached <= most(of: 300), "\(reached) of 300, \(opened) opened")
        #expect(opened > 10, "only \(opened) were put to the test")
    }

    @Test(
        "nor a signal that is off by what is harmless whenever a code comes",
        arguments: levels.indices)
    func pair(index: Int) {
        let (share, isHeavy) = Self.levels[index]
        let settings = DriftSettings(.pair, harmless: 1)
        var (reached, opened) = (0, 0)
        for seed in 0..<300 {
            var stream = Stream(share, seed: 40_000 + seed, isHeavy: isHeavy)
            var (check, codes) = (DriftCheck(), Deviates(41_000 + seed))
            var largest = 0.0
            for number in 0..<300 {
                let hasCode = codes.uniform() < 0.1
                _ = check.add(
                    stream.next() + (hasCode ? 1 : 0), hasCode: hasCode, at: hour(number),
                    follows: false, settings)
                largest = max(largest, check.logEvidence)
            }
            if largest >= Elementary.log(20) { reached += 1 }
            if check.isOpen { opened += 1 }
        }
        #expect(reached <= most(of: 300), "\(reached) of 300, \(opened) opened")
        #expect(opened > 10, "only \(opened) were put to the test")
    }

    @Test("while something is suspected the past is left alone, and learned again when it is over")
    func frozen() {
        let settings = DriftSettings(.level, harmless: 1)
        for share in [0, 0.5, 0.9] {
            var stream = Stream(share, seed: 50)
            var check = DriftCheck()
            for number in 0..<1000 {
                _ = check.add(stream.next(), at: hour(number), follows: false, settings)
            }
            var (frozen, level, deviation, depends) = (0, 0.0, 0.0, 0.0)
            for number in 1000..<1400 {
                let wasSuspicious = check.isSuspicious
                (level, deviation, depends) = (
                    check.ownLevel, check.ownDeviation, check.response
                )
                _ = check.add(stream.next() + 4, at: hour(number), follows: false, settings)
                guard wasSuspicious, check.isSuspicious else { continue }
                frozen += 1
                #expect(
                    check.ownLevel == level && check.ownDeviation == deviation
                        && check.response == depends, "reading \(number) at \(share)")
            }
            #expect(frozen > 300, "frozen for \(frozen) of 400 at \(share)")
            #expect(check.ownLevel < 0.8 && check.logEvidence > 12, "\(check.ownLevel) at \(share)")
            // The sum sinks by half a deviate a reading, so it takes longer than the shift lasted.
            var number = 1400
            while check.isSuspicious, number < 6000 {
                _ = check.add(stream.next(), at: hour(number), follows: false, settings)
                number += 1
            }
            _ = check.add(stream.next(), at: hour(number), follows: false, settings)
            #expect(!check.isSuspicious && check.ownLevel != level, "at \(share)")
        }
    }
}
