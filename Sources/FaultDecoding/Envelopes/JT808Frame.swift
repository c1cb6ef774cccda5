import VehicleFaults

/// A frame as a terminal sends it, for those who have no gateway's JSON: `7E`, header, body, a sum,
/// `7E`; within it `7D 01` stands for 7D and `7D 02` for 7E (JT/T 808-2019, 4.4).
///
/// Positions (0200) and transparent messages (0900) are read. What was recorded behind a library that
/// had put the escapes back is read too: the sum tells which it is.
struct JT808Frame {
    private let message: UInt16
    private let isEncrypted: Bool
    private let isPart: Bool
    private let phone: PlacedBytes
    private let body: PlacedBytes
    private let start: Int

    /// Whether a payload begins as a frame does, as bytes or as hex text; no JSON does.
    static func begins(_ payload: Span<UInt8>) -> Bool {
        var place = 0
        while place < payload.count, [0x20, 0x09, 0x0A, 0x0D].contains(payload[place]) {
            place += 1
        }
        guard place < payload.count else { return false }
        if payload[place] == 0x7E { return true }
        return place + 1 < payload.count && payload[place] == 0x37
            && payload[place + 1] | 0x20 == 0x65
    }

    /// Takes a frame apart.
    ///
    /// - Throws: why it is none, with the place.
    init(_ payload: Span<UInt8>, into writer: inout ReportWriter) throws(DecodingFailure) {
        let all = try HexText.bytes(payload)
        start = Int(all.places.first ?? 0)
        guard let end = all.bytes.dropFirst().firstIndex(of: 0x7E), end > 1 else {
            throw DecodingFailure(reason: .truncated, offset: payload.count)
        }
        let sent = all.part(1..<end)
        var content = try Self.unescaped(sent)
        if content.bytes.reduce(0, ^) != 0 { content = sent }
        guard content.bytes.reduce(0, ^) == 0 else {
            throw DecodingFailure(
                reason: .checksumWrong, offset: Int(sent.places.last ?? 0))
        }
        let bytes = content.bytes
        func short() -> DecodingFailure {
            DecodingFailure(reason: .truncated, offset: Int(content.places.last ?? 0))
        }
        guard bytes.count >= 13 else { throw short() }
        message = UInt16(bytes[0]) << 8 | UInt16(bytes[1])
        let properties = UInt16(bytes[2]) << 8 | UInt16(bytes[3])
        isEncrypted = properties >> 10 & 7 != 0
        isPart = properties >> 13 & 1 == 1
        // The edition of 2019 has a version and four more bytes of number.
        let is2019 = properties >> 14 & 1 == 1
        let number = is2019 ? 5..<15 : 4..<10
        let head = number.upperBound + 2 + (isPart ? 4 : 0)
        let length = Int(properties & 0x3FF)
        guard bytes.count == head + length + 1 else { throw short() }
        phone = content.part(number)
        body = content.part(head..<head + length)
        writer.trace?.note(
            "message", bytes.span, 0..<2, content.bytePlaces, Self.name(of: message))
        writer.trace?.note(
            "length", bytes.span, 2..<4, content.bytePlaces, "\(length)", unit: "bytes")
        writer.trace?.note("phone", bytes.span, number, content.bytePlaces, "the device")
    }

    private static func unescaped(_ sent: PlacedBytes) throws(DecodingFailure) -> PlacedBytes {
        var result = PlacedBytes()
        var index = 0
        while index < sent.bytes.count {
            var byte = sent.bytes[index]
            let place = Int(sent.places[index])
            if byte == 0x7D, index + 1 < sent.bytes.count,
                sent.bytes[index + 1] == 1 || sent.bytes[index + 1] == 2
            {
                byte = sent.bytes[index + 1] == 1 ? 0x7D : 0x7E
                index += 1
            }
            result.append(byte, at: place)
            index += 1
        }
        return result
    }

    private static func name(of message: UInt16) -> Saying {
        switch message {
        case 0x0002: "heartbeat"
        case 0x0100: "registers"
        case 0x0102: "login"
        case 0x0200: "position"
        case 0x0704: "positions sent again"
        case 0x0705: "CAN frames"
        case 0x0900: "transparent message"
        default: "not read"
        }
    }

    /// The number as digits, or as it is where it is no decimal one.
    private var device: VehicleID? {
        let text = phone.bytes.map { FaultCode.hexText($0, digits: 2) }.joined()
        return VehicleID(String(text.drop { $0 == "0" }))
    }

    func read(
        _ outer: DecodingContext, into writer: inout ReportWriter
    ) throws(DecodingFailure) {
        guard !isEncrypted else { throw DecodingFailure(reason: .encrypted, offset: start) }
        guard !isPart else { throw DecodingFailure(reason: .missingFrame, offset: start) }
        var context = outer
        if context.vehicle == nil { context.vehicle = device }
        context.places = body.bytePlaces
        switch message {
        case 0x0900:
            guard let type = body.bytes.first else {
                throw DecodingFailure(reason: .truncated, offset: start)
            }
            guard type == 0xF0 else {
                writer.buffer.unknownFields += 1
                return
            }
            let data = body.part(1..<body.bytes.count)
            context.places = data.bytePlaces
            try JT808Vendor.transparent(data.bytes.span, context, into: &writer)
        case 0x0200: try position(context, into: &writer)
        // Registering, logging in and all else say nothing of health.
        default: return
        }
    }

    /// alarm(4), status(4), latitude(4), longitude(4), height(2), speed(2), course(2), time(6), items.
    private func position(
        _ outer: DecodingContext, into writer: inout ReportWriter
    ) throws(DecodingFailure) {
        var context = outer
        var reader = ByteReader(body.bytes.span, context.places)
        let alarmPlace = reader.place
        let alarms = try reader.take(4)
        try reader.skip(14)
        let speedPlace = reader.place
        let speed = try reader.take(2)
        try reader.skip(2)
        let timePlace = reader.place
        context.claimed = try JT808Envelope.time(&reader)
        if context.claimed == nil { writer.refuse(.timeMalformed, at: timePlace) }
        writer.trace?.note(
            "time", at: timePlace, length: 6, raw: "",
            context.claimed.map { "\($0)" } ?? "no time", trap: .beijingTime)
        var draft = writer.draft(context)
        writer.append(
            Scaled(.vehicleSpeed, times: 0.1), Double(speed), at: speedPlace, field: "speed",
            to: &draft)
        while reader.position < reader.end {
            let id = Int(try reader.take(1))
            let count = Int(try reader.take(1))
            let range = reader.position..<reader.position + count
            let place = reader.place
            try reader.skip(count)
            let value = reader.bytes(range).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            switch (id, count) {
            case (0x01, 4):
                writer.append(
                    Scaled(.odometer, times: 0.1), Double(value), at: place, field: "mileage",
                    to: &draft)
            case (0x02, 2):
                let name = Array("fuel_l".utf8)
                writer.append(name: name.span, Double(value) * 0.1, at: place, to: &draft)
            default:
                let item = body.part(range)
                try JT808Vendor.item(
                    id, item.bytes.span, item.bytePlaces, context, to: &draft, &writer)
            }
        }
        try writer.finish(draft, context)
        try JT808Envelope.finish(alarms: alarms, at: alarmPlace, context, into: &writer)
    }
}
