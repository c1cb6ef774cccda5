import VehicleFaults

/// How the payloads of a subscription are written: an envelope, and the codec of what is inside
/// where the envelope leaves that open.
public struct PayloadFormat: Hashable, Sendable {
    /// What is around.
    public var envelope: Envelope
    /// What is inside; `nil` when the envelope knows by itself.
    public var codec: DiagnosticCodec?

    /// Joins an envelope to a codec.
    public init(_ envelope: Envelope, _ codec: DiagnosticCodec? = nil) {
        self.envelope = envelope
        self.codec = codec
    }

    /// Forewarn's own JSON.
    public static let native = PayloadFormat(.native)
    /// Answers to the OBD services 01, 02, 03, 07 and 0A, as hex text or as bytes.
    public static let obd = PayloadFormat(.raw, .obd)
}

extension PayloadFormat: RawRepresentable, CaseIterable {
    /// Every envelope that needs no codec, then every codec on its own.
    public static let allCases: [PayloadFormat] =
        Envelope.allCases.filter { $0 != .raw }.map { PayloadFormat($0) }
        + DiagnosticCodec.allCases.map { PayloadFormat(.raw, $0) }

    /// The name in the configuration: an envelope's, a codec's for one without an envelope, or both
    /// joined by a plus sign, as `autopi+uds`.
    public var rawValue: String {
        guard let codec else { return envelope.rawValue }
        return envelope == .raw ? codec.rawValue : "\(envelope.rawValue)+\(codec.rawValue)"
    }

    /// The format with a name, or `nil`.
    public init?(rawValue: String) {
        let words = rawValue.split(separator: "+", omittingEmptySubsequences: false)
        guard let first = words.first, words.count <= 2 else { return nil }
        if words.count == 1, let codec = DiagnosticCodec(rawValue: String(first)) {
            self.init(.raw, codec)
            return
        }
        guard let envelope = Envelope(rawValue: String(first)) else { return nil }
        guard words.count == 2 else {
            guard envelope != .raw else { return nil }
            self.init(envelope)
            return
        }
        guard envelope != .native, envelope != .raw,
            let codec = DiagnosticCodec(rawValue: String(words[1]))
        else { return nil }
        self.init(envelope, codec)
    }
}

/// Topics, and how to read what arrives under them.
public struct Subscription: Sendable, Equatable {
    /// Which topics.
    public var template: TopicTemplate
    /// How their payloads are written.
    public var format: PayloadFormat
    /// What a list of fault codes means when the message does not say.
    public var list: FaultList
    /// How the source differs from the standards.
    public var options: CodecOptions

    /// Joins topics to a way to read them.
    public init(
        template: TopicTemplate, format: PayloadFormat, list: FaultList = .unstated,
        options: CodecOptions = CodecOptions()
    ) {
        self.template = template
        self.format = format
        self.list = list
        self.options = options
    }
}
