import VehicleFaults

/// AutoPi dongles: `{"_type":"dtc","_stamp":…,"values":[{"code":…,"text":…}]}` and single values,
/// one or a list of them.
///
/// Nothing in the payload says which vehicle it is. Codes come as news: the dongle sends a list when
/// it differs from the last, and half of those lists are empty by its own filter's doing.
enum AutoPiEnvelope {
    static func open(
        _ payload: Span<UInt8>, topic: Span<UInt8>, codec: DiagnosticCodec?,
        _ context: DecodingContext, into writer: inout ReportWriter
    ) throws(DecodingFailure) {
        var tape = writer.borrowTape()
        defer { writer.giveBack(tape) }
        try tape.read(payload, limits: writer.limits)
        switch tape.kind(tape.root) {
        case .object:
            try read(tape.root, tape, topic, codec, context, into: &writer)
        case .array:
            for node in tape.children(of: tape.root) {
                try read(node, tape, topic, codec, context, into: &writer)
            }
        default: throw DecodingFailure(reason: .shapeUnknown, offset: 0)
        }
    }

    private static func read(
        _ node: Int, _ tape: borrowing JSONTape, _ topic: Span<UInt8>, _ codec: DiagnosticCodec?,
        _ outer: DecodingContext, into writer: inout ReportWriter
    ) throws(DecodingFailure) {
        guard tape.kind(node) == .object else {
            return writer.refuse(.wrongType, at: tape.place(of: node))
        }
        var context = outer
        if let stamp = tape.member("_stamp", of: node) {
            context.claimed = tape.time(stamp)
            if context.claimed == nil { writer.refuse(.timeMalformed, at: tape.place(of: stamp)) }
            writer.note("_stamp", stamp, of: tape, context.claimed.map { "\($0)" } ?? "no time")
        }
        var draft = writer.draft(context)
        // The last part of `obd.dtc` or `obd/dtc` says what it is.
        let type = tape.member("_type", of: node).map { tape.characters($0) }
        var name = type ?? TopicLevels.last(of: topic).map { topic[$0] }
        if let point = name.lastIndex(of: 0x2E) { name.removeFirst(point + 1) }
        if let values = tape.member("values", of: node), tape.kind(values) == .array {
            draft.list = .delta
            for item in tape.children(of: values) {
                try code(item, tape, to: &draft, &writer)
            }
        } else if let value = tape.member("value", of: node) {
            if let codec, tape.kind(value) == .text {
                var inner = context
                inner.places = BytePlaces(start: tape.place(of: value))
                let bytes = tape.characters(value)
                return try codec.decode(bytes.span, inner, into: &writer)
            }
            try scalar(name, value, tape, to: &draft, &writer)
        } else {
            for member in tape.children(of: node) where !tape.nameRange(of: member).isEmpty {
                let first = tape.nameRange(of: member).lowerBound
                if tape.text.bytes[first] == 0x5F { continue }
                // `bat` holds the vehicle's battery, other objects hold what they like.
                if tape.isNamed(member, "voltage"), name == Array("bat".utf8) {
                    if let volts = tape.number(member) {
                        writer.append(
                            Scaled(.voltage), volts, at: tape.place(of: member), field: "voltage",
                            to: &draft)
                    }
                } else {
                    writer.append(member, of: tape, DeviceSignals.common, to: &draft)
                }
            }
        }
        try writer.finish(draft, context)
    }

    private static func code(
        _ item: Int, _ tape: borrowing JSONTape, to draft: inout ReportDraft,
        _ writer: inout ReportWriter
    ) throws(DecodingFailure) {
        let node = tape.kind(item) == .object ? tape.member("code", of: item) : item
        guard let node, tape.kind(node) == .text,
            let code = FaultCode(text: tape.characters(node).span)
        else { return writer.refuse(.codeMalformed, at: tape.place(of: item)) }
        try writer.append(
            FaultSighting(code: code, ecu: draft.ecu), at: tape.place(of: node), to: &draft)
        writer.note("code", node, of: tape, "\(code)", trap: .delta)
    }

    private static func scalar(
        _ name: [UInt8], _ value: Int, _ tape: borrowing JSONTape, to draft: inout ReportDraft,
        _ writer: inout ReportWriter
    ) throws(DecodingFailure) {
        guard let number = tape.numberOrFlag(value) else {
            if tape.kind(value) != .null { writer.refuse(.wrongType, at: tape.place(of: value)) }
            return
        }
        if let scaled = DeviceSignals.common.find(name.span) {
            writer.append(
                scaled, number, at: tape.place(of: value),
                field: String(decoding: name, as: UTF8.self), to: &draft)
        } else {
            writer.append(name: name.span, number, at: tape.place(of: value), to: &draft)
        }
    }
}
