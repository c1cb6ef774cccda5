import FaultDecoding
import VehicleFaults

/// What vehicles send, under any format: `payload` tries all of them in turn, `format` one that is
/// named, `topic` lets the topic be hostile too.
enum PayloadInputs {
    nonisolated(unsafe) static let targets: [String: ([UInt8]) -> Void] = [
        "payload": payload, "format": format, "topic": topic,
    ]

    /// Every format, and every pair of an envelope and a codec that can be configured.
    static let formats: [PayloadFormat] = {
        var result = PayloadFormat.allCases
        for envelope in Envelope.allCases {
            for codec in DiagnosticCodec.allCases {
                let both = "\(envelope.rawValue)+\(codec.rawValue)"
                if let format = PayloadFormat(rawValue: both), !result.contains(format) {
                    result.append(format)
                }
            }
        }
        return result
    }()

    /// The format that the environment names.
    static let chosen: Int? = Target.environment("FOREWARN_FUZZ_FORMAT").flatMap { name in
        formats.firstIndex { $0.rawValue == name }
    }

    /// How a payload is tried, in the byte before it.
    struct Way: OptionSet {
        var rawValue: UInt8
        /// Once more with a trace, which must change nothing.
        static let traced = Way(rawValue: 1)
        /// Under the other kind of topic: a birth of Sparkplug B, a path of VSS.
        static let other = Way(rawValue: 2)
        /// Once more between other messages, which must change nothing either.
        static let among = Way(rawValue: 4)
    }

    nonisolated(unsafe) private static var decoders: [MessageDecoder?] = Array(
        repeating: nil, count: formats.count)
    nonisolated(unsafe) private static var aliases = SparkplugAliases()
    nonisolated(unsafe) private static var taken = [Int](repeating: 0, count: formats.count)
    nonisolated(unsafe) private static var tried = [Int](repeating: 0, count: formats.count)
    private static let topics = formats.map { PayloadSeeds.topic(of: $0.rawValue) }

    /// The first byte chooses the format, the second how it is tried.
    static func payload(_ bytes: [UInt8]) {
        guard bytes.count > 2 else { return }
        decode(Int(bytes[0]) % formats.count, Way(rawValue: bytes[1]), Array(bytes[2...]))
    }

    /// The first byte says how the named format is tried.
    static func format(_ bytes: [UInt8]) {
        guard let chosen, bytes.count > 1 else { return }
        decode(chosen, Way(rawValue: bytes[0]), Array(bytes[1...]))
    }

    /// Everything before the first line end is the topic, and a template.
    static func topic(_ bytes: [UInt8]) {
        guard bytes.count > 1 else { return }
        let parts = bytes[1...].split(
            separator: 0x0A, maxSplits: 1, omittingEmptySubsequences: false)
        _ = try? TopicTemplate(String(decoding: parts[0], as: UTF8.self))
        decode(
            Int(bytes[0]) % formats.count, .traced, parts.count > 1 ? Array(parts[1]) : [],
            topic: Array(parts[0]))
    }

    /// Which formats no input has got through, since a reader that is never reached is not tried.
    static func tellReached() {
        let names = { (counts: [Int]) in
            formats.indices.filter { counts[$0] == 0 }.map { formats[$0].rawValue }
        }
        print(
            "formats: \(formats.count), never tried: \(names(tried)), never read: \(names(taken))")
    }

    /// Decodes a message between others, by a decoder that has seen it and by one that has seen nothing.
    private static func decode(
        _ topic: [UInt8], _ payload: [UInt8], again decoder: inout MessageDecoder,
        _ expected: ReportBuffer, _ expectedFailure: DecodingFailure?
    ) {
        let padding = [UInt8](repeating: 0, count: MessageDecoder.padding)
        let bytes = topic + payload + topic + payload + padding
        var fresh = MessageDecoder(
            subscriptions: decoder.subscriptions, names: decoder.names, sources: decoder.sources)
        fresh.aliases = decoder.aliases
        for isFresh in [false, false, false, true] {
            var buffer = ReportBuffer()
            var failure: DecodingFailure?
            do throws(DecodingFailure) {
                let place = topic.count..<topic.count + payload.count
                if isFresh {
                    try fresh.decode(
                        topic: 0..<topic.count, payload: place, of: bytes.span, into: &buffer)
                } else {
                    try decoder.decode(
                        topic: 0..<topic.count, payload: place, of: bytes.span, into: &buffer)
                }
            } catch { failure = error }
            // As texts, since an odometer that nobody names is NaN.
            precondition(
                failure == expectedFailure && "\(buffer)" == "\(expected)",
                "what stands beside a message, or came before it, changes what is read")
        }
    }

    private static func decode(
        _ index: Int, _ way: Way, _ payload: [UInt8], topic: [UInt8]? = nil
    ) {
        var topic = topic ?? topics[index]
        var decoder = decoders[index] ?? Self.decoder(formats[index])
        decoders[index] = nil
        defer { decoders[index] = decoder }
        if formats[index].envelope == .sparkplugB {
            topic = Array("spBv1.0/g/\(way.contains(.other) ? "DBIRTH" : "DDATA")/n/d".utf8)
            if way.contains(.other) {
                _ = aliases.learn(topic: topic.span, payload: payload.span)
            }
            decoder.aliases = aliases
        } else if formats[index].rawValue == "vss", way.contains(.other) {
            topic = Array("a/vss/Vehicle/OBD/DTCList".utf8)
        }
        tried[index] += 1
        var buffer = ReportBuffer()
        var failure: DecodingFailure?
        do throws(DecodingFailure) {
            try decoder.decode(topic: topic.span, payload: payload.span, into: &buffer)
            taken[index] += 1
        } catch {
            failure = error
            precondition(
                buffer.reports.isEmpty && buffer.sightings.isEmpty && buffer.readings.isEmpty,
                "a refused message left something over: \(error)")
            precondition(
                (0...max(payload.count, topic.count)).contains(error.offset),
                "a place outside of the message: \(error)")
        }
        for reading in buffer.readings { precondition(reading.value.isFinite, "no number") }
        for report in buffer.reports {
            precondition(
                report.sightings.upperBound <= buffer.sightings.count
                    && report.readings.upperBound <= buffer.readings.count, "codes of nobody")
        }
        if way.contains(.among) {
            decode(topic, payload, again: &decoder, buffer, failure)
        }
        guard way.contains(.traced) else { return }
        var traced = ReportBuffer()
        var trace = FieldTrace()
        do throws(DecodingFailure) {
            try decoder.decode(
                topic: topic.span, payload: payload.span, into: &traced, noting: &trace)
            precondition(failure == nil, "a trace makes a message good")
        } catch {
            precondition(failure == error, "a trace changes the failure: \(error)")
        }
        precondition(
            traced.reports.map(\.digest) == buffer.reports.map(\.digest)
                && traced.sightings == buffer.sightings && traced.readings == buffer.readings,
            "a trace changes what is read")
        for field in trace.fields {
            precondition((0...payload.count).contains(field.offset), "a field outside: \(field)")
        }
        for refusal in trace.refusals {
            precondition((0...payload.count).contains(refusal.offset), "outside: \(refusal)")
        }
    }

    private static func decoder(_ format: PayloadFormat) -> MessageDecoder {
        guard let named = try? TopicTemplate("{vehicle}/#"), let any = try? TopicTemplate("#")
        else { preconditionFailure("two plain templates are refused") }
        return MessageDecoder(
            subscriptions: [
                Subscription(template: named, format: format),
                Subscription(template: any, format: format),
            ], names: SignalNames(["coolant_c", "rpm", "batt_v"]))
    }
}
