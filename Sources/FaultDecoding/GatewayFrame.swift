import VehicleFaults

/// A frame as Chinese terminals send it: two start characters, a command, the VIN, a length, data
/// and a checksum (GB/T 32960.3, HJ 1239).
struct GatewayFrame {
    /// What the frame is for.
    var command: UInt8
    /// The vehicle, or `nil` when the terminal has none.
    var vehicle: VehicleID?
    /// Whether the start is that of GB/T 32960.3-2025.
    var isEdition2025: Bool
    /// The data, by place in the bytes.
    var data: Range<Int>
    /// The whole frame.
    var range: Range<Int>

    /// Where the VIN stands: GB/T 32960 has an answer flag before it.
    enum Kind {
        case gbt32960
        case hj1239

        var vinStart: Int { self == .gbt32960 ? 4 : 3 }
    }

    /// Reads the frame that starts at a place.
    ///
    /// - Throws: `checksum_wrong` and `encrypted`, besides a frame that ends too early.
    static func read(
        _ bytes: PlacedBytes, from start: Int, _ kind: Kind, _ context: DecodingContext,
        into writer: inout ReportWriter
    ) throws(DecodingFailure) -> GatewayFrame {
        let values = bytes.bytes
        func place(_ index: Int) -> Int {
            index < values.count
                ? Int(bytes.places[index]) : Int(bytes.places.last ?? -1) + 1
        }
        guard start + 2 <= values.count else {
            throw DecodingFailure(reason: .truncated, offset: place(values.count))
        }
        let mark = values[start]
        guard values[start + 1] == mark, mark == 0x23 || mark == 0x24 && kind == .gbt32960 else {
            throw DecodingFailure(reason: .notAnAnswer, offset: place(start))
        }
        guard start + 25 <= values.count else {
            throw DecodingFailure(reason: .truncated, offset: place(values.count))
        }
        let length = Int(values[start + 22]) << 8 | Int(values[start + 23])
        let data = start + 24..<start + 24 + length
        guard data.upperBound < values.count else {
            throw DecodingFailure(reason: .truncated, offset: place(values.count))
        }
        let sum = values[start + 2..<data.upperBound].reduce(0, ^)
        guard sum == values[data.upperBound] else {
            throw DecodingFailure(reason: .checksumWrong, offset: place(data.upperBound))
        }
        var frame = GatewayFrame(
            command: values[start + 2], isEdition2025: mark == 0x24, data: data,
            range: start..<data.upperBound + 1)
        let vin = start + kind.vinStart..<start + kind.vinStart + 17
        frame.vehicle = try vehicle(Array(values[vin]), place(vin.lowerBound), context)
        if writer.trace != nil {
            let places = BytePlaces(table: bytes.places + [Int32(place(values.count))])
            writer.trace?.note(
                "start", values.span, start..<start + 2, places,
                kind == .hj1239
                    ? "HJ 1239" : "GB/T 32960.3-\(frame.isEdition2025 ? 2025 : 2016)")
            writer.trace?.note(
                "command", values.span, start + 2..<start + 3, places, frame.commandName,
                trap: frame.command == 3 ? .sentAgain : nil)
            writer.trace?.note(
                "vin", values.span, vin, places, frame.vehicle.map { "\($0.masked)" } ?? "none")
            writer.trace?.note(
                "length", values.span, start + 22..<start + 24, places, "\(length)", unit: "bytes")
        }
        guard values[start + 21] <= 1 || length == 0 else {
            throw DecodingFailure(reason: .encrypted, offset: place(start + 21))
        }
        return frame
    }

    /// The vehicle that a frame names. A topic that names a VIN must name the same one; where it
    /// names a device, the VIN in the frame is better.
    private static func vehicle(
        _ vin: [UInt8], _ place: Int, _ context: DecodingContext
    ) throws(DecodingFailure) -> VehicleID? {
        let text = vin.prefix { $0 != 0 && $0 != 0xFF && $0 != 0x20 }
        guard let read = VehicleID(Array(text).span) else {
            guard context.vehicle != nil || text.isEmpty else {
                throw DecodingFailure(reason: .vehicleMalformed, offset: place)
            }
            return nil
        }
        if let named = context.vehicle, named != read, named.isVIN {
            throw DecodingFailure(reason: .vehicleMismatch, offset: place)
        }
        return read
    }

    private var commandName: Saying {
        switch command {
        case 1: "login"
        case 2: "live data"
        case 3: "data sent again"
        case 4: "logout"
        case 5: "platform login or clock"
        case 6: "platform logout"
        case 7: "heartbeat"
        case 8: "clock"
        default: "reserved"
        }
    }

    /// A time in six bytes, in Beijing, or `nil` for no date of the calendar.
    static func time(_ bytes: ArraySlice<UInt8>) -> EventTime? {
        let values = bytes.map(Int.init)
        guard values.count == 6, Timestamp.isDate(2000 + values[0], values[1], values[2]),
            values[0] < 100, values[3] < 24, values[4] < 60, values[5] < 60
        else { return nil }
        let days = EventTime.days(year: 2000 + values[0], month: values[1], day: values[2])
        let seconds = days * 86_400 + values[3] * 3600 + values[4] * 60 + values[5]
        // GB/T 32960.3, clause 7.2 and HJ 1239: GMT+8, which no byte says.
        return EventTime(milliseconds: Int64(seconds - 8 * 3600) * 1000)
    }
}
