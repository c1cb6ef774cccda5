import VehicleFaults

/// When trips begin: a Poisson process whose rate follows the hour and the day of the week.
struct TripClock: Sendable {
    /// Midnight of a Monday.
    let start: EventTime

    private static let hour: Int64 = 3_600_000

    /// Share of a working day's trips that begin in each hour.
    private static let workday: [Double] = shares([
        1, 0.5, 0.3, 0.3, 0.8, 3, 9, 14, 12, 6, 5, 6, 8, 7, 5, 6, 9, 14, 13, 8, 5, 4, 3, 2,
    ])
    /// Weekends begin later and have two thirds of the trips.
    private static let weekend: [Double] = shares([
        2, 1, 0.5, 0.4, 0.5, 1, 2, 4, 7, 10, 12, 11, 9, 9, 10, 10, 10, 9, 8, 6, 5, 4, 3, 2,
    ]).map { $0 * 2 / 3 }

    private static func shares(_ weights: [Double]) -> [Double] {
        let sum = weights.reduce(0, +)
        return weights.map { $0 / sum }
    }

    /// Trips an hour, at a rate of one trip on a working day.
    static func profile(hour: Int) -> Double {
        let day = (hour / 24) % 7
        return (day < 5 ? workday : weekend)[hour % 24]
    }

    /// When the next trip begins after `time`, by running through the profile until its integral
    /// has reached an exponential waiting time.
    ///
    /// - Parameter rate: trips on a working day; above 0.
    func next(after time: EventTime, rate: Double, random: inout SeededRandom) -> EventTime {
        var left = random.exponential() / rate
        var at = max(time.milliseconds(since: start), 0)
        while true {
            let hour = Int(at / Self.hour)
            let intensity = Self.profile(hour: hour)
            let rest = Double(Int64(hour + 1) * Self.hour - at) / Double(Self.hour)
            if intensity * rest >= left {
                at += Int64(left / intensity * Double(Self.hour))
                return start.advanced(by: at)
            }
            left -= intensity * rest
            at = Int64(hour + 1) * Self.hour
        }
    }
}
