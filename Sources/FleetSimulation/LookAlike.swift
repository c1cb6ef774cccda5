/// What happens to a vehicle that does not fail and may look as if it would.
public enum LookAlike: String, CaseIterable, Sendable {
    /// A signal moves as before a failure, and then stays where it is.
    case plateau
    /// A code that belongs to a failure comes at a steady rate, and goes.
    case nuisanceCode = "nuisance-code"
    /// A signal dips as before a failure, without the code.
    case dips
    /// A battery that is always low: a code and a signal of its own.
    case chronicLowBattery = "chronic-low-battery"
    /// A visit to a workshop leaves a burst of codes.
    case workshop
    /// A new sensor shows another level than the old one.
    case sensorSwap = "sensor-swap"
    /// Somebody else drives: another load, other distances.
    case driverChange = "driver-change"
    /// A sensor repeats its last value for days.
    case stuckSensor = "stuck-sensor"

    /// The code of a battery that is always low.
    static let lowBatteryCode = "P0562"

    /// Drifts that plateau, for each real one.
    static let plateausAFailure = 3.0
    /// Harmless spells of a failure's code for each real one: one spell in five is real, as on the
    /// machines of the public fleet after which the codes are shaped (19 %).
    static let nuisancesAFailure = 0.81 / 0.19
    /// How far a plateau lies on the way to the limit, from and to.
    static let plateauLevels = 0.1...0.5
}
