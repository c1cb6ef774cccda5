import VehicleFaults

/// CloudEvents in structured JSON: `{"specversion":"1.0","id":…,"source":…,"data":…}`.
///
/// With a codec, `data` or `data_base64` holds its bytes or text; without one, `data` is a native
/// message. The vehicle is the `subject`, or else the last part of the `source`. An event is told
/// from its repetition by source and id, whatever its data say.
enum CloudEventEnvelope {
    static func open(
        _ payload: Span<UInt8>, topic: Span<UInt8>, codec: DiagnosticCodec?,
        _ outer: DecodingContext, into writer: inout ReportWriter
    ) throws(DecodingFailure) {
        var tape = writer.borrowTape()
        defer { writer.giveBack(tape) }
        try tape.read(payload, limits: writer.limits)
        let root = tape.root
        guard let version = tape.member("specversion", of: root) else {
            throw DecodingFailure(reason: .shapeUnknown, offset: 0)
        }
        guard tape.characters(version).starts(with: "1.".utf8) else {
            throw DecodingFailure(reason: .versionUnsupported, offset: tape.place(of: version))
        }
        guard let id = tape.member("id", of: root), let source = tape.member("source", of: root)
        else { throw DecodingFailure(reason: .shapeUnknown, offset: 0) }
        var context = outer
        context.vehicle = context.vehicle ?? vehicle(tape, source)
        if let time = tape.member("time", of: root) {
            context.claimed = tape.time(time)
            if context.claimed == nil { writer.refuse(.timeMalformed, at: tape.place(of: time)) }
            writer.note("time", time, of: tape, context.claimed.map { "\($0)" } ?? "no time")
        }
        let key = tape.characters(source) + [0] + tape.characters(id)
        context.digest = Digest.of(key.span)
        writer.note("id", id, of: tape, "with the source it tells repetitions")
        let reports = writer.buffer.reports.count
        try read(tape, payload, codec, context, into: &writer)
        for index in reports..<writer.buffer.reports.count {
            if writer.buffer.reports[index].claimed == nil {
                writer.buffer.reports[index].claimed = context.claimed
            }
        }
    }

    private static func vehicle(_ tape: borrowing JSONTape, _ source: Int) -> VehicleID? {
        if let subject = tape.member("subject", of: tape.root), let named = tape.vehicle(subject) {
            return named
        }
        let text = tape.characters(source)
        let last = text.split(whereSeparator: { $0 == 0x2F || $0 == 0x3A }).last ?? []
        return VehicleID(Array(last).span)
    }

    private static func read(
        _ tape: borrowing JSONTape, _ payload: Span<UInt8>, _ codec: DiagnosticCodec?,
        _ context: DecodingContext, into writer: inout ReportWriter
    ) throws(DecodingFailure) {
        var inner = context
        if let data = tape.member("data_base64", of: tape.root) {
            guard let read = tape.base64(data) else {
                throw DecodingFailure(reason: .wrongType, offset: tape.place(of: data))
            }
            inner.places = read.places
            guard let codec else { return try native(read.bytes.span, inner, into: &writer) }
            return try codec.decode(read.bytes.span, inner, into: &writer)
        }
        guard let data = tape.member("data", of: tape.root) else {
            // An event may have no data.
            return try writer.finish(writer.draft(inner), inner)
        }
        let range = tape.range(of: data)
        inner.places = BytePlaces(start: tape.place(of: data))
        guard tape.kind(data) == .text else {
            let bytes = payload.extracting(range)
            guard let codec else { return try native(bytes, inner, into: &writer) }
            return try codec.decode(bytes, inner, into: &writer)
        }
        let text = tape.characters(data)
        guard let codec else { return try native(text.span, inner, into: &writer) }
        try codec.decode(text.span, inner, into: &writer)
    }

    /// Reads a native message that stands inside another.
    private static func native(
        _ bytes: Span<UInt8>, _ context: DecodingContext, into writer: inout ReportWriter
    ) throws(DecodingFailure) {
        guard !bytes.isEmpty else { throw context.failure(.emptyPayload, at: 0) }
        do {
            _ = try UTF8Span(validating: bytes)
        } catch {
            throw context.failure(.invalidUTF8, at: error.byteOffsets.lowerBound)
        }
        var text = PaddedText()
        _ = text.take(bytes)
        let frame = JSONText.Frame(end: bytes.count, depth: writer.limits.depth)
        var decoder = writer.borrowNative()
        defer { writer.giveBack(&decoder) }
        // What stands inside may name the vehicle in its own way; then it is believed.
        let (sightings, readings, freeze) = (
            writer.buffer.sightings.count, writer.buffer.readings.count,
            writer.buffer.freezeReadings.count
        )
        do throws(DecodingFailure) {
            do throws(DecodingFailure) {
                try decoder.decode(
                    text.bytes.span, frame, digest: context.digest, vehicle: nil, ecu: context.ecu,
                    list: context.list, into: &writer.buffer)
            } catch {
                guard error.reason == .noVehicle, context.vehicle != nil else { throw error }
                writer.buffer.sightings.removeLast(writer.buffer.sightings.count - sightings)
                writer.buffer.readings.removeLast(writer.buffer.readings.count - readings)
                writer.buffer.freezeReadings.removeLast(
                    writer.buffer.freezeReadings.count - freeze)
                try decoder.decode(
                    text.bytes.span, frame, digest: context.digest, vehicle: context.vehicle,
                    ecu: context.ecu, list: context.list, into: &writer.buffer)
            }
        } catch { throw context.failure(error.reason, at: error.offset) }
    }
}
