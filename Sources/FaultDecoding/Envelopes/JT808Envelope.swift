import VehicleFaults

/// EMQX's gateway for JT/T 808: `jt808/<client>/<phone>/up` with `{"header":{…},"body":{…}}`.
///
/// The terminal's phone number is all that names the vehicle. The standard has no fault codes: they
/// come in transparent messages (2304) and extra items of two makers that are known here, or as CAN
/// frames (1797). Times are Beijing's.
enum JT808Envelope {
    static func open(
        _ payload: Span<UInt8>, topic: Span<UInt8>, codec: DiagnosticCodec?,
        _ outer: DecodingContext, into writer: inout ReportWriter
    ) throws(DecodingFailure) {
        if JT808Frame.begins(payload) {
            var context = outer
            if context.vehicle == nil { context.vehicle = TopicLevels.vehicle(2, of: topic) }
            return try JT808Frame(payload, into: &writer).read(context, into: &writer)
        }
        var tape = writer.borrowTape()
        defer { writer.giveBack(tape) }
        try tape.read(payload, limits: writer.limits)
        guard let header = tape.member("header", of: tape.root),
            let id = tape.member("msg_id", of: header), let number = tape.whole(id)
        else { throw DecodingFailure(reason: .shapeUnknown, offset: 0) }
        var context = outer
        if context.vehicle == nil {
            context.vehicle =
                tape.member("phone", of: header).flatMap { tape.vehicle($0) }
                ?? TopicLevels.vehicle(2, of: topic)
        }
        guard let body = tape.member("body", of: tape.root), tape.kind(body) == .object else {
            // A heartbeat has none.
            return
        }
        switch number {
        case 512: try location(body, tape, context, into: &writer)
        case 1796:
            guard let list = tape.member("location", of: body) else {
                throw DecodingFailure(reason: .shapeUnknown, offset: tape.place(of: body))
            }
            for item in tape.children(of: list) {
                try location(item, tape, context, into: &writer)
            }
        case 1797: try frames(body, tape, codec, context, into: &writer)
        case 2304:
            guard let data = tape.member("data", of: body), let read = tape.base64(data) else {
                throw DecodingFailure(reason: .shapeUnknown, offset: tape.place(of: body))
            }
            let type = tape.member("type", of: body).flatMap { tape.whole($0) }
            context.places = read.places
            if type == 0xF0 {
                try JT808Vendor.transparent(read.bytes.span, context, into: &writer)
            } else if let codec {
                try codec.decode(read.bytes.span, context, into: &writer)
            } else {
                writer.buffer.unknownFields += 1
            }
        // Registering, logging in and all else say nothing of health.
        default: return
        }
    }

    // MARK: - Location

    private static func location(
        _ body: Int, _ tape: borrowing JSONTape, _ outer: DecodingContext,
        into writer: inout ReportWriter
    ) throws(DecodingFailure) {
        var context = outer
        if let time = tape.member("time", of: body) {
            context.claimed = Self.time(tape.characters(time))
            if context.claimed == nil { writer.refuse(.timeMalformed, at: tape.place(of: time)) }
            writer.note(
                "time", time, of: tape, context.claimed.map { "\($0)" } ?? "no time",
                trap: .beijingTime)
        }
        var draft = writer.draft(context)
        if let speed = tape.member("speed", of: body), let raw = tape.number(speed) {
            writer.append(
                Scaled(.vehicleSpeed, times: 0.1), raw, at: tape.place(of: speed), field: "speed",
                to: &draft)
        }
        if let extra = tape.member("extra", of: body) {
            try extras(extra, tape, context, to: &draft, &writer)
        }
        try writer.finish(draft, context)
        guard let alarm = tape.member("alarm", of: body) else { return }
        guard let bits = tape.whole(alarm), (0...0xFFFF_FFFF).contains(bits) else {
            return writer.refuse(.numberOutOfRange, at: tape.place(of: alarm))
        }
        try finish(alarms: UInt64(bits), at: tape.place(of: alarm), context, into: &writer)
    }

    /// Writes the list of the terminal's own alarms.
    static func finish(
        alarms bits: UInt64, at place: Int, _ outer: DecodingContext,
        into writer: inout ReportWriter
    ) throws(DecodingFailure) {
        var context = outer
        context.ecu = ShortText("terminal") ?? .empty
        var draft = writer.draft(context)
        draft.list = .snapshot
        // Of the alarms only these two are about the vehicle: its supply is low, or was cut.
        let alarms = [(7 as UInt64, "808 POWER LOW"), (8, "808 POWER CUT")]
        for (bit, name) in alarms where bits >> bit & 1 == 1 {
            guard let code = FaultCode(text: name) else { continue }
            try writer.append(
                FaultSighting(code: code, status: .active, ecu: context.ecu), at: place,
                to: &draft)
            writer.trace?.note("alarm", at: place, length: 4, raw: "\(bits)", "\(name)")
        }
        try writer.finish(draft, context)
    }

    /// Six bytes of two digits each; `nil` for what is no date.
    static func time(_ reader: inout ByteReader) throws(DecodingFailure) -> EventTime? {
        var digits: [UInt8] = []
        for _ in 0..<6 {
            let byte = UInt8(try reader.take(1))
            digits += [0x30 + (byte >> 4), 0x30 + (byte & 15)]
        }
        return time(digits)
    }

    /// `230515132726`, Beijing time.
    static func time(_ digits: [UInt8]) -> EventTime? {
        guard digits.count == 12, digits.allSatisfy({ $0 &- 0x30 < 10 }) else { return nil }
        func two(_ index: Int) -> Int {
            Int(digits[2 * index] &- 0x30) * 10 + Int(digits[2 * index + 1] &- 0x30)
        }
        return DeviceTime.time(
            2000 + two(0), two(1), two(2), two(3), two(4), two(5), offset: DeviceTime.beijing)
    }

    private static func extras(
        _ extra: Int, _ tape: borrowing JSONTape, _ context: DecodingContext,
        to draft: inout ReportDraft,
        _ writer: inout ReportWriter
    ) throws(DecodingFailure) {
        for node in tape.children(of: extra) {
            if tape.isNamed(node, "mileage"), let raw = tape.number(node) {
                writer.append(
                    Scaled(.odometer, times: 0.1), raw, at: tape.place(of: node),
                    field: "mileage", to: &draft)
            } else if tape.isNamed(node, "fuel_meter"), let raw = tape.number(node) {
                let name = Array("fuel_l".utf8)
                writer.append(name: name.span, raw * 0.1, at: tape.place(of: node), to: &draft)
            } else if tape.isNamed(node, "custome") || tape.isNamed(node, "custom") {
                try custom(node, tape, context, to: &draft, &writer)
            }
        }
    }

    /// Items that the gateway does not know: by number, or all in one text.
    private static func custom(
        _ node: Int, _ tape: borrowing JSONTape, _ context: DecodingContext,
        to draft: inout ReportDraft,
        _ writer: inout ReportWriter
    ) throws(DecodingFailure) {
        if tape.kind(node) == .text, let read = tape.base64(node) {
            return try JT808Vendor.items(read.bytes.span, read.places, context, to: &draft, &writer)
        }
        for item in tape.children(of: node) {
            guard let id = PlainNumber.value(tape.name(item).span).flatMap({ Int(exactly: $0) }),
                let read = tape.base64(item)
            else {
                writer.refuse(.wrongType, at: tape.place(of: item))
                continue
            }
            try JT808Vendor.item(
                id, read.bytes.span, read.places, context, to: &draft, &writer)
        }
    }

    // MARK: - Frames

    private static func frames(
        _ body: Int, _ tape: borrowing JSONTape, _ codec: DiagnosticCodec?,
        _ context: DecodingContext,
        into writer: inout ReportWriter
    ) throws(DecodingFailure) {
        guard let list = tape.member("can_data", of: body), tape.kind(list) == .array else {
            throw DecodingFailure(reason: .shapeUnknown, offset: tape.place(of: body))
        }
        var frames = CANFrames()
        for node in tape.children(of: list) {
            guard let id = tape.member("id", of: node), let number = tape.whole(id),
                (0...0x1FFF_FFFF).contains(number), let data = tape.member("data", of: node),
                let read = tape.base64(data), read.bytes.count <= 8
            else {
                writer.refuse(.wrongType, at: tape.place(of: node))
                continue
            }
            let type = tape.member("frame_type", of: node).flatMap { tape.whole($0) }
            let channel = tape.member("channel", of: node).map { tape.bus($0) }
            try frames.append(
                identifier: UInt32(number), isExtended: type == 1 || number > 0x7FF,
                bus: channel ?? .empty, data: read.bytes.span, place: tape.place(of: node),
                dataPlaces: read.places)
        }
        guard !frames.frames.isEmpty else { return }
        try FrameSorting.decode(frames, codec: codec, context, into: &writer)
    }
}

/// Two makers' layouts for what JT/T 808 leaves open.
enum JT808Vendor {
    /// Transparent message F0: time(6, BCD), kept(1), vehicle type(1), block(1); block 2 holds
    /// systems(2), each with id(4) and codes(2), each with number(4), status(4), length(2) and text.
    static func transparent(
        _ bytes: Span<UInt8>, _ outer: DecodingContext, into writer: inout ReportWriter
    ) throws(DecodingFailure) {
        var context = outer
        var reader = ByteReader(bytes, context.places)
        context.claimed = try JT808Envelope.time(&reader)
        if context.claimed == nil { writer.refuse(.timeMalformed, at: context.places[0]) }
        try reader.skip(2)
        guard try reader.take(1) == 2 else {
            writer.buffer.unknownFields += 1
            return
        }
        for _ in 0..<Int(try reader.take(2)) {
            let system = try reader.take(4)
            var inner = context
            // All ones is the vehicle as a whole.
            if system != 0xFFFF_FFFF {
                inner.ecu = ShortText(FaultCode.hexText(UInt32(system), digits: 8)) ?? .empty
            }
            var draft = writer.draft(inner)
            draft.list = .snapshot
            for _ in 0..<Int(try reader.take(2)) {
                let place = reader.place
                try reader.skip(8)
                let count = Int(try reader.take(2))
                let range = reader.position..<reader.position + count
                try reader.skip(count)
                // Some firmware counts the NUL at the end.
                let text = Array(reader.bytes(range).prefix { $0 > 0x20 })
                guard let code = FaultCode(text: text.span) else {
                    writer.refuse(.codeMalformed, at: place)
                    continue
                }
                try writer.append(
                    FaultSighting(code: code, ecu: inner.ecu), at: place, to: &draft)
                writer.trace?.note("code", bytes, range, context.places, "\(code)")
            }
            try writer.finish(draft, inner)
        }
    }

    /// Items as id(1), length(1), value.
    static func items(
        _ bytes: Span<UInt8>, _ places: BytePlaces, _ context: DecodingContext,
        to draft: inout ReportDraft, _ writer: inout ReportWriter
    ) throws(DecodingFailure) {
        var reader = ByteReader(bytes, places)
        while reader.position < reader.end {
            let id = Int(try reader.take(1))
            let count = Int(try reader.take(1))
            let range = reader.position..<reader.position + count
            try reader.skip(count)
            try item(
                id, bytes.extracting(range), places.from(range.lowerBound), context, to: &draft,
                &writer)
        }
    }

    static func item(
        _ id: Int, _ bytes: Span<UInt8>, _ places: BytePlaces, _ context: DecodingContext,
        to draft: inout ReportDraft, _ writer: inout ReportWriter
    ) throws(DecodingFailure) {
        switch id {
        case 0xA0:
            // `P538f` in lower case is the same code.
            draft.list = context.list == .absent ? .unstated : context.list
            try writer.appendCodes(bytes, places, to: &draft)
            writer.trace?.avoided(.lowerCase)
        case 0x8B:
            writer.trace?.note(
                "vin", bytes, bytes.indices, places, VIN.isPlausible(bytes) ? "VIN" : "no VIN")
        case 0x81: number(Scaled(.engineSpeed), bytes, places, to: &draft, &writer)
        case 0x84:
            number(
                Scaled(.coolant, plus: -40, none: 0, or: 255), bytes, places, to: &draft, &writer)
        default: writer.buffer.unknownFields += 1
        }
    }

    private static func number(
        _ scaled: Scaled, _ bytes: Span<UInt8>, _ places: BytePlaces, to draft: inout ReportDraft,
        _ writer: inout ReportWriter
    ) {
        guard (1...4).contains(bytes.count) else {
            return writer.refuse(.truncated, at: places[0])
        }
        var number = 0.0
        for index in bytes.indices { number = number * 256 + Double(bytes[index]) }
        writer.append(scaled, number, at: places[0], length: bytes.count, to: &draft)
    }
}
