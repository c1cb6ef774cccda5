import VehicleFaults

/// The signals that several codecs and envelopes know, under the names that rules use.
public enum KnownSignal: UInt8, Sendable, CaseIterable {
    case engineSpeed, vehicleSpeed, coolant, load, absoluteLoad
    case shortTrim1, longTrim1, shortTrim2, longTrim2
    case fuelPressure, manifoldPressure, barometer, boost, oilPressure
    case intake, ambient, oil, catalyst, airFlow, throttle
    case runTime, milDistance, clearDistance, milTime, clearTime, warmUps
    case fuelLevel, fuelRate, voltage, odometer, engineHours
    case lampMIL, lampStop, lampWarning, lampProtect, codeCount, openMonitors
    case torque, friction, noxIn, noxOut, ureaLevel, airMass, scrIn, scrOut, filterPressure
    case packVoltage, packCurrent, charge, insulation, cellVoltageHigh, cellVoltageLow
    case cellHot, cellCold, motor, motorController, motorSpeed, alarmLevel
    case serviceDue, serviceDistance, serviceTime
    case clearRequested, clearConfirmed

    /// The name under which readings are kept; it ends with the unit.
    public var name: String { Self.facts[Int(rawValue)].name }
    /// The unit, or empty for a count or a yes or no.
    public var unit: String { Self.facts[Int(rawValue)].unit }
    /// What the signal can be; any other value is a device's way to say that it has none.
    public var range: ClosedRange<Double> { Self.facts[Int(rawValue)].range }

    private struct Fact {
        var name: String
        var unit: String
        var range: ClosedRange<Double>
    }

    private static let facts: [Fact] = allCases.map { signal in
        switch signal {
        case .engineSpeed: Fact(name: "rpm", unit: "rpm", range: 0...20_000)
        case .vehicleSpeed: Fact(name: "speed_kmh", unit: "km/h", range: 0...400)
        case .coolant: Fact(name: "coolant_c", unit: "°C", range: -40...215)
        case .load: Fact(name: "load_pct", unit: "%", range: 0...100)
        case .absoluteLoad: Fact(name: "abs_load_pct", unit: "%", range: 0...25_700)
        case .shortTrim1: Fact(name: "trim_short1_pct", unit: "%", range: -100...100)
        case .longTrim1: Fact(name: "trim_long1_pct", unit: "%", range: -100...100)
        case .shortTrim2: Fact(name: "trim_short2_pct", unit: "%", range: -100...100)
        case .longTrim2: Fact(name: "trim_long2_pct", unit: "%", range: -100...100)
        case .fuelPressure: Fact(name: "fuel_kpa", unit: "kPa", range: 0...300_000)
        case .manifoldPressure: Fact(name: "map_kpa", unit: "kPa", range: 0...1_000)
        case .barometer: Fact(name: "baro_kpa", unit: "kPa", range: 0...255)
        case .boost: Fact(name: "boost_kpa", unit: "kPa", range: 0...1_000)
        case .oilPressure: Fact(name: "oil_kpa", unit: "kPa", range: 0...2_000)
        case .intake: Fact(name: "intake_c", unit: "°C", range: -40...215)
        case .ambient: Fact(name: "ambient_c", unit: "°C", range: -60...215)
        case .oil: Fact(name: "oil_c", unit: "°C", range: -60...300)
        case .catalyst: Fact(name: "cat_c", unit: "°C", range: -40...6_514)
        case .airFlow: Fact(name: "maf_gps", unit: "g/s", range: 0...656)
        case .throttle: Fact(name: "throttle_pct", unit: "%", range: 0...100)
        case .runTime: Fact(name: "run_s", unit: "s", range: 0...4_294_967_295)
        case .milDistance: Fact(name: "mil_km", unit: "km", range: 0...10_000_000)
        case .clearDistance: Fact(name: "clear_km", unit: "km", range: 0...10_000_000)
        case .milTime: Fact(name: "mil_min", unit: "min", range: 0...10_000_000)
        case .clearTime: Fact(name: "clear_min", unit: "min", range: 0...10_000_000)
        case .warmUps: Fact(name: "clear_warmups", unit: "", range: 0...65_535)
        case .fuelLevel: Fact(name: "fuel_pct", unit: "%", range: 0...100)
        case .fuelRate: Fact(name: "fuel_lph", unit: "L/h", range: 0...3_277)
        case .voltage: Fact(name: "batt_v", unit: "V", range: 0...100)
        case .odometer: Fact(name: "odo_km", unit: "km", range: 0...530_000_000)
        case .engineHours: Fact(name: "engine_h", unit: "h", range: 0...215_000_000)
        case .lampMIL: Fact(name: "mil_on", unit: "", range: 0...1)
        case .lampStop: Fact(name: "stop_lamp_on", unit: "", range: 0...1)
        case .lampWarning: Fact(name: "warning_lamp_on", unit: "", range: 0...1)
        case .lampProtect: Fact(name: "protect_lamp_on", unit: "", range: 0...1)
        case .codeCount: Fact(name: "dtc_count", unit: "", range: 0...65_535)
        case .openMonitors: Fact(name: "monitors_open", unit: "", range: 0...16)
        case .torque: Fact(name: "torque_pct", unit: "%", range: -125...130)
        case .friction: Fact(name: "friction_pct", unit: "%", range: -125...130)
        case .noxIn: Fact(name: "nox_in_ppm", unit: "ppm", range: -200...3_012.75)
        case .noxOut: Fact(name: "nox_out_ppm", unit: "ppm", range: -200...3_012.75)
        case .ureaLevel: Fact(name: "def_pct", unit: "%", range: 0...100)
        case .airMass: Fact(name: "air_kgph", unit: "kg/h", range: 0...3_213)
        case .scrIn: Fact(name: "scr_in_c", unit: "°C", range: -273...1_735)
        case .scrOut: Fact(name: "scr_out_c", unit: "°C", range: -273...1_735)
        case .filterPressure: Fact(name: "dpf_kpa", unit: "kPa", range: 0...6_426)
        case .packVoltage: Fact(name: "pack_v", unit: "V", range: 0...6_000)
        case .packCurrent: Fact(name: "pack_a", unit: "A", range: -3_000...3_000)
        case .charge: Fact(name: "soc_pct", unit: "%", range: 0...100)
        case .insulation: Fact(name: "insulation_kohm", unit: "kΩ", range: 0...65_533)
        case .cellVoltageHigh: Fact(name: "cell_max_v", unit: "V", range: 0...15)
        case .cellVoltageLow: Fact(name: "cell_min_v", unit: "V", range: 0...15)
        case .cellHot: Fact(name: "pack_c", unit: "°C", range: -40...210)
        case .cellCold: Fact(name: "pack_min_c", unit: "°C", range: -40...210)
        case .motor: Fact(name: "motor_c", unit: "°C", range: -40...210)
        case .motorController: Fact(name: "inverter_c", unit: "°C", range: -40...210)
        case .motorSpeed: Fact(name: "motor_rpm", unit: "rpm", range: -20_000...45_531)
        case .alarmLevel: Fact(name: "alarm_level", unit: "", range: 0...4)
        case .serviceDue: Fact(name: "service_due", unit: "", range: 0...1)
        case .serviceDistance: Fact(name: "service_km", unit: "km", range: -1_000_000...1_000_000)
        case .serviceTime: Fact(name: "service_s", unit: "s", range: -3.2e9...3.2e9)
        case .clearRequested: Fact(name: "clear_requested", unit: "", range: 0...1)
        case .clearConfirmed: Fact(name: "clear_confirmed", unit: "", range: 0...1)
        }
    }
}
