import VehicleFaults

/// Senquip loggers: `{"deviceid":…,"vsys":…,"vin":28.05,"can1":[{"id":…,"data":"HEX"}],…}`.
///
/// `vin` is the voltage at the input. Frames are sampled and come in any order, so that a message in
/// several frames cannot be put together; those frames are refused.
enum SenquipEnvelope {
    private static let members = NameTable<Scaled>([
        ("vin", Scaled(.voltage)), ("odometer", Scaled(.odometer)),
    ])

    static func open(
        _ payload: Span<UInt8>, topic: Span<UInt8>, codec: DiagnosticCodec?,
        _ outer: DecodingContext, into writer: inout ReportWriter
    ) throws(DecodingFailure) {
        var tape = writer.borrowTape()
        defer { writer.giveBack(tape) }
        try tape.read(payload, limits: writer.limits)
        guard let id = tape.member("deviceid", of: tape.root) else {
            throw DecodingFailure(reason: .shapeUnknown, offset: 0)
        }
        var context = outer
        context.vehicle = context.vehicle ?? tape.vehicle(id)
        if let time = tape.member("ts", of: tape.root) {
            context.claimed = tape.time(time, unit: 1000)
            if context.claimed == nil { writer.refuse(.timeMalformed, at: tape.place(of: time)) }
            writer.note("ts", time, of: tape, context.claimed.map { "\($0)" } ?? "no time")
        }
        var draft = writer.draft(context)
        for node in tape.children(of: tape.root) {
            guard tape.kind(node) == .number, !tape.isNamed(node, "ts") else { continue }
            writer.append(node, of: tape, members, to: &draft)
            if tape.isNamed(node, "vin") { writer.trace?.avoided(.voltageNotVIN) }
        }
        try writer.finish(draft, context)
        for (name, bus) in [
            ("can1", tape.member("can1", of: tape.root)),
            ("can2", tape.member("can2", of: tape.root)),
        ] {
            guard let bus else { continue }
            context.bus = ShortText(name) ?? .empty
            try frames(bus, tape, codec, context, into: &writer)
        }
    }

    private static func frames(
        _ list: Int, _ tape: borrowing JSONTape, _ codec: DiagnosticCodec?,
        _ context: DecodingContext,
        into writer: inout ReportWriter
    ) throws(DecodingFailure) {
        var frames = writer.borrowFrames()
        defer { writer.giveBack(frames) }
        for node in tape.children(of: list) {
            guard let id = tape.member("id", of: node), let number = tape.whole(id),
                let text = tape.member("data", of: node), let data = tape.hexFrame(text),
                number >= 0, number <= 0x1FFF_FFFF
            else {
                writer.refuse(.wrongType, at: tape.place(of: node))
                continue
            }
            let format = number >> 16 & 0xFF
            if number > 0x7FF, format == 0xEC || format == 0xEB {
                writer.refuse(.missingFrame, at: tape.place(of: node))
                writer.note("data", text, of: tape, "part of a message", trap: .sampledFrames)
                continue
            }
            try frames.append(
                identifier: UInt32(number), isExtended: number > 0x7FF, bus: context.bus,
                data: data.bytes.span.extracting(0..<data.count), place: tape.place(of: node),
                dataPlaces: data.places)
        }
        guard !frames.frames.isEmpty else { return }
        do throws(DecodingFailure) {
            try FrameSorting.decode(frames, codec: codec, context, into: &writer)
        } catch { writer.refuse(error.reason, at: error.offset) }
    }
}
