import VehicleFaults

extension NativeDecoder {
    /// The fields of a fault: the bytes of their names, the first one least significant.
    private enum FaultField {
        @inline(__always) static var code: UInt64 { 0x6564_6F63 }
        @inline(__always) static var status: UInt64 { 0x7375_7461_7473 }
        @inline(__always) static var spn: UInt64 { 0x6E_7073 }
        @inline(__always) static var fmi: UInt64 { 0x69_6D66 }
        @inline(__always) static var occurrences: UInt64 { 0x636F }  // oc
        @inline(__always) static var ecu: UInt64 { 0x75_6365 }
        @inline(__always) static var freeze: UInt64 { 0x657A_6565_7266 }
    }

    /// Reads a list of faults, and returns the place after it; null is no list.
    @inline(never) mutating func faults(
        _ bytes: Span<UInt8>, _ frame: JSONText.Frame, _ start: Int, _ draft: inout Draft,
        into buffer: inout ReportBuffer
    ) throws(DecodingFailure) -> Int {
        var place = start
        guard try !JSONText.null(bytes, frame, &place) else {
            draft.hasList = false
            return place
        }
        guard bytes.byte(place) == 0x5B else { throw JSONText.misread(bytes, frame, at: place) }
        guard try JSONText.open(bytes, frame, &place, closing: 0x5D, level: 2) else {
            return place
        }
        var count = 0
        repeat {
            let first = JSONText.peek(bytes, &place)
            count += 1
            guard count <= limits.faults else {
                throw DecodingFailure(reason: .tooManyFaults, offset: place)
            }
            switch first {
            case 0x22:
                let code = try Self.code(bytes, frame, &place)
                buffer.sightings.append(FaultSighting(code: code))
            case 0x7B: try fault(bytes, frame, &place, &draft.tally, into: &buffer)
            default: throw JSONText.misread(bytes, frame, at: place)
            }
        } while try JSONText.another(bytes, frame, &place, closing: 0x5D)
        return place
    }

    /// What has been read of one fault.
    private struct FaultDraft {
        var code: FaultCode?
        var status: FaultStatus = []
        var spn: UInt64?
        var fmi: UInt64?
        var suspectOffset = 0
        var occurrences: Int32 = -1
        var ecu = ShortText.empty
        var freeze: Range<Int32> = 0..<0
        var seen: UInt32 = 0
    }

    private mutating func fault(
        _ bytes: Span<UInt8>, _ frame: JSONText.Frame, _ place: inout Int, _ tally: inout Tally,
        into buffer: inout ReportBuffer
    ) throws(DecodingFailure) {
        var fault = FaultDraft()
        var more = try JSONText.open(bytes, frame, &place, closing: 0x7D, level: 3)
        while more {
            let key = try JSONText.key(bytes, frame, &place)
            let word = try JSONName.word(bytes, key)
            if let number = Self.number(of: word) {
                try Self.once(number, &fault.seen, key.start - 1)
                if try !JSONText.null(bytes, frame, &place) {
                    try field(word, bytes, frame, &place, &fault, &tally, into: &buffer)
                }
            } else {
                tally.unknownFields += 1
                place = try JSONText.afterValue(bytes, frame, place, level: 3)
            }
            more = try JSONText.another(bytes, frame, &place, closing: 0x7D)
        }
        buffer.sightings.append(
            FaultSighting(
                code: try Self.code(of: fault, end: place - 1), status: fault.status,
                ecu: fault.ecu, occurrences: fault.occurrences, freeze: fault.freeze))
    }

    private static func number(of word: UInt64) -> UInt32? {
        switch word {
        case FaultField.code: 0
        case FaultField.status: 1
        case FaultField.spn: 2
        case FaultField.fmi: 3
        case FaultField.occurrences: 4
        case FaultField.ecu: 5
        case FaultField.freeze: 6
        default: nil
        }
    }

    private mutating func field(
        _ word: UInt64, _ bytes: Span<UInt8>, _ frame: JSONText.Frame, _ place: inout Int,
        _ fault: inout FaultDraft, _ tally: inout Tally, into buffer: inout ReportBuffer
    ) throws(DecodingFailure) {
        switch word {
        case FaultField.code: fault.code = try Self.code(bytes, frame, &place)
        case FaultField.status: fault.status = try Self.status(bytes, frame, &place)
        case FaultField.spn:
            fault.suspectOffset = place
            fault.spn = try JSONText.unsigned(bytes, frame, &place)
        case FaultField.fmi:
            let start = place
            let number = try JSONText.number(bytes, frame, place)
            place = number.end
            // Beside a text code some gateways fill this with -1 or 255; only an SPN needs it.
            fault.fmi = UInt64(exactly: number.value)
            if fault.spn != nil, fault.fmi == nil { fault.suspectOffset = start }
        case FaultField.occurrences:
            let number = try JSONText.number(bytes, frame, place)
            place = number.end
            if let count = Int32(exactly: number.value), count >= 0 {
                fault.occurrences = count
            } else {
                tally.refusedValues += 1
            }
        case FaultField.ecu: fault.ecu = try Self.ecu(bytes, frame, &place)
        default:
            let first = Int32(buffer.freezeReadings.count)
            place = try signals(
                bytes, frame, place, &tally, level: 4, into: &buffer.freezeReadings)
            fault.freeze = first..<Int32(buffer.freezeReadings.count)
        }
    }

    /// The code that a fault names: its text, or else its SPN with its FMI.
    private static func code(
        of fault: FaultDraft, end: Int
    ) throws(DecodingFailure) -> FaultCode {
        if let spn = fault.spn {
            let fmi = fault.fmi ?? (fault.code == nil ? .max : 0)
            guard spn <= 524_287, fmi <= 31 else {
                throw DecodingFailure(reason: .codeMalformed, offset: fault.suspectOffset)
            }
            // A gateway's own text beside an SPN is what it wants people to see.
            return fault.code ?? FaultCode(spn: UInt32(spn), fmi: UInt8(fmi))
        }
        guard let code = fault.code else {
            throw DecodingFailure(reason: .codeMalformed, offset: end)
        }
        return code
    }

    private static func code(
        _ bytes: Span<UInt8>, _ frame: JSONText.Frame, _ place: inout Int
    ) throws(DecodingFailure) -> FaultCode {
        guard bytes[place] == 0x22 else {
            throw JSONText.misread(bytes, frame, at: place)
        }
        let text = try JSONText.string(bytes, frame, &place)
        let code: FaultCode?
        if text.isEscaped {
            let characters = try JSONEscape.characters(bytes, text)
            code = FaultCode(text: characters.span)
        } else {
            code = FaultCode(text: bytes.extracting(text.start..<text.end))
        }
        guard let code else {
            throw DecodingFailure(reason: .codeMalformed, offset: text.start)
        }
        return code
    }

    /// A word, words joined by `|`, or an array of either.
    private static func status(
        _ bytes: Span<UInt8>, _ frame: JSONText.Frame, _ place: inout Int
    ) throws(DecodingFailure) -> FaultStatus {
        switch bytes[place] {
        case 0x22: return try statusWords(bytes, frame, &place)
        case 0x5B:
            var status: FaultStatus = []
            var more = try JSONText.open(bytes, frame, &place, closing: 0x5D, level: 4)
            while more {
                guard JSONText.peek(bytes, &place) == 0x22 else {
                    throw JSONText.misread(bytes, frame, at: place)
                }
                status.formUnion(try statusWords(bytes, frame, &place))
                more = try JSONText.another(bytes, frame, &place, closing: 0x5D)
            }
            return status
        default: throw JSONText.misread(bytes, frame, at: place)
        }
    }

    private static func statusWords(
        _ bytes: Span<UInt8>, _ frame: JSONText.Frame, _ place: inout Int
    ) throws(DecodingFailure) -> FaultStatus {
        let text = try JSONText.string(bytes, frame, &place)
        let status: FaultStatus?
        if text.isEscaped {
            let characters = try JSONEscape.characters(bytes, text)
            status = Self.status(characters.span, 0, characters.count)
        } else {
            status = Self.status(bytes, text.start, text.end)
        }
        guard let status else {
            throw DecodingFailure(reason: .statusUnknown, offset: text.start)
        }
        return status
    }

    private static func status(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> FaultStatus? {
        // Most often there is one word.
        if let one = Self.status(word: bytes, start, end - start) { return one }
        var status: FaultStatus = []
        var first = start
        while true {
            var last = first
            while last < end, bytes[last] != 0x7C { last += 1 }
            guard let one = Self.status(word: bytes, first, last - first) else { return nil }
            status.formUnion(one)
            if last == end { return status }
            first = last + 1
        }
    }

    private static func status(word bytes: Span<UInt8>, _ start: Int, _ count: Int) -> FaultStatus?
    {
        guard count >= 6, count <= 9 else { return nil }
        let word = bytes.word(at: start) & ~0 >> UInt64(max(0, 64 - 8 * count))
        switch (count, word) {
        case (6, 0x6576_6974_6361): return .active
        case (7, 0x67_6E69_646E_6570): return .pending
        case (7, 0x79_726F_7473_6968): return .history
        case (7, 0x64_6572_6165_6C63): return .cleared
        case (9, 0x656D_7269_666E_6F63) where bytes[start + 8] == 0x64: return .confirmed
        case (9, 0x6E65_6E61_6D72_6570) where bytes[start + 8] == 0x74: return .permanent
        default: return nil
        }
    }
}
