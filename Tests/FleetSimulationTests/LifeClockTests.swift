import SpecialFunctions
import Testing

@testable import FleetSimulation

@Suite struct LifeClockTests {
    static let shapes: [Double] = [0.7, 1, 2.5, 4]

    @Test("the shape is found again from lives that were entered late", arguments: shapes)
    func recovers(shape: Double) throws {
        var random = SeededRandom(UInt64(shape * 10))
        let clock = LifeClock(shape: shape, scale: 100_000)
        var lives: [(entry: Double, end: Double)] = []
        while lives.count < 2000 {
            let entry = random.number(in: 0...80_000)
            let end = entry + clock.distance(from: entry, frailty: 1, random: &random)
            lives.append((entry, end))
        }
        let fitted = try #require(Self.fit(lives))
        #expect((fitted.shape / shape - 1).magnitude < 0.06)
        #expect((fitted.scale / 100_000 - 1).magnitude < 0.1)
    }

    /// Maximum likelihood for left-truncated lives that all ended: the profile equation for the
    /// shape, halved until it holds. Times are over their greatest, so that powers stay small.
    static func fit(_ lives: [(entry: Double, end: Double)]) -> (shape: Double, scale: Double)? {
        guard let greatest = lives.map(\.end).max() else { return nil }
        let scaled = lives.map { ($0.entry / greatest, $0.end / greatest) }
        let logs = scaled.reduce(0) { $0 + Elementary.log($1.1) } / Double(scaled.count)
        func power(_ t: Double, _ b: Double) -> Double { t > 0 ? Elementary.pow(t, b) : 0 }
        func balance(_ b: Double) -> Double {
            var above = 0.0
            var below = 0.0
            for (entry, end) in scaled {
                let (p, q) = (power(end, b), power(entry, b))
                above += p * Elementary.log(end) - (entry > 0 ? q * Elementary.log(entry) : 0)
                below += p - q
            }
            return above / below - 1 / b - logs
        }
        var low = 0.05
        var high = 20.0
        for _ in 0..<60 {
            let middle = (low + high) / 2
            if balance(middle) < 0 { low = middle } else { high = middle }
        }
        let total = scaled.reduce(0) { $0 + power($1.1, low) - power($1.0, low) }
        return (low, greatest * power(total / Double(scaled.count), 1 / low))
    }

    @Test("frailty of mean 1 and variance 1/2 makes the survival (1 + H/2) to the power -2")
    func frailty() {
        var random = SeededRandom(3)
        let clock = LifeClock(shape: 2.5, scale: 1000)
        let draws = 10_000
        var alive = 0
        for _ in 0..<draws {
            let frailty = (random.exponential() + random.exponential()) / 2
            if clock.distance(from: 0, frailty: frailty, random: &random) > 1000 { alive += 1 }
        }
        // H(1000) = 1, so the survival is 1.5^-2; without frailty it would be e^-1 = .368.
        #expect((Double(alive) / Double(draws) - 1 / 2.25).magnitude < 0.02)
    }

    @Test("a part without any hazard lives for ever")
    func noHazard() {
        var random = SeededRandom(1)
        #expect(
            LifeClock(shape: 2, scale: 5).distance(from: 1, frailty: 0, random: &random)
                == .infinity)
    }

    @Test("a repair leaves three tenths of the distance that the part ran as its age")
    func imperfectRepair() {
        let setting = FleetSetting(
            preset: .normal, seed: 4, vehicles: 50, days: 30, start: SimulatedFleet.usualStart)
        for index in 0..<50 {
            var vehicle = SimulatedVehicle(index: index, setting: setting)
            for mode in 0..<FailureMode.count {
                let ran = vehicle.failures[mode] - vehicle.renewals[mode]
                let age = Double(vehicle.ages[mode])
                let failed = vehicle.failures[mode]
                vehicle.repair(mode, setting)
                #expect(
                    (Double(vehicle.ages[mode]) - age - 0.3 * ran).magnitude < 0.1 + 1e-6
                        * (age + ran))
                #expect(vehicle.renewals[mode] == failed && vehicle.failures[mode] > failed)
            }
        }
    }
}
