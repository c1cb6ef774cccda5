import SpecialFunctions

/// A way in which a part of the simulated fleet fails.
public struct FailureMode: Sendable {
    /// Its name, as rules and tickets give it.
    public let name: String
    /// The part that fails.
    public let component: String
    /// How the failure announces itself when it is not sudden.
    public let family: FailureFamily
    /// Kept apart by scorers, so that nobody tunes on it.
    public let isWithheld: Bool
    /// The codes that may come before the failure; a vehicle has one of them.
    public let codes: [String]
    /// The code of the broken part.
    public let finalCode: String

    /// The Weibull shape and, in kilometres, scale of its distance to failure.
    let shape: Double
    let scale: Double
    /// The number of the signal that shows it.
    let signal: Int?
    /// Where the signal goes: up or down.
    let direction: Double
    /// Whether it wanders in jumps that all go one way (a gamma process), or to and fro (Wiener).
    let wandersInJumps: Bool

    init(
        _ name: String, _ component: String, _ family: FailureFamily, shape: Double, scale: Double,
        signal: Int? = nil, direction: Double = 1, codes: [String] = [], finalCode: String,
        wandersInJumps: Bool = false, isWithheld: Bool = false
    ) {
        self.name = name
        self.component = component
        self.family = family
        self.shape = shape
        self.scale = scale
        self.signal = signal
        self.direction = direction
        self.codes = codes
        self.finalCode = finalCode
        self.wandersInJumps = wandersInJumps
        self.isWithheld = isWithheld
    }

    /// The name of the signal that shows it, or `nil` when only codes do.
    public var signalName: String? { signal.map { FleetSignal.all[$0].name } }

    /// How many there are: as many as ``all`` holds.
    static let count = 10

    /// Every mode of failure, by its number.
    public static let all: [FailureMode] = [
        FailureMode(
            "engine-runs-hot", "thermostat", .drift, shape: 2.5, scale: 170_000,
            signal: FleetSignal.coolant, finalCode: "P0217"),
        FailureMode(
            "filter-loads-up", "particle-filter", .drift, shape: 4, scale: 170_000,
            signal: FleetSignal.filter, finalCode: "P2463"),
        FailureMode(
            "oil-pressure-falls", "oil-pump", .drift, shape: 2.5, scale: 170_000,
            signal: FleetSignal.oil, direction: -1, finalCode: "P0524", wandersInJumps: true,
            isWithheld: true),
        FailureMode(
            "alternator-weak", "alternator", .step, shape: 1, scale: 450_000,
            signal: FleetSignal.charge, direction: -1, finalCode: "P0622"),
        FailureMode(
            "injector-unsteady", "injector", .unsteady, shape: 1, scale: 450_000,
            signal: FleetSignal.fuelTrim, finalCode: "P0201"),
        FailureMode(
            "cylinder-misfire", "ignition-coil", .returningCode, shape: 2.5, scale: 170_000,
            codes: ["P0301", "P0302", "P0303", "P0304"], finalCode: "P0350"),
        FailureMode(
            "egr-sticks", "egr-valve", .returningCode, shape: 1, scale: 450_000,
            codes: ["P0401"], finalCode: "P0403"),
        FailureMode(
            "fuel-pressure-low", "fuel-pump", .codeAndSignal, shape: 0.7, scale: 700_000,
            signal: FleetSignal.rail, direction: -1, codes: ["P0087"], finalCode: "P0230"),
        FailureMode(
            "boost-lost", "turbocharger", .brokenCorrelation, shape: 2.5, scale: 170_000,
            signal: FleetSignal.boost, finalCode: "P0299", isWithheld: true),
        FailureMode(
            "battery-weak", "battery", .onlyInCold, shape: 4, scale: 170_000,
            signal: FleetSignal.crank, direction: -1, finalCode: "P0560"),
    ]

    /// Whether the signal moves on a way that may also end in a plateau.
    var isGradual: Bool {
        switch family {
        case .drift, .unsteady, .brokenCorrelation, .onlyInCold: true
        case .step, .returningCode, .codeAndSignal: false
        }
    }

    /// What a signal shows beyond what a sound vehicle would.
    struct Effect {
        /// In standard deviations of the signal's noise.
        var shift = 0.0
        /// The variance that is added to the signal's noise, of which the variance is 1.
        var variance = 0.0
    }

    /// What its signal shows when the part is `level` of the way from sound (0) to broken (1).
    ///
    /// - Parameters:
    ///   - isBad: whether the part fails for a moment on this trip.
    func effect(
        level: Double, strength: Double, load: Double, ambient: Double, isBad: Bool
    ) -> Effect {
        switch family {
        case .drift: return Effect(shift: direction * 5 * strength * level)
        case .step: return Effect(shift: direction * 3 * strength)
        case .unsteady:
            let extra = 3 * strength * max(level, 0)
            return Effect(variance: extra * extra)
        case .returningCode: return Effect()
        case .codeAndSignal: return Effect(shift: isBad ? direction * 3 * strength : 0)
        case .brokenCorrelation:
            let signal = FleetSignal.all[FleetSignal.boost]
            let lost = min(1, 0.6 * strength) * max(level, 0)
            return Effect(
                shift: -lost * signal.perLoad / signal.spread * (load - FleetSignal.usualLoad))
        case .onlyInCold:
            let cold = min(max((8 - ambient) / 12, 0), 1)
            return Effect(shift: direction * 5 * strength * level * cold)
        }
    }

    /// The chance that a trip shows the code, or a dip, after `progress` of the way to the failure.
    func badTripRate(progress: Double, preset: FleetPreset) -> Double {
        switch family {
        case .returningCode:
            let first = 0.03
            return first * Elementary.pow(preset.lastCodeRate / first, progress)
        case .codeAndSignal: return 0.1 + 0.3 * progress
        default: return 0
        }
    }

    /// The steady rate of a code that only annoys: the geometric mean of the precursor's.
    func nuisanceRate(preset: FleetPreset) -> Double {
        (badTripRate(progress: 0, preset: preset) * badTripRate(progress: 1, preset: preset))
            .squareRoot()
    }
}
