import VehicleFaults

/// One number of a GB/T 32960.3 information block: how long it is and what it measures.
///
/// The bytes and the gateways' JSON hold the same raw integers, so both read by these tables.
public struct GBTField: Sendable {
    /// The name that gateways give it.
    public var name: String
    /// 1, 2 or 4 bytes.
    public var bytes: Int
    /// What it measures, or `nil` for what is not kept.
    public var signal: KnownSignal?
    /// The value is raw divided by this, plus ``offset``.
    public var divisor: Double = 1
    /// What is added after dividing.
    public var offset: Double = 0

    /// The value of a raw number, or `nil` when it says "error" (all ones but the last) or "invalid".
    public func value(_ raw: UInt64) -> Double? {
        Self.isReserved(raw, bytes: bytes) ? nil : Double(raw) / divisor + offset
    }

    /// Whether a raw number is one of the two highest, which are no values.
    public static func isReserved(_ raw: UInt64, bytes: Int) -> Bool {
        raw >= 1 << UInt64(8 * bytes) - 2
    }

    /// The whole vehicle (type 1).
    ///
    /// - Parameter edition2025: without pedals, and with a current whose offset is not confirmed.
    public static func vehicle(edition2025: Bool) -> [GBTField] {
        edition2025 ? vehicle2025 : vehicle2016
    }

    private static let vehicle2016 = makeVehicle(edition2025: false)
    private static let vehicle2025 = makeVehicle(edition2025: true)

    private static func makeVehicle(edition2025: Bool) -> [GBTField] {
        let common = [
            GBTField(name: "Status", bytes: 1), GBTField(name: "Charging", bytes: 1),
            GBTField(name: "Mode", bytes: 1),
            GBTField(name: "Speed", bytes: 2, signal: .vehicleSpeed, divisor: 10),
            GBTField(name: "Mileage", bytes: 4, signal: .odometer, divisor: 10),
            GBTField(name: "Voltage", bytes: 2, signal: .packVoltage, divisor: 10),
            GBTField(
                name: "Current", bytes: 2, signal: edition2025 ? nil : .packCurrent, divisor: 10,
                offset: -1000),
            GBTField(name: "SOC", bytes: 1, signal: .charge), GBTField(name: "DC", bytes: 1),
            GBTField(name: "Gear", bytes: 1),
            GBTField(name: "Resistance", bytes: 2, signal: .insulation),
        ]
        guard !edition2025 else { return common }
        return common + [
            GBTField(name: "AcceleratorPedal", bytes: 1), GBTField(name: "BrakePedal", bytes: 1),
        ]
    }

    /// One drive motor (type 2).
    public static func motor(edition2025: Bool) -> [GBTField] {
        edition2025 ? motor2025 : motor2016
    }

    private static let motor2016 = makeMotor(edition2025: false)
    private static let motor2025 = makeMotor(edition2025: true)

    private static func makeMotor(edition2025: Bool) -> [GBTField] {
        let first = [
            GBTField(name: "No", bytes: 1), GBTField(name: "Status", bytes: 1),
            GBTField(name: "CtrlTemp", bytes: 1, signal: .motorController, offset: -40),
            GBTField(
                name: "Rotating", bytes: 2, signal: edition2025 ? nil : .motorSpeed,
                offset: -20_000),
        ]
        let temperature = GBTField(name: "MotorTemp", bytes: 1, signal: .motor, offset: -40)
        return edition2025
            ? first + [GBTField(name: "Torque", bytes: 4), temperature]
            : first + [
                GBTField(name: "Torque", bytes: 2), temperature,
                GBTField(name: "InputVoltage", bytes: 2, divisor: 10),
                GBTField(name: "DCBusCurrent", bytes: 2, divisor: 10, offset: -1000),
            ]
    }

    /// The engine (type 4).
    public static func engine(edition2025: Bool) -> [GBTField] {
        edition2025 ? engine2025 : engine2016
    }

    private static let engine2016 = makeEngine(edition2025: false)
    private static let engine2025 = makeEngine(edition2025: true)

    private static func makeEngine(edition2025: Bool) -> [GBTField] {
        let speed = GBTField(name: "CrankshaftSpeed", bytes: 2, signal: .engineSpeed)
        return edition2025
            ? [speed]
            : [
                GBTField(name: "Status", bytes: 1), speed,
                GBTField(name: "FuelConsumption", bytes: 2, divisor: 100),
            ]
    }

    /// The extremes of the battery (type 6 of 2016).
    public static let extremes = [
        GBTField(name: "MaxVoltageBatterySubsysNo", bytes: 1),
        GBTField(name: "MaxVoltageBatteryCode", bytes: 1),
        GBTField(name: "MaxBatteryVoltage", bytes: 2, signal: .cellVoltageHigh, divisor: 1000),
        GBTField(name: "MinVoltageBatterySubsysNo", bytes: 1),
        GBTField(name: "MinVoltageBatteryCode", bytes: 1),
        GBTField(name: "MinBatteryVoltage", bytes: 2, signal: .cellVoltageLow, divisor: 1000),
        GBTField(name: "MaxTempSubsysNo", bytes: 1), GBTField(name: "MaxTempProbeNo", bytes: 1),
        GBTField(name: "MaxTemp", bytes: 1, signal: .cellHot, offset: -40),
        GBTField(name: "MinTempSubsysNo", bytes: 1), GBTField(name: "MinTempProbeNo", bytes: 1),
        GBTField(name: "MinTemp", bytes: 1, signal: .cellCold, offset: -40),
    ]
}
