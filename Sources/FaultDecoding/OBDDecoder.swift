import VehicleFaults

/// Reads answers to the OBD services 03, 07 and 0A (SAE J1979, ISO 15031-5), as hex text in the
/// forms that ELM327 adapters print, or as the bytes of one answer.
public struct OBDDecoder: Sendable {
    private let limits: DecodingLimits

    /// A decoder that holds each payload to `limits`.
    public init(limits: DecodingLimits = DecodingLimits()) { self.limits = limits }

    /// Reads an answer for ``DiagnosticCodec``.
    static func decode(
        _ payload: Span<UInt8>, _ context: DecodingContext, into writer: inout ReportWriter
    ) throws(DecodingFailure) {
        guard let vehicle = context.vehicle else {
            throw DecodingFailure(reason: .noVehicle, offset: 0)
        }
        let decoder = OBDDecoder(limits: writer.limits)
        try decoder.decode(payload, vehicle: vehicle, ecu: context.ecu, into: &writer.buffer)
    }

    /// What one control unit says to one service.
    private struct Answer {
        var ecu: ShortText
        var status: FaultStatus
        var codes: [UInt16] = []
    }

    private struct Source: Hashable {
        var ecu: ShortText
        var status: FaultStatus
    }

    /// Appends one report for each control unit and service in the payload, in order of
    /// appearance: a snapshot of the codes that service knows of, with no time of its own.
    ///
    /// An adapter that prints `NO DATA` got no answer: the units may have nothing to say, and the
    /// ignition may be off. That gives a report with an empty list of news, which closes nothing.
    ///
    /// - Parameters:
    ///   - ecu: the unit to name when the payload has no header.
    /// - Throws: what is wrong with the first part that cannot be used; `buffer` is then as it was.
    public func decode(
        _ payload: Span<UInt8>, vehicle: VehicleID, ecu: ShortText = .empty,
        into buffer: inout ReportBuffer
    ) throws(DecodingFailure) {
        guard !payload.isEmpty else { throw DecodingFailure(reason: .emptyPayload, offset: 0) }
        guard payload.count <= limits.bytes else {
            throw DecodingFailure(reason: .tooLarge, offset: limits.bytes)
        }
        var messages: [OBDMessage]
        var hasNoData = false
        if Self.isText(payload) {
            var text = OBDText()
            try text.read(payload)
            messages = text.messages
            hasNoData = text.hasNoData
        } else {
            var bytes: [UInt8] = []
            for index in payload.indices { bytes.append(payload[index]) }
            messages = [OBDMessage(bytes: bytes, offset: 0, end: payload.count)]
        }
        let answers = try answers(messages, ecu, payload.count, hasNoData: hasNoData)
        append(answers, vehicle, Digest.of(payload), into: &buffer)
    }

    /// Bytes that all are characters are text, except for a legacy answer of seven bytes that
    /// happen to be printable: text that starts with these letters is no answer, or longer.
    private static func isText(_ payload: Span<UInt8>) -> Bool {
        if payload.count == 7, OBDMessage.status(ofService: payload[0]) != nil { return false }
        for index in payload.indices {
            switch payload[index] {
            case 0x20...0x7E, 0x09, 0x0A, 0x0D: continue
            default: return false
            }
        }
        return true
    }

    private func answers(
        _ messages: [OBDMessage], _ ecu: ShortText, _ count: Int, hasNoData: Bool
    ) throws(DecodingFailure) -> [Answer] {
        var answers: [Answer] = []
        var places: [Source: Int] = [:]
        var refused: Int?
        var total = 0
        for message in messages {
            guard let service = message.bytes.first else {
                throw DecodingFailure(reason: .truncated, offset: message.end)
            }
            if service == 0x7F {
                // One unit that does not know the service does not spoil what others say.
                if refused == nil { refused = message.offset }
                continue
            }
            guard let status = OBDMessage.status(ofService: service) else {
                throw DecodingFailure(reason: .notAnAnswer, offset: message.offset)
            }
            let source = Source(ecu: message.ecu == .empty ? ecu : message.ecu, status: status)
            let codes = try message.codes()
            total += codes.count
            guard total <= limits.faults else {
                throw DecodingFailure(reason: .tooManyFaults, offset: message.offset)
            }
            if let place = places[source] {
                answers[place].codes += codes
            } else {
                places[source] = answers.count
                answers.append(Answer(ecu: source.ecu, status: status, codes: codes))
            }
        }
        if answers.isEmpty {
            if let refused { throw DecodingFailure(reason: .negativeResponse, offset: refused) }
            guard hasNoData else { throw DecodingFailure(reason: .noAnswer, offset: count) }
        }
        return answers
    }

    private func append(
        _ answers: [Answer], _ vehicle: VehicleID, _ digest: UInt64,
        into buffer: inout ReportBuffer
    ) {
        let none = Int32(buffer.readings.count)
        for (index, answer) in answers.enumerated() {
            var report = Report(vehicle: vehicle)
            let first = Int32(buffer.sightings.count)
            for code in answer.codes {
                buffer.sightings.append(
                    FaultSighting(
                        code: FaultCode(obd: code), status: answer.status, ecu: answer.ecu))
            }
            report.list = .snapshot
            report.listECU = answer.ecu
            report.listStatus = answer.status
            report.sightings = first..<Int32(buffer.sightings.count)
            report.readings = none..<none
            // Each report of a payload has a digest of its own, or the second would pass for a
            // redelivery of the first.
            report.digest =
                index == 0 ? digest : Digest.fold(digest, ByteWord.ones &+ UInt64(index))
            buffer.reports.append(report)
        }
        if answers.isEmpty {
            var report = Report(vehicle: vehicle)
            let first = Int32(buffer.sightings.count)
            report.list = .delta
            report.sightings = first..<first
            report.readings = none..<none
            report.digest = digest
            buffer.reports.append(report)
        }
    }
}

/// One whole answer of a control unit, apart from how it was carried.
struct OBDMessage {
    /// The header's text, or empty.
    var ecu = ShortText.empty
    /// The service identifier and what follows.
    var bytes: [UInt8]
    /// Whether it came by CAN for certain, where a count always comes first.
    var isCAN = false
    /// Bytes of the payload before the answer's first one.
    var offset: Int
    /// Bytes of the payload before the answer's end.
    var end: Int

    /// The status that a service's codes have, or `nil` for an answer without codes.
    static func status(ofService service: UInt8) -> FaultStatus? {
        switch service {
        case 0x43: .confirmed
        case 0x47: .pending
        case 0x4A: .permanent
        default: nil
        }
    }

    /// The codes, without the zeros that fill up a message.
    func codes() throws(DecodingFailure) -> [UInt16] {
        var first = 1
        var last = bytes.count
        if !isLegacy {
            guard bytes.count > 1 else { throw DecodingFailure(reason: .truncated, offset: end) }
            first = 2
            last = 2 + 2 * Int(bytes[1])
            // Bytes past the count fill up a frame; python-OBD's own samples have such lengths.
            guard last <= bytes.count else {
                throw DecodingFailure(reason: .truncated, offset: end)
            }
        }
        return stride(from: first, to: last, by: 2)
            .map { UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]) }
            .filter { $0 != 0 }
    }

    /// Before CAN an answer was exactly three codes and no count, so six bytes follow the service.
    private var isLegacy: Bool {
        guard !isCAN, bytes.count == 7 else { return false }
        // A frame filled up with one of CAN's usual fill bytes also has seven; two bytes of them
        // would be B2AAA, U1555 or U0CCC, which nobody has assigned.
        let codes = Int(bytes[1])
        guard codes <= 2, let fill = bytes.last, [0x55, 0xAA, 0xCC].contains(fill) else {
            return true
        }
        return !bytes[(2 + 2 * codes)...].allSatisfy { $0 == fill }
    }
}
