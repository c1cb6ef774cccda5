import FaultDecoding
import VehicleFaults

/// Which format a payload is written in, found by letting every decoder try.
struct FormatGuess {
    /// How much there is to be said for a guess; the raw values stay.
    enum Certainty: String {
        /// One format reads it and no other makes sense of it.
        case certain
        /// One format fits best, and others would read it too.
        case likely
        /// Nothing fits well.
        case unsure
    }

    var format: PayloadFormat
    var certainty: Certainty
    /// The other formats that would read it, the likeliest first.
    var others: [PayloadFormat]

    /// Guesses the format of a payload.
    ///
    /// - Parameter attempt: reads the payload as a format, and tells what came of it; `nil` when it
    ///   is refused.
    init(
        _ payload: [UInt8],
        attempt: (PayloadFormat) -> (buffer: ReportBuffer, names: SignalNames, trace: FieldTrace)?
    ) {
        var found: [(format: PayloadFormat, evidence: Int)] = []
        for format in PayloadFormat.allCases {
            guard let read = attempt(format) else { continue }
            let evidence = Self.evidence(format, read.buffer, read.trace)
            if evidence > 0 { found.append((format, evidence)) }
        }
        // Formats stand in one order, so that equals are always told in the same one.
        let sorted = found.enumerated()
            .sorted { ($0.element.evidence, $1.offset) > ($1.element.evidence, $0.offset) }
            .map(\.element)
        let best = sorted.first?.evidence ?? 0
        let second = sorted.dropFirst().first?.evidence ?? 0
        format = sorted.first?.format ?? Self.byFirstCharacter(payload)
        others = sorted.dropFirst().filter { $0.evidence >= 30 }.map(\.format)
        certainty = best >= 60 && best - second >= 30 ? .certain : best >= 50 ? .likely : .unsure
    }

    /// What speaks for a format that read the payload, 0 to 100: checksums and service numbers say
    /// much, words that could be a maker's own codes say almost nothing.
    private static func evidence(
        _ format: PayloadFormat, _ buffer: ReportBuffer, _ trace: FieldTrace
    ) -> Int {
        let hasList = buffer.reports.contains { $0.list != .absent }
        let hasContent =
            hasList || !buffer.readings.isEmpty
            || buffer.reports.contains {
                $0.odometerKilometres.isFinite || $0.engineHours.isFinite
            }
        switch (format.envelope, format.codec) {
        case (.raw, .gbt32960?), (.raw, .hj1239?):
            // Both have their checksum at one place, and the VIN one byte apart.
            return buffer.reports.contains { $0.vehicle.isVIN } ? 100 : 55
        case (.raw, .obd?), (.raw, .uds?):
            return trace.fields.contains { $0.name == "service" } ? 80 : hasList ? 50 : 0
        case (.raw, .j1939?):
            guard hasContent else { return 0 }
            if trace.fields.contains(where: { $0.name == "source_address" }) { return 80 }
            // Any bytes can be read as a DM1 without its identifier: failure modes that nobody has
            // given a meaning, or more codes than a unit tells, say that it is something else.
            let modes = buffer.sightings.compactMap { $0.code.suspect?.fmi }
            return modes.count <= 20 && modes.allSatisfy { $0 < 22 || $0 == 31 } ? 20 : 0
        case (.raw, .textCodes?):
            let codes = buffer.sightings.map(\.code.scheme)
            if codes.isEmpty { return 40 }
            return codes.allSatisfy { $0 != .vendor }
                ? 70 : codes.contains { $0 != .vendor } ? 20 : 0
        case (.raw, .vss?):
            guard hasContent else { return 0 }
            return trace.fields.contains { $0.name.hasPrefix("Vehicle.") } ? 85 : 10
        case (.native, _): return hasContent ? 75 : 60
        // These take any object of numbers, so that only what is theirs alone speaks for them.
        case (.wican, _): return !hasContent ? 0 : has("ts", trace) ? 90 : 10
        case (.autopi, _): return !hasContent ? 0 : has("_stamp", trace) ? 90 : 10
        case (.flespi, _): return !hasContent ? 0 : has("ident", trace) ? 90 : 10
        default: return hasContent ? 90 : 0
        }
    }

    private static func has(_ name: String, _ trace: FieldTrace) -> Bool {
        trace.fields.contains { $0.name == name }
    }

    /// What starts with a brace is a native message; anything else an answer.
    private static func byFirstCharacter(_ payload: [UInt8]) -> PayloadFormat {
        let first = payload.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
        return first == nil || first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
            ? .native : .obd
    }
}
