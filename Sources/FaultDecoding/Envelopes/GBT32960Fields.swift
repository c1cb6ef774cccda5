import VehicleFaults

/// The readings in EMQX's GB/T 32960 messages: raw integers with the scaling of the standard, and its
/// values for "error" and "invalid".
enum GBT32960Fields {
    private static func byte(_ signal: KnownSignal, plus offset: Double = 0) -> Scaled {
        Scaled(signal, plus: offset, none: 254, or: 255)
    }

    private static func word(
        _ signal: KnownSignal, times factor: Double, plus offset: Double = 0
    ) -> Scaled {
        Scaled(signal, times: factor, plus: offset, none: 65_534, or: 65_535)
    }

    private static let vehicle = NameTable<Scaled>([
        ("Speed", word(.vehicleSpeed, times: 0.1)),
        ("Mileage", Scaled(.odometer, times: 0.1, none: 4_294_967_294, or: 4_294_967_295)),
        ("Voltage", word(.packVoltage, times: 0.1)),
        ("Current", word(.packCurrent, times: 0.1, plus: -1000)), ("SOC", byte(.charge)),
        ("Resistance", word(.insulation, times: 1)),
    ])

    private static let motor = NameTable<Scaled>([
        ("CtrlTemp", byte(.motorController, plus: -40)), ("MotorTemp", byte(.motor, plus: -40)),
        ("Rotating", word(.motorSpeed, times: 1, plus: -20_000)),
    ])

    private static let extreme = NameTable<Scaled>([
        ("MaxBatteryVoltage", word(.cellVoltageHigh, times: 0.001)),
        ("MinBatteryVoltage", word(.cellVoltageLow, times: 0.001)),
        ("MaxTemp", byte(.cellHot, plus: -40)), ("MinTemp", byte(.cellCold, plus: -40)),
    ])

    private static let engine = NameTable<Scaled>([
        ("CrankshaftSpeed", word(.engineSpeed, times: 1))
    ])

    /// A member that is kept under a name of its own.
    private struct Other: Sendable {
        var factor: Double
        var offset: Double
        var name: [UInt8]

        init(_ factor: Double, _ offset: Double, _ name: String) {
            self.factor = factor
            self.offset = offset
            self.name = Array(name.utf8)
        }
    }

    private static let others = NameTable<Other>([
        ("CellVoltage", Other(0.1, 0, "fuelcell_v")), ("CellCurrent", Other(0.1, 0, "fuelcell_a")),
        ("H_MaxTemp", Other(0.1, -40, "hydrogen_c")), ("H_MaxPress", Other(0.1, 0, "hydrogen_mpa")),
        ("H_MaxConc", Other(1, 0, "hydrogen_mgkg")),
        ("FuelConsumption", Other(0.01, 0, "fuel_l100km")),
        ("Torque", Other(0.1, -2000, "motor_nm")), ("InputVoltage", Other(0.1, 0, "motor_v")),
        ("DCBusCurrent", Other(0.1, -1000, "motor_a")),
    ])

    /// Adds the readings of one element of `Infos`.
    static func append(
        _ node: Int, of tape: borrowing JSONTape, to draft: inout ReportDraft,
        _ writer: inout ReportWriter
    ) {
        guard let type = tape.member("Type", of: node) else {
            return writer.refuse(.shapeUnknown, at: tape.place(of: node))
        }
        if tape.isText(type, "Vehicle") {
            members(node, tape, vehicle, to: &draft, &writer)
        } else if tape.isText(type, "DriveMotor") {
            guard let motors = tape.member("Motors", of: node) else { return }
            for (index, item) in tape.children(of: motors).enumerated() {
                // Signals have one name; of several motors the first one is the vehicle's.
                guard index == 0 else {
                    writer.buffer.unknownFields += 1
                    continue
                }
                members(item, tape, motor, to: &draft, &writer)
            }
        } else if tape.isText(type, "Extreme") {
            members(node, tape, extreme, to: &draft, &writer)
        } else if tape.isText(type, "Engine") {
            members(node, tape, engine, to: &draft, &writer)
        } else if tape.isText(type, "FuelCell") {
            members(node, tape, engine, to: &draft, &writer)
        } else if !tape.isText(type, "Location"), !tape.isText(type, "Alarm") {
            // Single cells and probes, of which the extremes are sent as well.
            writer.buffer.unknownFields += 1
        }
    }

    private static func members(
        _ node: Int, _ tape: borrowing JSONTape, _ map: NameTable<Scaled>,
        to draft: inout ReportDraft,
        _ writer: inout ReportWriter
    ) {
        for member in tape.children(of: node) {
            if let scaled = map.find(tape, member) {
                writer.append(member, of: tape, as: scaled, to: &draft)
            } else if let other = others.find(tape, member), let raw = tape.number(member) {
                guard raw < 65_534 else {
                    writer.note("raw", member, of: tape, "no data", trap: .reservedValue)
                    continue
                }
                let value = raw * other.factor + other.offset
                writer.append(
                    name: other.name.span, value, at: tape.place(of: member), to: &draft)
                writer.note("raw", member, of: tape, "\(value)", trap: .scaled)
            }
        }
    }
}
