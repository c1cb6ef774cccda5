import VehicleFaults

/// Lines of Freematics devices, as bridges pass them on: `<feed>#0:time,key:value,…*CS`.
///
/// Keys are hex numbers. Those from 100 on are OBD parameters that are scaled already. Key 0 starts
/// a record with the device's own clock, 10 and 11 are the time and date of its satellites. The sum
/// at the end is that of all bytes before the asterisk. Fault codes are not carried.
enum FreematicsEnvelope {
    private static func meaning(_ key: Int) -> Scaled? {
        switch key {
        case 0x24: Scaled(.voltage, times: 0.01)
        case 0x104: Scaled(.load)
        case 0x105: .celsius(.coolant)
        case 0x106: Scaled(.shortTrim1)
        case 0x107: Scaled(.longTrim1)
        case 0x108: Scaled(.shortTrim2)
        case 0x109: Scaled(.longTrim2)
        case 0x10A: Scaled(.fuelPressure)
        case 0x10B: Scaled(.manifoldPressure)
        case 0x10C: Scaled(.engineSpeed)
        case 0x10D: Scaled(.vehicleSpeed)
        case 0x10F: .celsius(.intake)
        case 0x110: Scaled(.airFlow)
        case 0x111: Scaled(.throttle)
        case 0x11F: Scaled(.runTime)
        case 0x121: Scaled(.milDistance)
        case 0x12F: Scaled(.fuelLevel)
        case 0x130: Scaled(.warmUps)
        case 0x131: Scaled(.clearDistance)
        case 0x133: Scaled(.barometer)
        case 0x142: Scaled(.voltage)
        case 0x143: Scaled(.absoluteLoad)
        case 0x146: .celsius(.ambient)
        case 0x14D: Scaled(.milTime)
        case 0x14E: Scaled(.clearTime)
        case 0x15C: .celsius(.oil)
        case 0x15E: Scaled(.fuelRate)
        default: nil
        }
    }

    static func open(
        _ payload: Span<UInt8>, topic: Span<UInt8>, _ outer: DecodingContext,
        into writer: inout ReportWriter
    ) throws(DecodingFailure) {
        var end = payload.count
        while end > 0, payload[end - 1] <= 0x20 { end -= 1 }
        guard let sign = first(0x23, payload, 0..<end) else {
            throw DecodingFailure(reason: .shapeUnknown, offset: 0)
        }
        if let star = first(0x2A, payload, sign..<end) {
            try check(payload, star, end)
            end = star
        }
        var context = outer
        if context.vehicle == nil {
            guard let named = VehicleID(payload.extracting(0..<sign)) else {
                throw DecodingFailure(reason: .noVehicle, offset: 0)
            }
            context.vehicle = named
        }
        var record = Record(draft: writer.draft(context))
        var start = sign + 1
        var isRead = false
        while start < end {
            let next = first(0x2C, payload, start..<end) ?? end
            isRead = true
            if let separator = first(0x3A, payload, start..<next)
                ?? first(0x3D, payload, start..<next)
            {
                try pair(payload, start, separator, next, &record, context, &writer)
            } else if next > start {
                writer.refuse(.shapeUnknown, at: start)
            }
            start = next + 1
        }
        guard isRead else { throw DecodingFailure(reason: .truncated, offset: payload.count) }
        try record.finish(context, &writer)
    }

    private struct Record {
        var draft: ReportDraft
        var time: Int?
        var date: Int?
        var hasKeys = false

        mutating func finish(
            _ context: DecodingContext, _ writer: inout ReportWriter
        ) throws(DecodingFailure) {
            if let time, let date {
                draft.claimed = DeviceTime.time(
                    2000 + date % 100, date / 100 % 100, date / 10_000, time / 1_000_000,
                    time / 10_000 % 100, time / 100 % 100, milliseconds: time % 100 * 10)
            }
            try writer.finish(draft, context)
            draft = writer.draft(context)
            time = nil
            hasKeys = false
        }
    }

    private static func pair(
        _ payload: Span<UInt8>, _ start: Int, _ separator: Int, _ end: Int,
        _ record: inout Record, _ context: DecodingContext, _ writer: inout ReportWriter
    ) throws(DecodingFailure) {
        if TopicLevels.isWord("VIN", payload, start..<separator) {
            let vin = payload.extracting(separator + 1..<end)
            writer.trace?.note(
                "VIN", payload, separator + 1..<end, BytePlaces(),
                VIN.isPlausible(vin) ? "VIN" : "no VIN")
            return
        }
        var key = 0
        for index in start..<separator {
            guard let digit = HexDigit.value(payload[index]), key < 0x1000 else {
                // `EV=4`, `TS=…` and other words of a login.
                writer.buffer.unknownFields += 1
                return
            }
            key = key << 4 | Int(digit)
        }
        let place = separator + 1
        if key == 0 {
            // The next record begins here.
            if record.hasKeys { try record.finish(context, &writer) }
            return
        }
        record.hasKeys = true
        // Three axes of acceleration have two semicolons.
        guard first(0x3B, payload, place..<end) == nil else {
            writer.buffer.unknownFields += 1
            return
        }
        let digits = payload.extracting(place..<end).indices.map { payload[place + $0] }
        guard let number = PlainNumber.value(digits.span) else {
            return writer.refuse(.notANumber, at: place)
        }
        switch key {
        case 0x10: record.time = Int(exactly: number)
        case 0x11: record.date = Int(exactly: number)
        default:
            guard let scaled = meaning(key) else {
                writer.buffer.unknownFields += 1
                return
            }
            writer.append(
                scaled, number, at: place, length: end - place,
                field: writer.trace == nil ? "" : String(key, radix: 16), to: &record.draft)
        }
    }

    private static func check(
        _ payload: Span<UInt8>, _ star: Int, _ end: Int
    ) throws(DecodingFailure) {
        var sum: UInt8 = 0
        for index in 0..<star { sum &+= payload[index] }
        var stated = 0
        for index in star + 1..<end {
            guard let digit = HexDigit.value(payload[index]), stated < 256 else {
                throw DecodingFailure(reason: .notHex, offset: index)
            }
            stated = stated << 4 | Int(digit)
        }
        guard end > star + 1, stated == Int(sum) else {
            throw DecodingFailure(reason: .checksumWrong, offset: star + 1)
        }
    }

    private static func first(_ byte: UInt8, _ text: Span<UInt8>, _ range: Range<Int>) -> Int? {
        for index in range where text[index] == byte { return index }
        return nil
    }
}

/// Numbers that stand alone in a text.
enum PlainNumber {
    /// The number that a whole text is, as JSON writes it; `nil` for any other text.
    static func value(_ text: Span<UInt8>) -> Double? {
        guard !text.isEmpty, text.count <= 40 else { return nil }
        var padded = PaddedText()
        _ = padded.take(text)
        let frame = JSONText.Frame(end: text.count, depth: 4)
        do throws(DecodingFailure) {
            let token = try JSONText.numberToken(padded.bytes.span, frame, 0)
            return token.end == text.count ? JSONText.value(padded.bytes.span, token) : nil
        } catch { return nil }
    }
}
