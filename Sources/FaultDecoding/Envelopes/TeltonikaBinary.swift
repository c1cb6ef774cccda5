import VehicleFaults

/// Teltonika's Codec 8 and Codec 8 Extended, as bytes or as hex text.
///
/// `00000000`, length(4), codec, n, records, n, CRC-16/ARC(4). A record is time(8, ms), priority,
/// longitude(4), latitude(4), altitude(2), angle(2), satellites, speed(2), event, total, then groups
/// of elements with 1, 2, 4 and 8 bytes, and with Extended also of any length. Extended writes event,
/// counts and numbers of elements with two bytes where Codec 8 has one.
enum TeltonikaBinary {
    static func open(
        _ payload: Span<UInt8>, topic: Span<UInt8>, _ outer: DecodingContext,
        into writer: inout ReportWriter
    ) throws(DecodingFailure) {
        var context = outer
        if context.vehicle == nil { context.vehicle = TopicLevels.equipment(in: topic) }
        guard payload[0] == 0 else {
            let text = try HexText.bytes(payload)
            var table = text.places
            table.append(Int32(truncatingIfNeeded: payload.count))
            context.places = BytePlaces(table: table)
            return try read(text.bytes.span, context, into: &writer)
        }
        try read(payload, context, into: &writer)
    }

    private static func read(
        _ bytes: Span<UInt8>, _ context: DecodingContext, into writer: inout ReportWriter
    ) throws(DecodingFailure) {
        var reader = ByteReader(bytes, context.places)
        guard try reader.take(4) == 0 else { throw context.failure(.shapeUnknown, at: 0) }
        let length = Int(try reader.take(4))
        guard bytes.count >= 12, length <= bytes.count - 12 else {
            throw context.failure(.truncated, at: bytes.count)
        }
        guard length == bytes.count - 12 else {
            throw context.failure(.shapeUnknown, at: 12 + length)
        }
        let sum = bytes.extracting(8..<8 + length)
        var tail = ByteReader(bytes, context.places, from: 8 + length)
        guard try tail.take(4) == UInt64(CheckSum.arc(sum)) else {
            throw context.failure(.checksumWrong, at: 8 + length)
        }
        let codec = try reader.take(1)
        guard codec == 0x8E || codec == 0x08 else {
            throw context.failure(.versionUnsupported, at: 8)
        }
        reader.end = 8 + length - 1
        let count = Int(try reader.take(1))
        var last = ByteReader(bytes, context.places, from: 8 + length - 1)
        guard try last.take(1) == UInt64(count) else {
            throw context.failure(.shapeUnknown, at: 8 + length - 1)
        }
        for _ in 0..<count {
            try record(&reader, isExtended: codec == 0x8E, context, into: &writer)
        }
        guard reader.position == reader.end else {
            throw context.failure(.shapeUnknown, at: reader.position)
        }
    }

    private static func record(
        _ reader: inout ByteReader, isExtended: Bool, _ context: DecodingContext,
        into writer: inout ReportWriter
    ) throws(DecodingFailure) {
        var draft = writer.draft(context)
        let start = reader.place
        let time = try reader.take(8)
        draft.claimed = DeviceTime.checked(Double(time))
        if draft.claimed == nil { writer.refuse(.timeOutOfRange, at: start) }
        writer.trace?.note(
            "timestamp", at: start, length: 8, raw: "\(time)",
            draft.claimed.map { "\($0)" } ?? "no time")
        // Priority and position say nothing of the vehicle's health.
        try reader.skip(16)
        let width = isExtended ? 2 : 1
        try reader.skip(width * 2)
        for size in [1, 2, 4, 8] {
            for _ in 0..<Int(try reader.take(width)) {
                let id = Int(try reader.take(width))
                let place = reader.place
                let value = try reader.take(size)
                TeltonikaElements.append(
                    id, Double(value), at: place, length: size, to: &draft, &writer)
            }
        }
        if isExtended {
            for _ in 0..<Int(try reader.take(2)) {
                let id = Int(try reader.take(2))
                let count = Int(try reader.take(2))
                let range = reader.position..<reader.position + count
                try reader.skip(count)
                try TeltonikaElements.append(
                    id, reader.bytes(range).span, context.places.from(range.lowerBound), context,
                    to: &draft, &writer)
            }
        }
        try writer.finish(draft, context)
    }
}

/// AWS's shape of Teltonika messages: `{"state":{"reported":{"16":…,"281":"P0301","ts":…}}}`.
enum TeltonikaJSON {
    static func open(
        _ payload: Span<UInt8>, topic: Span<UInt8>, _ outer: DecodingContext,
        into writer: inout ReportWriter
    ) throws(DecodingFailure) {
        var tape = writer.borrowTape()
        defer { writer.giveBack(tape) }
        try tape.read(payload, limits: writer.limits)
        guard let state = tape.member("state", of: tape.root),
            let reported = tape.member("reported", of: state), tape.kind(reported) == .object
        else { throw DecodingFailure(reason: .shapeUnknown, offset: 0) }
        var context = outer
        if context.vehicle == nil { context.vehicle = TopicLevels.equipment(in: topic) }
        var draft = writer.draft(context)
        for node in tape.children(of: reported) {
            try element(node, tape, context, to: &draft, &writer)
        }
        try writer.finish(draft, context)
    }

    private static func element(
        _ node: Int, _ tape: borrowing JSONTape, _ context: DecodingContext,
        to draft: inout ReportDraft,
        _ writer: inout ReportWriter
    ) throws(DecodingFailure) {
        if tape.isNamed(node, "ts") {
            draft.claimed = tape.time(node)
            if draft.claimed == nil { writer.refuse(.timeMalformed, at: tape.place(of: node)) }
            writer.note("ts", node, of: tape, draft.claimed.map { "\($0)" } ?? "no time")
            return
        }
        var id = 0
        for index in tape.nameRange(of: node) {
            let digit = tape.text.bytes[index] &- 0x30
            guard digit < 10, id < 100_000 else {
                writer.buffer.unknownFields += 1
                return
            }
            id = id * 10 + Int(digit)
        }
        switch tape.kind(node) {
        case .text where TeltonikaElements.meaning(id).map(\.isText) != true:
            guard let number = tape.numberOrText(node) else {
                writer.buffer.unknownFields += 1
                return
            }
            TeltonikaElements.append(
                id, number, at: tape.place(of: node), length: tape.range(of: node).count,
                to: &draft,
                &writer)
        case .text:
            try TeltonikaElements.append(
                id, tape.characters(node).span, BytePlaces(start: tape.place(of: node)), context,
                to: &draft, &writer)
        case .null: break
        default:
            guard let number = tape.numberOrFlag(node) else {
                writer.buffer.unknownFields += 1
                return
            }
            TeltonikaElements.append(
                id, number, at: tape.place(of: node), length: tape.range(of: node).count,
                to: &draft,
                &writer)
        }
    }
}

extension TeltonikaElements.Meaning {
    /// Whether the element holds text.
    var isText: Bool {
        switch self {
        case .codes, .vin: true
        default: false
        }
    }
}
