import SpecialFunctions
import VehicleFaults

/// One vehicle of the simulated fleet: what it is and what it remembers, in about 700 bytes.
struct SimulatedVehicle: Sendable {
    let index: Int
    let model: Int
    let region: Int
    /// Months since January 2019.
    let built: Int
    /// Its place in the order in which the fleet was built, 0 to 1.
    let place: Double
    let frailty: Double
    let entryKilometres: Double
    let isBatteryLow: Bool
    /// The chance that a trip begins a spell of meaningless codes.
    let chatter: Double

    var random: SeededRandom
    var odometer: Double
    var trips = 0
    var sequence: Int
    /// When the trip ends that it is on, and how far it goes.
    var tripEnd: EventTime
    var tripKilometres = 0.0
    var tripsADay: Double
    var kilometresATrip: Double
    var usualLoad: Double
    /// Whether it comes from a workshop.
    var wasInWorkshop = false

    /// What its sensors show beyond the model, and how they change, by signal.
    var offsets: InlineArray<11, Float>
    /// Lag-1 correlation of the remembered noise, by signal.
    let memories: InlineArray<11, Float>
    /// The remembered noise in standard deviations, by signal.
    var remembered: InlineArray<11, Float>
    var stuck: StuckSensor?

    /// By mode: the part's age at its last repair, where that was, where it fails next, where a
    /// precursor begins (beyond the failure when there is none), where a look-alike begins.
    var ages: InlineArray<10, Float>
    var renewals: InlineArray<10, Double>
    var failures: InlineArray<10, Double>
    var onsets: InlineArray<10, Double>
    var looks: InlineArray<10, Double>
    var episodes: [Episode] = []

    struct StuckSensor: Sendable {
        var signal: Int
        var value: Double
        var until: EventTime
    }

    init(index: Int, setting: FleetSetting) {
        var random = SeededRandom(setting.seed, part: index)
        self.index = index
        model = random.whole(below: FleetTruth.models.count)
        region = random.whole(below: FleetWeather.regions.count)
        let age = random.number(in: 0.1...FleetSetting.oldestYears)
        built = min(Int((FleetSetting.oldestYears - age) * 12), 83)
        // Each region's plant draws from a stock of its own, up to two months behind.
        let behind = Double(region) * 0.02 + random.number(in: 0...0.01)
        place = min(max(1 - age / FleetSetting.oldestYears + behind, 0), 1)
        // Gamma with mean 1 and variance 1/2: the sum of two exponentials, halved.
        frailty = (random.exponential() + random.exponential()) / 2
        let yearly = random.logNormal(median: 15_000, spread: 0.6)
        entryKilometres = 50 + yearly * age
        odometer = entryKilometres
        tripsADay = random.logNormal(median: 2.6, spread: 0.25)
        kilometresATrip = yearly / 365 / (tripsADay * Self.drivingShare)
        usualLoad = random.number(in: 0.35...0.55)
        isBatteryLow = random.chance(0.1)
        chatter = min(random.logNormal(median: 0.006, spread: 1.2), 0.3)
        sequence = random.whole(below: 5000)
        offsets = InlineArray(repeating: 0)
        remembered = InlineArray(repeating: 0)
        var memories = InlineArray<11, Float>(repeating: 0)
        for signal in 0..<FleetSignal.count {
            offsets[signal] = Float(2 * FleetSignal.all[signal].spread * random.normal())
            memories[signal] = Float(random.beta(4, 2))
            remembered[signal] = Float(
                FleetSignal.rememberedShare.squareRoot() * random.normal())
        }
        if isBatteryLow {
            offsets[FleetSignal.crank] -= Float(2 * FleetSignal.all[FleetSignal.crank].spread)
        }
        self.memories = memories
        ages = InlineArray(repeating: 0)
        renewals = InlineArray(repeating: 0)
        failures = InlineArray(repeating: .infinity)
        onsets = InlineArray(repeating: .infinity)
        looks = InlineArray(repeating: .infinity)
        tripEnd = setting.start
        self.random = random
        for mode in 0..<FailureMode.count { prepare(mode, setting) }
        plan(after: setting.start, setting)
    }

    /// Usual kilometres a day.
    var dailyKilometres: Double { kilometresATrip * tripsADay * Self.drivingShare }

    /// Trips a day over trips on a working day: weekends have two thirds of them, no trip begins
    /// during another, and on about one day in eight it is parked.
    private static let drivingShare = (5 + 2 * 2.0 / 3) / 7 * 0.81

    /// Lives through the kilometres before the simulation: parts failed and were repaired.
    private mutating func prepare(_ mode: Int, _ setting: FleetSetting) {
        guard setting.preset.hasChanges else { return }
        if setting.preset.hasFailures {
            renew(mode, at: 0, age: 0, setting)
            while failures[mode] <= entryKilometres { repair(mode, setting) }
            let factor = setting.lots.lot(mode: mode, place: place).factor
            if setting.lots.showLater, renewals[mode] == 0, factor > 1 {
                drawLife(mode, from: entryKilometres, age: entryKilometres, factor, setting)
            }
        }
        scheduleLook(mode, setting)
    }

    /// Puts a repaired part in: it keeps a share of the distance that the old one ran as its age.
    mutating func repair(_ mode: Int, _ setting: FleetSetting) {
        let failed = failures[mode]
        let ran = failed - renewals[mode]
        renew(mode, at: failed, age: Double(ages[mode]) + LifeClock.leftByRepair * ran, setting)
    }

    private mutating func renew(
        _ mode: Int, at odometer: Double, age: Double, _ setting: FleetSetting
    ) {
        let isBad = odometer == 0 && !setting.lots.showLater
        let factor = isBad ? setting.lots.lot(mode: mode, place: place).factor : 1
        ages[mode] = Float(age)
        renewals[mode] = odometer
        drawLife(mode, from: odometer, age: age, factor, setting)
    }

    /// Draws when a part fails that runs at `odometer`, and when that begins to show.
    private mutating func drawLife(
        _ mode: Int, from odometer: Double, age: Double, _ factor: Double, _ setting: FleetSetting
    ) {
        let failure = FailureMode.all[mode]
        let distance = LifeClock(shape: failure.shape, scale: failure.scale)
            .distance(from: age, frailty: frailty * factor, random: &random)
        failures[mode] = odometer + distance
        onsets[mode] = .infinity
        guard !random.chance(FleetSetting.suddenShare) else { return }
        let length = DegradationPath.length(
            mean: setting.preset.leadDays * dailyKilometres, random: &random)
        onsets[mode] = max(odometer, failures[mode] - length)
    }

    /// Look-alikes come with the same age and frailty as what they look like, so that neither tells
    /// them apart.
    mutating func scheduleLook(_ mode: Int, _ setting: FleetSetting) {
        let failure = FailureMode.all[mode]
        let factor =
            failure.isGradual
            ? LookAlike.plateausAFailure
            : failure.codes.isEmpty ? 0 : LookAlike.nuisancesAFailure
        let age = Double(ages[mode]) + odometer - renewals[mode]
        let distance = LifeClock(shape: failure.shape, scale: failure.scale)
            .distance(
                from: age, frailty: frailty * factor * (1 - FleetSetting.suddenShare),
                random: &random)
        looks[mode] = odometer + distance
    }

    /// Decides on the next trip after `time`.
    mutating func plan(after time: EventTime, _ setting: FleetSetting) {
        let start = setting.clock.next(after: time, rate: tripsADay, random: &random)
        // Log-normal with the mean of `kilometresATrip`.
        tripKilometres = kilometresATrip * Elementary.exp(0.6 * random.normal() - 0.18)
        let speed = random.number(in: 28...60)
        tripEnd = start.advanced(by: Int64(tripKilometres / speed * 3_600_000) + 60_000)
    }
}
