import SpecialFunctions
import VehicleFaults

/// Something that moves a signal on every vehicle of a fleet within hours, such as a bad batch of fuel or a
/// heat wave, and fades.
public struct FleetShock: Equatable, Sendable {
    public var signal: String
    public var at: EventTime
    /// How far the signal moves at first, in its own unit.
    public var shift: Double
    /// The number of the signal.
    var number: Int

    /// What is left of it halves in this time, in days.
    static let halfLife = 4.0
    /// Days from one shock to the next, and how many signals each of them moves.
    static let gap = 12.0
    static let signals = 4
    private static let day = 86_400_000.0

    /// The share that is left of it at `time`; 0 before it and long after.
    func share(at time: EventTime) -> Double {
        let days = Double(time.milliseconds(since: at)) / Self.day
        guard days >= 0, days < 12 * Self.halfLife else { return 0 }
        // Full after six hours.
        return min(days / 0.25, 1) * Elementary.exp(-0.693_147_180_559_945_3 * days / Self.halfLife)
    }

    /// One about every twelve days, each on four signals by 2 to 4 standard deviations of their noise.
    static func draw(seed: UInt64, days: Int, start: EventTime) -> [FleetShock] {
        var random = SeededRandom(seed, part: -4000)
        var result: [FleetShock] = []
        var day = gap * random.number(in: 0.5...1.5)
        while day < Double(days) {
            let at = start.advanced(by: Int64(day * Self.day) / 1000 * 1000)
            var numbers: [Int] = []
            while numbers.count < signals {
                let number = random.whole(below: FleetSignal.count)
                if !numbers.contains(number) { numbers.append(number) }
            }
            for number in numbers {
                let size = random.number(in: 2...4) * (random.chance(0.5) ? 1 : -1)
                result.append(
                    FleetShock(
                        signal: FleetSignal.all[number].name, at: at,
                        shift: size * FleetSignal.all[number].spread, number: number))
            }
            day += gap * random.number(in: 0.5...1.5)
        }
        return result
    }
}
