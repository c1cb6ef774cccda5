import VehicleFaults

/// Reads what an ELM327 adapter prints into whole answers: lines of hex, with or without blanks,
/// headers, echo, prompt and remarks.
struct AnswerText {
    private(set) var messages: [DiagnosticAnswer] = []
    /// Whether the adapter said that nothing came back.
    private(set) var hasNoData = false

    private var transport = ISOTransport()
    /// A long answer that the adapter prints without headers: a line with its length, then
    /// numbered lines.
    private var numbered: (message: DiagnosticAnswer, length: Int, next: UInt8)?

    /// One line's hex digits with their places.
    private struct Line {
        var digits: [UInt8] = []
        var places: [Int] = []
        /// Digits before the first blank.
        var first = 0
        /// The digit before a colon.
        var number: UInt8?
        /// Whether another line runs into this one without an end.
        var isRunTogether = false
        /// Whether this one runs into another.
        var runsOn = false
        var start: Int
        var end: Int

        /// The bytes from some digit on.
        func bytes(from digit: Int) throws(DecodingFailure) -> PlacedBytes {
            guard (digits.count - digit) % 2 == 0 else {
                throw DecodingFailure(reason: .oddLength, offset: places.last ?? start)
            }
            var result = PlacedBytes()
            for index in stride(from: digit, to: digits.count, by: 2) {
                result.append(digits[index] << 4 | digits[index + 1], at: places[index])
            }
            return result
        }

        /// The first digits as text.
        func header(_ count: Int) -> ShortText {
            UnitName.hex(
                digits.prefix(count).reduce(0) { $0 << 4 | UInt32($1) },
                digits: min(count, digits.count))
        }

        func place(of digit: Int) -> Int { digit < places.count ? places[digit] : end }
    }

    /// Reads a whole payload.
    mutating func read(_ payload: Span<UInt8>) throws(DecodingFailure) {
        var start = 0
        while start <= payload.count {
            var end = start
            while end < payload.count, !Self.endsLine(payload[end]) { end += 1 }
            try takeLine(payload, start, end)
            start = end + 1
        }
        if let (message, length, _) = numbered {
            try close(message, length: length, end: payload.count)
            numbered = nil
        }
        for (message, length) in transport.unfinished {
            try close(message, length: length, end: payload.count)
        }
    }

    /// Whether bytes are text: all are characters, except for a legacy answer of seven bytes that
    /// happen to be printable. Text that starts with these letters is no answer, or longer.
    static func isText(_ payload: Span<UInt8>) -> Bool {
        if payload.count == 7, DiagnosticAnswer.status(ofService: payload[0]) != nil {
            return false
        }
        for index in payload.indices {
            switch payload[index] {
            case 0x20...0x7E, 0x09, 0x0A, 0x0D: continue
            default: return false
            }
        }
        return true
    }

    /// The answers of a payload that is text, or the bytes of one answer.
    static func read(_ payload: Span<UInt8>) throws(DecodingFailure) -> AnswerText {
        var text = AnswerText()
        if isText(payload) {
            try text.read(payload)
        } else {
            var bytes = PlacedBytes()
            for index in payload.indices { bytes.append(payload[index], at: index) }
            text.add(DiagnosticAnswer(bytes, end: payload.count))
        }
        return text
    }

    /// Takes a long answer that stopped early, if its count shows that only its length was wrong.
    private mutating func close(
        _ message: DiagnosticAnswer, length: Int, end: Int
    ) throws(DecodingFailure) {
        guard message.bytes.count >= 2, message.bytes.count < length,
            DiagnosticAnswer.status(ofService: message.bytes[0]) != nil,
            message.bytes.count >= 2 + 2 * Int(message.bytes[1])
        else { throw DecodingFailure(reason: .truncated, offset: end) }
        var message = message
        message.trap = .wrongLength
        messages.append(message)
    }

    /// Adds an answer, taken out of DoIP if it is in that.
    private mutating func add(_ message: DiagnosticAnswer) {
        messages.append(message.withoutDoIP)
    }

    private static func endsLine(_ byte: UInt8) -> Bool {
        byte == 0x0A || byte == 0x0D || byte == 0x3E
    }

    private mutating func takeLine(
        _ payload: Span<UInt8>, _ from: Int, _ end: Int
    ) throws(DecodingFailure) {
        var start = from
        if Self.startsWith("SEARCHING", payload, start, end) {
            start += 9
            while start < end, payload[start] == 0x2E { start += 1 }
        }
        for line in try lines(payload, start, end) where !line.digits.isEmpty {
            if let number = line.number {
                try readNumbered(line, number)
            } else if line.digits.count == 3, line.first == 3, !line.runsOn {
                try open(line)
            } else if !Self.isRequest(line) {
                try readFrame(line)
            }
        }
    }

    /// Whether the adapter only repeats what it was asked.
    private static func isRequest(_ line: Line) -> Bool {
        guard line.digits.count % 2 == 0, line.digits.count >= 2, line.digits.count <= 14 else {
            return false
        }
        switch line.digits[0] << 4 | line.digits[1] {
        case 0x03, 0x07, 0x0A: return line.digits.count == 2
        case 0x01, 0x02, 0x19: return true
        default: return false
        }
    }

    /// The hex digits of a line; none for a remark that needs no notice, two lines where one runs
    /// into the next.
    private mutating func lines(
        _ payload: Span<UInt8>, _ start: Int, _ end: Int
    ) throws(DecodingFailure) -> [Line] {
        var before: [Line] = []
        var line = Line(start: start, end: end)
        var blank = false
        for place in start..<end {
            let byte = payload[place]
            if let digit = HexDigit.value(byte) {
                line.digits.append(digit)
                line.places.append(place)
                if !blank { line.first += 1 }
            } else if byte == 0x20 || byte == 0x09 {
                blank = blank || !line.digits.isEmpty
            } else if byte == 0x3A, line.number == nil, let number = line.digits.last {
                // The digit before a colon numbers the line. More digits before it are a line that
                // another unit's answer ran into.
                var next = Line(start: line.places.last ?? start, end: end)
                next.number = number
                if line.digits.count > 1 {
                    line.digits.removeLast()
                    line.places.removeLast()
                    line.first = min(line.first, line.digits.count)
                    line.end = place - 1
                    line.runsOn = true
                    before.append(line)
                    next.isRunTogether = true
                }
                line = next
                blank = false
            } else {
                guard try remark(payload, start, end) else {
                    throw DecodingFailure(reason: .notHex, offset: place)
                }
                return []
            }
        }
        return before + [line]
    }

    /// Takes notice of a remark; `false` when the line is none.
    private mutating func remark(
        _ payload: Span<UInt8>, _ start: Int, _ end: Int
    ) throws(DecodingFailure) -> Bool {
        var letters = ""
        for place in start..<end {
            switch payload[place] {
            case 0x20, 0x09, 0x2E, 0x3A: continue
            case let byte: letters.unicodeScalars.append(Unicode.Scalar(byte))
            }
        }
        letters = letters.uppercased()
        switch letters {
        case "NODATA":
            hasNoData = true
            return true
        case "", "OK", "BUSINIT", "BUSINITOK": return true
        case "?", "STOPPED", "UNABLETOCONNECT", "BUFFERFULL", "LVRESET", "ACTALERT", "LPALERT":
            break
        default:
            // `CAN ERROR`, `BUS INIT: ...ERROR`, `ERR94`, and bytes followed by `<DATA ERROR`.
            guard letters.hasSuffix("ERROR") || letters.hasPrefix("ERR") || letters == "BUSBUSY"
            else { return false }
        }
        throw DecodingFailure(reason: .noAnswer, offset: start)
    }

    private static func startsWith(
        _ word: StaticString, _ payload: Span<UInt8>, _ start: Int, _ end: Int
    ) -> Bool {
        var place = start
        for byte in word.description.utf8 {
            guard place < end, payload[place] & 0xDF == byte else { return false }
            place += 1
        }
        return true
    }

    /// A line with the length of the long answer that follows.
    private mutating func open(_ line: Line) throws(DecodingFailure) {
        guard numbered == nil else {
            throw DecodingFailure(reason: .missingFrame, offset: line.place(of: 0))
        }
        let length = line.digits.reduce(0) { $0 << 4 | Int($1) }
        let message = DiagnosticAnswer(bytes: [], isCAN: true, offset: line.end, end: line.end)
        numbered = (message, length, 0)
    }

    private mutating func readNumbered(_ line: Line, _ number: UInt8) throws(DecodingFailure) {
        if line.isRunTogether, numbered == nil {
            // The fill byte of the line before it, then another unit's answer.
            let bytes = try line.bytes(from: 0)
            let first = bytes.bytes.firstIndex { $0 != 0 } ?? bytes.bytes.count
            guard first < bytes.bytes.count else { return }
            var message = DiagnosticAnswer(bytes.part(first..<bytes.bytes.count), end: line.end)
            message.trap = .runTogether
            return add(message)
        }
        guard let open = numbered, number == open.next else {
            throw DecodingFailure(reason: .missingFrame, offset: line.start)
        }
        var message = open.message
        let length = open.length
        if message.bytes.isEmpty { message.offset = line.place(of: 0) }
        let part = try line.bytes(from: 0)
        let wanted = min(part.bytes.count, length - message.bytes.count)
        message.bytes += part.bytes[..<wanted]
        message.places += part.places[..<wanted]
        message.end = line.end
        if message.bytes.count < length {
            numbered = (message, length, (open.next + 1) & 15)
        } else {
            add(message)
            numbered = nil
        }
    }

    private mutating func readFrame(_ line: Line) throws(DecodingFailure) {
        let digits = line.digits
        // `7E8 06 43 …` and `7E80643…`: an identifier of 11 bits, which leaves an odd count.
        let isShort =
            line.first == 3 && !line.runsOn
            || line.first == digits.count && digits.count % 2 == 1
                && digits.count >= 5 && digits[0] == 7
        if isShort { return try readCAN(line, header: 3) }
        let bytes = try line.bytes(from: 0)
        let values = bytes.bytes
        // `18 DA F1 10 …`: an identifier of 29 bits (ISO 15765-4: physical 18DA, functional 18DB).
        if line.first == 8 && values.count > 4 && values[0] < 0x20 && !values.isDoIP
            || values.count > 4 && values[0] == 0x18 && values[1] & 0xFE == 0xDA
        {
            return try readCAN(line, header: 8)
        }
        var message = DiagnosticAnswer(bytes, end: line.end)
        if Self.hasLegacyHeader(values) {
            message = DiagnosticAnswer(
                ecu: line.header(6), bytes.part(3..<values.count - 1), end: line.end)
            message.offset = line.place(of: 6)
            message.header = line.place(of: 0)..<line.place(of: 5) + 1
        }
        add(message)
    }

    /// Three bytes before and a checksum after (SAE J1850, ISO 9141-2, ISO 14230-4).
    ///
    /// The checksum is not checked: the adapter did that, and some gateways put a fill byte there.
    private static func hasLegacyHeader(_ bytes: [UInt8]) -> Bool {
        guard bytes.count >= 5 else { return false }
        let isFunctional = bytes[0] == 0x48 && bytes[1] == 0x6B
        let isKeyword = bytes[0] & 0x80 != 0 && bytes[1] == 0xF1
        return isFunctional || isKeyword
    }

    private mutating func readCAN(_ line: Line, header: Int) throws(DecodingFailure) {
        let frame = try line.bytes(from: header)
        let place = ISOTransport.Place(
            line: line.place(of: 0), data: line.place(of: header), end: line.end)
        let source = ISOTransport.Source(name: line.header(header))
        if var message = try transport.take(
            frame.bytes.span,
            BytePlaces(table: frame.places + [Int32(truncatingIfNeeded: line.end)]),
            from: source, at: place)
        {
            message.isCAN = true
            message.header = line.place(of: 0)..<line.place(of: header - 1) + 1
            messages.append(message)
        }
    }
}

extension [UInt8] {
    /// Whether a DoIP header of a diagnostic message stands first (ISO 13400-2): the version, its
    /// complement, and type 8001.
    var isDoIP: Bool {
        count >= 12 && self[0] ^ self[1] == 0xFF && self[2] == 0x80 && self[3] == 0x01
    }
}

extension DiagnosticAnswer {
    /// The answer without the DoIP header around it; the source address becomes the unit.
    var withoutDoIP: DiagnosticAnswer {
        guard bytes.isDoIP else { return self }
        let length = bytes[4..<8].reduce(0) { $0 << 8 | Int($1) }
        // A wrong length is worth no refusal: the answer has an end of its own.
        let last = Swift.min(bytes.count, 8 + Swift.max(length, 4))
        var answer = part(12..<last)
        if isPlaced { answer.header = place(of: 0)..<place(of: 11) + 1 }
        answer.ecu =
            ShortText(
                FaultCode.hexText(UInt16(bytes[8]) << 8 | UInt16(bytes[9]), digits: 4)) ?? .empty
        answer.isCAN = true
        answer.trap = .header
        answer.offset = bytes.count > 12 ? offset : end
        return answer
    }
}
