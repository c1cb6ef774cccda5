import VehicleFaults

/// Sorts the CAN frames of one message to the codec that each belongs to.
enum FrameTraffic {
    /// Appends the reports of some frames; one without codes and readings when there are none of
    /// use, since a vehicle that talks is alive.
    ///
    /// - Parameter codec: the only codec wanted, or `nil` for all.
    static func decode(
        _ frames: CANFrames, only codec: DiagnosticCodec?, _ context: DecodingContext,
        into writer: inout ReportWriter
    ) throws(DecodingFailure) {
        var transport = ISOTransport()
        var trucks = writer.borrowTrucks(context.options)
        defer { writer.giveBack(trucks) }
        var answers: [DiagnosticAnswer] = []
        var isRefused = false
        for frame in frames.frames {
            if codec != .j1939, isDiagnostic(frame, isUDS: codec == .uds) {
                let source = source(of: frame)
                do throws(DecodingFailure) {
                    if let answer = try take(frame, of: frames, from: source, &transport) {
                        answers.append(answer)
                    }
                } catch {
                    transport.drop(source)
                    writer.refuse(error.reason, at: error.offset)
                    isRefused = true
                }
            } else if codec == nil || codec == .j1939, frame.isExtended, !isToTester(frame) {
                trucks.take(frame, of: frames.bytes.span, into: &writer)
            } else {
                writer.buffer.unknownFields += 1
            }
        }
        for (answer, _) in transport.unfinished {
            writer.refuse(.truncated, at: answer.end)
            isRefused = true
        }
        let before = writer.buffer.reports.count
        try trucks.finish(context, into: &writer)
        try decode(answers, only: codec, context, into: &writer)
        guard writer.buffer.reports.count == before else { return }
        if isRefused || trucks.isRefused, let first = writer.firstRefusal { throw first }
        try writer.finish(writer.draft(context), context)
    }

    /// Whether a frame comes from a control unit that answers a tester: 7E8 to 7EF (ISO 15765-4),
    /// any other high identifier when the configuration says UDS, or 18DAF1xx.
    private static func isDiagnostic(_ frame: CANFrames.Frame, isUDS: Bool) -> Bool {
        if frame.isExtended { return frame.identifier >> 8 & 0xFFFF == 0xDAF1 }
        if (0x7E8...0x7EF).contains(frame.identifier) { return true }
        return isUDS && frame.identifier >= 0x600 && !(0x7DF...0x7E7).contains(frame.identifier)
    }

    /// Whether a frame is part of a talk with a tester, which J1939 traffic is not.
    private static func isToTester(_ frame: CANFrames.Frame) -> Bool {
        frame.identifier >> 16 & 0xFE == 0xDA
    }

    private static func source(of frame: CANFrames.Frame) -> ISOTransport.Source {
        let name = UnitName.hex(frame.identifier, digits: frame.isExtended ? 8 : 3)
        return ISOTransport.Source(bus: frame.bus, name: UnitName.on(frame.bus, name))
    }

    private static func take(
        _ frame: CANFrames.Frame, of frames: CANFrames, from source: ISOTransport.Source,
        _ transport: inout ISOTransport
    ) throws(DecodingFailure) -> DiagnosticAnswer? {
        let place = ISOTransport.Place(
            line: frame.place, data: frame.dataPlaces[0],
            end: frame.dataPlaces[frame.data.count])
        guard
            var answer = try transport.take(
                frames.bytes.span.extracting(frame.data), frame.dataPlaces, from: source,
                at: place, heard: frame.at)
        else { return nil }
        answer.isCAN = true
        answer.header = frame.place..<frame.place + (frame.isExtended ? 8 : 3)
        return answer
    }

    /// Hands answers on; what is useless is noted and spoils no other.
    private static func decode(
        _ answers: consuming [DiagnosticAnswer], only codec: DiagnosticCodec?,
        _ context: DecodingContext, into writer: inout ReportWriter
    ) throws(DecodingFailure) {
        // A unit that is asked again and again says the same list again; its last word counts.
        // The answers for OBD move together at the front, where they are.
        var count = 0
        var values = 0
        for index in answers.indices {
            let service = answers[index].bytes.first
            if codec != .obd, UDSDecoder.isAnswer(answers[index]) {
                let answer = answers[index]
                try attempt(context, into: &writer) {
                    (context, writer) throws(DecodingFailure) in
                    try UDSDecoder.decode([answer], context, into: &writer)
                }
            } else if codec != .uds, let service,
                OBDDecoder.isAnswer(service) || service == 0x7F
            {
                let ecu = answers[index].ecu
                if DiagnosticAnswer.status(ofService: service) != nil,
                    let place = answers[..<count].lastIndex(where: {
                        $0.ecu == ecu && $0.bytes[0] == service
                    })
                {
                    answers[place] = answers[index]
                    continue
                }
                if isValue(answers[index]) { values += 1 }
                if count < index { answers.swapAt(count, index) }
                count += 1
            } else {
                writer.buffer.unknownFields += 1
            }
        }
        // Values of one unit make one report; a list that is damaged spoils no other.
        let obd = answers[..<count]
        if values > 0 {
            // Nearly always they stand together.
            let first = obd.firstIndex(where: isValue) ?? 0
            let together = obd[first...].prefix(while: isValue)
            let part =
                together.count == values ? together : ArraySlice(obd.filter(isValue))
            try attempt(context, into: &writer) { (context, writer) throws(DecodingFailure) in
                _ = try OBDDecoder.decode(part, context, into: &writer)
            }
        }
        guard values < count else { return }
        for index in obd.indices where !isValue(obd[index]) {
            try attempt(context, into: &writer) { (context, writer) throws(DecodingFailure) in
                _ = try OBDDecoder.decode(obd[index...index], context, into: &writer)
            }
        }
    }

    private static func isValue(_ answer: DiagnosticAnswer) -> Bool {
        answer.bytes[0] == 0x41 || answer.bytes[0] == 0x42
    }

    /// Does something; when it fails, what it wrote is taken back and the failure noted.
    private static func attempt(
        _ context: DecodingContext, into writer: inout ReportWriter,
        _ body: (DecodingContext, inout ReportWriter) throws(DecodingFailure) -> Void
    ) throws(DecodingFailure) {
        let mark = writer.mark
        do throws(DecodingFailure) {
            try body(context, &writer)
        } catch {
            if error.reason == .noVehicle { throw error }
            writer.takeBack(to: mark)
            writer.refuse(error.reason, at: error.offset)
        }
    }
}
