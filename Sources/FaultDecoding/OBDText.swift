import VehicleFaults

/// Reads what an ELM327 adapter prints into whole answers: lines of hex, with or without blanks,
/// headers, echo, prompt and remarks.
struct OBDText {
    private(set) var messages: [OBDMessage] = []
    /// Whether the adapter said that nothing came back.
    private(set) var hasNoData = false

    private var transport = ISOTransport()
    /// A long answer that the adapter prints without headers: a line with its length, then
    /// numbered lines.
    private var numbered: (message: OBDMessage, length: Int, next: UInt8)?

    /// One line's hex digits with their places.
    private struct Line {
        var digits: [UInt8] = []
        var places: [Int] = []
        /// Digits before the first blank.
        var first = 0
        /// The digit before a colon.
        var number: UInt8?
        var start: Int
        var end: Int

        /// The bytes from some digit on.
        func bytes(from digit: Int) throws(DecodingFailure) -> [UInt8] {
            guard (digits.count - digit) % 2 == 0 else {
                throw DecodingFailure(reason: .oddLength, offset: places.last ?? start)
            }
            return stride(from: digit, to: digits.count, by: 2)
                .map { digits[$0] << 4 | digits[$0 + 1] }
        }

        /// The first digits as text.
        func header(_ count: Int) -> ShortText {
            let text = String(
                decoding: digits.prefix(count).map { $0 < 10 ? $0 + 0x30 : $0 + 0x37 },
                as: UTF8.self)
            return ShortText(text) ?? .empty
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

    /// Takes a long answer that stopped early, if its count shows that only its length was wrong.
    private mutating func close(
        _ message: OBDMessage, length: Int, end: Int
    ) throws(DecodingFailure) {
        guard message.bytes.count >= 2, message.bytes.count < length,
            OBDMessage.status(ofService: message.bytes[0]) != nil,
            message.bytes.count >= 2 + 2 * Int(message.bytes[1])
        else { throw DecodingFailure(reason: .truncated, offset: end) }
        messages.append(message)
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
        guard let line = try line(payload, start, end) else { return }
        guard !line.digits.isEmpty else { return }
        if let number = line.number {
            try readNumbered(line, number)
        } else if line.digits.count == 3, line.first == 3 {
            try open(line)
        } else if line.digits.count == 2, line.digits[0] == 0,
            [3, 7, 10].contains(line.digits[1])
        {
            return  // The adapter repeats the request.
        } else {
            try readFrame(line)
        }
    }

    /// The hex digits of a line, or `nil` for a remark that needs no notice.
    private mutating func line(
        _ payload: Span<UInt8>, _ start: Int, _ end: Int
    ) throws(DecodingFailure) -> Line? {
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
            } else if byte == 0x3A, line.number == nil, line.digits.count == 1 {
                line.number = line.digits[0]
                line.digits = []
                line.places = []
                line.first = 0
                blank = false
            } else {
                guard try remark(payload, start, end) else {
                    throw DecodingFailure(reason: .notHex, offset: place)
                }
                return nil
            }
        }
        return line
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
        let message = OBDMessage(bytes: [], isCAN: true, offset: line.end, end: line.end)
        numbered = (message, length, 0)
    }

    private mutating func readNumbered(_ line: Line, _ number: UInt8) throws(DecodingFailure) {
        guard let open = numbered, number == open.next else {
            throw DecodingFailure(reason: .missingFrame, offset: line.start)
        }
        var message = open.message
        let length = open.length
        if message.bytes.isEmpty { message.offset = line.place(of: 0) }
        message.bytes += try line.bytes(from: 0)
        message.end = line.end
        if message.bytes.count < length {
            numbered = (message, length, (open.next + 1) & 15)
        } else {
            message.bytes.removeLast(message.bytes.count - length)
            messages.append(message)
            numbered = nil
        }
    }

    private mutating func readFrame(_ line: Line) throws(DecodingFailure) {
        let digits = line.digits
        // `7E8 06 43 …` and `7E80643…`: an identifier of 11 bits, which leaves an odd count.
        let isShort =
            line.first == 3
            || line.first == digits.count && digits.count % 2 == 1
                && digits.count >= 5 && digits[0] == 7
        if isShort { return try readCAN(line, header: 3) }
        let bytes = try line.bytes(from: 0)
        // `18 DA F1 10 …`: an identifier of 29 bits (ISO 15765-4: physical 18DA, functional 18DB).
        if line.first == 8 && bytes.count > 4
            || bytes.count > 4 && bytes[0] == 0x18 && bytes[1] & 0xFE == 0xDA
        {
            return try readCAN(line, header: 8)
        }
        var message = OBDMessage(bytes: bytes, offset: line.place(of: 0), end: line.end)
        if Self.hasLegacyHeader(bytes) {
            message.ecu = line.header(6)
            message.bytes = Array(bytes[3..<bytes.count - 1])
            message.offset = line.place(of: 6)
        }
        messages.append(message)
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
        if var message = try transport.take(frame, from: line.header(header), at: place) {
            message.isCAN = true
            messages.append(message)
        }
    }
}
