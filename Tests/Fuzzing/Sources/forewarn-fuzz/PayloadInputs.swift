import FaultDecoding
import VehicleFaults

/// What vehicles send: the first byte chooses the format, the rest is the payload.
enum PayloadInputs {
    nonisolated(unsafe) static let targets: [String: ([UInt8]) -> Void] = [
        "payload": payload, "topic": topic,
    ]

    private static let formats: [PayloadFormat] = {
        var result = PayloadFormat.allCases
        for envelope in Envelope.allCases {
            for codec in DiagnosticCodec.allCases {
                let both = "\(envelope.rawValue)+\(codec.rawValue)"
                if let format = PayloadFormat(rawValue: both) { result.append(format) }
            }
        }
        return result
    }()

    nonisolated(unsafe) private static var decoders: [MessageDecoder?] = Array(
        repeating: nil, count: formats.count)
    private static let vehicleTopic = Array("v/TESTVAN0000000001".utf8)

    static func payload(_ bytes: [UInt8]) {
        guard let first = bytes.first else { return }
        let index = Int(first) % formats.count
        var decoder = decoders[index] ?? Self.decoder(formats[index])
        decode(&decoder, vehicleTopic, Array(bytes.dropFirst()))
        decoders[index] = decoder
    }

    /// The topic itself is hostile too: everything before the first line end.
    static func topic(_ bytes: [UInt8]) {
        guard let first = bytes.first else { return }
        let parts = bytes.dropFirst().split(
            separator: 0x0A, maxSplits: 1, omittingEmptySubsequences: false)
        let index = Int(first) % formats.count
        _ = try? TopicTemplate(String(decoding: parts[0], as: UTF8.self))
        var decoder = decoders[index] ?? Self.decoder(formats[index])
        decode(&decoder, Array(parts[0]), parts.count > 1 ? Array(parts[1]) : [])
        decoders[index] = decoder
    }

    private static func decoder(_ format: PayloadFormat) -> MessageDecoder {
        guard let named = try? TopicTemplate("v/{vehicle}"), let any = try? TopicTemplate("#")
        else { preconditionFailure("two plain templates are refused") }
        return MessageDecoder(subscriptions: [
            Subscription(template: named, format: format),
            Subscription(template: any, format: format),
        ])
    }

    private static func decode(
        _ decoder: inout MessageDecoder, _ topic: [UInt8], _ payload: [UInt8]
    ) {
        var buffer = ReportBuffer()
        do throws(DecodingFailure) {
            try decoder.decode(topic: topic.span, payload: payload.span, into: &buffer)
        } catch {
            precondition(buffer.reports.isEmpty, "a refused message left a report")
            precondition(
                (0...max(payload.count, topic.count)).contains(error.offset),
                "a place outside of the message: \(error)")
        }
        // With a trace the same must come out.
        var traced = ReportBuffer()
        var trace = FieldTrace()
        do throws(DecodingFailure) {
            try decoder.decode(
                topic: topic.span, payload: payload.span, into: &traced, noting: &trace)
        } catch {}
        precondition(traced.reports.count == buffer.reports.count, "a trace changes what is read")
    }
}
