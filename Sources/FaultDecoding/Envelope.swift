import VehicleFaults

/// The ways in which devices and gateways wrap what vehicles say: what the topic names, the shape
/// of the JSON, the stream of frames.
///
/// An envelope finds vehicle, control unit and time, puts them into the ``DecodingContext``, and
/// either hands bytes, text or frames to a ``DiagnosticCodec`` or writes readings and faults to the
/// ``ReportWriter`` itself. A new envelope is one file with a reader and one case here.
public enum Envelope: String, Sendable, CaseIterable {
    /// Forewarn's own JSON.
    case native
    /// Nothing around the bytes or text of a codec; the topic names the vehicle.
    case raw

    /// Reads one message.
    ///
    /// - Parameters:
    ///   - payload: at most `writer.limits.bytes`, not empty.
    ///   - codec: what the configuration says is inside, or `nil` when the envelope knows.
    ///   - context: what the topic and the configuration say.
    /// - Throws: what makes the whole message useless. A value or part that is of no use alone is
    ///   noted with ``ReportWriter/refuse(_:at:)``.
    func open(
        _ payload: Span<UInt8>, topic: Span<UInt8>, codec: DiagnosticCodec?,
        _ context: DecodingContext, into writer: inout ReportWriter
    ) throws(DecodingFailure) {
        switch self {
        case .native:
            preconditionFailure("the message decoder reads its own messages without a writer")
        case .raw:
            guard let codec else { throw DecodingFailure(reason: .notAnAnswer, offset: 0) }
            try codec.decode(payload, context, into: &writer)
        }
    }
}
