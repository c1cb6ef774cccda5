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
        // Where both are too long together the bus's name is cut.
        let count = min(length(bus), max(0, ShortText.longest - length(unit) - 1))
        var name = Name()
        for index in 0..<count { name.append(byte(index, of: bus)) }
        name.append(0x3A)
        for index in 0..<length(unit) { name.append(byte(index, of: unit)) }
        return ShortText(high: name.high, low: name.low)
    }

    /// The two words of a text that grows at its end.
    private struct Name {
        var high: UInt64 = 0
        var low: UInt64 = 0
        var count = 0

        mutating func append(_ byte: UInt8) {
            let shift = UInt64(56 - 8 * (count & 7))
            if count < 8 { high |= UInt64(byte) << shift } else { low |= UInt64(byte) << shift }
            count += 1
        }
    }

    private static func byte(_ index: Int, of text: ShortText) -> UInt8 {
        let word = index < 8 ? text.high : text.low
        return UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * (index & 7)))
    }

    private static func length(_ text: ShortText) -> Int {
        // Unused characters are zeros at the end.
        text.low != 0
            ? 16 - text.low.trailingZeroBitCount / 8
            : text.high != 0 ? 8 - text.high.trailingZeroBitCount / 8 : 0
    }
}
