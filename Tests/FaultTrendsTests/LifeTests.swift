import FaultTrends
import SpecialFunctions
import Testing

@Suite struct LifeTests {
    private func lives(_ rows: [[Double]]) -> [ObservedLife] {
        rows.flatMap { row in
            repeatElement(ObservedLife(end: row[0], hasFailed: row[1] == 1), count: Int(row[2]))
        }
    }

    @Test("public data sets give the published fits", arguments: LifeTables.expected.indices)
    func fits(index: Int) throws {
        let row = LifeTables.expected[index]
        let fit = try #require(LifeFit(lives(row.rows)))
        let bounds = fit.interval(0.95)
        let found = [
            fit.life.shape, fit.life.scale, fit.logLikelihood, fit.shapeVariance, fit.covariance,
            fit.scaleVariance,
        ]
        for (place, value) in found.enumerated() {
            expectNear(value, row.fit[place], within: 1e-6, "\(row.name), number \(place)")
        }
        // The stress test: 10 failures of 4082. There `reliability` stops at a lower likelihood, and second
        // differences are off by up to 3 % in the bounds of a scale of 10²¹.
        let isStress = row.name == "electronics"
        let limits = [
            bounds.shape.lowerBound, bounds.shape.upperBound, bounds.scale.lowerBound,
            bounds.scale.upperBound,
        ]
        for (value, expected) in zip(limits, row.bounds) {
            expectNear(value, expected, within: 1e-6, "\(row.name), bounds")
        }
        for (value, expected) in zip(found, row.packages[..<3]) {
            expectNear(value, expected, within: 2e-6, "\(row.name), lifelines")
        }
        if isStress {
            #expect(fit.logLikelihood > row.packages[5])
        } else {
            for (value, expected) in zip(found[..<3] + limits, row.packages[3...]) {
                expectNear(value, expected, within: 3e-6, "\(row.name), reliability")
            }
        }
        for (value, expected) in zip(found[3...] + limits, row.differences) {
            expectNear(
                value, expected, within: isStress ? 0.04 : 2e-4, "\(row.name), second differences")
        }
        if row.name == "lung" {
            // R's survreg: intercept and scale of the logarithm.
            expectNear(Elementary.log(fit.life.scale), 6.0349039, within: 1e-7, "survreg")
            expectNear(1 / fit.life.shape, 0.7593936, within: 1e-6, "survreg")
            expectNear(fit.logLikelihood, -1153.851, within: 1e-6, "survreg")
        }
        let chance = fit.life.chanceOfFailure(within: row.chance[1], atAge: row.chance[0])
        expectNear(chance, row.chance[2], within: 1e-6, "\(row.name), chance")
        expectNear(fit.life.age(atShare: 0.1), row.chance[3], within: 1e-6, "\(row.name), 10 %")
        expectNear(fit.life.mean, row.chance[4], within: 1e-6, "\(row.name), mean")
    }

    @Test("lives that began unwatched are not taken for lives from new") func truncation() throws {
        let rows = LifeTables.leftTruncated
        let fit = try #require(
            LifeFit(rows.map { ObservedLife(start: $0[0], end: $0[1], hasFailed: $0[2] == 1) }))
        expectNear(fit.life.shape, LifeTables.leftTruncatedFit[0], within: 1e-6, "shape")
        expectNear(fit.life.scale, LifeTables.leftTruncatedFit[1], within: 1e-6, "scale")
        let naive = try #require(
            LifeFit(rows.map { ObservedLife(end: $0[1], hasFailed: $0[2] == 1) }))
        #expect(naive.life.shape > 1.2 * fit.life.shape)
    }

    /// Lives of a fleet of known wear, many of them begun unwatched.
    private func fleet(_ count: Int, seed: Int) -> [ObservedLife] {
        var random = Deviates(seed)
        var lives: [ObservedLife] = []
        while lives.count < count {
            let age = 150_000 * Elementary.pow(random.exponential(), 1 / 2.5)
            let start = (120_000 * random.uniform()).rounded()
            let end = start + (60_000 * random.uniform()).rounded() + 1
            guard age > start else { continue }
            lives.append(
                ObservedLife(start: start, end: min(age.rounded(.up), end), hasFailed: age <= end))
        }
        return lives
    }

    @Test("64 bins of a fleet tell what its single lives tell") func binned() throws {
        let lives = fleet(4000, seed: 5)
        var histogram = LifeHistogram()
        for life in lives {
            histogram.add(from: Int(life.start), to: Int(life.end), hasFailed: life.hasFailed)
        }
        let exact = try #require(LifeFit(lives))
        let binned = try #require(histogram.fit)
        #expect(binned.failures == exact.failures)
        expectNear(binned.life.shape, exact.life.shape, within: 0.02, "shape")
        expectNear(binned.life.scale, exact.life.scale, within: 0.01, "scale")
        expectNear(binned.shapeVariance, exact.shapeVariance, within: 0.1, "its variance")
        expectNear(exact.life.shape, 2.5, within: 0.1, "the truth")
        expectNear(exact.life.scale, 150_000, within: 0.03, "the truth")
        // Taken for lives from new they seem to wear by half as much again, as published of such a fleet.
        let naive = try #require(
            LifeFit(lives.map { ObservedLife(end: $0.end, hasFailed: $0.hasFailed) }))
        expectNear(naive.life.shape / exact.life.shape, 3.5857 / 2.5828, within: 0.1, "naive shape")
        expectNear(naive.life.scale / exact.life.scale, 163_256.0 / 150_079, within: 0.1, "scale")
        let total = lives.reduce(0) { $0 + Int64($1.end - $1.start) }
        #expect(histogram.exposure.reduce(0, +) == total)
    }

    @Test("histograms merge in any order to the same") func merge() {
        let lives = fleet(500, seed: 9)
        var whole = LifeHistogram()
        var parts = [LifeHistogram](repeating: LifeHistogram(), count: 5)
        for (index, life) in lives.enumerated() {
            whole.add(from: Int(life.start), to: Int(life.end), hasFailed: life.hasFailed)
            parts[index % 5].add(
                from: Int(life.start), to: Int(life.end), hasFailed: life.hasFailed)
        }
        var merged = LifeHistogram()
        for part in parts.reversed() { merged.merge(part) }
        #expect(merged == whole)
    }

    @Test("every age has its bin, borders included") func bins() {
        for bin in 0..<LifeHistogram.bins {
            let end = LifeHistogram.end(of: bin)
            #expect(LifeHistogram.bin(of: end) == bin)
            #expect(LifeHistogram.bin(of: end * 1.0001) == min(bin + 1, LifeHistogram.bins - 1))
        }
        #expect(LifeHistogram.bin(of: 0) == 0)
        #expect(LifeHistogram.bin(of: 1e9) == LifeHistogram.bins - 1)
    }

    @Test("with few failures the shape is held, then drawn, towards what is usual")
    func fewFailures()
        throws
    {
        let healthy = (0..<50).map { _ in ObservedLife(end: 50_000, hasFailed: false) }
        let two = healthy + [30_000, 40_000].map { ObservedLife(end: $0, hasFailed: true) }
        let held = try #require(LifeFit(two))
        #expect(held.isShapeGiven)
        expectNear(held.life.shape, 2, within: 1e-12, "held shape")
        let four = two + [41_000, 42_000].map { ObservedLife(end: $0, hasFailed: true) }
        let drawn = try #require(LifeFit(four))
        #expect(!drawn.isShapeGiven)
        #expect((2...6).contains(drawn.life.shape), "\(drawn.life.shape)")
        #expect(LifeFit(healthy) == nil)
        #expect(LifeFit([]) == nil)
        let bounds = held.intervalOfChance(within: 10_000, atAge: 50_000, 0.9)
        let chance = held.life.chanceOfFailure(within: 10_000, atAge: 50_000)
        #expect(bounds.contains(chance))
        #expect(bounds.lowerBound > 0)
        #expect(bounds.upperBound < 1)
    }

    @Test("intervals of 90 % hold the true chance nine times in ten") func coverage() {
        let truth = LifeDistribution(shape: 2.5, scale: 150_000)
            .chanceOfFailure(within: 15_000, atAge: 90_000)
        var held = 0
        let fleets = 60
        for seed in 0..<fleets {
            let fit = LifeFit(fleet(150, seed: 300 + seed))
            if let fit, fit.intervalOfChance(within: 15_000, atAge: 90_000, 0.9).contains(truth) {
                held += 1
            }
        }
        #expect((46...60).contains(held), "held \(held) of \(fleets)")
    }
}
