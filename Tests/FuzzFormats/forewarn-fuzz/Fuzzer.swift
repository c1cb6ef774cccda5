import FaultDecoding
import Foundation
import VehicleFaults

/// All formats and sensible pairs of envelope and codec.
let formats: [PayloadFormat] = {
    var result = PayloadFormat.allCases
    for envelope in Envelope.allCases {
        for codec in DiagnosticCodec.allCases {
            if let format = PayloadFormat(rawValue: "\(envelope.rawValue)+\(codec.rawValue)") { result.append(format) }
        }
    }
    return result
}()
nonisolated(unsafe) var decoders: [MessageDecoder?] = Array(repeating: nil, count: formats.count)
nonisolated(unsafe) var reached = [Int](repeating: 0, count: formats.count)
nonisolated(unsafe) var taken = [Int](repeating: 0, count: formats.count)
nonisolated(unsafe) var aliases = SparkplugAliases()

func topic(of format: String) -> String {
    FormatSample.all.first { $0.format == format }?.topic ?? FormatSample.all.first { format.hasPrefix($0.format + "+") }?.topic ?? "v/x"
}

@_cdecl("LLVMFuzzerInitialize")
public func begin(_ count: UnsafeMutablePointer<CInt>?, _ words: UnsafeMutableRawPointer?) -> CInt {
    if let folder = ProcessInfo.processInfo.environment["FUZZ_SEEDS"] {
        for (number, format) in formats.enumerated() {
            for sample in FormatSample.all where format.rawValue == sample.format || format.rawValue.hasPrefix(sample.format + "+") || (format.rawValue.contains("+") && format.rawValue.hasSuffix("+" + sample.format)) {
                for way in [UInt8(0), 1] {
                    try! Data([UInt8(number), way] + sample.payload).write(to: URL(fileURLWithPath: "\(folder)/\(format.rawValue)-\(sample.format)-\(way)"))
                }
            }
        }
        print(formats.count, "formats:", formats.map(\.rawValue).joined(separator: " "))
        exit(0)
    }
    atexit {
        let missed = formats.indices.filter { reached[$0] == 0 }.map { formats[$0].rawValue }
        print("formats \(formats.count), reached \(formats.count - missed.count), missed: \(missed)")
        print("never taken:", formats.indices.filter { taken[$0] == 0 }.map { formats[$0].rawValue })
    }
    return 0
}

@_cdecl("LLVMFuzzerTestOneInput")
public func tryInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = Array(UnsafeBufferPointer(start: bytes, count: count))
    guard input.count > 2 else { return 0 }
    let number = Int(input[0]) % formats.count
    let payload = Array(input[2...])
    let name = topic(of: formats[number].rawValue)
    var decoder = decoders[number] ?? MessageDecoder(
        subscriptions: [Subscription(template: try! TopicTemplate("{vehicle}/#"), format: formats[number]),
                        Subscription(template: try! TopicTemplate("#"), format: formats[number])],
        names: SignalNames(["coolant_c", "rpm", "batt_v"]))
    decoders[number] = nil
    var words = name
    if formats[number].envelope == .sparkplugB {
        words = input[1] & 2 == 0 ? "spBv1.0/g/DBIRTH/n/d" : "spBv1.0/g/DDATA/n/d"
        if input[1] & 2 == 0 { _ = aliases.learn(topic: Array(words.utf8).span, payload: payload.span) }
        decoder.aliases = aliases
    }
    if formats[number].rawValue == "vss", input[1] & 2 != 0 { words = "a/vss/Vehicle/OBD/DTCList" }
    let topic = Array(words.utf8)
    reached[number] += 1
    var buffer = ReportBuffer()
    var failure: DecodingFailure?
    do throws(DecodingFailure) {
        try decoder.decode(topic: topic.span, payload: payload.span, into: &buffer)
        taken[number] += 1
    } catch {
        failure = error
        precondition((0...max(payload.count, 0)).contains(error.offset), "failed outside: \(error)")
        precondition(buffer.reports.isEmpty && buffer.sightings.isEmpty && buffer.readings.isEmpty, "left over: \(error)")
    }
    for reading in buffer.readings { precondition(reading.value.isFinite, "no number") }
    for report in buffer.reports { precondition(report.sightings.upperBound <= buffer.sightings.count, "codes of nobody") }
    if input[1] & 1 == 1 {
        var traced = ReportBuffer()
        var trace = FieldTrace()
        do throws(DecodingFailure) {
            try decoder.decode(topic: topic.span, payload: payload.span, into: &traced, noting: &trace)
            precondition(failure == nil, "a trace makes a message good")
        } catch { precondition(failure == error, "a trace changes the failure: \(error) was \(String(describing: failure))") }
        precondition(traced.reports.map(\.digest) == buffer.reports.map(\.digest) && traced.sightings == buffer.sightings && traced.readings == buffer.readings, "a trace changes what is read")
        for field in trace.fields { precondition((0...payload.count).contains(field.offset), "a field outside: \(field)") }
        for refusal in trace.refusals { precondition((0...payload.count).contains(refusal.offset), "refused outside: \(refusal)") }
    }
    decoders[number] = decoder
    return 0
}
