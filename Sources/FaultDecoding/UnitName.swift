import VehicleFaults

/// Names of control units, made from the identifiers that frames carry, without touching the heap.
enum UnitName {
    /// A number as upper-case hex digits, at most eight.
    static func hex(_ value: UInt32, digits: Int) -> ShortText {
        var high: UInt64 = 0
        for index in 0..<digits {
            let digit = UInt64(value >> UInt32(4 * (digits - 1 - index)) & 15)
            high |= (digit < 10 ? digit + 0x30 : digit + 0x37) << UInt64(56 - 8 * index)
        }
        return ShortText(high: high, low: 0)
    }

    /// `SA0` to `SA255`: the unit at a source address of SAE J1939.
    static func sourceAddress(_ address: UInt8) -> ShortText {
        var high: UInt64 = 0x5341 << 48
        var shift: UInt64 = 40
        for divisor in [100, 10, 1] as [UInt8] where address >= divisor || divisor == 1 {
            high |= UInt64(0x30 + address / divisor % 10) << shift
            shift -= 8
        }
        return ShortText(high: high, low: 0)
    }

    /// A unit with its bus before it, where that has a name: `can1:SA0`.
    static func on(_ bus: ShortText, _ unit: ShortText) -> ShortText {
        guard bus != .empty else { return unit }
        let unit = unit.bytes
        let name = bus.bytes.prefix(max(0, ShortText.longest - unit.count - 1)) + [0x3A] + unit
        return ShortText(Array(name).span) ?? .empty
    }
}
