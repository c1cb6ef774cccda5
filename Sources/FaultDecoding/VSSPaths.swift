import VehicleFaults

/// The paths of the COVESA vehicle signal specification that are known here, without the leading
/// `Vehicle.`.
enum VSSPaths {
    /// What a path stands for.
    enum Meaning {
        /// A number in the unit of the signal, times a factor.
        case reading(KnownSignal, factor: Double = 1)
        /// All active codes.
        case codes
        /// The code that a freeze frame was stored for.
        case freezeCode
        /// Who the vehicle is.
        case vehicle
    }

    private static let table: [(path: String, meaning: Meaning)] = [
        // Since version 6.0 of the specification OBD is an overlay, so both places are used.
        ("OBD.DTCList", .codes), ("Diagnostics.DTCList", .codes),
        ("OBD.Status.DTCCount", .reading(.codeCount)),
        ("Diagnostics.DTCCount", .reading(.codeCount)),
        ("OBD.Status.IsMILOn", .reading(.lampMIL)), ("OBD.FreezeDTC", .freezeCode),
        ("OBD.CoolantTemperature", .reading(.coolant)), ("OBD.EngineLoad", .reading(.load)),
        ("OBD.EngineSpeed", .reading(.engineSpeed)), ("OBD.Speed", .reading(.vehicleSpeed)),
        ("OBD.ShortTermFuelTrim1", .reading(.shortTrim1)),
        ("OBD.LongTermFuelTrim1", .reading(.longTrim1)),
        ("OBD.ShortTermFuelTrim2", .reading(.shortTrim2)),
        ("OBD.LongTermFuelTrim2", .reading(.longTrim2)),
        ("OBD.ControlModuleVoltage", .reading(.voltage)), ("OBD.RunTime", .reading(.runTime)),
        ("OBD.DistanceWithMIL", .reading(.milDistance)),
        ("OBD.DistanceSinceDTCClear", .reading(.clearDistance)),
        ("OBD.WarmupsSinceDTCClear", .reading(.warmUps)),
        ("OBD.IntakeTemp", .reading(.intake)),
        ("OBD.AmbientAirTemperature", .reading(.ambient)),
        ("OBD.OilTemperature", .reading(.oil)), ("OBD.FuelLevel", .reading(.fuelLevel)),
        ("OBD.FuelRate", .reading(.fuelRate)), ("OBD.MAF", .reading(.airFlow)),
        ("OBD.MAP", .reading(.manifoldPressure)),
        ("OBD.ThrottlePosition", .reading(.throttle)),
        ("OBD.BarometricPressure", .reading(.barometer)),
        ("OBD.FuelPressure", .reading(.fuelPressure)),
        ("OBD.AbsoluteLoad", .reading(.absoluteLoad)),
        ("Service.IsServiceDue", .reading(.serviceDue)),
        ("Service.DistanceToService", .reading(.serviceDistance)),
        ("Service.TimeToService", .reading(.serviceTime)),
        ("Speed", .reading(.vehicleSpeed)), ("TraveledDistance", .reading(.odometer)),
        ("Powertrain.CombustionEngine.Speed", .reading(.engineSpeed)),
        ("Powertrain.CombustionEngine.ECT", .reading(.coolant)),
        ("Powertrain.CombustionEngine.EOT", .reading(.oil)),
        ("Powertrain.CombustionEngine.EngineHours", .reading(.engineHours)),
        ("Powertrain.TractionBattery.StateOfCharge.Current", .reading(.charge)),
        ("VehicleIdentification.VIN", .vehicle),
    ]

    private static let names = SignalNames(table.map(\.path))

    /// What a path stands for, or `nil`.
    ///
    /// - Parameter path: with dots, and with or without `Vehicle.`.
    static func meaning(of path: Span<UInt8>) -> Meaning? {
        let found = names.find(path.extracting((isBelowRoot(path) ? 8 : 0)..<path.count))
        return found.map { table[Int($0.index)].meaning }
    }

    /// Whether a path begins with `Vehicle.`.
    private static func isBelowRoot(_ path: Span<UInt8>) -> Bool {
        guard path.count >= 8 else { return false }
        var word: UInt64 = 0
        for index in 0..<8 { word = word << 8 | UInt64(path[index]) }
        return word == 0x5665_6869_636C_652E
    }
}
