import VehicleFaults

/// Reads answers to the OBD services 01, 02, 03, 07 and 0A (SAE J1979, ISO 15031-5), as hex text in
/// the forms that ELM327 adapters print, as CAN frames, or as the bytes of one answer.
///
/// It appends one report for each control unit and service, in order of appearance: a snapshot of
/// the codes for 03, 07 and 0A, the readings for 01, the stored code with its freeze frame for 02.
///
/// An adapter that prints `NO DATA` got no answer: the units may have nothing to say, and the
/// ignition may be off. That gives a report with an empty list of news, which closes nothing.
enum OBDDecoder {
    /// Reads text or the bytes of one answer.
    ///
    /// - Throws: what is wrong with the first part that cannot be used.
    static func decode(
        _ payload: Span<UInt8>, _ context: DecodingContext, into writer: inout ReportWriter
    ) throws(DecodingFailure) {
        let text = try AnswerText.read(payload)
        if text.hasNoData {
            writer.trace?.note(
                "remark", at: 0, length: payload.count, raw: "NO DATA",
                "no control unit answered", trap: .noData)
        }
        let taken = try decode(text.messages[...], context, into: &writer)
        guard !taken else { return }
        guard text.hasNoData else {
            throw DecodingFailure(reason: .noAnswer, offset: payload.count)
        }
        var draft = writer.draft(context)
        draft.list = .delta
        draft.ecu = .empty
        try writer.finish(draft, context)
    }

    private struct Source: Equatable {
        var ecu: ShortText
        var service: UInt8
    }

    /// Reads answers that are free of their transport.
    ///
    /// - Returns: whether there was any but refusals.
    /// - Throws: `negative_response` when all are refusals.
    static func decode(
        _ answers: ArraySlice<DiagnosticAnswer>, _ context: DecodingContext,
        into writer: inout ReportWriter
    ) throws(DecodingFailure) -> Bool {
        var total = 0
        // Nearly always one unit has answered one question, and nothing need be sorted.
        if let service = answers.first?.bytes.first, isAnswer(service),
            answers.allSatisfy({ $0.bytes.first == service && $0.ecu == answers.first?.ecu })
        {
            try decode(answers, service, context, &total, into: &writer)
            return true
        }
        var groups: [(source: Source, answers: [DiagnosticAnswer])] = []
        var refused: Int?
        for answer in answers {
            guard let service = answer.bytes.first else {
                throw DecodingFailure(reason: .truncated, offset: answer.end)
            }
            if service == 0x7F {
                // One unit that does not know the service does not spoil what others say.
                if refused == nil { refused = answer.offset }
                Self.noteRefusal(answer, &writer)
                continue
            }
            guard isAnswer(service) else {
                throw DecodingFailure(reason: .notAnAnswer, offset: answer.offset)
            }
            let source = Source(
                ecu: answer.ecu == .empty ? context.ecu : answer.ecu, service: service)
            if let place = groups.firstIndex(where: { $0.source == source }) {
                groups[place].answers.append(answer)
            } else {
                groups.append((source, [answer]))
            }
        }
        if groups.isEmpty, let refused {
            throw DecodingFailure(reason: .negativeResponse, offset: refused)
        }
        for group in groups {
            if groups.contains(where: {
                $0.source.service == group.source.service && $0.source.ecu != group.source.ecu
            }) {
                writer.trace?.note(
                    "unit", at: group.answers[0].offset, length: 0, raw: "",
                    "\(group.source.ecu), a list of its own", trap: .severalUnits)
            }
            try decode(
                group.answers[...], group.source.service, context, &total, into: &writer)
        }
        return !groups.isEmpty
    }

    /// Reads the answers of one unit to one service.
    private static func decode(
        _ answers: ArraySlice<DiagnosticAnswer>, _ service: UInt8, _ outer: DecodingContext,
        _ total: inout Int, into writer: inout ReportWriter
    ) throws(DecodingFailure) {
        var context = outer
        if let ecu = answers.first?.ecu, ecu != .empty { context.ecu = ecu }
        context.claimed = answers.last?.at ?? context.claimed
        switch service {
        case 0x41: try readings(answers, context, into: &writer)
        case 0x42: try freezeFrames(answers, context, into: &writer)
        default: try codes(answers, context, &total, into: &writer)
        }
    }

    /// Whether a service identifier is one of an answer that is read here.
    static func isAnswer(_ service: UInt8) -> Bool {
        service == 0x41 || service == 0x42 || DiagnosticAnswer.status(ofService: service) != nil
    }

    /// Notes a refusal (`7F`, service, reason).
    static func noteRefusal(_ answer: DiagnosticAnswer, _ writer: inout ReportWriter) {
        guard writer.trace != nil else { return }
        answer.noteHeader(&writer)
        let reason = answer.bytes.count > 2 ? answer.bytes[2] : 0
        let words: Saying =
            switch reason {
            case 0x11: "service not supported"
            case 0x12: "sub-function not supported"
            case 0x13: "wrong length"
            case 0x22: "conditions not correct"
            case 0x31: "request out of range"
            case 0x33: "security access denied"
            case 0x78: "wait, the answer comes later"
            default: "refused"
            }
        writer.trace?.note(
            "refusal", answer.bytes.span, 0..<answer.bytes.count, answer.bytePlaces, words,
            trap: .negativeResponse)
    }

    // MARK: - Lists of codes

    private static func codes(
        _ answers: ArraySlice<DiagnosticAnswer>, _ context: DecodingContext, _ total: inout Int,
        into writer: inout ReportWriter
    ) throws(DecodingFailure) {
        var draft = writer.draft(context)
        draft.list = .snapshot
        for answer in answers {
            guard let status = DiagnosticAnswer.status(ofService: answer.bytes[0]) else { continue }
            draft.listStatus = status
            answer.noteHeader(&writer)
            writer.trace?.note(
                "service", answer.bytes.span, 0..<1, answer.bytePlaces,
                "\(status.said) fault codes")
            for run in try answer.runs() {
                Self.noteCount(run, answer, &writer)
                for start in stride(from: run.codes.lowerBound, to: run.codes.upperBound, by: 2) {
                    let code = UInt16(answer.bytes[start]) << 8 | UInt16(answer.bytes[start + 1])
                    let read = FaultCode(obd: code)
                    writer.trace?.note(
                        "code", answer.bytes.span, start..<start + 2, answer.bytePlaces,
                        code == 0 ? "no code" : "\(read)", trap: code == 0 ? .padding : nil)
                    guard code != 0 else { continue }
                    total += 1
                    guard total <= writer.limits.faults else {
                        throw DecodingFailure(reason: .tooManyFaults, offset: answer.offset)
                    }
                    try writer.append(
                        FaultSighting(code: read, status: status, ecu: draft.ecu),
                        at: answer.offset, to: &draft)
                }
                if !run.fill.isEmpty {
                    writer.trace?.note(
                        "padding", answer.bytes.span, run.fill, answer.bytePlaces,
                        "fills the frame", trap: .padding)
                }
            }
        }
        try writer.finish(draft, context)
    }

    private static func noteCount(
        _ run: DiagnosticAnswer.Run, _ answer: DiagnosticAnswer, _ writer: inout ReportWriter
    ) {
        guard writer.trace != nil else { return }
        if let count = run.count {
            writer.trace?.note(
                "count", answer.bytes.span, count..<count + 1, answer.bytePlaces,
                "\(answer.bytes[count])",
                trap: answer.bytes[count] == 0 ? .noFault : answer.trap ?? .countByte)
        } else {
            writer.trace?.note(
                "layout", at: answer.offset, length: 0, raw: "",
                "three codes without a count, as before CAN", trap: .countByte)
        }
    }

    // MARK: - Readings

    private static func readings(
        _ answers: ArraySlice<DiagnosticAnswer>, _ context: DecodingContext,
        into writer: inout ReportWriter
    ) throws(DecodingFailure) {
        var draft = writer.draft(context)
        for answer in answers {
            answer.noteHeader(&writer)
            writer.trace?.note(
                "service", answer.bytes.span, 0..<1, answer.bytePlaces, "current data")
            guard answer.bytes.count > 1 else {
                throw DecodingFailure(reason: .truncated, offset: answer.end)
            }
            var place = 1
            while place < answer.bytes.count {
                let length = try valueLength(answer, parameter: place, start: place + 1, first: 1)
                guard let length else {
                    note(rest: place..<answer.bytes.count, answer, &writer)
                    break
                }
                let parameter = answer.bytes[place]
                let value = place + 1..<place + 1 + length
                writer.trace?.note(
                    "parameter", answer.bytes.span, place..<place + 1, answer.bytePlaces,
                    "\(FaultCode.hexText(parameter, digits: 2))")
                read(parameter, value, answer, &draft, into: &writer)
                place = value.upperBound
            }
        }
        try writer.finish(draft, context)
    }

    /// How long the value of a parameter is; `nil` when what stands there is no further parameter.
    private static func valueLength(
        _ answer: DiagnosticAnswer, parameter place: Int, start: Int, first: Int
    ) throws(DecodingFailure) -> Int? {
        let bytes = answer.bytes
        let known = OBDParameter.length(of: bytes[place])
        if known > 0, start + known <= bytes.count,
            // A frame filled up with zeros would go on with parameter 00 for ever.
            place == first || bytes[place] != 0 || bytes[place...].contains(where: { $0 != 0 })
        {
            return known
        }
        guard place == first else { return nil }
        guard known == 0 else {
            throw DecodingFailure(reason: .truncated, offset: answer.end)
        }
        return max(0, bytes.count - start)
    }

    /// Notes what comes after the last parameter.
    private static func note(
        rest: Range<Int>, _ answer: DiagnosticAnswer, _ writer: inout ReportWriter
    ) {
        let fill = answer.bytes[rest.lowerBound]
        let isFill =
            Self.isFill(fill)
            && answer.bytes[rest].allSatisfy { $0 == fill }
        if !isFill { writer.buffer.unknownFields += 1 }
        writer.trace?.note(
            isFill ? "padding" : "rest", answer.bytes.span, rest, answer.bytePlaces,
            isFill ? "fills the frame" : "not known", trap: isFill ? .padding : nil)
    }

    private static func isFill(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x00, 0x55, 0xAA, 0xCC, 0xFF: true
        default: false
        }
    }

    /// Reads the value of one parameter into the report.
    private static func read(
        _ parameter: UInt8, _ range: Range<Int>, _ answer: DiagnosticAnswer,
        _ draft: inout ReportDraft, into writer: inout ReportWriter
    ) {
        let bytes = answer.bytes
        let place = answer.place(of: range.lowerBound)
        if parameter == 0x01, range.count == 4 {
            readiness(range, answer, &draft, into: &writer)
        } else if let scale = OBDParameter.scale(of: parameter) {
            let value = scale.value(bytes[range].reduce(0) { $0 << 8 | UInt64($1) })
            writer.trace?.note(
                scale.signal.name, bytes.span, range, answer.bytePlaces, "\(shortText(value))",
                unit: scale.signal.unit,
                // Nothing since the memory was cleared: whoever cleared it may have repaired nothing.
                trap: [0x30, 0x31, 0x4E].contains(parameter) && value == 0
                    ? .clearedNotRepaired : scale.isScaled ? .scaled : nil)
            writer.append(scale.signal, value, at: place, to: &draft)
        } else {
            writer.buffer.unknownFields += 1
            draft.hasContent = true
            guard writer.trace != nil else { return }
            writer.trace?.note(
                parameter == 0x03 ? "fuel_system" : "value", bytes.span, range,
                answer.bytePlaces,
                parameter == 0x03 ? OBDParameter.fuelSystem(bytes[range.lowerBound]) : "not kept")
        }
    }

    private static func readiness(
        _ range: Range<Int>, _ answer: DiagnosticAnswer, _ draft: inout ReportDraft,
        into writer: inout ReportWriter
    ) {
        let a = range.lowerBound
        let bytes = answer.bytes
        let read = OBDReadiness(bytes[a], bytes[a + 1], bytes[a + 2], bytes[a + 3])
        let place = answer.place(of: a)
        writer.append(.lampMIL, read.lamp ? 1 : 0, at: place, to: &draft)
        writer.append(.codeCount, Double(read.count), at: place, to: &draft)
        writer.append(.openMonitors, Double(read.open), at: place, to: &draft)
        guard writer.trace != nil else { return }
        writer.trace?.note(
            "mil_on", bytes.span, a..<a + 1, answer.bytePlaces, read.lamp ? "on" : "off")
        writer.trace?.note(
            "dtc_count", bytes.span, a..<a + 1, answer.bytePlaces, "\(read.count)",
            trap: .countIsNoList)
        writer.trace?.note(
            "ignition", bytes.span, a + 1..<a + 2, answer.bytePlaces,
            read.isDiesel ? "compression" : "spark")
        for monitor in read.monitors {
            writer.trace?.note(
                "monitor", bytes.span, a + 1..<a + 4, answer.bytePlaces,
                monitor.isComplete ? "\(monitor.name): complete" : "\(monitor.name): not complete")
        }
    }

    // MARK: - Freeze frames

    /// Reads `42 PID FRAME data`: parameter 02 names the code that stored the frame.
    private static func freezeFrames(
        _ answers: ArraySlice<DiagnosticAnswer>, _ context: DecodingContext,
        into writer: inout ReportWriter
    ) throws(DecodingFailure) {
        var frames: [(number: UInt8, code: UInt16?, readings: [Reading], place: Int)] = []
        for answer in answers {
            answer.noteHeader(&writer)
            writer.trace?.note(
                "service", answer.bytes.span, 0..<1, answer.bytePlaces, "freeze frame")
            let bytes = answer.bytes
            guard bytes.count > 3 else {
                throw DecodingFailure(reason: .truncated, offset: answer.end)
            }
            let length = try valueLength(answer, parameter: 1, start: 3, first: 1) ?? 0
            let value = 3..<3 + length
            var index = frames.firstIndex { $0.number == bytes[2] } ?? frames.count
            if index == frames.count {
                index = frames.count
                frames.append((bytes[2], nil, [], answer.offset))
            }
            writer.trace?.note(
                "parameter", bytes.span, 1..<2, answer.bytePlaces,
                "\(FaultCode.hexText(bytes[1], digits: 2))")
            writer.trace?.note(
                "frame", bytes.span, 2..<3, answer.bytePlaces, "\(bytes[2])")
            if bytes[1] == 0x02, length == 2 {
                let code = UInt16(bytes[3]) << 8 | UInt16(bytes[4])
                frames[index].code = code
                writer.trace?.note(
                    "code", bytes.span, value, answer.bytePlaces,
                    code == 0 ? "no frame is stored" : "\(FaultCode(obd: code))",
                    trap: code == 0 ? .noFault : nil)
            } else {
                let first = writer.buffer.readings.count
                var scratch = writer.draft(context)
                read(bytes[1], value, answer, &scratch, into: &writer)
                frames[index].readings += writer.buffer.readings[first...]
                writer.buffer.readings.removeLast(writer.buffer.readings.count - first)
            }
            if value.upperBound < bytes.count {
                note(rest: value.upperBound..<bytes.count, answer, &writer)
            }
        }
        var draft = writer.draft(context)
        draft.list = .delta
        for frame in frames {
            guard let code = frame.code, code != 0 else {
                // Values without the code that they belong to.
                if frame.code == nil { writer.buffer.unknownFields += 1 }
                continue
            }
            let first = Int32(writer.buffer.freezeReadings.count)
            writer.buffer.freezeReadings += frame.readings
            try writer.append(
                FaultSighting(
                    code: FaultCode(obd: code), status: .confirmed, ecu: draft.ecu,
                    freeze: first..<Int32(writer.buffer.freezeReadings.count)),
                at: frame.place, to: &draft)
        }
        try writer.finish(draft, context)
    }

    /// A number for people, with at most four digits after the point.
    static func shortText(_ value: Double) -> String {
        guard value.magnitude < 1e12 else { return "\(value)" }
        let scaled = (value * 10_000).rounded()
        guard scaled == scaled.rounded(), scaled.magnitude < 9e15 else { return "\(value)" }
        let whole = Int64(scaled)
        var text = "\(abs(whole) / 10_000)"
        let rest = abs(whole) % 10_000
        if rest != 0 {
            var digits = String(rest)
            digits = String(repeating: "0", count: 4 - digits.count) + digits
            while digits.last == "0" { digits.removeLast() }
            text += "." + digits
        }
        return whole < 0 ? "-" + text : text
    }
}
