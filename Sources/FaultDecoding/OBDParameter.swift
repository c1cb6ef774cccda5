import VehicleFaults

/// The parameters of OBD service 01 (SAE J1979, ISO 15031-5): how long they are and what they
/// measure.
enum OBDParameter {
    /// How a parameter's bytes, read as one big-endian number, become a reading.
    struct Scale {
        var signal: KnownSignal
        var numerator: Double = 1
        var denominator: Double = 1
        var offset: Double = 0

        func value(_ raw: UInt64) -> Double { Double(raw) * numerator / denominator + offset }
        /// Whether the raw number is not yet the value.
        var isScaled: Bool { numerator != 1 || denominator != 1 || offset != 0 }
    }

    /// Bytes of a parameter's value, or 0 when it is not known here.
    static func length(of parameter: UInt8) -> Int {
        switch parameter {
        case 0x00, 0x01, 0x20, 0x24...0x2B, 0x34...0x3B, 0x40, 0x41, 0x4F, 0x50, 0x60, 0x80, 0xA0,
            0xA6, 0xC0:
            4
        case 0x02, 0x03, 0x0C, 0x10, 0x14...0x1B, 0x1F, 0x21...0x23, 0x31, 0x32, 0x3C...0x3F,
            0x42...0x44, 0x4D, 0x4E, 0x53, 0x54, 0x59, 0x5D, 0x5E, 0x63, 0x65:
            2
        case 0x04...0x0B, 0x0D...0x0F, 0x11...0x13, 0x1C...0x1E, 0x2C...0x30, 0x33, 0x45...0x4C,
            0x51, 0x52,
            0x55...0x58, 0x5A...0x5C, 0x5F, 0x61, 0x62:
            1
        case 0x64, 0x66: 5
        case 0x67: 3
        default: 0
        }
    }

    /// What a parameter measures, or `nil` for one that is no single number or of no use here.
    static func scale(of parameter: UInt8) -> Scale? {
        switch parameter {
        case 0x04: Scale(signal: .load, numerator: 100, denominator: 255)
        case 0x05: Scale(signal: .coolant, offset: -40)
        case 0x06: Scale(signal: .shortTrim1, numerator: 100, denominator: 128, offset: -100)
        case 0x07: Scale(signal: .longTrim1, numerator: 100, denominator: 128, offset: -100)
        case 0x08: Scale(signal: .shortTrim2, numerator: 100, denominator: 128, offset: -100)
        case 0x09: Scale(signal: .longTrim2, numerator: 100, denominator: 128, offset: -100)
        case 0x0A: Scale(signal: .fuelPressure, numerator: 3)
        case 0x0B: Scale(signal: .manifoldPressure)
        case 0x0C: Scale(signal: .engineSpeed, denominator: 4)
        case 0x0D: Scale(signal: .vehicleSpeed)
        case 0x0F: Scale(signal: .intake, offset: -40)
        case 0x10: Scale(signal: .airFlow, denominator: 100)
        case 0x11: Scale(signal: .throttle, numerator: 100, denominator: 255)
        case 0x1F: Scale(signal: .runTime)
        case 0x21: Scale(signal: .milDistance)
        case 0x2F: Scale(signal: .fuelLevel, numerator: 100, denominator: 255)
        case 0x30: Scale(signal: .warmUps)
        case 0x31: Scale(signal: .clearDistance)
        case 0x33: Scale(signal: .barometer)
        case 0x3C: Scale(signal: .catalyst, denominator: 10, offset: -40)
        case 0x42: Scale(signal: .voltage, denominator: 1000)
        case 0x43: Scale(signal: .absoluteLoad, numerator: 100, denominator: 255)
        case 0x46: Scale(signal: .ambient, offset: -40)
        case 0x4D: Scale(signal: .milTime)
        case 0x4E: Scale(signal: .clearTime)
        case 0x5C: Scale(signal: .oil, offset: -40)
        case 0x5E: Scale(signal: .fuelRate, denominator: 20)
        case 0xA6: Scale(signal: .odometer, denominator: 10)
        default: nil
        }
    }

    /// The word for the state of the fuel system (parameter 03).
    static func fuelSystem(_ byte: UInt8) -> Saying {
        switch byte {
        case 0x00: "engine off"
        case 0x01: "open loop, cold"
        case 0x02: "closed loop"
        case 0x04: "open loop, load"
        case 0x08: "open loop, fault"
        case 0x10: "closed loop, fault"
        default: "reserved"
        }
    }
}

/// The lamp, the count and the monitors of parameter 01.
struct OBDReadiness {
    /// Whether the malfunction lamp is on.
    let lamp: Bool
    /// How many codes are stored.
    let count: Int
    /// Whether the engine ignites by compression, on which the monitors' names depend.
    let isDiesel: Bool
    /// The monitors that the vehicle has, by name, and whether each has finished.
    let monitors: [(name: Saying, isComplete: Bool)]

    /// Reads the four bytes A to D.
    init(_ a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8) {
        lamp = a & 0x80 != 0
        count = Int(a & 0x7F)
        isDiesel = b & 8 != 0
        var monitors: [(name: Saying, isComplete: Bool)] = []
        let always: [Saying] = ["misfire", "fuel system", "components"]
        for (bit, name) in always.enumerated()
        where b & UInt8(1 << bit) != 0 {
            monitors.append((name, b & UInt8(0x10 << bit) == 0))
        }
        let names: [Saying] =
            isDiesel
            ? [
                "NMHC catalyst", "NOx/SCR", "", "boost", "", "exhaust sensor", "PM filter",
                "EGR/VVT",
            ]
            : [
                "catalyst", "heated catalyst", "EVAP", "secondary air", "A/C or GPF", "O2 sensor",
                "O2 heater", "EGR/VVT",
            ]
        for (bit, name) in names.enumerated() where c & UInt8(1 << bit) != 0 && !name.isEmpty {
            monitors.append((name, d & UInt8(1 << bit) == 0))
        }
        self.monitors = monitors
    }

    /// How many monitors have not finished.
    var open: Int { monitors.count { !$0.isComplete } }
}
