import VehicleFaults

/// The ways in which control units put faults and readings into bytes or text, apart from how
/// those were carried.
///
/// A new codec is one file with a reader and one case here.
public enum DiagnosticCodec: String, Sendable, CaseIterable {
    /// Answers to the OBD services 01, 02, 03, 07 and 0A (SAE J1979), as an ELM327 prints them or
    /// as bytes.
    case obd
    /// Answers to the UDS service 19 (ISO 14229-1), also in ISO-TP frames or DoIP.
    case uds
    /// Frames of SAE J1939: fault messages, their transport and the common signals.
    case j1939
    /// Packets of HJ 1239 and GB 17691: the OBD and engine data of Chinese trucks.
    case hj1239
    /// Frames of GB/T 32960: alarms and fault lists of electric vehicles.
    case gbt32960
    /// A list of codes as text.
    case textCodes = "text-codes"
    /// Paths of the COVESA vehicle signal specification, as JSON.
    case vss

    /// Appends the reports of some bytes or text.
    ///
    /// - Parameters:
    ///   - bytes: what the envelope holds; no longer than `writer.limits.bytes`.
    ///   - context: what is known besides; its ``DecodingContext/places`` say where `bytes` stand.
    /// - Throws: the first thing that makes all of it useless. A part that is of no use alone is
    ///   noted with ``ReportWriter/refuse(_:at:)``.
    public func decode(
        _ bytes: Span<UInt8>, _ context: DecodingContext, into writer: inout ReportWriter
    ) throws(DecodingFailure) {
        guard !bytes.isEmpty || self == .textCodes else {
            throw context.failure(.emptyPayload, at: 0)
        }
        guard bytes.count <= writer.limits.bytes else {
            throw context.failure(.tooLarge, at: writer.limits.bytes)
        }
        // The readers count from their first byte; where that stands is put right here.
        var inner = context
        inner.places = BytePlaces()
        let before = writer.trace.map { ($0.fields.count, $0.refusals.count) }
        defer {
            if let before {
                writer.trace?.move(fields: before.0, refusals: before.1, context.places)
            }
        }
        do {
            try read(bytes, inner, into: &writer)
        } catch {
            throw context.failure(error.reason, at: error.offset)
        }
    }

    private func read(
        _ bytes: Span<UInt8>, _ context: DecodingContext, into writer: inout ReportWriter
    ) throws(DecodingFailure) {
        switch self {
        case .obd, .uds, .j1939:
            if CANText.isFrames(bytes, isJ1939: self == .j1939) {
                let frames = try CANText.read(bytes)
                try decode(frames, context, into: &writer)
            } else if self == .obd {
                try OBDDecoder.decode(bytes, context, into: &writer)
            } else if self == .uds {
                try UDSDecoder.decode(bytes, context, into: &writer)
            } else {
                try J1939Decoder.decode(bytes, context, into: &writer)
            }
        case .hj1239: try HJ1239Decoder.decode(bytes, context, into: &writer)
        case .gbt32960: try GBTDecoder.decode(bytes, context, into: &writer)
        case .textCodes: try TextCodes.decode(bytes, context, into: &writer)
        case .vss: try VSSDecoder.decode(bytes, context, into: &writer)
        }
    }

    /// Appends the reports of CAN frames, for an envelope that carries those.
    ///
    /// A frame that cannot be used, and a long message of which a frame is missing, are noted with
    /// ``ReportWriter/refuse(_:at:)``; frames of other protocols are passed over.
    ///
    /// - Throws: what is wrong with the first frame when none was of use; `not_an_answer` from a
    ///   codec that has no frames.
    public func decode(
        _ frames: CANFrames, _ context: DecodingContext, into writer: inout ReportWriter
    ) throws(DecodingFailure) {
        switch self {
        case .obd, .uds, .j1939:
            try FrameTraffic.decode(frames, only: self, context, into: &writer)
        case .hj1239, .gbt32960, .textCodes, .vss: throw context.failure(.notAnAnswer, at: 0)
        }
    }
}

extension CANFrames {
    /// Appends the reports of whatever the frames hold: OBD and UDS answers in ISO-TP, and J1939.
    ///
    /// - Throws: as ``DiagnosticCodec/decode(_:_:into:)``.
    public func decode(
        _ context: DecodingContext, into writer: inout ReportWriter
    ) throws(DecodingFailure) {
        try FrameTraffic.decode(self, only: nil, context, into: &writer)
    }
}
