import VehicleFaults

/// The plain thresholds that any detector must beat.
///
/// A signal's mean of a day beyond four standard deviations of the vehicle's own first fourteen days,
/// or a code that belongs to a failure three times in seven days, opens a ticket. A further one about
/// the same part is opened only after thirty days without either.
public struct ThresholdBaseline: Sendable {
    /// Days from which a vehicle's own mean and spread are learnt.
    public static let learningDays = 14
    /// Standard deviations of days' means.
    public static let limit = 4.0
    /// Sightings of a code, and within how many milliseconds.
    public static let sightings = 3
    public static let window: Int64 = 7 * 86_400_000
    private static let quiet: Int64 = 30 * 86_400_000
    private static let dayLength: Int64 = 86_400_000

    /// The tickets so far, in the order in which they were opened.
    public private(set) var tickets: [ScoredTicket] = []

    private let modeOfSignal: [String: Int]
    private let modeOfCode: [String: Int]
    private var vehicles: [String: Vehicle] = [:]

    private struct Vehicle {
        var days: [Int: Day] = [:]
        var sightings: [Int: [Int64]] = [:]
        var latest: [Int: Int64] = [:]
    }

    private struct Day {
        var number: Int64
        var sum = 0.0
        var count = 0.0
        /// Welford's mean and sum of squares of the days learnt.
        var learnt = 0
        var mean = 0.0
        var squares = 0.0
    }

    /// A baseline that has seen nothing, for the signals and codes of the simulated fleet.
    public init() {
        let modes = FailureMode.all
        modeOfSignal = Dictionary(
            modes.enumerated().compactMap { index, mode in mode.signalName.map { ($0, index) } }
        ) { first, _ in first }
        modeOfCode = Dictionary(
            modes.enumerated().flatMap { index, mode in
                (mode.codes + [mode.finalCode]).map { ($0, index) }
            }
        ) { first, _ in first }
    }

    /// Takes a message in; messages come in the order in which they were received.
    public mutating func take(
        vehicle name: String, received: EventTime, signals: [(name: String, value: Double)],
        codes: [String]
    ) {
        var vehicle = vehicles[name] ?? Vehicle()
        let today = received.milliseconds / Self.dayLength
        for (signal, value) in signals {
            guard let mode = modeOfSignal[signal] else { continue }
            var day = vehicle.days[mode] ?? Day(number: today)
            if day.number != today, Self.close(&day) {
                open(mode, name, received, &vehicle)
            }
            day.number = today
            day.sum += value
            day.count += 1
            vehicle.days[mode] = day
        }
        for code in codes {
            guard let mode = modeOfCode[code] else { continue }
            var times = vehicle.sightings[mode] ?? []
            times.removeAll { $0 < received.milliseconds - Self.window }
            times.append(received.milliseconds)
            vehicle.sightings[mode] = times
            if times.count >= Self.sightings { open(mode, name, received, &vehicle) }
        }
        vehicles[name] = vehicle
    }

    /// Ends a day.
    ///
    /// - Returns: whether its mean is beyond the limit.
    private static func close(_ day: inout Day) -> Bool {
        let mean = day.sum / day.count
        day.sum = 0
        day.count = 0
        if day.learnt < learningDays {
            day.learnt += 1
            let step = mean - day.mean
            day.mean += step / Double(day.learnt)
            day.squares += step * (mean - day.mean)
            return false
        }
        let spread = (day.squares / Double(day.learnt - 1)).squareRoot()
        return (mean - day.mean).magnitude > limit * spread
    }

    private mutating func open(
        _ mode: Int, _ name: String, _ received: EventTime, _ vehicle: inout Vehicle
    ) {
        let before = vehicle.latest[mode]
        vehicle.latest[mode] = received.milliseconds
        if let before, received.milliseconds - before < Self.quiet { return }
        let failure = FailureMode.all[mode]
        tickets.append(
            ScoredTicket(
                vehicle: name, opened: received, mode: failure.name, component: failure.component))
    }
}
