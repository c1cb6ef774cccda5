import FaultDecoding
import Testing
import VehicleFaults

extension EnvelopeRow: CustomTestStringConvertible {
    var testDescription: String { "\(format): \(name)" }
}

/// What came of a message.
struct EnvelopeOutcome {
    var lines: [String] = []
    var refused: [String] = []
    var trace = FieldTrace()
    var failure: DecodingFailure?
    var buffer = ReportBuffer()

    init(
        _ format: String, topic: String, _ payload: [UInt8], template: String = "#",
        list: FaultList = .delta, names: SignalNames = SignalNames(learns: true),
        options: String = ""
    ) throws {
        let format = try #require(PayloadFormat(rawValue: format))
        var decoder = MessageDecoder(
            subscriptions: [
                Subscription(
                    template: try TopicTemplate(template), format: format, list: list,
                    options: try CodecOptions(options))
            ], names: names)
        do throws(DecodingFailure) {
            try decoder.decode(
                topic: Array(topic.utf8).span, payload: payload.span, into: &buffer, noting: &trace)
        } catch { failure = error }
        refused = trace.refusals.map { failure in
            // The text at the place says more than its number, where there is one.
            let text = payload[min(failure.offset, payload.count)...].prefix(4)
            let isText = !text.isEmpty && text.allSatisfy { (0x20..<0x7F).contains($0) }
            let place = isText ? String(decoding: text, as: UTF8.self) : "\(failure.offset)"
            return "\(failure.reason.rawValue)@\(place)"
        }
        lines = buffer.lines(decoder.names)
    }
}

extension ReportBuffer {
    /// Each report as a line: vehicle, time, odometer, engine hours, list with unit and status, codes,
    /// readings.
    func lines(_ names: SignalNames) -> [String] {
        reports.map { report in
            var words = ["\(report.vehicle)"]
            if let claimed = report.claimed { words.append("\(claimed)") }
            if !report.odometerKilometres.isNaN {
                words.append("odo=\(Self.plain(report.odometerKilometres))")
            }
            if !report.engineHours.isNaN { words.append("h=\(Self.plain(report.engineHours))") }
            if report.list != .absent {
                var list = "\(report.list)"
                if report.ecu != .empty { list += "(\(report.ecu))" }
                if !report.listStatus.isEmpty { list += "<\(report.listStatus)>" }
                let codes = report.sightings.map { sightings[Int($0)] }.map { sighting in
                    sighting.status.isEmpty
                        ? "\(sighting.code)" : "\(sighting.code)/\(sighting.status)"
                }
                words.append(list + "[" + codes.joined(separator: " ") + "]")
            }
            for index in report.readings {
                let reading = readings[Int(index)]
                words.append("\(names[reading.signal])=\(Self.plain(reading.value))")
            }
            return words.joined(separator: " ")
        }
    }

    /// A number to the sixth digit behind the point, whole ones without a point.
    private static func plain(_ number: Double) -> String {
        let rounded = (number * 1e6).rounded() / 1e6
        return rounded == rounded.rounded() && rounded.magnitude < 1e15
            ? "\(Int64(rounded))" : "\(rounded)"
    }
}
