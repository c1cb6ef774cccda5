import VehicleFaults

/// Reads packets of HJ 1239 and GB 17691, the remote supervision of heavy vehicles: OBD and engine
/// data, as bytes or hex text.
///
/// The layout is that of a production terminal; scales and bits are from memory of the standard, so
/// a block that is not known ends the packet and spoils nothing before it.
enum HJ1239Decoder {
    /// Appends one report a block.
    ///
    /// - Throws: what is wrong with the first frame that cannot be used.
    static func decode(
        _ payload: Span<UInt8>, _ context: DecodingContext, into writer: inout ReportWriter
    ) throws(DecodingFailure) {
        let bytes = payload[0] == 0x23 ? PlacedBytes(payload) : try HexText.bytes(payload)
        var start = 0
        repeat {
            let frame = try GatewayFrame.read(bytes, from: start, .hj1239, context, into: &writer)
            let reader = Reader(bytes, frame)
            try reader.read(context, into: &writer)
            start = frame.range.upperBound
        } while start < bytes.bytes.count
    }

    /// One number of the engine block.
    private struct Field {
        var name: String
        var bytes: Int
        var signal: KnownSignal?
        /// The value is raw divided by this, plus the offset.
        var divisor: Double = 1
        var offset: Double = 0
    }

    /// The engine block, 37 bytes.
    private static let engine = [
        Field(name: "speed", bytes: 2, signal: .vehicleSpeed, divisor: 256),
        Field(name: "barometer", bytes: 1, signal: .barometer, divisor: 2),
        Field(name: "torque", bytes: 1, signal: .torque, offset: -125),
        Field(name: "friction", bytes: 1, signal: .friction, offset: -125),
        Field(name: "rpm", bytes: 2, signal: .engineSpeed, divisor: 8),
        Field(name: "fuel", bytes: 2, signal: .fuelRate, divisor: 20),
        Field(name: "nox_up", bytes: 2, signal: .noxIn, divisor: 20, offset: -200),
        Field(name: "nox_down", bytes: 2, signal: .noxOut, divisor: 20, offset: -200),
        Field(name: "urea", bytes: 1, signal: .ureaLevel, divisor: 2.5),
        Field(name: "air", bytes: 2, signal: .airMass, divisor: 20),
        Field(name: "scr_in", bytes: 2, signal: .scrIn, divisor: 32, offset: -273),
        Field(name: "scr_out", bytes: 2, signal: .scrOut, divisor: 32, offset: -273),
        Field(name: "dpf", bytes: 2, signal: .filterPressure, divisor: 10),
        Field(name: "coolant", bytes: 1, signal: .coolant, offset: -40),
        Field(name: "tank", bytes: 1, signal: .fuelLevel, divisor: 2.5),
        Field(name: "position_state", bytes: 1), Field(name: "longitude", bytes: 4),
        Field(name: "latitude", bytes: 4),
        Field(name: "odometer", bytes: 4, signal: .odometer, divisor: 10),
    ]

    private static let monitors: [Saying] = [
        "catalyst", "heated catalyst", "EVAP", "secondary air", "A/C", "O2", "O2 heater",
        "EGR/VVT", "cold start", "boost", "DPF", "SCR/NOx", "NMHC", "misfire", "fuel",
        "components",
    ]

    private struct Reader {
        let bytes: [UInt8]
        let places: BytePlaces
        let frame: GatewayFrame

        init(_ bytes: PlacedBytes, _ frame: GatewayFrame) {
            self.bytes = bytes.bytes
            self.frame = frame
            places = BytePlaces(table: bytes.places + [(bytes.places.last ?? -1) + 1])
        }

        func read(
            _ context: DecodingContext, into writer: inout ReportWriter
        ) throws(DecodingFailure) {
            var place = frame.data.lowerBound
            let end = frame.data.upperBound
            var isEmpty = true
            if frame.data.count >= 8 {
                note("time", place..<place + 6, timeText(place), trap: .beijingTime, &writer)
                note(
                    "serial", place + 6..<place + 8,
                    "\(UInt16(bytes[place + 6]) << 8 | UInt16(bytes[place + 7]))", &writer)
                place += 8
                while frame.command == 2 || frame.command == 3, place < end {
                    guard try block(&place, end, context, &writer) else { break }
                    isEmpty = false
                }
            }
            guard isEmpty else { return }
            // A login or a block of the terminal's own: the vehicle is alive.
            var draft = writer.draft(context)
            draft.vehicle = frame.vehicle
            if frame.data.count >= 6 {
                let start = frame.data.lowerBound
                draft.claimed = GatewayFrame.time(bytes[start..<start + 6])
            }
            try writer.finish(draft, context)
        }

        private func timeText(_ place: Int) -> Saying {
            GatewayFrame.time(bytes[place..<place + 6]).map { "\($0.text())" } ?? "no date"
        }

        private func note(
            _ name: String, _ range: Range<Int>, _ meaning: @autoclosure () -> Saying,
            unit: String = "", trap: Trap? = nil, _ writer: inout ReportWriter
        ) {
            guard writer.trace != nil else { return }
            writer.trace?.note(name, bytes.span, range, places, meaning(), unit: unit, trap: trap)
        }

        /// Reads a block: its type, its time, its body.
        ///
        /// - Returns: `false` for one of an unknown type, whose end nobody knows.
        private func block(
            _ place: inout Int, _ end: Int, _ context: DecodingContext,
            _ writer: inout ReportWriter
        ) throws(DecodingFailure) -> Bool {
            let type = bytes[place]
            guard type == 1 || type == 2 else {
                note("block", place..<end, "not known", &writer)
                writer.buffer.unknownFields += 1
                return false
            }
            guard place + 7 <= end else {
                throw DecodingFailure(reason: .truncated, offset: places[end])
            }
            note("block", place..<place + 1, type == 1 ? "OBD" : "engine", &writer)
            note("time", place + 1..<place + 7, timeText(place + 1), trap: .beijingTime, &writer)
            var draft = writer.draft(context)
            draft.vehicle = frame.vehicle
            draft.claimed = GatewayFrame.time(bytes[place + 1..<place + 7])
            if draft.claimed == nil { writer.refuse(.timeMalformed, at: places[place + 1]) }
            place += 7
            if type == 1 {
                try diagnostics(&place, end, context, &draft, &writer)
            } else {
                try readings(&place, end, &draft, &writer)
            }
            try writer.finish(draft, context)
            return true
        }

        private func diagnostics(
            _ place: inout Int, _ end: Int, _ context: DecodingContext,
            _ draft: inout ReportDraft, _ writer: inout ReportWriter
        ) throws(DecodingFailure) {
            let start = place
            guard start + 96 <= end else {
                throw DecodingFailure(reason: .truncated, offset: places[end])
            }
            let protocolNumber = bytes[start]
            note("protocol", start..<start + 1, Self.name(ofProtocol: protocolNumber), &writer)
            let lamp = bytes[start + 1]
            note(
                "mil_on", start + 1..<start + 2, lamp == 0 ? "off" : lamp == 1 ? "on" : "invalid",
                trap: lamp > 1 ? .reservedValue : nil, &writer)
            if lamp < 2 {
                writer.append(.lampMIL, Double(lamp), at: places[start + 1], to: &draft)
            }
            let support = UInt16(bytes[start + 2]) << 8 | UInt16(bytes[start + 3])
            let open = (UInt16(bytes[start + 4]) << 8 | UInt16(bytes[start + 5])) & support
            if writer.trace != nil {
                let names = HJ1239Decoder.monitors.indices
                    .filter { open & 1 << UInt16($0) != 0 }
                    .map { HJ1239Decoder.monitors[$0] }
                note(
                    "monitors_open", start + 2..<start + 6,
                    Saying(list: names), &writer)
            }
            writer.append(
                .openMonitors, Double(open.nonzeroBitCount), at: places[start + 4], to: &draft)
            note("vin", start + 6..<start + 23, "in the frame as well", &writer)
            note("calibration", start + 23..<start + 59, "CALID and CVN", &writer)
            note("iupr", start + 59..<start + 95, "in-use performance", &writer)
            let count = Int(bytes[start + 95])
            place = start + 96
            note(
                "count", start + 95..<start + 96, count >= 0xFE ? "invalid" : "\(count)",
                trap: count == 0 ? .noFault : count >= 0xFE ? .reservedValue : nil, &writer)
            // An invalid count is no empty list.
            guard count < 0xFE else { return }
            guard place + 4 * count <= end else {
                throw DecodingFailure(reason: .truncated, offset: places[end])
            }
            draft.list = .snapshot
            draft.listStatus = protocolNumber == 2 ? .active : .confirmed
            for _ in 0..<count {
                let range = place..<place + 4
                place += 4
                let sighting = sighting(range, protocolNumber, context, draft.ecu)
                note(
                    "code", range,
                    sighting.map { "\($0.code)" } ?? "no fault",
                    trap: sighting == nil ? .noFault : nil, &writer)
                guard let sighting else { continue }
                try writer.append(sighting, at: places[range.lowerBound], to: &draft)
            }
        }

        private static func name(ofProtocol number: UInt8) -> Saying {
            switch number {
            case 0: "ISO 15765"
            case 1: "ISO 27145"
            case 2: "SAE J1939"
            case 0xFE: "invalid"
            default: "reserved"
            }
        }

        /// The code in four bytes, by the protocol of the vehicle.
        private func sighting(
            _ range: Range<Int>, _ protocolNumber: UInt8, _ context: DecodingContext,
            _ ecu: ShortText
        ) -> FaultSighting? {
            let raw = Array(bytes[range])
            guard raw.contains(where: { $0 != 0 }) else { return nil }
            if protocolNumber == 2 {
                let code = J1939Code(
                    raw[0], raw[1], raw[2], raw[3], configured: context.options.conversion(for: 0))
                guard !code.isNone else { return nil }
                return FaultSighting(
                    code: code.code, status: .active, ecu: ecu, occurrences: code.occurrences)
            }
            let high = UInt16(raw[0]) << 8 | UInt16(raw[1])
            let low = UInt16(raw[2]) << 8 | UInt16(raw[3])
            let code: FaultCode
            if protocolNumber == 1 {
                // Three bytes and a status, or a zero before the three.
                code =
                    raw[0] == 0
                    ? FaultCode(uds: UInt16(raw[1]) << 8 | UInt16(raw[2]), failureType: raw[3])
                    : FaultCode(uds: high, failureType: raw[2])
            } else if high == 0 || low == 0 {
                code = FaultCode(obd: high | low)
            } else {
                code = FaultCode(uds: high, failureType: raw[2])
            }
            return FaultSighting(code: code, status: .confirmed, ecu: ecu)
        }

        private func readings(
            _ place: inout Int, _ end: Int, _ draft: inout ReportDraft,
            _ writer: inout ReportWriter
        ) throws(DecodingFailure) {
            guard place + 37 <= end else {
                throw DecodingFailure(reason: .truncated, offset: places[end])
            }
            for field in HJ1239Decoder.engine {
                let range = place..<place + field.bytes
                place = range.upperBound
                let raw = bytes[range].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
                let isReserved = J1939Signal.isReserved(raw, bytes: field.bytes)
                let value = Double(raw) / field.divisor + field.offset
                let text: Saying =
                    field.signal == nil
                    ? "not kept"
                    : isReserved
                        ? "not available"
                        : "\(OBDDecoder.shortText(value))"
                note(
                    field.signal?.name ?? field.name, range, text,
                    unit: isReserved ? "" : field.signal?.unit ?? "",
                    trap: field.signal == nil ? nil : isReserved ? .reservedValue : .scaled,
                    &writer)
                guard let signal = field.signal, !isReserved else { continue }
                writer.append(signal, value, at: places[range.lowerBound], to: &draft)
            }
        }
    }
}
