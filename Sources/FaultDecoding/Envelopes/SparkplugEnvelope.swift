import VehicleFaults

/// Sparkplug B: `spBv1.0/<group>/<type>/<node>[/<device>]` with a protobuf of metrics.
///
/// A metric may have a number for a name that a birth gave before (``SparkplugAliases``); one that no
/// birth named is refused alone. Deaths and commands say nothing of health.
enum SparkplugEnvelope {
    static func open(
        _ payload: Span<UInt8>, topic: Span<UInt8>, codec: DiagnosticCodec?,
        _ outer: DecodingContext, into writer: inout ReportWriter
    ) throws(DecodingFailure) {
        var context = outer
        var isData = true
        if TopicLevels.isLevel(0, "spBv1.0", of: topic) {
            context.vehicle =
                context.vehicle ?? TopicLevels.vehicle(4, of: topic)
                ?? TopicLevels.vehicle(3, of: topic)
            let kinds: [StaticString] = ["NBIRTH", "DBIRTH", "NDATA", "DDATA"]
            isData = kinds.contains { TopicLevels.isLevel(2, $0, of: topic) }
        }
        // A death is said by the broker: from then on the vehicle is silent, and no message of it.
        guard isData else { return }
        let node = writer.aliases.isEmpty ? nil : SparkplugAliases.node(of: topic)
        var reader = ProtobufReader(0..<payload.count)
        var metrics: [Metric] = []
        var isKnown = false
        while let field = try reader.next(in: payload) {
            switch (field.number, field.content) {
            case (1, .number(let time)):
                context.claimed = DeviceTime.checked(Double(time))
                if context.claimed == nil { writer.refuse(.timeOutOfRange, at: field.place) }
                isKnown = true
            case (2, .bytes(let range)):
                guard metrics.count < writer.limits.signals else {
                    throw DecodingFailure(reason: .tooManySignals, offset: field.place)
                }
                var metric = try Metric(payload, range)
                if metric.name == nil, let node, let alias = metric.alias {
                    metric.given = writer.aliases.name(of: alias, node: node)
                }
                metrics.append(metric)
                isKnown = true
            case (3, .number(let sequence)): context.sequence = sequence
            default: break
            }
        }
        // The counter starts again after 255 and at every birth, so it cannot tell a repetition.
        context.sequence = nil
        guard isKnown else { throw DecodingFailure(reason: .shapeUnknown, offset: 0) }
        try write(metrics, payload, codec, context, into: &writer)
    }

    private static func write(
        _ metrics: [Metric], _ payload: Span<UInt8>, _ codec: DiagnosticCodec?,
        _ context: DecodingContext, into writer: inout ReportWriter
    ) throws(DecodingFailure) {
        var draft = writer.draft(context)
        for metric in metrics where !metric.isHistorical {
            try add(metric, payload, codec, context, to: &draft, &writer)
        }
        try writer.finish(draft, context)
        // Values of the past have times of their own.
        for metric in metrics where metric.isHistorical {
            var inner = context
            inner.claimed = metric.time.flatMap { DeviceTime.checked(Double($0)) }
            guard inner.claimed != nil else {
                writer.refuse(.timeMalformed, at: metric.place)
                continue
            }
            var old = writer.draft(inner)
            try add(metric, payload, codec, inner, to: &old, &writer)
            writer.trace?.avoided(.sentAgain)
            try writer.finish(old, inner)
        }
    }

    private static func add(
        _ metric: Metric, _ payload: Span<UInt8>, _ codec: DiagnosticCodec?,
        _ context: DecodingContext, to draft: inout ReportDraft, _ writer: inout ReportWriter
    ) throws(DecodingFailure) {
        if metric.isNull { return }
        if let given = metric.given {
            return try add(metric, given.span, payload, codec, context, to: &draft, &writer)
        }
        guard let range = metric.name, !range.isEmpty else {
            return writer.refuse(.aliasUnknown, at: metric.place)
        }
        try add(
            metric, payload.extracting(range), payload, codec, context, to: &draft, &writer)
    }

    private static func add(
        _ metric: Metric, _ name: Span<UInt8>, _ payload: Span<UInt8>, _ codec: DiagnosticCodec?,
        _ context: DecodingContext, to draft: inout ReportDraft, _ writer: inout ReportWriter
    ) throws(DecodingFailure) {
        var cut = name.count
        while cut > 0, name[cut - 1] != 0x2F { cut -= 1 }
        let last = name.extracting(cut..<name.count)
        switch metric.value {
        case .number(let number, let place):
            if let scaled = DeviceSignals.common.find(last) {
                writer.append(scaled, number, at: place, to: &draft)
            } else {
                writer.append(name: name, number, at: place, to: &draft)
            }
        case .text(let range):
            guard SenMLEnvelope.isCodeList(last) else {
                writer.buffer.unknownFields += 1
                return
            }
            draft.list = context.list == .absent ? .unstated : context.list
            try writer.appendCodes(
                payload.extracting(range), BytePlaces(start: range.lowerBound), to: &draft)
        case .bytes(let range):
            guard let codec else {
                writer.buffer.unknownFields += 1
                return
            }
            var inner = context
            inner.places = BytePlaces(start: range.lowerBound)
            do throws(DecodingFailure) {
                try codec.decode(payload.extracting(range), inner, into: &writer)
            } catch { writer.refuse(error.reason, at: error.offset) }
        case .other: writer.buffer.unknownFields += 1
        }
    }

    /// One metric; ranges are of the payload.
    private struct Metric {
        enum Value {
            case number(Double, place: Int)
            case text(Range<Int>)
            case bytes(Range<Int>)
            case other
        }
        var name: Range<Int>?
        /// The number that stands for a name, and the name that a birth gave it.
        var alias: UInt64?
        var given: [UInt8]?
        var time: UInt64?
        var isHistorical = false
        var isNull = false
        var value = Value.other
        var place: Int

        init(_ payload: Span<UInt8>, _ range: Range<Int>) throws(DecodingFailure) {
            place = range.lowerBound
            var type: UInt64 = 0
            var reader = ProtobufReader(range)
            var integer: (bits: UInt64, width: Int, place: Int)?
            while let field = try reader.next(in: payload) {
                switch (field.number, field.content) {
                case (1, .bytes(let range)): name = range.isEmpty ? nil : range
                case (2, .number(let number)): alias = number
                case (3, .number(let number)): time = number
                case (4, .number(let number)): type = number
                case (5, .number(let number)): isHistorical = number != 0
                case (7, .number(let number)): isNull = number != 0
                case (10, .number(let number)): integer = (number, 32, field.place)
                case (11, .number(let number)): integer = (number, 64, field.place)
                case (12, .fixed32(let bits)):
                    value = .number(Double(Float(bitPattern: bits)), place: field.place)
                case (13, .fixed64(let bits)):
                    value = .number(Double(bitPattern: bits), place: field.place)
                case (14, .number(let number)):
                    value = .number(number == 0 ? 0 : 1, place: field.place)
                case (15, .bytes(let range)): value = .text(range)
                case (16, .bytes(let range)): value = .bytes(range)
                default: break
                }
            }
            guard let integer else { return }
            // Types 1 to 4 have a sign, which the protobuf's fields have not.
            let number: Double
            switch (type, integer.width) {
            case (1, _): number = Double(Int8(truncatingIfNeeded: integer.bits))
            case (2, _): number = Double(Int16(truncatingIfNeeded: integer.bits))
            case (3, _): number = Double(Int32(truncatingIfNeeded: integer.bits))
            case (4, _): number = Double(Int64(bitPattern: integer.bits))
            default: number = Double(integer.bits)
            }
            value = .number(number, place: integer.place)
        }
    }
}
