import VehicleFaults

/// Where signals lie in J1939 messages (SAE J1939-71), by parameter group.
struct J1939Signal {
    var spn: UInt32
    var signal: KnownSignal
    /// The first byte, from 0, and how many.
    var start: Int
    var count: Int
    /// The value is raw divided by this, plus the offset.
    var divisor: Double
    var offset: Double = 0

    /// The signals of a parameter group, in order of place.
    static func signals(of pgn: UInt32) -> [J1939Signal] {
        switch pgn {
        case 61_444: electronicEngine
        case 65_262: temperatures
        case 65_263: fluids
        case 65_253: hours
        case 65_248: distance
        case 65_271: power
        case 65_266: fuel
        case 65_270: inlet
        default: []
        }
    }

    // EEC1
    private static let electronicEngine = [
        J1939Signal(spn: 513, signal: .torque, start: 2, count: 1, divisor: 1, offset: -125),
        J1939Signal(spn: 190, signal: .engineSpeed, start: 3, count: 2, divisor: 8),
    ]
    // ET1
    private static let temperatures = [
        J1939Signal(spn: 110, signal: .coolant, start: 0, count: 1, divisor: 1, offset: -40),
        J1939Signal(spn: 175, signal: .oil, start: 2, count: 2, divisor: 32, offset: -273),
    ]
    // EFL/P1
    private static let fluids = [
        J1939Signal(spn: 100, signal: .oilPressure, start: 3, count: 1, divisor: 0.25)
    ]
    private static let hours = [
        J1939Signal(spn: 247, signal: .engineHours, start: 0, count: 4, divisor: 20)
    ]
    // VD
    private static let distance = [
        J1939Signal(spn: 245, signal: .odometer, start: 4, count: 4, divisor: 8)
    ]
    // VEP1
    private static let power = [
        J1939Signal(spn: 168, signal: .voltage, start: 4, count: 2, divisor: 20)
    ]
    // LFE
    private static let fuel = [
        J1939Signal(spn: 183, signal: .fuelRate, start: 0, count: 2, divisor: 20)
    ]
    // IC1
    private static let inlet = [
        J1939Signal(spn: 102, signal: .boost, start: 1, count: 1, divisor: 0.5)
    ]

    /// The raw number, the least significant byte first.
    func raw(_ bytes: Span<UInt8>) -> UInt64 {
        var raw: UInt64 = 0
        for index in (start..<start + count).reversed() { raw = raw << 8 | UInt64(bytes[index]) }
        return raw
    }

    /// Whether a raw number means "error", "not available" or is reserved: the top byte is FB to FF.
    static func isReserved(_ raw: UInt64, bytes: Int) -> Bool {
        raw >> UInt64(8 * (bytes - 1)) >= 0xFB
    }
}
