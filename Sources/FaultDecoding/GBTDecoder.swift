import VehicleFaults

/// Reads frames of GB/T 32960.3, editions 2016 (`##`) and 2025 (`$$`), as bytes or hex text.
enum GBTDecoder {
    /// Appends one report a frame.
    ///
    /// - Throws: what is wrong with the first frame that cannot be used.
    static func decode(
        _ payload: Span<UInt8>, _ context: DecodingContext, into writer: inout ReportWriter
    ) throws(DecodingFailure) {
        let bytes =
            payload[0] == 0x24 || payload[0] == 0x23
            ? PlacedBytes(payload) : try HexText.bytes(payload)
        var start = 0
        repeat {
            let frame = try GatewayFrame.read(
                bytes, from: start, .gbt32960, context, into: &writer)
            var reader = Reader(bytes, frame)
            try reader.read(context, into: &writer)
            start = frame.range.upperBound
        } while start < bytes.bytes.count
    }

    /// The data of one frame.
    private struct Reader {
        let bytes: [UInt8]
        let places: BytePlaces
        let frame: GatewayFrame
        var place: Int
        var end: Int { frame.data.upperBound }

        init(_ bytes: PlacedBytes, _ frame: GatewayFrame) {
            self.bytes = bytes.bytes
            self.frame = frame
            places = BytePlaces(table: bytes.places + [(bytes.places.last ?? -1) + 1])
            place = frame.data.lowerBound
        }

        mutating func read(
            _ context: DecodingContext, into writer: inout ReportWriter
        ) throws(DecodingFailure) {
            var draft = writer.draft(context)
            draft.vehicle = frame.vehicle
            if frame.data.count >= 6 {
                draft.claimed = GatewayFrame.time(bytes[place..<place + 6])
                if draft.claimed == nil { writer.refuse(.timeMalformed, at: places[place]) }
                writer.trace?.note(
                    "time", bytes.span, place..<place + 6, places,
                    draft.claimed.map { "\($0.text())" } ?? "no date", trap: .beijingTime)
                place += 6
                if frame.command == 2 || frame.command == 3 {
                    while place < end { try block(&draft, &writer) }
                }
            }
            try writer.finish(draft, context)
        }

        private func need(_ count: Int) throws(DecodingFailure) {
            guard place + count <= end else {
                throw DecodingFailure(reason: .truncated, offset: places[end])
            }
        }

        private mutating func byte() throws(DecodingFailure) -> Int {
            try need(1)
            place += 1
            return Int(bytes[place - 1])
        }

        private mutating func word() throws(DecodingFailure) -> Int {
            try need(2)
            place += 2
            return Int(bytes[place - 2]) << 8 | Int(bytes[place - 1])
        }

        private mutating func skip(_ count: Int) throws(DecodingFailure) {
            try need(count)
            place += count
        }

        /// One information block: its type, then what the type says.
        private mutating func block(
            _ draft: inout ReportDraft, _ writer: inout ReportWriter
        ) throws(DecodingFailure) {
            let start = place
            let type = try byte()
            let is2025 = frame.isEdition2025
            writer.trace?.note(
                "block", bytes.span, start..<place, places, Self.name(of: type, is2025))
            switch (type, is2025) {
            case (1, _): try fields(GBTField.vehicle(edition2025: is2025), &draft, &writer)
            case (2, _):
                for _ in 0..<(try count(byte())) {
                    try fields(GBTField.motor(edition2025: is2025), &draft, &writer)
                }
            case (3, false):
                try skip(6)
                try skip(try word())
                try skip(10)
            case (3, true): try skip(12)
            case (4, _): try fields(GBTField.engine(edition2025: is2025), &draft, &writer)
            case (5, _):
                // A position is nobody's business here.
                try skip(is2025 ? 10 : 9)
            case (6, false): try fields(GBTField.extremes, &draft, &writer)
            case (7, false), (6, true): try alarm(&draft, &writer)
            case (8, false):
                for _ in 0..<(try count(byte())) {
                    try skip(9)
                    try skip(2 * (try byte()))
                }
            case (9, false), (8, true):
                for _ in 0..<(try count(byte())) {
                    try skip(1)
                    try skip(try word())
                }
            case (7, true):
                for _ in 0..<(try count(byte())) {
                    try skip(5)
                    try skip(2 * (try word()))
                }
            case (0x30, true):
                for _ in 0..<(try count(byte())) {
                    try skip(10)
                    try skip(try word())
                }
            case (0x31, true):
                try skip(5)
                try skip(2 * (try word()))
                try skip(try word())
            case (0x32, true): try skip(18)
            case (0xFF, true):
                try skip(1)
                try skip(try word())
                try skip(try word())
            case (0x80...0xFE, _), (0x0A...0x2F, _):
                // Blocks of a maker's own say how long they are.
                let length = try word()
                writer.buffer.unknownFields += 1
                try skip(length)
            default: throw DecodingFailure(reason: .notAnAnswer, offset: places[start])
            }
        }

        /// A count of 254 or 255 says "error" or "invalid", and nothing follows.
        private func count(_ raw: Int) -> Int { raw >= 0xFE ? 0 : raw }

        private static func name(of type: Int, _ is2025: Bool) -> Saying {
            switch (type, is2025) {
            case (1, _): "vehicle"
            case (2, _): "drive motors"
            case (3, _): "fuel cell"
            case (4, _): "engine"
            case (5, _): "position, not kept"
            case (6, false): "extremes"
            case (7, false), (6, true): "alarms"
            case (8, false), (7, true): "cell voltages"
            case (9, false), (8, true): "cell temperatures"
            case (0x30, true): "fuel cell stacks"
            case (0x31, true): "super capacitor"
            case (0x32, true): "super capacitor extremes"
            case (0xFF, true): "signature"
            case (0x80...0xFE, _), (0x0A...0x2F, _): "maker's own"
            default: "not known"
            }
        }

        /// Reads numbers one after the other.
        private mutating func fields(
            _ fields: [GBTField], _ draft: inout ReportDraft, _ writer: inout ReportWriter
        ) throws(DecodingFailure) {
            for field in fields {
                try need(field.bytes)
                let range = place..<place + field.bytes
                place = range.upperBound
                let raw = bytes[range].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
                let value = field.value(raw)
                if writer.trace != nil {
                    writer.trace?.note(
                        field.signal?.name ?? field.name, bytes.span, range, places,
                        value.map { "\(OBDDecoder.shortText($0))" }
                            ?? (raw & 1 == 0 ? "error" : "invalid"),
                        unit: value == nil ? "" : field.signal?.unit ?? "",
                        trap: value == nil
                            ? .reservedValue
                            : field.divisor != 1 || field.offset != 0 ? .scaled : nil)
                }
                guard let value, let signal = field.signal else { continue }
                writer.append(signal, value, at: places[range.lowerBound], to: &draft)
            }
        }

        private mutating func alarm(
            _ draft: inout ReportDraft, _ writer: inout ReportWriter
        ) throws(DecodingFailure) {
            var alarm = GBTAlarm()
            let level = place
            let raw = try byte()
            alarm.level = raw >= 0xFE ? nil : UInt8(raw)
            writer.trace?.note(
                "alarm_level", bytes.span, level..<place, places,
                alarm.level.map { "\($0)" } ?? "not available",
                trap: alarm.level == nil ? .reservedValue : nil)
            let flags = place
            try skip(4)
            alarm.place = places[flags]
            alarm.flags = bytes[flags..<place].reduce(0) { $0 << 8 | UInt32($1) }
            for bit in UInt8(0)..<32 where alarm.flags & 1 << UInt32(bit) != 0 {
                writer.trace?.note(
                    "alarm", bytes.span, flags..<place, places,
                    "\(FaultCode(gbt32960Alarm: bit))", trap: bit >= 19 ? .reservedBit : nil)
            }
            for device in GBTAlarm.Device.allCases {
                let start = place
                let number = try byte()
                writer.trace?.note(
                    "\(device.rawValue)_faults", bytes.span, start..<place, places, "\(number)",
                    trap: number >= 0xFE ? .reservedValue : nil)
                if number >= 0xFE { alarm.isPartial = true }
                for _ in 0..<count(number) {
                    let range = place..<place + 4
                    try skip(4)
                    let code = bytes[range].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
                    writer.trace?.note(
                        "code", bytes.span, range, places, "\(FaultCode(gbt32960: code))")
                    alarm.faults.append((device, code, places[range.lowerBound]))
                }
            }
            if frame.isEdition2025 {
                for _ in 0..<count(try byte()) {
                    let range = place..<place + 2
                    try skip(2)
                    writer.trace?.note(
                        "alarm", bytes.span, range, places,
                        "\(FaultCode(gbt32960Alarm: bytes[range.lowerBound] & 31)), level \(bytes[range.lowerBound + 1])"
                    )
                    alarm.levels.append(
                        (
                            bytes[range.lowerBound], bytes[range.lowerBound + 1],
                            places[range.lowerBound]
                        ))
                }
            }
            try alarm.append(to: &draft, into: &writer)
        }
    }
}

extension PlacedBytes {
    /// Bytes as they stand in a payload.
    init(_ payload: Span<UInt8>) {
        for index in payload.indices { append(payload[index], at: index) }
    }
}
