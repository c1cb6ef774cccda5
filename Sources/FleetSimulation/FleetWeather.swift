import SpecialFunctions
import VehicleFaults

/// The weather of the regions: what all vehicles of a region feel together.
struct FleetWeather: Sendable {
    /// Region names, and the mean of the year and half its swing in degrees Celsius.
    static let regions: [(name: String, mean: Double, swing: Double)] = [
        ("north", 4, 17), ("east", 15, 12), ("south", 22, 7), ("west", 10, 14), ("centre", 16, 12),
    ]

    private let start: EventTime
    /// The mean of each day, region after region.
    private var means: [[Double]]

    /// The weather of `days` days: a season with an autoregressive process on it, whose lag-1
    /// correlation is .85 and whose standard deviation is 4 degrees.
    init(seed: UInt64, start: EventTime, days: Int, firstDayOfYear: Int) {
        self.start = start
        means = Self.regions.indices.map { region in
            var random = SeededRandom(seed, part: -1000 - region)
            var weather = 4 * random.normal()
            return (0...days).map { day in
                let turns = Double(firstDayOfYear + day - 20) / 365.25
                let place = Self.regions[region]
                defer {
                    weather = 0.85 * weather + 4 * (1 - 0.85 * 0.85).squareRoot() * random.normal()
                }
                return place.mean - place.swing * Elementary.cosine(ofTurns: turns) + weather
            }
        }
    }

    /// Degrees Celsius outside, coldest before dawn.
    func ambient(region: Int, at time: EventTime) -> Double {
        let passed = max(time.milliseconds(since: start), 0)
        let day = min(Int(passed / 86_400_000), means[region].count - 1)
        let hour = Double(passed % 86_400_000) / 3_600_000
        let fromNoon = (hour - 14) / 10
        return means[region][day] + 3 - 6 * fromNoon * fromNoon / 1.5
    }
}
