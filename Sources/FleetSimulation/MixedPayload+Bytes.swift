import VehicleFaults

/// Bytes as control units and trackers lay them out.
enum MixedBytes {
    /// The lowest bytes of a number, highest first.
    static func big(_ number: some BinaryInteger, _ count: Int) -> [UInt8] {
        (0..<count).reversed().map {
            UInt8(truncatingIfNeeded: UInt64(truncatingIfNeeded: number) >> UInt64(8 * $0))
        }
    }

    static func hex(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        return String(
            decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] },
            as: UTF8.self)
    }

    /// The two bytes of a code as `P0301` (SAE J2012): the letter, then four digits.
    static func obd(_ code: String) -> [UInt8] {
        let letters = Array("PCBU".utf8)
        let text = Array(code.utf8)
        let system = letters.firstIndex(of: text[0]) ?? 0
        let digits = text[1...].reduce(0) { $0 << 4 | Int($1 < 0x41 ? $1 - 0x30 : $1 - 0x37) }
        return big(system << 14 | digits, 2)
    }

    /// The four bytes of `SPN 100 FMI 1` in the layout of SAE J1939-73 since 1996, seen once.
    static func suspect(_ code: String) -> [UInt8] {
        let numbers = code.split(separator: " ").compactMap { Int($0) }
        let (number, mode) = (numbers[0], numbers[1])
        return [
            UInt8(number & 255), UInt8(number >> 8 & 255), UInt8((number >> 16) << 5 | mode), 1,
        ]
    }

    /// The frames of a message (ISO 15765-2), without what they are filled up with.
    static func isoFrames(_ message: [UInt8]) -> [[UInt8]] {
        guard message.count > 7 else { return [[UInt8(message.count)] + message] }
        var frames = [big(0x1000 | message.count, 2) + message[..<6]]
        for (number, start) in stride(from: 6, to: message.count, by: 7).enumerated() {
            frames.append(
                [0x20 | UInt8(number + 1 & 15)] + message[start..<min(start + 7, message.count)])
        }
        return frames
    }

    /// The frames of a message to all (SAE J1939-21), filled up, as identifier and data.
    static func broadcast(_ message: [UInt8], group: Int, source: UInt8) -> [String] {
        guard message.count > 8 else {
            return [
                "18\(hex(big(group, 2)))\(hex([source]))#\(hex(message + [UInt8](repeating: 0xFF, count: 8 - message.count)))"
            ]
        }
        let packets = (message.count + 6) / 7
        let head: [UInt8] = [
            0x20, UInt8(message.count & 255), UInt8(message.count >> 8), UInt8(packets), 0xFF,
            UInt8(group & 255), UInt8(group >> 8), 0,
        ]
        return ["18ECFF\(hex([source]))#\(hex(head))"]
            + (0..<packets).map { packet in
                let part = message[7 * packet..<min(7 * packet + 7, message.count)]
                let data =
                    [UInt8(packet + 1)] + part + [UInt8](repeating: 0xFF, count: 7 - part.count)
                return "18EBFF\(hex([source]))#\(hex(data))"
            }
    }

    /// CRC-16/ARC: polynomial 8005 (hex), reflected, from 0.
    static func sum16(_ bytes: [UInt8]) -> Int {
        bytes.reduce(0) { sum, byte in
            (0..<8).reduce(sum ^ Int(byte)) { sum, _ in sum & 1 == 1 ? sum >> 1 ^ 0xA001 : sum >> 1
            }
        }
    }

    /// A field of a protobuf with a number.
    static func field(_ number: Int, _ value: UInt64) -> [UInt8] {
        varint(UInt64(number << 3)) + varint(value)
    }

    /// A field of a protobuf with bytes.
    static func field(_ number: Int, _ bytes: [UInt8]) -> [UInt8] {
        varint(UInt64(number << 3 | 2)) + varint(UInt64(bytes.count)) + bytes
    }

    private static func varint(_ number: UInt64) -> [UInt8] {
        number < 128 ? [UInt8(number)] : [UInt8(number & 127) | 128] + varint(number >> 7)
    }
}

extension MixedPayload {
    /// A logger's lines: temperatures, then the fault list of the engine's control unit.
    static func j1939(_ member: MixedFleet.Member, _ moment: MixedMoment) -> SampleMessage {
        let temperatures: [UInt8] = [
            UInt8(moment.coolant + 40), 0xFF, 0xFE, 0xFE, 255, 255, 255, 255,
        ]
        let speed = moment.rpm * 8
        let engine: [UInt8] = [0x20, 125, 135, UInt8(speed & 255), UInt8(speed >> 8), 0, 255, 255]
        // Lamp fields that a unit does not use read 11: C0 is as good a "no lamp" as 00.
        let lamps: UInt8 = moment.codes.isEmpty ? (member.place == 0 ? 0x00 : 0xC0) : 0x10
        var list: [UInt8] = [lamps, 0xFF]
        list += moment.codes.isEmpty ? [0, 0, 0, 0] : moment.codes.flatMap(MixedBytes.suspect)
        let frames =
            MixedBytes.broadcast(engine, group: 0xF004, source: 0)
            + MixedBytes.broadcast(temperatures, group: 0xFEEE, source: 0)
            + MixedBytes.broadcast(list, group: 0xFECA, source: 0)
        let seconds = moment.time.milliseconds / 1000
        let lines = frames.enumerated().map { number, frame in
            let fraction = String(1_000_000 + 50_000 * number).dropFirst()
            return "(\(seconds).\(fraction)) can0 \(frame)"
        }
        return message(
            "trucks/\(member.source)/can", Array(lines.joined(separator: "\n").utf8), moment)
    }

    /// What the engine's control unit answers when it is asked for its codes.
    static func uds(_ member: MixedFleet.Member, _ moment: MixedMoment) -> SampleMessage {
        var answer: [UInt8] = [0x59, 0x02, 0xFF]
        for code in moment.codes { answer += MixedBytes.obd(code) + [0x00, 0x2F] }
        // A code that was never tested since the memory was cleared is no fault.
        if member.place == 1 { answer += MixedBytes.obd("P0087") + [0x00, 0x50] }
        return message(
            "diag/\(member.source)/engine", Array(MixedBytes.hex(answer).utf8), moment)
    }

    /// Codec 8 Extended with one record.
    static func teltonika8E(_ member: MixedFleet.Member, _ moment: MixedMoment) -> SampleMessage {
        // The healthy one's tracker measures neither temperature nor supply.
        let has = member.place == 0
        let elements: [(id: Int, value: Int, width: Int)] = [
            (30, moment.codes.count, 1), (32, has ? moment.coolant : 0xD8, 1), (36, moment.rpm, 2),
            (66, has ? moment.millivolts : 0, 2), (16, moment.odometer * 100, 4),
        ]
        let codes =
            moment.codes.isEmpty ? "No fault codes detected" : moment.codes.joined(separator: ",")
        var record = MixedBytes.big(moment.time.milliseconds, 8)
        // Priority, and a position that nobody keeps.
        record += [UInt8](repeating: 0, count: 16)
        record += MixedBytes.big(0, 2) + MixedBytes.big(elements.count + 1, 2)
        for width in [1, 2, 4, 8] {
            let group = elements.filter { $0.width == width }
            record += MixedBytes.big(group.count, 2)
            for element in group {
                record += MixedBytes.big(element.id, 2) + MixedBytes.big(element.value, width)
            }
        }
        record += MixedBytes.big(1, 2) + MixedBytes.big(281, 2)
        record += MixedBytes.big(codes.utf8.count, 2) + codes.utf8
        let data = [0x8E, 1] + record + [1]
        let packet =
            MixedBytes.big(0, 4) + MixedBytes.big(data.count, 4) + data
            + MixedBytes.big(MixedBytes.sum16(data), 4)
        return message("teltonika/\(member.source)/avl", packet, moment)
    }

    /// A birth each morning, then data; both with names.
    static func sparkplug(_ member: MixedFleet.Member, _ moment: MixedMoment) -> SampleMessage {
        func metric(_ name: String, type: UInt64, _ value: [UInt8]) -> [UInt8] {
            MixedBytes.field(
                2,
                MixedBytes.field(1, Array(name.utf8)) + MixedBytes.field(4, type) + value)
        }
        let time = UInt64(moment.time.milliseconds)
        var payload = MixedBytes.field(1, time)
        payload += metric("Engine/rpm", type: 7, MixedBytes.field(10, UInt64(moment.rpm)))
        payload += metric(
            "Engine/coolant_temp", type: 3, MixedBytes.field(10, UInt64(moment.coolant)))
        // A value that no engine has costs nothing but itself.
        payload += metric("Engine/oil_temp", type: 3, MixedBytes.field(10, 9999))
        payload += metric("Diagnostics/dtcs", type: 12, MixedBytes.field(15, Array("none".utf8)))
        payload += MixedBytes.field(3, UInt64(moment.step % 256))
        let kind = moment.isFirst ? "DBIRTH" : "DDATA"
        return message("spBv1.0/depot/\(kind)/gateway-1/\(member.source)", payload, moment)
    }
}
