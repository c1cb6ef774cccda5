import VehicleFaults

/// Reads CAN frames that are written as text, one a line: `(time) can0 18FECA00#40FF…` as
/// `candump -L` logs them, `can0 18FECA00 [8] 40 FF …` as `candump` shows them, and
/// `18FECA00#40FF…` or `18FECA00 40 FF …` without the rest.
enum CANText {
    /// Whether a text is one of frames.
    ///
    /// - Parameter isJ1939: an identifier and bytes with only blanks between them are a frame too;
    ///   otherwise that is an adapter's text with headers.
    static func isFrames(_ bytes: Span<UInt8>, isJ1939: Bool) -> Bool {
        var first = 0
        while first < bytes.count, bytes[first] <= 0x20 { first += 1 }
        guard first < bytes.count else { return false }
        if bytes[first] == 0x28 { return true }
        var digits = 0
        for index in first..<bytes.count {
            let byte = bytes[index]
            switch byte {
            case 0x23, 0x5B: return true  // `#` and `[`
            case 0x20, 0x09:
                if isJ1939, index - first == 8, digits == 8 { return true }
            case 0x0A, 0x0D: return false
            default:
                guard byte >= 0x20, byte < 0x7F else { return false }
                if HexDigit.value(byte) != nil { digits += 1 }
            }
            guard index - first < 64 else { return false }
        }
        return false
    }

    /// Reads all lines; empty ones and those that start with `;` or `//` are passed over.
    ///
    /// - Throws: the first thing that is no frame.
    static func read(_ bytes: Span<UInt8>) throws(DecodingFailure) -> CANFrames {
        var frames = CANFrames()
        var start = 0
        while start < bytes.count {
            var end = start
            while end < bytes.count, bytes[end] != 0x0A, bytes[end] != 0x0D { end += 1 }
            try line(bytes, start, end, into: &frames)
            start = end + 1
        }
        return frames
    }

    private static func line(
        _ bytes: Span<UInt8>, _ start: Int, _ end: Int, into frames: inout CANFrames
    ) throws(DecodingFailure) {
        var words: [Range<Int>] = []
        var place = start
        while place < end, words.count < 80 {
            while place < end, bytes[place] <= 0x20 { place += 1 }
            let first = place
            while place < end, bytes[place] > 0x20 { place += 1 }
            if place > first { words.append(first..<place) }
        }
        guard let first = words.first, bytes[first.lowerBound] != 0x3B,
            bytes[first.lowerBound] != 0x2F
        else { return }
        var time: EventTime?
        var word = 0
        if bytes[first.lowerBound] == 0x28 {
            time = try self.time(bytes, first)
            word = 1
        }
        guard word < words.count else {
            throw DecodingFailure(reason: .truncated, offset: end)
        }
        // What holds no `#` and is no identifier is the interface.
        var bus = ShortText.empty
        if hash(bytes, words[word]) == nil, identifier(bytes, words[word]) == nil {
            guard word + 1 < words.count else {
                throw DecodingFailure(reason: .notHex, offset: words[word].lowerBound)
            }
            bus = self.bus(bytes, words[word])
            word += 1
        }
        let frame = words[word]
        if let hash = hash(bytes, frame) {
            try logged(bytes, frame, hash, bus, time, into: &frames)
        } else {
            try shown(bytes, Array(words[word...]), bus, time, into: &frames)
        }
    }

    private static func hash(_ bytes: Span<UInt8>, _ word: Range<Int>) -> Int? {
        word.first { bytes[$0] == 0x23 }
    }

    private static func identifier(
        _ bytes: Span<UInt8>, _ word: Range<Int>
    ) -> (value: UInt32, isExtended: Bool)? {
        guard word.count == 3 || word.count == 8 else { return nil }
        var value: UInt32 = 0
        for place in word {
            guard let digit = HexDigit.value(bytes[place]) else { return nil }
            value = value << 4 | UInt32(digit)
        }
        guard value < 1 << (word.count == 3 ? 11 : 29) else { return nil }
        return (value, word.count == 8)
    }

    /// The name of an interface; the first one of a machine has none, so that a unit keeps its
    /// name whether or not the log says where it was heard.
    private static func bus(_ bytes: Span<UInt8>, _ word: Range<Int>) -> ShortText {
        let name = bytes.extracting(word)
        guard let text = ShortText(name), text != ShortText("can0"), text != ShortText("vcan0")
        else { return .empty }
        return text
    }

    /// `ID#HEX`, `ID##FHEX` for CAN FD, `ID#R` for a remote frame, which holds nothing.
    private static func logged(
        _ bytes: Span<UInt8>, _ word: Range<Int>, _ hash: Int, _ bus: ShortText,
        _ time: EventTime?, into frames: inout CANFrames
    ) throws(DecodingFailure) {
        guard let id = identifier(bytes, word.lowerBound..<hash) else {
            throw DecodingFailure(reason: .notHex, offset: word.lowerBound)
        }
        var place = hash + 1
        if place < word.upperBound, bytes[place] == 0x23 { place += 2 }
        if place < word.upperBound, bytes[place] == 0x52 { return }
        var data = PlacedBytes()
        while place < word.upperBound {
            if bytes[place] == 0x2E {
                place += 1
                continue
            }
            guard let high = HexDigit.value(bytes[place]) else {
                throw DecodingFailure(reason: .notHex, offset: place)
            }
            guard place + 1 < word.upperBound else {
                throw DecodingFailure(reason: .oddLength, offset: place)
            }
            guard let low = HexDigit.value(bytes[place + 1]) else {
                throw DecodingFailure(reason: .notHex, offset: place + 1)
            }
            data.append(high << 4 | low, at: place)
            place += 2
        }
        try append(id, bus, data, end: word.upperBound, at: time, place: word.lowerBound, &frames)
    }

    /// `ID [8] 01 02 …`, the length in brackets or not there; bytes may stand unspaced.
    private static func shown(
        _ bytes: Span<UInt8>, _ words: [Range<Int>], _ bus: ShortText, _ time: EventTime?,
        into frames: inout CANFrames
    ) throws(DecodingFailure) {
        guard let id = identifier(bytes, words[0]) else {
            throw DecodingFailure(reason: .notHex, offset: words[0].lowerBound)
        }
        var data = PlacedBytes()
        for word in words.dropFirst() {
            if bytes[word.lowerBound] == 0x5B { continue }
            if bytes[word.lowerBound] == 0x72 { return }  // `remote request`
            guard word.count % 2 == 0 else {
                throw DecodingFailure(reason: .oddLength, offset: word.upperBound - 1)
            }
            for place in stride(from: word.lowerBound, to: word.upperBound, by: 2) {
                guard let high = HexDigit.value(bytes[place]),
                    let low = HexDigit.value(bytes[place + 1])
                else { throw DecodingFailure(reason: .notHex, offset: place) }
                data.append(high << 4 | low, at: place)
            }
        }
        let end = words.last?.upperBound ?? words[0].upperBound
        try append(id, bus, data, end: end, at: time, place: words[0].lowerBound, &frames)
    }

    private static func append(
        _ id: (value: UInt32, isExtended: Bool), _ bus: ShortText, _ data: PlacedBytes, end: Int,
        at time: EventTime?, place: Int, _ frames: inout CANFrames
    ) throws(DecodingFailure) {
        try frames.append(
            identifier: id.value, isExtended: id.isExtended, bus: bus, data: data.bytes.span,
            at: time, place: place,
            dataPlaces: BytePlaces(table: data.places + [Int32(end)]))
    }

    /// `(1543509533.000838)`: seconds since 1970. Smaller numbers count from the start of the log.
    private static func time(
        _ bytes: Span<UInt8>, _ word: Range<Int>
    ) throws(DecodingFailure) -> EventTime? {
        var whole: Int64 = 0
        var fraction: Int64 = 0
        var scale: Int64 = 1000
        var afterPoint = false
        for place in word.dropFirst() {
            let digit = bytes[place] &- 0x30
            if bytes[place] == 0x29 { break }
            if bytes[place] == 0x2E, !afterPoint {
                afterPoint = true
            } else if digit < 10, whole < 1 << 40 {
                if !afterPoint {
                    whole = whole * 10 + Int64(digit)
                } else {
                    scale /= 10
                    fraction += scale * Int64(digit)
                }
            } else {
                throw DecodingFailure(reason: .timeMalformed, offset: place)
            }
        }
        let time = EventTime(milliseconds: whole * 1000 + fraction)
        return time >= .earliestCredible && time <= .latestCredible ? time : nil
    }
}
