import FaultTrends
import SpecialFunctions
import VehicleFaults

/// How often intervals of 90 % hold the day on which a part is worn, for parts that wear as `wear` says
/// from day 150 on until they are worn by 8; a reading scatters by ½.
///
/// Dates are asked for half-way and after five eighths of the way, with one reading a day and with two.
func serviceDates(_ vehicles: Int) {
    let wear: [(name: String, slope: ClosedRange<Double>, wander: Double)] = [
        ("0.03 to 0.06 a day, wandering 0.05", 0.03...0.06, 0.05),
        ("0.03 to 0.06, straight", 0.03...0.06, 0),
        ("0.08 to 0.15, wandering 0.05", 0.08...0.15, 0.05),
        ("0.2 to 0.4, straight", 0.2...0.4, 0),
        ("0.2 to 0.4, wandering 0.15", 0.2...0.4, 0.15),
    ]
    print("intervals of 90 % that held, half-way (five eighths), a reading a day; two")
    for (kind, one) in wear.enumerated() {
        let found = [1, 2].map { readings in
            [4.0, 5].map { level in
                held(
                    one.slope, one.wander, level: level, readings: readings, vehicles: vehicles,
                    seed: 900_000 + 10_000 * kind)
            }
        }
        func text(_ one: [(held: Int, asked: Int)]) -> String {
            let shares = one.map { percent(Double($0.held) / Double(max($0.asked, 1))) }
            return "\(shares[0]) of \(one[0].asked) (\(shares[1]) of \(one[1].asked))"
        }
        row("  \(one.name)", "\(text(found[0])); \(text(found[1]))")
    }
}

private func held(
    _ slopes: ClosedRange<Double>, _ wander: Double, level: Double, readings: Int, vehicles: Int,
    seed: Int
) -> (held: Int, asked: Int) {
    let settings = DriftSettings(.level, harmless: 1, limit: 8)
    var (asked, held) = (0, 0)
    for vehicle in 0..<vehicles {
        var random = Deviates(seed + vehicle)
        var check = DriftCheck()
        let span = slopes.upperBound - slopes.lowerBound
        let slope = slopes.lowerBound + span * random.uniform()
        var wear = 0.0
        var forecast: (day: Int, interval: ClosedRange<Double>)?
        var worn: Int?
        for day in 0..<2000 where worn == nil {
            if day >= 150 { wear += slope + wander * random.normal() }
            if wear >= 8 {
                worn = day
                break
            }
            for reading in 0..<readings {
                let time = EventTime(
                    milliseconds: Int64(day + 1) * 86_400_000
                        + Int64(reading) * 86_400_000 / Int64(readings))
                _ = check.add(
                    wear + 0.5 * random.normal(), at: time, follows: true, settings)
            }
            guard forecast == nil, wear > level, check.logEvidence > Elementary.log(1000) else {
                continue
            }
            let life = check.life(limit: 8 - check.ownLevel)
            if let interval = life.interval(within: 400, chanceOfNoEnd: 0.1) {
                forecast = (day, interval)
            }
        }
        guard let forecast, let worn else { continue }
        asked += 1
        // With several readings a day the last of them lies a part of a day later.
        let left = Double(worn - forecast.day) - Double(readings - 1) / Double(readings)
        if forecast.interval.contains(left) { held += 1 }
    }
    return (held, asked)
}
