import FaultRules
import FaultTrends
import Testing
import VehicleFaults

@testable import FleetWatch

/// Which vehicles a vehicle is compared with, where a fleet's knowledge is kept by kind.
@Suite struct KindTests {
    private static let vehicles = ["1HGCM82633A004352", "1FTFW1ET5DFC10312"]

    private static func vehicle(_ number: Int) throws -> VehicleID {
        try #require(VehicleID(vehicles[number]))
    }

    private static func kind(_ number: Int) throws -> UInt64 {
        CohortWork.kind(of: try vehicle(number))
    }

    @Test("a rank is among the own kind, or among all where that tells fewer than 50 values")
    func ranks() throws {
        let (own, other) = (try Self.kind(0), try Self.kind(1))
        #expect(own != other)
        for (count, median) in [(50, 100.0), (49, 1)] {
            var known = RankKnowledge()
            var (mine, others) = (QuantileSketch(), QuantileSketch())
            for _ in 0..<count { mine.add(100) }
            for _ in 0..<80 { others.add(1) }
            known.add([own: mine, other: others])
            #expect(known.distances(of: own) == nil, "nothing is published yet")
            known.publish()
            let found = try #require(known.distances(of: own)?.quantile(0.5))
            #expect((found / median - 1).magnitude < 0.02, "\(count) vehicles")
            let same = try #require(known.distances(of: other)?.quantile(0.5))
            #expect((same - 1).magnitude < 0.02)
        }
        var small = RankKnowledge()
        var few = QuantileSketch()
        for _ in 0..<30 { few.add(5) }
        small.add([own: few])
        small.publish()
        #expect(small.distances(of: own) == nil)
    }

    /// Lives of a kind that end around an age, in kilometres.
    private static func lives(
        _ age: Double, count: Int, seed: Int, of kind: UInt64
    ) -> [LifeStretch] {
        (0..<count).map { part in
            // Evenly spread over a fifth to either side.
            let end = age * (0.8 + 0.4 * (Double((part * 37 + seed) % count) + 0.5) / Double(count))
            return LifeStretch(kind: kind, from: 0, to: Int(end), hasFailed: true)
        }
    }

    @Test("a part is as old as those of its own kind that fail, or of all where few of it have")
    func wear() throws {
        let trend = try #require(
            program("when: wears-out, within: 10000 km, chance: 0.2").trends.first)
        for (count, isOwn) in [(60, true), (4, false)] {
            var known = WearKnowledge()
            known.add(Self.lives(60_000, count: count, seed: 1, of: try Self.kind(0)))
            known.add(Self.lives(200_000, count: 60, seed: 2, of: try Self.kind(1)))
            known.publish(trend)
            let mine = try #require(known.forecast(for: Self.vehicle(0))).dueAge
            let others = try #require(known.forecast(for: Self.vehicle(1))).dueAge
            #expect((mine < 80_000) == isOwn, "\(count) failures: due from \(mine) km on")
            #expect(others > 100_000, "\(others)")
        }
    }

    private func program(_ fields: String) throws -> RuleProgram {
        let pack = """
            version: 1
            pack: tests
            trends:
              - { id: old, mode: charging, severity: S3, advice: A3, component: alternator,
                  skill: ELE, \(fields) }
            """
        return try FleetWatchTests.program(of: pack)
    }
}
