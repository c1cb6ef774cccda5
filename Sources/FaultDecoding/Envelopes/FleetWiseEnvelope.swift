import VehicleFaults

/// The JSON that leaves AWS IoT FleetWise: signals by name, and among them the diagnostic answer as a
/// JSON text inside the JSON, `{"DetectedDTCs":[…]}`; that one also alone.
///
/// It is sent when codes appear, so that it is news and not a list of all that are present. What the
/// agent in the vehicle uploads is a protobuf that only its decoder manifest explains; it is not read.
enum FleetWiseEnvelope {
    static func open(
        _ payload: Span<UInt8>, topic: Span<UInt8>, _ outer: DecodingContext,
        into writer: inout ReportWriter
    ) throws(DecodingFailure) {
        var tape = writer.borrowTape()
        defer { writer.giveBack(tape) }
        try tape.read(payload, limits: writer.limits)
        var context = outer
        if context.vehicle == nil, let name = tape.member("vehicleName", of: tape.root) {
            context.vehicle = tape.vehicle(name)
        }
        if let list = tape.member("DetectedDTCs", of: tape.root) {
            return try detected(list, tape, context, into: &writer)
        }
        guard let signals = tape.member("signals", of: tape.root), tape.kind(signals) == .object
        else { throw DecodingFailure(reason: .shapeUnknown, offset: 0) }
        for signal in tape.children(of: signals) {
            for sample in tape.children(of: signal) {
                guard let value = tape.member("value", of: sample) else {
                    writer.refuse(.shapeUnknown, at: tape.place(of: sample))
                    continue
                }
                var inner = context
                if let time = tape.member("time", of: sample) {
                    inner.claimed = Self.time(time, tape)
                    if inner.claimed == nil {
                        writer.refuse(.timeMalformed, at: tape.place(of: time))
                    }
                }
                try take(value, of: signal, tape, inner, into: &writer)
            }
        }
    }

    private static func take(
        _ value: Int, of signal: Int, _ tape: borrowing JSONTape, _ context: DecodingContext,
        into writer: inout ReportWriter
    ) throws(DecodingFailure) {
        if let number = tape.numberOrFlag(value) {
            var draft = writer.draft(context)
            let name = tape.name(signal)
            writer.append(name: name.span, number, at: tape.place(of: value), to: &draft)
            return try writer.finish(draft, context)
        }
        let text = tape.characters(value)
        guard text.first == 0x7B else {
            writer.buffer.unknownFields += 1
            return
        }
        var inner = writer.borrowTape()
        do throws(DecodingFailure) {
            try inner.read(text.span, limits: writer.limits)
        } catch {
            // Escapes inside make the place inexact by their number.
            return writer.refuse(error.reason, at: tape.place(of: value) + error.offset)
        }
        guard let list = inner.member("DetectedDTCs", of: inner.root) else {
            writer.buffer.unknownFields += 1
            return
        }
        try detected(list, inner, context, into: &writer)
    }

    private static func detected(
        _ list: Int, _ tape: borrowing JSONTape, _ context: DecodingContext,
        into writer: inout ReportWriter
    ) throws(DecodingFailure) {
        for unit in tape.children(of: list) {
            var inner = context
            if let ecu = tape.member("ECUID", of: unit) {
                inner.ecu = tape.shortText(ecu) ?? context.ecu
            }
            var draft = writer.draft(inner)
            draft.list = .delta
            if let found = tape.member("DTCAndSnapshot", of: unit),
                let codes = tape.member("dtcCodes", of: found)
            {
                for item in tape.children(of: codes) {
                    try code(item, tape, to: &draft, &writer)
                }
            } else {
                writer.refuse(.shapeUnknown, at: tape.place(of: unit))
            }
            try writer.finish(draft, inner)
        }
    }

    private static func code(
        _ item: Int, _ tape: borrowing JSONTape, to draft: inout ReportDraft,
        _ writer: inout ReportWriter
    ) throws(DecodingFailure) {
        guard let node = tape.member("DTC", of: item), let read = tape.hexBytes(node),
            read.bytes.count == 3
        else { return writer.refuse(.codeMalformed, at: tape.place(of: item)) }
        let code = FaultCode(
            uds: UInt16(read.bytes[0]) << 8 | UInt16(read.bytes[1]), failureType: read.bytes[2])
        var status: FaultStatus = []
        var isStated = false
        // Both begin with the code and its status, as the answer to 19 04 and 19 06 does.
        let bodies = [
            tape.member("DTCSnapshotRecord", of: item), tape.member("DTCExtendedData", of: item),
        ]
        for case let node? in bodies {
            guard let body = tape.hexBytes(node), body.bytes.count >= 4,
                body.bytes.starts(with: read.bytes), !isStated
            else { continue }
            status = UDSStatus(body.bytes[3]).fault
            isStated = true
        }
        try writer.append(
            FaultSighting(code: code, status: status, ecu: draft.ecu), at: tape.place(of: node),
            to: &draft)
        writer.note(
            "DTC", node, of: tape, "\(code) \(status.said)", trap: isStated ? .delta : .noStatus)
    }

    /// Seconds, milli-, micro- or nanoseconds, by their size, or a date.
    private static func time(_ node: Int, _ tape: borrowing JSONTape) -> EventTime? {
        guard let number = tape.number(node) else { return tape.time(node) }
        let unit =
            number >= 1e17 ? 1e-6 : number >= 1e14 ? 1e-3 : number >= 1e11 ? 1 : 1000.0
        return tape.time(node, unit: unit)
    }
}
