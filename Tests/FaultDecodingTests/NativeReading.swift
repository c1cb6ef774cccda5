import FaultDecoding
import VehicleFaults

/// Three signals that the tests' decoders keep.
let signalNames = ["coolant_c", "batt_v", "oil_pressure_front_kpa"]

extension MessageDecoder {
    /// A decoder of native messages from any topic.
    static var native: MessageDecoder { MessageDecoder(names: SignalNames(signalNames)) }

    /// Reads a payload without a topic.
    mutating func decode(
        _ payload: [UInt8], into buffer: inout ReportBuffer
    ) throws(DecodingFailure) {
        let topic: [UInt8] = []
        try decode(topic: topic.span, payload: payload.span, into: &buffer)
    }

    /// Reads a payload that stands between others, where most are read in place.
    mutating func decode(
        _ payload: [UInt8], among others: [UInt8], into buffer: inout ReportBuffer
    ) throws(DecodingFailure) {
        let padding = [UInt8](repeating: 0, count: Self.padding)
        let bytes = others + payload + others + padding
        let place = others.count..<others.count + payload.count
        try decode(topic: 0..<0, payload: place, of: bytes.span, into: &buffer)
    }
}

extension MessageDecoder {
    /// What it makes of a payload: all that is in the buffer then, or why there is none.
    ///
    /// - Parameter others: what stands before and behind it; `nil` when it stands alone.
    mutating func outcome(_ text: String, among others: String? = nil) -> String {
        var buffer = ReportBuffer()
        do throws(DecodingFailure) {
            if let others {
                try decode(Array(text.utf8), among: Array(others.utf8), into: &buffer)
            } else {
                try decode(Array(text.utf8), into: &buffer)
            }
            return buffer.everything
        } catch { return "\(error)" }
    }

    /// What a decoder makes of a payload that has seen nothing before.
    static func freshOutcome(_ text: String) -> String {
        var fresh = native
        return fresh.outcome(text)
    }
}

/// What a native message reads as.
func read(_ text: String) throws(DecodingFailure) -> ReportBuffer {
    var decoder = MessageDecoder.native
    var buffer = ReportBuffer()
    try decoder.decode(Array(text.utf8), into: &buffer)
    return buffer
}

/// Why a message is refused, or `nil`.
func refusal(_ bytes: [UInt8], _ decoder: MessageDecoder = .native) -> DecodingFailure? {
    var decoder = decoder
    var buffer = ReportBuffer()
    do throws(DecodingFailure) {
        try decoder.decode(bytes, into: &buffer)
        return nil
    } catch { return error }
}

extension ReportBuffer {
    /// What is known of the first report besides the payload.
    var source: String { "\(reports[0].vehicle) \(reports[0].ecu) \(reports[0].list)" }

    /// Everything as text, so that two buffers can be compared even where numbers are NaN.
    var everything: String {
        "\(reports) \(sightings) \(readings) \(freezeReadings) \(unknownFields) \(refusedValues)"
    }
}

extension FaultSighting {
    /// The code, then what is known of it, as one text.
    var summary: String {
        var text = "\(code)"
        if !status.isEmpty { text += " \(status)" }
        if ecu != .empty { text += " @\(ecu)" }
        if occurrences >= 0 { text += " x\(occurrences)" }
        return text
    }
}
