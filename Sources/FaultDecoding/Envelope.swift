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
    /// WiCAN dongles.
    case wican
    /// Open Vehicle Monitoring System 3.
    case ovms
    /// AutoPi dongles.
    case autopi
    /// What Traccar servers forward.
    case traccar
    /// Teltonika's Codec 8 and Codec 8 Extended.
    case teltonika8E = "teltonika-8e"
    /// Teltonika's JSON for AWS.
    case teltonikaJSON = "teltonika-json"
    /// Messages of flespi.
    case flespi
    /// InHand gateways with FlexAPI.
    case inhand
    /// Lines of Freematics devices.
    case freematics
    /// Senquip loggers.
    case senquip
    /// OpenXC interfaces.
    case openxc
    /// EMQX's gateway for GB/T 32960.
    case gbt32960EMQX = "gbt32960-emqx"
    /// EMQX's gateway for JT/T 808.
    case jt808EMQX = "jt808-emqx"
    /// The JSON that leaves AWS IoT FleetWise.
    case fleetwise
    /// CloudEvents in structured JSON.
    case cloudevents
    /// SenML in JSON.
    case senml
    /// Sparkplug B.
    case sparkplugB = "sparkplug-b"

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
        case .wican:
            try WiCANEnvelope.open(payload, topic: topic, codec: codec, context, into: &writer)
        case .ovms: try OVMSEnvelope.open(payload, topic: topic, context, into: &writer)
        case .autopi:
            try AutoPiEnvelope.open(payload, topic: topic, codec: codec, context, into: &writer)
        case .traccar: try TraccarEnvelope.open(payload, topic: topic, context, into: &writer)
        case .teltonika8E: try TeltonikaBinary.open(payload, topic: topic, context, into: &writer)
        case .teltonikaJSON: try TeltonikaJSON.open(payload, topic: topic, context, into: &writer)
        case .flespi: try FlespiEnvelope.open(payload, topic: topic, context, into: &writer)
        case .inhand: try InHandEnvelope.open(payload, topic: topic, context, into: &writer)
        case .freematics:
            try FreematicsEnvelope.open(payload, topic: topic, context, into: &writer)
        case .senquip:
            try SenquipEnvelope.open(payload, topic: topic, codec: codec, context, into: &writer)
        case .openxc:
            try OpenXCEnvelope.open(payload, topic: topic, codec: codec, context, into: &writer)
        case .gbt32960EMQX:
            try GBT32960Envelope.open(payload, topic: topic, context, into: &writer)
        case .jt808EMQX:
            try JT808Envelope.open(payload, topic: topic, codec: codec, context, into: &writer)
        case .fleetwise: try FleetWiseEnvelope.open(payload, topic: topic, context, into: &writer)
        case .cloudevents:
            try CloudEventEnvelope.open(payload, topic: topic, codec: codec, context, into: &writer)
        case .senml:
            try SenMLEnvelope.open(payload, topic: topic, codec: codec, context, into: &writer)
        case .sparkplugB:
            try SparkplugEnvelope.open(payload, topic: topic, codec: codec, context, into: &writer)
        case .raw:
            guard let codec else { throw DecodingFailure(reason: .notAnAnswer, offset: 0) }
            if codec == .vss, let path = VSSDecoder.path(in: topic), VSSDecoder.isBare(payload) {
                return try VSSDecoder.decode(payload, path: path, context, into: &writer)
            }
            try codec.decode(payload, context, into: &writer)
        }
    }
}
