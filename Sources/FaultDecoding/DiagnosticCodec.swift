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
        guard !bytes.isEmpty else { throw context.failure(.emptyPayload, at: 0) }
        guard bytes.count <= writer.limits.bytes else {
            throw context.failure(.tooLarge, at: writer.limits.bytes)
        }
        switch self {
        case .obd: try OBDDecoder.decode(bytes, context, into: &writer)
        case .uds, .j1939, .hj1239, .gbt32960, .textCodes, .vss:
            throw context.failure(.notAnAnswer, at: 0)
        }
    }

    /// Appends the reports of CAN frames, for an envelope that carries those.
    ///
    /// - Throws: as ``decode(_:_:into:)``; `not_an_answer` from a codec that has no frames.
    public func decode(
        _ frames: CANFrames, _ context: DecodingContext, into writer: inout ReportWriter
    ) throws(DecodingFailure) {
        throw context.failure(.notAnAnswer, at: 0)
    }
}
