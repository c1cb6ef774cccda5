/// Names that several devices give to the signals that Forewarn knows, in its units.
enum DeviceSignals {
    /// The names that people choose and gateways share.
    static let common = NameTable<Scaled>([
        ("rpm", Scaled(.engineSpeed)), ("engine_speed", Scaled(.engineSpeed)),
        ("engineSpeed", Scaled(.engineSpeed)), ("EngineRPM", Scaled(.engineSpeed)),
        ("engine_rpm", Scaled(.engineSpeed)), ("speed", Scaled(.vehicleSpeed)),
        ("vehicle_speed", Scaled(.vehicleSpeed)), ("speed_kmh", Scaled(.vehicleSpeed)),
        ("coolant_temp", .celsius(.coolant)), ("coolant", .celsius(.coolant)),
        ("coolantTemp", .celsius(.coolant)), ("coolant_c", .celsius(.coolant)),
        ("engine_coolant_temperature", .celsius(.coolant)),
        ("intake_temp", .celsius(.intake)), ("ambiant_air_temp", .celsius(.ambient)),
        ("ambient_air_temp", .celsius(.ambient)), ("oil_temp", .celsius(.oil)),
        ("engine_oil_temperature", .celsius(.oil)), ("engine_load", Scaled(.load)),
        ("throttle_pos", Scaled(.throttle)), ("throttle", Scaled(.throttle)),
        ("fuel_level", Scaled(.fuelLevel)), ("fuelLevel", Scaled(.fuelLevel)),
        ("battery_voltage", Scaled(.voltage)), ("control_module_voltage", Scaled(.voltage)),
        ("odometer", Scaled(.odometer)), ("odometer_km", Scaled(.odometer)),
        ("odo_km", Scaled(.odometer)), ("engine_hours", Scaled(.engineHours)),
        ("soc", Scaled(.charge)),
    ])
}
