import VehicleFaults

/// OpenXC interfaces: JSON messages that end with a NUL byte or a line end, several in one payload.
///
/// Translated signals, raw CAN frames and answers to diagnostic requests, whose bytes come without
/// service and parameter.
enum OpenXCEnvelope {
    private static let signals = NameTable<Scaled>([
        ("engine_speed", Scaled(.engineSpeed)), ("vehicle_speed", Scaled(.vehicleSpeed)),
        ("odometer", Scaled(.odometer)), ("fuel_level", Scaled(.fuelLevel)),
        ("engine_coolant_temperature", .celsius(.coolant)),
        ("engine_load", Scaled(.load)), ("intake_air_temperature", .celsius(.intake)),
        ("throttle_position", Scaled(.throttle)), ("barometric_pressure", Scaled(.barometer)),
    ])

    static func open(
        _ payload: Span<UInt8>, topic: Span<UInt8>, codec: DiagnosticCodec?,
        _ context: DecodingContext, into writer: inout ReportWriter
    ) throws(DecodingFailure) {
        guard context.vehicle != nil else { throw context.failure(.noVehicle, at: 0) }
        var tape = writer.borrowTape()
        defer { writer.giveBack(tape) }
        var signals = Signals(draft: writer.draft(context))
        var frames = writer.borrowFrames()
        defer { writer.giveBack(frames) }
        var answers: [Answer] = []
        var start = 0
        var failure: DecodingFailure?
        var isRead = false
        while start < payload.count {
            var end = start
            while end < payload.count, payload[end] != 0, payload[end] != 0x0A { end += 1 }
            if !isBlank(payload, start..<end) {
                do throws(DecodingFailure) {
                    try tape.read(payload, start..<end, limits: writer.limits)
                    try read(tape, codec, &signals, &frames, &answers, &writer)
                    isRead = true
                } catch {
                    // One message of several that is damaged costs itself only.
                    failure = failure ?? error
                    writer.refuse(error.reason, at: error.offset)
                }
            }
            start = end + 1
        }
        guard isRead else {
            throw failure ?? DecodingFailure(reason: .emptyPayload, offset: 0)
        }
        if signals.draft.hasContent || frames.frames.isEmpty && answers.isEmpty {
            try writer.finish(signals.draft, context)
        }
        for answer in answers {
            var inner = context
            inner.ecu = answer.ecu
            inner.claimed = answer.claimed
            let name = codec ?? (answer.bytes[0] == 0x59 ? .uds : .obd)
            do throws(DecodingFailure) {
                try decode(answer, name, inner, into: &writer)
            } catch { writer.refuse(error.reason, at: error.offset) }
        }
        guard !frames.frames.isEmpty else { return }
        do throws(DecodingFailure) {
            try FrameSorting.decode(frames, codec: codec, context, into: &writer)
        } catch { writer.refuse(error.reason, at: error.offset) }
    }

    private struct Signals {
        var draft: ReportDraft
    }

    /// What a unit answered, with service and parameter put before it again.
    private struct Answer {
        var bytes: [UInt8]
        var places: BytePlaces
        var ecu: ShortText
        var claimed: EventTime?
    }

    /// Hands an answer on as what it is, since nothing has to be guessed about its bytes.
    private static func decode(
        _ answer: Answer, _ codec: DiagnosticCodec, _ context: DecodingContext,
        into writer: inout ReportWriter
    ) throws(DecodingFailure) {
        guard codec == .obd || codec == .uds else {
            var inner = context
            inner.places = answer.places
            return try codec.decode(answer.bytes.span, inner, into: &writer)
        }
        let message = DiagnosticAnswer(answer.bytes, answer.places)
        if codec == .uds {
            try UDSDecoder.decode([message], context, into: &writer)
        } else {
            _ = try OBDDecoder.decode([message], context, into: &writer)
        }
    }

    private static func isBlank(_ payload: Span<UInt8>, _ range: Range<Int>) -> Bool {
        for index in range where payload[index] > 0x20 { return false }
        return true
    }

    private static func read(
        _ tape: borrowing JSONTape, _ codec: DiagnosticCodec?, _ signals: inout Signals,
        _ frames: inout CANFrames, _ answers: inout [Answer], _ writer: inout ReportWriter
    ) throws(DecodingFailure) {
        let root = tape.root
        let time = tape.member("timestamp", of: root).flatMap { tape.time($0, unit: 1000) }
        if let name = tape.member("name", of: root), let value = tape.member("value", of: root) {
            if signals.draft.claimed == nil { signals.draft.claimed = time }
            return signal(name, value, tape, &signals.draft, &writer)
        }
        if let mode = tape.member("mode", of: root) {
            return try answer(mode, tape, time, &answers, &writer)
        }
        guard let id = tape.member("id", of: root) ?? tape.member("message_id", of: root),
            let data = tape.member("data", of: root)
        else {
            // Commands and their answers.
            writer.buffer.unknownFields += 1
            return
        }
        guard let number = tape.whole(id), number >= 0, number <= 0x1FFF_FFFF,
            let bytes = tape.hexFrame(data)
        else { return writer.refuse(.wrongType, at: tape.place(of: data)) }
        let bus = tape.member("bus", of: root).map { tape.bus($0, first: 1) } ?? .empty
        let format = tape.member("frame_format", of: root)
        let isExtended = number > 0x7FF || format.map { tape.isText($0, "extended") } == true
        try frames.append(
            identifier: UInt32(number), isExtended: isExtended, bus: bus,
            data: bytes.bytes.span.extracting(0..<bytes.count), at: time,
            place: tape.place(of: root), dataPlaces: bytes.places)
    }

    private static func signal(
        _ name: Int, _ value: Int, _ tape: borrowing JSONTape, _ draft: inout ReportDraft,
        _ writer: inout ReportWriter
    ) {
        guard let number = tape.numberOrFlag(value) else {
            // `"gear": "first"` and the like.
            writer.buffer.unknownFields += 1
            return
        }
        guard tape.isPlain(name) else {
            let text = tape.characters(name)
            return append(text.span, number, at: tape.place(of: value), &draft, &writer)
        }
        append(
            tape.text.bytes.span.extracting(tape.range(of: name)), number,
            at: tape.place(of: value), &draft, &writer)
    }

    private static func append(
        _ name: Span<UInt8>, _ number: Double, at place: Int, _ draft: inout ReportDraft,
        _ writer: inout ReportWriter
    ) {
        guard let scaled = signals.find(name) else {
            return writer.append(name: name, number, at: place, to: &draft)
        }
        let field = writer.trace == nil ? "" : name.text
        writer.append(scaled, number, at: place, field: field, to: &draft)
    }

    private static func answer(
        _ mode: Int, _ tape: borrowing JSONTape, _ time: EventTime?, _ answers: inout [Answer],
        _ writer: inout ReportWriter
    ) throws(DecodingFailure) {
        let root = tape.root
        guard let service = tape.whole(mode), (1...0x3E).contains(service) else {
            return writer.refuse(.numberOutOfRange, at: tape.place(of: mode))
        }
        if let success = tape.member("success", of: root), tape.kind(success) == .no {
            writer.refuse(.negativeResponse, at: tape.place(of: success))
            writer.note("success", success, of: tape, "refused", trap: .negativeResponse)
            return
        }
        guard let payload = tape.member("payload", of: root), let data = tape.hexBytes(payload)
        else {
            // Without a payload the interface gives the value that it made of it.
            writer.buffer.unknownFields += 1
            return
        }
        var head: [UInt8] = []
        head.reserveCapacity(data.bytes.count + 3)
        head.append(UInt8(service) + 0x40)
        if let parameter = tape.member("pid", of: root), let number = tape.whole(parameter) {
            if number > 0xFF { head.append(UInt8(truncatingIfNeeded: number >> 8)) }
            head.append(UInt8(truncatingIfNeeded: number))
        }
        let id = tape.member("message_id", of: root) ?? tape.member("id", of: root)
        let ecu = id.flatMap { tape.whole($0) }.flatMap { UInt32(exactly: $0) }.map { number in
            UnitName.hex(
                number, digits: number == 0 ? 1 : (35 - number.leadingZeroBitCount) / 4)
        }
        // The bytes put before have no place of their own.
        let start = tape.place(of: payload)
        let length = head.count
        let places = BytePlaces(count: length + data.bytes.count + 1) { index in
            index < length ? start : data.places[index - length]
        }
        head += data.bytes
        answers.append(Answer(bytes: head, places: places, ecu: ecu ?? .empty, claimed: time))
    }
}
