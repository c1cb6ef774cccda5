import VehicleFaults

/// WiCAN dongles: `wican/<device>/can/rx` with frames, `/status`, and flat readings of the firmware's
/// own filters.
///
/// The device is the end of its MAC address. Its `ts` starts again every minute and so says nothing.
enum WiCANEnvelope {
    static func open(
        _ payload: Span<UInt8>, topic: Span<UInt8>, codec: DiagnosticCodec?,
        _ outer: DecodingContext, into writer: inout ReportWriter
    ) throws(DecodingFailure) {
        var tape = writer.borrowTape()
        defer { writer.giveBack(tape) }
        try tape.read(payload, limits: writer.limits)
        guard tape.kind(tape.root) == .object else {
            throw DecodingFailure(reason: .shapeUnknown, offset: 0)
        }
        var context = outer
        if context.vehicle == nil { context.vehicle = TopicLevels.vehicle(1, of: topic) }
        guard let list = tape.member("frame", of: tape.root) else {
            return try readings(tape, context, into: &writer)
        }
        guard tape.kind(list) == .array else {
            throw DecodingFailure(reason: .wrongType, offset: tape.place(of: list))
        }
        if let bus = tape.member("bus", of: tape.root) {
            // A number by the documentation, a text by the firmware.
            context.bus = tape.bus(bus)
            writer.note("bus", bus, of: tape, "\(context.bus)")
        }
        if let time = tape.member("ts", of: tape.root) {
            writer.note("ts", time, of: tape, "not a time of day", trap: .wrappingClock)
        }
        if let kind = tape.member("type", of: tape.root), tape.isText(kind, "tx") {
            return  // What was sent to the vehicle is no answer of it.
        }
        var frames = writer.borrowFrames()
        defer { writer.giveBack(frames) }
        for node in tape.children(of: list) {
            try append(node, tape, context, to: &frames, &writer)
        }
        guard !frames.frames.isEmpty else { return }
        try FrameSorting.decode(frames, codec: codec, context, into: &writer)
    }

    /// The members of a frame, found in one pass; of several with one name the first counts.
    private struct Members {
        var id: Int?
        var dlc: Int?
        var rtr: Int?
        var extd: Int?
        var data: Int?

        init(_ node: Int, of tape: borrowing JSONTape) {
            guard tape.kind(node) == .object else { return }
            for child in tape.children(of: node) {
                if data == nil, tape.isNamed(child, "data") {
                    data = child
                } else if id == nil, tape.isNamed(child, "id") {
                    id = child
                } else if dlc == nil, tape.isNamed(child, "dlc") {
                    dlc = child
                } else if rtr == nil, tape.isNamed(child, "rtr") {
                    rtr = child
                } else if extd == nil, tape.isNamed(child, "extd") {
                    extd = child
                }
            }
        }
    }

    private static func append(
        _ node: Int, _ tape: borrowing JSONTape, _ context: DecodingContext,
        to frames: inout CANFrames,
        _ writer: inout ReportWriter
    ) throws(DecodingFailure) {
        let members = Members(node, of: tape)
        guard let id = members.id, let number = tape.whole(id), let list = members.data,
            tape.kind(list) == .array
        else { return writer.refuse(.wrongType, at: tape.place(of: node)) }
        if let request = members.rtr, tape.numberOrFlag(request) == 1 { return }
        let isExtended = members.extd.map { tape.numberOrFlag($0) == 1 } ?? (number > 0x7FF)
        guard number >= 0, number <= (isExtended ? 0x1FFF_FFFF : 0x7FF) else {
            return writer.refuse(.numberOutOfRange, at: tape.place(of: id))
        }
        var length = 8
        if let code = members.dlc {
            guard let read = tape.whole(code), (0...8).contains(read) else {
                return writer.refuse(.numberOutOfRange, at: tape.place(of: code))
            }
            length = Int(read)
        }
        var data = InlineArray<8, UInt8>(repeating: 0)
        var places = InlineArray<9, Int>(repeating: 0)
        var count = 0
        // There are always eight numbers, of which those past the length mean nothing.
        for byte in tape.children(of: list).prefix(length) {
            guard let value = tape.whole(byte), (0...255).contains(value) else {
                return writer.refuse(.numberOutOfRange, at: tape.place(of: byte))
            }
            data[count] = UInt8(value)
            places[count] = tape.place(of: byte)
            count += 1
        }
        guard count == length else {
            return writer.refuse(.truncated, at: tape.place(of: list))
        }
        places[length] = tape.base + tape.range(of: list).upperBound
        try frames.append(
            identifier: UInt32(number), isExtended: isExtended, bus: context.bus,
            data: data.span.extracting(0..<length),
            place: tape.place(of: node), dataPlaces: BytePlaces(count: length + 1) { places[$0] })
    }

    /// `{"name": 23.0}` and `{"name": "on"}`, whose names the owner of the dongle chose.
    private static func readings(
        _ tape: borrowing JSONTape, _ context: DecodingContext, into writer: inout ReportWriter
    ) throws(DecodingFailure) {
        var draft = writer.draft(context)
        for node in tape.children(of: tape.root) {
            if tape.isText(node, "on") || tape.isText(node, "off") {
                let range = tape.nameRange(of: node)
                writer.append(
                    name: tape.text.bytes.span.extracting(range),
                    tape.isText(node, "on") ? 1 : 0, at: tape.place(of: node), to: &draft)
            } else {
                writer.append(node, of: tape, DeviceSignals.common, to: &draft)
            }
        }
        try writer.finish(draft, context)
    }
}
