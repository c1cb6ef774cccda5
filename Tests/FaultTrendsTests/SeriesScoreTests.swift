import FaultTrends
import SpecialFunctions
import Testing

@Suite struct SeriesScoreTests {
    /// Ten days of five-minute values: warm by day and cold by night, with noise.
    private func days(_ count: Int, seed: Int, noise: Double = 1) -> [Double] {
        var random = Deviates(seed)
        return (0..<count * 288).map { row in
            20 + 10 * Elementary.sine(ofTurns: Double(row % 288) / 288) + noise * random.normal()
        }
    }

    private func scores(_ values: [Double]) -> [Double] {
        var series = SeriesScore()
        return values.enumerated().map { series.add($1, second: Int64($0) * 300) }
    }

    @Test("a score depends on the rows before it and on nothing after") func causal() {
        let values = days(6, seed: 1)
        let all = scores(values)
        let first = scores(Array(values.prefix(1000)))
        #expect(Array(all.prefix(1000)) == first)
        #expect(all.allSatisfy { (0..<1).contains($0) })
    }

    @Test("a night that is as warm as a day is the most unusual hour of ten days") func season()
        throws
    {
        var values = days(10, seed: 2)
        // No value leaves the usual range; only the time is wrong.
        for row in 2500..<2560 { values[row] = 29 }
        let found = scores(values)
        let highest = try #require(found.indices.dropFirst(600).max { found[$0] < found[$1] })
        #expect((2500..<2560).contains(highest), "row \(highest)")
        #expect(found[highest] > 0.5)
    }

    @Test("a slow rise far below the noise is found by the long average") func slowShift() {
        var random = Deviates(3)
        let values = (0..<4000).map { row in random.normal() + (row >= 3000 ? 1.5 : 0) }
        let found = scores(values)
        let before = found[500..<3000].max() ?? 1
        let after = found[3000..<3060].max() ?? 0
        #expect(after > before, "\(after) after, \(before) before")
        #expect(after > 0.5)
    }

    @Test("a line that never moves says nothing, and its first move a lot") func flat() {
        var values = [Double](repeating: 45, count: 3000)
        #expect(scores(values).allSatisfy { $0 == 0 })
        values[2000] = 46
        let found = scores(values)
        #expect(found[..<2000].allSatisfy { $0 == 0 })
        #expect(found[2000] > 0.5)
    }

    @Test("one disturbance is reported once") func latch() {
        var values = days(8, seed: 4)
        for row in 1800..<1830 { values[row] += 40 }
        let found = scores(values)
        let loud = (1800..<2100).filter { found[$0] > 0.5 }
        #expect(!loud.isEmpty)
        #expect(loud.count < 10, "\(loud.count) rows")
    }

    @Test("noise without shape seldom reaches one half") func noise() {
        var random = Deviates(5)
        let found = scores((0..<20_000).map { _ in random.normal() })
        // Once in a thousand for each of four averages that resemble each other, less what the latch
        // keeps back.
        let loud = found.filter { $0 > 0.5 }.count
        #expect(loud < 40, "\(loud) of 20000")
    }
}
