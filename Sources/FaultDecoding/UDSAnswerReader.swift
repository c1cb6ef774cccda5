import VehicleFaults

/// One answer to service 19.
struct UDSAnswerReader {
    private let answer: DiagnosticAnswer
    private let places: BytePlaces
    private let context: DecodingContext
    private var format: UInt8?

    init(_ answer: DiagnosticAnswer, _ context: DecodingContext) {
        self.answer = answer
        places = answer.bytePlaces
        self.context = context
        format = context.options.codeFormat
    }

    private var bytes: [UInt8] { answer.bytes }

    /// Appends the report.
    mutating func read(into writer: inout ReportWriter) throws(DecodingFailure) {
        let function = bytes[1]
        note("service", 0..<2, Self.name(of: function), &writer)
        switch function {
        case 0x02, 0x0A, 0x13: try statuses(from: 2, .snapshotUnless(function == 0x13), &writer)
        case 0x15: try statuses(from: 2, .snapshot, permanent: true, &writer)
        case 0x17:
            // The memory that was asked for comes first. It holds codes besides the usual ones.
            try need(3)
            note("memory", 2..<3, "\(FaultCode.hexText(bytes[2], digits: 2))", &writer)
            try statuses(from: 3, .delta, &writer)
        case 0x01, 0x07: try count(&writer)
        case 0x04: try snapshots(&writer)
        case 0x06: try extendedData(&writer)
        case 0x42, 0x55: try emissionCodes(isPermanent: function == 0x55, &writer)
        default: throw DecodingFailure(reason: .notAnAnswer, offset: places[1])
        }
    }

    private static func name(of function: UInt8) -> Saying {
        switch function {
        case 0x01: "number of codes by status"
        case 0x02: "codes by status"
        case 0x04: "snapshot of a code"
        case 0x06: "extended data of a code"
        case 0x07: "number of codes by severity"
        case 0x0A: "supported codes"
        case 0x13: "emission codes by status"
        case 0x15: "permanent codes"
        case 0x17: "codes of the user's memory"
        case 0x42: "emission codes (WWH-OBD)"
        case 0x55: "permanent emission codes (WWH-OBD)"
        default: "not read"
        }
    }

    private func note(
        _ name: String, _ range: Range<Int>, _ meaning: @autoclosure () -> Saying,
        trap: Trap? = nil, _ writer: inout ReportWriter
    ) {
        guard writer.trace != nil else { return }
        writer.trace?.note(name, bytes.span, range, places, meaning(), trap: trap)
    }

    private func need(_ count: Int) throws(DecodingFailure) {
        guard bytes.count >= count else {
            throw DecodingFailure(reason: .truncated, offset: answer.end)
        }
    }

    // MARK: - Codes

    /// The code in three bytes, by the format that the unit uses.
    private func code(at place: Int) -> (code: FaultCode, text: String, isNone: Bool) {
        let (high, middle, low) = (bytes[place], bytes[place + 1], bytes[place + 2])
        if format == 0x02 {
            let read = J1939Code(high, middle, low, 0x7F, configured: nil)
            return (read.code, "\(read.code)", read.isNone)
        }
        let code = FaultCode(uds: UInt16(high) << 8 | UInt16(middle), failureType: low)
        return (code, "\(code)", high == 0 && middle == 0 && low == 0)
    }

    /// Takes one code with its status.
    private func take(
        _ place: Int, status: UDSStatus, isPermanent: Bool, to draft: inout ReportDraft,
        _ writer: inout ReportWriter
    ) throws(DecodingFailure) {
        let read = code(at: place)
        guard !read.isNone else {
            note("code", place..<place + 3, "no code", trap: .padding, &writer)
            return
        }
        note("code", place..<place + 3, "\(read.text)", &writer)
        let fault: FaultStatus = isPermanent ? .permanent : status.fault
        guard !fault.isEmpty else { return }
        try writer.append(
            FaultSighting(code: read.code, status: fault, ecu: draft.ecu), at: places[place],
            to: &draft)
    }

    private func note(_ status: UDSStatus, at place: Int, _ writer: inout ReportWriter) {
        guard writer.trace != nil else { return }
        let trap: Trap? =
            status.raw != status.bits
            ? .statusNotAvailable : status.isUntested ? .notTested : nil
        note(
            "status", place..<place + 1,
            status.fault.isEmpty
                ? "no fault (\(status.names))" : "\(status.fault.said) (\(status.names))",
            trap: trap, &writer)
    }

    /// A mask, then three bytes of code and one of status for each.
    private func statuses(
        from start: Int, _ list: FaultList, permanent isPermanent: Bool = false,
        _ writer: inout ReportWriter
    ) throws(DecodingFailure) {
        try need(start + 1)
        let mask = bytes[start]
        note("availability_mask", start..<start + 1, UDSStatus(mask).maskNames, &writer)
        var draft = writer.draft(context)
        draft.list = list
        if isPermanent { draft.listStatus = .permanent }
        let end = try endOfRecords(from: start + 1, size: 4)
        if end == start + 1 {
            writer.trace?.note(
                "codes", at: answer.end, length: 0, raw: "", "none", trap: .noFault)
        }
        for place in stride(from: start + 1, to: end, by: 4) {
            let status = UDSStatus(bytes[place + 3], mask: mask)
            try take(place, status: status, isPermanent: isPermanent, to: &draft, &writer)
            note(status, at: place + 3, &writer)
        }
        notePadding(from: end, &writer)
        try writer.finish(draft, context)
    }

    /// The place after the last whole record; what follows must fill up the frame.
    private func endOfRecords(from start: Int, size: Int) throws(DecodingFailure) -> Int {
        let end = bytes.count - (bytes.count - start) % size
        let fill = bytes[end...]
        guard let first = fill.first else { return end }
        guard [0x00, 0x55, 0xAA, 0xCC, 0xFF].contains(first), fill.allSatisfy({ $0 == first })
        else { throw DecodingFailure(reason: .truncated, offset: answer.end) }
        return end
    }

    private func notePadding(from end: Int, _ writer: inout ReportWriter) {
        guard end < bytes.count else { return }
        note("padding", end..<bytes.count, "fills the frame", trap: .padding, &writer)
    }

    // MARK: - Counts

    /// A mask, a format and a number of codes, which is not a list.
    private mutating func count(_ writer: inout ReportWriter) throws(DecodingFailure) {
        try need(6)
        note("availability_mask", 2..<3, UDSStatus(bytes[2]).maskNames, &writer)
        note("code_format", 3..<4, Self.formatName(bytes[3]), &writer)
        let count = Int(bytes[4]) << 8 | Int(bytes[5])
        note("dtc_count", 4..<6, "\(count)", trap: .countIsNoList, &writer)
        var draft = writer.draft(context)
        writer.append(.codeCount, Double(count), at: places[4], to: &draft)
        notePadding(from: 6, &writer)
        try writer.finish(draft, context)
    }

    private static func formatName(_ format: UInt8) -> Saying {
        switch format {
        case 0: "SAE J2012-DA format 00"
        case 1: "ISO 14229-1"
        case 2: "SAE J1939-73"
        case 3: "ISO 11992-4"
        case 4: "SAE J2012-DA format 04"
        default: "reserved"
        }
    }

    // MARK: - One code's data

    /// A code with its status, then numbered records of identifiers with values.
    private func snapshots(_ writer: inout ReportWriter) throws(DecodingFailure) {
        var place = try oneCode(&writer)
        while place < bytes.count {
            if isFill(from: place) {
                notePadding(from: place, &writer)
                return
            }
            guard place + 2 <= bytes.count else {
                throw DecodingFailure(reason: .truncated, offset: answer.end)
            }
            let identifiers = Int(bytes[place + 1])
            note("record", place..<place + 1, "\(bytes[place])", &writer)
            note("identifiers", place + 1..<place + 2, "\(identifiers)", &writer)
            place += 2
            for index in 0..<identifiers {
                guard place + 2 <= bytes.count else {
                    throw DecodingFailure(reason: .truncated, offset: answer.end)
                }
                let identifier = UInt16(bytes[place]) << 8 | UInt16(bytes[place + 1])
                note(
                    "identifier", place..<place + 2, "\(FaultCode.hexText(identifier, digits: 4))",
                    &writer)
                place += 2
                guard let size = context.options.size(ofData: identifier) else {
                    // Nobody says where the value ends: the rest belongs to it, and if there is to
                    // be more, nobody can tell where.
                    let isLast = index == identifiers - 1
                    note(
                        "value", place..<bytes.count,
                        isLast ? "kept as it is" : "kept as it is, with what follows",
                        trap: .lengthUnknown, &writer)
                    return
                }
                guard place + size <= bytes.count else {
                    throw DecodingFailure(reason: .truncated, offset: answer.end)
                }
                note("value", place..<place + size, "\(size) bytes", &writer)
                place += size
            }
        }
    }

    /// A code with its status, then numbered records.
    private func extendedData(_ writer: inout ReportWriter) throws(DecodingFailure) {
        var place = try oneCode(&writer)
        while place < bytes.count {
            let record = bytes[place]
            note("record", place..<place + 1, "\(FaultCode.hexText(record, digits: 2))", &writer)
            place += 1
            guard let size = context.options.size(ofRecord: record) else {
                note(
                    "value", place..<bytes.count, "kept as it is", trap: .lengthUnknown, &writer)
                return
            }
            guard place + size <= bytes.count else {
                throw DecodingFailure(reason: .truncated, offset: answer.end)
            }
            note("value", place..<place + size, "\(size) bytes", &writer)
            place += size
            if isFill(from: place) {
                notePadding(from: place, &writer)
                return
            }
        }
    }

    /// Whether nothing but the same fill byte follows; record 0 is none (ISO 14229-1).
    private func isFill(from place: Int) -> Bool {
        guard place < bytes.count else { return true }
        return bytes[place] == 0 && bytes[place...].allSatisfy { $0 == 0 }
    }

    /// The code and status at the head of an answer about one code, as a report of its own.
    ///
    /// - Returns: the place after it.
    private func oneCode(_ writer: inout ReportWriter) throws(DecodingFailure) -> Int {
        // A unit that knows nothing of the code answers with nothing but the sub-function.
        guard bytes.count > 2, !isFill(from: 2) else {
            var draft = writer.draft(context)
            draft.list = .delta
            try writer.finish(draft, context)
            return bytes.count
        }
        try need(6)
        var draft = writer.draft(context)
        draft.list = .delta
        let status = UDSStatus(bytes[5])
        try take(2, status: status, isPermanent: false, to: &draft, &writer)
        note(status, at: 5, &writer)
        try writer.finish(draft, context)
        return 6
    }

    // MARK: - WWH-OBD

    /// How the records of a WWH-OBD answer lie.
    private struct Layout {
        /// Where the format stands; the records follow.
        var format: Int
        /// Bytes before the code within a record: 1 with a severity, else 0.
        var severity: Int
        var size: Int { 4 + severity }
    }

    /// A group, masks, a format, then codes with status and perhaps severity.
    ///
    /// Descriptions differ on whether a severity mask and severities are sent, so the layout is the
    /// first one that comes out even and names a known format.
    private mutating func emissionCodes(
        isPermanent: Bool, _ writer: inout ReportWriter
    ) throws(DecodingFailure) {
        let layouts =
            isPermanent
            ? [
                Layout(format: 4, severity: 0), Layout(format: 4, severity: 1),
                Layout(format: 5, severity: 1),
            ]
            : [
                Layout(format: 5, severity: 1), Layout(format: 4, severity: 1),
                Layout(format: 4, severity: 0),
            ]
        try need(5)
        var found: Layout?
        for layout in layouts where found == nil {
            guard layout.format < bytes.count, bytes[layout.format] <= 4,
                (try? endOfRecords(from: layout.format + 1, size: layout.size)) != nil
            else { continue }
            found = layout
        }
        guard let layout = found else {
            throw DecodingFailure(reason: .truncated, offset: answer.end)
        }
        note("group", 2..<3, Self.groupName(bytes[2]), &writer)
        let mask = bytes[3]
        note("availability_mask", 3..<4, UDSStatus(mask).maskNames, &writer)
        if layout.format == 5 {
            note("severity_mask", 4..<5, "\(FaultCode.hexText(bytes[4], digits: 2))", &writer)
        }
        format = bytes[layout.format]
        note(
            "code_format", layout.format..<layout.format + 1,
            Self.formatName(bytes[layout.format]), trap: .lengthUnknown, &writer)
        var draft = writer.draft(context)
        draft.list = .snapshot
        if isPermanent { draft.listStatus = .permanent }
        let first = layout.format + 1
        let end = try endOfRecords(from: first, size: layout.size)
        for record in stride(from: first, to: end, by: layout.size) {
            let place = record + layout.severity
            if layout.severity == 1 {
                note(
                    "severity", record..<place, Self.severityName(bytes[record]), &writer)
            }
            let status = UDSStatus(bytes[place + 3], mask: mask)
            try take(place, status: status, isPermanent: isPermanent, to: &draft, &writer)
            note(status, at: place + 3, &writer)
        }
        notePadding(from: end, &writer)
        try writer.finish(draft, context)
    }

    private static func groupName(_ group: UInt8) -> Saying {
        switch group {
        case 0x33: "emissions"
        case 0xD0: "safety"
        case 0xFE: "VOBD"
        default: "\(FaultCode.hexText(group, digits: 2))"
        }
    }

    /// The top three bits: maintenance only, check at next halt, check immediately; the low five
    /// are the classes of GTR 5.
    private static func severityName(_ severity: UInt8) -> Saying {
        var words: [Saying] = []
        if severity & 0x20 != 0 { words.append("maintenance only") }
        if severity & 0x40 != 0 { words.append("check at next halt") }
        if severity & 0x80 != 0 { words.append("check immediately") }
        let classes: [Saying] = ["no class", "class A", "class B1", "class B2", "class C"]
        for (bit, name) in classes.enumerated()
        where severity & UInt8(1 << bit) != 0 { words.append(name) }
        return Saying(list: words)
    }
}

extension FaultList {
    /// A snapshot, or news when the list leaves codes out for other reasons than that they are gone.
    fileprivate static func snapshotUnless(_ isPart: Bool) -> FaultList {
        isPart ? .delta : .snapshot
    }
}
