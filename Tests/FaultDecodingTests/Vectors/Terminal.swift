/// Frames of GB/T 32960.3 and HJ 1239, as a terminal would write them.
enum Terminal {
    static let vin = Array("1G1BL52P7TR115520".utf8)
    /// 2017-12-20 22:23:59 in Beijing.
    static let time: [UInt8] = [17, 12, 20, 22, 23, 59]
    /// What a packet of HJ 1239 begins its data with.
    static let truckHead = time + [0, 7]

    /// A frame of GB/T 32960.3.
    static func gbt(
        _ data: [UInt8], command: UInt8 = 2, edition2025: Bool = false, vin: [UInt8] = vin,
        encryption: UInt8 = 1
    ) -> [UInt8] {
        let mark: UInt8 = edition2025 ? 0x24 : 0x23
        return closed([mark, mark, command, 0xFE] + vin, encryption, data)
    }

    /// A packet of HJ 1239.
    static func truck(_ data: [UInt8], command: UInt8 = 2, encryption: UInt8 = 1) -> [UInt8] {
        closed([0x23, 0x23, command] + vin + [1], encryption, data)
    }

    private static func closed(_ head: [UInt8], _ encryption: UInt8, _ data: [UInt8]) -> [UInt8] {
        let frame =
            head + [encryption, UInt8(data.count >> 8), UInt8(data.count & 255)] + data
        return frame + [frame.dropFirst(2).reduce(0, ^)]
    }

    /// An alarm block with lists for battery, motor, engine and others.
    static func alarm(
        level: UInt8, flags: UInt32, _ lists: [[UInt32]], type: UInt8 = 7, levels: [[UInt8]]? = nil
    ) -> [UInt8] {
        var block = [type, level] + big(flags)
        for list in lists { block += [UInt8(list.count)] + list.flatMap(big) }
        if let levels { block += [UInt8(levels.count)] + levels.flatMap { $0 } }
        return block
    }

    static func big(_ value: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }

    static let vehicle2016 = hex("01 01 03 01 02D7 000A2C2A 0E74 2710 4B 01 0F 03E8 00 00")
    static let vehicle2025 = hex("01 01 03 01 02D7 000A2C2A 0E74 7530 4B 01 0F 03E8")
    static let extremes = hex("06 01 05 1068 01 11 1004 01 02 46 01 03 3C")
    static let motor2016 = hex("02 01 01 01 50 4E20 4E20 5A 0E74 2710")
    static let motor2025 = hex("02 01 01 01 50 7D00 00004E20 5A")

    static let engine = hex(
        "02 110C14060708 5000 C8 96 82 1F40 00C8 1388 1194 FA 0FA0 3E80 4000 0064 7D C8 00 06F6D1D8 01CA5B4C 0009FBF1"
    )
    static let obdHead = hex("01 110C14060708")
    static func obd(
        protocol number: UInt8, lamp: UInt8, support: UInt16, open: UInt16, count: UInt8,
        codes: [UInt8]
    ) -> [UInt8] {
        obdHead
            + [
                number, lamp, UInt8(support >> 8), UInt8(support & 255), UInt8(open >> 8),
                UInt8(open & 255),
            ] + vin + [UInt8](repeating: 0x30, count: 36) + [UInt8](repeating: 0, count: 36)
            + [count] + codes
    }
}
