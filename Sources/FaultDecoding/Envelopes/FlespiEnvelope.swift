import VehicleFaults

/// flespi's messages: one object or a list of them, with `ident` for the device, `timestamp` in
/// seconds and parameters with dots in their names.
enum FlespiEnvelope {
    private static let parameters = NameTable<Scaled>([
        ("can.engine.rpm", Scaled(.engineSpeed)), ("engine.rpm", Scaled(.engineSpeed)),
        ("obd.engine.rpm", Scaled(.engineSpeed)),
        ("can.engine.coolant.temperature", .celsius(.coolant)),
        ("engine.coolant.temperature", .celsius(.coolant)),
        ("obd.engine.coolant.temperature", .celsius(.coolant)),
        ("can.engine.temperature", .celsius(.coolant)),
        ("can.engine.oil.temperature", .celsius(.oil)),
        ("can.engine.load.level", Scaled(.load)), ("obd.engine.load.level", Scaled(.load)),
        ("engine.load.level", Scaled(.load)),
        ("can.throttle.pedal.level", Scaled(.throttle)),
        ("can.fuel.level", Scaled(.fuelLevel)), ("fuel.level", Scaled(.fuelLevel)),
        ("can.vehicle.speed", Scaled(.vehicleSpeed)), ("obd.vehicle.speed", Scaled(.vehicleSpeed)),
        ("vehicle.mileage", Scaled(.odometer)), ("can.vehicle.mileage", Scaled(.odometer)),
        ("engine.motorhours", Scaled(.engineHours)),
        ("can.engine.motorhours", Scaled(.engineHours)),
        ("external.powersource.voltage", Scaled(.voltage, none: 0)),
        ("can.dtc.number", Scaled(.codeCount)), ("obd.dtc.number", Scaled(.codeCount)),
        ("dtc.number", Scaled(.codeCount)),
        ("obd.mil.mileage", Scaled(.milDistance)),
        ("obd.clear.dtc.mileage", Scaled(.clearDistance)),
    ])

    private static let lists = NameTable<Void>([
        ("can.dtc", ()), ("obd.dtc", ()), ("dtc", ()), ("can.dtc.codes", ()),
        ("obd.dtc.codes", ()), ("dtc.codes", ()),
    ])

    static func open(
        _ payload: Span<UInt8>, topic: Span<UInt8>, _ outer: DecodingContext,
        into writer: inout ReportWriter
    ) throws(DecodingFailure) {
        var tape = writer.borrowTape()
        defer { writer.giveBack(tape) }
        try tape.read(payload, limits: writer.limits)
        switch tape.kind(tape.root) {
        case .object: try read(tape.root, tape, outer, into: &writer)
        case .array:
            for node in tape.children(of: tape.root) {
                guard tape.kind(node) == .object else {
                    writer.refuse(.wrongType, at: tape.place(of: node))
                    continue
                }
                try read(node, tape, outer, into: &writer)
            }
        default: throw DecodingFailure(reason: .shapeUnknown, offset: 0)
        }
    }

    private static func read(
        _ message: Int, _ tape: borrowing JSONTape, _ outer: DecodingContext,
        into writer: inout ReportWriter
    ) throws(DecodingFailure) {
        var context = outer
        var draft = writer.draft(context)
        for node in tape.children(of: message) {
            if tape.isNamed(node, "ident") {
                context.vehicle = context.vehicle ?? tape.vehicle(node)
                writer.note("ident", node, of: tape, "the device")
            } else if tape.isNamed(node, "timestamp") {
                draft.claimed = tape.time(node, unit: 1000)
                if draft.claimed == nil { writer.refuse(.timeMalformed, at: tape.place(of: node)) }
                writer.note("timestamp", node, of: tape, draft.claimed.map { "\($0)" } ?? "no time")
            } else if lists.find(tape, node) != nil {
                try codes(node, tape, context, to: &draft, &writer)
            } else if tape.kind(node) == .text {
                writer.buffer.unknownFields += 1
            } else {
                writer.append(node, of: tape, parameters, to: &draft)
            }
        }
        try writer.finish(draft, context)
    }

    /// A list of texts or of objects with a `code`, or one text with several codes.
    private static func codes(
        _ node: Int, _ tape: borrowing JSONTape, _ context: DecodingContext,
        to draft: inout ReportDraft,
        _ writer: inout ReportWriter
    ) throws(DecodingFailure) {
        switch tape.kind(node) {
        case .text:
            try writer.appendCodes(node, of: tape, to: &draft)
        case .array:
            for item in tape.children(of: node) {
                let text = tape.kind(item) == .object ? tape.member("code", of: item) : item
                guard let text, tape.kind(text) == .text else {
                    writer.refuse(.wrongType, at: tape.place(of: item))
                    continue
                }
                try writer.appendCodes(text, of: tape, to: &draft)
            }
        case .null: return
        case .number:
            // A count under the name of a list.
            writer.append(
                Scaled(.codeCount), tape.number(node) ?? 0, at: tape.place(of: node), to: &draft)
            writer.trace?.avoided(.countIsNoList)
            return
        default: return writer.refuse(.wrongType, at: tape.place(of: node))
        }
        draft.list = context.list == .absent ? .unstated : context.list
    }
}
