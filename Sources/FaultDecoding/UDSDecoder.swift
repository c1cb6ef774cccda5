import VehicleFaults

/// Reads answers to the UDS service 19, ReadDTCInformation (ISO 14229-1): as hex text with or
/// without CAN headers, in ISO-TP frames, behind a DoIP header, or as bytes.
enum UDSDecoder {
    /// Reads text or the bytes of one answer.
    ///
    /// - Throws: what is wrong with the first part that cannot be used.
    static func decode(
        _ payload: Span<UInt8>, _ context: DecodingContext, into writer: inout ReportWriter
    ) throws(DecodingFailure) {
        let text = try AnswerText.read(payload)
        guard !text.messages.isEmpty else {
            guard text.hasNoData else {
                throw DecodingFailure(reason: .noAnswer, offset: payload.count)
            }
            writer.trace?.note(
                "remark", at: 0, length: payload.count, raw: "NO DATA",
                "no control unit answered", trap: .noData)
            var draft = writer.draft(context)
            draft.list = .delta
            return try writer.finish(draft, context)
        }
        try decode(text.messages, context, into: &writer)
    }

    /// Whether an answer is one to service 19, or its refusal.
    static func isAnswer(_ answer: DiagnosticAnswer) -> Bool {
        guard let first = answer.bytes.first else { return false }
        return first == 0x59 || first == 0x7F && answer.bytes.count > 1 && answer.bytes[1] == 0x19
    }

    /// Reads answers that are free of their transport: one report each.
    ///
    /// - Throws: `negative_response` when all are refusals.
    static func decode(
        _ answers: [DiagnosticAnswer], _ context: DecodingContext,
        into writer: inout ReportWriter
    ) throws(DecodingFailure) {
        var refused: Int?
        var isTaken = false
        for answer in answers {
            guard let service = answer.bytes.first else {
                throw DecodingFailure(reason: .truncated, offset: answer.end)
            }
            if service == 0x7F {
                if refused == nil { refused = answer.offset }
                OBDDecoder.noteRefusal(answer, &writer)
                continue
            }
            guard service == 0x59 else {
                throw DecodingFailure(reason: .notAnAnswer, offset: answer.offset)
            }
            guard answer.bytes.count > 1 else {
                throw DecodingFailure(reason: .truncated, offset: answer.end)
            }
            var context = context
            if answer.ecu != .empty { context.ecu = answer.ecu }
            context.claimed = answer.at ?? context.claimed
            answer.noteHeader(&writer)
            var reader = UDSAnswerReader(answer, context)
            try reader.read(into: &writer)
            isTaken = true
        }
        if !isTaken, let refused {
            throw DecodingFailure(reason: .negativeResponse, offset: refused)
        }
    }
}
