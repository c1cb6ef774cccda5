/// What the columns of a table of readings stand for.
public struct TableColumns: Sendable, Equatable {
    /// The meaning of one column.
    public enum Meaning: Sendable, Equatable {
        /// The vehicle's name.
        case vehicle
        /// When it was measured.
        case time
        /// Kilometres.
        case odometer
        /// Hours.
        case engineHours
        /// Fault codes with blanks, commas or `|` between them.
        case codes
        /// A reading with this name.
        case signal(String)
        /// Nothing that is wanted.
        case ignored
    }

    /// Meanings by the text of the header, as it stands in the file.
    public var meanings: [String: Meaning]
    /// The vehicle of every row, where no column names one.
    public var vehicle: String?

    /// Columns with these meanings; others are found by their names, see ``meaning(of:)``.
    public init(_ meanings: [String: Meaning] = [:], vehicle: String? = nil) {
        self.meanings = meanings
        self.vehicle = vehicle
    }

    /// Reads `HEADER=MEANING`, where the meaning is `vehicle`, `time`, `odo_km`, `engine_h`,
    /// `dtcs`, `-` for none, or the name of a signal.
    ///
    /// - Returns: `nil` without a `=` or with nothing on one side of it.
    public static func entry(_ text: String) -> (header: String, meaning: Meaning)? {
        guard let sign = text.lastIndex(of: "="), sign != text.startIndex else { return nil }
        let name = String(text[text.index(after: sign)...])
        guard !name.isEmpty else { return nil }
        let meaning: Meaning =
            switch name {
            case "vehicle", "vin": .vehicle
            case "time", "ts": .time
            case "odo_km": .odometer
            case "engine_h": .engineHours
            case "dtcs": .codes
            case "-": .ignored
            default: .signal(name)
            }
        return (String(text[..<sign]), meaning)
    }

    /// What a header means: what was said of it, else what its name says.
    ///
    /// Names are compared in lower case, with `_` for all that is no letter or digit and without a
    /// unit in brackets. One that is not known gives a signal of that name.
    public func meaning(of header: String) -> Meaning {
        if let said = meanings[header] { return said }
        let name = Self.plain(header)
        switch name {
        case "": return .ignored
        case "vin", "vehicle", "vehicle_id", "vehicleid", "car_id", "device_id", "imei":
            return .vehicle
        case "time", "timestamp", "datetime", "date_time", "ts", "device_time": return .time
        case "odometer", "odometer_km", "odo_km", "mileage_km": return .odometer
        case "engine_hours", "engine_h": return .engineHours
        case "dtcs", "dtc", "trouble_codes", "dtc_codes", "fault_codes": return .codes
        default: return .signal(Self.usual[name] ?? name)
        }
    }

    /// The names that loggers give to what the native message calls otherwise.
    private static let usual: [String: String] = [
        "engine_rpm": "rpm", "engine_speed": "rpm", "vehicle_speed": "speed_kmh",
        "speed": "speed_kmh", "coolant_temperature": "coolant_c",
        "engine_coolant_temp": "coolant_c", "engine_coolant_temperature": "coolant_c",
        "engine_load": "load_pct", "throttle": "throttle_pct", "throttle_pos": "throttle_pct",
        "throttle_position": "throttle_pct", "air_intake_temp": "intake_c",
        "intake_air_temp": "intake_c", "intake_air_temperature": "intake_c",
        "ambient_air_temp": "ambient_c", "control_module_voltage": "batt_v",
        "engine_oil_temp": "oil_c", "fuel_level": "fuel_pct", "fuel_tank": "fuel_pct",
    ]

    private static func plain(_ header: String) -> String {
        var bytes: [UInt8] = []
        var depth = 0
        for byte in header.utf8 {
            switch byte {
            case UInt8(ascii: "("), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: ")"), UInt8(ascii: "]"): depth -= 1
            case _ where depth > 0: continue
            case 0x30...0x39, 0x61...0x7A: bytes.append(byte)
            case 0x41...0x5A: bytes.append(byte + 0x20)
            case 0x80...: bytes.append(byte)
            default: if bytes.last != UInt8(ascii: "_") { bytes.append(UInt8(ascii: "_")) }
            }
        }
        while bytes.last == UInt8(ascii: "_") { bytes.removeLast() }
        while bytes.first == UInt8(ascii: "_") { bytes.removeFirst() }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// How recordings are read whose lines do not say all that a message needs.
public struct RecordingOptions: Sendable, Equatable {
    /// What the columns of a table stand for.
    public var columns: TableColumns

    /// The usual meanings of columns.
    public init(columns: TableColumns = TableColumns()) { self.columns = columns }
}
