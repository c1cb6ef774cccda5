import SpecialFunctions
import VehicleFaults

/// What all vehicles of a simulated fleet share, and nothing of it changes.
struct FleetSetting: Sendable {
    let preset: FleetPreset
    let seed: UInt64
    let vehicles: Int
    let start: EventTime
    let end: EventTime
    let clock: TripClock
    let weather: FleetWeather
    let lots: PartLots
    let releases: [SoftwareRelease]
    let shocks: [FleetShock]
    /// How probable a precursor is for one vehicle and part in the whole time, for the oracle.
    let precursorChance: Double

    /// The share of failures that nothing announces.
    static let suddenShare = 0.4
    /// Failures a year that the modes are made for, for one vehicle and part.
    private static let yearlyRate = 0.04
    /// Years before 2026 from which vehicles come.
    static let oldestYears = 7.0

    init(
        preset: FleetPreset, seed: UInt64, vehicles: Int, days: Int, start: EventTime,
        lots making: LotMaking = LotMaking()
    ) {
        self.preset = preset
        self.seed = seed
        self.vehicles = vehicles
        self.start = start
        end = start.advanced(by: Int64(days) * 86_400_000)
        clock = TripClock(start: start)
        weather = FleetWeather(seed: seed, start: start, days: days, firstDayOfYear: 5)
        lots = PartLots(
            seed: seed, vehicles: vehicles, hasBadLots: preset.hasFailures, making: making)
        precursorChance =
            (1 - Self.suddenShare) * Self.yearlyRate * min(Double(days) / 365, 10)
        releases =
            preset.hasChanges ? Self.releases(seed: seed, days: days, start: start) : []
        shocks = preset == .shock ? FleetShock.draw(seed: seed, days: days, start: start) : []
    }

    /// A release about every sixty days, and one at least in four weeks.
    private static func releases(seed: UInt64, days: Int, start: EventTime) -> [SoftwareRelease] {
        guard days >= 28 else { return [] }
        var random = SeededRandom(seed, part: -3000)
        return (0..<max(days / 60, 1)).map { index in
            let span = Double(days) / Double(max(days / 60, 1))
            let day = span * (Double(index) + random.number(in: 0.3...0.7))
            let number = random.whole(below: FleetSignal.count)
            let size = random.number(in: 1...2) * (random.chance(0.5) ? 1 : -1)
            return SoftwareRelease(
                model: random.whole(below: FleetTruth.models.count),
                signal: FleetSignal.all[number].name,
                at: start.advanced(by: Int64(day * 86_400_000) / 1000 * 1000),
                shift: size * FleetSignal.all[number].spread, number: number)
        }
    }

    /// How far software releases and what befell the whole fleet have moved a signal of a vehicle.
    func commonShift(signal: Int, model: Int, vehicle: Int, at time: EventTime) -> Double {
        var shift = 0.0
        for release in releases where release.model == model && release.number == signal {
            // Spread over a week by a hash of the vehicle's number.
            let delay = Int64((UInt64(vehicle) &* 0x9E37_79B9_7F4A_7C15) >> 40) * 604_800_000 >> 24
            if time >= release.at.advanced(by: delay) { shift += release.shift }
        }
        for shock in shocks where shock.number == signal {
            shift += shock.shift * shock.share(at: time)
        }
        return shift
    }
}

/// Identification numbers of the simulated fleet, for up to 35,937,000 vehicles.
enum FleetNumber {
    static let most = 33 * 33 * 33 * 1000

    /// As ``SampleNumber``: a 9 in the third place and a small maker's code from the twelfth.
    ///
    /// - Parameter year: 2019 to 2026, whose letters are K to T without O, Q and I.
    static func text(index: Int, model: Int, year: Int, region: Int) -> [UInt8] {
        precondition(index >= 0 && index < most, "there are \(most) fleet numbers")
        let (lot, serial) = index.quotientAndRemainder(dividingBy: 1000)
        let alphabet = SampleNumber.alphabet
        let years = Array("KLMNPRST".utf8)
        var text = Array("LF9".utf8)
        text += [0x41 + UInt8(model)]
        text += [lot / 1089, lot / 33 % 33, lot % 33].map { alphabet[$0] }
        text += [0x53, 0x30, years[year - 2019], alphabet[10 + region]]
        text += Array("FWS".utf8)
        text += [serial / 100, serial / 10 % 10, serial % 10].map { alphabet[$0] }
        text[8] = SampleNumber.checkDigit(of: text)
        return text
    }
}
