import VehicleFaults

/// Finds the codec of CAN frames that a device sends without saying what they are.
enum FrameSorting {
    /// Reads frames by the codec that the configuration names, or by what they look like.
    ///
    /// Answers of control units (ISO 15765-4: identifiers 700 to 7FF, or 18DAxxxx) go to OBD, or to
    /// UDS when they begin with its service; other frames with 29 bits go to J1939. The rest is a
    /// maker's own traffic, which is counted and not understood.
    ///
    /// - Throws: when the one kind of frames that there is cannot be read; otherwise such a part is
    ///   refused and the others are kept.
    static func decode(
        _ frames: CANFrames, codec: DiagnosticCodec?, _ context: DecodingContext,
        into writer: inout ReportWriter
    ) throws(DecodingFailure) {
        if let codec { return try codec.decode(frames, context, into: &writer) }
        // Nearly always all frames are of one kind, and then they need not be copied.
        if let only = onlyCodec(frames) { return try only.decode(frames, context, into: &writer) }
        var sorted: [(codec: DiagnosticCodec, frames: CANFrames)] = [
            (.obd, CANFrames()), (.uds, CANFrames()), (.j1939, CANFrames()),
        ]
        var services: [UInt32: Int] = [:]
        for frame in frames.frames {
            let data = frames.bytes.span.extracting(frame.data)
            let kind: Int
            if isDiagnosis(frame) {
                kind = service(data) ?? services[frame.identifier] ?? 0
                services[frame.identifier] = kind
            } else if frame.isExtended {
                kind = 2
            } else {
                writer.buffer.unknownFields += 1
                continue
            }
            try sorted[kind].frames.append(
                identifier: frame.identifier, isExtended: frame.isExtended, bus: frame.bus,
                data: data, at: frame.at, place: frame.place, dataPlaces: frame.dataPlaces)
        }
        let parts = sorted.filter { !$0.frames.frames.isEmpty }
        var failure: DecodingFailure?
        var isRead = false
        for part in parts {
            do throws(DecodingFailure) {
                try part.codec.decode(part.frames, context, into: &writer)
                isRead = true
            } catch {
                failure = failure ?? error
                if parts.count > 1 { writer.refuse(error.reason, at: error.offset) }
            }
        }
        if let failure, !isRead { throw failure }
    }

    /// The one codec of all frames, or `nil` when there are several or none.
    private static func onlyCodec(_ frames: CANFrames) -> DiagnosticCodec? {
        guard let first = frames.frames.first else { return nil }
        if first.isExtended, !isDiagnosis(first) {
            let isOne = frames.frames.allSatisfy { $0.isExtended && !isDiagnosis($0) }
            return isOne ? .j1939 : nil
        }
        let bytes = frames.bytes.span
        for frame in frames.frames {
            guard isDiagnosis(frame), service(bytes.extracting(frame.data)) ?? 0 == 0 else {
                return nil
            }
        }
        return .obd
    }

    private static func isDiagnosis(_ frame: CANFrames.Frame) -> Bool {
        frame.isExtended
            ? frame.identifier >> 17 & 0x7F == 0x6D
            : (0x700...0x7FF).contains(frame.identifier)
    }

    /// The codec of the service that a first or single frame begins with.
    private static func service(_ data: Span<UInt8>) -> Int? {
        guard data.count > 2 else { return nil }
        let first: Int
        switch data[0] >> 4 {
        case 0: first = data[0] == 0 ? 2 : 1
        case 1: first = 2
        default: return nil
        }
        if data[first] == 0x7F, first + 1 < data.count { return data[first + 1] == 0x19 ? 1 : 0 }
        return data[first] == 0x59 ? 1 : 0
    }
}
