import FaultDecoding
import VehicleFaults

/// What a codec makes of a payload.
struct CodecReading {
    var buffer = ReportBuffer()
    var names = SignalNames(learns: true)
    var trace = FieldTrace()

    /// Reads a payload from the vehicle `VAN7`.
    init(
        _ codec: DiagnosticCodec, _ payload: [UInt8], options: String = "",
        limits: DecodingLimits = DecodingLimits(), context: DecodingContext? = nil
    ) throws(DecodingFailure) {
        var writer = ReportWriter(names: SignalNames(learns: true), limits: limits)
        writer.trace = FieldTrace()
        var context = context ?? DecodingContext(vehicle: VehicleID("VAN7"))
        context.digest = 0x1234_5678_9ABC_DEF1
        if let read = try? CodecOptions(options) { context.options = read }
        try codec.decode(payload.span, context, into: &writer)
        self.init(writer)
    }

    init(
        _ codec: DiagnosticCodec, _ text: String, options: String = "",
        context: DecodingContext? = nil
    ) throws(DecodingFailure) {
        try self.init(codec, Array(text.utf8), options: options, context: context)
    }

    init(_ writer: ReportWriter) {
        buffer = writer.buffer
        names = writer.names
        trace = writer.trace ?? FieldTrace()
    }

    /// Each report as one line: unit, kind and status of the list, codes, readings.
    var lines: [String] { buffer.reports.map(line) }

    private func line(_ report: Report) -> String {
        var words: [String] = []
        if report.list != .absent {
            words.append(report.ecu == .empty ? "-" : "\(report.ecu)")
            words.append("\(report.list) \(report.listStatus)")
        }
        for index in report.sightings {
            let sighting = buffer.sightings[Int(index)]
            var word = "\(sighting.code)"
            if sighting.status != report.listStatus { word += "(\(sighting.status))" }
            if sighting.ecu != report.ecu { word += "@\(sighting.ecu)" }
            if sighting.occurrences >= 0 { word += "x\(sighting.occurrences)" }
            words.append(word)
            for freeze in sighting.freeze {
                words.append("~" + text(buffer.freezeReadings[Int(freeze)]))
            }
        }
        for index in report.readings { words.append(text(buffer.readings[Int(index)])) }
        if report.odometerKilometres.isFinite { words.append("odo=\(report.odometerKilometres)") }
        if report.engineHours.isFinite { words.append("hours=\(report.engineHours)") }
        if let claimed = report.claimed { words.append("at=\(claimed)") }
        if report.vehicle != VehicleID("VAN7") { words.append("of=\(report.vehicle)") }
        return words.joined(separator: " ")
    }

    private func text(_ reading: Reading) -> String {
        let rounded = (reading.value * 1000).rounded() / 1000
        return "\(names[reading.signal])=\(rounded)"
    }

    /// The traps that were avoided.
    var traps: Set<Trap> { Set(trace.fields.compactMap(\.trap)) }
}

/// Why a codec refuses a payload, or `nil`.
func refusal(
    _ codec: DiagnosticCodec, _ payload: [UInt8], options: String = "",
    limits: DecodingLimits = DecodingLimits()
) -> DecodingFailure? {
    do throws(DecodingFailure) {
        _ = try CodecReading(codec, payload, options: options, limits: limits)
        return nil
    } catch { return error }
}
