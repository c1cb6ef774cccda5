import VehicleFaults

/// The AVL elements of Teltonika devices that are about the vehicle, by their numbers.
enum TeltonikaElements {
    /// What an element is.
    enum Meaning: Sendable {
        case signal(Scaled)
        /// One byte with a sign.
        case signedByte(Scaled)
        case codes
        case vin
        /// A number that is kept under a name of its own.
        case named(String)
    }

    static func meaning(_ id: Int) -> Meaning? {
        switch id {
        case 16: .signal(Scaled(.odometer, times: 0.001))
        case 30: .signal(Scaled(.codeCount))
        case 31: .signal(Scaled(.load))
        case 32: .signedByte(Scaled(.coolant, none: -40))
        case 36, 85: .signal(Scaled(.engineSpeed))
        case 37: .signal(Scaled(.vehicleSpeed))
        case 42: .signal(Scaled(.runTime))
        case 43: .signal(Scaled(.milDistance))
        case 48: .signal(Scaled(.fuelLevel))
        case 49: .signal(Scaled(.clearDistance))
        case 51: .named("module_v")
        case 66: .signal(Scaled(.voltage, times: 0.001, none: 0))
        case 67: .named("tracker_v")
        // The adapters that listen to the CAN bus give the coolant in tenths of a degree.
        case 115: .signal(Scaled(.coolant, times: 0.1, none: -400))
        case 239: .named("ignition_on")
        // 281 comes from the OBD socket, 282 from the CAN bus; both are text.
        case 281, 282: .codes
        case 256, 325: .vin
        // 400, the distance to the next service, has no unit that we could verify.
        default: nil
        }
    }

    /// Adds a number that an element holds.
    ///
    /// - Parameter bits: the element's bytes, unsigned.
    static func append(
        _ id: Int, _ number: Double, at place: Int, length: Int, to draft: inout ReportDraft,
        _ writer: inout ReportWriter
    ) {
        let field = writer.trace == nil ? "" : "avl \(id)"
        switch meaning(id) {
        case .signal(let scaled):
            writer.append(scaled, number, at: place, length: length, field: field, to: &draft)
            if id == 30 { writer.trace?.avoided(.countIsNoList) }
        case .signedByte(let scaled):
            // JSON may have the sign already.
            let signed = number > 127 && number < 256 ? number - 256 : number
            writer.append(scaled, signed, at: place, length: length, field: field, to: &draft)
        case .named(let name):
            let value = name.hasSuffix("_v") ? number / 1000 : number
            let bytes = Array(name.utf8)
            writer.append(name: bytes.span, value, at: place, to: &draft)
            writer.trace?.note(
                field, at: place, length: length, raw: "\(number)", "\(name) \(value)")
        case .codes, .vin: writer.refuse(.wrongType, at: place)
        case nil:
            // "avl_" and the number, which has 19 digits at most; made for each element that no rule
            // speaks of, so it is no array.
            var bytes: InlineArray<24, UInt8> = .init(repeating: 0)
            (bytes[0], bytes[1], bytes[2], bytes[3]) = (0x61, 0x76, 0x6C, 0x5F)
            var count = 4
            var divisor = 1
            while divisor <= id / 10 { divisor *= 10 }
            while divisor > 0 {
                bytes[count] = UInt8(truncatingIfNeeded: 0x30 + id / divisor % 10)
                count += 1
                divisor /= 10
            }
            let name = bytes.span.extracting(0..<count)
            if writer.names.find(name) ?? learned(name, &writer) != nil {
                writer.append(name: name, number, at: place, to: &draft)
            } else {
                writer.buffer.unknownFields += 1
            }
        }
    }

    private static func learned(_ name: Span<UInt8>, _ writer: inout ReportWriter) -> SignalID? {
        writer.names.learns ? writer.names.insert(name) : nil
    }

    /// Adds an element that holds text.
    static func append(
        _ id: Int, _ text: Span<UInt8>, _ places: BytePlaces, _ context: DecodingContext,
        to draft: inout ReportDraft, _ writer: inout ReportWriter
    ) throws(DecodingFailure) {
        switch meaning(id) {
        case .codes:
            // The device sends all that the units hold, each time.
            draft.list = .snapshot
            try writer.appendCodes(text, places, to: &draft)
        case .vin:
            writer.trace?.note(
                "vin", text, text.indices, places, VIN.isPlausible(text) ? "VIN" : "no VIN",
                trap: VIN.isPlausible(text) && !VIN.hasCheckDigit(text) ? .checkDigit : nil)
        default: writer.buffer.unknownFields += 1
        }
    }
}
